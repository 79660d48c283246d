import WarehouseBasics
import WarehouseColumns

/// COUNT(DISTINCT x) of groups, where rows come by ascending x: a group's values are counted where they change. Users
/// by film, 20 million ratings that lie by user: 25 ms instead of 900 for sets of bits.
final class CountChangesAggregator: Aggregator {
    private struct State: BitwiseCopyable {
        var first: Int64 = 0
        var last: Int64 = 0
        /// 0: no value yet.
        var count: Int64 = 0
    }
    private var states = StateArray<State>(empty: State())
    private let resultType: PhysicalType

    init(resultType: PhysicalType) { self.resultType = resultType }

    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = arguments[0]
        if vector.form == .runs, !vector.hasNulls, case .rows(let ids) = groups {
            if vector.physicalType == .int32 { countRuns(vector.int32s, vector, ids) }
            else { countRuns(vector.int64s, vector, ids) }
            return
        }
        let flat = flat(arguments, 0)
        if flat.physicalType == .int32 { count(flat.int32s, flat.validity, rows, groups) }
        else { count(flat.int64s, flat.validity, rows, groups) }
    }

    private func count<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ validity: UnsafePointer<UInt64>?, _ rows: Int,
                                             _ groups: GroupAssignment) {
        groups.forEach(states.states, validity, rows) { state, row in
            CountChangesAggregator.take(Int64(truncatingIfNeeded: values[row]), &state)
        }
    }

    private func countRuns<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ vector: Vector,
                                                 _ ids: UnsafePointer<Int32>) {
        let states = states.states, ends = vector.runEnds
        var row = 0
        for run in 0..<vector.runCount {
            let value = Int64(truncatingIfNeeded: values[run]), end = Int(ends[run])
            while row < end {
                CountChangesAggregator.take(value, &states[Int(ids[row])])
                row &+= 1
            }
        }
    }

    @inline(__always)
    private static func take(_ value: Int64, _ state: inout State) {
        if state.count == 0 { state.first = value }
        else if state.last == value { return }
        state.last = value
        state.count &+= 1
    }

    /// The other state's rows come later.
    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? CountChangesAggregator else { return }
        let mine = states.states, theirs = other.states.states
        for index in 0..<count {
            let next = theirs[Int(from[index])], place = Int(to[index])
            guard next.count > 0 else { continue }
            guard mine[place].count > 0 else {
                mine[place] = next
                continue
            }
            guard mine[place].last <= next.first else {
                throw WarehouseError(.internalFault, "A column that is said to ascend does not.")
            }
            mine[place].count += next.count - (mine[place].last == next.first ? 1 : 0)
            mine[place].last = next.last
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        let states = states.states
        return try AggregateResult.integers(groups, resultType) { Int128(states[$0].count) }
    }
}
