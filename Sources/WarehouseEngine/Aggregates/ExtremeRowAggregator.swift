import WarehouseColumns

/// MIN_BY and MAX_BY of values and keys of fixed width: the value, NULL or not, of the group's first row with the least or
/// the greatest key. Films rated last by each of 138,493 users, of 20 million ratings: the rows themselves need not be
/// kept and sorted.
final class ExtremeRowAggregator: Aggregator {
    private struct State {
        /// In the order of the key's type.
        var key: Int64
        /// The value's bits.
        var low: UInt64
        var high: UInt64
        var isSet: Bool
        var isNull: Bool
    }
    private var states = StateArray<State>(empty: State(key: 0, low: 0, high: 0, isSet: false, isNull: false))
    private let value: PhysicalType
    private let key: PhysicalType
    private let isMaximum: Bool
    /// TIMESTAMP_TZ is ordered by instant.
    private let zoneBits: Int64

    init(value: PhysicalType, key: PhysicalType, isMaximum: Bool, isZoned: Bool) {
        self.value = value
        self.key = key
        self.isMaximum = isMaximum
        zoneBits = isZoned ? 16 : 0
    }

    static func serves(value: PhysicalType, key: PhysicalType) -> Bool {
        switch (value, key) {
        case (.string, _), (.list, _), (_, .string), (_, .list), (_, .int128): false
        default: true
        }
    }

    override var allocatedBytes: Int { states.allocatedBytes }
    override var hasSmallStates: Bool { true }
    override var prefersFirst: Bool { true }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let values = flat(arguments, 0), keys = flat(arguments, 1), zoneBits = zoneBits
        switch key {
        case .bool: take(values, keys, rows, groups) { [bools = keys.bools] in Int64(bools[$0]) }
        case .int32: take(values, keys, rows, groups) { [int32s = keys.int32s] in Int64(int32s[$0]) }
        case .int64: take(values, keys, rows, groups) { [int64s = keys.int64s] in int64s[$0] &>> zoneBits }
        default: take(values, keys, rows, groups) { [doubles = keys.doubles] in DoubleOrder.key(doubles[$0]) }
        }
    }

    @inline(__always)
    private func take(_ values: Vector, _ keys: Vector, _ rows: Int, _ groups: GroupAssignment, _ key: (Int) -> Int64) {
        let isMaximum = isMaximum
        groups.forEach(states.states, keys.validity, rows) { state, row in
            let key = key(row)
            guard !state.isSet || (isMaximum ? key > state.key : key < state.key) else { return }
            state.key = key
            state.isSet = true
            write(values, row, into: &state)
        }
    }

    private func write(_ values: Vector, _ row: Int, into state: inout State) {
        state.isNull = values.validity.map { !ValidityWords.isValid($0, row) } ?? false
        guard !state.isNull else { return }
        switch value {
        case .bool: state.low = UInt64(values.bools[row])
        case .int32: state.low = UInt64(bitPattern: Int64(values.int32s[row]))
        case .int64: state.low = UInt64(bitPattern: values.int64s[row])
        case .double: state.low = values.doubles[row].bitPattern
        default:
            let wide = UInt128(bitPattern: values.int128s[row])
            state.low = UInt64(truncatingIfNeeded: wide)
            state.high = UInt64(truncatingIfNeeded: wide >> 64)
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? ExtremeRowAggregator else { return }
        for index in 0..<count {
            let theirs = other.states.states[Int(from[index])], mine = states.states[Int(to[index])]
            guard theirs.isSet, !mine.isSet || (isMaximum ? theirs.key > mine.key : theirs.key < mine.key) else { continue }
            states.states[Int(to[index])] = theirs
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        let states = states.states
        func present(_ group: Int) -> State? { states[group].isSet && !states[group].isNull ? states[group] : nil }
        switch value {
        case .double: return AggregateResult.doubles(groups) { present($0).map { Double(bitPattern: $0.low) } }
        case .bool: return AggregateResult.booleans(groups) { present($0).map { $0.low != 0 } }
        case .int128:
            return try AggregateResult.integers(groups, value) {
                present($0).map { Int128(bitPattern: UInt128($0.high) << 64 | UInt128($0.low)) }
            }
        default: return try AggregateResult.integers(groups, value) { present($0).map { Int128(Int64(bitPattern: $0.low)) } }
        }
    }
}
