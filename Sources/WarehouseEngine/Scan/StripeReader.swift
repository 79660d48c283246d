import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// Reads chunks of a stored table for one thread, a window of rows at a time.
final class StripeReader {
    private let scan: StoredTableScan
    private let context: QueryContext
    private let consumer: any BatchConsumer
    private let bounds: [ScanFilter.Bounds]
    private let evaluator: PredicateEvaluator?
    /// Output columns that the predicate reads.
    private let predicateColumns: [Int]
    private let ranges: [ColumnRange]
    private var dynamicFilters: [DynamicFilterUse]
    private let outputTypes: [PhysicalType]

    private var segment = -1
    private var reader: SegmentReader?
    private var zones: [ZoneMap?] = []
    private var boundZones: ZoneMap?
    /// Bytes on disk of the segment's columns that are read.
    private var segmentBytes = 0
    private var cursors: [ColumnCursor?]
    /// What cursors fill, a window long.
    private let windows: [Vector]
    /// The chosen rows of a window: of the predicate's columns, and of all columns.
    private let candidates: [Vector]
    private let gathered: [Vector]
    private let batch = Batch()
    private let filterBatch = Batch()
    private var chosen = RowList(), passed = RowList()
    private var isRead: [Bool]

    init(_ scan: StoredTableScan, _ context: QueryContext, _ consumer: any BatchConsumer) {
        self.scan = scan
        self.context = context
        self.consumer = consumer
        bounds = scan.filter?.bounds ?? []
        evaluator = scan.filter?.predicate?.makeEvaluator()
        predicateColumns = scan.filter?.predicateColumns ?? []
        ranges = scan.ranges + scan.dynamicFilters.filter(\.filter.isNarrow).map {
            ColumnRange(tableColumn: scan.columns[$0.column], low: Int128($0.filter.low), high: Int128($0.filter.high))
        }
        dynamicFilters = scan.dynamicFilters.map { DynamicFilterUse($0.filter, column: $0.column) }
        // A copy of this thread's own: counting references to one array on two cores costs as much as decoding.
        outputTypes = scan.columns.indices.map { scan.outputTypes[$0] }
        cursors = Array(repeating: nil, count: scan.columns.count)
        isRead = Array(repeating: false, count: scan.columns.count)
        windows = scan.columns.map { $0 < 0 ? Vector(.int64) : scan.table.makeVector($0) }
        // These grow only where rows are picked.
        func small(_ vector: Vector) -> Vector {
            Vector(vector.physicalType, capacity: 1, child: vector.child.map { Vector($0.physicalType, capacity: 1) })
        }
        candidates = windows.map(small)
        gathered = windows.map(small)
    }

    /// Pushes the rows of a chunk; false when no more are wanted.
    func read(_ unit: StoredTableScan.ScanUnit) throws -> Bool {
        if unit.segment != segment, !mayMatch(segment: unit.segment) { return true }
        try open(unit.segment)
        guard let reader else { return true }
        if let bound = scan.bound, let column = tableColumn(bound),
           try !bound.admits(reader.zoneRange(column: column, block65536: unit.rows.lowerBound / 65_536)) {
            return true
        }
        for use in dynamicFilters where use.filter.isActive {
            let zone = try reader.zoneRange(column: scan.columns[use.column], block65536: unit.rows.lowerBound / 65_536)
            if !use.filter.admits(zone) { return true }
        }
        if scan.isCounted {
            let rows = max(1, reader.rowCount)
            context.noteScanned(bytes: (segmentBytes * unit.rows.count + rows - 1) / rows)
        }
        var row = unit.rows.lowerBound
        while row < unit.rows.upperBound {
            let end = min(unit.rows.upperBound, (row / Vector.standardCapacity + 1) * Vector.standardCapacity)
            guard try readWanted(row..<end, reader) else { return false }
            row = end
        }
        return true
    }

    /// Whether what became known while the query runs leaves rows of a segment that is not open.
    private func mayMatch(segment: Int) -> Bool {
        if let bound = scan.bound, let column = tableColumn(bound),
           !bound.admits(scan.table.zoneRange(column: column, segment: segment)) { return false }
        for use in dynamicFilters where use.filter.isActive && scan.columns[use.column] >= 0 {
            if !use.filter.admits(scan.table.zoneRange(column: scan.columns[use.column], segment: segment)) { return false }
        }
        return true
    }

    /// Reads what zones leave of a window, at once where that is one piece: fewer batches cost less. Else, and where a
    /// bound may yet grow tighter, by smaller windows, which leave more out. False when no more rows are wanted.
    private func readWanted(_ rows: Range<Int>, _ reader: SegmentReader) throws -> Bool {
        if boundZones == nil, let piece = wantedPiece(rows) {
            try context.checkCancelled()
            return try piece.isEmpty || readWindow(piece, reader)
        }
        var row = rows.lowerBound
        while row < rows.upperBound {
            try context.checkCancelled()
            let end = min(rows.upperBound, (row / StripeReader.zonedWindow + 1) * StripeReader.zonedWindow)
            let part = wanted(row..<end)
            if !part.isEmpty, try !readWindow(part, reader) { return false }
            row = end
        }
        return true
    }

    static let zonedWindow = 2048

    /// The rows of a window's blocks that may hold wanted rows, where these blocks are neighbours; nil where not.
    private func wantedPiece(_ rows: Range<Int>) -> Range<Int>? {
        guard !ranges.isEmpty else { return rows }
        let piece = wanted(rows)
        guard !piece.isEmpty else { return piece }
        for block in (piece.lowerBound / 1024)...((piece.upperBound - 1) / 1024) where !mayMatch(block) { return nil }
        return piece
    }

    private func tableColumn(_ bound: ZoneBound) -> Int? {
        let column = scan.columns[bound.column]
        return column >= 0 ? column : nil
    }

    private func open(_ index: Int) throws {
        guard segment != index else { return }
        let opened = try scan.table.reader(segment: index)
        for (place, column) in scan.columns.enumerated() where column >= 0 {
            cursors[place] = try opened.makeColumnCursor(column)
            // Codes of numbers are grouped, counted and compared faster than the numbers.
            cursors[place]?.keepsNumberDictionaries = true
        }
        zones = try ranges.map { try opened.zoneMap(column: $0.tableColumn) }
        boundZones = try scan.bound.flatMap(tableColumn).flatMap { try opened.zoneMap(column: $0) }
        segmentBytes = scan.columns.reduce(0) { $0 + ($1 < 0 ? 0 : scan.table.storedBytes($1, segment: index)) }
        reader = opened
        segment = index
    }

    /// The part of a window whose blocks of 1024 rows may hold wanted rows.
    private func wanted(_ rows: Range<Int>) -> Range<Int> {
        guard !ranges.isEmpty || boundZones != nil else { return rows }
        var start = rows.upperBound, end = rows.lowerBound
        for block in (rows.lowerBound / 1024)...((rows.upperBound - 1) / 1024) {
            guard mayMatch(block) else { continue }
            start = min(start, max(rows.lowerBound, block * 1024))
            end = max(end, min(rows.upperBound, (block + 1) * 1024))
        }
        return start < end ? start..<end : rows.lowerBound..<rows.lowerBound
    }

    private func mayMatch(_ block: Int) -> Bool {
        for index in ranges.indices {
            if let map = zones[index], !ranges[index].admits(map.range(block1024: block)) { return false }
        }
        guard let map = boundZones, let bound = scan.bound else { return true }
        return bound.admits(map.range(block1024: block))
    }

    private func readWindow(_ rows: Range<Int>, _ reader: SegmentReader) throws -> Bool {
        for column in isRead.indices { isRead[column] = false }
        // Nil: all rows of the window.
        let kept = try select(rows, reader)
        if kept == 0 { return true }
        let whole = kept == nil || kept == rows.count
        let selection = UnsafeBufferPointer(start: chosen.rows, count: kept ?? 0)
        batch.vectors.removeAll(keepingCapacity: true)
        for column in windows.indices {
            try fill(column, rows, reader)
            if !whole { gathered[column].gather(windows[column], selection) }
            batch.vectors.append(whole ? windows[column] : gathered[column])
        }
        batch.rowCount = kept ?? rows.count
        return try consumer.consume(batch)
    }

    /// Puts the rows that are not deleted and pass the filter, counted from the window's start, into `chosen` and
    /// gives their number; nil for all rows. Deleted rows must not reach the predicate: they could fail.
    private func select(_ rows: Range<Int>, _ reader: SegmentReader) throws -> Int? {
        var kept = listLiveRows(rows, reader)
        for range in bounds {
            if kept == 0 { return 0 }
            try fill(range.column, rows, reader)
            if let count = kept {
                kept = BoundsKernel.refine(windows[range.column], range, chosen.rows, count)
            } else {
                chosen.reset(capacity: rows.count)
                kept = BoundsKernel.select(windows[range.column], range, chosen.rows, rows.count)
            }
        }
        if kept != 0, let limits = scan.bound?.limits { kept = try keepWanted(limits, kept, rows, reader) }
        for index in dynamicFilters.indices where dynamicFilters[index].isWorthwhile {
            if kept == 0 { return 0 }
            kept = try refine(&dynamicFilters[index], kept, rows, reader)
        }
        guard let evaluator, kept != 0 else { return kept }
        let count = kept ?? rows.count
        for column in predicateColumns { try fill(column, rows, reader) }
        filterBatch.rowCount = count
        if count == rows.count {
            filterBatch.vectors = windows
            chosen.reset(capacity: rows.count)
            return try evaluator.select(filterBatch, into: chosen.rows)
        }
        let selection = UnsafeBufferPointer(start: chosen.rows, count: count)
        for column in predicateColumns { candidates[column].gather(windows[column], selection) }
        filterBatch.vectors = candidates
        passed.reset(capacity: rows.count)
        let found = try evaluator.select(filterBatch, into: passed.rows)
        for index in 0..<found { chosen.rows[index] = chosen.rows[Int(passed.rows[index])] }
        return found
    }

    /// Leaves out the rows that a top-N does not want any more, so that other columns are not read for them.
    private func keepWanted(_ limits: ScanFilter.Bounds, _ kept: Int?, _ rows: Range<Int>, _ reader: SegmentReader)
        throws -> Int? {
        try fill(limits.column, rows, reader)
        let vector = windows[limits.column]
        if scan.bound?.keepsNulls == true, vector.hasNulls { return kept }
        if let kept { return BoundsKernel.refine(vector, limits, chosen.rows, kept) }
        chosen.reset(capacity: rows.count)
        return BoundsKernel.select(vector, limits, chosen.rows, rows.count)
    }

    private func refine(_ use: inout DynamicFilterUse, _ kept: Int?, _ rows: Range<Int>, _ reader: SegmentReader)
        throws -> Int {
        try fill(use.column, rows, reader)
        if kept == nil { chosen.reset(capacity: rows.count) }
        let count = kept ?? rows.count
        let vector = windows[use.column], left: Int
        if use.filter.bits == nil {
            let bounds = ScanFilter.Bounds(column: use.column, low: Int128(use.filter.low), high: Int128(use.filter.high))
            left = kept == nil ? BoundsKernel.select(vector, bounds, chosen.rows, count)
                : BoundsKernel.refine(vector, bounds, chosen.rows, count)
        } else {
            left = DynamicFilterKernel.refine(vector, use.filter, chosen.rows, count, isAll: kept == nil)
        }
        use.note(seen: count, kept: left)
        return left
    }

    /// The rows that are not deleted; nil when none is.
    private func listLiveRows(_ rows: Range<Int>, _ reader: SegmentReader) -> Int? {
        guard let deleted = reader.deletedRows else { return nil }
        chosen.reset(capacity: rows.count)
        for row in rows where !deleted.isDeleted(row) { chosen.append(row - rows.lowerBound) }
        return chosen.count == rows.count ? nil : chosen.count
    }

    /// Reads a column's window, once.
    private func fill(_ column: Int, _ rows: Range<Int>, _ reader: SegmentReader) throws {
        guard !isRead[column] else { return }
        isRead[column] = true
        let vector = windows[column]
        if let cursor = cursors[column] {
            try cursor.read(row: rows.lowerBound, count: rows.count, into: vector, as: outputTypes[column])
        } else {
            vector.beginFlat(rows.count)
            for row in rows { vector.int64s[row - rows.lowerBound] = reader.rowID(row) }
        }
    }
}
