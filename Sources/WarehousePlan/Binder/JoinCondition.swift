import WarehouseBasics

/// Sorts the terms of a join's condition into keys and the rest.
enum JoinCondition {
    /// A join on `condition` (nil or TRUE: every pair), with its equalities as keys.
    static func join(_ kind: JoinKind, _ left: LogicalPlan, _ right: LogicalPlan, on condition: BoundExpression?)
        -> LogicalPlan {
        .join(split(LogicalJoin(kind: kind, left: left, right: right, keys: [], residual: condition)))
    }

    /// Moves equalities between the two sides from the residual to the keys.
    static func split(_ join: LogicalJoin) -> LogicalJoin {
        guard let residual = join.residual else { return join }
        let leftIDs = Set(join.left.columns.map(\.id))
        let rightIDs = Set(join.right.columns.map(\.id))
        var result = join
        var rest: [BoundExpression] = []
        for term in residual.conjuncts {
            if case .constant(let constant) = term, constant.value == .boolean(true) { continue }
            if let key = key(term, leftIDs, rightIDs) {
                if !result.keys.contains(key) { result.keys.append(key) }
            } else {
                rest.append(term)
            }
        }
        result.residual = BoundExpression.all(rest)
        return result
    }

    /// The equality of one side's expression with the other's that a term is.
    static func key(_ term: BoundExpression, _ left: Set<ColumnID>, _ right: Set<ColumnID>) -> JoinKey? {
        guard case .comparison(let op, let a, let b) = term, op == .equal || op == .notDistinct,
              term.isDeterministic else { return nil }
        let (x, y) = (a.columnIDs, b.columnIDs)
        guard !x.isEmpty, !y.isEmpty else { return nil }
        let nullsEqual = op == .notDistinct
        if x.isSubset(of: left), y.isSubset(of: right) { return JoinKey(left: a, right: b, nullsEqual: nullsEqual) }
        if x.isSubset(of: right), y.isSubset(of: left) { return JoinKey(left: b, right: a, nullsEqual: nullsEqual) }
        return nil
    }
}
