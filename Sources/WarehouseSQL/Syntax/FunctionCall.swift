import WarehouseBasics

/// A call of a scalar, aggregate, window or table function.
///
/// Special forms arrive as plain calls: `POSITION(a IN b)` as POSITION(a, b), `TRIM(LEADING c FROM x)` as
/// LTRIM(x, c), `SUBSTRING(x FROM a FOR b)` as SUBSTRING(x, a, b), `CURRENT_DATE` as CURRENT_DATE().
public struct FunctionCall: Hashable, Sendable {
    public var name: ObjectReference
    public var arguments: [FunctionArgument]
    public var isDistinct: Bool
    /// `ARRAY_AGG(x ORDER BY y)`.
    public var orderBy: [OrderItem]
    public var withinGroup: [OrderItem]
    public var nullTreatment: NullTreatment?
    /// `NTH_VALUE(x, n) FROM LAST`.
    public var isFromLast: Bool
    public var filter: Expression?
    public var over: WindowReference?
    /// Whether it was written without parentheses, as CURRENT_DATE may be.
    @Unequated public var isBare: Bool
    public init(
        name: ObjectReference, arguments: [FunctionArgument] = [], isDistinct: Bool = false,
        orderBy: [OrderItem] = [], withinGroup: [OrderItem] = [], nullTreatment: NullTreatment? = nil,
        isFromLast: Bool = false, filter: Expression? = nil, over: WindowReference? = nil, isBare: Bool = false
    ) {
        self.name = name
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.orderBy = orderBy
        self.withinGroup = withinGroup
        self.nullTreatment = nullTreatment
        self.isFromLast = isFromLast
        self.filter = filter
        self.over = over
        self.isBare = isBare
    }

    /// The name when it is one plain part, as every built-in function's is.
    public var simpleName: String? {
        guard let parts = name.parts, parts.count == 1 else { return nil }
        return parts[0].name
    }
}

/// One argument of a call.
public enum FunctionArgument: Hashable, Sendable {
    case expression(Expression)
    /// `INPUT => x`.
    case named(Identifier, Expression)
    /// `COUNT(*)`, `COUNT(t.*)`, `OBJECT_CONSTRUCT(*)`.
    case star(StarItem)
    /// `f((SELECT …))` is an expression; this is a query without parentheses of its own: `ARRAY(SELECT …)`.
    case query(Query)

    /// Whether it says which argument it is.
    public var isNamed: Bool {
        if case .named = self { return true }
        return false
    }
}

/// Whether a window function skips NULLs.
public enum NullTreatment: String, Hashable, Sendable {
    case ignoreNulls = "IGNORE NULLS"
    case respectNulls = "RESPECT NULLS"
}

/// What follows OVER.
public enum WindowReference: Hashable, Sendable {
    case named(Identifier)
    case specification(WindowSpecification)
}

/// `([base] [PARTITION BY …] [ORDER BY …] [frame])`.
public struct WindowSpecification: Hashable, Sendable {
    public var base: Identifier?
    public var partitionBy: [Expression]
    public var orderBy: [OrderItem]
    public var frame: WindowFrame?
    public init(
        base: Identifier? = nil, partitionBy: [Expression] = [], orderBy: [OrderItem] = [],
        frame: WindowFrame? = nil
    ) {
        self.base = base
        self.partitionBy = partitionBy
        self.orderBy = orderBy
        self.frame = frame
    }
}

/// `ROWS|RANGE|GROUPS BETWEEN start AND end`; `end` nil is the short form, which means CURRENT ROW.
public struct WindowFrame: Hashable, Sendable {
    /// What a frame's bounds count.
    public enum Unit: String, Hashable, Sendable {
        case rows = "ROWS"
        case range = "RANGE"
        case groups = "GROUPS"
    }
    public var unit: Unit
    public var start: FrameBound
    public var end: FrameBound?
    public init(unit: Unit, start: FrameBound, end: FrameBound? = nil) {
        self.unit = unit
        self.start = start
        self.end = end
    }
}

/// One end of a window's frame.
public enum FrameBound: Hashable, Sendable {
    case unboundedPreceding
    case preceding(Expression)
    case currentRow
    case following(Expression)
    case unboundedFollowing
}

/// One key of ORDER BY. Without NULLS, ascending puts NULLs last and descending first.
public struct OrderItem: Hashable, Sendable {
    public var expression: Expression
    public var direction: SortDirection?
    public var nulls: NullsOrder?
    public init(expression: Expression, direction: SortDirection? = nil, nulls: NullsOrder? = nil) {
        self.expression = expression
        self.direction = direction
        self.nulls = nulls
    }
}

/// Ascending or descending.
public enum SortDirection: String, Hashable, Sendable {
    case ascending = "ASC"
    case descending = "DESC"
}

/// Where NULLs stand in an order.
public enum NullsOrder: String, Hashable, Sendable {
    case first = "NULLS FIRST"
    case last = "NULLS LAST"
}
