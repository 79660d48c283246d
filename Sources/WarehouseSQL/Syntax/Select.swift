import WarehouseBasics

/// One SELECT with its clauses up to QUALIFY and WINDOW.
public struct SelectStatement: Hashable, Sendable {
    public var isDistinct: Bool
    /// `TOP n`.
    public var top: Expression?
    public var items: [SelectItem]
    /// Comma-separated; empty without FROM.
    public var from: [TableExpression]
    public var filter: Expression?
    public var startWith: Expression?
    public var connectBy: ConnectBy?
    public var groupBy: GroupByClause?
    public var having: Expression?
    public var qualify: Expression?
    public var windows: [NamedWindow]
    @Unequated public var span: SourceSpan
    public init(
        isDistinct: Bool = false, top: Expression? = nil, items: [SelectItem], from: [TableExpression] = [],
        filter: Expression? = nil, startWith: Expression? = nil, connectBy: ConnectBy? = nil,
        groupBy: GroupByClause? = nil, having: Expression? = nil, qualify: Expression? = nil,
        windows: [NamedWindow] = [], span: SourceSpan = .none
    ) {
        self.isDistinct = isDistinct
        self.top = top
        self.items = items
        self.from = from
        self.filter = filter
        self.startWith = startWith
        self.connectBy = connectBy
        self.groupBy = groupBy
        self.having = having
        self.qualify = qualify
        self.windows = windows
        self.span = span
    }
}

/// One item of SELECT's list.
public enum SelectItem: Hashable, Sendable {
    case expression(SelectExpression)
    case star(StarItem)
}

/// `expression [[AS] alias]`.
public struct SelectExpression: Hashable, Sendable {
    public var expression: Expression
    public var alias: Identifier?
    /// The expression's text as written, from which an unaliased column takes its name; nil when it was not parsed.
    @Unequated public var sourceText: String?
    public init(expression: Expression, alias: Identifier? = nil, sourceText: String? = nil) {
        self.expression = expression
        self.alias = alias
        self.sourceText = sourceText
    }
}

/// `*`, `t.*`, with what may follow it. The order of meaning is ILIKE, EXCLUDE, REPLACE, RENAME.
public struct StarItem: Hashable, Sendable {
    public var qualifier: [Identifier]
    /// `ILIKE 'pattern'`: only the columns whose names match.
    public var ilike: String?
    public var exclude: [Identifier]
    public var replace: [StarReplacement]
    public var rename: [StarRename]
    @Unequated public var span: SourceSpan
    public init(
        qualifier: [Identifier] = [], ilike: String? = nil, exclude: [Identifier] = [],
        replace: [StarReplacement] = [], rename: [StarRename] = [], span: SourceSpan = .none
    ) {
        self.qualifier = qualifier
        self.ilike = ilike
        self.exclude = exclude
        self.replace = replace
        self.rename = rename
        self.span = span
    }
}

/// `REPLACE (expression AS column)`.
public struct StarReplacement: Hashable, Sendable {
    public var expression: Expression
    public var column: Identifier
    public init(expression: Expression, column: Identifier) {
        self.expression = expression
        self.column = column
    }
}

/// `RENAME column AS name`.
public struct StarRename: Hashable, Sendable {
    public var column: Identifier
    public var name: Identifier
    public init(column: Identifier, name: Identifier) {
        self.column = column
        self.name = name
    }
}

/// What stands behind GROUP BY.
public enum GroupByClause: Hashable, Sendable {
    /// `GROUP BY ALL`.
    case all
    case elements([GroupingElement])
}

/// One element of GROUP BY. Several are combined by cross product, as in standard SQL.
public indirect enum GroupingElement: Hashable, Sendable {
    case expression(Expression)
    /// `(a, b)` within GROUPING SETS, also `()`.
    case set([Expression])
    /// Each element is one expression or a parenthesised group of them.
    case rollup([[Expression]])
    case cube([[Expression]])
    case groupingSets([GroupingElement])
}

/// `CONNECT BY [NOCYCLE] condition`.
public struct ConnectBy: Hashable, Sendable {
    public var isNoCycle: Bool
    public var condition: Expression
    public init(isNoCycle: Bool = false, condition: Expression) {
        self.isNoCycle = isNoCycle
        self.condition = condition
    }
}

/// `WINDOW name AS (…)`.
public struct NamedWindow: Hashable, Sendable {
    public var name: Identifier
    public var specification: WindowSpecification
    public init(name: Identifier, specification: WindowSpecification) {
        self.name = name
        self.specification = specification
    }
}
