import WarehouseBasics
import WarehouseColumns

/// The one write transaction of a store. Nothing of it is seen by others before `commit`. Let go without one, it is
/// rolled back. Its calls may come from any thread, one at a time.
public final class WriteTransaction: Sendable {
    init() {}

    private static func unbuilt() -> WarehouseError { WarehouseError(.unsupported, "Writing is not built yet.") }

    /// The newest version with this transaction's own changes so far.
    public func snapshot() throws(WarehouseError) -> StoreSnapshot { throw Self.unbuilt() }

    /// An identity never used before.
    public func allocateID() throws(WarehouseError) -> ObjectID { throw Self.unbuilt() }

    /// Adds a catalog object, or replaces the one of that id.
    public func putObject(_ record: ObjectRecord) throws(WarehouseError) { throw Self.unbuilt() }
    public func removeObject(_ id: ObjectID) throws(WarehouseError) { throw Self.unbuilt() }

    /// Makes an empty table. `retentionSeconds`: how long data it no longer holds stays on disk for time travel.
    public func createTable(_ id: ObjectID, columns: [StoredColumn],
                            retentionSeconds: Int = 86_400) throws(WarehouseError) { throw Self.unbuilt() }
    public func dropTable(_ id: ObjectID) throws(WarehouseError) { throw Self.unbuilt() }
    /// Empties a table.
    public func truncateTable(_ id: ObjectID) throws(WarehouseError) { throw Self.unbuilt() }
    /// Makes a table that shares the rows of `source`, of any version, without copying them.
    public func cloneTable(_ source: TableSnapshot, as id: ObjectID) throws(WarehouseError) { throw Self.unbuilt() }
    public func setRetention(_ id: ObjectID, seconds: Int) throws(WarehouseError) { throw Self.unbuilt() }
    /// Adds a column behind the others; rows so far have `column.fill`.
    public func addColumn(to id: ObjectID, _ column: StoredColumn) throws(WarehouseError) { throw Self.unbuilt() }
    /// Drops the column at `index`.
    public func dropColumn(of id: ObjectID, at index: Int) throws(WarehouseError) { throw Self.unbuilt() }

    /// Appends rows: a buffer for every column, of equal counts and of the columns' physical types (integers of any
    /// width). Few rows travel in the commit record, many in segment files.
    public func appendRows(to id: ObjectID, columns: [ColumnBuffer]) throws(WarehouseError) { throw Self.unbuilt() }

    /// Begins appending rows bit by bit with bounded memory. One appender of a table at a time; its rows are part of
    /// the transaction after `TableAppender.finish`.
    public func makeAppender(to id: ObjectID) throws(WarehouseError) -> TableAppender { throw Self.unbuilt() }

    /// Deletes rows by id, in any order; deleting a deleted row does nothing. Gives the number of rows deleted.
    @discardableResult
    public func deleteRows(in id: ObjectID, rowIDs: [Int64]) throws(WarehouseError) -> Int { throw Self.unbuilt() }

    /// Where the transaction stands, to return to when a statement fails.
    public func savepoint() throws(WarehouseError) -> Savepoint { throw Self.unbuilt() }
    /// Undoes everything since `savepoint`.
    public func rollback(to savepoint: Savepoint) throws(WarehouseError) { throw Self.unbuilt() }

    /// Publishes the changes durably and ends the transaction. `time`: nanoseconds since the epoch. Gives the new
    /// version, or the old one when nothing has changed. After an error the transaction is rolled back.
    @discardableResult
    public func commit(queryID: String, time: Int64) throws(WarehouseError) -> UInt64 { throw Self.unbuilt() }

    /// Ends the transaction without a trace. Does nothing when it has ended.
    public func rollback() {}
}

/// A point within a write transaction.
public struct Savepoint: Sendable {
    let changeCount: Int
}
