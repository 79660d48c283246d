import WarehouseBasics

/// The part of predicate pushdown that knows joins.
struct PushIntoJoin {
    /// Pushes predicates into an input.
    let push: ([BoundExpression], LogicalPlan) -> LogicalPlan

    func apply(_ predicates: [BoundExpression], _ join: LogicalJoin) -> LogicalPlan {
        var join = join
        let rightIDs = Set(join.right.columns.map(\.id))
        if join.kind == .left, predicates.contains(where: { NullRejection.rejects($0, nullsOf: rightIDs) }) {
            join.kind = .inner
        }
        switch join.kind {
        case .inner: return inner(predicates, join)
        case .left: return left(predicates, join)
        case .semi, .anti: return semi(predicates, join)
        case .right, .full:
            join.left = push([], join.left)
            join.right = push([], join.right)
            return filtered(.join(join), predicates)
        }
    }

    private func filtered(_ plan: LogicalPlan, _ predicates: [BoundExpression]) -> LogicalPlan {
        BoundExpression.all(predicates).map { .filter(plan, $0) } ?? plan
    }

    private enum Side { case left, right, both }

    private func side(_ predicate: BoundExpression, _ left: Set<ColumnID>, _ right: Set<ColumnID>) -> Side {
        let used = predicate.columnIDs
        if !predicate.isDeterministic { return .both }
        if used.isDisjoint(with: right) { return .left }
        return used.isDisjoint(with: left) ? .right : .both
    }

    /// Conditions on one side go there; equalities become keys; the rest stays with the join.
    private func inner(_ predicates: [BoundExpression], _ join: LogicalJoin) -> LogicalPlan {
        let (leftIDs, rightIDs) = (Set(join.left.columns.map(\.id)), Set(join.right.columns.map(\.id)))
        var result = join
        let all = predicates + (join.residual?.conjuncts ?? [])
        var (toLeft, toRight, both): ([BoundExpression], [BoundExpression], [BoundExpression]) = ([], [], [])
        for predicate in all.flatMap(\.conjuncts) {
            switch side(predicate, leftIDs, rightIDs) {
            case .left: toLeft.append(predicate)
            case .right: toRight.append(predicate)
            case .both:
                both.append(predicate)
                let implied = DisjunctionSides.implied(predicate, leftIDs, rightIDs)
                toLeft += implied.left
                toRight += implied.right
            }
        }
        result.residual = BoundExpression.all(both)
        result = JoinCondition.split(result)
        toRight += mirrored(toLeft, result.keys, toRight: true).filter { !toRight.contains($0) }
        toLeft += mirrored(toRight, result.keys, toRight: false).filter { !toLeft.contains($0) }
        result.left = push(toLeft, join.left)
        result.right = push(toRight, join.right)
        return .join(result)
    }

    /// What a comparison of one key with constants says of the key on the other side.
    private func mirrored(_ predicates: [BoundExpression], _ keys: [JoinKey], toRight: Bool) -> [BoundExpression] {
        predicates.flatMap { predicate -> [BoundExpression] in
            guard Self.comparesWithConstants(predicate) else { return [] }
            return keys.compactMap { key in
                let (from, to) = toRight ? (key.left, key.right) : (key.right, key.left)
                guard case .column(let column) = from, predicate.columnIDs == [column.id], !key.nullsEqual,
                      from.type.isSameForm(as: to.type) else { return nil }
                return predicate.replacing([column.id: to])
            }
        }
    }

    private static func comparesWithConstants(_ predicate: BoundExpression) -> Bool {
        switch predicate {
        case .comparison(let op, .column, .constant), .comparison(let op, .constant, .column):
            return op != .notDistinct && op != .distinct
        case .inList(.column, let list, false): return list.allSatisfy(\.isConstant)
        default: return false
        }
    }

    /// Left rows all stay: conditions from above may go left; those of ON may go right.
    private func left(_ predicates: [BoundExpression], _ join: LogicalJoin) -> LogicalPlan {
        let (leftIDs, rightIDs) = (Set(join.left.columns.map(\.id)), Set(join.right.columns.map(\.id)))
        var result = join
        let toLeft = predicates.filter { side($0, leftIDs, rightIDs) == .left }
        let above = predicates.filter { side($0, leftIDs, rightIDs) != .left }
        let conditions = join.residual?.conjuncts ?? []
        var toRight = conditions.filter { side($0, leftIDs, rightIDs) == .right }
        result.residual = BoundExpression.all(conditions.filter { side($0, leftIDs, rightIDs) != .right })
        toRight += mirrored(toLeft, result.keys, toRight: true).filter { !toRight.contains($0) }
        result.left = push(toLeft, join.left)
        result.right = push(toRight, join.right)
        return filtered(.join(result), above)
    }

    private func semi(_ predicates: [BoundExpression], _ join: LogicalJoin) -> LogicalPlan {
        let (leftIDs, rightIDs) = (Set(join.left.columns.map(\.id)), Set(join.right.columns.map(\.id)))
        var result = join
        var toLeft = predicates.filter(\.isDeterministic)
        let above = predicates.filter { !$0.isDeterministic }
        var (toRight, both): ([BoundExpression], [BoundExpression]) = ([], [])
        for condition in join.residual?.conjuncts ?? [] {
            switch side(condition, leftIDs, rightIDs) {
            case .right: toRight.append(condition)
            case .left where join.kind == .semi: toLeft.append(condition)
            case .left, .both: both.append(condition)
            }
        }
        result.residual = BoundExpression.all(both)
        toRight += mirrored(toLeft, result.keys, toRight: true).filter { !toRight.contains($0) }
        result.left = push(toLeft, join.left)
        result.right = push(toRight, join.right)
        return filtered(.join(result), above)
    }
}

/// Whether a condition is never TRUE for a row of NULLs, as an outer join puts out where nothing matched.
enum NullRejection {
    static func rejects(_ condition: BoundExpression, nullsOf columns: Set<ColumnID>) -> Bool {
        switch condition {
        case .comparison(let op, let left, let right):
            guard op != .notDistinct, op != .distinct else { return false }
            return isNull(left, columns) || isNull(right, columns)
        case .isNull(let operand, negated: true): return isNull(operand, columns)
        case .conjunction(let terms): return terms.contains { rejects($0, nullsOf: columns) }
        case .disjunction(let terms): return terms.allSatisfy { rejects($0, nullsOf: columns) }
        case .inList(let value, _, _): return isNull(value, columns)
        case .not(let operand):
            if case .comparison = operand { return rejects(operand, nullsOf: columns) }
            return false
        case .call(let name, let arguments, _):
            return ConstantRules.strict.contains(name) && arguments.contains { isNull($0, columns) }
        case .column(let column): return columns.contains(column.id)
        default: return false
        }
    }

    /// Whether the expression is NULL when the columns are.
    private static func isNull(_ expression: BoundExpression, _ columns: Set<ColumnID>) -> Bool {
        switch expression {
        case .column(let column): return columns.contains(column.id)
        case .cast(let operand, _, _): return isNull(operand, columns)
        case .call(let name, let arguments, _):
            return ConstantRules.strict.contains(name) && arguments.contains { isNull($0, columns) }
        default: return false
        }
    }
}

/// What an OR over both sides of a join says of one side alone: `(a.x = 1 AND b.y = 2) OR (a.x = 3 AND b.y = 4)` allows
/// only rows of a with x 1 or 3.
enum DisjunctionSides {
    static func implied(_ predicate: BoundExpression, _ left: Set<ColumnID>, _ right: Set<ColumnID>)
        -> (left: [BoundExpression], right: [BoundExpression]) {
        guard case .disjunction(let branches) = predicate, predicate.isDeterministic else { return ([], []) }
        return (one(branches, without: right).map { [$0] } ?? [], one(branches, without: left).map { [$0] } ?? [])
    }

    private static func one(_ branches: [BoundExpression], without other: Set<ColumnID>) -> BoundExpression? {
        var parts: [BoundExpression] = []
        for branch in branches {
            let own = branch.conjuncts.filter { !$0.columnIDs.isEmpty && $0.columnIDs.isDisjoint(with: other) }
            guard let all = BoundExpression.all(own) else { return nil }
            parts.append(all)
        }
        return parts.count > 1 ? .disjunction(parts) : nil
    }
}
