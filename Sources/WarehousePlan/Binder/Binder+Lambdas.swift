import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// `FILTER(array, x -> …)`, `TRANSFORM(array, x -> …)`, `REDUCE(array, start, (state, x) -> …)`.
    func bindHigherOrder(_ name: String, _ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext)
        throws -> BoundExpression {
        let expressions = try call.arguments.map { argument -> Expression in
            guard case .expression(let expression) = argument else {
                throw CompilationError.make(.invalidArgumentTypes, "Function \(name) takes plain arguments only", at: span)
            }
            return expression
        }
        let wanted = name == "REDUCE" ? 3 : 2
        guard expressions.count == wanted, case .lambda(let lambda) = expressions[wanted - 1].kind else {
            throw CompilationError.make(.argumentCount, "Function \(name) takes an array"
                + (wanted == 3 ? ", a start value" : "") + " and a lambda expression", at: span)
        }
        guard lambda.parameters.count == wanted - 1 else {
            throw CompilationError.make(.invalidArgumentTypes, "The lambda of \(name) takes \(wanted - 1) parameter(s), "
                + "not \(lambda.parameters.count)", at: expressions[wanted - 1].span)
        }
        let first = try bindExpression(expressions[0], context)
        let array = try ParameterType.array.coerce(first, factory, function: name, all: [first])
        let element = make(lambda.parameters[wanted - 2].name.name, .variant)
        if name == "REDUCE" {
            return try bindReduce(array, try bindExpression(expressions[1], context), lambda, element, context)
        }
        var body = try bindBody(lambda, [(element, try typed(.column(element), as: lambda.parameters[0]))], context)
        if name == "FILTER" { body = try factory.condition(body) } else { body = try SemiStructured.variant(body, factory) }
        return .call(name, [array, .lambda([element], body)], .array(element: nil))
    }

    /// The state has one type: what it starts with, widened until what the body gives fits.
    private func bindReduce(_ array: BoundExpression, _ start: BoundExpression, _ lambda: LambdaExpression,
                            _ element: PlanColumn, _ context: ExpressionContext) throws -> BoundExpression {
        let item = try typed(.column(element), as: lambda.parameters[1])
        var type = try lambda.parameters[0].type.map {
            try TypeResolver.logicalType($0, parameters: factory.session.parameters)
        } ?? widest(start.type)
        for _ in 0..<4 {
            let state = make(lambda.parameters[0].name.name, type)
            let body = try bindBody(lambda, [(state, .column(state)), (element, item)], context)
            let next = lambda.parameters[0].type == nil ? widest(Coercion.common(type, body.type) ?? body.type) : type
            if next == type {
                return .call("REDUCE", [array, try factory.cast(start, to: type), .lambda([state, element],
                                                                                          try factory.cast(body, to: type))],
                             type)
            }
            type = next
        }
        throw CompilationError.make(.invalidArgumentTypes, "The state of REDUCE has no one type: give its parameter "
            + "one", at: lambda.body.span)
    }

    private func widest(_ type: LogicalType) -> LogicalType {
        switch type {
        case .number(_, let scale): .number(precision: 38, scale: min(scale, 12))
        case .varchar: .text
        case .binary: .binary(length: LogicalType.maximumBinaryLength)
        case .array: .array(element: nil)
        case .null: .variant
        default: type
        }
    }

    private func typed(_ column: BoundExpression, as parameter: LambdaParameter) throws -> BoundExpression {
        guard let type = parameter.type else { return column }
        return try factory.cast(column, to: try TypeResolver.logicalType(type, parameters: factory.session.parameters))
    }

    private func bindBody(_ lambda: LambdaExpression, _ parameters: [(column: PlanColumn, value: BoundExpression)],
                          _ context: ExpressionContext) throws -> BoundExpression {
        let names = parameters.map { MergedColumn(name: $0.column.name, expression: $0.value) }
        let sink = SubquerySink()
        let inner = ExpressionContext(scope: Scope(parent: context.scope, merged: names), tables: context.tables,
                                      clause: .lambda, sink: sink)
        let body = try bindExpression(lambda.body, inner)
        guard sink.subqueries.isEmpty else {
            throw CompilationError.unsupported("subqueries in a lambda expression", at: lambda.body.span)
        }
        return body
    }
}
