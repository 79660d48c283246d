import WarehouseBasics
import WarehouseColumns

/// MIN and MAX of integers, doubles and booleans. NaN is the largest double.
final class ExtremeAggregator: Aggregator {
    private struct Narrow {
        var value: Int64
        var isSet: Bool
    }
    private struct Wide {
        var value: Int128
        var isSet: Bool
    }
    private struct Real {
        var value: Double
        var isSet: Bool
    }
    private var narrow = StateArray<Narrow>(empty: Narrow(value: 0, isSet: false))
    private var wide = StateArray<Wide>(empty: Wide(value: 0, isSet: false))
    private var real = StateArray<Real>(empty: Real(value: 0, isSet: false))
    private let type: PhysicalType
    private let isMaximum: Bool
    /// TIMESTAMP_TZ is ordered by instant; of equal instants the first stays.
    private let isZoned: Bool

    init(_ type: PhysicalType, isMaximum: Bool, isZoned: Bool) {
        self.type = type
        self.isMaximum = isMaximum
        self.isZoned = isZoned
    }

    override var allocatedBytes: Int { narrow.allocatedBytes + wide.allocatedBytes + real.allocatedBytes }

    override func reserve(groups: Int) {
        switch type {
        case .double: real.grow(to: groups)
        case .int128: wide.grow(to: groups)
        default: narrow.grow(to: groups)
        }
    }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0)
        switch type {
        case .bool: takeNarrow(vector.bools, vector, rows, groups)
        case .int32: takeNarrow(vector.int32s, vector, rows, groups)
        case .int64: takeNarrow(vector.int64s, vector, rows, groups)
        case .int128:
            let values = vector.int128s, isMaximum = isMaximum, shift = Int128(isZoned ? 16 : 0)
            groups.forEach(wide.states, vector.validity, rows) { state, row in
                ExtremeAggregator.takeWide(&state, values[row], isMaximum, shift)
            }
        case .double:
            let values = vector.doubles, isMaximum = isMaximum
            groups.forEach(real.states, vector.validity, rows) { state, row in
                ExtremeAggregator.takeReal(&state, values[row], isMaximum)
            }
        default: break
        }
    }

    private func takeNarrow<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ vector: Vector, _ rows: Int,
                                                  _ groups: GroupAssignment) {
        if case .runs(let ids, let ends, let count) = groups, vector.validity == nil, !isZoned {
            return takeRuns(values, ids, ends, count)
        }
        let shift = Int64(isZoned ? 16 : 0)
        if isMaximum {
            groups.forEach(narrow.states, vector.validity, rows) { state, row in
                let value = Int64(truncatingIfNeeded: values[row])
                if !state.isSet || value &>> shift > state.value &>> shift { state = Narrow(value: value, isSet: true) }
            }
        } else {
            groups.forEach(narrow.states, vector.validity, rows) { state, row in
                let value = Int64(truncatingIfNeeded: values[row])
                if !state.isSet || value &>> shift < state.value &>> shift { state = Narrow(value: value, isSet: true) }
            }
        }
    }

    /// The extreme of each run first, which several values at once can find.
    private func takeRuns<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ ids: UnsafePointer<Int32>,
                                                _ ends: UnsafePointer<Int32>, _ count: Int) {
        let states = narrow.states
        var start = 0
        for run in 0..<count {
            let end = Int(ends[run])
            guard start < end else { continue }
            var best = values[start]
            if isMaximum {
                for row in start..<end { best = max(best, values[row]) }
            } else {
                for row in start..<end { best = min(best, values[row]) }
            }
            let value = Int64(truncatingIfNeeded: best), state = states[Int(ids[run])]
            if !state.isSet || (isMaximum ? value > state.value : value < state.value) {
                states[Int(ids[run])] = Narrow(value: value, isSet: true)
            }
            start = end
        }
    }

    @inline(__always)
    private static func takeWide(_ state: inout Wide, _ value: Int128, _ isMaximum: Bool, _ shift: Int128) {
        let a = value >> shift, b = state.value >> shift
        if !state.isSet || (isMaximum ? a > b : a < b) { state = Wide(value: value, isSet: true) }
    }

    @inline(__always)
    private static func takeReal(_ state: inout Real, _ value: Double, _ isMaximum: Bool) {
        if !state.isSet {
            state = Real(value: value, isSet: true)
        } else if isMaximum {
            if value > state.value || (value.isNaN && !state.value.isNaN) { state.value = value }
        } else if value < state.value || (state.value.isNaN && !value.isNaN) {
            state.value = value
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? ExtremeAggregator else { return }
        for index in 0..<count {
            let source = Int(from[index]), target = Int(to[index])
            switch type {
            case .double:
                let state = other.real.states[source]
                if state.isSet { ExtremeAggregator.takeReal(&real.states[target], state.value, isMaximum) }
            case .int128:
                let state = other.wide.states[source]
                if state.isSet {
                    ExtremeAggregator.takeWide(&wide.states[target], state.value, isMaximum, isZoned ? 16 : 0)
                }
            default:
                let state = other.narrow.states[source], old = narrow.states[target]
                let shift = Int64(isZoned ? 16 : 0)
                let a = state.value >> shift, b = old.value >> shift
                if state.isSet, !old.isSet || (isMaximum ? a > b : a < b) { narrow.states[target] = state }
            }
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        reserve(groups: groups)
        switch type {
        case .double:
            return AggregateResult.doubles(groups) { real.states[$0].isSet ? real.states[$0].value : nil }
        case .bool:
            return AggregateResult.booleans(groups) { narrow.states[$0].isSet ? narrow.states[$0].value != 0 : nil }
        case .int128:
            return try AggregateResult.integers(groups, type) { wide.states[$0].isSet ? wide.states[$0].value : nil }
        default:
            return try AggregateResult.integers(groups, type) {
                narrow.states[$0].isSet ? Int128(narrow.states[$0].value) : nil
            }
        }
    }
}
