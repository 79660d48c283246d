import WarehouseSQL

// Two overloads each: expression with expression, expression with value. More, or literals of `Expr`, and the type
// checker takes seconds over a line.

private func compare(_ op: BinaryOperator, _ left: Expression, _ right: Expression) -> Predicate {
    Predicate(tree: SyntaxTree.binary(op, left, right))
}

/// `l = r`.
public func == <L: SQLValue, R: SQLValue>(l: Expr<L>, r: Expr<R>) -> Predicate where L.Base == R.Base {
    compare(.equal, l.tree, r.tree)
}
/// `l = r`.
public func == <L: SQLValue>(l: Expr<L>, r: L.Base) -> Predicate { compare(.equal, l.tree, L.Base.literal(r)) }
/// `l <> r`.
public func != <L: SQLValue, R: SQLValue>(l: Expr<L>, r: Expr<R>) -> Predicate where L.Base == R.Base {
    compare(.notEqual, l.tree, r.tree)
}
/// `l <> r`.
public func != <L: SQLValue>(l: Expr<L>, r: L.Base) -> Predicate { compare(.notEqual, l.tree, L.Base.literal(r)) }
/// `l < r`.
public func < <L: SQLValue, R: SQLValue>(l: Expr<L>, r: Expr<R>) -> Predicate where L.Base == R.Base {
    compare(.less, l.tree, r.tree)
}
/// `l < r`.
public func < <L: SQLValue>(l: Expr<L>, r: L.Base) -> Predicate { compare(.less, l.tree, L.Base.literal(r)) }
/// `l <= r`.
public func <= <L: SQLValue, R: SQLValue>(l: Expr<L>, r: Expr<R>) -> Predicate where L.Base == R.Base {
    compare(.lessOrEqual, l.tree, r.tree)
}
/// `l <= r`.
public func <= <L: SQLValue>(l: Expr<L>, r: L.Base) -> Predicate { compare(.lessOrEqual, l.tree, L.Base.literal(r)) }
/// `l > r`.
public func > <L: SQLValue, R: SQLValue>(l: Expr<L>, r: Expr<R>) -> Predicate where L.Base == R.Base {
    compare(.greater, l.tree, r.tree)
}
/// `l > r`.
public func > <L: SQLValue>(l: Expr<L>, r: L.Base) -> Predicate { compare(.greater, l.tree, L.Base.literal(r)) }
/// `l >= r`.
public func >= <L: SQLValue, R: SQLValue>(l: Expr<L>, r: Expr<R>) -> Predicate where L.Base == R.Base {
    compare(.greaterOrEqual, l.tree, r.tree)
}
/// `l >= r`.
public func >= <L: SQLValue>(l: Expr<L>, r: L.Base) -> Predicate {
    compare(.greaterOrEqual, l.tree, L.Base.literal(r))
}

extension Expr {
    /// `l IS NOT DISTINCT FROM r`: equal, or both NULL.
    public func isSame<R: SQLValue>(as other: Expr<R>) -> Predicate where Value.Base == R.Base {
        compare(.isNotDistinctFrom, tree, other.tree)
    }
    /// `l IS DISTINCT FROM r`: not equal, and not both NULL.
    public func isDifferent<R: SQLValue>(from other: Expr<R>) -> Predicate where Value.Base == R.Base {
        compare(.isDistinctFrom, tree, other.tree)
    }
}
