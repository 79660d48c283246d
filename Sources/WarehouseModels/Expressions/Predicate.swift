import WarehouseSQL

/// A condition. SQL's unknown is the engine's to handle, so comparisons of `Int64` and of `Int64?` both give one.
public struct Predicate: Sendable {
    /// The condition as syntax.
    public let tree: Expression

    /// Takes a syntax tree of type BOOLEAN; nothing checks that it is.
    public init(tree: Expression) { self.tree = tree }

    /// The condition that a boolean column is true.
    public init<Value: SQLValue>(_ expression: Expr<Value>) where Value.Base == Bool { tree = expression.tree }

    /// The condition as a column: NULL where it is unknown.
    public var value: Expr<Bool?> { Expr<Bool?>(tree: tree) }
}

/// Both hold.
public func && (left: Predicate, right: Predicate) -> Predicate { joined(.and, left, right) }
/// At least one holds.
public func || (left: Predicate, right: Predicate) -> Predicate { joined(.or, left, right) }
/// It does not hold; unknown stays unknown.
public prefix func ! (predicate: Predicate) -> Predicate { Predicate(tree: Expression(.unary(.not, predicate.tree))) }

private func joined(_ op: LogicalOperator, _ left: Predicate, _ right: Predicate) -> Predicate {
    Predicate(tree: SyntaxTree.logical(op, [left.tree, right.tree]) ?? left.tree)
}

extension Expr {
    /// `x IS NULL`.
    public var isNull: Predicate { Predicate(tree: SyntaxTree.isNull(tree)) }
    /// `x IS NOT NULL`.
    public var isNotNull: Predicate { Predicate(tree: SyntaxTree.isNull(tree, negated: true)) }

    /// `x IN (…)`. Of no values, false.
    public func isIn(_ values: [Value.Base]) -> Predicate {
        guard !values.isEmpty else { return Predicate(tree: Bool.literal(false)) }
        return Predicate(tree: Expression(.inList(tree, values.map(Value.Base.literal), isNegated: false)))
    }
    /// `x NOT IN (…)`. Of no values, true.
    public func isNotIn(_ values: [Value.Base]) -> Predicate {
        guard !values.isEmpty else { return Predicate(tree: Bool.literal(true)) }
        return Predicate(tree: Expression(.inList(tree, values.map(Value.Base.literal), isNegated: true)))
    }
    /// `x BETWEEN low AND high`, both included.
    public func isBetween(_ low: Value.Base, _ high: Value.Base) -> Predicate {
        Predicate(tree: Expression(.between(
            tree, low: Value.Base.literal(low), high: Value.Base.literal(high), isNegated: false)))
    }
}

extension Expr where Value.Base == String {
    /// `x LIKE pattern`: `%` any text, `_` any character.
    public func isLike(_ pattern: String) -> Predicate { matching(.like, pattern) }
    /// `x ILIKE pattern`: LIKE without regard to case.
    public func isLikeIgnoringCase(_ pattern: String) -> Predicate { matching(.ilike, pattern) }

    private func matching(_ op: PatternMatch.Operator, _ pattern: String) -> Predicate {
        Predicate(tree: Expression(.patternMatch(PatternMatch(
            operand: tree, matcher: op, patterns: .one(SyntaxTree.text(pattern))))))
    }
}
