import WarehouseColumns

/// SUM and AVG of integers whose sum is known to fit 64 bits.
final class IntegerSumAggregator: Aggregator {
    struct State {
        var sum: Int64
        var count: Int64
    }
    private var states = StateArray<State>(empty: State(sum: 0, count: 0))
    private let finishing: SumFinish

    init(_ finishing: SumFinish) { self.finishing = finishing }

    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0)
        switch vector.physicalType {
        case .int32: add(vector.int32s, vector, rows, groups)
        case .int64: add(vector.int64s, vector, rows, groups)
        case .int128: add(vector.int128s, vector, rows, groups)
        default: break
        }
    }

    private func add<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ vector: Vector, _ rows: Int,
                                           _ groups: GroupAssignment) {
        if case .rows(let ids) = groups, !vector.hasNulls, states.count <= IntegerSumAggregator.bankedGroups,
           rows >= 4 * states.count {
            return addInBanks(values, ids, rows)
        }
        groups.forEach(states.states, vector.validity, rows) { state, row in
            state.sum &+= Int64(truncatingIfNeeded: values[row])
            state.count &+= 1
        }
    }

    static let bankedGroups = 64

    /// Of few groups, neighbours mostly add to one state, and each add waits for the last: four banks of states take
    /// turns. TPC-H's first query, eight sums by four groups, takes a third fewer cycles with it.
    private func addInBanks<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ ids: UnsafePointer<Int32>, _ rows: Int) {
        let groups = states.count, states = states.states
        withUnsafeTemporaryAllocation(of: State.self, capacity: 4 * groups) { buffer in
            guard let banks = buffer.baseAddress else { return }
            banks.initialize(repeating: State(sum: 0, count: 0), count: 4 * groups)
            var row = 0
            while row &+ 4 <= rows {
                for lane in 0..<4 {
                    let state = banks + (Int(ids[row &+ lane]) &* 4 &+ lane)
                    state.pointee.sum &+= Int64(truncatingIfNeeded: values[row &+ lane])
                    state.pointee.count &+= 1
                }
                row &+= 4
            }
            while row < rows {
                let state = banks + Int(ids[row]) &* 4
                state.pointee.sum &+= Int64(truncatingIfNeeded: values[row])
                state.pointee.count &+= 1
                row &+= 1
            }
            for place in 0..<(4 * groups) {
                states[place / 4].sum &+= banks[place].sum
                states[place / 4].count &+= banks[place].count
            }
        }
    }

    override var denseKind: DenseSum.Kind? { .integers }

    override func take(_ sums: UnsafePointer<DenseSum>, groups: UnsafePointer<Int32>, count: Int) {
        let states = states.states
        for index in 0..<count {
            let group = Int(groups[index]), state = states[group]
            states[group] = State(sum: state.sum &+ Int64(bitPattern: sums[index].bits),
                                  count: state.count &+ sums[index].count)
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? IntegerSumAggregator else { return }
        let mine = states.states, theirs = other.states.states
        for index in 0..<count {
            let state = theirs[Int(from[index])], target = Int(to[index])
            mine[target] = State(sum: mine[target].sum &+ state.sum, count: mine[target].count &+ state.count)
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        try finish(groups: groups, as: .integerSum(finishing))
    }

    override func finish(groups: Int, as result: SharedResult) throws -> ColumnBuffer {
        states.grow(to: groups)
        let states = states.states
        switch result {
        case .count(let type): return try AggregateResult.integers(groups, type) { Int128(states[$0].count) }
        case .integerSum(let finishing):
            return try AggregateResult.integers(groups, finishing.resultType) { group in
                let state = states[group]
                return try finishing.value(sum: Int128(state.sum), count: state.count)
            }
        default: return try super.finish(groups: groups, as: result)
        }
    }
}
