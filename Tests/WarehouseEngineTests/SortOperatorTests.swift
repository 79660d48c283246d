import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct SortOperatorTests {
    static func table(_ count: Int, seed: UInt64) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { row in
            [random.integer(-5...5, nulls: 10), random.text(40, nulls: 10), random.double(nulls: 10),
             random.integer(0...1_000_000_000_000), .boolean(Bool.random(using: &random)), .integer(Int128(row)),
             .integer(Int128(Int.random(in: -2...2, using: &random)) << 90)]
        }
        return MemoryTable([.integer, .text, .float, .integer, .boolean, .integer, .integer], rows, stripeRows: 700)
    }

    static func sorted(_ rows: [[ScalarValue]], _ keys: [(Int, Bool, Bool)]) -> [[ScalarValue]] {
        rows.enumerated().sorted { a, b in
            for (column, isDescending, nullsFirst) in keys {
                let order = Scalars.compare(a.element[column], b.element[column], isDescending: isDescending,
                                            nullsFirst: nullsFirst)
                if order != 0 { return order < 0 }
            }
            return a.offset < b.offset
        }.map(\.element)
    }

    @Test(arguments: [[0], [1], [2], [3], [4], [6], [0, 1], [1, 0], [3, 2, 1], [2, 0, 4, 1], [6, 3, 1], [4, 0, 6]])
    func ordersLikeTheModel(columns: [Int]) throws {
        for (count, seed) in [(0, 1), (1, 2), (40, 3), (Effort.pick(1500, long: 6000), 4)] {
            let table = Self.table(count, seed: UInt64(seed))
            for flavour in 0..<4 {
                let keys = columns.enumerated().map { index, column in
                    (column, (flavour + index) % 2 == 1, (flavour / 2 + index) % 2 == 1)
                }
                var maker = PlanMaker()
                let scan = maker.scan(table)
                let order = keys.map { SortKey(scan.reference($0.0), isDescending: $0.1, nullsFirst: $0.2) }
                let wanted = Self.sorted(table.rows, keys)
                let answer = try Runner.rows(.sort(scan, order))
                #expect(zip(answer, wanted).allSatisfy { Scalars.same($0, $1) } && answer.count == wanted.count)
                for (limit, offset) in [(0, 0), (1, 0), (7, 3), (50, 10_000), (1000, 5)] {
                    let part = try Runner.rows(.limit(.sort(scan, order), limit: limit, offset: offset))
                    let slice = Array(wanted.dropFirst(offset).prefix(limit))
                    #expect(part.count == slice.count && zip(part, slice).allSatisfy { Scalars.same($0, $1) })
                }
            }
        }
    }

    @Test func parallelSortsMerge() throws {
        var random = SeededGenerator(seed: 11)
        let rows = (0..<101_000).map { _ in [random.integer(0...50_000), random.text(50)] }
        let table = MemoryTable([.integer, .text], rows, stripeRows: 50_000, batchRows: 2048)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        for keys in [[1, 0]] {
            let answer = try Runner.rows(.sort(scan, keys.map { SortKey(scan.reference($0)) }))
            let wanted = Self.sorted(rows, keys.map { ($0, false, false) })
            #expect(answer == wanted)
        }
    }
}
