import WarehouseBasics

/// How tightly operators bind, loosest first.
enum Precedence {
    static let or = 1
    static let and = 2
    static let not = 3
    static let comparison = 4
    static let concatenation = 5
    static let additive = 6
    static let multiplicative = 7
    static let sign = 8
    static let postfix = 9
}

extension Parser {
    /// An expression whose operators all bind at least as tightly as `minimum`.
    mutating func parseExpression(_ minimum: Int = Precedence.or) throws(WarehouseError) -> Expression {
        try enter()
        let outer = height
        height = 0
        let start = index
        var left = try parsePrefix()
        while let kind = try parseInfix(left, minimum) {
            try grow()
            left = Expression(kind, span: span(from: start))
        }
        height = max(outer, height)
        depth -= 1
        return left
    }

    private mutating func parsePrefix() throws(WarehouseError) -> Expression {
        let start = index
        let unary: (UnaryOperator, Int)? = switch current.kind {
        case .word where current.text == "NOT": (.not, Precedence.not)
        case .word where current.text == "PRIOR" && isName(ahead: 1) && peek().text != "AS"
            && !isSymbol("->", ahead: 2):
            (.prior, Precedence.sign)
        case .word where current.text == "CONNECT_BY_ROOT" && isName(ahead: 1): (.connectByRoot, Precedence.sign)
        case .symbol where current.text == "-": (.minus, Precedence.sign)
        case .symbol where current.text == "+": (.plus, Precedence.sign)
        default: nil
        }
        guard let (unaryOperator, precedence) = unary else { return try parsePostfix() }
        advance()
        let operand = try parseExpression(precedence)
        try grow()
        return Expression(.unary(unaryOperator, operand), span: span(from: start))
    }

    /// What the operator that stands here makes of `left`; nil when none does that binds tightly enough.
    private mutating func parseInfix(
        _ left: Expression, _ minimum: Int
    ) throws(WarehouseError) -> ExpressionKind? {
        let token = current
        if token.kind == .symbol { return try parseSymbolInfix(left, token.text, minimum) }
        guard token.kind == .word else { return nil }
        switch token.text {
        case "AND" where minimum <= Precedence.and:
            return .logical(.and, try parseLogicalOperands(left, .and, Precedence.not))
        case "OR" where minimum <= Precedence.or:
            return .logical(.or, try parseLogicalOperands(left, .or, Precedence.and))
        case "IS", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "NOT":
            guard minimum <= Precedence.comparison else { return nil }
            return try parsePredicate(left)
        default:
            return nil
        }
    }

    private mutating func parseSymbolInfix(
        _ left: Expression, _ symbol: String, _ minimum: Int
    ) throws(WarehouseError) -> ExpressionKind? {
        if symbol == "||", minimum <= Precedence.concatenation { return try parseConcatenation(left) }
        guard let (binaryOperator, precedence) = Self.binaryOperators[symbol], minimum <= precedence else {
            return nil
        }
        advance()
        if binaryOperator.isComparison, isAnyWord(["ANY", "SOME", "ALL"]), isSymbol("(", ahead: 1) {
            return try parseQuantified(left, binaryOperator)
        }
        return .binary(binaryOperator, left, try parseExpression(precedence + 1))
    }

    private static let binaryOperators: [String: (BinaryOperator, Int)] = [
        "+": (.add, Precedence.additive), "-": (.subtract, Precedence.additive),
        "*": (.multiply, Precedence.multiplicative), "/": (.divide, Precedence.multiplicative),
        "%": (.modulo, Precedence.multiplicative),
        "=": (.equal, Precedence.comparison), "==": (.equal, Precedence.comparison),
        "<>": (.notEqual, Precedence.comparison), "!=": (.notEqual, Precedence.comparison),
        "<": (.less, Precedence.comparison), "<=": (.lessOrEqual, Precedence.comparison),
        ">": (.greater, Precedence.comparison), ">=": (.greaterOrEqual, Precedence.comparison),
    ]

    private mutating func parseLogicalOperands(
        _ left: Expression, _ logical: LogicalOperator, _ next: Int
    ) throws(WarehouseError) -> [Expression] {
        var operands: [Expression] = []
        append(left, to: &operands, logical)
        while accept(logical.rawValue) { append(try parseExpression(next), to: &operands, logical) }
        return operands
    }

    private func append(_ operand: Expression, to operands: inout [Expression], _ logical: LogicalOperator) {
        if case .logical(logical, let inner) = operand.kind {
            operands += inner
        } else {
            operands.append(operand)
        }
    }

    private mutating func parseConcatenation(_ left: Expression) throws(WarehouseError) -> ExpressionKind {
        var operands: [Expression] = []
        func append(_ operand: Expression) {
            if case .concatenation(let inner) = operand.kind {
                operands += inner
            } else {
                operands.append(operand)
            }
        }
        append(left)
        while acceptSymbol("||") { append(try parseExpression(Precedence.additive)) }
        return .concatenation(operands)
    }

    private mutating func parseQuantified(
        _ left: Expression, _ comparison: BinaryOperator
    ) throws(WarehouseError) -> ExpressionKind {
        let quantifier: Quantifier = isWord("ALL") ? .all : .any
        advance()
        guard isQueryAhead() else { throw unexpected(hint: "\(quantifier.rawValue) takes a query here.") }
        let query = try parseParenthesizedQuery()
        return .quantified(QuantifiedComparison(left: left, comparison: comparison, quantifier: quantifier,
                                                query: query))
    }
}
