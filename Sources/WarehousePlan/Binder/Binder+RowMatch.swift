import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// One row that says whether `condition`, over columns around the subquery and the subquery's own, holds for any
    /// or for all of its rows: NULL where that depends on rows for which it is unknown.
    func matching(_ condition: BoundExpression, isAny: Bool, over relation: Relation) throws -> Relation {
        let match = make("MATCH", .boolean)
        let column = BoundExpression.column(match)
        let decisive = try factory.aggregate(isAny ? "BOOLOR_AGG" : "BOOLAND_AGG", [column], id: ids.make())
        let all = try factory.aggregate("COUNT", [], id: ids.make())
        let known = try factory.aggregate("COUNT", [column], id: ids.make())
        let matched = LogicalPlan.project(relation.withoutOrder.plan, [Projection(match, condition)])
        let totals = LogicalAggregate(input: matched, groups: [], aggregates: [decisive, all, known])
        let decision = BoundExpression.column(decisive.column)
        let value = try factory.caseWhen([
            (isAny ? decision : try factory.not(decision), .constant(.boolean(isAny))),
            (try factory.comparison(.less, .column(known.column), .column(all.column)), .constant(.null(.boolean))),
        ], otherwise: .constant(.boolean(!isAny)))
        let answer = make("ANSWER", .boolean)
        return Relation(plan: .project(.aggregate(totals), [Projection(answer, value)]), columns: [answer])
    }

    /// `x LIKE ANY|ALL (query)` and its like, `call` making the match with one pattern.
    func bindPatternSubquery(_ query: Query, isAny: Bool, _ context: ExpressionContext,
                             call: (BoundExpression) throws -> BoundExpression) throws -> BoundExpression {
        let relation = try bindQuery(query, outer: context.scope, tables: context.tables)
        guard relation.columns.count == 1 else { throw Self.subqueryColumns(relation.columns.count, at: query.span) }
        let answer = try matching(try call(.column(relation.columns[0])), isAny: isAny, over: relation)
        return pending(.scalar, answer, make("LIKE", .boolean), context)
    }
}
