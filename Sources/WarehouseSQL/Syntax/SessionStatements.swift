import WarehouseBasics

/// `USE …`.
public enum UseStatement: Hashable, Sendable {
    case role(ObjectReference)
    case warehouse(ObjectReference)
    case database(ObjectReference)
    case schema(ObjectReference)
    case secondaryRoles(SecondaryRoles)
    /// `USE name`: a database, or `db.schema`.
    case any(ObjectReference)
}

/// What stands behind USE SECONDARY ROLES.
public enum SecondaryRoles: Hashable, Sendable {
    case all
    case none
    case named([Identifier])
}

/// `SET x = 1` or `SET (x, y) = (1, 2)`: as many names as values, or one subquery for all.
public struct SetStatement: Hashable, Sendable {
    public var names: [Identifier]
    public var values: [Expression]
    public init(names: [Identifier], values: [Expression]) {
        self.names = names
        self.values = values
    }
}

/// `SHOW [TERSE] family [HISTORY] [LIKE '…'] [IN …] [STARTS WITH '…'] [LIMIT n [FROM '…']]`.
public struct ShowStatement: Hashable, Sendable {
    /// The family's words, upper case: `TABLES`, `FILE FORMATS`, `GRANTS`, `FUTURE GRANTS`, `PRIMARY KEYS`.
    public var family: String
    public var isTerse: Bool
    public var withHistory: Bool
    public var like: String?
    public var scope: ShowScope?
    /// Of SHOW GRANTS.
    public var grants: ShowGrantsForm?
    public var startsWith: String?
    public var limit: Int?
    public var limitFrom: String?
    /// `WITH PRIVILEGES …`: only objects on which the role holds one of them.
    public var privileges: [String]
    public init(
        family: String, isTerse: Bool = false, withHistory: Bool = false, like: String? = nil,
        scope: ShowScope? = nil, grants: ShowGrantsForm? = nil, startsWith: String? = nil, limit: Int? = nil,
        limitFrom: String? = nil, privileges: [String] = []
    ) {
        self.family = family
        self.isTerse = isTerse
        self.withHistory = withHistory
        self.like = like
        self.scope = scope
        self.grants = grants
        self.startsWith = startsWith
        self.limit = limit
        self.limitFrom = limitFrom
        self.privileges = privileges
    }
}

/// `IN …` of SHOW.
public enum ShowScope: Hashable, Sendable {
    case account
    /// nil is the current one.
    case database(ObjectReference?)
    case schema(ObjectReference?)
    /// `IN TABLE t`, `IN VIEW v`, `FOR SESSION`, … ; nil where no name follows.
    case kind(ObjectKind, ObjectReference?)
    /// `IN name` without saying what it is.
    case any(ObjectReference)
}

/// What SHOW GRANTS asks for.
public enum ShowGrantsForm: Hashable, Sendable {
    case on(GrantTarget)
    case to(Grantee)
    /// Of a role: to whom it was granted.
    case of(Grantee)
    /// Of SHOW FUTURE GRANTS.
    case inContainer(GrantContainer)
}

/// `DESCRIBE [kind] name`.
public struct DescribeStatement: Hashable, Sendable {
    /// What is described.
    public enum Target: Hashable, Sendable {
        /// Without a kind: a table or view.
        case any(ObjectReference)
        case object(ObjectKind, ObjectReference, argumentTypes: [TypeName]?)
        /// `DESCRIBE RESULT 'query id'`.
        case result(Expression)
    }
    public var target: Target
    /// `TYPE = COLUMNS | STAGE`.
    public var properties: [ObjectProperty]
    public init(target: Target, properties: [ObjectProperty] = []) {
        self.target = target
        self.properties = properties
    }
}

/// `EXPLAIN [USING format | ANALYZE] statement`.
public struct ExplainStatement: Hashable, Sendable {
    /// How the plan is shown.
    public enum Format: String, Hashable, Sendable {
        case text = "TEXT"
        case json = "JSON"
        case tabular = "TABULAR"
    }
    /// nil when not said.
    public var format: Format?
    /// EXPLAIN ANALYZE: run it and measure.
    public var isAnalyze: Bool
    public var statement: Statement
    public init(format: Format? = nil, isAnalyze: Bool = false, statement: Statement) {
        self.format = format
        self.isAnalyze = isAnalyze
        self.statement = statement
    }
}
