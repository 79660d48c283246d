import WarehouseBasics

/// `CREATE [OR REPLACE] [SECURE] [MATERIALIZED] VIEW … AS query`.
public struct CreateViewStatement: Hashable, Sendable {
    public var orReplace: Bool
    public var isSecure: Bool
    public var isTemporary: Bool
    public var isRecursive: Bool
    public var isMaterialized: Bool
    public var ifNotExists: Bool
    public var name: ObjectReference
    public var columns: [ViewColumn]
    /// `COMMENT`, `COPY GRANTS`, `CHANGE_TRACKING`, …
    public var properties: [ObjectProperty]
    public var query: Query
    /// The query's text as written.
    @Unequated public var queryText: String
    public init(
        orReplace: Bool = false, isSecure: Bool = false, isTemporary: Bool = false, isRecursive: Bool = false,
        isMaterialized: Bool = false, ifNotExists: Bool = false, name: ObjectReference,
        columns: [ViewColumn] = [], properties: [ObjectProperty] = [], query: Query, queryText: String
    ) {
        self.orReplace = orReplace
        self.isSecure = isSecure
        self.isTemporary = isTemporary
        self.isRecursive = isRecursive
        self.isMaterialized = isMaterialized
        self.ifNotExists = ifNotExists
        self.name = name
        self.columns = columns
        self.properties = properties
        self.query = query
        self.queryText = queryText
    }
}

/// A column's name in CREATE VIEW.
public struct ViewColumn: Hashable, Sendable {
    public var name: Identifier
    public var comment: String?
    public init(name: Identifier, comment: String? = nil) {
        self.name = name
        self.comment = comment
    }
}

/// CREATE of a database, schema, role, user, warehouse, stage, file format, integration, sequence, …
public struct CreateObjectStatement: Hashable, Sendable {
    public var orReplace: Bool
    public var persistence: Persistence
    public var kind: ObjectKind
    public var ifNotExists: Bool
    public var name: ObjectReference
    public var clone: CloneSource?
    /// In the order written. A sequence's `START 1 INCREMENT 2` arrives as START = 1, INCREMENT = 2.
    public var properties: [ObjectProperty]
    public init(
        orReplace: Bool = false, persistence: Persistence = .permanent, kind: ObjectKind,
        ifNotExists: Bool = false, name: ObjectReference, clone: CloneSource? = nil,
        properties: [ObjectProperty] = []
    ) {
        self.orReplace = orReplace
        self.persistence = persistence
        self.kind = kind
        self.ifNotExists = ifNotExists
        self.name = name
        self.clone = clone
        self.properties = properties
    }
}

/// `CLONE source [AT|BEFORE (…)]`.
public struct CloneSource: Hashable, Sendable {
    public var source: ObjectReference
    public var timeTravel: TimeTravel?
    public init(source: ObjectReference, timeTravel: TimeTravel? = nil) {
        self.source = source
        self.timeTravel = timeTravel
    }
}

/// `CREATE FUNCTION name (parameters) RETURNS … AS 'body'`, and CREATE PROCEDURE.
public struct CreateFunctionStatement: Hashable, Sendable {
    public var orReplace: Bool
    public var isTemporary: Bool
    public var isSecure: Bool
    public var ifNotExists: Bool
    /// PROCEDURE instead of FUNCTION.
    public var isProcedure: Bool
    public var name: ObjectReference
    public var parameters: [FunctionParameter]
    public var returns: FunctionResult
    /// `LANGUAGE`, `COMMENT`, `IMMUTABLE`, `HANDLER`, …
    public var properties: [ObjectProperty]
    /// The text between the quotes; of a SQL function an expression or a query, read when it is called.
    public var body: String
    public init(
        orReplace: Bool = false, isTemporary: Bool = false, isSecure: Bool = false, ifNotExists: Bool = false,
        isProcedure: Bool = false, name: ObjectReference, parameters: [FunctionParameter] = [],
        returns: FunctionResult, properties: [ObjectProperty] = [], body: String
    ) {
        self.orReplace = orReplace
        self.isTemporary = isTemporary
        self.isSecure = isSecure
        self.ifNotExists = ifNotExists
        self.isProcedure = isProcedure
        self.name = name
        self.parameters = parameters
        self.returns = returns
        self.properties = properties
        self.body = body
    }

    /// Upper case; SQL when not said.
    public var language: String { properties["LANGUAGE"]?.text.map(Identifiers.folded) ?? "SQL" }
}

/// A parameter of a function, or a column of the table it gives.
public struct FunctionParameter: Hashable, Sendable {
    public var name: Identifier
    public var type: TypeName
    public var defaultValue: Expression?
    public init(name: Identifier, type: TypeName, defaultValue: Expression? = nil) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
    }
}

/// What a function gives.
public enum FunctionResult: Hashable, Sendable {
    case scalar(TypeName, isNotNull: Bool)
    case table([FunctionParameter])
}
