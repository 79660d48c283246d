import WarehouseSQL

/// What a window function looks at: `PARTITION BY … ORDER BY …`.
public struct Window: Sendable {
    var specification = WindowSpecification()

    /// Rows with equal keys.
    public static func partition(by keys: any AnyExpr...) -> Window {
        Window(specification: WindowSpecification(partitionBy: keys.map(\.tree)))
    }

    /// All rows, in this order.
    public static func order(by keys: Order...) -> Window {
        Window(specification: WindowSpecification(orderBy: keys.map(\.item)))
    }

    /// The same rows, in this order.
    public func order(by keys: Order...) -> Window {
        var copy = self
        copy.specification.orderBy += keys.map(\.item)
        return copy
    }
}

/// `ROW_NUMBER() OVER (…)`: 1, 2, 3, …; ties in scan order.
public func rowNumber(over window: Window) -> Expr<Int64> { windowed("ROW_NUMBER", window) }
/// `RANK() OVER (…)`: ties share a rank, and leave a gap behind them.
public func rank(over window: Window) -> Expr<Int64> { windowed("RANK", window) }
/// `DENSE_RANK() OVER (…)`: ties share a rank, without gaps.
public func denseRank(over window: Window) -> Expr<Int64> { windowed("DENSE_RANK", window) }
/// `LAG(x, offset) OVER (…)`: the value `offset` rows before, NULL where there is none.
public func lag<V: SQLValue>(_ expression: Expr<V>, _ offset: Int = 1, over window: Window) -> Expr<V.Base?> {
    windowed("LAG", window, [expression.tree, Int.literal(offset)])
}
/// `LEAD(x, offset) OVER (…)`: the value `offset` rows after, NULL where there is none.
public func lead<V: SQLValue>(_ expression: Expr<V>, _ offset: Int = 1, over window: Window) -> Expr<V.Base?> {
    windowed("LEAD", window, [expression.tree, Int.literal(offset)])
}

extension Expr {
    /// An aggregate as a window function: `sum(x).over(.partition(by: y))`. Of anything else it is the thing itself.
    public func over(_ window: Window) -> Expr<Value> {
        guard case .function(var call) = tree.kind else { return self }
        call.over = .specification(window.specification)
        return Expr(tree: Expression(.function(call)))
    }
}

private func windowed<V>(_ name: String, _ window: Window, _ arguments: [Expression] = []) -> Expr<V> {
    Expr(tree: Expression(.function(FunctionCall(
        name: ObjectReference([Identifier(name: name)]), arguments: arguments.map { .expression($0) },
        over: .specification(window.specification)))))
}
