import WarehouseBasics
import WarehouseColumns

/// Limits of what a text function may make.
enum TextLimits {
    /// Bytes of one text.
    static let maximumBytes = LogicalType.maximumTextLength

    static func check(_ byteCount: Int) throws {
        if byteCount > maximumBytes {
            throw WarehouseError(
                .stringTooLong, "A result of \(byteCount) bytes is too long and would be truncated: a text has at most "
                    + "\(maximumBytes) bytes.")
        }
    }
}

/// What a function may make of the rows of one batch: values of any length come from short ones (REPEAT, REPLACE, joined
/// arrays). Beyond it the batch is cut, so that neither memory nor the time until a statement stops depends on how
/// long values become.
struct TextBudget {
    private var left: Int
    private var unchecked = 0
    private let isWhole: Bool

    /// Set where a batch cannot be cut any more.
    @TaskLocal static var isForOneRow = false

    private static let batchBytes = 8 << 20
    private static let rowBytes = 64
    private static let wholeBytes = 1 << 30
    /// Bytes between two looks at whether the statement is to stop.
    private static let checkedBytes = 1 << 20

    /// For `rows` results. Dictionaries are long batches, of which every entry may be made.
    init(rows: Int) {
        isWhole = rows <= 1 || TextBudget.isForOneRow
        left = isWhole ? TextBudget.wholeBytes : max(TextBudget.batchBytes, rows.multipliedClamped(by: TextBudget.rowBytes))
    }

    /// Counts a text of `byteCount` bytes, before or after it is made.
    @inline(__always) mutating func take(_ byteCount: Int) throws {
        if byteCount > TextLimits.maximumBytes { try TextLimits.check(byteCount) }
        try takeValue(byteCount)
    }

    /// As `take`, of a value with a limit of its own.
    @inline(__always) mutating func takeValue(_ byteCount: Int) throws {
        left &-= byteCount
        unchecked &+= byteCount
        if left < 0 || unchecked > TextBudget.checkedBytes { try look() }
    }

    @inline(never) private mutating func look() throws {
        unchecked = 0
        try Interruption.check()
        guard left < 0 else { return }
        guard isWhole else { throw BatchOverflow() }
        throw WarehouseError(.limitExceeded, "The values made for one row are larger than \(TextBudget.wholeBytes) bytes.")
    }
}

/// A batch makes more than fits in one: it is to be cut.
struct BatchOverflow: Error {
    /// Runs what may evaluate expressions where nothing cuts batches: it then is an error that people can read.
    static func told<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch is BatchOverflow {
            throw WarehouseError(.limitExceeded, "An expression makes too large values for the rows of one batch.")
        }
    }
}
