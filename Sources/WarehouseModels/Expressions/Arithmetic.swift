import WarehouseSQL

private func expr<N>(_ op: BinaryOperator, _ left: Expression, _ right: Expression) -> Expr<N> {
    Expr(tree: SyntaxTree.binary(op, left, right))
}

// As with comparisons: expression with expression, expression with value. Operands of different nullability meet
// through `optional`.

/// `l + r`.
public func + <N: SQLNumber>(l: Expr<N>, r: Expr<N>) -> Expr<N> { expr(.add, l.tree, r.tree) }
/// `l + r`.
public func + <N: SQLNumber>(l: Expr<N>, r: N.Base) -> Expr<N> { expr(.add, l.tree, N.Base.literal(r)) }
/// `l - r`.
public func - <N: SQLNumber>(l: Expr<N>, r: Expr<N>) -> Expr<N> { expr(.subtract, l.tree, r.tree) }
/// `l - r`.
public func - <N: SQLNumber>(l: Expr<N>, r: N.Base) -> Expr<N> { expr(.subtract, l.tree, N.Base.literal(r)) }
/// `l * r`.
public func * <N: SQLNumber>(l: Expr<N>, r: Expr<N>) -> Expr<N> { expr(.multiply, l.tree, r.tree) }
/// `l * r`.
public func * <N: SQLNumber>(l: Expr<N>, r: N.Base) -> Expr<N> { expr(.multiply, l.tree, N.Base.literal(r)) }

/// `l / r`; a zero `r` fails the query.
public func / <N: SQLNumber>(l: Expr<N>, r: Expr<N>) -> Expr<N> where N.Base == Double {
    expr(.divide, l.tree, r.tree)
}
/// `l / r`; a zero `r` fails the query.
public func / <N: SQLNumber>(l: Expr<N>, r: Double) -> Expr<N> where N.Base == Double {
    expr(.divide, l.tree, Double.literal(r))
}
/// `l / r` of whole numbers and decimals is a decimal, with at least six digits behind the point.
public func / <N: SQLExactNumber>(l: Expr<N>, r: Expr<N>) -> Expr<Decimal128> { expr(.divide, l.tree, r.tree) }
/// `l / r` of whole numbers and decimals is a decimal, with at least six digits behind the point.
public func / <N: SQLExactNumber>(l: Expr<N?>, r: Expr<N?>) -> Expr<Decimal128?> { expr(.divide, l.tree, r.tree) }

/// `l % r`, with the sign of `l`.
public func % <N: SQLNumber>(l: Expr<N>, r: Expr<N>) -> Expr<N> { expr(.modulo, l.tree, r.tree) }
/// `l % r`, with the sign of `l`.
public func % <N: SQLNumber>(l: Expr<N>, r: N.Base) -> Expr<N> { expr(.modulo, l.tree, N.Base.literal(r)) }

/// `-x`.
public prefix func - <N: SQLNumber>(operand: Expr<N>) -> Expr<N> {
    Expr(tree: Expression(.unary(.minus, operand.tree)))
}

extension Expr where Value.Base: SQLNumber {
    /// `ROUND(x, digits)`: half away from zero, `digits` behind the point.
    public func rounded(_ digits: Int = 0) -> Expr<Value> {
        Expr(tree: SyntaxTree.call("ROUND", tree, Int.literal(digits)))
    }
    /// `ABS(x)`.
    public var magnitude: Expr<Value> { Expr(tree: SyntaxTree.call("ABS", tree)) }
    /// `x / y`, or NULL where `y` is zero or NULL (dbt_utils' safe_divide).
    public func safelyDivided<R: SQLNumber>(by other: Expr<R>) -> Expr<Double?> {
        let divisor = SyntaxTree.call("NULLIF", other.tree, Int.literal(0))
        return Expr<Double?>(tree: SyntaxTree.cast(SyntaxTree.binary(.divide, tree, divisor), to: .float))
    }
}
