import Synchronization
import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// A bound that a top-N learns while it runs and its scan skips zones by: no wanted row has a first sort key behind
/// it. Shared by all threads; it only ever tightens, and only rows that cannot be among the best are skipped, so the
/// answer does not depend on who is faster. The 100 latest of 20 million ratings take 2 ms instead of 34.
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

extension StoredTableScan {
    /// The same scan, skipping what `bound` rules out. Where every row counts, zones tell beforehand that so many rows
    /// as are wanted lie before some value.
    func bounded(by bound: ZoneBound, limit: Int) throws -> StoredTableScan {
        let tableColumn = columns[bound.column]
        guard tableColumn >= 0 else { return self }
        if filter == nil, table.segments.allSatisfy({ $0.deletedCount == 0 }) {
            try seed(bound, tableColumn, limit)
        }
        return with(bound: bound)
    }

    private func seed(_ bound: ZoneBound, _ tableColumn: Int, _ limit: Int) throws {
        var zones: [(worst: Int64, rows: Int)] = []
        for (index, segment) in table.segments.enumerated() {
            guard let map = try table.reader(segment: index).zoneMap(column: tableColumn) else { continue }
            for block in 0..<((segment.rowCount + 1023) / 1024) {
                guard let zone = map.range(block1024: block), !zone.hasNulls, zone.low <= zone.high,
                      let worst = Int64(exactly: bound.isDescending ? zone.low : zone.high) else { continue }
                zones.append((worst, min(1024, segment.rowCount - block * 1024)))
            }
        }
        zones.sort { bound.isDescending ? $0.worst > $1.worst : $0.worst < $1.worst }
        var rows = 0
        for zone in zones {
            rows += zone.rows
            if rows >= limit { return bound.tighten(zone.worst) }
        }
    }
}
