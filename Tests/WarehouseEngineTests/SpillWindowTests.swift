import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct SpillWindowTests {
    static func plan(partition: Bool, groups: Int) -> LogicalPlan {
        let table = SpillAggregateTests.table(12_000, groups: groups, seed: 31)
        var maker = PlanMaker()
        let scan = maker.scan(table), one = BoundExpression.constant(.integer(1))
        let null = BoundExpression.constant(Constant(.null, .integer))
        let whole = WindowFrame.wholePartition
        let calls = [
            WindowCall(maker.column(.integer), "ROW_NUMBER", [], frame: whole),
            WindowCall(maker.column(.integer), "RANK", [], frame: whole),
            WindowCall(maker.column(.integer), "LAG", [scan.reference(2), one, null], frame: whole),
            WindowCall(maker.column(.float), "SUM", [scan.reference(3)], frame: whole),
            WindowCall(maker.column(.text), "MIN", [scan.reference(4)], frame: whole),
        ]
        return .window(LogicalWindow(input: scan, partition: partition ? [scan.reference(0), scan.reference(1)] : [],
                                     order: [SortKey(scan.reference(2)), SortKey(scan.reference(3))], calls: calls))
    }

    @Test(arguments: [8, 40, 3000]) func partitionsOnDiskAsInMemory(groups: Int) throws {
        try Spilling.check(Self.plan(partition: true, groups: groups), limit: 1_000_000)
    }

    @Test func oneLargePartitionIsAnError() throws {
        #expect {
            try Spilling.run(Self.plan(partition: false, groups: 3), limit: 500_000, threads: 2)
        } throws: { ($0 as? WarehouseError)?.message.contains("MEMORY_LIMIT") == true }
    }

    @Test func sharedRowsOnDisk() throws {
        let table = SpillSortTests.table(10_000, seed: 32)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let places = [5, 1, 3]
        let columns = places.map { maker.column(scan.columns[$0].type) }
        let shared = LogicalPlan.shared(LogicalShared(number: 1, plan: scan, columns: columns, places: places,
                                                       isFirst: true))
        try Spilling.check(.unionAll([shared, shared], columns: columns), limit: 500_000)
    }
}
