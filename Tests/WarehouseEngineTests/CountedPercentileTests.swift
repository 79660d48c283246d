import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Medians by counts, where more values come than were expected: the counts become rows on the way.
@Suite struct CountedPercentileTests {
    private func make() -> CountedPercentileAggregator {
        let reducer = ContinuousPercentileReducer(share: 0.5, column: 0, resultType: .int64, scaleShift: 0)
        return CountedPercentileAggregator(types: [.int32], reducer: reducer, isDescending: false) {
            CollectingAggregator(types: [.int32], required: [0], order: [SortColumn(column: 0)], distinct: [],
                                 reducer: reducer)
        }
    }

    private func update(_ aggregator: Aggregator, _ rows: [Row]) throws {
        let column = ColumnBuffer(.int32)
        for row in rows { column.append(integer: Int128(row.value)) }
        aggregator.reserve(groups: 3)
        try rows.map(\.group).withUnsafeBufferPointer { groups in
            guard let base = groups.baseAddress else { return }
            try aggregator.update([column.vector()], rows: rows.count, groups: .rows(base))
        }
    }

    private func medians(_ rows: [Row]) -> [Int128] {
        (0..<3).map { group in
            let values = rows.filter { $0.group == group }.map(\.value).sorted()
            let sum = values[(values.count - 1) / 2] + values[values.count / 2]
            // Half away from zero, of numbers that are not negative.
            return Int128((sum + 1) / 2)
        }
    }

    private func answer(_ aggregator: Aggregator) throws -> [Int128?] {
        let result = try aggregator.finish(groups: 3)
        return (0..<3).map { result.integer($0) }
    }

    private typealias Row = (group: Int32, value: Int)
    private let few: [Row] = (0..<90).map { (n: Int) -> Row in (Int32(n % 3), n % 3 * 1000 + n % 7) }
    private let many: [Row] = (0..<600).map { (n: Int) -> Row in (Int32(n % 3), n * 5 % 1709) }

    @Test func aBatchOfTooManyValues() throws {
        let aggregator = make()
        try update(aggregator, few)
        try update(aggregator, many)
        #expect(try answer(aggregator) == medians(few + many))
    }

    @Test func statesOfTooManyValuesTogether() throws {
        let first = make(), second = make()
        let left = few + many.prefix(200), right = Array(many.dropFirst(200).prefix(200))
        try update(first, Array(left))
        try update(second, right)
        let groups: [Int32] = [0, 1, 2]
        try groups.withUnsafeBufferPointer { groups in
            guard let base = groups.baseAddress else { return }
            try first.merge(second, from: base, to: base, count: 3)
        }
        #expect(try answer(first) == medians(left + right))
    }
}
