/// A sequence of rows cut into chunks of equal size.
struct RowChunks: Sendable {
    let rowCount: Int
    let rowsPerChunk: Int

    var chunkCount: Int { max(1, (rowCount + rowsPerChunk - 1) / rowsPerChunk) }

    subscript(index: Int) -> Range<Int> {
        let start = min(rowCount, index * rowsPerChunk)
        return start..<min(rowCount, start + rowsPerChunk)
    }
}
