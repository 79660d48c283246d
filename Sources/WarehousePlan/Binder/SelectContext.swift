import WarehouseBasics
import WarehouseSQL

/// What the clauses of one SELECT share: its select list, and the aggregates, window functions and subqueries met in
/// it.
final class SelectContext {
    /// One column of the select list.
    struct Item {
        var name: String
        var alias: Identifier?
        /// nil for a column that `*` gave.
        var syntax: Expression?
        /// Over the input's columns, aggregates and windows as columns of their own; nil until bound.
        var bound: BoundExpression?
        var isBeingBound = false
    }

    let statement: SelectStatement
    let scope: Scope
    let tables: TableEnvironment?
    var items: [Item] = []
    /// Places of the items by their aliases and names, and of how many they are; made when first asked for.
    private var places: (count: Int, byAlias: [String: [Int]], byName: [String: [Int]]) = (0, [:], [:])
    private(set) var aggregates: [AggregateCall] = []
    private(set) var windows: [PendingWindow] = []
    private(set) var groupings: [PendingGrouping] = []
    /// What was met so far, each without its own column, and the column that stands for it.
    private var aggregateColumns: [AggregateCall: PlanColumn] = [:]
    private var windowColumns: [PendingWindow: PlanColumn] = [:]
    private var groupingColumns: [[BoundExpression]: PlanColumn] = [:]
    /// Subqueries to be joined below the aggregation, and above it.
    let inner = SubquerySink()
    let outer = SubquerySink()

    /// Nodes that an expression may grow to through aliases of aliases.
    static let maximumAliasNodes = 200_000

    init(statement: SelectStatement, scope: Scope, tables: TableEnvironment?) {
        self.statement = statement
        self.scope = scope
        self.tables = tables
    }

    var aliases: [String] { items.compactMap { $0.alias?.name } }

    func context(_ clause: Clause, sink: SubquerySink) -> ExpressionContext {
        ExpressionContext(scope: scope, tables: tables, clause: clause, select: self, sink: sink)
    }

    /// Looks through long lists once, not for each name.
    private func findPlaces() {
        guard places.count != items.count else { return }
        places = (items.count, [:], [:])
        for (index, item) in items.enumerated() {
            places.byName[item.name, default: []].append(index)
            if let alias = item.alias { places.byAlias[alias.name, default: []].append(index) }
        }
    }

    /// The items of that alias, in their order.
    func places(ofAlias name: String) -> [Int] {
        findPlaces()
        return places.byAlias[name] ?? []
    }

    private func places(ofName name: String) -> [Int] {
        findPlaces()
        return places.byName[name] ?? []
    }

    /// Stands where a call's own column does, so that equal calls are equal.
    private static let anyColumn = PlanColumn(id: ColumnID(0), name: "", type: .null)

    /// The column that stands for an aggregate; equal calls share one.
    func add(_ aggregate: AggregateCall) -> PlanColumn {
        var key = aggregate
        key.column = Self.anyColumn
        if let known = aggregateColumns[key] { return known }
        aggregateColumns[key] = aggregate.column
        aggregates.append(aggregate)
        return aggregate.column
    }

    /// The column that stands for a GROUPING; equal ones share one.
    func add(_ grouping: PendingGrouping) -> PlanColumn {
        if let known = groupingColumns[grouping.expressions] { return known }
        groupingColumns[grouping.expressions] = grouping.column
        groupings.append(grouping)
        return grouping.column
    }

    /// The column that stands for a window function; equal ones share one.
    func add(_ window: PendingWindow) -> PlanColumn {
        var key = window
        key.call.column = Self.anyColumn
        if let known = windowColumns[key] { return known }
        windowColumns[key] = window.call.column
        windows.append(window)
        return window.call.column
    }

    /// The WINDOW clause's entry of that name, with what it takes from others.
    func window(_ name: Identifier, depth: Int) throws -> WindowSpecification {
        guard let entry = statement.windows.first(where: { $0.name == name }), depth <= statement.windows.count else {
            throw CompilationError.make(.invalidIdentifier, "Window '\(name.name)' is not defined", at: name.span)
        }
        var specification = entry.specification
        guard let base = specification.base else { return specification }
        let parent = try window(base, depth: depth + 1)
        specification.partitionBy = parent.partitionBy
        if specification.orderBy.isEmpty { specification.orderBy = parent.orderBy }
        specification.base = nil
        return specification
    }

    // MARK: Groups

    /// Group expressions that hold subqueries, as they are written: bound again they would be other subqueries.
    private var subqueryGroups: [Expression: BoundExpression] = [:]

    func addGroup(_ expression: Expression, _ bound: BoundExpression) {
        let used = bound.columnIDs
        if inner.subqueries.contains(where: { used.contains($0.output.id) }) { subqueryGroups[expression] = bound }
    }

    /// The group that the expression stands for above the aggregation; nil where it is none that holds subqueries.
    func group(_ expression: Expression, in clause: Clause) -> BoundExpression? {
        clause.allowsAggregates && !subqueryGroups.isEmpty ? subqueryGroups[expression] : nil
    }

    // MARK: Items

    /// The bound expression of an item, bound now if it was not yet.
    func item(_ index: Int, binder: Binder) throws -> BoundExpression {
        if let bound = items[index].bound { return bound }
        guard let syntax = items[index].syntax else {
            throw WarehouseError(.internalFault, "A column of the select list has no expression.")
        }
        guard !items[index].isBeingBound else {
            throw CompilationError.make(.invalidIdentifier, "Alias '\(items[index].name)' refers to itself",
                at: syntax.span)
        }
        items[index].isBeingBound = true
        defer { items[index].isBeingBound = false }
        let bound = try binder.bindExpression(syntax, context(.select, sink: outer))
        items[index].bound = bound
        return bound
    }

    /// The one column of the result that has that name: ORDER BY means it where tables below share the name.
    func output(_ name: String, binder: Binder) throws -> BoundExpression? {
        var found: BoundExpression?
        for index in places(ofName: name) where !items[index].isBeingBound {
            let bound = try item(index, binder: binder)
            if let known = found, known != bound { return nil }
            found = bound
        }
        return found
    }

    /// The expression that `name` is an alias of, as it may stand in `context`; nil when there is no such alias.
    func alias(_ name: String, in context: ExpressionContext, binder: Binder) throws -> BoundExpression? {
        guard let index = places(ofAlias: name).first(where: { !items[$0].isBeingBound }),
              let syntax = items[index].syntax else { return nil }
        let bound = try item(index, binder: binder)
        let used = bound.columnIDs
        guard bound.nodeCount(upTo: Self.maximumAliasNodes) < Self.maximumAliasNodes else {
            throw WarehouseError(.limitExceeded, "Alias '\(name)' grows too large through the aliases it uses.")
        }
        if !context.clause.allowsAggregates, aggregates.contains(where: { used.contains($0.column.id) }) {
            throw CompilationError.make(.misplacedAggregate, "Invalid aggregate function in \(context.clause.rawValue) "
                + "clause: alias [\(name)]", at: syntax.span)
        }
        if !context.clause.allowsWindows, windows.contains(where: { used.contains($0.call.column.id) }) {
            throw CompilationError.make(.misplacedWindow,
                "Window function may not appear in \(context.clause.rawValue): "
                + "alias [\(name)]", at: syntax.span)
        }
        // A subquery is joined where it is used, so that below the aggregation it needs a place of its own.
        if context.sink !== outer, outer.subqueries.contains(where: { used.contains($0.output.id) }) {
            guard context.clause == .groupBy else { return try binder.bindExpression(syntax, context) }
            return try rebind(index, syntax, in: context, binder: binder)
        }
        return bound
    }

    /// Binds an item that holds subqueries anew, below the aggregation, for a GROUP BY that names it; the item is then
    /// that group.
    func rebind(_ index: Int, _ syntax: Expression, in context: ExpressionContext, binder: Binder) throws
        -> BoundExpression {
        let used = items[index].bound?.columnIDs ?? []
        outer.subqueries.removeAll { used.contains($0.output.id) }
        let bound = try binder.bindExpression(syntax, context)
        items[index].bound = bound
        return bound
    }
}

extension BoundExpression {
    /// How many nodes the tree has, counted no further than `limit`.
    func nodeCount(upTo limit: Int) -> Int {
        var count = 1
        for operand in operands {
            if count >= limit { break }
            count += operand.nodeCount(upTo: limit - count)
        }
        return count
    }
}
