import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Where a column of a plan lies in the batches an expression reads, and what is known of its values.
public struct ColumnBinding: Hashable, Sendable {
    /// Index into `Batch.vectors`.
    public var index: Int
    /// The one width the column has in every batch.
    public var physicalType: PhysicalType
    /// Bounds of integer-held values; nil: only what type and width say.
    public var range: ValueRange?
    public var mayBeNull: Bool
    /// About how many distinct values; nil: unknown.
    public var distinctCount: Int?
    /// Without nulls, and rows come by ascending values.
    public var isSorted = false

    public init(index: Int, physicalType: PhysicalType, range: ValueRange? = nil, mayBeNull: Bool = true,
                distinctCount: Int? = nil) {
        self.index = index
        self.physicalType = physicalType
        self.range = range
        self.mayBeNull = mayBeNull
        self.distinctCount = distinctCount
    }
}

/// The columns of an operator's input by their ids.
public struct InputLayout: Sendable {
    private var bindings: [ColumnID: ColumnBinding]

    public init(_ bindings: [ColumnID: ColumnBinding] = [:]) { self.bindings = bindings }

    public subscript(id: ColumnID) -> ColumnBinding? {
        get { bindings[id] }
        set { bindings[id] = newValue }
    }
}
