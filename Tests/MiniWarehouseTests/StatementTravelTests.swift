import MiniWarehouse
import Synchronization
import TestSupport
import Testing
import WarehouseBasics

private final class SettableClock: WarehouseClock {
    let nanoseconds = Atomic<Int>(1_700_000_000_000_000_000)
    func now() -> Int128 { Int128(nanoseconds.load(ordering: .relaxed)) }
}

/// AT and BEFORE (STATEMENT => …) go by what a statement committed, not by its time.
@Suite struct StatementTravelTests {
    @Test func statementsOfOneMomentAreToldApart() throws {
        let folder = try ScratchDirectory()
        var options = WarehouseOptions()
        options.clock = FixedClock(nanoseconds: 1_700_000_000_000_000_000)
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh", options: options)
        try warehouse.execute("CREATE TABLE t (x INT); INSERT INTO t VALUES (1)")
        try warehouse.execute("INSERT INTO t VALUES (2)")
        let second = try #require(try warehouse.query("SELECT LAST_QUERY_ID()").textRows()[0][0])
        try warehouse.execute("INSERT INTO t VALUES (3)")
        func count(_ clause: String) throws -> String? {
            try warehouse.query("SELECT COUNT(*) FROM t \(clause)").textRows()[0][0]
        }
        #expect(try count("BEFORE (STATEMENT => '\(second)')") == "1")
        #expect(try count("AT (STATEMENT => '\(second)')") == "2")
        #expect(try count("") == "3")
    }

    @Test func aStatementThatWaitedFindsItsOwnChanges() throws {
        let folder = try ScratchDirectory()
        let clock = SettableClock()
        var options = WarehouseOptions()
        options.clock = clock
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh", options: options)
        try warehouse.execute("CREATE TABLE t (x INT); INSERT INTO t VALUES (1)")
        // A statement whose clock is behind the last commit's, as one has that began before it and waited.
        clock.nanoseconds.store(1_600_000_000_000_000_000, ordering: .relaxed)
        try warehouse.execute("INSERT INTO t VALUES (2), (3)")
        let late = try #require(try warehouse.query("SELECT LAST_QUERY_ID()").textRows()[0][0])
        #expect(try warehouse.query("SELECT COUNT(*) FROM t AT (STATEMENT => '\(late)')").textRows() == [["3"]])
        #expect(try warehouse.query("SELECT COUNT(*) FROM t BEFORE (STATEMENT => '\(late)')").textRows() == [["1"]])
    }
}
