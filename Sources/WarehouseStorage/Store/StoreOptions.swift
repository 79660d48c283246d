/// How a store is opened.
public struct StoreOptions: Sendable {
    /// How long `beginWrite` waits for another writer.
    public var busyTimeoutSeconds: Double
    /// Makes a new warehouse where the directory is missing or empty.
    public var createIfMissing: Bool
    /// Rows of one commit to one table up to which they lie in the commit record instead of in a segment file.
    public var inlineRowLimit: Int
    /// Bytes of text of one commit to one table, likewise.
    public var inlineByteLimit: Int
    /// Rows of a table lying in commit records at which a commit moves them to a segment file.
    public var inlineTableRowLimit: Int
    /// Size of the log at which a commit writes a checkpoint.
    public var checkpointLogBytes: Int
    /// Bytes of strings and elements at which a chunk of rows, and with it its segment, is cut short.
    public var chunkBytes: Int

    public init(busyTimeoutSeconds: Double = 5, createIfMissing: Bool = false, inlineRowLimit: Int = 1024,
                inlineByteLimit: Int = 64 << 10, inlineTableRowLimit: Int = 4096,
                checkpointLogBytes: Int = 512 << 10, chunkBytes: Int = 32 << 20) {
        self.busyTimeoutSeconds = busyTimeoutSeconds
        self.createIfMissing = createIfMissing
        self.inlineRowLimit = inlineRowLimit
        self.inlineByteLimit = inlineByteLimit
        self.inlineTableRowLimit = inlineTableRowLimit
        self.checkpointLogBytes = checkpointLogBytes
        self.chunkBytes = chunkBytes
    }
}
