import WarehouseBasics
import WarehouseColumns

/// Reads one segment of a table snapshot. From any number of threads; each makes cursors of its own.
public final class SegmentReader: Sendable {
    /// Rows, deleted ones too.
    public let rowCount: Int
    /// `SegmentReference.number`.
    public let number: UInt32
    /// Nil when no row is deleted.
    public let deletedRows: DeletedRows?

    private let table: TableState
    private let content: Content
    private let pin: VersionPin?

    enum Content: Sendable {
        case file(SegmentFile)
        case inline(InlineRows)
    }

    init(_ part: TablePart, of table: TableState, content: Content, pin: VersionPin?) {
        rowCount = part.rowCount
        number = part.number
        deletedRows = part.deleted
        self.table = table
        self.content = content
        self.pin = pin
    }

    /// Its file; nil for rows in commit records.
    var file: SegmentFile? { if case .file(let file) = content { file } else { nil } }

    func storedColumn(_ column: Int) -> StoredColumn { table.columns[column] }

    /// The id of a row, for `WriteTransaction.deleteRows`.
    @inlinable public func rowID(_ row: Int) -> Int64 { RowID.pack(segment: number, row: row) }

    /// Begins reading a column; `column` is an index into the table snapshot's `columns`.
    public func makeColumnCursor(_ column: Int) throws(WarehouseError) -> ColumnCursor {
        let stored = table.columns[column]
        switch content {
        case .inline(let rows):
            return ColumnCursor(stored, inline: rows.joined, column: column, rowCount: rowCount)
        case .file(let file):
            guard let directory = try file.directory(column: stored.number) else {
                return ColumnCursor(filling: stored, rowCount: rowCount)
            }
            guard directory.kind == ColumnKind(stored.type) else {
                throw file.damaged(at: 0, "column \(stored.number) is of another kind than its table's")
            }
            return ColumnCursor(stored, file: file, directory: directory)
        }
    }

    /// What rows `index * 65,536 ..< (index + 1) * 65,536` hold, as far as is known.
    public func zoneRange(column: Int, block65536 index: Int) throws(WarehouseError) -> ZoneRange? {
        switch content {
        case .inline(let rows):
            let summary = rows.summary(column: column)
            guard ColumnKind(table.columns[column].type).isInteger else { return nil }
            return ZoneRange(low: summary.low ?? 1, high: summary.high ?? 0, hasNulls: summary.nullCount > 0)
        case .file(let file):
            guard let directory = try file.directory(column: table.columns[column].number),
                  directory.kind.isInteger, directory.entries.chunks.indices.contains(index) else { return nil }
            let zones = directory.entries.chunks[index].zones
            return ZoneRange(low: zones.low, high: zones.high, hasNulls: zones.nullCount > 0)
        }
    }

    /// What rows `index * 1024 ..< (index + 1) * 1024` hold: nil where no more is known than of the wider zone.
    public func zoneRange(column: Int, block1024 index: Int) throws(WarehouseError) -> ZoneRange? {
        guard case .file(let file) = content,
              let directory = try file.directory(column: table.columns[column].number),
              directory.entries.chunks.indices.contains(index / 64) else { return nil }
        let zones = directory.entries.chunks[index / 64].zones, block = index % 64
        guard zones.blockLows.indices.contains(block) else { return nil }
        return ZoneRange(low: Int128(zones.blockLows[block]), high: Int128(zones.blockHighs[block]),
                         hasNulls: zones.nullCount > 0)
    }
}

extension SegmentReader {
    /// The zones of an integer-held column, for one who asks for many; nil where none are kept.
    public func zoneMap(column: Int) throws(WarehouseError) -> ZoneMap? {
        guard case .file(let file) = content,
              let directory = try file.directory(column: table.columns[column].number), directory.kind.isInteger else {
            return nil
        }
        return ZoneMap(directory: directory)
    }
}

/// Bounds of a column's zones in one segment.
public struct ZoneMap: Sendable {
    let directory: ColumnDirectory

    /// Rows of the zones that are known of `chunk`, 65,536 rows: those, or 1024 where it has zones of its own.
    public func zoneRows(chunk: Int) -> Int {
        let chunks = directory.entries.chunks
        return chunks.indices.contains(chunk) && !chunks[chunk].zones.blockLows.isEmpty ? 1024 : 65_536
    }

    /// What rows `index * 1024 ..< (index + 1) * 1024` hold, or what is known of the wider zone; nil: nothing.
    public func range(block1024 index: Int) -> ZoneRange? {
        guard directory.entries.chunks.indices.contains(index / 64) else { return nil }
        let zones = directory.entries.chunks[index / 64].zones, block = index % 64
        guard zones.blockLows.indices.contains(block) else {
            return ZoneRange(low: zones.low, high: zones.high, hasNulls: zones.nullCount > 0)
        }
        return ZoneRange(low: Int128(zones.blockLows[block]), high: Int128(zones.blockHighs[block]),
                         hasNulls: zones.nullCount > 0)
    }
}

/// Bounds of the rows of a zone, for integer-held types (BOOLEAN as 0 and 1).
public struct ZoneRange: Hashable, Sendable {
    /// Bounds of the non-null values; `low > high` when every row is null.
    public var low: Int128
    public var high: Int128
    /// Some row may be null.
    public var hasNulls: Bool
}
