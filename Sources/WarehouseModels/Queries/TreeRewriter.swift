import WarehouseSQL

/// Makes a changed copy of a syntax tree. Every part is visited: FROM before the items that refer to it.
struct TreeRewriter {
    /// Called for every expression before its parts; a result takes its place and is not looked into.
    var expression: (Expression) -> Expression? = { _ in nil }
    /// The parts of a column's name.
    var column: ([Identifier]) -> [Identifier] = { $0 }
    /// A table's name in FROM.
    var relation: (ObjectReference) -> ObjectReference = { $0 }
    /// An alias in FROM.
    var alias: (Identifier) -> Identifier = { $0 }
    /// Told of each call, of table functions too.
    var call: (FunctionCall) -> Void = { _ in }
    /// Told of each item of FROM.
    var item: (TableExpression) -> Void = { _ in }
    /// Told of each query.
    var query: (WarehouseSQL.Query) -> Void = { _ in }

    mutating func rewrite(_ tree: Expression) -> Expression {
        if let replacement = expression(tree) { return replacement }
        return Expression(rewrite(tree.kind), span: tree.span)
    }

    mutating func rewrite(_ trees: [Expression]) -> [Expression] {
        var result: [Expression] = []
        for tree in trees { result.append(rewrite(tree)) }
        return result
    }

    mutating func rewrite(_ tree: Expression?) -> Expression? {
        guard let tree else { return nil }
        return rewrite(tree) as Expression
    }

    private mutating func rewrite(_ kind: ExpressionKind) -> ExpressionKind {
        switch kind {
        case .column(let parts): .column(column(parts))
        case .literal, .identifier, .fileColumn, .variable, .parameter, .defaultValue: kind
        case .unary(let op, let operand): .unary(op, rewrite(operand))
        case .binary(let op, let left, let right): .binary(op, rewrite(left), rewrite(right))
        case .logical(let op, let operands): .logical(op, rewrite(operands))
        case .concatenation(let operands): .concatenation(rewrite(operands))
        case .isNull(let operand, let negated): .isNull(rewrite(operand), isNegated: negated)
        case .isBoolean(let operand, let value, let negated): .isBoolean(rewrite(operand), value, isNegated: negated)
        case .between(let operand, let low, let high, let negated):
            .between(rewrite(operand), low: rewrite(low), high: rewrite(high), isNegated: negated)
        case .inList(let operand, let list, let negated):
            .inList(rewrite(operand), rewrite(list), isNegated: negated)
        case .inSubquery(let operand, let query, let negated):
            .inSubquery(rewrite(operand), rewrite(query), isNegated: negated)
        case .patternMatch(let match): .patternMatch(rewrite(match))
        case .quantified(let comparison): .quantified(rewrite(comparison))
        case .conditional(let conditional): .conditional(rewrite(conditional))
        case .cast(var cast): .cast({ cast.operand = rewrite(cast.operand); return cast }())
        case .function(let call): .function(rewrite(call))
        case .extract(let part, let operand): .extract(part: part, from: rewrite(operand))
        case .collate(let operand, let collation): .collate(rewrite(operand), collation)
        case .subquery(let query): .subquery(rewrite(query))
        case .exists(let query): .exists(rewrite(query))
        case .path(let operand, let steps): .path(rewrite(operand), rewrite(steps))
        case .element(let operand, let index): .element(rewrite(operand), rewrite(index))
        case .array(let elements): .array(rewrite(elements))
        case .object(let literal): .object(rewrite(literal))
        case .tuple(let elements): .tuple(rewrite(elements))
        case .lambda(var lambda): .lambda({ lambda.body = rewrite(lambda.body); return lambda }())
        case .outerJoinMark(let operand): .outerJoinMark(rewrite(operand))
        }
    }

    private mutating func rewrite(_ steps: [PathStep]) -> [PathStep] {
        var result: [PathStep] = []
        for step in steps {
            if case .subscription(let index) = step { result.append(.subscription(rewrite(index))) }
            else { result.append(step) }
        }
        return result
    }

    private mutating func rewrite(_ literal: ObjectLiteral) -> ObjectLiteral {
        guard case .entries(let entries) = literal else { return literal }
        var result: [ObjectEntry] = []
        for entry in entries { result.append(ObjectEntry(key: rewrite(entry.key), value: rewrite(entry.value))) }
        return .entries(result)
    }

    private mutating func rewrite(_ match: PatternMatch) -> PatternMatch {
        var copy = match
        copy.operand = rewrite(match.operand)
        copy.escape = rewrite(match.escape)
        switch match.patterns {
        case .one(let pattern): copy.patterns = .one(rewrite(pattern))
        case .list(let quantifier, let patterns): copy.patterns = .list(quantifier, rewrite(patterns))
        case .subquery(let quantifier, let query): copy.patterns = .subquery(quantifier, rewrite(query))
        }
        return copy
    }

    private mutating func rewrite(_ comparison: QuantifiedComparison) -> QuantifiedComparison {
        var copy = comparison
        copy.left = rewrite(comparison.left)
        copy.query = rewrite(comparison.query)
        return copy
    }

    private mutating func rewrite(_ conditional: CaseExpression) -> CaseExpression {
        var branches: [CaseBranch] = []
        for branch in conditional.branches {
            branches.append(CaseBranch(condition: rewrite(branch.condition), result: rewrite(branch.result)))
        }
        return CaseExpression(
            operand: rewrite(conditional.operand), branches: branches, otherwise: rewrite(conditional.otherwise))
    }

    mutating func rewrite(_ call: FunctionCall) -> FunctionCall {
        self.call(call)
        var copy = call
        copy.arguments = []
        for argument in call.arguments {
            switch argument {
            case .expression(let value): copy.arguments.append(.expression(rewrite(value)))
            case .named(let name, let value): copy.arguments.append(.named(name, rewrite(value)))
            case .query(let query): copy.arguments.append(.query(rewrite(query)))
            case .star(let star): copy.arguments.append(.star(rewrite(star)))
            }
        }
        copy.orderBy = rewrite(call.orderBy)
        copy.withinGroup = rewrite(call.withinGroup)
        copy.filter = rewrite(call.filter)
        if case .specification(let specification)? = call.over { copy.over = .specification(rewrite(specification)) }
        return copy
    }

    mutating func rewrite(_ items: [OrderItem]) -> [OrderItem] {
        var result: [OrderItem] = []
        for item in items {
            result.append(OrderItem(
                expression: rewrite(item.expression), direction: item.direction, nulls: item.nulls))
        }
        return result
    }

    mutating func rewrite(_ specification: WindowSpecification) -> WindowSpecification {
        var copy = specification
        copy.partitionBy = rewrite(specification.partitionBy)
        copy.orderBy = rewrite(specification.orderBy)
        return copy
    }

    /// The qualifier of `t.*` is an alias in FROM.
    mutating func rewrite(_ star: StarItem) -> StarItem {
        guard star.qualifier.count == 1 else { return star }
        var copy = star
        copy.qualifier = [alias(star.qualifier[0])]
        return copy
    }
}
