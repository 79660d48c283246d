import WarehouseBasics
import WarehouseColumns

/// SUM and AVG of integers in 128 bits; past 38 digits an error.
final class WideSumAggregator: Aggregator {
    struct State {
        var sum: Int128
        var count: Int64
        var overflowed: Bool
    }
    private var states = StateArray<State>(empty: State(sum: 0, count: 0, overflowed: false))
    private let finishing: SumFinish

    init(_ finishing: SumFinish) { self.finishing = finishing }

    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0)
        switch vector.physicalType {
        case .int32: addNarrow(vector.int32s, vector, rows, groups)
        case .int64: addNarrow(vector.int64s, vector, rows, groups)
        case .int128:
            let values = vector.int128s
            groups.forEach(states.states, vector.validity, rows) { state, row in
                let (sum, overflow) = state.sum.addingReportingOverflow(values[row])
                state.sum = sum
                state.overflowed = state.overflowed || overflow
                state.count &+= 1
            }
        default: break
        }
    }

    /// Fewer than 2^64 values of 64 bits cannot overflow 128.
    private func addNarrow<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ vector: Vector, _ rows: Int,
                                                 _ groups: GroupAssignment) {
        groups.forEach(states.states, vector.validity, rows) { state, row in
            state.sum &+= Int128(truncatingIfNeeded: values[row])
            state.count &+= 1
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? WideSumAggregator else { return }
        for index in 0..<count {
            let state = other.states.states[Int(from[index])], target = states.states + Int(to[index])
            let (sum, overflow) = target.pointee.sum.addingReportingOverflow(state.sum)
            target.pointee.sum = sum
            target.pointee.count &+= state.count
            target.pointee.overflowed = target.pointee.overflowed || overflow || state.overflowed
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        return try AggregateResult.integers(groups, finishing.resultType) { group in
            let state = states.states[group]
            if state.overflowed { throw SumFinish.overflow }
            return try finishing.value(sum: state.sum, count: state.count)
        }
    }
}
