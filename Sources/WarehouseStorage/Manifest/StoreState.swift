import WarehouseBasics

/// Everything that one version of a store says. A value; versions share what did not change.
struct StoreState: Sendable {
    var version: UInt64 = 0
    var committedAt: Int64 = 0
    var queryID = ""
    var nextID: UInt64 = 1
    var nextSegmentID: UInt64 = 1
    var objects: [ObjectID: ObjectRecord] = [:]
    var tables: [ObjectID: TableState] = [:]
    /// How many parts of tables name a segment.
    var references: [UInt64: Int] = [:]
    var dropped: [UInt64: DroppedSegment] = [:]

    /// Applies a step of the commit that makes `version` at `time`. Errors: `corrupt` for a step that does not suit
    /// the state; the state is then of no use.
    mutating func apply(_ change: Change, version: UInt64, time: Int64) throws(WarehouseError) {
        switch change {
        case .putObject(let record):
            objects[record.id] = record
            nextID = max(nextID, record.id.value &+ 1)
        case .removeObject(let id): objects[id] = nil
        case .reserve(let id, let segment):
            nextID = max(nextID, id)
            nextSegmentID = max(nextSegmentID, segment)
        case .createTable(let id, let columns, let retention):
            try createTable(id, columns, retention)
        case .dropTable(let id):
            let table = try self.table(id)
            for part in table.parts { release(part, of: table, version, time) }
            tables[id] = nil
        case .noteDropped(let id, let segment): dropped[id] = segment
        case .forget(let ids): for id in ids { dropped[id] = nil }
        case .setRetention(let id, let seconds):
            tables[id] = try table(id).with(retentionSeconds: seconds)
        case .noteChanged(let id, let moment):
            tables[id] = try table(id).with(changedAt: moment)
        case .addColumn, .dropColumn, .reserveNumbers: try applyColumns(change)
        case .addSegment, .addInline, .removePart, .deleteRows, .replaceParts:
            try applyRows(change, version, time)
        }
    }

    private func table(_ id: ObjectID) throws(WarehouseError) -> TableState {
        guard let table = tables[id] else {
            throw WarehouseError(.corrupt, "The manifest is damaged: a change is to table \(id), which is not there.")
        }
        return table
    }

    private func damaged(_ id: ObjectID, _ reason: String) -> WarehouseError {
        WarehouseError(.corrupt, "The manifest is damaged: \(reason) of table \(id).")
    }

    private mutating func createTable(_ id: ObjectID, _ columns: [StoredColumn],
                                      _ retention: Int) throws(WarehouseError) {
        guard tables[id] == nil else { throw damaged(id, "there is a second creation") }
        var columns = columns
        var next = (columns.map(\.number).max() ?? 0) + 1
        for index in columns.indices where columns[index].number == 0 {
            columns[index].number = next
            next += 1
        }
        tables[id] = TableState(id: id, columns: columns, nextColumnNumber: next, parts: [], nextPartNumber: 1,
                                retentionSeconds: retention)
        nextID = max(nextID, id.value &+ 1)
    }

    // MARK: Columns

    private mutating func applyColumns(_ change: Change) throws(WarehouseError) {
        switch change {
        case .addColumn(let id, let added):
            let table = try table(id)
            var column = added
            column.number = table.nextColumnNumber
            let parts = table.parts.map { part in
                guard case .inline(let rows) = part.content else { return part }
                var part = part
                part.content = .inline(rows.adding(column))
                return part
            }
            tables[id] = table.with(columns: table.columns + [column], nextColumnNumber: column.number + 1,
                                    parts: parts)
        case .dropColumn(let id, let index):
            let table = try table(id)
            guard table.columns.indices.contains(index) else { throw damaged(id, "there is no column \(index)") }
            var columns = table.columns
            columns.remove(at: index)
            let parts = table.parts.map { part in
                guard case .inline(let rows) = part.content else { return part }
                var part = part
                part.content = .inline(rows.removing(column: index))
                return part
            }
            tables[id] = table.with(columns: columns, parts: parts)
        case .reserveNumbers(let id, let part, let column):
            let table = try table(id)
            tables[id] = table.with(nextColumnNumber: max(column, table.nextColumnNumber),
                                    nextPartNumber: max(part, table.nextPartNumber))
        default: break
        }
    }

    // MARK: Rows

    private mutating func applyRows(_ change: Change, _ version: UInt64, _ time: Int64) throws(WarehouseError) {
        switch change {
        case .addSegment(let id, let number, let record):
            let table = try table(id)
            guard table.partIndex(number) == nil else { throw damaged(id, "there are two parts \(number)") }
            retain(record)
            let part = TablePart(number: number, content: .file(record), deleted: nil)
            tables[id] = table.with(parts: table.parts + [part],
                                    nextPartNumber: max(table.nextPartNumber, number &+ 1), changedAt: time)
        case .addInline(let id, let number, let block):
            try addInline(id, number, block, time)
        case .removePart(let id, let number):
            let table = try table(id)
            guard let index = table.partIndex(number) else { throw damaged(id, "there is no part \(number)") }
            release(table.parts[index], of: table, version, time)
            var parts = table.parts
            parts.remove(at: index)
            tables[id] = table.with(parts: parts, changedAt: time)
        case .deleteRows(let id, let number, let rows):
            let table = try table(id)
            guard let index = table.partIndex(number) else { throw damaged(id, "there is no part \(number)") }
            var parts = table.parts
            parts[index].deleted = DeletedRows.adding(rows, to: parts[index].deleted, rowCount: parts[index].rowCount)
            tables[id] = table.with(parts: parts, changedAt: time)
        case .replaceParts(let id, let numbers, let number, let records):
            try replaceParts(id, numbers, number, records, version, time)
        default: break
        }
    }

    private mutating func addInline(_ id: ObjectID, _ number: UInt32, _ block: InlineBlock,
                                    _ time: Int64) throws(WarehouseError) {
        let table = try table(id)
        guard block.columns.count == table.columns.count else { throw damaged(id, "there are rows of another shape") }
        var parts = table.parts
        if let last = parts.last, last.number == number, case .inline(let rows) = last.content {
            let longer = rows.appending(block)
            parts[parts.count - 1].content = .inline(longer)
            parts[parts.count - 1].deleted = last.deleted.flatMap {
                DeletedRows.adding([], to: $0, rowCount: longer.rowCount)
            }
        } else {
            guard table.partIndex(number) == nil else { throw damaged(id, "there are two parts \(number)") }
            parts.append(TablePart(number: number, content: .inline(InlineRows([block])), deleted: nil))
        }
        tables[id] = table.with(parts: parts, nextPartNumber: max(table.nextPartNumber, number &+ 1), changedAt: time)
    }

    private mutating func replaceParts(_ id: ObjectID, _ numbers: [UInt32], _ number: UInt32,
                                       _ records: [SegmentRecord],
                                       _ version: UInt64, _ time: Int64) throws(WarehouseError) {
        let table = try table(id)
        guard let first = numbers.first, let start = table.partIndex(first),
              start + numbers.count <= table.parts.count,
              table.parts[start..<(start + numbers.count)].map(\.number) == numbers,
              number >= table.nextPartNumber else { throw damaged(id, "there is a wrong compaction") }
        var parts = table.parts
        for record in records { retain(record) }
        for part in parts[start..<(start + numbers.count)] { release(part, of: table, version, time) }
        let made = records.enumerated().map { index, record in
            TablePart(number: number &+ UInt32(index), content: .file(record), deleted: nil)
        }
        parts.replaceSubrange(start..<(start + numbers.count), with: made)
        tables[id] = table.with(parts: parts, nextPartNumber: number &+ UInt32(max(1, records.count)))
    }

    // MARK: Segments

    private mutating func retain(_ record: SegmentRecord) {
        references[record.id, default: 0] += 1
        dropped[record.id] = nil
        nextSegmentID = max(nextSegmentID, record.id &+ 1)
    }

    private mutating func release(_ part: TablePart, of table: TableState, _ version: UInt64, _ time: Int64) {
        guard case .file(let record) = part.content, let count = references[record.id] else { return }
        if count > 1 {
            references[record.id] = count - 1
            return
        }
        references[record.id] = nil
        let retention = Int64(clamping: table.retentionSeconds).multipliedReportingOverflow(by: 1_000_000_000)
        let expiry = time.addingReportingOverflow(retention.overflow ? Int64.max : retention.partialValue)
        dropped[record.id] = DroppedSegment(version: version, expiresAt: expiry.overflow ? .max : expiry.partialValue,
                                            fileBytes: record.fileBytes, table: table.id)
    }

    /// The state without the tables of which a segment is not kept.
    func keeping(_ isKept: (UInt64) -> Bool) -> StoreState {
        var state = self
        for (id, table) in tables {
            // A closure over the parts here ends the compiler's optimizer (Swift 6.3).
            let segments = table.segmentIDs
            if !segments.allSatisfy(isKept) { state.tables[id] = nil }
        }
        return state
    }

    // MARK: The whole state

    /// The steps that make this state out of an empty one.
    var changes: [Change] {
        var changes: [Change] = [.reserve(nextID: nextID, nextSegmentID: nextSegmentID)]
        for id in objects.keys.sorted() { objects[id].map { changes.append(.putObject($0)) } }
        for id in tables.keys.sorted() {
            guard let table = tables[id] else { continue }
            changes.append(.createTable(id, columns: table.columns, retentionSeconds: table.retentionSeconds))
            for part in table.parts {
                switch part.content {
                case .file(let record): changes.append(.addSegment(id, part: part.number, record))
                case .inline(let rows): changes.append(.addInline(id, part: part.number, rows.joined))
                }
                if let deleted = part.deleted {
                    changes.append(.deleteRows(id, part: part.number, rows: deleted.rows))
                }
            }
            changes.append(.reserveNumbers(id, nextPart: table.nextPartNumber, nextColumn: table.nextColumnNumber))
            // The steps above would make it the time of the checkpoint.
            if !table.parts.isEmpty || table.changedAt != 0 { changes.append(.noteChanged(id, table.changedAt)) }
        }
        for id in dropped.keys.sorted() { dropped[id].map { changes.append(.noteDropped(id, $0)) } }
        return changes
    }
}
