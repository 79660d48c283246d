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
        groups.forEach(states.states, vector.validity, rows) { state, row in
            state.sum &+= Int64(truncatingIfNeeded: values[row])
            state.count &+= 1
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
        case .doubleSum, .doubleAverage: return try super.finish(groups: groups, as: result)
        }
    }
}
