import WarehouseColumns

/// Reads a file chunk after chunk, whatever its format.
public protocol ChunkReader: AnyObject {
    /// Empties the chunk and fills it with the next rows; false when the file is at its end.
    func next(into chunk: LoadedChunk) throws -> Bool
}

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

    /// Counts on from what stands before a piece of the file.
    func shift(lines: Int, rows: Int) {
        for index in rejects.indices {
            rejects[index].line += lines
            rejects[index].rowStartLine += lines
            rejects[index].rowNumber += rows
        }
        guard let rowNumbers else { return }
        let numbers = rowNumbers.int64s
        for index in 0..<rowNumbers.count { numbers[index] += Int64(rows) }
    }

    /// Takes another chunk's content.
    func take(_ other: LoadedChunk) {
        columns = other.columns
        rowCount = other.rowCount
        rowsParsed = other.rowsParsed
        rejects = other.rejects
        bytesRead = other.bytesRead
        rowNumbers = other.rowNumbers
    }

    func begin(_ columns: [ColumnBuffer], rowNumbers: ColumnBuffer?) {
        self.columns = columns
        self.rowNumbers = rowNumbers
        rowCount = 0
        rowsParsed = 0
        bytesRead = 0
        rejects.removeAll(keepingCapacity: true)
    }
}
