#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics

/// `--user` and `--role`, and secrets on the way through the tool.
@Suite struct RoleCommandTests {
    private static let setUp = """
        CREATE ROLE reader; GRANT ROLE reader TO ROLE accountadmin; CREATE USER bob DEFAULT_ROLE = reader;
        GRANT ROLE reader TO USER bob; CREATE TABLE t (n INT); INSERT INTO t VALUES (1); CREATE TABLE hidden (n INT);
        GRANT USAGE ON DATABASE main TO ROLE reader; GRANT USAGE ON SCHEMA main.public TO ROLE reader;
        GRANT SELECT ON TABLE t TO ROLE reader
        """

    @Test func theToolOpensInARole() throws {
        let folder = try ScratchDirectory()
        #expect(try Tool.run(["sql", "-d", "w", "-c", Self.setUp], in: folder).code == 0)
        for who in [["--role", "reader"], ["--user", "bob"], ["--user", "bob", "--role", "READER"]] {
            let seen = try Tool.run(["sql", "-d", "w", "--format", "csv", "-c", "SELECT CURRENT_ROLE(), n FROM t"] + who, in: folder)
            #expect(seen.output.hasSuffix("READER,1\n"), "\(seen)")
            let hidden = try Tool.run(["sql", "-d", "w", "-c", "SELECT * FROM hidden"] + who, in: folder)
            #expect(hidden.code != 0 && hidden.errors.contains("Object 'HIDDEN' does not exist or not authorized"), "\(hidden)")
            let info = try Tool.run(["info", "-d", "w"] + who, in: folder)
            #expect(info.output.contains("T") && !info.output.contains("HIDDEN"))
        }
        let refused = try Tool.run(["sql", "-d", "w", "--user", "bob", "--role", "accountadmin", "-c", "SELECT 1"], in: folder)
        #expect(refused.code != 0 && refused.errors.contains("is not granted to user 'BOB'"), "\(refused)")
    }

    /// Neither what is printed nor what is written holds a secret, right or wrong as the statement may be.
    @Test func secretsStayInTheirFile() throws {
        let folder = try ScratchDirectory(), secrets = ["hunter2-Passw0rd", "AKIAEXAMPLEKEY77", "sEcReT/Key+99"]
        for sql in [
            "CREATE USER ann PASSWORD = '\(secrets[0])'", "CREATE USER ann PASSWORD = '\(secrets[0])' NOPE = 1",
            "CREATE USER bee PASSWORD '\(secrets[0])'", "EXECUTE IMMEDIATE 'ALTER USER ann SET PASSWORD = ''\(secrets[0])'''",
            "CREATE STAGE s URL = 's3://b/' CREDENTIALS = (AWS_KEY_ID = '\(secrets[1])' AWS_SECRET_KEY = '\(secrets[2])'); "
                + "LIST @s; DESC STAGE s",
            "CREATE STAGE x CREDENTIALS = ('\(secrets[1])')",
            "SELECT * FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()); SHOW USERS; SHOW STAGES; SELECT GET_DDL('DATABASE', 'main')",
        ] {
            let result = try Tool.run(["sql", "-d", "w", "-c", sql], in: folder)
            for secret in secrets { #expect(!(result.output + result.errors).contains(secret), "\(sql)") }
        }
        let holders = try Self.files(folder.path + "/w").filter { path in
            let text = try Tool.read(path)
            return secrets.contains(where: text.contains)
        }
        #expect(holders.count == 1 && holders.allSatisfy { $0.contains("/w/secrets/") }, "\(holders)")
        for path in holders {
            var info = stat()
            #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        }
    }

    private static func files(_ folder: String) throws -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var found: [String] = []
        while let item = readdir(handle) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name == "." || name == ".." { continue }
            var info = stat()
            guard lstat(folder + "/" + name, &info) == 0 else { continue }
            if info.st_mode & S_IFMT == S_IFDIR { found += try files(folder + "/" + name) } else { found.append(folder + "/" + name) }
        }
        return found
    }
}
