import WarehouseBasics

/// One item of FROM, with its alias and sample.
public struct TableExpression: Hashable, Sendable {
    public var kind: TableExpressionKind
    public var alias: TableAlias?
    public var sample: SampleClause?
    @Unequated public var span: SourceSpan
    public init(
        kind: TableExpressionKind, alias: TableAlias? = nil, sample: SampleClause? = nil,
        span: SourceSpan = .none
    ) {
        self.kind = kind
        self.alias = alias
        self.sample = sample
        self.span = span
    }
}

/// The forms of an item of FROM.
public indirect enum TableExpressionKind: Hashable, Sendable {
    /// A table, view or CTE, with its time travel.
    case table(ObjectReference, TimeTravel?)
    case subquery(Query, isLateral: Bool)
    /// `TABLE(f(…))` or `LATERAL f(…)`: both may refer to items on their left.
    case function(FunctionCall, isLateral: Bool)
    case values([[Expression]])
    /// `@stage/path (FILE_FORMAT => 'f', PATTERN => '…')`.
    case stage(StageLocation, [ObjectProperty])
    case join(Join)
    case pivot(Pivot)
    case unpivot(Unpivot)
}

/// `[AS] name [(columns)]`.
public struct TableAlias: Hashable, Sendable {
    public var name: Identifier
    public var columns: [Identifier]
    public init(name: Identifier, columns: [Identifier] = []) {
        self.name = name
        self.columns = columns
    }
}

/// Two items of FROM joined; several joins in a row lean to the left.
public struct Join: Hashable, Sendable {
    /// How unmatched rows are treated.
    public enum Kind: String, Hashable, Sendable {
        case inner = "JOIN"
        case left = "LEFT JOIN"
        case right = "RIGHT JOIN"
        case full = "FULL JOIN"
        case cross = "CROSS JOIN"
        case asOf = "ASOF JOIN"
    }
    public var kind: Kind
    public var left: TableExpression
    public var right: TableExpression
    public var condition: JoinCondition
    /// MATCH_CONDITION of an ASOF join.
    public var matchCondition: Expression?
    public init(
        kind: Kind, left: TableExpression, right: TableExpression, condition: JoinCondition = .none,
        matchCondition: Expression? = nil
    ) {
        self.kind = kind
        self.left = left
        self.right = right
        self.condition = condition
        self.matchCondition = matchCondition
    }
}

/// Which rows a join pairs.
public enum JoinCondition: Hashable, Sendable {
    case none
    case on(Expression)
    case using([Identifier])
    case natural
}

/// `AT|BEFORE (…)`.
public struct TimeTravel: Hashable, Sendable {
    /// The moment looked back to.
    public enum Point: Hashable, Sendable {
        case timestamp(Expression)
        /// Seconds, negative for the past.
        case offset(Expression)
        /// A query id.
        case statement(Expression)
        case stream(Expression)
    }
    public var isBefore: Bool
    public var point: Point
    public init(isBefore: Bool, point: Point) {
        self.isBefore = isBefore
        self.point = point
    }
}

/// `SAMPLE [BERNOULLI|SYSTEM] (n [ROWS]) [REPEATABLE (seed)]`.
public struct SampleClause: Hashable, Sendable {
    /// SYSTEM, also written BLOCK; else BERNOULLI, also written ROW.
    public var isSystem: Bool
    /// A percentage, or a number of rows.
    public var amount: Expression
    public var isRowCount: Bool
    public var seed: Expression?
    public init(isSystem: Bool = false, amount: Expression, isRowCount: Bool = false, seed: Expression? = nil) {
        self.isSystem = isSystem
        self.amount = amount
        self.isRowCount = isRowCount
        self.seed = seed
    }
}

/// `input PIVOT (SUM(x) FOR c IN (…))`.
public struct Pivot: Hashable, Sendable {
    public var input: TableExpression
    public var aggregates: [PivotAggregate]
    public var column: Expression
    public var values: PivotValues
    public var defaultOnNull: Expression?
    public init(
        input: TableExpression, aggregates: [PivotAggregate], column: Expression, values: PivotValues,
        defaultOnNull: Expression? = nil
    ) {
        self.input = input
        self.aggregates = aggregates
        self.column = column
        self.values = values
        self.defaultOnNull = defaultOnNull
    }
}

/// An aggregate of PIVOT, with the alias that enters its columns' names.
public struct PivotAggregate: Hashable, Sendable {
    public var function: Expression
    public var alias: Identifier?
    public init(function: Expression, alias: Identifier? = nil) {
        self.function = function
        self.alias = alias
    }
}

/// Which values of PIVOT's column become columns.
public enum PivotValues: Hashable, Sendable {
    case list([PivotValue])
    /// `ANY [ORDER BY …]`: every value that occurs.
    case any(orderBy: [OrderItem])
    case subquery(Query)
}

/// One value of PIVOT's list.
public struct PivotValue: Hashable, Sendable {
    public var value: Expression
    public var alias: Identifier?
    public init(value: Expression, alias: Identifier? = nil) {
        self.value = value
        self.alias = alias
    }
}

/// `input UNPIVOT [INCLUDE NULLS] (value FOR name IN (a, b AS 'x', …))`.
public struct Unpivot: Hashable, Sendable {
    public var input: TableExpression
    public var includesNulls: Bool
    public var valueColumn: Identifier
    public var nameColumn: Identifier
    public var columns: [UnpivotColumn]
    public init(
        input: TableExpression, includesNulls: Bool = false, valueColumn: Identifier, nameColumn: Identifier,
        columns: [UnpivotColumn]
    ) {
        self.input = input
        self.includesNulls = includesNulls
        self.valueColumn = valueColumn
        self.nameColumn = nameColumn
        self.columns = columns
    }
}

/// A column of UNPIVOT's list; `label` replaces its name in the name column.
public struct UnpivotColumn: Hashable, Sendable {
    public var column: Identifier
    public var label: String?
    public init(column: Identifier, label: String? = nil) {
        self.column = column
        self.label = label
    }
}
