import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// COUNT(DISTINCT) of integers by runs of groups and by a table, against sets.
@Suite struct DistinctBitsTests {
    private struct Row: Hashable {
        var group: Int32
        var value: Int?
    }
    private static let low = -500, high = 60_000

    private func make(high: Int = high) -> DistinctBitsAggregator {
        DistinctBitsAggregator(low: Int64(Self.low), span: UInt64(high - Self.low), type: .int32, resultType: .int64)
    }

    /// Rows of groups that come in stretches of about so many rows; groups come again.
    private func rows(_ count: Int, groups: Int, stretch: Int, _ random: inout SeededGenerator) -> [Row] {
        var rows: [Row] = [], group: Int32 = 0
        while rows.count < count {
            if Int.random(in: 0..<stretch, using: &random) == 0 {
                group = Int32.random(in: 0..<Int32(groups), using: &random)
            }
            let isNull = Int.random(in: 0..<20, using: &random) == 0
            let value = Int.random(in: Self.low...(random.next() % 2 == 0 ? 200 : Self.high), using: &random)
            rows.append(Row(group: group, value: isNull ? nil : value))
        }
        return rows
    }

    private func update(_ aggregator: Aggregator, _ rows: [Row], groups: Int, asRuns: Bool) throws {
        for batch in stride(from: 0, to: rows.count, by: 1000).map({ Array(rows[$0..<min(rows.count, $0 + 1000)]) }) {
            let column = ColumnBuffer(.int32)
            for row in batch {
                if let value = row.value { column.append(integer: Int128(value)) } else { column.appendNull() }
            }
            aggregator.reserve(groups: groups)
            let ids = batch.map(\.group)
            let ends = ids.indices.filter { $0 == ids.count - 1 || ids[$0] != ids[$0 + 1] }.map { Int32($0 + 1) }
            let runs = ends.map { ids[Int($0) - 1] }
            try withExtendedLifetime((ids, ends, runs)) {
                try ids.withUnsafeBufferPointer { ids in
                    try ends.withUnsafeBufferPointer { ends in
                        try runs.withUnsafeBufferPointer { runs in
                            guard let ids = ids.baseAddress, let ends = ends.baseAddress, let groups = runs.baseAddress
                            else { return }
                            try aggregator.update([column.vector()], rows: batch.count,
                                                  groups: asRuns ? .runs(groups: groups, ends: ends, count: runs.count) : .rows(ids))
                        }
                    }
                }
            }
        }
    }

    private func merge(_ target: Aggregator, _ other: Aggregator, _ pairs: [(Int32, Int32)], groups: Int) throws {
        target.reserve(groups: groups)
        try pairs.map(\.0).withUnsafeBufferPointer { from in
            try pairs.map(\.1).withUnsafeBufferPointer { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                try target.merge(other, from: from, to: to, count: pairs.count)
            }
        }
    }

    private func counts(_ aggregator: Aggregator, _ groups: Int) throws -> [Int] {
        let result = try aggregator.finish(groups: groups)
        return (0..<groups).map { Int(result.integer($0) ?? -1) }
    }

    private func expected(_ rows: [Row], _ groups: Int) -> [Int] {
        var sets = Array(repeating: Set<Int>(), count: groups)
        for row in rows { if let value = row.value { sets[Int(row.group)].insert(value) } }
        return sets.map(\.count)
    }

    /// How rows lie: in long stretches, in ones at the border of what runs are used for, and scattered.
    private static let stretches = [400, 12, 8, 3, 1]

    @Test(arguments: stretches, [true, false]) func groupsThatComeAgain(stretch: Int, asRuns: Bool) throws {
        var random = SeededGenerator(seed: UInt64(stretch))
        let rows = rows(20_000, groups: 37, stretch: stretch, &random), state = make()
        try update(state, rows, groups: 37, asRuns: asRuns)
        #expect(try counts(state, 37) == expected(rows, 37))
    }

    /// Long groups that take turns every few rows: taking them up again would cost more than the rows.
    @Test func groupsThatTakeTurns() throws {
        let rows = (0..<120_000).map { Row(group: Int32($0 / 10 % 5), value: $0 * 7919 % 60_000) }
        let state = make()
        try update(state, rows, groups: 5, asRuns: true)
        #expect(try counts(state, 5) == expected(rows, 5))
    }

    /// What a group had is written over when it comes again.
    @Test func memoryIsOfTheStateAndNotOfTheRows() throws {
        let state = make(high: 1000)
        func take(_ rounds: Range<Int>) throws {
            for round in rounds {
                let rows = (0..<10_000).map { Row(group: Int32($0 / 10 + round * 7) % 100, value: ($0 * 31 + round) % 512) }
                try update(state, rows, groups: 100, asRuns: true)
            }
        }
        try take(0..<10)
        let bytes = state.allocatedBytes
        try take(10..<60)
        #expect(state.allocatedBytes == bytes)
        #expect(bytes < 200_000)
    }

    /// States of every kind together: runs and tables, all groups or some of them, under other numbers.
    @Test(arguments: stretches, stretches) func statesTogether(first: Int, second: Int) throws {
        var random = SeededGenerator(seed: UInt64(first * 1000 + second))
        let groups = 50, left = rows(15_000, groups: groups, stretch: first, &random)
        let right = rows(15_000, groups: groups, stretch: second, &random)
        let one = make(), two = make()
        try update(one, left, groups: groups, asRuns: true)
        try update(two, right, groups: groups, asRuns: false)

        let whole = make(), numbers = Array(Int32(0)..<Int32(groups)).shuffled(using: &random)
        let pairs = numbers.indices.map { (Int32($0), numbers[$0]) }
        try merge(whole, one, pairs, groups: groups)
        try merge(whole, two, pairs, groups: groups)
        let wanted = expected(left + right, groups), answer = try counts(whole, groups)
        #expect(pairs.allSatisfy { answer[Int($0.1)] == wanted[Int($0.0)] })

        // A partition's share: every third group, numbered anew.
        let share = stride(from: 1, to: groups, by: 3).enumerated().map { (Int32($0.element), Int32($0.offset)) }
        let part = make()
        try merge(part, two, share, groups: share.count)
        try merge(part, one, share, groups: share.count)
        #expect(try counts(part, share.count) == share.map { wanted[Int($0.0)] })
    }

    @Test(arguments: [400, 1]) func rowsForDisk(stretch: Int) throws {
        var random = SeededGenerator(seed: UInt64(stretch) + 5)
        let rows = rows(9_000, groups: 11, stretch: stretch, &random), state = make()
        try update(state, rows, groups: 11, asRuns: true)
        var pushed: [Row] = []
        try state.pushRows { batch in
            let values = batch.vectors[0].int32s, groups = batch.vectors[1].int32s
            for row in 0..<batch.rowCount { pushed.append(Row(group: groups[row], value: Int(values[row]))) }
        }
        #expect(Set(pushed) == Set(rows.filter { $0.value != nil }))
        #expect(pushed.count == Set(pushed).count)
    }

    @Test(arguments: [400, 1]) func aValueOutsideOfTheRange(stretch: Int) throws {
        var random = SeededGenerator(seed: UInt64(stretch) + 9)
        let rows = rows(3_000, groups: 4, stretch: stretch, &random), state = make(high: 100)
        #expect(throws: (any Error).self) { try update(state, rows, groups: 4, asRuns: true) }
    }
}
