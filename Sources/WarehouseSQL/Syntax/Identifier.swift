import WarehouseBasics

/// One name. `name` is as stored: folded to upper case unless it was quoted. Equality is by name alone: `"A"` is A.
public struct Identifier: Hashable, Sendable {
    public var name: String
    /// Whether it was written in double quotes.
    @Unequated public var isQuoted: Bool
    @Unequated public var span: SourceSpan
    public init(name: String, isQuoted: Bool = false, span: SourceSpan = .none) {
        self.name = name
        self.isQuoted = isQuoted
        self.span = span
    }
}

extension Identifier: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name exactly as given: no folding.
    public init(stringLiteral value: String) { self.init(name: value) }

    /// As it must be written in SQL.
    public var description: String { Identifiers.quoted(name) }
}
