import WarehouseBasics

/// `INSERT [OVERWRITE] INTO table [(columns)] query`; VALUES is a query too.
public struct InsertStatement: Hashable, Sendable {
    public var isOverwrite: Bool
    public var table: ObjectReference
    public var columns: [Identifier]
    public var source: Query
    public init(isOverwrite: Bool = false, table: ObjectReference, columns: [Identifier] = [], source: Query) {
        self.isOverwrite = isOverwrite
        self.table = table
        self.columns = columns
        self.source = source
    }
}

/// `column = value` of SET; the column may be qualified by the table's name or alias.
public struct Assignment: Hashable, Sendable {
    public var column: [Identifier]
    public var value: Expression
    public init(column: [Identifier], value: Expression) {
        self.column = column
        self.value = value
    }
}

/// `UPDATE table [alias] SET … [FROM …] [WHERE …]`.
public struct UpdateStatement: Hashable, Sendable {
    public var table: ObjectReference
    public var alias: Identifier?
    public var assignments: [Assignment]
    public var from: [TableExpression]
    public var filter: Expression?
    public init(
        table: ObjectReference, alias: Identifier? = nil, assignments: [Assignment],
        from: [TableExpression] = [], filter: Expression? = nil
    ) {
        self.table = table
        self.alias = alias
        self.assignments = assignments
        self.from = from
        self.filter = filter
    }
}

/// `DELETE FROM table [alias] [USING …] [WHERE …]`.
public struct DeleteStatement: Hashable, Sendable {
    public var table: ObjectReference
    public var alias: Identifier?
    public var using: [TableExpression]
    public var filter: Expression?
    public init(
        table: ObjectReference, alias: Identifier? = nil, using: [TableExpression] = [],
        filter: Expression? = nil
    ) {
        self.table = table
        self.alias = alias
        self.using = using
        self.filter = filter
    }
}

/// `MERGE INTO table [alias] USING source ON condition clauses`.
public struct MergeStatement: Hashable, Sendable {
    public var table: ObjectReference
    public var alias: Identifier?
    public var source: TableExpression
    public var condition: Expression
    public var clauses: [MergeClause]
    public init(
        table: ObjectReference, alias: Identifier? = nil, source: TableExpression, condition: Expression,
        clauses: [MergeClause]
    ) {
        self.table = table
        self.alias = alias
        self.source = source
        self.condition = condition
        self.clauses = clauses
    }
}

/// `WHEN [NOT] MATCHED [AND condition] THEN action`.
public struct MergeClause: Hashable, Sendable {
    public var isMatched: Bool
    public var condition: Expression?
    public var action: MergeAction
    public init(isMatched: Bool, condition: Expression? = nil, action: MergeAction) {
        self.isMatched = isMatched
        self.condition = condition
        self.action = action
    }
}

/// What a clause of MERGE does with its rows.
public enum MergeAction: Hashable, Sendable {
    case update([Assignment])
    /// `UPDATE ALL BY NAME`.
    case updateAllByName
    case delete
    /// Empty columns mean all of the table's.
    case insert(columns: [Identifier], values: [Expression])
    /// `INSERT ALL BY NAME`.
    case insertAllByName
}

/// `TRUNCATE [TABLE] [IF EXISTS] table`.
public struct TruncateStatement: Hashable, Sendable {
    public var ifExists: Bool
    public var table: ObjectReference
    public init(ifExists: Bool = false, table: ObjectReference) {
        self.ifExists = ifExists
        self.table = table
    }
}
