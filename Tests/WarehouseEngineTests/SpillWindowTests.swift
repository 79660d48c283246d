import TestSupport
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

    private static let frames: [(String, WindowFrame)] = [
        ("whole", .wholePartition), ("so far", .upToCurrent),
        ("rows so far", WindowFrame(.rows, .unboundedPreceding, .currentRow)),
        ("near", WindowFrame(.rows, .preceding(300), .following(40))),
        ("behind", WindowFrame(.rows, .preceding(9), .preceding(2))),
        ("ahead", WindowFrame(.rows, .following(1), .following(700))),
    ]

    /// Every function that can go by a part at a time, over every frame that it may have then.
    static func calls(_ maker: inout PlanMaker, _ scan: LogicalPlan, _ frame: WindowFrame) -> [WindowCall] {
        let one = BoundExpression.constant(.integer(1)), three = BoundExpression.constant(.integer(3))
        let null = BoundExpression.constant(Constant(.null, .integer))
        let noText = BoundExpression.constant(Constant(.null, .text))
        var calls: [WindowCall] = []
        func add(_ type: LogicalType, _ name: String, _ arguments: [BoundExpression]) {
            calls.append(WindowCall(maker.column(type), name, arguments, frame: frame))
        }
        for name in ["ROW_NUMBER", "RANK", "DENSE_RANK"] { add(.integer, name, []) }
        for name in ["PERCENT_RANK", "CUME_DIST"] { add(.float, name, []) }
        add(.integer, "NTILE", [.constant(.integer(7))])
        add(.integer, "LAG", [scan.reference(2), one, null])
        add(.text, "LEAD", [scan.reference(4), three, noText])
        add(.text, "LAG_IGNORE_NULLS", [scan.reference(4), three, noText])
        for name in ["FIRST_VALUE", "LAST_VALUE", "FIRST_VALUE_IGNORE_NULLS", "LAST_VALUE_IGNORE_NULLS", "MIN", "MAX"] {
            add(.text, name, [scan.reference(4)])
            add(.integer, name, [scan.reference(2)])
        }
        add(.integer, "NTH_VALUE", [scan.reference(2), three])
        add(.float, "SUM", [scan.reference(3)])
        add(.float, "AVG", [scan.reference(3)])
        add(.integer, "COUNT", [scan.reference(4)])
        add(.integer, "COUNT_STAR", [])
        add(.integer, "CONDITIONAL_CHANGE_EVENT", [scan.reference(2)])
        return calls
    }

    /// Some of the functions at a time: columns, however short, take their share of so little memory.
    static func plans(_ table: MemoryTable, _ frame: WindowFrame, partition: Int?) -> [LogicalPlan] {
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let all = calls(&maker, scan, frame)
        return stride(from: 0, to: all.count, by: 9).map { start in
            .window(LogicalWindow(input: scan, partition: partition.map { [scan.reference($0)] } ?? [],
                                  order: [SortKey(scan.reference(2)), SortKey(scan.reference(4), isDescending: true)],
                                  calls: Array(all[start..<min(all.count, start + 9)])))
        }
    }

    /// Without PARTITION BY all rows are one partition, which goes by a part at a time.
    @Test(arguments: Effort.pick(["whole", "rows so far", "ahead"], long: frames.map(\.0))) func wholeTablesOnDisk(frame: String) throws {
        let frame = try #require(Self.frames.first { $0.0 == frame }).1
        let table = SpillAggregateTests.table(16_000, groups: 40, seed: 33)
        for plan in Self.plans(table, frame, partition: nil) { try Spilling.check(plan, limit: 1_600_000) }
    }

    /// Few partitions, each more than fits: no hash cuts them.
    @Test(arguments: ["so far", "near"]) func largePartitionsOnDisk(frame: String) throws {
        let frame = try #require(Self.frames.first { $0.0 == frame }).1
        let table = SpillAggregateTests.table(20_000, groups: 1, seed: 34)
        for plan in Self.plans(table, frame, partition: 0) { try Spilling.check(plan, limit: 1_600_000) }
    }

    @Test func withoutOrderRowsComeAsTheyAre() throws {
        var maker = PlanMaker()
        let scan = maker.scan(SpillAggregateTests.table(24_000, groups: 9, seed: 35))
        let whole = WindowFrame.wholePartition
        let calls = [WindowCall(maker.column(.integer), "ROW_NUMBER", [], frame: whole),
                     WindowCall(maker.column(.float), "SUM", [scan.reference(3)], frame: whole),
                     WindowCall(maker.column(.text), "MAX", [scan.reference(4)], frame: whole)]
        try Spilling.check(.window(LogicalWindow(input: scan, partition: [], order: [], calls: calls)), limit: 1_200_000)
    }

    /// The values of one frame must fit where an aggregate keeps them.
    @Test func whatNeedsAWholeFrameSaysSo() throws {
        var maker = PlanMaker()
        let scan = maker.scan(SpillAggregateTests.table(60_000, groups: 3, seed: 31))
        let calls = [WindowCall(maker.column(.float), "MEDIAN", [scan.reference(3)], frame: .wholePartition)]
        let plan = LogicalPlan.window(LogicalWindow(input: scan, partition: [], order: [SortKey(scan.reference(2))],
                                                    calls: calls))
        #expect {
            try Spilling.run(plan, limit: 600_000, threads: 2)
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
