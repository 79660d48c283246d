import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// One SELECT with the ORDER BY and LIMIT of its query.
    func bindSelect(_ statement: SelectStatement, order: OrderByClause?, limit: LimitClause?, outer: Scope?,
                    tables: TableEnvironment?) throws -> Relation {
        let written = statement.from
        let statement = try OuterJoinMarks.resolved(statement)
        var source = try bindFrom(statement, order: order, outer: outer, tables: tables)
        if statement.from != written { OuterJoinMarks.restoreOrder(of: &source, as: written) }
        let from = try bindHierarchy(statement, over: source, outer: outer, tables: tables)
        let scope = from.scope(parent: outer)
        let select = SelectContext(statement: statement, scope: scope, tables: tables)
        select.items = try selectItems(statement, select)
        var plan = from.plan
        if let filter = statement.filter {
            plan = try filtered(plan, by: filter, select.context(.filter, sink: select.inner), consuming: select.inner)
        }
        let groups = try bindGroups(select)
        for index in select.items.indices { _ = try select.item(index, binder: self) }
        let having = try statement.having.map { try condition($0, select.context(.having, sink: select.outer)) }
        let qualify = try statement.qualify.map { try condition($0, select.context(.qualify, sink: select.outer)) }
        let keys = try bindOrder(order, select)
        let isGrouped = groups != nil || !select.aggregates.isEmpty || having != nil
        var clauses = SelectClauses(select: select, having: having, qualify: qualify, order: keys)
        plan = try attach(select.inner.subqueries, to: plan)
        if isGrouped {
            let grouping: Grouping
            (plan, grouping) = try grouped(plan, groups ?? [[]], select)
            clauses = try grouping.rewritten(clauses)
        }
        return try finish(plan, clauses, limit: limit)
    }

    /// The aggregation of a SELECT, once for each of its grouping sets.
    private func grouped(_ input: LogicalPlan, _ sets: [[BoundExpression]], _ select: SelectContext) throws
        -> (LogicalPlan, Grouping) {
        guard sets.count > 1 || !select.groupings.isEmpty else {
            let grouping = try Grouping(sets.first ?? [], select: select, binder: self)
            return (.aggregate(LogicalAggregate(input: input, groups: grouping.projections,
                aggregates: select.aggregates)),
                    grouping)
        }
        let all = GroupingSets(sets)
        let grouping = try Grouping(all.expressions, isPartial: true, select: select, binder: self)
        return (all.plan(over: input, grouping: grouping, select: select, binder: self), grouping)
    }

    private func condition(_ expression: Expression, _ context: ExpressionContext) throws -> BoundExpression {
        let bound = try bindExpression(expression, context)
        return try CompilationError.at(expression.span) { try factory.condition(bound) }
    }

    /// HAVING, window functions, QUALIFY, the select list, DISTINCT, ORDER BY and LIMIT, in that order.
    private func finish(_ input: LogicalPlan, _ clauses: SelectClauses, limit: LimitClause?) throws -> Relation {
        var plan = try attach(clauses.subqueries, to: input)
        if let having = clauses.having { plan = .filter(plan, having) }
        plan = try stacked(clauses.windows, over: plan)
        if let qualify = clauses.qualify { plan = .filter(plan, qualify) }
        let statement = clauses.statement
        var outputs: [Projection] = []
        for (item, expression) in zip(clauses.items, clauses.expressions) {
            outputs.append(Projection(make(item.name, expression.type, isNullable: expression.isNullable), expression))
        }
        let visible = outputs.map(\.column)
        let keys = try sortKeys(clauses, over: &outputs)
        plan = .project(plan, outputs)
        if statement.isDistinct { plan = .distinct(plan) }
        if !keys.isEmpty { plan = .sort(plan, keys) }
        var relation = Relation(plan: plan, columns: visible, isOrdered: !keys.isEmpty)
        relation = try limited(relation, by: limit, top: statement.top)
        if outputs.count > visible.count {
            let kept = visible.map { Projection(fresh($0), .column($0)) }
            relation.plan = .project(relation.plan, kept)
            relation.columns = kept.map(\.column)
        }
        return relation
    }

    /// The keys of ORDER BY as columns: of the select list where they are in it, else hidden ones behind it.
    private func sortKeys(_ clauses: SelectClauses, over outputs: inout [Projection]) throws -> [SortKey] {
        guard !clauses.order.isEmpty else { return [] }
        var places: [BoundExpression: Int] = [:]
        for (index, output) in outputs.enumerated() where places[output.expression] == nil {
            places[output.expression] = index
        }
        var keys: [SortKey] = []
        for key in clauses.order {
            let expression = key.key.expression
            var place = key.output ?? places[expression]
            if place == nil {
                if expression.isConstant { continue }
                guard !clauses.statement.isDistinct else {
                    throw CompilationError.make(.invalidOrder, "ORDER BY of SELECT DISTINCT must be in the select list",
                                                at: key.span)
                }
                place = outputs.count
                places[expression] = outputs.count
                outputs.append(Projection(make("ORDER", expression.type), expression))
            }
            guard let place else { continue }
            keys.append(SortKey(.column(outputs[place].column), isDescending: key.key.isDescending,
                                nullsFirst: key.key.nullsFirst))
        }
        return keys
    }

    /// Window nodes, one for each pair of PARTITION BY and ORDER BY, in the order of first use. A call whose arguments
    /// are other calls' results stands above those.
    private func stacked(_ windows: [PendingWindow], over input: LogicalPlan) throws -> LogicalPlan {
        struct Order: Hashable {
            var partition: [BoundExpression]
            var keys: [SortKey]
        }
        var nodes: [LogicalWindow] = []
        /// The nodes of an order, ascending, and the node that computes a call's column.
        var places: [Order: [Int]] = [:], nodeOfColumn: [ColumnID: Int] = [:]
        for window in windows {
            let used = window.call.arguments.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
            let below = used.compactMap { nodeOfColumn[$0] }.max() ?? -1
            let order = Order(partition: window.partition, keys: window.order)
            let index = places[order]?.first { $0 > below } ?? nodes.count
            if index == nodes.count {
                guard index < Optimizer.maximumHeight else { throw Optimizer.tooHigh }
                nodes.append(LogicalWindow(input: input, partition: window.partition, order: window.order, calls: []))
                places[order, default: []].append(index)
            }
            nodes[index].calls.append(window.call)
            nodeOfColumn[window.call.column.id] = index
        }
        return nodes.reduce(input) { plan, node in
            var node = node
            node.input = plan
            return .window(node)
        }
    }

    // MARK: The select list

    private func selectItems(_ statement: SelectStatement, _ select: SelectContext) throws -> [SelectContext.Item] {
        var items: [SelectContext.Item] = []
        for item in statement.items {
            switch item {
            case .expression(let entry):
                items.append(SelectContext.Item(name: entry.alias?.name ?? entry.columnName, alias: entry.alias,
                                                syntax: entry.expression))
            case .star(let star):
                let context = select.context(.select, sink: select.outer)
                for column in try StarExpansion(scope: select.scope,
                    star: star).expand({ try bindExpression($0, context) }) {
                    items.append(SelectContext.Item(name: column.name, alias: nil, syntax: nil,
                        bound: column.expression))
                }
            }
        }
        guard !items.isEmpty else {
            throw WarehouseError(.noColumns, "SQL compilation error: SELECT with no columns")
        }
        return items
    }

    // MARK: ORDER BY

    private func bindOrder(_ order: OrderByClause?, _ select: SelectContext) throws -> [OrderKey] {
        guard let order else { return [] }
        guard case .items(let items) = order else {
            guard case .all(let direction, let nulls) = order else { return [] }
            return try select.items.indices.map { index in
                OrderKey(key: sortKey(try select.item(index, binder: self), direction, nulls), output: index,
                    span: .none)
            }
        }
        let context = select.context(.orderBy, sink: select.outer)
        return try items.map { item in
            let span = item.expression.span
            if let ordinal = try outputOrdinal(item.expression, count: select.items.count) {
                let value = try select.item(ordinal, binder: self)
                return OrderKey(key: sortKey(value, item.direction, item.nulls), output: ordinal, span: span)
            }
            if case .column(let parts) = item.expression.kind, parts.count == 1,
               let index = select.places(ofAlias: parts[0].name).first {
                let value = try select.item(index, binder: self)
                return OrderKey(key: sortKey(value, item.direction, item.nulls), output: index, span: span)
            }
            let bound = try bindExpression(item.expression, context)
            return OrderKey(key: sortKey(bound, item.direction, item.nulls), output: nil, span: span)
        }
    }
}

/// A key of ORDER BY, and the column of the select list that it is, where it is one.
struct OrderKey {
    var key: SortKey
    var output: Int?
    var span: SourceSpan
}

/// What stands above the aggregation of a SELECT, over its columns.
struct SelectClauses {
    var statement: SelectStatement
    var items: [SelectContext.Item]
    /// The select list's expressions, in the order of `items`.
    var expressions: [BoundExpression]
    var having: BoundExpression?
    var qualify: BoundExpression?
    var order: [OrderKey]
    var windows: [PendingWindow]
    var subqueries: [PendingSubquery]

    init(select: SelectContext, having: BoundExpression?, qualify: BoundExpression?, order: [OrderKey]) {
        statement = select.statement
        items = select.items
        expressions = select.items.compactMap(\.bound)
        self.having = having
        self.qualify = qualify
        self.order = order
        windows = select.windows
        subqueries = select.outer.subqueries
    }
}
