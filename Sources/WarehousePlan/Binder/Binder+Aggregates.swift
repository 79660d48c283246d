import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindAggregate(_ name: String, _ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        guard context.clause.allowsAggregates, let select = context.select else {
            throw CompilationError.make(.misplacedAggregate, "Invalid aggregate function in \(context.clause.rawValue) "
                + "clause: [\(name)]", at: span)
        }
        let inner = context.within(.aggregateArgument, sink: select.inner)
        let aggregate = try aggregateCall(name, call, at: span, inner)
        try refuseOuterAggregate(name, aggregate, inner.scope, at: span)
        return .column(select.add(aggregate))
    }

    /// SUM over columns of the outer query alone is the outer query's in standard SQL, and this one's elsewhere.
    private func refuseOuterAggregate(_ name: String, _ aggregate: AggregateCall, _ scope: Scope, at span: SourceSpan)
        throws {
        let used = aggregate.arguments.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
        var around = scope.parent, outer: Set<ColumnID> = []
        while let next = around {
            for relation in next.relations { outer.formUnion(relation.columns.map(\.column.id)) }
            around = next.parent
        }
        guard !used.isEmpty, used.isSubset(of: outer) else { return }
        throw CompilationError.unsupported("\(name) in a subquery over columns of the outer query alone", at: span)
    }

    /// An aggregate with its arguments bound in `context`.
    func aggregateCall(_ name: String, _ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws
        -> AggregateCall {
        var rows = AggregatedRows(function: name)
        for argument in call.arguments {
            switch argument {
            case .expression(let expression): rows.arguments.append(try bindExpression(expression, context))
            case .star(let star) where name == "COUNT" && star == StarItem(): rows.isStar = true
            case .star(let star) where ["COUNT", "HASH_AGG", "APPROX_COUNT_DISTINCT", "HLL"].contains(name):
                rows.arguments += try StarExpansion(scope: context.scope, star: star)
                    .expand { try bindExpression($0, context) }.map(\.expression)
            default: throw CompilationError.make(.invalidArgumentTypes, "Function \(name) takes plain arguments only",
                at: span)
            }
        }
        if name == "COUNT", !rows.isStar, rows.arguments.isEmpty {
            throw WarehouseError(.argumentCount, "not enough arguments for function [COUNT()], expected 1, got 0")
        }
        rows.order = try (call.withinGroup + call.orderBy).map {
            sortKey(try bindExpression($0.expression, context), $0.direction, $0.nulls)
        }
        if call.isDistinct { try refuseForeignOrder(rows, call.withinGroup + call.orderBy, context.scope) }
        if let filter = call.filter {
            try rows.apply(filter: try factory.condition(try bindExpression(filter, context)), factory, at: span)
        }
        return try factory.aggregate(rows.function, rows.arguments, isDistinct: call.isDistinct, order: rows.order,
                                     id: ids.make())
    }

    /// Of equal values that count once none has a place by something else.
    private func refuseForeignOrder(_ rows: AggregatedRows, _ keys: [OrderItem], _ scope: Scope) throws {
        guard let listed = rows.arguments.first else { return }
        for (key, syntax) in zip(rows.order, keys) where !key.expression.isConstant && key.expression != listed {
            let name = if case .column(let column) = key.expression {
                scope.describe(column)
            } else {
                SelectExpression(expression: syntax.expression).columnName
            }
            throw WarehouseError(.invalidOrder, "SQL compilation error:\n[\(name)] is not a valid order by expression",
                                 hint: "With DISTINCT, WITHIN GROUP orders by the same expression.",
                                 span: syntax.expression.span)
        }
    }
}

/// What an aggregate is called with.
private struct AggregatedRows {
    var function: String
    var arguments: [BoundExpression] = []
    /// COUNT(*).
    var isStar = false
    var order: [SortKey] = []

    /// FILTER (WHERE …): the argument without which a row does not count is NULL in the rows that are left out.
    mutating func apply(filter condition: BoundExpression, _ factory: ExpressionFactory, at span: SourceSpan) throws {
        func kept(_ value: BoundExpression) throws -> BoundExpression { try factory.caseWhen([(condition, value)]) }
        if isStar {
            function = "COUNT_IF"
            arguments = [condition]
            return
        }
        switch AggregateFunctions.function(named: function)?.name {
        case "MIN_BY", "MAX_BY":
            if arguments.count > 1 { arguments[1] = try kept(arguments[1]) }
        case "ANY_VALUE":
            // Its value may be NULL, a row that is left out is none of its rows.
            guard arguments.count == 1 else { return }
            function = "MIN_BY"
            arguments.append(try kept(.constant(.boolean(true))))
        case "PERCENTILE_CONT", "PERCENTILE_DISC":
            for index in order.indices { order[index].expression = try kept(order[index].expression) }
        case "HASH_AGG", "MINHASH":
            // NULL counts as well.
            throw CompilationError.unsupported("FILTER of \(function)", at: span)
        default:
            if !arguments.isEmpty { arguments[0] = try kept(arguments[0]) }
        }
    }
}
