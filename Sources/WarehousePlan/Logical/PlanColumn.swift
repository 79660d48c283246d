import WarehouseBasics

/// Names one column of one relation within a query, for good: rules may move an expression anywhere and its columns
/// still mean the same.
public struct ColumnID: Hashable, Sendable, CustomStringConvertible {
    public let number: Int
    public init(_ number: Int) { self.number = number }
    public var description: String { "#\(number)" }
}

/// A column that a plan node puts out.
public struct PlanColumn: Hashable, Sendable {
    public let id: ColumnID
    /// As results show it.
    public var name: String
    public var type: LogicalType
    public var isNullable: Bool

    public init(id: ColumnID, name: String, type: LogicalType, isNullable: Bool = true) {
        self.id = id
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }

    /// The same column where it may be NULL, as on the side of an outer join that finds no match.
    var madeNullable: PlanColumn { PlanColumn(id: id, name: name, type: type, isNullable: true) }
}

/// Hands out column ids, one source a query.
public struct ColumnIDSource: Sendable {
    private var next = 0
    public init() {}

    /// A source whose ids no node of `plan` has.
    public init(after plan: LogicalPlan) { next = plan.highestID }

    public mutating func make() -> ColumnID {
        next += 1
        return ColumnID(next)
    }
}
