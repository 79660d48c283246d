#if S3
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics
import WarehouseIngest
@testable import WarehouseS3

private let endpoint = getenv("MLWH_S3_ENDPOINT").map { String(cString: $0) }

/// A warehouse in a folder of its own, with stages on the server.
private final class Scratch {
    let folder: String
    let warehouse: Warehouse

    init() throws {
        folder = "/tmp/mlwh-s3-\(UInt64.random(in: 0...UInt64.max))"
        var options = WarehouseOptions()
        options.objectStores = [S3()]
        warehouse = try Warehouse.open(folder + "/w.mlwh", options: options)
    }

    deinit { _ = system("rm -rf \(folder)") }

    /// Makes the bucket and, over it, the stage `s`.
    func stage(_ bucket: String, path: String = "", server: String) throws {
        let address = try S3Address(bucket: bucket, region: "us-east-1", endpoint: server)
        let client = S3Client(address, S3Credentials(keyID: "testing", secretKey: "hush-hush"))
        _ = try client.send(.PUT, accepted: [200, 409])
        try warehouse.execute("""
            CREATE OR REPLACE STAGE s URL = 's3://\(bucket)/\(path)' ENDPOINT = '\(server)'
              CREDENTIALS = (AWS_KEY_ID = 'testing' AWS_SECRET_KEY = 'hush-hush')
            """)
    }

    func rows(_ sql: String) throws -> [[String?]] { try warehouse.query(sql).textRows() }

    /// The message of a statement that must fail, with its hint.
    func failure(_ sql: String) throws -> String {
        do {
            try warehouse.execute(sql)
        } catch let error as WarehouseError {
            return "\(error) \(error.message) \(error.hint ?? "")"
        }
        Issue.record("no error: \(sql)")
        return ""
    }

    func write(_ name: String, _ text: String) throws {
        let sink = try FileSink(path: folder + "/" + name)
        try Array(text.utf8).withUnsafeBytes { try sink.write($0) }
        try sink.finish()
    }

    func text(_ name: String) throws -> String {
        let source = try FileSource(path: folder + "/" + name)
        var bytes = [UInt8](repeating: 0, count: try source.sizeBytes())
        let count = try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// What statements do with stages on a real server, which `Scripts/test` starts.
@Suite(.enabled(if: endpoint != nil, "MLWH_S3_ENDPOINT names no server"), .serialized) struct S3StageTests {
    private let server = endpoint ?? ""

    @Test func unloadsComeBack() throws {
        let scratch = try Scratch()
        try scratch.stage("unload", path: "mart/", server: server)
        try scratch.warehouse.execute("""
            CREATE TABLE t AS SELECT SEQ4() AS id, 'name ' || SEQ4() AS name, MOD(SEQ4(), 3) AS part
            FROM TABLE(GENERATOR(ROWCOUNT => 30000))
            """)
        #expect(try scratch.rows("COPY INTO @s/whole FROM t FILE_FORMAT = (TYPE = CSV) HEADER = TRUE")[0][0] == "30000")
        #expect(try scratch.rows("LIST @s/whole").map { $0[0] } == ["s3://unload/mart/whole_0_0_0.csv.gz"])
        // As many files as it takes; one that is larger than a part is put in parts.
        #expect(try scratch.rows("""
            COPY INTO @s/small/ FROM t FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE) MAX_FILE_SIZE = 100000
            """)[0][0] == "30000")
        #expect(try scratch.rows("LIST @s/small/").count > 3)
        try scratch.warehouse.execute("""
            COPY INTO @s/big.csv FROM (SELECT RANDSTR(1000, RANDOM()) FROM TABLE(GENERATOR(ROWCOUNT => 20000)))
            FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE) SINGLE = TRUE MAX_FILE_SIZE = 100000000
            """)
        #expect(try scratch.rows("LIST @s/big.csv").map { $0[1] } == ["20020000"])
        try scratch.warehouse.execute("""
            COPY INTO @s/parts/ FROM t PARTITION BY ('part=' || part) FILE_FORMAT = (TYPE = CSV)
            """)
        let folders = Set(try scratch.rows("LIST @s/parts/").compactMap { $0[0]?.split(separator: "/")[4] })
        #expect(folders == ["part=0", "part=1", "part=2"])
        try scratch.warehouse.execute("CREATE TABLE back (id INTEGER, name VARCHAR, part INTEGER)")
        try scratch.warehouse.execute("COPY INTO back FROM @s/whole FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)")
        #expect(try scratch.rows("SELECT * FROM back MINUS SELECT * FROM t").isEmpty)
        #expect(try scratch.rows("SELECT COUNT(*) FROM back") == [["30000"]])
        try scratch.warehouse.execute("COPY INTO back FROM @s/small/")
        #expect(try scratch.rows("SELECT id, name, part, COUNT(*) FROM back GROUP BY ALL HAVING COUNT(*) <> 2").isEmpty)
        // One that fails leaves nothing.
        _ = try scratch.failure("COPY INTO @s/failed/ FROM (SELECT 1 / (id - 29999) FROM t) FILE_FORMAT = (TYPE = CSV)")
        #expect(try scratch.rows("LIST @s/failed").isEmpty)
        #expect(try scratch.failure("COPY INTO @s/whole FROM t FILE_FORMAT = (TYPE = CSV)").contains("whole"))
    }

    @Test func filesGoThereAndBack() throws {
        let scratch = try Scratch()
        try scratch.stage("there", path: "raw/", server: server)
        for name in ["a_1.csv", "a_2.csv", "b_1.csv"] { try scratch.write(name, "\(name),1\n") }
        setenv("AWS_ENDPOINT_URL", server, 1)
        setenv("AWS_ACCESS_KEY_ID", "testing", 1)
        setenv("AWS_SECRET_ACCESS_KEY", "hush-hush", 1)
        defer { for name in ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] { unsetenv(name) } }
        let put = "PUT 'file://\(scratch.folder)/*.csv' 's3://there/raw/in/' AUTO_COMPRESS = FALSE"
        #expect(try scratch.rows(put).map { $0[6] } == ["UPLOADED", "UPLOADED", "UPLOADED"])
        #expect(try scratch.rows(put).map { $0[6] } == ["SKIPPED", "SKIPPED", "SKIPPED"])
        #expect(try scratch.rows("LIST @s PATTERN = '.*a_.*'").map { $0[0] } == [
            "s3://there/raw/in/a_1.csv", "s3://there/raw/in/a_2.csv",
        ])
        // By its URL, with keys of its own; a path is a prefix.
        try scratch.warehouse.execute("CREATE TABLE t (name VARCHAR, n INTEGER)")
        #expect(try scratch.rows("""
            COPY INTO t FROM 's3://there/raw/in/a' CREDENTIALS = (AWS_KEY_ID = 'testing' AWS_SECRET_KEY = 'hush-hush'
              AWS_TOKEN = 'quiet-quiet') FILE_FORMAT = (TYPE = CSV) PATTERN = '.*_1[.]csv'
            """).map { $0[0] } == ["s3://there/raw/in/a_1.csv"])
        #expect(try scratch.rows("COPY INTO t FROM 's3://there/raw/' FILES = ('in/b_1.csv', 'in/a_2.csv')").count == 2)
        #expect(try scratch.rows("SELECT name FROM t ORDER BY name") == [["a_1.csv"], ["a_2.csv"], ["b_1.csv"]])
        let steps = Mutex<[String]>([])
        scratch.warehouse.session.onProgress { step in steps.withLock { $0.append("\(step.step.rawValue) \(step.file)") } }
        #expect(try scratch.rows("GET @s/in file://\(scratch.folder)/out/ PATTERN = '.*_2.csv'").map { $0[0] } == ["a_2.csv"])
        #expect(steps.withLock { $0.contains("GET a_2.csv") })
        #expect(try scratch.text("out/a_2.csv") == "a_2.csv,1\n")
        #expect(try scratch.rows("REMOVE @s/in PATTERN = '.*a_.*'").map { $0[1] } == ["removed", "removed"])
        #expect(try scratch.rows("LIST @s").map { $0[0] } == ["s3://there/raw/in/b_1.csv"])
        #expect(try scratch.rows("SELECT query_text FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) "
            + "WHERE query_text LIKE '%hush%' OR query_text LIKE '%quiet%'").isEmpty)
    }

    @Test func longListingsAreWhole() throws {
        let scratch = try Scratch()
        try scratch.stage("long", server: server)
        try scratch.warehouse.execute("""
            COPY INTO @s/n/ FROM (SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1003)))
            PARTITION BY (n::VARCHAR) FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE)
            """)
        #expect(try scratch.rows("LIST @s").count == 1003)
        try scratch.warehouse.execute("CREATE TABLE t (n INTEGER)")
        #expect(try scratch.rows("COPY INTO t FROM @s").count == 1003)
        #expect(try scratch.rows("SELECT COUNT(DISTINCT n), SUM(n) FROM t") == [["1003", "502503"]])
    }

    @Test func theToolUploadsAndLists() throws {
        let scratch = try Scratch()
        try scratch.stage("tool", server: server)
        try scratch.write("x.csv", "1,2\n")
        func run(_ arguments: String, secret: String = "hush-hush") throws -> (code: CInt, output: String) {
            let own = CommandLine.arguments[0].split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
            let tool = access(own + "/mlwh", X_OK) == 0 ? own + "/mlwh" : Scratch.builtTool
            let code = system("""
                cd \(scratch.folder) && AWS_ENDPOINT_URL=\(server) AWS_ACCESS_KEY_ID=testing \
                AWS_SECRET_ACCESS_KEY=\(secret) \(tool) \(arguments) -d cli.mlwh > out.txt 2>&1
                """)
            return (code >> 8, try scratch.text("out.txt"))
        }
        let put = try run("put x.csv s3://tool/up")
        #expect(put.code == 0 && put.output.hasPrefix("UPLOADED  x.csv  x.csv.gz"), "\(put)")
        #expect(try run("ls-stage s3://tool/up --format csv").output.contains("s3://tool/up/x.csv.gz"))
        #expect(try run("put x.csv s3://tool/up").output.hasPrefix("SKIPPED"))
        #expect(try run("load s3://tool/up --table t").code == 0)
        let missing = try run("ls-stage s3://no-such-bucket/", secret: "sealed-lips")
        #expect(missing.code != 0 && missing.output.contains("NoSuchBucket") && !missing.output.contains("sealed-lips"))
    }
}

extension Scratch {
    /// Where the build of the trait puts it.
    fileprivate static var builtTool: String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/.build/debug/mlwh"
    }
}

/// What a server that refuses makes of statements: answers are canned.
@Suite struct S3RefusalTests {
    private let refusal: CannedServer.Answer = (
        403, [:], "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the "
            + "signature you provided.</Message><AWSAccessKeyId>testing</AWSAccessKeyId></Error>")

    @Test func aWrongSecretIsNowhere() throws {
        let scratch = try Scratch(), server = try CannedServer(Array(repeating: refusal, count: 3))
        try scratch.warehouse.execute("""
            CREATE STAGE s URL = 's3://wrong-secret/' ENDPOINT = 'http://127.0.0.1:\(server.port)'
              CREDENTIALS = (AWS_KEY_ID = 'testing' AWS_SECRET_KEY = 'hush-hush' AWS_TOKEN = 'quiet-quiet')
            """)
        try scratch.warehouse.execute("CREATE TABLE t (a INTEGER)")
        for statement in ["LIST @s", "COPY INTO t FROM @s", "COPY INTO @s/x FROM t"] {
            let message = try scratch.failure(statement)
            #expect(message.contains("SignatureDoesNotMatch") && message.contains("secret key is wrong"), "\(statement)")
            for secret in ["hush-hush", "quiet-quiet", "AKIA"] { #expect(!message.contains(secret)) }
        }
        #expect(server.requests.count == 3)
        #expect(server.requests.allSatisfy { $0.lowercased().contains("x-amz-security-token: quiet-quiet") })
        #expect(server.requests.allSatisfy { !$0.contains("hush-hush") })
        for table in ["TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())", "INFORMATION_SCHEMA.LOAD_HISTORY", "INFORMATION_SCHEMA.STAGES"] {
            let text = "\(try scratch.rows("SELECT * FROM \(table)"))"
            #expect(!text.contains("hush-hush") && !text.contains("quiet-quiet"), "\(table)")
        }
        #expect(system("grep -rqE 'hush-hush|quiet-quiet' \(scratch.folder)/w.mlwh --exclude-dir=secrets") != 0)
    }
}
#endif
