import WarehouseBasics

/// The name of a table, schema, role or any other object, not yet resolved.
public struct ObjectReference: Hashable, Sendable {
    /// How the name was written.
    public enum Kind: Hashable, Sendable {
        /// One to four parts, outermost first. `db..t` arrives as `db.PUBLIC.t`.
        case name([Identifier])
        /// `IDENTIFIER(…)`: the name is known only when the statement runs.
        case computed(IdentifierSource)
    }
    public var kind: Kind
    @Unequated public var span: SourceSpan
    public init(kind: Kind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
    }

    public init(_ parts: [Identifier], span: SourceSpan = .none) {
        self.init(kind: .name(parts), span: span)
    }

    /// The parts of a written name; nil for `IDENTIFIER(…)`.
    public var parts: [Identifier]? {
        if case .name(let parts) = kind { return parts }
        return nil
    }
}

/// The argument of `IDENTIFIER(…)`. Its text is read as a name by `Parser.parseObjectName`.
public enum IdentifierSource: Hashable, Sendable {
    case text(String)
    /// `$name`, folded.
    case variable(String)
    case parameter(BindParameter)
}

/// A place for a value that is given when the statement runs.
public enum BindParameter: Hashable, Sendable {
    /// `?`: the n-th of the statement, from 0.
    case positional(Int)
    /// `:1`: numbered from 1.
    case numbered(Int)
    /// `:name`, folded.
    case named(String)
}
