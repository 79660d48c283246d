import WarehouseBasics
import WarehouseColumns

/// One version of a table's rows; never changes. Keeps its version readable while it lives.
public final class TableSnapshot: Sendable {
    let state: TableState
    private let cache: SegmentCache
    private let pin: VersionPin?
    /// In scan order: segment files and rows kept in commit records alike.
    public let segments: [SegmentReference]

    init(_ state: TableState, segments cache: SegmentCache, pin: VersionPin?) {
        self.state = state
        self.cache = cache
        self.pin = pin
        segments = state.parts.map { part in
            SegmentReference(number: part.number, rowCount: part.rowCount, deletedCount: part.deleted?.count ?? 0,
                             isInline: part.segmentID == nil, fileID: part.segmentID)
        }
    }

    public var id: ObjectID { state.id }
    /// Whether both show the same state of one table.
    public func isSameVersion(as other: TableSnapshot) -> Bool { state === other.state }
    public var columns: [StoredColumn] { state.columns }
    /// How long replaced and dropped data is kept, in seconds.
    public var retentionSeconds: Int { state.retentionSeconds }
    /// Rows that are not deleted.
    public var rowCount: Int { state.liveRowCount }
    /// When the rows were last changed: nanoseconds since the epoch; 0 where they never were, or nobody knows. Of a
    /// change that is not committed the time of the commit before.
    public var changedAt: Int64 { state.changedAt }

    /// Table-wide; `column` is an index into `columns`. Of an ARRAY: nulls only.
    public func statistics(_ column: Int) -> StoredStatistics { state.statistics(column) }

    /// The one type in which a query reads the column: for integer-held types the narrowest that holds every value.
    public func physicalType(_ column: Int) -> PhysicalType {
        let type = state.columns[column].type
        guard type.hasVariableWidth else { return type.widestPhysicalType }
        let statistics = state.statistics(column)
        return type.physicalType(low: statistics.low ?? 0, high: statistics.high ?? 0)
    }

    /// A vector for `ColumnCursor.read` of the column.
    public func makeVector(_ column: Int) -> Vector {
        Vector(physicalType(column), child: state.columns[column].elementType.map { Vector($0) })
    }

    /// Opens a segment; `segment` is an index into `segments`. Cheap when it is open already. Errors: `objectMissing`
    /// when the snapshot was not pinned and the segment has been removed meanwhile.
    public func reader(segment: Int) throws(WarehouseError) -> SegmentReader {
        let part = state.parts[segment]
        switch part.content {
        case .inline(let rows): return SegmentReader(part, of: state, content: .inline(rows), pin: pin)
        case .file(let record):
            try pin?.keep()
            return SegmentReader(part, of: state, content: .file(try cache.file(record)), pin: pin)
        }
    }

    /// What the rows of a segment hold, as far as is known without opening it; of integer-held columns only.
    public func zoneRange(column: Int, segment: Int) -> ZoneRange? {
        let column = state.columns[column]
        guard ColumnKind(column.type).isInteger, case .file(let record) = state.parts[segment].content,
              let summary = record.summary(column: column.number) else { return nil }
        return ZoneRange(low: summary.low ?? 1, high: summary.high ?? 0, hasNulls: summary.nullCount > 0)
    }

    /// Bytes of its segment files, by their `SegmentReference.fileID`.
    public var fileBytes: [UInt64: Int] {
        var bytes: [UInt64: Int] = [:]
        for part in state.parts { if case .file(let record) = part.content { bytes[record.id] = record.fileBytes } }
        return bytes
    }

    /// Bytes of all columns on disk.
    public var byteCount: Int { columns.indices.reduce(0) { $0 + storedBytes($1) } }

    /// Bytes of a column on disk in one segment; 0 for rows in commit records.
    public func storedBytes(_ column: Int, segment: Int) -> Int {
        guard case .file(let record) = state.parts[segment].content else { return 0 }
        let number = state.columns[column].number
        return record.columns.first { $0.number == number }?.byteCount ?? 0
    }

    /// Bytes of the column on disk: chunks, dictionaries and directories. Rows in commit records are not counted.
    public func storedBytes(_ column: Int) -> Int {
        let number = state.columns[column].number
        return state.parts.reduce(0) { sum, part in
            guard case .file(let record) = part.content else { return sum }
            return sum + (record.columns.first { $0.number == number }?.byteCount ?? 0)
        }
    }
}

/// A segment as a version of a table holds it.
public struct SegmentReference: Hashable, Sendable {
    /// Number in its table, part of its rows' ids.
    public var number: UInt32
    /// Rows, deleted ones too.
    public var rowCount: Int
    public var deletedCount: Int
    /// Its rows lie in commit records, not in a file of their own.
    public var isInline: Bool
    /// Identity of its file, the same in every version and clone that holds it; nil for inline rows.
    public var fileID: UInt64?
}
