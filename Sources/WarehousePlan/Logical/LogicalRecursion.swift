import WarehouseBasics

/// The rows of `anchor`, and then, again and again until it gives none, those of `step` over the rows that the round
/// before gave.
public struct LogicalRecursion: Sendable {
    public var anchor: LogicalPlan
    /// Reads the round before as a scan of `table`.
    public var step: LogicalPlan
    public var table: WorkingTable
    /// Column i of the output is column i of both inputs; forms of types agree.
    public var columns: [PlanColumn]
    /// Rows that are enough: a LIMIT over it reads no more. Without one a recursion may not end.
    public var rowLimit: Int?

    public init(anchor: LogicalPlan, step: LogicalPlan, table: WorkingTable, columns: [PlanColumn]) {
        self.anchor = anchor
        self.step = step
        self.table = table
        self.columns = columns
    }
}

/// What a recursion's step reads: the rows of the round before. It has rows only while the recursion runs.
public final class WorkingTable: CatalogTable {
    public let name: ObjectName
    public let columns: [ColumnSchema]
    /// Nothing is known of its rows.
    public var rowCount: Int? { nil }

    /// A table of the given columns, called `name`.
    public init(name: String, columns: [ColumnSchema]) {
        self.name = ObjectName(database: "", schema: "", name: name)
        self.columns = columns
    }

    /// Nothing is known of its columns.
    public func statistics(ofColumn index: Int) -> ColumnStatistics { .unknown }
}
