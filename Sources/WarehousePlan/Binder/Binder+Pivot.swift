import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// `PIVOT (SUM(x) FOR c IN ('a', 'b'))`: the columns that neither the aggregate nor FOR names make groups; each
    /// value of the list makes a column.
    func bindPivot(_ pivot: Pivot, _ item: TableExpression, _ place: FromPlace) throws -> FromResult {
        guard pivot.aggregates.count == 1, case .function(let call) = pivot.aggregates[0].function.kind,
              let name = call.simpleName else {
            throw CompilationError.unsupported("PIVOT with this list of aggregates", at: item.span)
        }
        let input = try bindOperand(pivot.input, place)
        let context =
            ExpressionContext(scope: input.scope(parent: place.outer), tables: place.tables, clause: .tableFunction)
        let key = try bindExpression(pivot.column, context)
        let values = try pivotValues(pivot, key, input, context, at: item.span)
        var used = key.columnIDs
        var aggregates: [AggregateCall] = []
        for value in values {
            var filtered = call
            filtered.filter = Expression(.binary(.equal, pivot.column, value.value), span: value.value.span)
            let bound = try aggregateCall(name, filtered, at: pivot.aggregates[0].function.span, context)
            for input in bound.arguments + bound.order.map(\.expression) { used.formUnion(input.columnIDs) }
            let title = Self.pivotTitle(value.alias?.name ?? SelectExpression(expression: value.value).columnName,
                                        pivot.aggregates[0].alias)
            var named = bound
            named.column = PlanColumn(id: bound.column.id, name: title, type: bound.column.type,
                                      isNullable: bound.column.isNullable)
            aggregates.append(named)
        }
        let groups = input.relations.flatMap(\.columns).filter { !$0.isHidden && !used.contains($0.column.id) }
            .map { Projection(make($0.name, $0.column.type, isNullable: $0.column.isNullable), .column($0.column)) }
        let source = try attach(context.subqueries, to: input.plan)
        let plan = LogicalPlan.aggregate(LogicalAggregate(input: source, groups: groups, aggregates: aggregates))
        guard let fallback = pivot.defaultOnNull else {
            return try named(Relation(plan: plan, columns: plan.columns), qualifier: [], item)
        }
        let value = try bindExpression(fallback, context)
        let filled = try aggregates.map { call -> Projection in
            let result = try factory.call("COALESCE", [.column(call.column), value])
            return Projection(make(call.column.name, result.type), result)
        }
        let projections = groups.map { Projection($0.column, .column($0.column)) } + filled
        return try named(Relation(plan: .project(plan, projections), columns: projections.map(\.column)), qualifier: [],
            item)
    }

    /// The aggregate's alias goes behind the column's name, within its quotes if it has some: `'2023_Q1_TOTAL'`.
    private static func pivotTitle(_ name: String, _ alias: Identifier?) -> String {
        guard let alias else { return name }
        return name.count > 1 && name.hasSuffix("'") ? "\(name.dropLast())_\(alias.name)'" : "\(name)_\(alias.name)"
    }

    /// Columns that ANY or a subquery may make.
    private static let maximumPivotColumns = 5000

    /// The values that become columns: those listed, or those that occur, which a query tells.
    private func pivotValues(_ pivot: Pivot, _ key: BoundExpression, _ input: FromResult, _ context: ExpressionContext,
                             at span: SourceSpan) throws -> [PivotValue] {
        let plan: LogicalPlan
        switch pivot.values {
        case .list(let values): return values
        case .subquery(let query):
            let relation = try bindQuery(query, outer: nil, tables: context.tables)
            guard relation.columns.count == 1 else { throw Self.subqueryColumns(relation.columns.count, at: query.span) }
            plan = .project(relation.plan, relation.columns.map { Projection(fresh($0), .column($0)) })
        case .any(let items):
            let group = make("KEY", key.type)
            let order = items.isEmpty ? [OrderItem(expression: pivot.column)] : items
            let calls = try order.map {
                try factory.aggregate("MIN", [try bindExpression($0.expression, context)], id: ids.make())
            }
            let groups = LogicalPlan.aggregate(LogicalAggregate(input: input.plan, groups: [Projection(group, key)],
                                                                aggregates: calls))
            let keys = zip(calls, order).map { sortKey(.column($0.column), $1.direction, $1.nulls) }
            plan = .project(.sort(groups, keys), [Projection(fresh(group), .column(group))])
        }
        guard plan.freeColumns.isEmpty, context.subqueries.isEmpty else {
            throw CompilationError.unsupported("a correlated PIVOT over ANY or a subquery", at: span)
        }
        let improved = try Optimizer(folder: factory, ids: ids).optimize(plan)
        guard let rows = try factory.folder.rows(of: improved, limit: Self.maximumPivotColumns + 1) else {
            throw CompilationError.unsupported("PIVOT over ANY or a subquery", at: span)
        }
        guard rows.count <= Self.maximumPivotColumns else {
            throw WarehouseError(.limitExceeded, "PIVOT makes at most \(Self.maximumPivotColumns) columns.", span: span)
        }
        var seen: Set<Constant> = []
        return try rows.filter { seen.insert($0[0]).inserted }.compactMap { try pivotValue($0[0]) }
    }

    /// A value that occurs, and the column's name that it gives; nil for NULL.
    private func pivotValue(_ constant: Constant) throws -> PivotValue? {
        if constant.isNull { return nil }
        let text = try factory.constantText(try factory.cast(.constant(constant), to: .text), of: "PIVOT")
        guard constant.type.isNumeric else {
            return PivotValue(value: Expression(.literal(.string(text))), alias: Identifier(name: "'\(text)'"))
        }
        let digits = Expression(.literal(.number(text.hasPrefix("-") ? String(text.dropFirst()) : text)))
        return PivotValue(value: text.hasPrefix("-") ? Expression(.unary(.minus, digits)) : digits,
                          alias: Identifier(name: text))
    }

    /// `UNPIVOT (v FOR n IN (a, b))`: each row once for each column of the list.
    func bindUnpivot(_ unpivot: Unpivot, _ item: TableExpression, _ place: FromPlace) throws -> FromResult {
        let input = try bindOperand(unpivot.input, place)
        let scope = input.scope(parent: place.outer)
        let context = ExpressionContext(scope: scope, tables: place.tables, clause: .tableFunction)
        let sources = try unpivot.columns.map {
            try bindExpression(Expression(.column([$0.column]), span: $0.column.span), context)
        }
        let values = try factory.unified(sources, in: "UNPIVOT")
        let type = LogicalType.number(precision: 9, scale: 0)
        let index = make("INDEX", type, isNullable: false)
        func number(_ place: Int) -> BoundExpression { .constant(Constant(.integer(Int128(place)), type)) }
        let rows = LogicalPlan.values(LogicalValues(columns: [index], rows: values.indices.map { [number($0)] }))
        let crossed =
            LogicalPlan.join(LogicalJoin(kind: .inner, left: input.plan, right: rows, keys: [], residual: nil))
        func chosen(_ list: [BoundExpression]) throws -> BoundExpression {
            try factory.caseWhen(list.enumerated().dropLast().map {
                (condition: .comparison(.equal, .column(index), number($0.offset)), value: $0.element)
            }, otherwise: list[list.count - 1])
        }
        let names = unpivot.columns.map { BoundExpression.constant(.text($0.label ?? $0.column.name)) }
        let (name, value) = (try chosen(names), try chosen(values))
        let used = sources.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
        var projections = input.relations.flatMap(\.columns).filter { !$0.isHidden && !used.contains($0.column.id) }
            .map { Projection(make($0.name, $0.column.type, isNullable: $0.column.isNullable), .column($0.column)) }
        projections.append(Projection(make(unpivot.nameColumn.name, name.type, isNullable: false), name))
        let output = make(unpivot.valueColumn.name, value.type)
        projections.append(Projection(output, value))
        var plan = LogicalPlan.project(crossed, projections)
        if !unpivot.includesNulls { plan = .filter(plan, .isNull(.column(output), negated: true)) }
        return try named(Relation(plan: plan, columns: projections.map(\.column)), qualifier: [], item)
    }

    private func bindOperand(_ operand: TableExpression, _ place: FromPlace) throws -> FromResult {
        switch try bindItem(operand, after: nil, place) {
        case .alone(let result), .combined(let result): return result
        }
    }
}
