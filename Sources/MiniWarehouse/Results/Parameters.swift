import WarehouseBasics
import WarehouseSQL

/// Values bound to `?`, `:1` and `:name` of a statement.
///
/// ```swift
/// try warehouse.query("SELECT * FROM movies WHERE movie_id = ?", [4141])
/// try warehouse.query("SELECT * FROM movies WHERE title = :title", ["title": "Heat"])
/// ```
public struct Parameters: Sendable, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public var positional: [Constant]
    /// Names folded as unquoted identifiers are.
    public var named: [String: Constant]

    public init(positional: [Constant] = [], named: [String: Constant] = [:]) {
        self.positional = positional
        self.named = named
    }

    public init(arrayLiteral elements: (any BindableValue)?...) {
        self.init(positional: elements.map { $0?.constant ?? .null() })
    }

    public init(dictionaryLiteral elements: (String, (any BindableValue)?)...) {
        var named: [String: Constant] = [:]
        for (name, value) in elements { named[Identifiers.folded(name)] = value?.constant ?? .null() }
        self.init(named: named)
    }

    func value(of parameter: BindParameter) -> Constant? {
        switch parameter {
        case .positional(let index): positional.indices.contains(index) ? positional[index] : nil
        case .numbered(let number): positional.indices.contains(number - 1) ? positional[number - 1] : nil
        case .named(let name): named[name]
        }
    }
}

/// A Swift value that can be bound.
public protocol BindableValue: Sendable {
    var constant: Constant { get }
}
extension Int: BindableValue { public var constant: Constant { .integer(self) } }
extension Int64: BindableValue { public var constant: Constant { .integer(Int(self)) } }
extension Int32: BindableValue { public var constant: Constant { .integer(Int(self)) } }
extension Double: BindableValue { public var constant: Constant { .float(self) } }
extension Bool: BindableValue { public var constant: Constant { .boolean(self) } }
extension String: BindableValue { public var constant: Constant { .text(self) } }
