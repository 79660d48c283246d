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

    init(rowCount: Int, number: UInt32, deletedRows: DeletedRows?) {
        self.rowCount = rowCount
        self.number = number
        self.deletedRows = deletedRows
    }

    /// Begins reading a column; `column` is an index into the table snapshot's `columns`.
    public func makeColumnCursor(_ column: Int) throws(WarehouseError) -> ColumnCursor {
        throw WarehouseError(.unsupported, "Reading columns is not built yet.")
    }

    /// What rows `index * 65,536 ..< (index + 1) * 65,536` hold, as far as is known.
    public func zoneRange(column: Int, block65536 index: Int) throws(WarehouseError) -> ZoneRange? { nil }

    /// What rows `index * 1024 ..< (index + 1) * 1024` hold, as far as is known: nil where the wider zone says as much.
    public func zoneRange(column: Int, block1024 index: Int) throws(WarehouseError) -> ZoneRange? { nil }
}

/// Bounds of the rows of a zone, for integer-held types.
public struct ZoneRange: Hashable, Sendable {
    /// Least and greatest non-null value; `low > high` when every row is null.
    public var low: Int128
    public var high: Int128
    /// Some row may be null.
    public var hasNulls: Bool
}

/// Which rows of a segment are deleted: one bit a row, 1 = deleted.
public final class DeletedRows: Sendable {
    /// How many.
    public let count: Int
    let storage: [UInt64]

    init(_ words: [UInt64]) {
        storage = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    @inline(__always)
    public func isDeleted(_ row: Int) -> Bool { storage[row >> 6] >> UInt64(row & 63) & 1 != 0 }

    /// The words, row 0 in the lowest bit of word 0.
    public func withWords<R>(_ body: (UnsafeBufferPointer<UInt64>) throws -> R) rethrows -> R {
        try storage.withUnsafeBufferPointer(body)
    }
}
