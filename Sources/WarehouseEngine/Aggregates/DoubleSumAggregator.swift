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
        let given = arguments[0]
        if given.form == .dictionary, let dictionary = given.dictionary, dictionary.count > 0 {
            let entries = UnsafePointer(dictionary.doubles), codes = UnsafePointer(given.codes)
            groups.forEach(states.states, given.validity, rows) { state, row in
                state.sum += entries[Int(codes[row])]
                state.count &+= 1
            }
            return
        }
        let vector = flat(arguments, 0), values = UnsafePointer(vector.doubles)
        groups.forEach(states.states, vector.validity, rows) { state, row in
            state.sum += values[row]
            state.count &+= 1
        }
    }

    override var denseKind: DenseSum.Kind? { .doubles }

    override func take(_ sums: UnsafePointer<DenseSum>, groups: UnsafePointer<Int32>, count: Int) {
        let states = states.states
        for index in 0..<count {
            let group = Int(groups[index]), state = states[group]
            states[group] = State(sum: state.sum + Double(bitPattern: sums[index].bits),
                                  count: state.count &+ sums[index].count)
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
        try finish(groups: groups, as: isAverage ? .doubleAverage : .doubleSum)
    }

    override func finish(groups: Int, as result: SharedResult) throws -> ColumnBuffer {
        states.grow(to: groups)
        let states = states.states
        switch result {
        case .count(let type): return try AggregateResult.integers(groups, type) { Int128(states[$0].count) }
        case .doubleAverage:
            return AggregateResult.doubles(groups) { group in
                states[group].count > 0 ? states[group].sum / Double(states[group].count) : nil
            }
        case .doubleSum: return AggregateResult.doubles(groups) { states[$0].count > 0 ? states[$0].sum : nil }
        case .integerSum: return try super.finish(groups: groups, as: result)
        }
    }
}
