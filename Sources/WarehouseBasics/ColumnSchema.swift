/// A column as the catalog knows it.
public struct ColumnSchema: Hashable, Sendable {
    /// As stored: folded unless it was quoted.
    public var name: String
    public var type: LogicalType
    public var isNullable: Bool

    public init(_ name: String, _ type: LogicalType, isNullable: Bool = true) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }
}
