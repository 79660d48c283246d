import WarehouseBasics
import WarehouseColumns

/// A column of a stored table. Names belong to the catalog.
public struct StoredColumn: Hashable, Sendable {
    public var type: LogicalType
    /// What the column is known by in segments, whatever its place; the store gives it (1 and up).
    public internal(set) var number: UInt32
    /// The value of rows that were written before the column was added.
    public var fill: ScalarValue

    public init(_ type: LogicalType, fill: ScalarValue = .null) {
        self.type = type
        self.fill = fill
        number = 0
    }

    /// Physical type of the elements of an ARRAY of one scalar type: the widest of that type.
    public var elementType: PhysicalType? {
        guard case .array(let element?) = type else { return nil }
        return element.widestPhysicalType
    }

    /// An empty buffer for rows of this column; integers begin narrow and widen as needed.
    public func makeBuffer(capacity: Int = 0) -> ColumnBuffer {
        ColumnBuffer(type.hasVariableWidth ? .int32 : type.widestPhysicalType, elementType: elementType,
                     capacity: capacity)
    }
}

/// What is known of a stored column without reading it. Never narrower than the data.
public struct StoredStatistics: Hashable, Sendable {
    /// Least and greatest non-null value of integer-held types (NUMBER, DATE, TIME, timestamps, BOOLEAN).
    public var low: Int128?
    public var high: Int128?
    /// Least and greatest non-null value of a FLOAT column that holds no NaN.
    public var lowDouble: Double?
    public var highDouble: Double?
    /// Exact; nil: unknown (rows were deleted).
    public var nullCount: Int?
    /// Estimate, some 6% off; nil: unknown.
    public var distinctCount: Int?
    /// Non-descending in scan order, no nulls. Only of integer-held types.
    public var isSorted: Bool

    public init(low: Int128? = nil, high: Int128? = nil, lowDouble: Double? = nil, highDouble: Double? = nil,
                nullCount: Int? = nil, distinctCount: Int? = nil, isSorted: Bool = false) {
        self.low = low
        self.high = high
        self.lowDouble = lowDouble
        self.highDouble = highDouble
        self.nullCount = nullCount
        self.distinctCount = distinctCount
        self.isSorted = isSorted
    }
}
