import WarehouseBasics

extension SubqueryJoin {
    /// `value op ANY|ALL (subquery)` as a value: the least and the greatest of the rows decide, and how many of them
    /// are NULL.
    func quantified(_ plan: LogicalPlan, _ value: BoundExpression, _ op: ComparisonOperator, isAny: Bool,
                    _ relation: Binder.Relation, output: PlanColumn) throws -> LogicalPlan {
        let column = BoundExpression.column(relation.columns[0])
        let calls = try [("MIN", [column]), ("MAX", [column]), ("COUNT", []), ("COUNT", [column])].map {
            try factory.aggregate($0.0, $0.1, id: binder.ids.make())
        }
        let input = relation.withoutOrder.plan
        let totals = LogicalPlan.aggregate(LogicalAggregate(input: input, groups: [], aggregates: calls))
        let columns = calls.map(\.column)
        guard isCorrelated(relation, with: plan) else {
            let answer = try decided(value, op, isAny: isAny, columns.map { .column($0) })
            return projected(cross(plan, totals), plan, output, answer)
        }
        let whole = Binder.Relation(plan: totals, columns: columns)
        let (inner, predicates) = try Decorrelation(outer: plan, binder: binder).apply(to: whole, isValue: true)
        let joined = JoinCondition.join(.left, plan, inner, on: BoundExpression.all(predicates))
        var found = columns.map { BoundExpression.column($0.madeNullable) }
        for index in 2..<found.count {
            found[index] = try factory.call("COALESCE", [found[index], .constant(.integer(0))])
        }
        return projected(joined, plan, output, try decided(value, op, isAny: isAny, found))
    }

    private func projected(_ input: LogicalPlan, _ plan: LogicalPlan, _ output: PlanColumn, _ value: BoundExpression)
        -> LogicalPlan {
        .project(input, plan.columns.map { Projection($0, .column($0)) } + [Projection(output, value)])
    }

    /// `totals`: the least row, the greatest, how many there are, and how many of them are not NULL.
    private func decided(_ value: BoundExpression, _ op: ComparisonOperator, isAny: Bool,
                         _ totals: [BoundExpression]) throws -> BoundExpression {
        let (least, greatest) = (totals[0], totals[1])
        let comparison: BoundExpression = switch op {
        case .less, .lessOrEqual: try factory.comparison(op, value, isAny ? greatest : least)
        case .greater, .greaterOrEqual: try factory.comparison(op, value, isAny ? least : greatest)
        case .notEqual:
            try factory.or([try factory.comparison(.notEqual, value, least),
                            try factory.comparison(.notEqual, value, greatest)])
        default:
            try factory.and([try factory.comparison(.equal, value, least),
                             try factory.comparison(.equal, value, greatest)])
        }
        let isEmpty = try factory.comparison(.equal, totals[2], .constant(.integer(0)))
        let hasNull = try factory.comparison(.less, totals[3], totals[2])
        let isUnknown = try factory.or([factory.isNull(value), hasNull])
        return try factory.caseWhen([
            (isEmpty, .constant(.boolean(!isAny))),
            (isAny ? comparison : try factory.not(comparison), .constant(.boolean(isAny))),
            (isUnknown, .constant(.null(.boolean))),
        ], otherwise: .constant(.boolean(!isAny)))
    }
}
