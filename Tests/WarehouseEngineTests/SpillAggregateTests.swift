import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct SpillAggregateTests {
    static func table(_ count: Int, groups: Int, seed: UInt64) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { _ in
            [random.integer(0...groups, nulls: 1), random.text(groups, nulls: 2), random.integer(-1000...1000, nulls: 5),
             .double(Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 7), random.text(50, nulls: 5)]
        }
        return MemoryTable([.integer, .text, .integer, .float, .text], rows, stripeRows: 1500, batchRows: 700)
    }

    /// Every kind of state: sums of doubles too, which must be added in the same order.
    @Test(arguments: Effort.pick([[0, 1], [3]], long: [[0], [1], [0, 1], [3]]))
    func groupsOnDiskAsInMemory(keys: [Int]) throws {
        let table = Self.table(15_000, groups: 6_000, seed: 8)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let number = scan.reference(2), real = scan.reference(3), text = scan.reference(4)
        let groups = keys.map { Projection(maker.column(scan.columns[$0].type), scan.reference($0)) }
        let calls = [
            maker.call("COUNT_STAR", [], .integer), maker.call("SUM", [number], .integer),
            maker.call("SUM", [real], .float), maker.call("AVG", [real], .float), maker.call("MIN", [text], .text),
            maker.call("MAX", [number], .integer), maker.call("COUNT", [text], .integer, isDistinct: true),
            maker.call("ANY_VALUE", [text], .text),
            maker.call("MEDIAN", [real], .float),
        ]
        let plan = LogicalPlan.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls))
        try Spilling.check(plan, limit: 6_000_000, sorted: true)
    }

    /// Without groups, each kind of state that grows with its rows.
    @Test func wholeTablesOnDiskAsInMemory() throws {
        let table = Self.table(60_000, groups: 40_000, seed: 12)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let key = scan.reference(0), name = scan.reference(1), number = scan.reference(2), real = scan.reference(3)
        for calls in [
            [maker.call("COUNT", [name], .integer, isDistinct: true), maker.call("SUM", [key], .integer, isDistinct: true),
             maker.call("COUNT_STAR", [], .integer), maker.call("SUM", [number], .integer)],
            [maker.call("MEDIAN", [real], .float), maker.call("MODE", [name], .text), maker.call("COUNT", [name], .integer)],
            [maker.call("MODE", [key], .integer), maker.call("MIN_BY", [name, real], .text),
             maker.call("MAX_BY", [key, name], .integer), maker.call("MAX", [real], .float)],
            [maker.call("COUNT", [name, key], .integer, isDistinct: true), maker.call("MEDIAN", [key], .number(precision: 38, scale: 3))],
        ] {
            let plan = LogicalPlan.aggregate(LogicalAggregate(input: scan, groups: [], aggregates: calls))
            try Spilling.check(plan, limit: 4_000_000)
        }
    }

    /// A few groups, each of whose rows take more than there is memory: every kind of state that grows with its rows.
    @Test(arguments: [2, 300]) func largeGroupsOnDiskAsInMemory(groups: Int) throws {
        var random = SeededGenerator(seed: UInt64(groups))
        let rows: [[ScalarValue]] = (0..<14_000).map { row in
            // Most rows are of the first group.
            [.integer(Int128(row % 5 == 0 ? row / 5 % groups : 0)),
             row % 9 == 0 ? .null : .bytes(Array("\(Int.random(in: 0...9_000, using: &random))".utf8) + Array(repeating: 97, count: 70)),
             random.integer(-9000...9000, nulls: 5), .double(Double(Int.random(in: -9_000...9_000, using: &random)) / 7)]
        }
        let table = MemoryTable([.integer, .text, .integer, .float], rows, stripeRows: 3500, batchRows: 700)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let name = scan.reference(1), number = scan.reference(2), real = scan.reference(3)
        let keys = [Projection(maker.column(scan.columns[0].type), scan.reference(0))]
        for calls in [
            [maker.call("COUNT", [name], .integer, isDistinct: true), maker.call("SUM", [number], .integer, isDistinct: true),
             maker.call("COUNT_STAR", [], .integer), maker.call("SUM", [real], .float)],
            [maker.call("MEDIAN", [real], .float), maker.call("MODE", [name], .text), maker.call("MAX", [name], .text)],
            [maker.call("MODE", [number], .integer), maker.call("MIN_BY", [name, real], .text),
             maker.call("MAX_BY", [number, name], .integer), maker.call("COUNT", [number], .integer)],
            [maker.call("COUNT", [name, number], .integer, isDistinct: true),
             maker.call("MEDIAN", [number], .number(precision: 38, scale: 3))],
        ] {
            let plan = LogicalPlan.aggregate(LogicalAggregate(input: scan, groups: keys, aggregates: calls))
            try Spilling.check(plan, limit: 1_500_000, sorted: true)
        }
    }

    @Test func distinctOnDisk() throws {
        let table = Self.table(20_000, groups: 90_000, seed: 9)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        try Spilling.check(.distinct(scan), limit: 5_000_000, sorted: true)
    }

    @Test func partitionsAreCutAgain() throws {
        let numbers = ColumnBuffer(.int64), texts = ColumnBuffer(.string)
        for row in 0..<40_000 {
            numbers.append(integer: Int128(row % 30_000))
            texts.append(Array("\(row % 30_000)-".utf8) + Array(repeating: UInt8(97), count: 90))
        }
        func rows(limit: Int?) throws -> [[ScalarValue]] {
            // Two partitions, each too large for what memory is left.
            let groups = AggregateOperator(
                input: ValuesOperator(rows: RowBuffer(columns: [numbers, texts], rowCount: 40_000)), groupColumns: [0, 1],
                fields: [KeyField(.int64), KeyField(.string)], calls: [], rowBound: nil, diskPartitions: 2)
            let spill = SpillStore(directory: Spilling.directory)
            let context = QueryContext(session: Runner.session, threads: 2, memory: MemoryAccount(limitBytes: limit),
                                       spill: spill)
            var found: [[ScalarValue]] = []
            for stripe in 0..<(try groups.prepare(context)) {
                try groups.run(stripe: stripe, context, into: ClosureConsumer { batch in
                    found += batch.scalarRows()
                    return true
                })
            }
            #expect((spill.writtenBytes > 0) == (limit != nil))
            return Spilling.ordered(found)
        }
        #expect(try rows(limit: 4_000_000) == rows(limit: nil))
    }
}
