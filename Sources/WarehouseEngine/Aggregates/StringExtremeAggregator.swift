import WarehouseColumns

/// MIN and MAX of strings, by bytes, and of VARIANT values, by their order. A group's bytes lie in a slot that is
/// reused while the new value fits.
final class StringExtremeAggregator: Aggregator {
    private struct State {
        var view: StringView
        /// Bytes of the slot; -1 before the first value.
        var room: Int
    }
    private var states = StateArray<State>(empty: State(view: .empty, room: -1))
    /// Of few groups, mostly one: many a stripe has a state.
    private let arena = ByteArena(blockSize: 1024)
    private let isMaximum: Bool
    private let isVariant: Bool

    init(isMaximum: Bool, isVariant: Bool) {
        self.isMaximum = isMaximum
        self.isVariant = isVariant
    }

    override var allocatedBytes: Int { states.allocatedBytes + arena.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0), values = vector.strings, states = states.states
        let validity = vector.validity
        groups.forEachRow(rows) { group, row in
            if let validity, !ValidityWords.isValid(validity, row) { return }
            take(&states[group], values[row])
        }
    }

    @inline(__always)
    private func take(_ state: inout State, _ value: StringView) {
        if state.room >= 0 {
            if isVariant {
                let order = VariantOrder.compare(value, state.view)
                guard isMaximum ? order > 0 : order < 0 else { return }
            } else {
                guard isMaximum ? state.view < value : value < state.view else { return }
            }
        }
        keep(&state, value)
    }

    private func keep(_ state: inout State, _ value: StringView) {
        if value.count > state.room || state.room <= 0 {
            let room = max(16, value.count + value.count / 2)
            state = State(view: StringView(arena.allocate(room), count: 0), room: room)
        }
        let target = UnsafeMutablePointer(mutating: state.view.bytes)
        target.update(from: value.bytes, count: value.count)
        state.view = StringView(state.view.bytes, count: value.count)
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? StringExtremeAggregator else { return }
        for index in 0..<count {
            let state = other.states.states[Int(from[index])]
            if state.room >= 0 { take(&states.states[Int(to[index])], state.view) }
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        let column = ColumnBuffer(.string, capacity: groups)
        column.retain(arena)
        for group in 0..<groups {
            let state = states.states[group]
            if state.room >= 0 { column.append(shared: state.view) } else { column.appendNull() }
        }
        return column
    }
}
