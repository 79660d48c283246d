import WarehouseBasics

/// How long an object lives.
public enum Persistence: String, Hashable, Sendable {
    case permanent = ""
    case transient = "TRANSIENT"
    case temporary = "TEMPORARY"
}

/// `CREATE [OR REPLACE] [TRANSIENT|TEMPORARY] TABLE …` in all its forms.
public struct CreateTableStatement: Hashable, Sendable {
    public var orReplace: Bool
    /// `CREATE OR ALTER`.
    public var orAlter = false
    public var persistence: Persistence
    public var ifNotExists: Bool
    public var name: ObjectReference
    public var columns: [ColumnDefinition]
    public var constraints: [TableConstraint]
    public var clusterBy: [Expression]
    /// `COMMENT`, `DATA_RETENTION_TIME_IN_DAYS`, `COPY GRANTS`, `STAGE_FILE_FORMAT`, …
    public var properties: [ObjectProperty]
    public var source: TableSource
    public init(
        orReplace: Bool = false, persistence: Persistence = .permanent, ifNotExists: Bool = false,
        name: ObjectReference, columns: [ColumnDefinition] = [], constraints: [TableConstraint] = [],
        clusterBy: [Expression] = [], properties: [ObjectProperty] = [], source: TableSource = .none
    ) {
        self.orReplace = orReplace
        self.persistence = persistence
        self.ifNotExists = ifNotExists
        self.name = name
        self.columns = columns
        self.constraints = constraints
        self.clusterBy = clusterBy
        self.properties = properties
        self.source = source
    }
}

/// Where a new table's columns and rows come from.
public enum TableSource: Hashable, Sendable {
    /// The columns written; no rows.
    case none
    /// `AS query`. Columns may then be written without types, or not at all.
    case query(Query)
    case like(ObjectReference)
    case clone(ObjectReference, TimeTravel?)
    /// `USING TEMPLATE (query)`.
    case template(Query)
}

/// A column of CREATE TABLE or ADD COLUMN.
public struct ColumnDefinition: Hashable, Sendable {
    public var name: Identifier
    /// nil only where a query gives the type.
    public var type: TypeName?
    public var isNotNull: Bool
    public var defaultValue: Expression?
    public var identity: IdentityClause?
    /// `AS (expression)`: a virtual column.
    public var computed: Expression?
    public var collation: String?
    public var comment: String?
    public var constraints: [TableConstraint]
    /// `WITH TAG (…)`: the tags' names and texts.
    public var tags: [ObjectProperty]
    public init(
        name: Identifier, type: TypeName? = nil, isNotNull: Bool = false, defaultValue: Expression? = nil,
        identity: IdentityClause? = nil, computed: Expression? = nil, collation: String? = nil,
        comment: String? = nil, constraints: [TableConstraint] = [], tags: [ObjectProperty] = []
    ) {
        self.name = name
        self.type = type
        self.isNotNull = isNotNull
        self.defaultValue = defaultValue
        self.identity = identity
        self.computed = computed
        self.collation = collation
        self.comment = comment
        self.constraints = constraints
        self.tags = tags
    }
}

/// `AUTOINCREMENT` or `IDENTITY`, with `(start, step)` or `START n INCREMENT m`.
public struct IdentityClause: Hashable, Sendable {
    public var start: Int
    public var increment: Int
    /// ORDER, NOORDER, or nil when not said.
    public var isOrdered: Bool?
    public init(start: Int = 1, increment: Int = 1, isOrdered: Bool? = nil) {
        self.start = start
        self.increment = increment
        self.isOrdered = isOrdered
    }
}

/// A constraint of a table, or of one column, which then stands in `columns`.
public struct TableConstraint: Hashable, Sendable {
    /// What the constraint asks.
    public enum Kind: Hashable, Sendable {
        case primaryKey
        case unique
        case foreignKey(ObjectReference, columns: [Identifier])
        case check(Expression)
    }
    public var name: Identifier?
    public var kind: Kind
    public var columns: [Identifier]
    /// `NOT ENFORCED`, `RELY`, `ON DELETE CASCADE`, …: the words as written, upper case.
    public var properties: [String]
    public init(name: Identifier? = nil, kind: Kind, columns: [Identifier] = [], properties: [String] = []) {
        self.name = name
        self.kind = kind
        self.columns = columns
        self.properties = properties
    }
}
