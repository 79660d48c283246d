import WarehouseSQL

/// `COUNT(*)`.
public func count() -> Expr<Int64> { Expr(tree: SyntaxTree.countStar) }
/// `COUNT(x)`: how many are not NULL.
public func count<V: SQLValue>(_ expression: Expr<V>) -> Expr<Int64> {
    Expr(tree: SyntaxTree.call("COUNT", expression.tree))
}
/// `COUNT(DISTINCT x)`: how many different values that are not NULL.
public func countDistinct<V: SQLValue>(_ expression: Expr<V>) -> Expr<Int64> {
    Expr(tree: SyntaxTree.call("COUNT", [expression.tree], isDistinct: true))
}
/// `COUNT_IF(p)`: how many rows the condition holds for.
public func count(where condition: Predicate) -> Expr<Int64> {
    Expr(tree: SyntaxTree.call("COUNT_IF", condition.tree))
}

/// `SUM(x)`. Without `group(by:)`, of no rows it is NULL.
public func sum<N: SQLNumber>(_ expression: Expr<N>) -> Expr<N> { Expr(tree: SyntaxTree.call("SUM", expression.tree)) }
/// `MIN(x)`. Without `group(by:)`, of no rows it is NULL.
public func min<V: SQLValue>(_ expression: Expr<V>) -> Expr<V> { Expr(tree: SyntaxTree.call("MIN", expression.tree)) }
/// `MAX(x)`. Without `group(by:)`, of no rows it is NULL.
public func max<V: SQLValue>(_ expression: Expr<V>) -> Expr<V> { Expr(tree: SyntaxTree.call("MAX", expression.tree)) }
/// `ANY_VALUE(x)`: the first in scan order.
public func anyValue<V: SQLValue>(_ expression: Expr<V>) -> Expr<V> {
    Expr(tree: SyntaxTree.call("ANY_VALUE", expression.tree))
}

/// `AVG(x)` of a FLOAT.
public func avg<V: SQLValue>(_ expression: Expr<V>) -> Expr<Double?> where V.Base == Double {
    Expr(tree: SyntaxTree.call("AVG", expression.tree))
}
/// `AVG(x)` of whole numbers and decimals: a decimal; of integers NUMBER(38,6).
public func avg<V: SQLValue>(_ expression: Expr<V>) -> Expr<Decimal128?> where V.Base: SQLExactNumber {
    Expr(tree: SyntaxTree.call("AVG", expression.tree))
}

/// `LISTAGG(x, separator) WITHIN GROUP (ORDER BY …)`: '' of no rows.
public func joined<V: SQLValue>(_ expression: Expr<V>, separator: String, by order: Order...) -> Expr<String>
where V.Base == String {
    Expr(tree: Expression(.function(FunctionCall(
        name: ObjectReference(["LISTAGG"]),
        arguments: [.expression(expression.tree), .expression(SyntaxTree.text(separator))],
        withinGroup: order.map(\.item)))))
}
