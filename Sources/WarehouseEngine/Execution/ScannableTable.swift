import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// A catalog table whose rows the engine can read.
public protocol ScannableTable: CatalogTable {
    /// Begins reading. `columns` are indexes into `columns`, or `LogicalScan.rowIDColumn`. `ranges` are bounds that
    /// qualifying rows satisfy, for skipping by zone maps; the scan may put out rows outside them (the engine filters
    /// exactly afterwards).
    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan
}

/// `low ≤ value ≤ high` (integer-held types), not null; either end may be open.
public struct ColumnRange: Sendable, Hashable {
    public var tableColumn: Int
    public var low: Int128?
    public var high: Int128?
    public init(tableColumn: Int, low: Int128?, high: Int128?) {
        self.tableColumn = tableColumn
        self.low = low
        self.high = high
    }
}

/// One reading of a table, split into stripes as `PhysicalOperator` says.
public protocol TableScan: AnyObject, Sendable {
    var outputTypes: [PhysicalType] { get }
    var stripeCount: Int { get }
    /// Pushes batches of at most `Vector.standardCapacity` rows in row order, from one thread a stripe.
    func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws
}
