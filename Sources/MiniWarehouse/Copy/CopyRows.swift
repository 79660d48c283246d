import WarehouseBasics
import WarehouseColumns
import WarehouseIngest
import WarehouseStorage

/// One file as rows of the table that COPY loads, batch after batch.
protocol CopyRows: AnyObject {
    /// nil at the end of the file.
    func next() throws -> CopyBatch?
}

/// Some rows of a file, and what was in error among them.
struct CopyBatch {
    /// Rows in the order of the file: a buffer for every column of the table.
    var parts: [(columns: [ColumnBuffer], rowCount: Int)] = []
    /// Records read, those in error included.
    var rowsParsed = 0
    var errorCount = 0
    /// Records in error in the order of the file; of a transformation's errors only the file's first.
    var rejects: [RejectedRecord] = []
    /// Bytes of decompressed text read.
    var bytesRead = 0
}

/// A file whose fields fill the table's columns.
final class FieldRows: CopyRows {
    private let reader: any ChunkReader
    private let table: CatalogEntry
    private let defaults: [(column: Int, value: ScalarValue)]

    /// `defaults`: values of columns that the file does not fill.
    init(_ reader: any ChunkReader, table: CatalogEntry, defaults: [(column: Int, value: ScalarValue)]) {
        self.reader = reader
        self.table = table
        self.defaults = defaults
    }

    func next() throws -> CopyBatch? {
        let chunk = LoadedChunk()
        guard try reader.next(into: chunk) else { return nil }
        return CopyBatch(parts: [(filled(chunk), chunk.rowCount)], rowsParsed: chunk.rowsParsed,
                         errorCount: chunk.rejects.count, rejects: chunk.rejects, bytesRead: chunk.bytesRead)
    }

    /// The chunk's columns with `defaults` in place of the NULLs that the reader gave.
    private func filled(_ chunk: LoadedChunk) -> [ColumnBuffer] {
        var columns = chunk.columns
        for (column, value) in defaults {
            let buffer = StoredColumn(table.columns[column].type).makeBuffer(capacity: chunk.rowCount)
            for _ in 0..<chunk.rowCount { buffer.append(value) }
            columns[column] = buffer
        }
        return columns
    }
}
