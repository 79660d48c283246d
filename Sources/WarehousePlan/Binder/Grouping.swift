import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// The grouping sets of GROUP BY over the input, one for a plain clause; nil without it.
    func bindGroups(_ select: SelectContext) throws -> [[BoundExpression]]? {
        guard let clause = select.statement.groupBy else { return nil }
        switch clause {
        case .all:
            return [try select.items.indices.compactMap { index in
                let bound = try select.item(index, binder: self)
                let used = bound.columnIDs
                let isAggregated = select.aggregates.contains { used.contains($0.column.id) }
                    || select.windows.contains { used.contains($0.call.column.id) }
                return isAggregated || bound.isConstant ? nil : bound
            }]
        case .elements(let elements): return try groupingSets(elements, select)
        }
    }

    func bindGroup(_ expression: Expression, _ select: SelectContext) throws -> BoundExpression {
        guard let ordinal = try outputOrdinal(expression, count: select.items.count) else {
            let bound = try bindExpression(expression, select.context(.groupBy, sink: select.inner))
            select.addGroup(expression, bound)
            return bound
        }
        let bound = try select.item(ordinal, binder: self)
        let used = bound.columnIDs
        if select.aggregates.contains(where: { used.contains($0.column.id) })
            || select.windows.contains(where: { used.contains($0.call.column.id) }) {
            throw CompilationError.make(.misplacedAggregate, "[\(select.items[ordinal].name)] is not a valid group by "
                + "expression: it is an aggregate", at: expression.span)
        }
        if select.outer.subqueries.contains(where: { used.contains($0.output.id) }),
            let syntax = select.items[ordinal].syntax {
            return try select.rebind(ordinal, syntax, in: select.context(.groupBy, sink: select.inner), binder: self)
        }
        return bound
    }
}

/// Rewrites what stands above an aggregation: group expressions become the group's columns, and every other column of
/// the input is an error.
struct Grouping {
    let projections: [Projection]
    private let columns: [BoundExpression: PlanColumn]
    private let hidden: Set<ColumnID>
    private let scope: Scope
    /// Whether GROUP BY was written.
    private let hasClause: Bool

    /// `isPartial`: some set leaves some group out, whose column is then NULL.
    init(_ groups: [BoundExpression], isPartial: Bool = false, select: SelectContext, binder: Binder) throws {
        var projections: [Projection] = []
        var columns: [BoundExpression: PlanColumn] = [:]
        for group in groups where (isPartial || !group.isConstant) && columns[group] == nil {
            let name = if case .column(let column) = group { column.name } else { "GROUP" }
            let column = binder.make(name, group.type, isNullable: isPartial || group.isNullable)
            projections.append(Projection(column, group))
            columns[group] = column
        }
        if projections.isEmpty, !groups.isEmpty, !isPartial {
            // GROUP BY constants alone makes one group, and none of no rows.
            projections.append(Projection(binder.make("GROUP", groups[0].type), groups[0]))
        }
        self.projections = projections
        self.columns = columns
        self.scope = select.scope
        self.hasClause = select.statement.groupBy != nil
        var ids: Set<ColumnID> = []
        for relation in select.scope.relations { for column in relation.columns { ids.insert(column.column.id) } }
        for subquery in select.inner.subqueries { ids.insert(subquery.output.id) }
        self.hidden = ids
    }

    func rewritten(_ clauses: SelectClauses) throws -> SelectClauses {
        var result = clauses
        for (index, expression) in clauses.expressions.enumerated() {
            let span = clauses.items[index].syntax?.span ?? clauses.statement.span
            // A constant is a group only as a whole item: the same number elsewhere is no reference to it.
            if expression.isConstant, let column = columns[expression] {
                result.expressions[index] = .column(column)
                continue
            }
            result.expressions[index] = try rewritten(expression, in: .select, at: span)
        }
        result.having = try clauses.having.map { try rewritten($0, in: .having, at: clauses.statement.having?.span) }
        result.qualify =
            try clauses.qualify.map { try rewritten($0, in: .qualify, at: clauses.statement.qualify?.span) }
        for index in clauses.order.indices {
            let key = clauses.order[index]
            result.order[index].key.expression = try rewritten(key.key.expression, in: .orderBy, at: key.span)
        }
        for index in clauses.windows.indices {
            let window = clauses.windows[index]
            result.windows[index].partition =
                try window.partition.map { try rewritten($0, in: .windowArgument, at: nil) }
            result.windows[index].order = try window.order.map {
                SortKey(try rewritten($0.expression, in: .windowArgument, at: nil), isDescending: $0.isDescending,
                        nullsFirst: $0.nullsFirst)
            }
            result.windows[index].call.arguments = try window.call.arguments.map {
                try rewritten($0, in: .windowArgument, at: nil)
            }
            result.windows[index].call.rangeValues = try window.call.rangeValues.map {
                try rewritten($0, in: .windowArgument, at: nil)
            }
            result.windows[index].call.aggregateOrder = try window.call.aggregateOrder.map {
                SortKey(try rewritten($0.expression, in: .windowArgument, at: nil), isDescending: $0.isDescending,
                        nullsFirst: $0.nullsFirst)
            }
        }
        result.subqueries = try clauses.subqueries.map { try rewritten($0) }
        return result
    }

    /// The outer references of a subquery above the aggregation are its columns too.
    private func rewritten(_ subquery: PendingSubquery) throws -> PendingSubquery {
        var result = subquery
        if case .membership(let values) = subquery.kind {
            result.kind = .membership(try values.map { try rewritten($0, in: .select, at: nil) })
        }
        if case .computed(let value) = subquery.kind {
            result.kind = .computed(try rewritten(value, in: .select, at: nil))
        }
        if case .quantified(let value, let op, let isAny) = subquery.kind {
            result.kind = .quantified(try rewritten(value, in: .select, at: nil), op, isAny: isAny)
        }
        guard !subquery.relation.plan.freeColumns.isDisjoint(with: hidden) else { return result }
        result.relation.plan = try subquery.relation.plan.mapped { node in
            try node.mappingExpressions { try rewritten($0, in: .select, at: nil) }
        }
        return result
    }

    private func rewritten(_ expression: BoundExpression, in clause: Clause, at span: SourceSpan?) throws
        -> BoundExpression {
        if !expression.isConstant, let column = columns[expression] { return .column(column) }
        if case .column(let column) = expression {
            guard hidden.contains(column.id) else { return expression }
            throw notGrouped(column, in: clause, at: span)
        }
        let operands = expression.operands
        if operands.isEmpty { return expression }
        return expression.withOperands(try operands.map { try rewritten($0, in: clause, at: span) })
    }

    private func notGrouped(_ column: PlanColumn, in clause: Clause, at span: SourceSpan?) -> WarehouseError {
        let name = scope.describe(column)
        guard !hasClause, clause == .select else {
            return WarehouseError(.notGrouped, "SQL compilation error:\n[\(name)] is not a valid group by expression",
                                  span: span)
        }
        return CompilationError.make(.notGrouped,
            "'\(name)' in select clause is neither an aggregate nor in the group by "
            + "clause.", at: span)
    }
}
