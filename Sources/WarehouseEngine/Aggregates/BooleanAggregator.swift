import WarehouseColumns

/// BOOLAND_AGG, BOOLOR_AGG and BOOLXOR_AGG (true when exactly one value is true).
final class BooleanAggregator: Aggregator {
    enum Kind { case and, or, xor }
    private struct State {
        var trues: Int64
        var falses: Int64
    }
    private var states = StateArray<State>(empty: State(trues: 0, falses: 0))
    private let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    override var hasSmallStates: Bool { true }
    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0), flags = vector.bools
        groups.forEach(states.states, vector.validity, rows) { state, row in
            state.trues &+= Int64(flags[row])
            state.falses &+= 1 &- Int64(flags[row])
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? BooleanAggregator else { return }
        for index in 0..<count {
            let state = other.states.states[Int(from[index])]
            states.states[Int(to[index])].trues &+= state.trues
            states.states[Int(to[index])].falses &+= state.falses
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        return AggregateResult.booleans(groups) { group in
            let state = states.states[group]
            guard state.trues + state.falses > 0 else { return nil }
            switch kind {
            case .and: return state.falses == 0
            case .or: return state.trues > 0
            case .xor: return state.trues == 1
            }
        }
    }
}
