import WarehouseBasics

/// `[WITH …] body [ORDER BY …] [LIMIT …]`.
public struct Query: Hashable, Sendable {
    public var with: WithClause?
    public var body: QueryBody
    public var orderBy: OrderByClause?
    public var limit: LimitClause?
    @Unequated public var span: SourceSpan
    public init(
        with: WithClause? = nil, body: QueryBody, orderBy: OrderByClause? = nil, limit: LimitClause? = nil,
        span: SourceSpan = .none
    ) {
        self.with = with
        self.body = body
        self.orderBy = orderBy
        self.limit = limit
        self.span = span
    }
}

/// `WITH [RECURSIVE] a AS (…), b AS (…)`.
public struct WithClause: Hashable, Sendable {
    public var isRecursive: Bool
    public var tables: [CommonTableExpression]
    public init(isRecursive: Bool = false, tables: [CommonTableExpression]) {
        self.isRecursive = isRecursive
        self.tables = tables
    }
}

/// `name [(columns)] AS (query)`.
public struct CommonTableExpression: Hashable, Sendable {
    public var name: Identifier
    public var columns: [Identifier]
    public var query: Query
    public init(name: Identifier, columns: [Identifier] = [], query: Query) {
        self.name = name
        self.columns = columns
        self.query = query
    }
}

/// What a query is, apart from WITH, ORDER BY and LIMIT.
public indirect enum QueryBody: Hashable, Sendable {
    case select(SelectStatement)
    case setOperation(SetOperation)
    case values([[Expression]])
    /// A query in parentheses that has a WITH, ORDER BY or LIMIT of its own.
    case nested(Query)
}

/// `a UNION ALL b UNION ALL c`: two or more operands, worked off from left to right with the same operator.
public struct SetOperation: Hashable, Sendable {
    /// UNION, INTERSECT or EXCEPT.
    public enum Operator: String, Hashable, Sendable {
        case union = "UNION"
        case intersect = "INTERSECT"
        /// EXCEPT, also written MINUS.
        case except = "EXCEPT"
    }
    public var setOperator: Operator
    public var isAll: Bool
    /// BY NAME: columns are matched by their names, not their places.
    public var isByName: Bool
    public var operands: [QueryBody]
    public init(setOperator: Operator, isAll: Bool = false, isByName: Bool = false, operands: [QueryBody]) {
        self.setOperator = setOperator
        self.isAll = isAll
        self.isByName = isByName
        self.operands = operands
    }
}

/// What stands behind ORDER BY of a query.
public enum OrderByClause: Hashable, Sendable {
    case items([OrderItem])
    /// `ORDER BY ALL`.
    case all(SortDirection?, NullsOrder?)
}

/// LIMIT, OFFSET and FETCH in one form. `count` nil, or a NULL literal, is no limit.
public struct LimitClause: Hashable, Sendable {
    public var count: Expression?
    public var offset: Expression?
    public init(count: Expression? = nil, offset: Expression? = nil) {
        self.count = count
        self.offset = offset
    }
}
