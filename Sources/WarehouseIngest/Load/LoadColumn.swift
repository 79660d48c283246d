import WarehouseBasics

/// A column that a file is loaded into.
public struct LoadColumn: Sendable, Hashable {
    /// As the catalog stores it; stands in messages.
    public var name: String
    public var type: LogicalType
    public var isNullable: Bool
    /// Which field of a record fills it, from 0; nil fills it with NULL.
    public var fieldIndex: Int?

    public init(name: String, type: LogicalType, isNullable: Bool = true, fieldIndex: Int?) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.fieldIndex = fieldIndex
    }
}

/// What a load takes from the session and from the options of COPY, apart from the file format.
public struct LoadSettings: Sendable {
    /// Zone of timestamps that are written without one.
    public var timeZone: TimeZoneRules
    /// TRUNCATECOLUMNS: too long text is cut instead of being an error.
    public var truncatesColumns = false
    /// ABORT_STATEMENT: reading ends behind the first record in error, which is then the only one reported.
    public var stopsAtFirstError = false
    /// A value that its column's type would round, cut or read as something else is an error: more digits than the
    /// scale has, leading zeros, the time of day of a DATE, an offset of TIMESTAMP_NTZ. For types that were guessed.
    public var refusesLoss = false
    /// Whether chunks carry the number of each row in its file.
    public var wantsRowNumbers = false
    /// Whether rejected records carry their text (at most `RejectedRecord.maximumRecordBytes` of it).
    public var keepsRejectedRecords = false
    /// Decompression and parsing on two threads; else all on the caller's.
    public var readsAhead = true
    /// Pieces of a file that are scanned and converted at once; 1: none beside the caller.
    public var threads = 1
    /// Who decompresses gzip and deflate.
    public var inflateEngine = InflateEngine.native
    public var limits = LoadLimits()

    public init(timeZone: TimeZoneRules) { self.timeZone = timeZone }
}

/// Bounds on what a file can make the reader hold.
public struct LoadLimits: Sendable, Hashable {
    /// Bytes of one record; a longer one ends the load.
    public var recordBytes = 128 << 20
    /// Bytes of a compressed file once decompressed; more ends the load.
    public var decompressedBytes = 1 << 42
    /// A compressed file that has given more than these bytes, and more than `expansionRatio` times the compressed ones
    /// read for them, is taken for a bomb and ends the load. Deflate's own bound is 1032.
    public var expansionBytes = 256 << 20
    public var expansionRatio = 500
    /// Rows of a chunk.
    public var chunkRows = 65_536
    /// Bytes of the file behind which a chunk ends, at the next record.
    public var chunkBytes = 16 << 20
    /// Bytes read from the source at a time.
    public var bufferBytes = 1 << 20

    public init() {}
}
