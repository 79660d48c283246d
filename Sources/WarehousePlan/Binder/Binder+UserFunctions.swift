import WarehouseBasics
import WarehouseSQL

extension Binder {
    static let maximumFunctionDepth = 64
    /// Calls within functions' bodies that one statement may be written out to: each level may double them.
    static let maximumInnerCalls = 100_000
    /// Nodes of an expression that calls of user-defined functions may grow to.
    static let maximumInlinedSize = 100_000

    /// The overloads that a call's name means; none for a name of one part that a function of the system has.
    func userFunctions(_ call: FunctionCall, at span: SourceSpan) throws -> [CatalogFunction] {
        let parts = try parts(call.name)
        do {
            return try catalog.resolveFunctions(parts)
        } catch {
            throw error.at(call.name.span == .none ? span : call.name.span)
        }
    }

    /// A call of a user-defined function where a value may stand.
    func bindUserCall(_ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws -> BoundExpression {
        let name = try parts(call.name).joined(separator: ".")
        let overloads = try userFunctions(call, at: span)
        guard !overloads.isEmpty else {
            if call.simpleName != nil { throw CompilationError.placed(ScalarFunctions.unknown(name), at: span) }
            throw CompilationError.make(.unknownFunction, "Unknown user-defined function \(name)", at: span,
                                        hint: "No function of that name exists there, or its USAGE is not granted.")
        }
        guard !call.isDistinct || isNativeAggregate(overloads), call.withinGroup.isEmpty, call.orderBy.isEmpty,
              call.nullTreatment == nil, call.over == nil else {
            throw CompilationError.unsupported("this form of call of the user-defined function \(name)", at: span)
        }
        if isNativeAggregate(overloads) { return try bindNativeAggregate(overloads, call, at: span, context) }
        let overload = try chosen(overloads, call, name, at: span, context)
        guard case .scalar(let type) = overload.function.result else {
            throw CompilationError.make(.invalidArgumentTypes, "\(name) is a table function: it stands in FROM TABLE(…)",
                                        at: span)
        }
        let values = try values(of: overload, at: span)
        switch overload.function.body {
        case .native(let key, _, let isVolatile):
            let call = BoundExpression.call(key, values, type)
            return isVolatile ? call : factory.fold(call)
        case .sql(let text, let home):
            return try inlined(overload.function, text, home, values, type, at: span, context)
        }
    }

    private func isNativeAggregate(_ overloads: [CatalogFunction]) -> Bool {
        overloads.contains { if case .native(_, true, _) = $0.body { true } else { false } }
    }

    private func bindNativeAggregate(_ overloads: [CatalogFunction], _ call: FunctionCall, at span: SourceSpan,
                                     _ context: ExpressionContext) throws -> BoundExpression {
        let name = try parts(call.name).joined(separator: ".")
        guard context.clause.allowsAggregates, let select = context.select else {
            throw CompilationError.make(.misplacedAggregate, "Invalid aggregate function in \(context.clause.rawValue) "
                + "clause: [\(name)]", at: span)
        }
        let inner = context.within(.aggregateArgument, sink: select.inner)
        let overload = try chosen(overloads, call, name, at: span, inner)
        guard case .scalar(let type) = overload.function.result, case .native(let key, _, _) = overload.function.body,
              call.filter == nil else {
            throw CompilationError.unsupported("FILTER of the function \(name)", at: span)
        }
        let values = try values(of: overload, at: span)
        return .column(select.add(AggregateCall(make(name, type), key, values, isDistinct: call.isDistinct)))
    }

    private func chosen(_ overloads: [CatalogFunction], _ call: FunctionCall, _ name: String, at span: SourceSpan,
                        _ context: ExpressionContext) throws -> FunctionOverload {
        let arguments = try call.arguments.map { argument -> FunctionOverload.Argument in
            switch argument {
            case .expression(let expression):
                return FunctionOverload.Argument(value: try bindExpression(expression, context))
            case .named(let name, let expression):
                return FunctionOverload.Argument(name: name.name, value: try bindExpression(expression, context))
            default:
                throw CompilationError.make(.invalidArgumentTypes, "Function \(name) takes plain arguments only", at: span)
            }
        }
        guard let overload = FunctionOverload.choose(overloads, arguments) else {
            throw CompilationError.placed(ExpressionFactory.invalidArguments(name, arguments.map(\.value)), at: span)
        }
        return overload
    }

    /// The arguments in the parameters' types, defaults filled in.
    private func values(of overload: FunctionOverload, at span: SourceSpan) throws -> [BoundExpression] {
        try zip(overload.function.parameters, overload.arguments).map { parameter, argument in
            var value = argument
            if value == nil {
                let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .functionBody)
                value = try bindExpression(try Parser.parseExpression(parameter.defaultText ?? "NULL"), context)
            }
            guard let value else { throw WarehouseError(.internalFault, "A parameter without a value.") }
            return value.type == parameter.type ? value : try factory.cast(value, to: parameter.type)
        }
    }

    // MARK: Functions in SQL

    private func inlined(_ function: CatalogFunction, _ text: String, _ home: any Catalog, _ values: [BoundExpression],
                         _ type: LogicalType, at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        let scope = Scope(parent: nil, merged: zip(function.parameters, values).map {
            MergedColumn(name: $0.name, expression: $1)
        })
        let inner = ExpressionContext(scope: scope, tables: nil, clause: .functionBody, sink: context.sink)
        let known = context.sink.subqueries.count
        var value = try within(function, home, at: span) {
            switch try body(text) {
            case .expression(let expression): return try bindExpression(expression, inner)
            case .query(let query): return try bindScalarSubquery(query, inner)
            }
        }
        try check(value, volatile: values.filter { !$0.isDeterministic }, function, at: span)
        if function.isSecure {
            for index in known..<context.sink.subqueries.count { context.sink.subqueries[index].isSecure = true }
            value = .call(Self.secureValue, [value], value.type)
        }
        return value.type == type ? value : try factory.cast(value, to: type)
    }

    /// A body that is called often is read once.
    private func body(_ text: String) throws -> FunctionBody {
        if let known = functionBodies[text] { return known }
        let body = try FunctionBody(text)
        functionBodies[text] = body
        return body
    }

    /// A secure function's value: the value itself, whose making EXPLAIN does not show.
    public static let secureValue = "SECURE_VALUE"

    /// What the body makes of arguments must stay small, and must not compute a volatile one twice.
    private func check(_ value: BoundExpression, volatile: [BoundExpression], _ function: CatalogFunction,
                       at span: SourceSpan) throws {
        guard value.size(upTo: Self.maximumInlinedSize) < Self.maximumInlinedSize else {
            throw WarehouseError(.limitExceeded, "The expression that calls of function \(function.name) are written out to "
                + "has more than \(Self.maximumInlinedSize) parts.", span: span)
        }
        for argument in volatile where value.occurrences(of: argument) > 1 {
            throw CompilationError.unsupported("function \(function.name.name), which uses an argument twice, of a value "
                + "that differs from one evaluation to the next", at: span)
        }
    }

    /// Binds a function's body with the names it was written with.
    private func within<Value>(_ function: CatalogFunction, _ home: any Catalog, at span: SourceSpan,
                               _ body: () throws -> Value) throws -> Value {
        guard functionDepth < Self.maximumFunctionDepth else {
            throw WarehouseError(.limitExceeded, "Function \(function.name) calls functions deeper than "
                + "\(Self.maximumFunctionDepth), or calls itself.", span: span)
        }
        if functionDepth > 0 { innerCallCount += 1 }
        guard innerCallCount <= Self.maximumInnerCalls else {
            throw WarehouseError(.limitExceeded, "The statement calls more than \(Self.maximumInnerCalls) functions within "
                + "other functions once they are written out.", span: span)
        }
        functionDepth += 1
        let outside = catalog
        catalog = home
        defer {
            functionDepth -= 1
            catalog = outside
        }
        do {
            return try nested(body)
        } catch let error as WarehouseError {
            var placed = error
            if function.hidesText, error.code != ErrorKind.cancelled.code {
                placed = WarehouseError(.viewExpansion, "\(Self.expansion) '\(function.name.name)': The text of this secure "
                    + "function is no longer valid.", hint: "The function's owner is told what is wrong with it.",
                    span: span == .none ? nil : span)
                throw placed
            }
            // Its place is within the function's text, not within this statement.
            placed.span = span == .none ? nil : span
            if !error.message.hasPrefix(Self.expansion) {
                placed.message = "\(Self.expansion) '\(function.name.name)': \(error.message)"
            }
            throw placed
        }
    }

    private static let expansion = "SQL compilation error:\nFailure during expansion of function"

    /// Binds the body over NULLs of the parameters' types.
    func check(_ function: CatalogFunction) throws {
        guard case .sql(let text, let home) = function.body else { return }
        let nulls = function.parameters.map { BoundExpression.constant(.null($0.type)) }
        let unset = FunctionOverload(function: function, arguments: function.parameters.map {
            $0.defaultText == nil ? .constant(.null($0.type)) : nil
        })
        _ = try values(of: unset, at: .none)
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .functionBody)
        switch function.result {
        case .scalar(let type): _ = try inlined(function, text, home, nulls, type, at: .none, context)
        case .table(let columns): _ = try query(function, text, home, nulls, columns, at: .none)
        }
    }

    // MARK: Table functions

    /// `TABLE(f(…))`: the function's query, its parameters standing for the arguments; nil when there is no such function.
    func bindUserTable(_ call: FunctionCall, _ item: TableExpression, after left: FromResult?, _ place: FromPlace,
                       isOuter: Bool) throws -> ItemResult? {
        let name = try parts(call.name).joined(separator: ".")
        let overloads = try userFunctions(call, at: item.span).filter {
            if case .table = $0.result { true } else { false }
        }
        guard !overloads.isEmpty else { return nil }
        let scope = left?.scope(parent: place.outer) ?? Scope(parent: place.outer)
        let context = ExpressionContext(scope: scope, tables: place.tables, clause: .tableFunction)
        let overload = try chosen(overloads, call, name, at: item.span, context)
        guard case .table(let columns) = overload.function.result,
              case .sql(let text, let home) = overload.function.body else { return nil }
        let values = try values(of: overload, at: item.span)
        guard context.subqueries.isEmpty else {
            throw CompilationError.unsupported("subqueries in arguments of a table function", at: item.span)
        }
        try check(.call("", values, .null), volatile: values.filter { !$0.isDeterministic }, overload.function,
                  at: item.span)
        let relation = try query(overload.function, text, home, values, columns, at: item.span)
        let free = values.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
        return try lateral(relation, isCorrelated: !free.isEmpty, overload.function, item, left, isOuter: isOuter)
    }

    private func query(_ function: CatalogFunction, _ text: String, _ home: any Catalog, _ values: [BoundExpression],
                       _ columns: [ColumnSchema], at span: SourceSpan) throws -> Relation {
        let scope = Scope(parent: nil, merged: zip(function.parameters, values).map {
            MergedColumn(name: $0.name, expression: $1)
        })
        return try within(function, home, at: span) {
            guard case .query(let query) = try FunctionBody(text, isTable: true) else {
                throw WarehouseError(.syntax, "The body of a table function must be a query.")
            }
            return try declared(try bindQuery(query, outer: scope, tables: nil), columns, function)
        }
    }

    /// The query's columns under the names and in the types that RETURNS TABLE says.
    private func declared(_ relation: Relation, _ columns: [ColumnSchema], _ function: CatalogFunction) throws
        -> Relation {
        guard relation.columns.count == columns.count else {
            throw WarehouseError(.columnCountMismatch, "\(function.name.name) declares \(columns.count) column(s), but its "
                + "query gives \(relation.columns.count).")
        }
        let projections = try zip(relation.columns, columns).map { column, schema in
            Projection(make(schema.name, schema.type), try factory.cast(.column(column), to: schema.type))
        }
        return Relation(plan: .project(relation.plan, projections), columns: projections.map(\.column))
    }

    /// Above what a secure table function gives stands a fence; above its join too, for rows of other arguments are none of
    /// its rows.
    private func lateral(_ relation: Relation, isCorrelated: Bool, _ function: CatalogFunction, _ item: TableExpression,
                         _ left: FromResult?, isOuter: Bool) throws -> ItemResult {
        let qualifier = function.name.name
        guard isCorrelated, let left else {
            let plan = function.isSecure ? LogicalPlan.fence(relation.plan) : relation.plan
            return .alone(try named(Relation(plan: plan, columns: relation.columns), qualifier: [qualifier], item))
        }
        let (inner, predicates) = try Decorrelation(outer: left.plan, binder: self).apply(to: relation)
        var plan = JoinCondition.join(isOuter ? .left : .inner, left.plan, inner, on: BoundExpression.all(predicates))
        if function.isSecure { plan = .fence(plan) }
        let columns = isOuter ? relation.columns.map(\.madeNullable) : relation.columns
        let own = try named(Relation(plan: plan, columns: columns), qualifier: [qualifier], item)
        return .combined(FromResult(plan: plan, relations: left.relations + own.relations, merged: left.merged))
    }
}

/// The text of a function in SQL: an expression or a query.
enum FunctionBody {
    case expression(Expression)
    case query(Query)

    /// `isTable`: a query without FROM is one of one row, and not its expression.
    init(_ text: String, isTable: Bool = false) throws(WarehouseError) {
        var trimmed = Substring(text)
        while let last = trimmed.last, last.isWhitespace || last == ";" { trimmed.removeLast() }
        let body = String(trimmed)
        let query: Query
        do {
            query = try Parser.parseQuery(body)
        } catch let fault {
            // What is no query is an expression; its own fault is told where it begins as a query does.
            do {
                self = .expression(try Parser.parseExpression(body))
                return
            } catch {
                let word = trimmed.drop { $0.isWhitespace }.prefix { $0.isLetter }.uppercased()
                throw word == "SELECT" || word == "WITH" ? fault : error
            }
        }
        guard !isTable, let value = Self.bareValue(query) else {
            self = .query(query)
            return
        }
        self = .expression(value)
    }

    /// The expression of a query that is `SELECT expression` and nothing more.
    private static func bareValue(_ query: Query) -> Expression? {
        guard query.with == nil, query.orderBy == nil, query.limit == nil, case .select(let select) = query.body,
              select.items.count == 1, case .expression(let item) = select.items[0] else { return nil }
        guard select == SelectStatement(items: select.items) else { return nil }
        var walk = SyntaxWalk()
        var isBare = true
        walk.visit = { expression in
            guard case .function(let call) = expression.kind else { return }
            let name = call.simpleName ?? ""
            if call.over != nil || AggregateFunctions.function(named: name) != nil { isBare = false }
        }
        walk.walk(item.expression)
        return isBare ? item.expression : nil
    }
}

extension BoundExpression {
    /// Nodes of the tree, counted up to `limit`.
    func size(upTo limit: Int) -> Int {
        var count = 1
        for operand in operands {
            guard count < limit else { return limit }
            count += operand.size(upTo: limit - count)
        }
        return count
    }

    func occurrences(of expression: BoundExpression) -> Int {
        if self == expression { return 1 }
        return operands.reduce(0) { $0 + $1.occurrences(of: expression) }
    }
}
