import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// Reads chunks of a stored table for one thread, a window of 2048 rows at a time.
final class StripeReader {
    private let scan: StoredTableScan
    private let context: QueryContext
    private let consumer: any BatchConsumer
    private let evaluator: PredicateEvaluator?
    /// Output columns that the filter reads.
    private let filterColumns: [Int]

    private var segment = -1
    private var reader: SegmentReader?
    private var cursors: [ColumnCursor?]
    /// What cursors fill, a window long.
    private let windows: [Vector]
    /// The window's live rows of the filter's columns, where rows were deleted.
    private let live: [Vector]
    private let gathered: [Vector]
    private let batch = Batch()
    private let filterBatch = Batch()
    private var alive = RowList(), chosen = RowList()
    private var isRead: [Bool]

    init(_ scan: StoredTableScan, _ filter: StoredTableScan.ScanFilter?, _ context: QueryContext,
         _ consumer: any BatchConsumer) {
        self.scan = scan
        self.context = context
        self.consumer = consumer
        evaluator = filter?.predicate.makeEvaluator()
        filterColumns = filter?.columns ?? []
        cursors = Array(repeating: nil, count: scan.columns.count)
        isRead = Array(repeating: false, count: scan.columns.count)
        windows = scan.columns.map { $0 < 0 ? Vector(.int64) : scan.table.makeVector($0) }
        // These grow only where rows are picked.
        func small(_ vector: Vector) -> Vector {
            Vector(vector.physicalType, capacity: 1, child: vector.child.map { Vector($0.physicalType, capacity: 1) })
        }
        live = windows.map(small)
        gathered = windows.map(small)
    }

    /// Pushes the rows of a chunk; false when no more are wanted.
    func read(_ unit: StoredTableScan.ScanUnit) throws -> Bool {
        try open(unit.segment)
        guard let reader else { return true }
        var row = unit.rows.lowerBound
        while row < unit.rows.upperBound {
            try context.checkCancelled()
            let end = min(unit.rows.upperBound, (row / Vector.standardCapacity + 1) * Vector.standardCapacity)
            let rows = try wanted(row..<end, reader)
            if !rows.isEmpty, try !readWindow(rows, reader) { return false }
            row = end
        }
        return true
    }

    private func open(_ index: Int) throws {
        guard segment != index else { return }
        let opened = try scan.table.reader(segment: index)
        for (place, column) in scan.columns.enumerated() where column >= 0 {
            cursors[place] = try opened.makeColumnCursor(column)
        }
        reader = opened
        segment = index
    }

    /// The part of a window whose blocks of 1024 rows may hold wanted rows.
    private func wanted(_ rows: Range<Int>, _ reader: SegmentReader) throws -> Range<Int> {
        guard !scan.ranges.isEmpty else { return rows }
        var start = rows.upperBound, end = rows.lowerBound
        for block in (rows.lowerBound / 1024)...((rows.upperBound - 1) / 1024) {
            let mayMatch = try scan.ranges.allSatisfy { range in
                try range.admits(reader.zoneRange(column: range.tableColumn, block1024: block))
            }
            guard mayMatch else { continue }
            start = min(start, max(rows.lowerBound, block * 1024))
            end = max(end, min(rows.upperBound, (block + 1) * 1024))
        }
        return start < end ? start..<end : rows.lowerBound..<rows.lowerBound
    }

    private func readWindow(_ rows: Range<Int>, _ reader: SegmentReader) throws -> Bool {
        for column in isRead.indices { isRead[column] = false }
        // Nil: all rows of the window.
        var kept: Int? = listLiveRows(rows, reader)
        if let evaluator { kept = try select(rows, reader, evaluator, live: kept) }
        if kept == 0 { return true }
        let whole = kept == nil || kept == rows.count
        let selection = UnsafeBufferPointer(start: chosen.rows, count: kept ?? 0)
        batch.vectors.removeAll(keepingCapacity: true)
        for column in scan.columns.indices {
            try fill(column, rows, reader)
            if !whole { gathered[column].gather(windows[column], selection) }
            batch.vectors.append(whole ? windows[column] : gathered[column])
        }
        batch.rowCount = kept ?? rows.count
        return try consumer.consume(batch)
    }

    /// Puts the rows that are not deleted, counted from the window's start, into `alive` and `chosen` and gives their
    /// number; nil when no row is deleted.
    private func listLiveRows(_ rows: Range<Int>, _ reader: SegmentReader) -> Int? {
        guard let deleted = reader.deletedRows else { return nil }
        alive.reset(capacity: rows.count)
        for row in rows where !deleted.isDeleted(row) { alive.append(row - rows.lowerBound) }
        if alive.count == rows.count { return nil }
        chosen.reset(capacity: rows.count)
        chosen.rows.update(from: alive.rows, count: alive.count)
        return alive.count
    }

    /// Chooses the live rows for which the filter is true. Deleted rows must not reach it: they could fail.
    private func select(_ rows: Range<Int>, _ reader: SegmentReader, _ evaluator: PredicateEvaluator,
                        live count: Int?) throws -> Int {
        if count == 0 { return 0 }
        filterBatch.vectors = count == nil ? windows : live
        filterBatch.rowCount = count ?? rows.count
        for column in filterColumns {
            try fill(column, rows, reader)
            if count != nil { live[column].gather(windows[column], alive.selection) }
        }
        chosen.reset(capacity: rows.count)
        let found = try evaluator.select(filterBatch, into: chosen.rows)
        if count != nil {
            for index in 0..<found { chosen.rows[index] = alive.rows[Int(chosen.rows[index])] }
        }
        return found
    }

    /// Reads a column's window, once.
    private func fill(_ column: Int, _ rows: Range<Int>, _ reader: SegmentReader) throws {
        guard !isRead[column] else { return }
        isRead[column] = true
        let vector = windows[column]
        if let cursor = cursors[column] {
            try cursor.read(row: rows.lowerBound, count: rows.count, into: vector, as: scan.outputTypes[column])
        } else {
            vector.beginFlat(rows.count)
            for row in rows { vector.int64s[row - rows.lowerBound] = reader.rowID(row) }
        }
    }
}
