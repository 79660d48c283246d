import WarehouseBasics
import WarehouseColumns

/// One version of a table's rows; never changes. Keeps its version readable while it lives.
public final class TableSnapshot: Sendable {
    public let id: ObjectID
    public let columns: [StoredColumn]
    /// In scan order: segment files and rows kept in commit records alike.
    public let segments: [SegmentReference]
    /// How long replaced and dropped data is kept, in seconds.
    public let retentionSeconds: Int

    init(id: ObjectID, columns: [StoredColumn], segments: [SegmentReference], retentionSeconds: Int) {
        self.id = id
        self.columns = columns
        self.segments = segments
        self.retentionSeconds = retentionSeconds
    }

    /// Rows that are not deleted.
    public var rowCount: Int { segments.reduce(0) { $0 + $1.rowCount - $1.deletedCount } }

    /// Table-wide; `column` is an index into `columns`. Of an ARRAY: nulls only.
    public func statistics(_ column: Int) -> StoredStatistics { StoredStatistics() }

    /// The one type in which a query reads the column: for integer-held types the narrowest that holds every value.
    public func physicalType(_ column: Int) -> PhysicalType {
        let type = columns[column].type, statistics = statistics(column)
        guard type.hasVariableWidth else { return type.widestPhysicalType }
        return type.physicalType(low: statistics.low ?? 0, high: statistics.high ?? 0)
    }

    /// Opens a segment; `segment` is an index into `segments`. Cheap when it is open already.
    public func reader(segment: Int) throws(WarehouseError) -> SegmentReader {
        throw WarehouseError(.unsupported, "Reading segments is not built yet.")
    }
}

/// A segment as a version of a table holds it.
public struct SegmentReference: Sendable {
    /// Number in its table, part of its rows' ids.
    public var number: UInt32
    /// Rows, deleted ones too.
    public var rowCount: Int
    public var deletedCount: Int
}
