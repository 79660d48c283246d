#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// Many small commits leave few files, whatever the rows have been through.
@Suite struct SmallCommitTests {
    @Test func aThousandInsertsLeaveFewFiles() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING)")
        for n in 0..<1000 { try bench.run("INSERT INTO t VALUES (\(n), 'text \(n % 10)')") }
        #expect(ScratchDirectory.files(bench.path + "/segments").count <= 2)
        #expect(try bench.text("SELECT COUNT(*), SUM(n), COUNT(DISTINCT s), MIN(s) FROM t") == "1000|499500|10|text 0")
        // As inserts, so changes: each is a commit of its own.
        for n in 0..<50 { try bench.run("UPDATE t SET n = n + 1000 WHERE n = \(n * 20)") }
        #expect(ScratchDirectory.files(bench.path + "/segments").count <= 12)
        #expect(try bench.text("SELECT COUNT(*), SUM(n), COUNT(DISTINCT s) FROM t") == "1000|549500|10")
        try bench.run("VACUUM")
        let reopened = try bench.another()
        #expect(try reopened.query("SELECT COUNT(*), SUM(n) FROM t").textRows() == [["1000", "549500"]])
        let report = try Warehouse.check(bench.path)
        #expect(report.faults.map(\.description) == [])
        #expect(try bench.another().info().tables.first?.segmentFiles == 1)
    }

    /// A pin is a file made and removed: two changes of a directory for the one sync of a commit to carry.
    @Test func statementsThatWriteTakeNoPins() throws {
        let bench = try Bench("CREATE TABLE t (n INT); CREATE TABLE u (n INT DEFAULT 1 + 1); CREATE SEQUENCE s")
        let pins = bench.path + "/pins"
        func changed() -> [Int] {
            var info = stat()
            _ = stat(pins, &info)
            #if canImport(Darwin)
            return [Int(info.st_mtimespec.tv_sec), Int(info.st_mtimespec.tv_nsec)]
            #else
            return [Int(info.st_mtim.tv_sec), Int(info.st_mtim.tv_nsec)]
            #endif
        }
        let other = try bench.another()
        let before = changed()
        for warehouse in [bench.warehouse, other, bench.warehouse] {
            for sql in ["INSERT INTO t VALUES (1), (2)", "INSERT INTO u SELECT n FROM t", "UPDATE t SET n = n + 1",
                        "DELETE FROM u WHERE n IN (SELECT n FROM t)", "INSERT INTO t (n) SELECT s.NEXTVAL",
                        "MERGE INTO t USING u ON t.n = u.n WHEN NOT MATCHED THEN INSERT VALUES (u.n)",
                        "CREATE OR REPLACE TABLE c AS SELECT * FROM t", "TRUNCATE TABLE c", "DROP TABLE c"] {
                try warehouse.execute(sql)
            }
        }
        #expect(changed() == before)
        try other.execute("SELECT * FROM t")
        #expect(changed() != before)
    }
}
