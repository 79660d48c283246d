import WarehouseBasics
import WarehouseIngest

/// How `Session.load` reads files and what it does with their table.
public struct FileLoadOptions: Sendable {
    /// What happens with a table that is there already.
    public enum Existing: Sendable { case refuse, append, replace }

    /// What a record that cannot be loaded costs.
    public enum OnError: String, Sendable, CaseIterable {
        /// Nothing is loaded.
        case abort
        /// The record is left out, and told of.
        case `continue`
        /// Its whole file is left out.
        case skipFile = "skip_file"
    }

    /// The table, `[[database.]schema.]name`; nil: one for every file, called as the file is. Files in a folder whose
    /// names differ by numbers at their end only, and that have the same columns, are one table.
    public var table: String?
    public var existing = Existing.refuse
    public var onError = OnError.abort
    /// Also files that the table has loaded before.
    public var force = false
    /// Records of a CSV file from which types are told; 0: all. Where a later value does not fit, all are read.
    public var sampleRecords = 20_000
    /// Every column of CSV files is VARCHAR.
    public var isAllText = false
    /// What is known of the files' format.
    public var hints = SniffHints()
    /// Records in error that a report tells of.
    public var maximumRejects = 20

    public init() {}
}

/// What `Session.load` did to one table.
public struct FileLoadReport: Sendable {
    /// `database.schema.name`.
    public var table: ObjectName
    public var columns: [ColumnSchema]
    /// Whether the table was made anew.
    public var isNew: Bool
    /// Files loaded, left out for their errors, and known from an earlier load.
    public var loadedFiles: [String] = []
    public var skippedFiles: [String] = []
    public var knownFiles: [String] = []
    public var rowCount = 0
    /// Of the files loaded, as they are stored.
    public var byteCount = 0
    /// Records that could not be loaded; `rejects` holds the first of them.
    public var errorCount = 0
    public var rejects: [RejectedRecord] = []
    /// The encoding if it is not UTF-8, which was guessed.
    public var guessedEncoding: TextEncoding?
    /// With what lines begin that were passed over as remarks, which was guessed.
    public var guessedComment: UInt8?
    /// How many lines these are, of all files that were looked at.
    public var remarkCount = 0
    /// Wall clock, in seconds: reading the samples too.
    public var seconds = 0.0
}

/// Thrown by `Session.load` when records are in error and nothing is loaded.
public struct FileLoadFailure: Error {
    /// The first error.
    public let error: WarehouseError
    /// The first records in error, in the order of their file.
    public let rejects: [RejectedRecord]
}
