import WarehouseBasics
import WarehouseSQL

/// An exact decimal of up to 38 digits: NUMBER(p,s). Its type names no scale: a column of a query has the one its
/// expression gives, a seed's the one its file needs.
public struct Decimal128: SQLExactNumber, Hashable, ExpressibleByIntegerLiteral {
    public typealias Base = Decimal128
    /// The value times 10^scale.
    public var unscaled: Int128
    /// Digits behind the point, 0 to 37.
    public var scale: Int

    /// Takes the value as `unscaled` × 10^-scale.
    public init(unscaled: Int128, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// A whole number: `.accepted(atLeast: 0, atMost: 1)`.
    public init(integerLiteral value: Int) { self.init(unscaled: Int128(value), scale: 0) }

    public static var logicalType: LogicalType { .number(precision: 38, scale: 6) }
    public static func literal(_ value: Decimal128) -> Expression {
        SyntaxTree.number(DecimalText.string(value.unscaled, scale: value.scale))
    }
}
