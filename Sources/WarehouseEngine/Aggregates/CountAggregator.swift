import WarehouseColumns

/// COUNT(*), COUNT(a, b, …) (rows where none is null) and COUNT_IF.
final class CountAggregator: Aggregator {
    private var states = StateArray<Int64>(empty: 0)
    private let resultType: PhysicalType
    /// COUNT_IF: counts rows whose single argument is true.
    private let countsTrue: Bool

    init(resultType: PhysicalType, countsTrue: Bool = false) {
        self.resultType = resultType
        self.countsTrue = countsTrue
    }

    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        if countsTrue {
            let vector = flat(arguments, 0), flags = vector.bools
            groups.forEach(states.states, vector.validity, rows) { count, row in count &+= Int64(flags[row]) }
            return
        }
        let nullable = arguments.indices.filter { arguments[$0].hasNulls }
        switch nullable.count {
        case 0: countAll(rows, groups)
        case 1:
            let vector = flat(arguments, nullable[0])
            groups.forEach(states.states, vector.validity, rows) { count, _ in count &+= 1 }
        default:
            var validity = [UInt64](repeating: .max, count: (rows + 63) >> 6)
            for index in nullable {
                guard let words = arguments[index].flatValidity(rows: rows) else { continue }
                for word in validity.indices { validity[word] &= words[word] }
            }
            validity.withUnsafeBufferPointer { words in
                groups.forEach(states.states, words.baseAddress, rows) { count, _ in count &+= 1 }
            }
        }
    }

    private func countAll(_ rows: Int, _ groups: GroupAssignment) {
        let states = states.states
        switch groups {
        case .rows(let ids):
            if self.states.count <= CountAggregator.bankedGroups { return countInBanks(ids, rows) }
            for row in 0..<rows { states[Int(ids[row])] &+= 1 }
        case .runs(let groups, let ends, let count):
            var start: Int32 = 0
            for run in 0..<count {
                states[Int(groups[run])] &+= Int64(ends[run] &- start)
                start = ends[run]
            }
        }
    }

    static let bankedGroups = 64

    /// Of few groups, neighbours mostly add to one counter, and each add waits for the last: four banks of counters
    /// take turns. 0.4 ns a row instead of 1.5.
    private func countInBanks(_ ids: UnsafePointer<Int32>, _ rows: Int) {
        let groups = states.count, states = states.states
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 4 * groups) { buffer in
            guard let first = buffer.baseAddress else { return }
            first.initialize(repeating: 0, count: 4 * groups)
            let second = first + groups, third = second + groups, fourth = third + groups
            var row = 0
            while row &+ 4 <= rows {
                first[Int(ids[row])] &+= 1
                second[Int(ids[row &+ 1])] &+= 1
                third[Int(ids[row &+ 2])] &+= 1
                fourth[Int(ids[row &+ 3])] &+= 1
                row &+= 4
            }
            while row < rows {
                first[Int(ids[row])] &+= 1
                row &+= 1
            }
            for group in 0..<groups {
                states[group] &+= Int64(first[group] &+ second[group] &+ third[group] &+ fourth[group])
            }
        }
    }

    override var denseKind: DenseSum.Kind? { countsTrue ? nil : .counts }

    override func take(_ sums: UnsafePointer<DenseSum>, groups: UnsafePointer<Int32>, count: Int) {
        let states = states.states
        for index in 0..<count { states[Int(groups[index])] &+= sums[index].count }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? CountAggregator else { return }
        let mine = states.states, theirs = other.states.states
        for index in 0..<count { mine[Int(to[index])] &+= theirs[Int(from[index])] }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        let states = states.states
        return try AggregateResult.integers(groups, resultType) { Int128(states[$0]) }
    }
}
