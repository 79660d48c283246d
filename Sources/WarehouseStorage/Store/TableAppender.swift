import WarehouseBasics
import WarehouseColumns

/// Appends any number of rows to one table with bounded memory: cuts chunks, encodes them on a second thread and
/// writes them while the caller makes more. Used from one thread at a time.
public final class TableAppender {
    init() {}

    private static func unbuilt() -> WarehouseError { WarehouseError(.unsupported, "Writing is not built yet.") }

    /// Appends a batch: a vector for every column, of any form and of the column's physical type (integers of any
    /// width). Copies what it keeps.
    public func append(_ batch: Batch) throws(WarehouseError) { throw Self.unbuilt() }

    /// Appends all rows of the buffers, one for every column.
    public func append(_ columns: [ColumnBuffer]) throws(WarehouseError) { throw Self.unbuilt() }

    /// Rows appended so far.
    public var rowCount: Int { 0 }

    /// Waits until everything is durable and makes the rows part of the transaction. An error rolls nothing back by
    /// itself: the caller drops the appender and rolls back.
    public func finish() throws(WarehouseError) { throw Self.unbuilt() }
}
