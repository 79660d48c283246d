import WarehouseBasics

/// A bound change of a table: a plan whose rows say what happens.
public protocol BoundChange: Sendable {
    var plan: LogicalPlan { get set }
}

/// Rows to append.
public struct BoundInsert: BoundChange {
    /// Puts out one column for each of the table's, in its order and types.
    public var plan: LogicalPlan
    public var columns: [PlanColumn]
    /// Indexes of table columns that the statement does not name: their values are the defaults.
    public var defaulted: Set<Int>
}

/// Rows to append to several tables.
public struct BoundMultiTableInsert: BoundChange {
    /// Puts out `marks`, then the values of every INTO.
    public var plan: LogicalPlan
    /// BOOLEAN and never NULL: whether a branch takes the row. Empty where every row goes everywhere.
    public var marks: [PlanColumn]
    /// In the order written.
    public var targets: [Target]

    /// One INTO.
    public struct Target: Sendable {
        public var branch: Int
        /// One column for each of the table's, in its order and types; of no meaning where the branch does not take the row.
        public var columns: [PlanColumn]
    }
}

/// Rows to replace. A row may come several times when FROM matches it more than once; any of them counts (Snowflake's
/// ERROR_ON_NONDETERMINISTIC_UPDATE off), and the others are its "multi-joined rows".
public struct BoundUpdate: BoundChange {
    /// Puts out `rowID`, then `columns`.
    public var plan: LogicalPlan
    public var rowID: PlanColumn
    /// The whole new row, in the table's order and types.
    public var columns: [PlanColumn]
    /// Indexes of table columns that SET names.
    public var changed: Set<Int>
}

/// Rows to remove. A row may come several times when USING matches it more than once.
public struct BoundDelete: BoundChange {
    /// Puts out `rowID`.
    public var plan: LogicalPlan
    public var rowID: PlanColumn
}

/// Rows to insert, replace and remove. A row address that comes twice is an error (100090) to be raised by whoever
/// applies the rows.
public struct BoundMerge: BoundChange {
    public enum Action: Hashable, Sendable { case update, delete, insert }
    /// Puts out `rowID`, `action`, then `columns`.
    public var plan: LogicalPlan
    /// NULL for rows to insert.
    public var rowID: PlanColumn
    /// Index into `actions`, never NULL.
    public var action: PlanColumn
    /// The whole new row, in the table's order and types; the old one for rows to remove.
    public var columns: [PlanColumn]
    /// What each WHEN clause does, in the order written.
    public var actions: [Action]
}
