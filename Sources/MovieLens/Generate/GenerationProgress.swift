/// How far a file has been written.
public struct GenerationProgress: Sendable, Hashable {
    /// Such as `ratings.csv` or `ratings.csv.gz`.
    public var file: String
    /// Rows written so far, without the header.
    public var rows: Int
    /// Rows the file will have.
    public var totalRows: Int
    /// Bytes in the file so far, after compression.
    public var bytes: Int
}
