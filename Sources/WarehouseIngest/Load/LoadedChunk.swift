import WarehouseColumns

/// Rows read from a file, as columns, with the records that were rejected among them. Filled by a reader's `next`,
/// which first empties it: a caller that keeps a column's buffer takes it and puts nothing in its place.
public final class LoadedChunk {
    /// One buffer a column, `rowCount` rows each; integer columns may have any width.
    public internal(set) var columns: [ColumnBuffer] = []
    /// Rows loaded.
    public internal(set) var rowCount = 0
    /// Records read, rejected ones included.
    public internal(set) var rowsParsed = 0
    /// Rejected records in the order of the file.
    public internal(set) var rejects: [RejectedRecord] = []
    /// Bytes of decompressed text read for this chunk.
    public internal(set) var bytesRead = 0
    /// Number of each loaded row among the file's records, from 1 (Int64), when it was asked for.
    public internal(set) var rowNumbers: ColumnBuffer?

    public init() {}

    func begin(_ columns: [ColumnBuffer], rowNumbers: ColumnBuffer?) {
        self.columns = columns
        self.rowNumbers = rowNumbers
        rowCount = 0
        rowsParsed = 0
        bytesRead = 0
        rejects.removeAll(keepingCapacity: true)
    }
}
