import WarehouseSQL

/// An item behind a comma of FROM that is a row of joins, with a lateral item among them:
/// `t, LATERAL FLATTEN(t.x) f LEFT JOIN u ON …`.
///
/// Only joins that keep or multiply rows of their left side are taken: for them it is the same whether what stands left
/// of the comma comes in before or behind them. RIGHT and FULL joins, and USING, stay as they are.
struct LateralChain {
    let first: TableExpression
    /// From left to right; what their left sides are is bound already.
    let joins: [Join]

    /// Nil when the item is nothing such.
    init?(_ item: TableExpression) {
        var joins: [Join] = [], rest = item, hasLateral = false
        while case .join(let join) = rest.kind, rest.alias == nil, rest.sample == nil {
            guard join.kind == .inner || join.kind == .left || join.kind == .cross else { return nil }
            switch join.condition {
            case .none, .on: break
            case .using, .natural: return nil
            }
            hasLateral = hasLateral || Self.isLateral(join.right)
            joins.append(join)
            rest = join.left
        }
        guard !joins.isEmpty, hasLateral || Self.isLateral(rest) else { return nil }
        first = rest
        self.joins = joins.reversed()
    }

    static func isLateral(_ item: TableExpression) -> Bool {
        switch item.kind {
        case .function, .subquery(_, true): item.sample == nil
        default: false
        }
    }
}
