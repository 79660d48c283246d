import WarehouseColumns

/// MIN_BY and MAX_BY over frames where the value or the key is a text: as `ExtremeRowAggregator`, with the texts of the
/// group's row in slots that are used again while the next ones fit. Rows of a frame need not be kept, sorted and gone
/// through for each row of the window.
final class ExtremeTextRowAggregator: Aggregator {
    private struct Slot {
        var view: StringView
        var room: Int
        static var empty: Slot { Slot(view: .empty, room: 0) }
    }
    private struct State {
        /// In the order of the key's type; of texts the bytes.
        var key: Int128
        var keyText: Slot
        /// The value's bits, or bytes.
        var value: Int128
        var valueText: Slot
        var isSet: Bool
        var isNull: Bool
    }
    private var states = StateArray<State>(
        empty: State(key: 0, keyText: .empty, value: 0, valueText: .empty, isSet: false, isNull: false))
    private let arena = ByteArena(blockSize: 1024)
    private let value: PhysicalType
    private let key: PhysicalType
    private let isMaximum: Bool
    private let order: SortColumn.ValueOrder

    init(value: PhysicalType, key: PhysicalType, isMaximum: Bool, order: SortColumn.ValueOrder) {
        self.value = value
        self.key = key
        self.isMaximum = isMaximum
        self.order = order
    }

    static func serves(value: PhysicalType, key: PhysicalType) -> Bool { value != .list && key != .list }

    override var allocatedBytes: Int { states.allocatedBytes + arena.allocatedBytes }
    override var hasSmallStates: Bool { true }
    override var prefersFirst: Bool { true }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let values = flat(arguments, 0), keys = flat(arguments, 1), validity = keys.validity
        if key == .string {
            let texts = keys.strings
            return groups.forEachRow(rows) { group, row in
                if let validity, !ValidityWords.isValid(validity, row) { return }
                take(group, 0, texts[row], values, row)
            }
        }
        let keyOf = number(keys)
        groups.forEachRow(rows) { group, row in
            if let validity, !ValidityWords.isValid(validity, row) { return }
            take(group, keyOf(row), .empty, values, row)
        }
    }

    /// Keys of fixed width as numbers in their order.
    private func number(_ keys: Vector) -> (Int) -> Int128 {
        var shift: Int128 = 0
        if case .zoned = order { shift = 16 }
        switch key {
        case .bool: return { [bools = keys.bools] in Int128(bools[$0]) }
        case .int32: return { [int32s = keys.int32s] in Int128(int32s[$0]) }
        case .int64: return { [int64s = keys.int64s] in Int128(int64s[$0]) >> shift }
        case .int128: return { [int128s = keys.int128s] in int128s[$0] >> shift }
        default: return { [doubles = keys.doubles] in Int128(DoubleOrder.key(doubles[$0])) }
        }
    }

    @inline(__always)
    private func take(_ group: Int, _ number: Int128, _ text: StringView, _ values: Vector, _ row: Int) {
        guard isBetter(number, text, than: states.states[group]) else { return }
        let isNull = values.validity.map { !ValidityWords.isValid($0, row) } ?? false
        keep(group, number, text, isNull: isNull, isNull ? 0 : bits(values, row),
             isNull || value != .string ? .empty : values.strings[row])
    }

    /// Of equal ones the first stays.
    @inline(__always)
    private func isBetter(_ number: Int128, _ text: StringView, than state: State) -> Bool {
        guard state.isSet else { return true }
        guard key == .string else { return isMaximum ? number > state.key : number < state.key }
        let comparison: Int
        if case .variant = order { comparison = VariantOrder.compare(text, state.keyText.view) }
        else { comparison = StringView.compare(text, state.keyText.view) }
        return isMaximum ? comparison > 0 : comparison < 0
    }

    private func bits(_ values: Vector, _ row: Int) -> Int128 {
        switch value {
        case .bool: Int128(values.bools[row])
        case .int32: Int128(values.int32s[row])
        case .int64: Int128(values.int64s[row])
        case .double: Int128(values.doubles[row].bitPattern)
        case .int128: values.int128s[row]
        default: 0
        }
    }

    private func keep(_ group: Int, _ number: Int128, _ text: StringView, isNull: Bool, _ bits: Int128,
                      _ valueText: StringView) {
        var state = states.states[group]
        state.key = number
        state.value = bits
        (state.isSet, state.isNull) = (true, isNull)
        write(text, to: &state.keyText)
        write(valueText, to: &state.valueText)
        states.states[group] = state
    }

    private func write(_ text: StringView, to slot: inout Slot) {
        guard text.count > 0 else { return slot.view = StringView(slot.view.bytes, count: 0) }
        if text.count > slot.room {
            let room = max(16, text.count + text.count / 2)
            slot = Slot(view: StringView(arena.allocate(room), count: 0), room: room)
        }
        UnsafeMutablePointer(mutating: slot.view.bytes).update(from: text.bytes, count: text.count)
        slot.view = StringView(slot.view.bytes, count: text.count)
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? ExtremeTextRowAggregator else { return }
        for index in 0..<count {
            let theirs = other.states.states[Int(from[index])], group = Int(to[index])
            guard theirs.isSet, isBetter(theirs.key, theirs.keyText.view, than: states.states[group]) else { continue }
            keep(group, theirs.key, theirs.keyText.view, isNull: theirs.isNull, theirs.value, theirs.valueText.view)
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        let states = states.states
        func present(_ group: Int) -> State? { states[group].isSet && !states[group].isNull ? states[group] : nil }
        switch value {
        case .string:
            let column = ColumnBuffer(.string, capacity: max(1, groups))
            column.retain(arena)
            for group in 0..<groups {
                if let state = present(group) { column.append(shared: state.valueText.view) } else { column.appendNull() }
            }
            return column
        case .double:
            return AggregateResult.doubles(groups) { group in
                present(group).map { Double(bitPattern: UInt64(truncatingIfNeeded: $0.value)) }
            }
        case .bool: return AggregateResult.booleans(groups) { present($0).map { $0.value != 0 } }
        default: return try AggregateResult.integers(groups, value) { present($0)?.value }
        }
    }
}
