import WarehouseBasics

/// The one door through which a plan sees names: resolves them for the session's role, database and schema.
public protocol Catalog: AnyObject, Sendable {
    /// A table, view or other relation by its 1–3 name parts (already folded). Throws `objectNotFound` with near
    /// names, the same whether it is missing or `privilege` is not granted.
    func resolveRelation(_ parts: [String], privilege: Privilege) throws(WarehouseError) -> CatalogRelation

    /// The table as it was at `moment`. Throws `timeTravel` when the history that is kept does not reach back so far.
    func resolveTable(_ parts: [String], asOf moment: HistoryMoment) throws(WarehouseError) -> any CatalogTable

    /// `SELECT … FROM @stage/path (FILE_FORMAT => …, PATTERN => …)`: a relation whose columns are `$1 … $n` (VARCHAR)
    /// and METADATA$ columns. `columnCount`: the highest `$n` the query names.
    func resolveStage(_ stage: StageReference, columnCount: Int) throws(WarehouseError) -> any CatalogTable

    /// Table functions of the catalog, such as RESULT_SCAN; nil when there is none of that name.
    func resolveTableFunction(_ name: String, _ arguments: [CatalogArgument]) throws(WarehouseError)
        -> (any CatalogTable)?

    /// The overloads of a user-defined function by its 1–3 name parts (folded); none when there is no such function.
    func resolveFunctions(_ parts: [String]) throws(WarehouseError) -> [CatalogFunction]

    /// What NEXTVAL of the sequence of that name is known by; nil when there is none.
    func resolveSequence(_ parts: [String]) throws(WarehouseError) -> String?

    /// Takes the next number of the sequence known by `key`, now.
    func nextNumber(ofSequence key: String) throws(WarehouseError) -> Int64

    /// The statement that makes an object anew: GET_DDL. `kind` is upper case: TABLE, VIEW, SCHEMA, … `types`: of a
    /// function's arguments.
    func definition(ofKind kind: String, _ parts: [String], types: [LogicalType]?, isQualified: Bool) throws(WarehouseError)
        -> String

    /// Whether the session acts in the role of that name, itself or through what its roles inherit.
    func isActive(role: String) throws(WarehouseError) -> Bool

    /// Whether a role that the session acts in inherits the database role of that name of the current database.
    func isActive(databaseRole: String) throws(WarehouseError) -> Bool

    /// The roles that the session's user may take, and the secondary ones that it acts in.
    func sessionRoles() throws(WarehouseError) -> SessionRoles

    /// Session variable `$name`.
    func variable(_ name: String) -> Constant?

    /// Facts about the session that a plan binds as constants: CURRENT_ROLE, CURRENT_DATABASE, CURRENT_TIMESTAMP,
    /// TIMEZONE and their kin.
    var context: SessionContext { get }
}

extension Catalog {
    public func resolveFunctions(_ parts: [String]) throws(WarehouseError) -> [CatalogFunction] { [] }
}

/// An argument of a table function of the catalog.
public struct CatalogArgument: Hashable, Sendable {
    /// Upper case; nil: it stands by its place.
    public var name: String?
    /// One value, or those of a list in parentheses.
    public var values: [Constant]

    public init(name: String?, values: [Constant]) {
        self.name = name
        self.values = values
    }
}

public enum Privilege: String, Hashable, Sendable {
    case select = "SELECT", insert = "INSERT", update = "UPDATE", delete = "DELETE", truncate = "TRUNCATE"
    case usage = "USAGE", ownership = "OWNERSHIP", read = "READ", write = "WRITE"
}

extension Catalog {
    /// Without history, no moment is known.
    public func resolveTable(_ parts: [String], asOf moment: HistoryMoment) throws(WarehouseError) -> any CatalogTable {
        throw WarehouseError(.unsupported, "Unsupported feature 'AT | BEFORE (time travel)'.")
    }
}

extension Catalog {
    /// The session's role, and no other.
    public func isActive(role: String) throws(WarehouseError) -> Bool { role == context.role }

    public func isActive(databaseRole: String) throws(WarehouseError) -> Bool { false }

    /// The session's role, and no other.
    public func sessionRoles() throws(WarehouseError) -> SessionRoles {
        SessionRoles(available: [context.role], secondary: [], secondaryChoice: "")
    }

    /// Nothing has a definition.
    public func definition(ofKind kind: String, _ parts: [String], types: [LogicalType]?, isQualified: Bool)
        throws(WarehouseError) -> String {
        throw WarehouseError(.unsupported, "Unsupported feature 'GET_DDL'.")
    }

    /// No sequences.
    public func resolveSequence(_ parts: [String]) throws(WarehouseError) -> String? { nil }

    /// No sequences.
    public func nextNumber(ofSequence key: String) throws(WarehouseError) -> Int64 {
        throw WarehouseError(.unsupported, "Unsupported feature 'sequences'.")
    }
}

/// A moment of AT or BEFORE.
public enum HistoryMoment: Hashable, Sendable {
    /// The newest version that is not later; nanoseconds since the epoch, UTC.
    case time(Int64)
    /// The version that a statement left, or, with `isBefore`, found.
    case statement(String, isBefore: Bool)
}

public enum CatalogRelation: Sendable {
    case table(any CatalogTable)
    /// A view is bound anew where it is used, its own names resolved from its own database and schema.
    case view(CatalogView)
}

public struct CatalogView: Sendable {
    public var name: ObjectName
    /// The SELECT as text.
    public var text: String
    /// Column names given in CREATE VIEW v (a, b), else empty: the query's own.
    public var columnNames: [String]
    /// Resolves names as the view's creator wrote them.
    public var catalog: any Catalog
    /// Whether nothing but its rows may come of it.
    public var isSecure: Bool
    /// Whether errors within its text say nothing of it: a secure view's, for all but its owner.
    public var hidesText: Bool

    public init(name: ObjectName, text: String, columnNames: [String], catalog: any Catalog, isSecure: Bool = false,
                hidesText: Bool = false) {
        self.name = name
        self.text = text
        self.columnNames = columnNames
        self.catalog = catalog
        self.isSecure = isSecure
        self.hidesText = hidesText
    }
}

/// A relation with rows: a stored table, a stage's files, a result kept by id.
public protocol CatalogTable: AnyObject, Sendable {
    var name: ObjectName { get }
    var columns: [ColumnSchema] { get }
    /// Columns that exist but are absent from `SELECT *` (METADATA$FILENAME): how many of the last `columns`.
    var hiddenColumnCount: Int { get }
    /// Upper bound of rows, where known without reading.
    var rowCount: Int? { get }
    /// The number of rows, where it is known exactly without reading.
    var exactRowCount: Int? { get }
    /// What is known of a column without reading it; table-wide and safe (never narrower than the data).
    func statistics(ofColumn index: Int) -> ColumnStatistics
    /// Whether both read the same columns of the same version of one table.
    func hasSameRows(as other: any CatalogTable) -> Bool
}

extension CatalogTable {
    public func hasSameRows(as other: any CatalogTable) -> Bool { self === other }
    public var hiddenColumnCount: Int { 0 }
    public var exactRowCount: Int? { nil }
}

public struct ColumnStatistics: Hashable, Sendable {
    /// Least and greatest non-null value of integer-held types (NUMBER, DATE, TIME, timestamps), inclusive.
    public var low: Int128?
    public var high: Int128?
    /// Whether some row has the least value and some the greatest: nothing was deleted since they were taken.
    public var areBoundsExact = false
    /// nil: unknown.
    public var nullCount: Int?
    /// Estimate or exact; nil: unknown.
    public var distinctCount: Int?
    /// Non-descending in scan order, no nulls.
    public var isSorted: Bool

    public init(low: Int128? = nil, high: Int128? = nil, nullCount: Int? = nil, distinctCount: Int? = nil,
                isSorted: Bool = false) {
        self.low = low
        self.high = high
        self.nullCount = nullCount
        self.distinctCount = distinctCount
        self.isSorted = isSorted
    }
    public static let unknown = ColumnStatistics()
}

/// A stage as a query names it.
public struct StageReference: Hashable, Sendable {
    /// Name parts; empty with `isUser` (`@~`); the table's for `@%t`.
    public var parts: [String]
    public enum Kind: Hashable, Sendable { case named, table, user }
    public var kind: Kind
    /// After the first slash; a prefix.
    public var path: String
    /// FILE_FORMAT => name.
    public var fileFormat: String?
    public var pattern: String?
    /// `*` asks for every field that the files have.
    public var readsAllFields = false

    public init(parts: [String], kind: Kind, path: String, fileFormat: String? = nil, pattern: String? = nil) {
        self.parts = parts
        self.kind = kind
        self.path = path
        self.fileFormat = fileFormat
        self.pattern = pattern
    }
}

/// What a statement sees of its session, fixed for its duration.
public struct SessionContext: Sendable {
    public var role: String
    public var user: String
    public var database: String?
    public var schema: String?
    public var warehouse: String?
    public var account: String
    public var region: String
    /// Zone name, such as `America/Los_Angeles`.
    public var timeZone: String
    /// Nanoseconds since the epoch, UTC: one value for the whole statement.
    public var statementTime: Int128
    public var sessionID: String
    public var queryID: String
    /// The session's statements before this one.
    public var pastQueries: PastQueries
    /// The open transaction's; nil outside of one.
    public var transactionID: String?
    /// The statement's own text.
    public var statement: String
    /// Session parameters by upper-case name, such as TIMESTAMP_OUTPUT_FORMAT, as text.
    public var parameters: [String: String]

    public init(role: String, user: String, database: String?, schema: String?, warehouse: String?,
                account: String = "LOCAL", region: String = "LOCAL", timeZone: String = "America/Los_Angeles",
                statementTime: Int128, sessionID: String = "", queryID: String = "",
                pastQueries: PastQueries = PastQueries(),
                statement: String = "",
                parameters: [String: String] = [:]) {
        self.role = role
        self.user = user
        self.database = database
        self.schema = schema
        self.warehouse = warehouse
        self.account = account
        self.region = region
        self.timeZone = timeZone
        self.statementTime = statementTime
        self.sessionID = sessionID
        self.queryID = queryID
        self.pastQueries = pastQueries
        self.statement = statement
        self.parameters = parameters
    }
}
