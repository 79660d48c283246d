import WarehouseBasics
import WarehouseColumns

/// Keeps tables in few, large segments: moves inline rows to files when they have become many or something follows
/// them, merges small neighbours, and rewrites segments of which most rows are deleted. Runs at the end of a
/// transaction, for the tables that it has touched.
struct Compaction {
    /// Segments below this are small.
    static let smallRows = 131_072
    /// Small neighbours that are merged.
    static let smallCount = 8

    private let transaction: WriteTransaction

    init(_ transaction: WriteTransaction) { self.transaction = transaction }

    func run() throws(WarehouseError) {
        let touched = try transaction.withWork { (work) throws(WarehouseError) in
            Set(work.changes.compactMap(\.tableWithNewRows)).sorted()
        }
        for id in touched {
            // What a merge has made stays as it is: long texts keep segments short, and merging them would not end.
            var merged: Set<UInt32> = []
            while let range = try pick(id, merged) {
                let made = try rewrite(id, range)
                if range.count > 1 { merged.formUnion(made) }
            }
        }
    }

    /// Rewrites everything that is not one large segment after another.
    func runFully(_ id: ObjectID) throws(WarehouseError) {
        let table = try table(id)
        guard let table else { return }
        var start: Int?
        var ranges: [[UInt32]] = []
        for (index, part) in table.parts.enumerated() {
            let isGood = part.segmentID != nil && part.deleted == nil && part.rowCount >= SegmentFormat.maximumRows / 2
            if !isGood, start == nil { start = index }
            if let from = start, isGood || index == table.parts.count - 1 {
                let end = isGood ? index : index + 1
                ranges += pieces(table.parts[from..<end])
                start = nil
            }
        }
        for range in ranges {
            let parts = table.parts.filter { range.contains($0.number) }
            let isDone = parts.count == 1 && parts[0].segmentID != nil && parts[0].deleted == nil
            if !isDone { try rewrite(id, range) }
        }
    }

    /// Splits neighbours into groups that fit one segment each.
    private func pieces(_ parts: ArraySlice<TablePart>) -> [[UInt32]] {
        var groups: [[UInt32]] = [], rows = 0
        for part in parts {
            if groups.isEmpty || rows + part.liveRowCount > SegmentFormat.maximumRows {
                groups.append([])
                rows = 0
            }
            groups[groups.count - 1].append(part.number)
            rows += part.liveRowCount
        }
        return groups
    }

    private func table(_ id: ObjectID) throws(WarehouseError) -> TableState? {
        try transaction.withWork { (work) throws(WarehouseError) in work.state.tables[id] }
    }

    /// The numbers of neighbours that should become one segment; nil when all is well.
    private func pick(_ id: ObjectID, _ merged: Set<UInt32>) throws(WarehouseError) -> [UInt32]? {
        guard let table = try table(id) else { return nil }
        let parts = table.parts
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part.segmentID == nil, !isLast || part.rowCount > transaction.store.options.inlineTableRowLimit {
                return [part.number]
            }
            if let deleted = part.deleted, deleted.count * 2 > part.rowCount, part.segmentID != nil {
                return [part.number]
            }
        }
        let firstNew = try transaction.withWork { (work) throws(WarehouseError) in
            work.base.tables[id]?.nextPartNumber ?? 0
        }
        var run: [TablePart] = []
        for part in parts {
            let isSmall = part.segmentID != nil && part.rowCount < Self.smallRows && !merged.contains(part.number)
            if !isSmall { run = [] } else { run.append(part) }
            while run.reduce(0, { $0 + $1.liveRowCount }) > SegmentFormat.maximumRows { run.removeFirst() }
            // Only beside a segment of this transaction: the others were looked at when they came.
            if run.count >= Self.smallCount, part.number >= firstNew {
                return run.suffix(Self.smallCount).map(\.number)
            }
        }
        return nil
    }

    /// Copies the live rows of neighbouring parts to new segments that take their place; gives their numbers.
    @discardableResult
    private func rewrite(_ id: ObjectID, _ numbers: [UInt32]) throws(WarehouseError) -> Range<UInt32> {
        let snapshot = try transaction.snapshot()
        guard let table = snapshot.table(id) else { return 0..<0 }
        let appender = TableAppender(transaction, id, columns: table.columns)
        let batch = Batch(table.columns.indices.map { table.makeVector($0) })
        let live = Batch(table.columns.indices.map { table.makeVector($0) })
        var selection: [Int32] = []
        for (index, segment) in table.segments.enumerated() where numbers.contains(segment.number) {
            let reader = try table.reader(segment: index)
            var cursors: [ColumnCursor] = []
            for column in table.columns.indices { cursors.append(try reader.makeColumnCursor(column)) }
            var row = 0
            while row < reader.rowCount {
                try transaction.checkInterruption()
                batch.rowCount = min(ColumnCursor.windowRows, reader.rowCount - row)
                for (vector, cursor) in zip(batch.vectors, cursors) {
                    try cursor.read(row: row, count: batch.rowCount, into: vector, as: vector.physicalType)
                }
                if let deleted = reader.deletedRows {
                    selection.removeAll(keepingCapacity: true)
                    for offset in 0..<batch.rowCount where !deleted.isDeleted(row + offset) {
                        selection.append(Int32(offset))
                    }
                    live.rowCount = selection.count
                    for (target, vector) in zip(live.vectors, batch.vectors) {
                        selection.withUnsafeBufferPointer { target.gather(vector, $0) }
                    }
                    try appender.append(live)
                } else {
                    try appender.append(batch)
                }
                row += ColumnCursor.windowRows
            }
        }
        return try transaction.replace(id, numbers, with: try appender.finishSegments())
    }
}

extension WriteTransaction {
    /// Puts segments in the place of parts that follow one another; gives their numbers.
    func replace(_ id: ObjectID, _ numbers: [UInt32],
                 with records: [SegmentRecord]) throws(WarehouseError) -> Range<UInt32> {
        try withWork { (work) throws(WarehouseError) in
            let number = try work.table(id).nextPartNumber
            try work.make(.replaceParts(id, parts: numbers, number: number, records))
            return number..<(number + UInt32(records.count))
        }
    }
}

extension Change {
    /// The table to whose parts the change adds or which it thins out.
    var tableWithNewRows: ObjectID? {
        switch self {
        case .addSegment(let id, _, _), .addInline(let id, _, _), .deleteRows(let id, _, _): id
        default: nil
        }
    }
}
