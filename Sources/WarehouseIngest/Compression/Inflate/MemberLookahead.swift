/// How far ahead of the reader the members of a gzip file are inflated on other threads, for files that were made of
/// many (concatenated ones, BGZF). It decides speed and memory alone: bytes and errors are those of reading in order.
public struct MemberLookahead: Sendable {
    /// Members inflated at once, beside the reader.
    var jobCount: Int
    /// Compressed bytes in which a job looks for its first member.
    var regionBytes: Int
    /// Further regions that a job may read, so that the member that it is in can end.
    var overlapCount: Int
    /// What a job may make; it stops before the member that goes beyond.
    var outputBytes: Int
    /// Bytes made in vain beyond those used, behind which nothing more is tried: the members are too large.
    var maximumWaste: Int

    public init(threads: Int, regionBytes: Int = 1 << 20, outputBytes: Int = 16 << 20) {
        jobCount = max(1, min(8, threads))
        self.regionBytes = max(16, regionBytes)
        overlapCount = 3
        self.outputBytes = max(1, outputBytes)
        maximumWaste = 4 * self.outputBytes
    }
}
