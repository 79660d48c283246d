import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindPredicate(_ expression: Expression, _ context: ExpressionContext) throws -> BoundExpression {
        switch expression.kind {
        case .isNull(let operand, let isNegated):
            return factory.isNull(try bindExpression(operand, context), negated: isNegated)
        case .isBoolean(let operand, let value, let isNegated):
            let truth = try factory.condition(try bindExpression(operand, context))
            return try factory.comparison(isNegated ? .distinct : .notDistinct, truth, .constant(.boolean(value)))
        case .between(let operand, let low, let high, let isNegated):
            return try bindBetween(operand, low, high, isNegated: isNegated, context)
        case .inList(let operand, let list, let isNegated):
            return try bindInList(operand, list, isNegated: isNegated, context)
        case .inSubquery(let operand, let query, let isNegated):
            return try bindMembership(operand, query, isNegated: isNegated, context)
        case .patternMatch(let match): return try bindPattern(match, at: expression.span, context)
        case .quantified(let quantified): return try bindQuantified(quantified, at: expression.span, context)
        case .exists(let query):
            let relation = try bindQuery(query, outer: context.scope, tables: context.tables)
            return pending(.exists, relation, make("EXISTS", .boolean, isNullable: false), context)
        default: throw WarehouseError(.internalFault, "Not a predicate.")
        }
    }

    private func bindBetween(_ operand: Expression, _ low: Expression, _ high: Expression, isNegated: Bool,
                             _ context: ExpressionContext) throws -> BoundExpression {
        let value = try bindExpression(operand, context)
        let (from, to) = (try bindExpression(low, context), try bindExpression(high, context))
        if isNegated {
            return try factory.or([try factory.comparison(.less, value, from),
                try factory.comparison(.greater, value, to)])
        }
        return try factory.and([try factory.comparison(.greaterOrEqual, value, from),
                                try factory.comparison(.lessOrEqual, value, to)])
    }

    private func bindInList(_ operand: Expression, _ list: [Expression], isNegated: Bool,
                            _ context: ExpressionContext) throws -> BoundExpression {
        if case .tuple(let lefts) = operand.kind {
            let matches = try list.map { entry -> BoundExpression in
                guard case .tuple(let rights) = entry.kind else {
                    throw CompilationError.make(.invalidArgumentTypes, "A row value is expected", at: entry.span)
                }
                return try bindTuples(.equal, lefts, rights, context)
            }
            let any = try factory.or(matches)
            return isNegated ? try factory.not(any) : any
        }
        return try factory.inList(try bindExpression(operand, context), try bindAll(list, context), negated: isNegated)
    }

    // MARK: Patterns

    private func bindPattern(_ match: PatternMatch, at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        let operand = try bindExpression(match.operand, context)
        let escape = try match.escape.map { try bindExpression($0, context) }
        let name = match.matcher == .rlike ? "REGEXP_LIKE" : match.matcher.rawValue
        func call(_ pattern: BoundExpression) throws -> BoundExpression {
            try factory.call(name, [operand, pattern] + (escape.map { [$0] } ?? []))
        }
        func one(_ pattern: Expression) throws -> BoundExpression { try call(try bindExpression(pattern, context)) }
        let result: BoundExpression
        switch match.patterns {
        case .one(let pattern): result = try one(pattern)
        case .list(let quantifier, let patterns):
            let terms = try patterns.map(one)
            result = quantifier == .any ? try factory.or(terms) : try factory.and(terms)
        case .subquery(let quantifier, let query):
            result = try bindPatternSubquery(query, isAny: quantifier == .any, context, call: call)
        }
        return match.isNegated ? try factory.not(result) : result
    }

    // MARK: Subqueries

    /// Notes a subquery to be joined, and gives the column that stands for its value.
    func pending(_ kind: PendingSubquery.Kind, _ relation: Relation, _ output: PlanColumn,
                 _ context: ExpressionContext) -> BoundExpression {
        context.sink.subqueries.append(PendingSubquery(kind: kind, output: output, relation: relation))
        return .column(output)
    }

    func bindScalarSubquery(_ query: Query, _ context: ExpressionContext) throws -> BoundExpression {
        let relation = try bindQuery(query, outer: context.scope, tables: context.tables)
        guard relation.columns.count == 1 else { throw Self.subqueryColumns(relation.columns.count, at: query.span) }
        return pending(.scalar, relation, make(relation.columns[0].name, relation.columns[0].type), context)
    }

    static func subqueryColumns(_ count: Int, at span: SourceSpan) -> WarehouseError {
        CompilationError.make(.invalidArgumentTypes, "Invalid subquery: one column is expected, but it gives \(count)",
                              at: span)
    }

    /// `x [NOT] IN (query)`, also of row values.
    private func bindMembership(_ operand: Expression, _ query: Query, isNegated: Bool,
                                _ context: ExpressionContext) throws -> BoundExpression {
        let (values, relation) = try membershipSides(operand, query, context)
        let member = pending(.membership(values), relation, make("IN", .boolean), context)
        return isNegated ? try factory.not(member) : member
    }

    /// Both sides of IN in common types.
    func membershipSides(_ operand: Expression, _ query: Query, _ context: ExpressionContext) throws
        -> (values: [BoundExpression], relation: Relation) {
        var values: [BoundExpression]
        if case .tuple(let parts) = operand.kind {
            values = try bindAll(parts, context)
        } else {
            values = [try bindExpression(operand, context)]
        }
        var relation = try bindQuery(query, outer: context.scope, tables: context.tables)
        guard relation.columns.count == values.count else {
            throw Self.subqueryColumns(relation.columns.count, at: query.span)
        }
        var projections: [Projection] = []
        for (index, column) in relation.columns.enumerated() {
            guard let type = Coercion.common(values[index].type, column.type) else {
                throw ExpressionFactory.invalidArguments("IN", [values[index], .column(column)])
            }
            values[index] = try factory.implicit(values[index], to: type)
            let value = try factory.implicit(.column(column), to: type)
            projections.append(Projection(make(column.name, value.type, isNullable: value.isNullable), value))
        }
        if projections.contains(where: { if case .column = $0.expression { false } else { true } }) {
            relation = Relation(plan: .project(relation.plan, projections), columns: projections.map(\.column))
        }
        return (values, relation)
    }

    private func bindQuantified(_ quantified: QuantifiedComparison, at span: SourceSpan,
                                _ context: ExpressionContext) throws -> BoundExpression {
        switch (quantified.comparison, quantified.quantifier) {
        case (.equal, .any):
            return try bindMembership(quantified.left, quantified.query, isNegated: false, context)
        case (.notEqual, .all):
            return try bindMembership(quantified.left, quantified.query, isNegated: true, context)
        default:
            guard let op = quantified.comparison.comparison, op != .distinct, op != .notDistinct else {
                throw CompilationError.unsupported("\(quantified.comparison.rawValue) "
                    + "\(quantified.quantifier.rawValue) (subquery)", at: span)
            }
            let (values, relation) = try membershipSides(quantified.left, quantified.query, context)
            guard values.count == 1 else {
                throw CompilationError.unsupported("order comparison of row values", at: span)
            }
            let kind = PendingSubquery.Kind.quantified(values[0], op, isAny: quantified.quantifier == .any)
            return pending(kind, relation, make("COMPARED", .boolean), context)
        }
    }
}
