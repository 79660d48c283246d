import WarehouseColumns
import WarehouseStorage

extension StoredTableScan {
    /// The same scan, skipping what `bound` rules out. Where every row counts, it begins with a bound that holds: the
    /// key of the last row wanted among those of the most promising zones.
    func bounded(by bound: ZoneBound, limit: Int) throws -> StoredTableScan {
        let tableColumn = columns[bound.column]
        guard tableColumn >= 0 else { return self }
        if filter == nil, limit > 0, scannedRowCount == table.segments.reduce(0, { $0 + $1.rowCount }),
           table.segments.allSatisfy({ $0.deletedCount == 0 }) {
            var best = BestKeys(limit: limit, isDescending: bound.isDescending)
            for zone in try promisingZones(bound, tableColumn, limit) { try read(zone, tableColumn, into: &best) }
            if let last = best.last() { bound.tighten(last) }
        }
        return with(bound: bound)
    }

    struct Zone {
        let segment: Int
        let rows: Range<Int>
        /// The best key that may lie in it.
        let best: Int64
    }

    /// The zones with the best keys, as many as hold some times the rows wanted: reading them costs little, and may
    /// spare hundreds that would be read for a worse bound.
    private func promisingZones(_ bound: ZoneBound, _ tableColumn: Int, _ limit: Int) throws -> [Zone] {
        guard limit <= StoredTableScan.maximumSeedLimit else { return [] }
        let wanted = 4 * 1024 + 2 * limit
        var chosen = PromisingZones(rows: wanted, isDescending: bound.isDescending)
        for (index, segment) in table.segments.enumerated() {
            guard let map = try table.reader(segment: index).zoneMap(column: tableColumn) else { continue }
            var start = 0
            while start < segment.rowCount {
                let end = min(segment.rowCount, start + map.zoneRows(chunk: start / StoredTableScan.chunkRows))
                if let zone = map.range(block1024: start / 1024), !zone.hasNulls, zone.low <= zone.high,
                   let best = Int64(exactly: bound.isDescending ? zone.high : zone.low) {
                    chosen.offer(Zone(segment: index, rows: start..<end, best: best))
                }
                start = end
            }
        }
        return chosen.zones
    }

    /// Beyond, top-N reads so much anyway that its own bound comes soon enough.
    private static let maximumSeedLimit = 32_768

    private func read(_ zone: Zone, _ tableColumn: Int, into best: inout BestKeys) throws {
        let type = table.physicalType(tableColumn)
        let cursor = try table.reader(segment: zone.segment).makeColumnCursor(tableColumn)
        let vector = Vector(type)
        var row = zone.rows.lowerBound
        while row < zone.rows.upperBound {
            let count = min(Vector.standardCapacity, zone.rows.upperBound - row)
            try cursor.read(row: row, count: count, into: vector, as: type)
            let values = ColumnBuffer(.int64, capacity: count)
            values.append(vector, 0..<count)
            // A zone without nulls has none; were it otherwise, its rows would not count.
            guard values.nullCount == 0, values.physicalType == .int64 else { return }
            best.add(UnsafeBufferPointer(start: values.int64s, count: count))
            row += count
        }
    }
}

/// The best of the zones offered that hold `rows` rows together.
private struct PromisingZones {
    let rows: Int
    let isDescending: Bool
    /// The best first.
    private(set) var zones: [StoredTableScan.Zone] = []
    private var rowCount = 0

    init(rows: Int, isDescending: Bool) {
        self.rows = rows
        self.isDescending = isDescending
    }

    mutating func offer(_ zone: StoredTableScan.Zone) {
        func precedes(_ other: StoredTableScan.Zone) -> Bool {
            isDescending ? zone.best > other.best : zone.best < other.best
        }
        if rowCount >= rows, let last = zones.last, !precedes(last) { return }
        zones.insert(zone, at: zones.firstIndex(where: precedes) ?? zones.count)
        rowCount += zone.rows.count
        while let last = zones.last, rowCount - last.rows.count >= rows {
            rowCount -= last.rows.count
            zones.removeLast()
        }
    }
}

/// The best `limit` of the keys added.
private struct BestKeys {
    let limit: Int
    let isDescending: Bool
    /// Twice `limit` at most before the worse half is dropped.
    private var keys: [Int64] = []
    /// Keys behind it are not among the best.
    private var worst: Int64?

    init(limit: Int, isDescending: Bool) {
        self.limit = limit
        self.isDescending = isDescending
    }

    mutating func add(_ values: UnsafeBufferPointer<Int64>) {
        for value in values {
            if let worst, isDescending ? value <= worst : value >= worst { continue }
            keys.append(value)
            if keys.count >= 2 * limit { prune() }
        }
    }

    private mutating func prune() {
        if isDescending { keys.sort(by: >) } else { keys.sort() }
        keys.removeSubrange(limit...)
        worst = keys.last
    }

    /// The last of the best; nil when there are fewer than `limit`.
    mutating func last() -> Int64? {
        guard keys.count >= limit else { return nil }
        prune()
        return worst
    }
}
