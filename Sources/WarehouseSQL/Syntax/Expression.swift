import WarehouseBasics

/// A scalar expression. Parentheses leave no trace in the tree; equality ignores places and spelling.
///
/// The parser gives no tree higher than `SyntaxLimits.maximumHeight`, so that walks may recurse; `DeepStack` runs
/// them where the calling thread's stack is small.
public struct Expression: Hashable, Sendable {
    public var kind: ExpressionKind
    @Unequated public var span: SourceSpan

    public init(_ kind: ExpressionKind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
    }
}

/// The forms of an expression.
public indirect enum ExpressionKind: Hashable, Sendable {
    case literal(Literal)
    /// `c`, `t.c`, `s.t.c`, `d.s.t.c`. A sequence's `s.NEXTVAL` arrives so too, and functions that may be written
    /// without parentheses (CURRENT_DATE and its kin) arrive as `function`.
    case column([Identifier])
    /// `IDENTIFIER('c')` or `IDENTIFIER($v)` where a column may stand.
    case identifier(IdentifierSource)
    /// `$1` or `t.$1`: a column of a staged file or of a row without names, from 1.
    case fileColumn(qualifier: [Identifier], index: Int)
    /// `$name`: a session variable, folded.
    case variable(String)
    case parameter(BindParameter)
    /// `DEFAULT` in VALUES of INSERT and in SET of UPDATE.
    case defaultValue

    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// AND or OR of two or more operands, none of which is itself the same operator.
    case logical(LogicalOperator, [Expression])
    /// `a || b || …`: two or more operands, none of which is itself a concatenation.
    case concatenation([Expression])
    case isNull(Expression, isNegated: Bool)
    /// `IS [NOT] TRUE`, `IS [NOT] FALSE`.
    case isBoolean(Expression, Bool, isNegated: Bool)
    case between(Expression, low: Expression, high: Expression, isNegated: Bool)
    case inList(Expression, [Expression], isNegated: Bool)
    case inSubquery(Expression, Query, isNegated: Bool)
    case patternMatch(PatternMatch)
    /// `left op ANY|ALL (query)`.
    case quantified(QuantifiedComparison)

    case conditional(CaseExpression)
    case cast(CastExpression)
    case function(FunctionCall)
    /// `EXTRACT(part FROM x)`; the part is folded.
    case extract(part: String, from: Expression)
    case collate(Expression, String)
    case subquery(Query)
    case exists(Query)

    /// `v:a.b[0]['x']`: one or more steps.
    case path(Expression, [PathStep])
    /// `a[0]`, `v['x']` on something that is not already a path.
    case element(Expression, Expression)
    case array([Expression])
    case object(ObjectLiteral)
    /// `(a, b)`: two or more.
    case tuple([Expression])
    case lambda(LambdaExpression)
    /// `x(+)` in a WHERE condition: an outer join in the old way of writing.
    case outerJoinMark(Expression)
}

/// One step of a path into a VARIANT.
public enum PathStep: Hashable, Sendable {
    /// `:key` or `.key`; case-sensitive, never folded.
    case member(String)
    /// `[0]`, `['key']`.
    case subscription(Expression)
}

/// `{'a': 1, 'b': x}` or `{*}`.
public enum ObjectLiteral: Hashable, Sendable {
    case entries([ObjectEntry])
    case star(StarItem)
}

/// `'key': value` of an object literal.
public struct ObjectEntry: Hashable, Sendable {
    public var key: Expression
    public var value: Expression
    public init(key: Expression, value: Expression) {
        self.key = key
        self.value = value
    }
}

/// `x -> …` or `(x INT, y INT) -> …`.
public struct LambdaExpression: Hashable, Sendable {
    public var parameters: [LambdaParameter]
    public var body: Expression
    public init(parameters: [LambdaParameter], body: Expression) {
        self.parameters = parameters
        self.body = body
    }
}

/// A parameter of a lambda, with its type where one was written.
public struct LambdaParameter: Hashable, Sendable {
    public var name: Identifier
    public var type: TypeName?
    public init(name: Identifier, type: TypeName? = nil) {
        self.name = name
        self.type = type
    }
}
