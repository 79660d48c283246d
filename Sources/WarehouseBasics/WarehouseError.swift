/// The one error type of the package. `code` is six digits: Snowflake's where one is documented, else 9xxxxx.
public struct WarehouseError: Error, Hashable, Sendable {
    public var code: String
    public var sqlState: String
    /// One paragraph: what is wrong, where, and with which value. Never holds a secret.
    public var message: String
    /// What would have been valid, such as near names.
    public var hint: String?
    /// Where in the statement, when the statement is at fault.
    public var span: SourceSpan?
    /// Where the statement stands in the script that it is of, when no place within it is known.
    public var statement: SourceSpan?

    public init(_ kind: ErrorKind, _ message: String, hint: String? = nil, span: SourceSpan? = nil) {
        self.code = kind.code
        self.sqlState = kind.sqlState
        self.message = message
        self.hint = hint
        self.span = span == SourceSpan.none ? nil : span
    }

    /// The same error placed at `span`, unless it already has a place.
    public func at(_ span: SourceSpan?) -> WarehouseError {
        guard self.span == nil, let span, span != .none else { return self }
        var copy = self
        copy.span = span
        return copy
    }
}

extension WarehouseError: CustomStringConvertible {
    public var description: String {
        var text = "\(code) (\(sqlState)): \(message)"
        if let span { text += " (line \(span.line), column \(span.column))" }
        if let hint { text += "\n\(hint)" }
        return text
    }
}

/// Code and SQLSTATE of an error, named by what went wrong.
public struct ErrorKind: Hashable, Sendable {
    public let code: String
    public let sqlState: String
    public init(_ code: String, _ sqlState: String) {
        self.code = code
        self.sqlState = sqlState
    }
}

// Snowflake's documented codes.
extension ErrorKind {
    /// A syntax error.
    public static let syntax = ErrorKind("001003", "42000")
    /// `*` leaves no column.
    public static let noColumns = ErrorKind("001080", "42601")
    /// An element of another kind where arrays are wanted.
    public static let notAnArray = ErrorKind("100107", "22000")
    /// A text that does not follow the format it is read by.
    public static let formatMismatch = ErrorKind("100140", "22007")
    /// A table, view, stage or other schema object is missing or not authorized.
    public static let objectNotFound = ErrorKind("002003", "42S02")
    /// A schema or database is missing or not authorized.
    public static let schemaNotFound = ErrorKind("002003", "02000")
    /// The object of USE, DROP or DESC does not exist.
    public static let objectMissing = ErrorKind("002043", "02000")
    public static let alreadyExists = ErrorKind("002002", "42710")
    public static let invalidIdentifier = ErrorKind("000904", "42000")
    /// A session variable is not set.
    public static let missingVariable = ErrorKind("002211", "02000")
    public static let ambiguousColumn = ErrorKind("002028", "42601")
    public static let unknownFunction = ErrorKind("002140", "42601")
    public static let invalidArgumentTypes = ErrorKind("001044", "42P13")
    public static let argumentCount = ErrorKind("000938", "22023")
    public static let tooManyArguments = ErrorKind("000939", "22023")
    /// A value of a type that a column does not take.
    public static let invalidAssignment = ErrorKind("002023", "22000")
    public static let invalidValue = ErrorKind("001007", "22023")
    /// `[X] is not a valid group by expression`.
    /// A window function without OVER.
    public static let missingOver = ErrorKind("002303", "42601")
    public static let missingOrder = ErrorKind("002027", "42601")
    public static let invalidOrder = ErrorKind("002027", "42601")
    public static let invalidFrame = ErrorKind("002303", "42601")
    /// An aggregate, or a window function, where none may stand.
    public static let misplacedAggregate = ErrorKind("002046", "42601")
    public static let misplacedWindow = ErrorKind("002303", "42601")
    public static let notGrouped = ErrorKind("000979", "42601")
    public static let duplicateColumn = ErrorKind("002025", "42S21")
    public static let setOperationColumns = ErrorKind("001789", "42601")
    public static let setOperationTypes = ErrorKind("001790", "42601")
    public static let columnCountMismatch = ErrorKind("002020", "21S01")
    public static let singleRowSubquery = ErrorKind("090150", "22000")
    public static let insufficientPrivileges = ErrorKind("003001", "42501")
    /// None of the privileges that a GRANT names may be granted.
    public static let grantNotExecuted = ErrorKind("003011", "42501")
    /// Other grants rest on one that is to go.
    public static let dependentGrant = ErrorKind("003036", "42501")
    public static let noCurrentDatabase = ErrorKind("090105", "22000")
    public static let noCurrentSchema = ErrorKind("090106", "22000")
    public static let divisionByZero = ErrorKind("100051", "22012")
    public static let numericNotRecognized = ErrorKind("100038", "22018")
    public static let booleanNotRecognized = ErrorKind("100037", "22018")
    public static let dateNotRecognized = ErrorKind("100040", "22007")
    public static let timestampNotRecognized = ErrorKind("100035", "22007")
    public static let timeNotRecognized = ErrorKind("100108", "22007")
    public static let numericOutOfRange = ErrorKind("100039", "22003")
    public static let numberOverflow = ErrorKind("100046", "22003")
    public static let stringTooLong = ErrorKind("100078", "22000")
    public static let variantCast = ErrorKind("100071", "22000")
    /// Keys and values of ARRAYS_TO_OBJECT.
    public static let unequalArrays = ErrorKind("215001", "22000")
    public static let keyIsNoText = ErrorKind("215002", "22000")
    public static let unequalLengths = ErrorKind("100544", "22026")
    public static let nullNotAllowed = ErrorKind("100072", "22000")
    public static let urlNotRecognized = ErrorKind("100139", "22000")
    public static let invalidUTF8 = ErrorKind("100144", "22000")
    public static let fileColumnCount = ErrorKind("100080", "22000")
    public static let fileQuoting = ErrorKind("100016", "22000")
    public static let fileNotFound = ErrorKind("100183", "22000")
    /// An empty text that a file could not tell from NULL.
    public static let bareEmptyText = ErrorKind("100093", "22000")
    /// The text of a view that is no longer valid.
    public static let viewExpansion = ErrorKind("002037", "42601")
    /// A location that is neither a stage nor a URL of a known kind.
    public static let invalidURLPrefix = ErrorKind("001011", "42601")
    /// A stage whose files cannot be reached.
    public static let stageAccess = ErrorKind("091003", "55000")
    public static let duplicateMergeMatch = ErrorKind("100090", "42P18")
    /// The history that is kept does not reach back so far.
    /// A warehouse that is suspended, or started, already.
    public static let warehouseNotSuspended = ErrorKind("090064", "22000")
    public static let warehouseNotResumed = ErrorKind("090063", "22000")
    public static let timeTravel = ErrorKind("000707", "02000")
    public static let unsupported = ErrorKind("000002", "0A000")
    public static let statementTimeout = ErrorKind("000630", "57014")
}

// Our own.
extension ErrorKind {
    public static let usage = ErrorKind("900001", "HY000")
    public static let notAWarehouse = ErrorKind("900101", "58030")
    public static let inputOutput = ErrorKind("900102", "58030")
    public static let corrupt = ErrorKind("900103", "XX001")
    public static let newerFormat = ErrorKind("900104", "XX001")
    public static let readOnly = ErrorKind("900105", "25006")
    /// Another process holds the write lock.
    public static let busy = ErrorKind("900106", "55P03")
    public static let diskFull = ErrorKind("900107", "53100")
    public static let corruptFile = ErrorKind("900201", "22000")
    public static let limitExceeded = ErrorKind("900301", "54000")
    public static let memoryLimit = ErrorKind("900302", "53200")
    public static let cancelled = ErrorKind("000604", "57014")
    /// An ARRAY column whose elements are kept as one scalar type is to take other arrays.
    public static let arrayElements = ErrorKind("900402", "22000")
    public static let transaction = ErrorKind("900401", "25000")
    public static let model = ErrorKind("900501", "HY000")
    public static let testFailed = ErrorKind("900502", "HY000")
    public static let wrongSwiftType = ErrorKind("900601", "HY000")
    public static let internalFault = ErrorKind("900901", "XX000")
}
