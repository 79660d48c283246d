import WarehouseBasics

/// `INSERT [OVERWRITE] ALL|FIRST …`: the rows of one query into several tables.
public struct MultiTableInsertStatement: Hashable, Sendable {
    public var isOverwrite: Bool
    /// FIRST: a row goes by the first WHEN that is true alone.
    public var isFirst: Bool
    /// One without a condition for an unconditional insert; else the WHEN branches, and ELSE without a condition last.
    public var branches: [InsertBranch]
    public var source: Query
    public init(isOverwrite: Bool = false, isFirst: Bool = false, branches: [InsertBranch], source: Query) {
        self.isOverwrite = isOverwrite
        self.isFirst = isFirst
        self.branches = branches
        self.source = source
    }

    /// Whether rows are chosen by WHEN.
    public var isConditional: Bool { branches.contains { $0.condition != nil } }
}

/// `WHEN condition THEN into …`, or `ELSE into …`.
public struct InsertBranch: Hashable, Sendable {
    public var condition: Expression?
    public var targets: [InsertTarget]
    public init(condition: Expression? = nil, targets: [InsertTarget]) {
        self.condition = condition
        self.targets = targets
    }
}

/// `INTO table [(columns)] [VALUES (values)]`.
public struct InsertTarget: Hashable, Sendable {
    public var table: ObjectReference
    /// Empty for all.
    public var columns: [Identifier]
    /// Over the query's columns, DEFAULT among them; nil for the query's columns as they come.
    public var values: [Expression]?
    public init(table: ObjectReference, columns: [Identifier] = [], values: [Expression]? = nil) {
        self.table = table
        self.columns = columns
        self.values = values
    }
}
