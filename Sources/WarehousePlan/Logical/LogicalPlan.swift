import WarehouseBasics

/// A query as relational algebra. Every node's output columns have ids of their own; an expression names columns of
/// its node's inputs by id.
public indirect enum LogicalPlan: Sendable {
    /// Reads a table; see `LogicalScan`.
    case scan(LogicalScan)
    /// Literal rows. No rows and no columns is the empty relation; one row without columns feeds `SELECT 1`.
    case values(LogicalValues)
    case filter(LogicalPlan, BoundExpression)
    case project(LogicalPlan, [Projection])
    case aggregate(LogicalAggregate)
    case join(LogicalJoin)
    case sort(LogicalPlan, [SortKey])
    /// `limit` nil: all after `offset`. Directly above a sort it is a top-N.
    case limit(LogicalPlan, limit: Int?, offset: Int)
    case window(LogicalWindow)
    /// All rows of several inputs, in their order. Column i of the output is `columns[i]`, taken from
    /// `inputs[k].columns[i]`; types agree.
    case unionAll([LogicalPlan], columns: [PlanColumn])
    /// Distinct rows of the input; nulls are equal. (UNION is distinct over unionAll.)
    case distinct(LogicalPlan)
    /// INTERSECT and EXCEPT, distinct.
    case setOperation(SetOperationKind, LogicalPlan, LogicalPlan, columns: [PlanColumn])
    case flatten(LogicalFlatten)
    /// At most one row, else error 090150; no row gives one row of nulls. For scalar subqueries.
    case singleRow(LogicalPlan)
    /// A recursive common table expression, or CONNECT BY.
    case recursion(LogicalRecursion)
    /// Rows that the query reads in several places and computes once.
    case shared(LogicalShared)
}

public enum SetOperationKind: String, Hashable, Sendable { case intersect = "INTERSECT", except = "EXCEPT" }

/// One output column and what computes it.
public struct Projection: Hashable, Sendable {
    public var column: PlanColumn
    public var expression: BoundExpression
    public init(_ column: PlanColumn, _ expression: BoundExpression) {
        self.column = column
        self.expression = expression
    }
}

public struct LogicalScan: Sendable {
    public var table: any CatalogTable
    /// Output columns and the table column (index into `table.columns`) each reads; `rowIDColumn` reads the row's
    /// address, a NUMBER that UPDATE, DELETE and MERGE use.
    public var columns: [ScanColumn]
    /// AND-ed predicates over the scan's own columns, pushed into the scan (zone maps, codes). Exact: the scan puts
    /// out only rows that satisfy them all.
    public var filters: [BoundExpression]

    public struct ScanColumn: Hashable, Sendable {
        public var column: PlanColumn
        public var tableColumn: Int
        public init(_ column: PlanColumn, tableColumn: Int) {
            self.column = column
            self.tableColumn = tableColumn
        }
    }

    public static let rowIDColumn = -1

    public init(table: any CatalogTable, columns: [ScanColumn], filters: [BoundExpression] = []) {
        self.table = table
        self.columns = columns
        self.filters = filters
    }
}

public struct LogicalValues: Sendable {
    public var columns: [PlanColumn]
    /// Each row has one constant-foldable expression a column, of the column's type. Empty where no column is.
    public var rows: [[BoundExpression]]
    public var rowCount: Int

    public init(columns: [PlanColumn], rows: [[BoundExpression]]) {
        self.columns = columns
        self.rows = columns.isEmpty ? [] : rows
        rowCount = rows.count
    }

    /// Rows without columns, which take no memory however many they are.
    public init(rowCount: Int) {
        columns = []
        rows = []
        self.rowCount = rowCount
    }
}

public struct LogicalAggregate: Sendable {
    public var input: LogicalPlan
    /// Empty: one row, also over no input.
    public var groups: [Projection]
    public var aggregates: [AggregateCall]

    public init(input: LogicalPlan, groups: [Projection], aggregates: [AggregateCall]) {
        self.input = input
        self.groups = groups
        self.aggregates = aggregates
    }
}

/// An aggregate by its canonical name (`COUNT_STAR`, `COUNT`, `SUM`, `AVG`, `MIN`, `MAX`, …), see
/// `AggregateFunctions`.
public struct AggregateCall: Hashable, Sendable {
    public var column: PlanColumn
    public var function: String
    public var arguments: [BoundExpression]
    public var isDistinct: Bool
    /// WITHIN GROUP (ORDER BY …) of LISTAGG, ARRAY_AGG and percentiles.
    public var order: [SortKey]
    /// Written over a window: AVG of NUMBER is cut where it is rounded otherwise.
    public var isMoving = false

    public init(_ column: PlanColumn, _ function: String, _ arguments: [BoundExpression], isDistinct: Bool = false,
                order: [SortKey] = []) {
        self.column = column
        self.function = function
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.order = order
    }
}

public enum JoinKind: String, Hashable, Sendable {
    case inner = "INNER", left = "LEFT", right = "RIGHT", full = "FULL"
    /// Left rows with (semi) or without (anti) a match; only left columns are put out.
    case semi = "SEMI", anti = "ANTI"
}

public struct LogicalJoin: Sendable {
    public var kind: JoinKind
    public var left: LogicalPlan
    public var right: LogicalPlan
    /// Equalities, one side each, of one type; empty for a cross or theta join. A null never equals, unless
    /// `nullsEqual`.
    public var keys: [JoinKey]
    /// What else a pair must satisfy to match.
    public var residual: BoundExpression?
    /// A semi or anti join by keys that indexes its left input, the smaller one, and streams the right one past it.
    public var buildsLeft = false

    public init(kind: JoinKind, left: LogicalPlan, right: LogicalPlan, keys: [JoinKey], residual: BoundExpression?) {
        self.kind = kind
        self.left = left
        self.right = right
        self.keys = keys
        self.residual = residual
    }
}

public struct JoinKey: Hashable, Sendable {
    public var left: BoundExpression
    public var right: BoundExpression
    public var nullsEqual: Bool
    public init(left: BoundExpression, right: BoundExpression, nullsEqual: Bool = false) {
        self.left = left
        self.right = right
        self.nullsEqual = nullsEqual
    }
}

/// NULL is the largest value unless `nullsFirst` says otherwise: ascending puts it last, descending first.
public struct SortKey: Hashable, Sendable {
    public var expression: BoundExpression
    public var isDescending: Bool
    public var nullsFirst: Bool
    public init(_ expression: BoundExpression, isDescending: Bool = false, nullsFirst: Bool? = nil) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst ?? isDescending
    }
}

/// Window functions that share PARTITION BY and ORDER BY; the input's columns pass through.
public struct LogicalWindow: Sendable {
    public var input: LogicalPlan
    public var partition: [BoundExpression]
    public var order: [SortKey]
    public var calls: [WindowCall]

    public init(input: LogicalPlan, partition: [BoundExpression], order: [SortKey], calls: [WindowCall]) {
        self.input = input
        self.partition = partition
        self.order = order
        self.calls = calls
    }
}

/// `ROW_NUMBER`, `RANK`, `LAG`, … or an aggregate's name over a frame.
public struct WindowCall: Hashable, Sendable {
    public var column: PlanColumn
    public var function: String
    public var arguments: [BoundExpression]
    public var frame: WindowFrame
    /// An aggregate over distinct values.
    public var isDistinct = false
    /// WITHIN GROUP (ORDER BY …) of an aggregate.
    public var aggregateOrder: [SortKey] = []
    /// With a frame's bounds by value: the key of ORDER BY, then the value of each such bound, start before end, all
    /// of one form.
    public var rangeValues: [BoundExpression] = []

    public init(_ column: PlanColumn, _ function: String, _ arguments: [BoundExpression], frame: WindowFrame) {
        self.column = column
        self.function = function
        self.arguments = arguments
        self.frame = frame
    }

    /// All that is computed for a row before the function.
    public var inputs: [BoundExpression] { arguments + aggregateOrder.map(\.expression) + rangeValues }
}

public struct WindowFrame: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable { case rows = "ROWS", range = "RANGE" }
    public enum Bound: Hashable, Sendable {
        case unboundedPreceding, preceding(Int), currentRow, following(Int), unboundedFollowing
        /// RANGE with an offset: the first, or the last, row whose key is within one of the call's `rangeValues`.
        case value
    }
    public var unit: Unit
    public var start: Bound
    public var end: Bound
    public init(_ unit: Unit, _ start: Bound, _ end: Bound) {
        self.unit = unit
        self.start = start
        self.end = end
    }
    /// The whole partition: the default without ORDER BY.
    public static let wholePartition = WindowFrame(.rows, .unboundedPreceding, .unboundedFollowing)
    /// RANGE UNBOUNDED PRECEDING TO CURRENT ROW: the default with ORDER BY.
    public static let upToCurrent = WindowFrame(.range, .unboundedPreceding, .currentRow)
}

/// LATERAL FLATTEN: the input's columns pass through, repeated for each element.
public struct LogicalFlatten: Sendable {
    public var input: LogicalPlan
    /// ARRAY, OBJECT or VARIANT.
    public var value: BoundExpression
    public var path: String
    public var isOuter: Bool
    public var isRecursive: Bool
    public enum Mode: String, Hashable, Sendable { case both = "BOTH", object = "OBJECT", array = "ARRAY" }
    public var mode: Mode
    /// Only the outputs somebody reads. `element` is the element in its own type, where `value` is an ARRAY with a
    /// known element type (what `VALUE::VARCHAR` becomes); others as Snowflake names them.
    public enum Output: String, Hashable, Sendable, CaseIterable {
        case seq = "SEQ", key = "KEY", path = "PATH", index = "INDEX", value = "VALUE", this = "THIS"
        case element = "ELEMENT"
    }
    public var outputs: [(output: Output, column: PlanColumn)]

    public init(input: LogicalPlan, value: BoundExpression, path: String = "", isOuter: Bool = false,
                isRecursive: Bool = false, mode: Mode = .both, outputs: [(output: Output, column: PlanColumn)]) {
        self.input = input
        self.value = value
        self.path = path
        self.isOuter = isOuter
        self.isRecursive = isRecursive
        self.mode = mode
        self.outputs = outputs
    }
}

extension LogicalPlan {
    /// What the node puts out, in order.
    public var columns: [PlanColumn] {
        var columns: [PlanColumn] = []
        append(to: &columns)
        return columns
    }

    /// A chain of joins hands its columns up: each is written once, however long the chain is.
    fileprivate func append(to columns: inout [PlanColumn]) {
        switch self {
        case .scan(let scan): columns += scan.columns.lazy.map(\.column)
        case .values(let values): columns += values.columns
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _), .distinct(let input),
             .singleRow(let input): input.append(to: &columns)
        case .project(_, let projections): columns += projections.lazy.map(\.column)
        case .aggregate(let aggregate):
            columns += aggregate.groups.lazy.map(\.column)
            columns += aggregate.aggregates.lazy.map(\.column)
        case .join(let join): join.append(to: &columns)
        case .window(let window):
            window.input.append(to: &columns)
            columns += window.calls.lazy.map(\.column)
        case .unionAll(_, let own), .setOperation(_, _, _, let own): columns += own
        case .flatten(let flatten):
            flatten.input.append(to: &columns)
            columns += flatten.outputs.lazy.map(\.column)
        case .recursion(let recursion): columns += recursion.columns
        case .shared(let shared): columns += shared.columns
        }
    }

    /// How many operators stand one upon the other at most. Found without recursion: it tells what stack others need.
    public var height: Int {
        var highest = 0
        var open: [(plan: LogicalPlan, depth: Int)] = [(self, 1)]
        while let (plan, depth) = open.popLast() {
            highest = max(highest, depth)
            for input in plan.inputs { open.append((input, depth + 1)) }
        }
        return highest
    }

    /// Direct inputs, left to right.
    public var inputs: [LogicalPlan] {
        switch self {
        case .scan, .values: []
        case .filter(let input, _), .project(let input, _), .sort(let input, _), .limit(let input, _, _),
             .distinct(let input), .singleRow(let input): [input]
        case .aggregate(let aggregate): [aggregate.input]
        case .join(let join): [join.left, join.right]
        case .window(let window): [window.input]
        case .unionAll(let inputs, _): inputs
        case .setOperation(_, let left, let right, _): [left, right]
        case .flatten(let flatten): [flatten.input]
        case .recursion(let recursion): [recursion.anchor, recursion.step]
        case .shared(let shared): [shared.plan]
        }
    }
}

extension LogicalJoin {
    fileprivate func append(to columns: inout [PlanColumn]) {
        func add(_ input: LogicalPlan, isNullable: Bool) {
            let start = columns.count
            input.append(to: &columns)
            if isNullable { for index in start..<columns.count { columns[index] = columns[index].madeNullable } }
        }
        add(left, isNullable: kind == .right || kind == .full)
        if kind != .semi, kind != .anti { add(right, isNullable: kind == .left || kind == .full) }
    }
}
