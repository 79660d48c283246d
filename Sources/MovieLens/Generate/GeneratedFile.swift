/// One CSV file as a sequence of chunks. Each chunk is a pure function of its index, so that chunks can be made on
/// any thread and in any order.
protocol GeneratedFile: Sendable {
    /// The file's name without its extension, such as `genome-scores`.
    var name: String { get }
    /// The header line without its line end.
    var header: String { get }
    var rowCount: Int { get }
    var chunkCount: Int { get }

    func rowCount(ofChunk index: Int) -> Int
    /// Appends the rows of a chunk, each with its line end.
    func appendChunk(_ index: Int, to buffer: ByteBuffer)
}
