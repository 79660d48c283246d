/// `operand [NOT] LIKE|ILIKE|RLIKE [ANY|ALL] pattern [ESCAPE e]`. REGEXP arrives as RLIKE.
public struct PatternMatch: Hashable, Sendable {
    /// Which kind of pattern.
    public enum Operator: String, Hashable, Sendable {
        case like = "LIKE"
        case ilike = "ILIKE"
        case rlike = "RLIKE"
    }
    public var operand: Expression
    public var matcher: Operator
    public var patterns: Patterns
    public var escape: Expression?
    public var isNegated: Bool
    public init(
        operand: Expression, matcher: Operator, patterns: Patterns, escape: Expression? = nil,
        isNegated: Bool = false
    ) {
        self.operand = operand
        self.matcher = matcher
        self.patterns = patterns
        self.escape = escape
        self.isNegated = isNegated
    }
}

/// The right side of LIKE and its kin.
public enum Patterns: Hashable, Sendable {
    case one(Expression)
    /// `LIKE ANY ('a%', 'b%')`, `LIKE ALL (…)`.
    case list(Quantifier, [Expression])
    case subquery(Quantifier, Query)
}

/// `left op ANY|ALL (query)`.
public struct QuantifiedComparison: Hashable, Sendable {
    public var left: Expression
    public var comparison: BinaryOperator
    public var quantifier: Quantifier
    public var query: Query
    public init(left: Expression, comparison: BinaryOperator, quantifier: Quantifier, query: Query) {
        self.left = left
        self.comparison = comparison
        self.quantifier = quantifier
        self.query = query
    }
}

/// `CASE [operand] WHEN … THEN … [ELSE …] END`.
public struct CaseExpression: Hashable, Sendable {
    /// Non-nil for the simple form, whose conditions are values to compare it with.
    public var operand: Expression?
    public var branches: [CaseBranch]
    public var otherwise: Expression?
    public init(operand: Expression? = nil, branches: [CaseBranch], otherwise: Expression? = nil) {
        self.operand = operand
        self.branches = branches
        self.otherwise = otherwise
    }
}

/// `WHEN condition THEN result`.
public struct CaseBranch: Hashable, Sendable {
    public var condition: Expression
    public var result: Expression
    public init(condition: Expression, result: Expression) {
        self.condition = condition
        self.result = result
    }
}

/// `x::T`, `CAST(x AS T)` or `TRY_CAST(x AS T)`.
public struct CastExpression: Hashable, Sendable {
    public var operand: Expression
    public var type: TypeName
    /// TRY_CAST: NULL instead of an error.
    public var isTry: Bool
    /// Whether it was written `x::T`.
    @Unequated public var isOperator: Bool
    public init(operand: Expression, type: TypeName, isTry: Bool = false, isOperator: Bool = false) {
        self.operand = operand
        self.type = type
        self.isTry = isTry
        self.isOperator = isOperator
    }
}
