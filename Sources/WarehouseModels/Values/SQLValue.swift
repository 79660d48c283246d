import WarehouseBasics
import WarehouseSQL

/// A Swift type that can be the element of a column, and how SQL calls and writes it.
public protocol SQLValue: Sendable {
    /// `Int64` for `Int64` and for `Int64?`: operators are written once, over bases, and so mix nullabilities.
    associatedtype Base: SQLValue where Base.Base == Base
    /// The column's SQL type.
    static var logicalType: LogicalType { get }
    /// Whether the column may hold NULL.
    static var isNullable: Bool { get }
    /// The value as a constant of SQL.
    static func literal(_ value: Self) -> Expression
}

extension SQLValue {
    public static var isNullable: Bool { false }
}

/// A type that arithmetic takes.
public protocol SQLNumber: SQLValue {}

/// A number with a fixed scale, apart from FLOAT: its quotients and averages are decimals.
public protocol SQLExactNumber: SQLNumber {}

/// A date or timestamp.
public protocol SQLTime: SQLValue where Base == Self {}

extension Optional: SQLValue where Wrapped: SQLValue {
    public typealias Base = Wrapped.Base
    public static var logicalType: LogicalType { Wrapped.logicalType }
    public static var isNullable: Bool { true }
    public static func literal(_ value: Wrapped?) -> Expression {
        value.map(Wrapped.literal) ?? Expression(.literal(.null))
    }
}

extension Optional: SQLNumber where Wrapped: SQLNumber {}

/// An optional, whatever it wraps: for functions that come in a pair, with and without `?`.
public protocol SQLOptional: SQLValue {}

extension Optional: SQLOptional where Wrapped: SQLValue {}

/// NUMBER(38,0).
extension Int64: SQLExactNumber {
    public typealias Base = Int64
    public static var logicalType: LogicalType { .integer }
    public static func literal(_ value: Int64) -> Expression { SyntaxTree.number(String(value)) }
}

/// NUMBER(38,0).
extension Int: SQLExactNumber {
    public typealias Base = Int
    public static var logicalType: LogicalType { .integer }
    public static func literal(_ value: Int) -> Expression { SyntaxTree.number(String(value)) }
}

/// FLOAT.
extension Double: SQLNumber {
    public typealias Base = Double
    public static var logicalType: LogicalType { .float }

    /// Up to 15 digits as a plain number, which every engine converts exactly; else as text cast to FLOAT.
    public static func literal(_ value: Double) -> Expression {
        let text = FloatText.string(value)
        let digits = text.utf8.count { $0 >= 48 && $0 <= 57 }
        guard value.isFinite, digits <= 15, !text.contains("e"), !text.contains("E") else {
            return SyntaxTree.cast(SyntaxTree.text(text), to: .float)
        }
        return SyntaxTree.number(text)
    }
}

/// VARCHAR.
extension String: SQLValue {
    public typealias Base = String
    public static var logicalType: LogicalType { .text }
    public static func literal(_ value: String) -> Expression { SyntaxTree.text(value) }
}

/// BOOLEAN.
extension Bool: SQLValue {
    public typealias Base = Bool
    public static var logicalType: LogicalType { .boolean }
    public static func literal(_ value: Bool) -> Expression { Expression(.literal(.boolean(value))) }
}

/// ARRAY.
extension Array: SQLValue where Element: SQLValue {
    public typealias Base = [Element]
    public static var logicalType: LogicalType { .array(element: Element.logicalType) }
    public static func literal(_ value: [Element]) -> Expression { Expression(.array(value.map(Element.literal))) }
}
