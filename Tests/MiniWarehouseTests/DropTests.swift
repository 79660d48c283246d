#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// What goes with an object that is dropped or replaced.
@Suite struct DropTests {
    private func stageFiles(_ bench: Bench) -> Int { ScratchDirectory.files(bench.path + "/stages").count }

    @Test func stagedFilesGoWithTheirOwner() throws {
        // What nobody can UNDROP goes at once.
        let bench = try Bench("ALTER DATABASE main SET DATA_RETENTION_TIME_IN_DAYS = 0; "
            + "CREATE DATABASE d DATA_RETENTION_TIME_IN_DAYS = 0; CREATE SCHEMA d.x; CREATE STAGE d.x.one; CREATE STAGE d.x.two; "
            + "CREATE STAGE d.public.three; CREATE TABLE d.x.t (n INT); CREATE STAGE main.public.four")
        for stage in ["@d.x.one/deep/er", "@d.x.two", "@d.public.three", "@d.x.%t", "@main.public.four"] {
            try bench.put("a.csv", "1\n", to: stage)
        }
        #expect(stageFiles(bench) == 5)
        try bench.run("CREATE OR REPLACE STAGE d.x.one")
        #expect(stageFiles(bench) == 4)
        #expect(try bench.run("LIST @d.x.one").rowCount == 0)
        try bench.run("DROP TABLE d.x.t")
        #expect(stageFiles(bench) == 3)
        try bench.run("DROP SCHEMA d.x")
        #expect(stageFiles(bench) == 2)
        try bench.run("DROP DATABASE d")
        #expect(stageFiles(bench) == 1)
        try bench.run("CREATE OR REPLACE SCHEMA main.public")
        #expect(stageFiles(bench) == 0)
    }

    @Test func stagedFilesStayForUndrop() throws {
        let bench = try Bench("CREATE SCHEMA x; CREATE STAGE one; CREATE TABLE t (n INT)")
        for stage in ["@x.one", "@x.%t"] { try bench.put("a.csv", "1\n", to: stage) }
        try bench.run("DROP TABLE t; UNDROP TABLE t; DROP SCHEMA x")
        #expect(stageFiles(bench) == 2)
        // The sweep of another process spares them too.
        try bench.another().execute("CREATE TABLE main.public.u (n INT)")
        try bench.run("UNDROP SCHEMA main.x")
        #expect(stageFiles(bench) == 2)
        #expect(try bench.text("SELECT $1 FROM @main.x.one") == "1")
        #expect(try bench.run("LIST @main.x.%t").rowCount == 1)
        try bench.run("DROP STAGE main.x.one")
        #expect(stageFiles(bench) == 1)
    }

    @Test func statementThatFailsLeavesTheFiles() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (n INT)")
        try bench.put("a.csv", "1\n", to: "@s")
        bench.fails("CREATE OR REPLACE STAGE s FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 'x')")
        bench.fails("CREATE OR REPLACE STAGE s CREDENTIALS = (AWS_KEY_ID = 'k' NOPE = 'x')", .invalidValue, "NOPE")
        #expect(try bench.text("SELECT $1 FROM @s") == "1")
    }

    @Test func filesWithoutOwnerAreSwept() throws {
        let bench = try Bench("CREATE STAGE s")
        try bench.put("a.csv", "1\n", to: "@s")
        _ = try bench.another()
        let stray = bench.path + "/stages/99999"
        #expect(mkdir(stray, 0o700) == 0)
        let file = try #require(fopen(stray + "/a.csv", "w"))
        fclose(file)
        try bench.another().execute("CREATE TABLE t (n INT)")
        #expect(!ScratchDirectory.names(bench.path + "/stages").contains("99999"))
        #expect(try bench.run("LIST @s").rowCount == 1)
    }

    @Test func temporaryFilesOfDeadProcessesAreSwept() throws {
        let bench = try Bench()
        let chosen = bench.folder.path + "/temporary"
        #expect(mkdir(chosen, 0o700) == 0 && mkdir(bench.path + "/tmp", 0o700) == 0)
        var child = pid_t()
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&child, "true", nil, nil, arguments, environ) == 0)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        for directory in [chosen, bench.path + "/tmp"] {
            for owner in [child, getpid()] {
                try bench.folder.file("\(directory.dropFirst(bench.folder.path.count + 1))/mlwh-spill-\(owner)-1", "")
            }
        }
        var options = WarehouseOptions()
        options.temporaryDirectory = chosen
        try Warehouse.open(bench.path, options: options).execute("CREATE TABLE t (n INT)")
        for directory in [chosen, bench.path + "/tmp"] {
            #expect(ScratchDirectory.names(directory) == ["mlwh-spill-\(getpid())-1"])
        }
    }

    @Test func viewsOverDroppedTables() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING); CREATE VIEW v AS SELECT * FROM t; "
            + "CREATE VIEW w AS SELECT n FROM v")
        try bench.run("DROP TABLE t")
        bench.fails("SELECT * FROM v", nil, "T")
        bench.fails("SELECT * FROM w")
        #expect(try bench.run("SHOW VIEWS").rowCount == 2)
        try bench.run("CREATE TABLE t AS SELECT 1 AS n, 'x' AS s")
        #expect(try bench.text("SELECT * FROM w") == "1")
        try bench.run("CREATE OR REPLACE TABLE t AS SELECT 1 AS n, 'x' AS s, 2 AS more")
        bench.fails("SELECT * FROM v", nil, "V")
        #expect(try bench.text("DROP VIEW IF EXISTS nope") == "Drop statement executed successfully (NOPE already "
            + "dropped).")
        bench.fails("DROP TABLE v", nil, "VIEW")
        bench.fails("DROP VIEW t", nil, "TABLE")
        #expect(try bench.text("DROP VIEW v") == "V successfully dropped.")
    }

    @Test func sessionLeavesWhatIsDropped() throws {
        let bench = try Bench("CREATE DATABASE d; CREATE TABLE t (n INT)")
        #expect(try bench.text("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()") == "D|PUBLIC")
        try bench.run("DROP DATABASE d")
        bench.fails("SELECT * FROM t", .noCurrentDatabase)
        bench.fails("CREATE TABLE t (n INT)", .noCurrentDatabase)
        try bench.run("USE DATABASE main; DROP SCHEMA public")
        bench.fails("SELECT * FROM t", .noCurrentSchema)
        #expect(try bench.text("SELECT 1") == "1")
        bench.fails("DROP ROLE ACCOUNTADMIN", .insufficientPrivileges)
    }

    @Test func grantsGoToo() throws {
        let bench = try Bench("CREATE ROLE r; CREATE TABLE t (n INT); GRANT SELECT ON TABLE t TO ROLE r; "
            + "GRANT ROLE r TO USER ADMIN")
        try bench.run("DROP TABLE t")
        #expect(try bench.run("SHOW GRANTS TO ROLE r").rowCount == 0)
        try bench.run("DROP ROLE r; CREATE ROLE r")
        #expect(try bench.run("SHOW GRANTS OF ROLE r").rowCount == 0)
    }
}
