import WarehouseColumns

/// BITAND_AGG, BITOR_AGG and BITXOR_AGG of integers.
final class BitAggregator: Aggregator {
    enum Kind { case and, or, xor }
    private struct State {
        var bits: Int128
        var isSet: Bool
    }
    private var states = StateArray<State>(empty: State(bits: 0, isSet: false))
    private let kind: Kind
    private let resultType: PhysicalType

    init(_ kind: Kind, resultType: PhysicalType) {
        self.kind = kind
        self.resultType = resultType
    }

    override var hasSmallStates: Bool { true }
    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0)
        switch vector.physicalType {
        case .int32: take(vector.int32s, vector, rows, groups)
        case .int64: take(vector.int64s, vector, rows, groups)
        case .int128: take(vector.int128s, vector, rows, groups)
        default: break
        }
    }

    private func take<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ vector: Vector, _ rows: Int,
                                            _ groups: GroupAssignment) {
        let kind = kind
        groups.forEach(states.states, vector.validity, rows) { state, row in
            BitAggregator.combine(&state, State(bits: Int128(values[row]), isSet: true), kind)
        }
    }

    @inline(__always)
    private static func combine(_ a: inout State, _ b: State, _ kind: Kind) {
        guard b.isSet else { return }
        guard a.isSet else {
            a = b
            return
        }
        switch kind {
        case .and: a.bits &= b.bits
        case .or: a.bits |= b.bits
        case .xor: a.bits ^= b.bits
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? BitAggregator else { return }
        for index in 0..<count {
            BitAggregator.combine(&states.states[Int(to[index])], other.states.states[Int(from[index])], kind)
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        return try AggregateResult.integers(groups, resultType) {
            states.states[$0].isSet ? states.states[$0].bits : nil
        }
    }
}
