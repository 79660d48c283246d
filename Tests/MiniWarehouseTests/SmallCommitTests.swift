import MiniWarehouse
import Testing
import WarehouseBasics

/// Many small commits leave few files, whatever the rows have been through.
@Suite struct SmallCommitTests {
    @Test func aThousandInsertsLeaveFewFiles() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING)")
        for n in 0..<1000 { try bench.run("INSERT INTO t VALUES (\(n), 'text \(n % 10)')") }
        #expect(TemporaryFolder.files(bench.path + "/segments").count <= 2)
        #expect(try bench.text("SELECT COUNT(*), SUM(n), COUNT(DISTINCT s), MIN(s) FROM t") == "1000|499500|10|text 0")
        // As inserts, so changes: each is a commit of its own.
        for n in 0..<50 { try bench.run("UPDATE t SET n = n + 1000 WHERE n = \(n * 20)") }
        #expect(TemporaryFolder.files(bench.path + "/segments").count <= 12)
        #expect(try bench.text("SELECT COUNT(*), SUM(n), COUNT(DISTINCT s) FROM t") == "1000|549500|10")
        try bench.run("VACUUM")
        let reopened = try bench.another()
        #expect(try reopened.query("SELECT COUNT(*), SUM(n) FROM t").textRows() == [["1000", "549500"]])
        let report = try Warehouse.check(bench.path)
        #expect(report.faults.map(\.description) == [])
        #expect(try bench.another().info().tables.first?.segmentFiles == 1)
    }
}
