import WarehouseBasics

extension Parser {
    /// IS, IN, BETWEEN, LIKE and their kin behind `left`, with NOT; nil when NOT begins something else.
    mutating func parsePredicate(_ left: Expression) throws(WarehouseError) -> ExpressionKind? {
        if isWord("IS") { return try parseIs(left) }
        let isNegated = isWord("NOT")
        if isNegated {
            guard isAnyWord(["IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP"], ahead: 1) else { return nil }
            advance()
        }
        if accept("IN") { return try parseIn(left, isNegated) }
        if accept("BETWEEN") {
            let low = try parseExpression(Precedence.concatenation)
            try expect("AND")
            let high = try parseExpression(Precedence.concatenation)
            return .between(left, low: low, high: high, isNegated: isNegated)
        }
        return .patternMatch(try parsePatternMatch(left, isNegated))
    }

    private mutating func parseIs(_ left: Expression) throws(WarehouseError) -> ExpressionKind {
        advance()
        let isNegated = accept("NOT")
        if accept("NULL") || accept("UNKNOWN") { return .isNull(left, isNegated: isNegated) }
        if accept("TRUE") { return .isBoolean(left, true, isNegated: isNegated) }
        if accept("FALSE") { return .isBoolean(left, false, isNegated: isNegated) }
        guard accept("DISTINCT", "FROM") else {
            throw unexpected(hint: "NULL, TRUE, FALSE or DISTINCT FROM was expected.")
        }
        let right = try parseExpression(Precedence.concatenation)
        return .binary(isNegated ? .isNotDistinctFrom : .isDistinctFrom, left, right)
    }

    private mutating func parseIn(_ left: Expression, _ isNegated: Bool) throws(WarehouseError) -> ExpressionKind {
        if isQueryAhead() {
            return .inSubquery(left, try parseParenthesizedQuery(), isNegated: isNegated)
        }
        let values = try parenthesized { parser throws(WarehouseError) in try parser.parseExpression() }
        return .inList(left, values, isNegated: isNegated)
    }

    private mutating func parsePatternMatch(
        _ left: Expression, _ isNegated: Bool
    ) throws(WarehouseError) -> PatternMatch {
        let matcher: PatternMatch.Operator = switch current.text {
        case "LIKE": .like
        case "ILIKE": .ilike
        default: .rlike
        }
        advance()
        let patterns = try parsePatterns()
        let escape = accept("ESCAPE") ? try parseExpression(Precedence.concatenation) : nil
        return PatternMatch(operand: left, matcher: matcher, patterns: patterns, escape: escape,
                            isNegated: isNegated)
    }

    private mutating func parsePatterns() throws(WarehouseError) -> Patterns {
        guard isAnyWord(["ANY", "SOME", "ALL"]), isSymbol("(", ahead: 1) else {
            return .one(try parseExpression(Precedence.concatenation))
        }
        let quantifier: Quantifier = isWord("ALL") ? .all : .any
        advance()
        if isQueryAhead() { return .subquery(quantifier, try parseParenthesizedQuery()) }
        let values = try parenthesized { parser throws(WarehouseError) in try parser.parseExpression() }
        return .list(quantifier, values)
    }

    /// `CASE [x] WHEN … THEN … [ELSE …] END`
    mutating func parseCase() throws(WarehouseError) -> Expression {
        let start = index
        advance()
        caseDepth += 1
        let operand = isWord("WHEN") ? nil : try parseExpression()
        var branches: [CaseBranch] = []
        repeat {
            try expect("WHEN")
            let condition = try parseExpression()
            try expect("THEN")
            branches.append(CaseBranch(condition: condition, result: try parseExpression()))
        } while isWord("WHEN")
        let otherwise = accept("ELSE") ? try parseExpression() : nil
        try expect("END")
        caseDepth -= 1
        try grow()
        return Expression(.conditional(CaseExpression(operand: operand, branches: branches, otherwise: otherwise)),
                          span: span(from: start))
    }

    /// `CAST(x AS T)`, `TRY_CAST(x AS T)`
    mutating func parseCast() throws(WarehouseError) -> Expression {
        let start = index
        let isTry = isWord("TRY_CAST")
        advance()
        try expectSymbol("(")
        let operand = try parseExpression()
        try expect("AS")
        let type = try parseTypeName()
        try expectSymbol(")")
        try grow()
        return Expression(.cast(CastExpression(operand: operand, type: type, isTry: isTry)), span: span(from: start))
    }
}
