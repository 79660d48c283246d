import WarehouseColumns

/// SUM and AVG of FLOAT: added in row order within a stripe, stripes in order.
final class DoubleSumAggregator: Aggregator {
    struct State {
        var sum: Double
        var count: Int64
    }
    private var states = StateArray<State>(empty: State(sum: 0, count: 0))
    private let isAverage: Bool

    init(isAverage: Bool) { self.isAverage = isAverage }

    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0), values = vector.doubles
        groups.forEach(states.states, vector.validity, rows) { state, row in
            state.sum += values[row]
            state.count &+= 1
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? DoubleSumAggregator else { return }
        let mine = states.states, theirs = other.states.states
        for index in 0..<count {
            let state = theirs[Int(from[index])], target = Int(to[index])
            mine[target] = State(sum: mine[target].sum + state.sum, count: mine[target].count &+ state.count)
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        let isAverage = isAverage, states = states.states
        return AggregateResult.doubles(groups) { group in
            let state = states[group]
            guard state.count > 0 else { return nil }
            return isAverage ? state.sum / Double(state.count) : state.sum
        }
    }
}
