#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// Temporary tables, views and stages: of one session, hiding permanent ones, gone with it.
@Suite struct TemporaryTests {
    @Test func shadowsAndIsSeenByItsSessionOnly() throws {
        let bench = try Bench("CREATE TABLE t (n INT); INSERT INTO t VALUES (1)")
        let other = bench.warehouse.makeSession()
        try bench.run("CREATE TEMPORARY TABLE t (n INT); INSERT INTO t VALUES (100)")
        #expect(try bench.text("SELECT n FROM t") == "100")
        #expect(try other.text("SELECT n FROM t") == "1")
        #expect(try bench.another().session.text("SELECT n FROM t") == "1")
        try other.execute("CREATE TEMP TABLE t AS SELECT 200 AS n")
        #expect(try other.text("SELECT n FROM t") == "200")
        bench.fails("CREATE TEMPORARY TABLE t (n INT)", .alreadyExists)
        try bench.run("CREATE OR REPLACE TEMPORARY TABLE t AS SELECT n + 1 AS n FROM t")
        #expect(try bench.text("SELECT n FROM t") == "101")
        try bench.run("DROP TABLE t")
        #expect(try bench.text("SELECT n FROM t") == "1")
        #expect(try other.text("SELECT n FROM t") == "200")
        try bench.run("DROP TABLE t")
        bench.fails("SELECT n FROM t", .objectNotFound)
        #expect(try other.text("SELECT n FROM t") == "200")
        #expect(try other.text("SELECT TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES") == "TEMPORARY TABLE")
        #expect(try bench.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES") == "0")
        #expect(try bench.run("SHOW TABLES").rowCount == 0)
    }

    @Test func permanentOfTheSameName() throws {
        let bench = try Bench("CREATE TEMP TABLE t AS SELECT 5 AS n; CREATE TABLE t (n INT)")
        #expect(try bench.text("SELECT n FROM t") == "5")
        #expect(try bench.warehouse.makeSession().text("SELECT COUNT(*) FROM t") == "0")
        try bench.run("CREATE OR REPLACE TABLE t AS SELECT 6 AS n")
        #expect(try bench.text("SELECT n FROM t") == "5")
        try bench.run("DROP TABLE t")
        #expect(try bench.text("SELECT n FROM t") == "6")
    }

    @Test func goesWithItsSession() throws {
        let bench = try Bench("CREATE TABLE keep (n INT)")
        do {
            let other = bench.warehouse.makeSession()
            try other.execute("CREATE TEMP TABLE gone AS SELECT 1 AS n; CREATE TEMP STAGE gs; "
                + "CREATE TEMP VIEW gv AS SELECT 1 AS x")
            let file = try bench.folder.file("x.csv", "1\n")
            try other.execute("PUT file://\(file) @gs; PUT file://\(file) @%gone")
            #expect(ScratchDirectory.names(bench.path + "/stages").count == 2)
            try bench.run("INSERT INTO keep VALUES (1)")
            #expect(ScratchDirectory.names(bench.path + "/stages").count == 2, "its session lives")
            #expect(try other.text("SELECT n FROM gone") == "1")
        }
        bench.fails("SELECT * FROM gone", .objectNotFound)
        try bench.run("INSERT INTO keep VALUES (2)")
        #expect(ScratchDirectory.names(bench.path + "/stages").isEmpty)
        #expect(ScratchDirectory.names(bench.path + "/tmp").isEmpty)
        #expect(try bench.another().session.text("SELECT COUNT(*) FROM keep") == "2")
    }

    @Test func temporaryStageHidesAPermanentOne() throws {
        let bench = try Bench("CREATE STAGE s")
        try bench.put("a.csv", "1\n", to: "@s")
        try bench.run("CREATE OR REPLACE TEMPORARY STAGE s")
        #expect(try bench.run("LIST @s").rowCount == 0)
        #expect(try bench.warehouse.makeSession().execute("LIST @s").rowCount == 1)
        try bench.run("DROP STAGE s")
        #expect(try bench.run("LIST @s").rowCount == 1)
    }

    private static let large = "AS SELECT SEQ8() AS n FROM TABLE(GENERATOR(ROWCOUNT => 100000))"

    private func segments(_ bench: Bench) -> [String] { ScratchDirectory.names(bench.path + "/segments") }

    /// Without another writer, and not before the session has ended.
    @Test func endsWithItsSession() throws {
        let bench = try Bench("CREATE TABLE keep (n INT)")
        do {
            let other = bench.warehouse.makeSession()
            try other.execute("CREATE TEMP TABLE gone \(Self.large); CREATE TEMP STAGE gs")
            try other.execute("PUT file://\(try bench.folder.file("x.csv", "1")) @gs")
            #expect(try other.text("SELECT COUNT(*) FROM gone") == "100000")
            #expect(segments(bench).count == 1)
            #expect(try Warehouse.check(bench.path).tables == 2)
            // Another process leaves it alone, whatever it writes.
            try bench.another().execute("INSERT INTO keep VALUES (1); VACUUM")
            #expect(try other.text("SELECT COUNT(*) FROM gone") == "100000")
            #expect(segments(bench).count == 2)
        }
        // The other table's is left.
        #expect(segments(bench).count == 1 && ScratchDirectory.names(bench.path + "/stages").isEmpty)
        #expect(ScratchDirectory.names(bench.path + "/tmp").isEmpty)
        let report = try Warehouse.check(bench.path)
        #expect(report.isClean && report.tables == 1 && report.files == 1)
        #expect(try bench.text("SELECT * FROM keep") == "1")
    }

    /// Its end does not wait for another writer, who is to do it then.
    @Test func isLeftToTheNextWriterWhileAnotherWrites() throws {
        let bench = try Bench("CREATE TABLE keep (n INT)")
        let writer = try bench.another().makeSession()
        do {
            let other = bench.warehouse.makeSession()
            try other.execute("CREATE TEMP TABLE gone \(Self.large)")
            try writer.execute("BEGIN; INSERT INTO keep VALUES (1)")
        }
        #expect(!segments(bench).isEmpty)
        try writer.execute("COMMIT")
        // The table and its files go with one statement.
        try writer.execute("INSERT INTO keep VALUES (2)")
        #expect(segments(bench).isEmpty)
        #expect(try Warehouse.check(bench.path).tables == 1)
        #expect(try writer.text("SELECT SUM(n) FROM keep") == "3")
    }

    /// Whoever reads older rows keeps them; a session that has dropped its tables has nothing to end.
    @Test func writesNothingWhereNothingIsLeft() throws {
        let bench = try Bench("CREATE TABLE keep (n INT)")
        let version = try bench.warehouse.info().version
        do {
            let other = bench.warehouse.makeSession()
            #expect(try other.text("SELECT COUNT(*) FROM keep") == "0")
        }
        #expect(try bench.warehouse.info().version == version)
        let dropped: UInt64
        do {
            let other = bench.warehouse.makeSession()
            try other.execute("CREATE TEMP TABLE gone (n INT); DROP TABLE gone")
            dropped = try bench.warehouse.info().version
        }
        #expect(try bench.warehouse.info().version == dropped)
        #expect(ScratchDirectory.names(bench.path + "/tmp").isEmpty)
    }

    private func mode(_ path: String) -> mode_t {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_mode & 0o777 : 0
    }

    /// Also one that an earlier version made for everybody to list; a directory that somebody chose stays as it is.
    @Test func directoryIsTheOwnersAlone() throws {
        let bench = try Bench("CREATE TEMP TABLE t AS SELECT UNIFORM(1, 1000000, RANDOM()) AS n, REPEAT('x', 40) AS s "
            + "FROM TABLE(GENERATOR(ROWCOUNT => 100000)); ALTER SESSION SET MEMORY_LIMIT = '1MB'")
        #expect(mode(bench.path + "/tmp") == 0o700)
        chmod(bench.path + "/tmp", 0o755)
        try bench.run("SELECT * FROM (SELECT n, s FROM t ORDER BY n) LIMIT 5 OFFSET 90000")
        #expect(mode(bench.path + "/tmp") == 0o700)
        let chosen = bench.folder.path + "/chosen"
        mkdir(chosen, 0o755)
        chmod(chosen, 0o755)
        var options = WarehouseOptions()
        (options.temporaryDirectory, options.memoryLimit) = (chosen, 1 << 20)
        let sorted = "CREATE TABLE u AS SELECT SEQ8() AS n, REPEAT('x', 40) AS s FROM TABLE(GENERATOR(ROWCOUNT => 100000)) "
            + "ORDER BY HASH(n)"
        try Warehouse.open(bench.path, options: options).execute(sorted)
        #expect(mode(chosen) == 0o755)
    }
}
