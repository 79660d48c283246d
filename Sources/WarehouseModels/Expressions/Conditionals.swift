import WarehouseSQL

extension Expr {
    /// `COALESCE(x, fallback)`: never NULL.
    public func or(_ fallback: Value.Base) -> Expr<Value.Base> {
        Expr<Value.Base>(tree: SyntaxTree.call("COALESCE", tree, Value.Base.literal(fallback)))
    }

    /// `COALESCE(x, y)`: of `y`'s nullability.
    public func or<R: SQLValue>(_ fallback: Expr<R>) -> Expr<R> where R.Base == Value.Base {
        Expr<R>(tree: SyntaxTree.call("COALESCE", tree, fallback.tree))
    }

    /// `NULLIF(x, value)`.
    public func nullIf(_ value: Value.Base) -> Expr<Value.Base?> {
        Expr<Value.Base?>(tree: SyntaxTree.call("NULLIF", tree, Value.Base.literal(value)))
    }
}

extension Expr where Value.Base == Value {
    /// `x::T`. A value that has no counterpart fails the query.
    public func cast<Target: SQLValue>(to type: Target.Type) -> Expr<Target> {
        Expr<Target>(tree: SyntaxTree.cast(tree, to: Target.logicalType))
    }
}

extension Expr where Value: SQLOptional {
    /// `x::T`, NULL where `x` is. A value that has no counterpart fails the query.
    public func cast<Target: SQLValue>(to type: Target.Type) -> Expr<Target?> {
        Expr<Target?>(tree: SyntaxTree.cast(tree, to: Target.logicalType))
    }
}

extension Expr where Value.Base: SQLNumber {
    /// `x::NUMBER(precision,scale)`, rounded half away from zero.
    public func decimal(precision: Int = 38, scale: Int) -> Expr<Decimal128?> {
        Expr<Decimal128?>(tree: SyntaxTree.cast(tree, to: .number(precision: precision, scale: scale)))
    }
}

/// `CASE WHEN p THEN a ELSE b END`.
public func when<V: SQLValue>(_ condition: Predicate, _ value: Expr<V>, else other: Expr<V>) -> Expr<V> {
    conditional(condition, value.tree, other.tree)
}

/// `CASE WHEN p THEN a ELSE b END`.
public func when<V: SQLValue>(_ condition: Predicate, _ value: V, else other: V) -> Expr<V> {
    conditional(condition, V.literal(value), V.literal(other))
}

private func conditional<V>(_ condition: Predicate, _ value: Expression, _ other: Expression) -> Expr<V> {
    Expr(tree: Expression(.conditional(CaseExpression(
        branches: [CaseBranch(condition: condition.tree, result: value)], otherwise: other))))
}
