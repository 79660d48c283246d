import WarehouseBasics
import WarehouseSQL

/// A typed column expression: one concrete type, whatever it was built from.
///
/// It is a thin shell over SQL's syntax tree, which the warehouse binds directly: nothing is glued together as text,
/// so the columns an expression reads are known (lineage, checks) and the printed SQL is what runs.
/// ```swift
/// ratings.rating.rounded(1)          // ROUND(FCT_RATINGS.RATING, 1)
/// ```
public struct Expr<Value: SQLValue>: Sendable {
    /// The expression as syntax. Columns are qualified by the alias of the relation they come from.
    public let tree: Expression

    /// Takes a syntax tree whose value is of type `Value`; nothing checks that it is.
    public init(tree: Expression) { self.tree = tree }

    /// A constant.
    public init(_ value: Value) {
        let literal = Value.literal(value)
        // A bare number or NULL would take a type of its own.
        let needsType = Value.logicalType == .float || literal.kind == .literal(.null)
        if needsType, case .literal = literal.kind {
            tree = SyntaxTree.cast(literal, to: Value.logicalType)
        } else if needsType, case .unary = literal.kind {
            tree = SyntaxTree.cast(literal, to: Value.logicalType)
        } else {
            tree = literal
        }
    }
}

/// An `Expr` of any type: what lists of keys take.
public protocol AnyExpr: Sendable {
    /// The expression as syntax.
    var tree: Expression { get }
    /// The SQL type of its values.
    static var logicalType: LogicalType { get }
    /// Whether it may be NULL.
    static var isNullable: Bool { get }
}

extension Expr: AnyExpr {
    public static var logicalType: LogicalType { Value.logicalType }
    public static var isNullable: Bool { Value.isNullable }
}

extension Expr {
    /// The same expression as one that may be NULL.
    public var optional: Expr<Value.Base?> { Expr<Value.Base?>(tree: tree) }

    /// Ascending, NULLs last.
    public var ascending: Order { Order(OrderItem(expression: tree)) }
    /// Descending, NULLs first.
    public var descending: Order { Order(OrderItem(expression: tree, direction: .descending)) }
}

/// One key of an ordering.
public struct Order: Sendable {
    let item: OrderItem
    init(_ item: OrderItem) { self.item = item }

    /// NULLs after all else.
    public var nullsLast: Order {
        Order(OrderItem(expression: item.expression, direction: item.direction, nulls: .last))
    }
    /// NULLs before all else.
    public var nullsFirst: Order {
        Order(OrderItem(expression: item.expression, direction: item.direction, nulls: .first))
    }
}
