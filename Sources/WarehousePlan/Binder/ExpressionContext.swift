import WarehouseBasics
import WarehouseSQL

/// Where an expression stands, which decides what it may hold and how its names are found.
enum Clause: String {
    case select = "SELECT", filter = "WHERE", groupBy = "GROUP BY", having = "HAVING", qualify = "QUALIFY"
    case orderBy = "ORDER BY", on = "ON", values = "VALUES", limit = "LIMIT", tableFunction = "TABLE"
    case lambda = "lambda", functionBody = "function"
    case aggregateArgument = "aggregate function", windowArgument = "window function", assignment = "SET", insertion = "INTO"

    /// Aliases of the select list hide columns of the same name.
    var prefersAliases: Bool { self == .having || self == .qualify || self == .orderBy }

    /// Aliases of the select list can be used at all.
    var seesAliases: Bool {
        switch self {
        case .select, .filter, .groupBy, .having, .qualify, .orderBy, .aggregateArgument, .windowArgument: true
        default: false
        }
    }

    var allowsAggregates: Bool {
        switch self {
        case .select, .having, .qualify, .orderBy, .windowArgument: true
        default: false
        }
    }

    var allowsWindows: Bool { self == .select || self == .qualify || self == .orderBy }
}

/// Subqueries met while expressions were bound, to be joined to the plan below them.
final class SubquerySink {
    var subqueries: [PendingSubquery] = []
}

/// A subquery that stands in an expression as a column, until it is joined to a plan.
struct PendingSubquery {
    enum Kind {
        case scalar
        case exists
        /// Whether the tuple of values is among the rows.
        case membership([BoundExpression])
        /// No subquery, but a value that must be computed once.
        case computed(BoundExpression)
        /// Whether a value compares so with any, or with all, of the rows.
        case quantified(BoundExpression, ComparisonOperator, isAny: Bool)
    }
    var kind: Kind
    /// What stands for its value.
    var output: PlanColumn
    var relation: Binder.Relation
    /// Whether it is a secure function's: then a fence stands above its join.
    var isSecure = false
}

extension PendingSubquery.Kind {
    /// Expressions beside the query itself.
    var values: [BoundExpression] {
        switch self {
        case .scalar, .exists: []
        case .membership(let values): values
        case .computed(let value), .quantified(let value, _, _): [value]
        }
    }
}

/// Numbers of sequences that expressions take, one for each row of the plan below them.
final class NextValueSink {
    var calls: [WindowCall] = []
}

/// What binding an expression needs to know of its place.
final class ExpressionContext {
    let scope: Scope
    let tables: TableEnvironment?
    let clause: Clause
    /// The SELECT whose clause it is; nil elsewhere.
    let select: SelectContext?
    let sink: SubquerySink
    /// Where NEXTVAL may stand outside of a select list.
    var numbers: NextValueSink?
    /// In ON: named expressions of the select list.
    var joinAliases: [String: Expression] = [:]

    init(scope: Scope, tables: TableEnvironment?, clause: Clause, select: SelectContext? = nil,
         sink: SubquerySink = SubquerySink()) {
        self.scope = scope
        self.tables = tables
        self.clause = clause
        self.select = select
        self.sink = sink
    }

    var subqueries: [PendingSubquery] { sink.subqueries }

    /// The same place within the arguments of an aggregate or window function.
    func within(_ clause: Clause, sink: SubquerySink? = nil) -> ExpressionContext {
        ExpressionContext(scope: scope, tables: tables, clause: clause, select: select, sink: sink ?? self.sink)
    }
}
