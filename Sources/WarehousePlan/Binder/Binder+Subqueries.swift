import WarehouseBasics
import WarehouseSQL

extension Binder {
    // MARK: Filters

    /// The rows of `plan` that satisfy `expression`, whose EXISTS and IN terms become semi and anti joins.
    /// `sink` holds the subqueries of the other terms; they are joined here and taken out of it.
    func filtered(_ plan: LogicalPlan, by expression: Expression, _ context: ExpressionContext,
                  consuming sink: SubquerySink) throws -> LogicalPlan {
        let terms: [Expression]
        if case .logical(.and, let operands) = expression.kind { terms = operands } else { terms = [expression] }
        var plain: [BoundExpression] = []
        var subqueries: [Expression] = []
        for term in terms {
            if Self.isSubqueryTerm(term) {
                subqueries.append(term)
            } else {
                let bound = try bindExpression(term, context)
                plain.append(try CompilationError.at(term.span) { try factory.condition(bound) })
            }
        }
        var result = try attach(sink.subqueries, to: plan)
        sink.subqueries = []
        let condition = try factory.and(plain)
        if case .constant(let constant) = condition, constant.value == .boolean(true) {} else {
            result = .filter(result, condition)
        }
        for term in subqueries {
            result = try semiJoined(result, term, negated: false, context, consuming: sink)
        }
        return result
    }

    private static func isSubqueryTerm(_ expression: Expression) -> Bool {
        switch expression.kind {
        case .exists, .inSubquery: true
        case .unary(.not, let operand): isSubqueryTerm(operand)
        default: false
        }
    }

    private func semiJoined(_ plan: LogicalPlan, _ term: Expression, negated: Bool, _ context: ExpressionContext,
                            consuming sink: SubquerySink) throws -> LogicalPlan {
        switch term.kind {
        case .unary(.not, let operand):
            return try semiJoined(plan, operand, negated: !negated, context, consuming: sink)
        case .exists(let query):
            let relation = try bindQuery(query, outer: context.scope, tables: context.tables)
            return try SubqueryJoin(binder: self).exists(plan, relation, negated: negated)
        case .inSubquery(let operand, let query, let isNegated):
            let (values, relation) = try membershipSides(operand, query, context)
            let input = try attach(sink.subqueries, to: plan)
            sink.subqueries = []
            return try SubqueryJoin(binder: self).membership(input, values, relation, negated: negated != isNegated)
        default:
            throw WarehouseError(.internalFault, "Not a subquery term.")
        }
    }

    // MARK: Values

    /// The plan with a column for each subquery, beside all of its own.
    func attach(_ subqueries: [PendingSubquery], to plan: LogicalPlan) throws -> LogicalPlan {
        try subqueries.reduce(plan) { plan, subquery in
            let joined = try attach(subquery, to: plan)
            return subquery.isSecure ? .fence(joined) : joined
        }
    }

    private func attach(_ subquery: PendingSubquery, to plan: LogicalPlan) throws -> LogicalPlan {
        let join = SubqueryJoin(binder: self)
        switch subquery.kind {
        case .scalar: return try join.scalar(plan, subquery.relation, output: subquery.output)
        case .exists: return try join.existence(plan, subquery.relation, output: subquery.output)
        case .membership(let values):
            return try join.member(plan, values, subquery.relation, output: subquery.output)
        case .computed(let value):
            return .project(plan, plan.columns.map { Projection($0, .column($0)) } + [Projection(subquery.output, value)])
        case .quantified(let value, let op, let isAny):
            return try join.quantified(plan, value, op, isAny: isAny, subquery.relation, output: subquery.output)
        }
    }

    // MARK: LATERAL

    /// `LATERAL (query)`: the query for each row on its left.
    func bindLateral(_ query: Query, _ item: TableExpression, after left: FromResult?, _ place: FromPlace,
                     isOuter: Bool) throws -> ItemResult {
        guard let left else {
            let relation = try bindQuery(query, outer: place.outer, tables: place.tables)
            return .alone(try named(relation, qualifier: [], item))
        }
        let relation = try bindQuery(query, outer: left.scope(parent: place.outer), tables: place.tables)
        let (inner, predicates) = try Decorrelation(outer: left.plan, binder: self).apply(to: relation)
        let plan = JoinCondition.join(isOuter ? .left : .inner, left.plan, inner, on: BoundExpression.all(predicates))
        let columns = isOuter ? relation.columns.map(\.madeNullable) : relation.columns
        let own = try named(Relation(plan: plan, columns: columns), qualifier: [], item)
        return .combined(FromResult(plan: plan, relations: left.relations + own.relations, merged: left.merged))
    }
}
