import WarehouseBasics

/// How the fields and records of a CSV file are told apart and what they mean: TYPE = CSV of a file format, with
/// Snowflake's defaults.
public struct CSVFormat: Sendable, Hashable {
    /// COMPRESSION.
    public var compression = FileCompression.auto
    /// RECORD_DELIMITER; nil is a line end: LF, CR LF or CR.
    public var recordDelimiter: [UInt8]?
    /// FIELD_DELIMITER, one or more bytes; empty (NONE) makes each record one field.
    public var fieldDelimiter: [UInt8] = [UInt8(ascii: ",")]
    /// MULTI_LINE: an enclosed field may hold record delimiters.
    public var multiLine = true
    /// PARSE_HEADER: the first record holds the column names.
    public var parseHeader = false
    /// SKIP_HEADER: lines (not records) at the start of the file that are passed over.
    public var skipHeader = 0
    /// SKIP_BLANK_LINES; else an empty line is a record of one empty field.
    public var skipBlankLines = false
    /// FIELD_OPTIONALLY_ENCLOSED_BY.
    public var enclosure: UInt8?
    /// ESCAPE: in enclosed fields; when set it also replaces `escapeUnenclosed`.
    public var escape: UInt8?
    /// ESCAPE_UNENCLOSED_FIELD.
    public var escapeUnenclosed: UInt8? = UInt8(ascii: "\\")
    /// NULL_IF: fields with exactly these bytes are NULL, before any unescaping. Unloading writes NULL as the first.
    public var nullIf: [[UInt8]] = [Array("\\N".utf8)]
    /// EMPTY_FIELD_AS_NULL: an empty unenclosed field is NULL.
    public var emptyFieldAsNull = true
    /// TRIM_SPACE: spaces around a field, and around its enclosure, are dropped.
    public var trimSpace = false
    /// ERROR_ON_COLUMN_COUNT_MISMATCH; else missing fields are NULL and excess ones ignored.
    public var errorOnColumnCountMismatch = true
    /// REPLACE_INVALID_CHARACTERS: invalid UTF-8 becomes U+FFFD instead of an error.
    public var replaceInvalidCharacters = false
    /// SKIP_BYTE_ORDER_MARK.
    public var skipByteOrderMark = true
    /// ENCODING.
    public var encoding = TextEncoding.utf8
    /// DATE_FORMAT, TIME_FORMAT, TIMESTAMP_FORMAT. Put the session's input format here where the file format says AUTO.
    public var dateFormat = TimestampFormat.auto
    public var timeFormat = TimestampFormat.auto
    public var timestampFormat = TimestampFormat.auto
    /// BINARY_FORMAT.
    public var binaryFormat = BinaryTextFormat.hex
    /// Lines that begin with it are remarks, which stand for blank lines. None of Snowflake's options.
    public var comment: UInt8?

    public init() {}

    /// The escape character of unenclosed fields that is in force.
    var effectiveUnenclosedEscape: UInt8? { escape ?? escapeUnenclosed }

    /// Throws `invalidValue` when delimiters, enclosure and escapes are in each other's way.
    public func validate() throws(WarehouseError) {
        func fail(_ message: String) -> WarehouseError {
            WarehouseError(.invalidValue, "SQL compilation error:\n\(message)")
        }
        guard skipHeader >= 0 else { throw fail("SKIP_HEADER must not be negative.") }
        guard !parseHeader || skipHeader == 0 else { throw fail("PARSE_HEADER and SKIP_HEADER cannot both be set.") }
        guard fieldDelimiter.count <= CSVFormat.maximumDelimiterLength,
              (recordDelimiter?.count ?? 1) <= CSVFormat.maximumDelimiterLength else {
            throw fail("A delimiter has at most \(CSVFormat.maximumDelimiterLength) bytes.")
        }
        guard recordDelimiter?.isEmpty != true else { throw fail("RECORD_DELIMITER must not be empty.") }
        if let record = recordDelimiter, !fieldDelimiter.isEmpty,
           record.starts(with: fieldDelimiter) || fieldDelimiter.starts(with: record) {
            throw fail("RECORD_DELIMITER and FIELD_DELIMITER must not begin with each other.")
        }
        if let enclosure, enclosure == fieldDelimiter.first || enclosure == recordDelimiter?.first {
            throw fail("FIELD_OPTIONALLY_ENCLOSED_BY must differ from the delimiters.")
        }
        for case let character? in [escape, effectiveUnenclosedEscape]
        where character == fieldDelimiter.first || character == recordDelimiter?.first {
            throw fail("ESCAPE and ESCAPE_UNENCLOSED_FIELD must differ from the delimiters.")
        }
        if recordDelimiter == nil, let first = fieldDelimiter.first, first == 10 || first == 13 {
            throw fail("FIELD_DELIMITER must not be a line end unless RECORD_DELIMITER is another.")
        }
    }

    static let maximumDelimiterLength = 20
}

/// ENCODING of a text file.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "UTF8"
    case iso8859_1 = "ISO88591"
    case iso8859_2 = "ISO88592"
    case iso8859_5 = "ISO88595"
    case iso8859_6 = "ISO88596"
    case iso8859_7 = "ISO88597"
    case iso8859_8 = "ISO88598"
    case iso8859_9 = "ISO88599"
    case iso8859_15 = "ISO885915"
    case koi8r = "KOI8R"
    case windows1250 = "WINDOWS1250"
    case windows1251 = "WINDOWS1251"
    case windows1252 = "WINDOWS1252"
    case windows1253 = "WINDOWS1253"
    case windows1254 = "WINDOWS1254"
    case windows1255 = "WINDOWS1255"
    case windows1256 = "WINDOWS1256"
    case utf16 = "UTF16"
    case utf16LittleEndian = "UTF16LE"
    case utf16BigEndian = "UTF16BE"
    case utf32 = "UTF32"
    case utf32LittleEndian = "UTF32LE"
    case utf32BigEndian = "UTF32BE"

    /// The encoding with this name, in any case, hyphens ignored.
    public static func named(_ name: String) throws(WarehouseError) -> TextEncoding {
        let word = Identifiers.folded(name).filter { $0 != "-" && $0 != "_" }
        if let encoding = TextEncoding(rawValue: word) { return encoding }
        if word == "LATIN1" { return .iso8859_1 }
        throw WarehouseError(
            .unsupported, "ENCODING = '\(name)' is not supported.",
            hint: "One of \(allCases.map(\.rawValue).joined(separator: ", ")).")
    }
}
