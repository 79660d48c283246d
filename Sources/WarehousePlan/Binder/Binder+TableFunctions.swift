import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindTableFunction(_ call: FunctionCall, _ item: TableExpression, after left: FromResult?, _ place: FromPlace,
                           isOuter: Bool) throws -> ItemResult {
        try countRelation(at: item.span)
        let name = try parts(call.name).last ?? ""
        switch name {
        case "FLATTEN": return try bindFlatten(call, item, after: left, place, isOuter: isOuter)
        case "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE":
            return try bindSplitToTable(name, call, item, after: left, place, isOuter: isOuter)
        case "GETNEXTVAL":
            let next = try bindGetNextValue(call, item, after: left)
            return try lateral(next.plan, [next.column], left, item, name: name)
        case "GENERATOR": return .alone(try bindGenerator(call, item, place))
        default:
            if let user = try bindUserTable(call, item, after: left, place, isOuter: isOuter) { return user }
            let arguments = try catalogArguments(name, call, item)
            guard let table = try catalog.resolveTableFunction(name, arguments) else {
                throw CompilationError.make(.unknownFunction, "Unknown table function \(name)", at: item.span,
                                            hint: Identifiers.hint(for: name, in: [
                                                "FLATTEN", "SPLIT_TO_TABLE", "GENERATOR", "RESULT_SCAN", "INFER_SCHEMA",
                                                "VALIDATE", "COPY_HISTORY", "QUERY_HISTORY"]))
            }
            return .alone(try named(scan(table), item))
        }
    }

    private func catalogArguments(_ name: String, _ call: FunctionCall, _ item: TableExpression) throws
        -> [CatalogArgument] {
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .tableFunction)
        func constant(_ expression: Expression) throws -> Constant {
            guard case .constant(let constant) = try bindExpression(expression, context) else {
                throw CompilationError.make(.invalidValue, "Arguments of a table function must be constants",
                                            at: expression.span)
            }
            return constant
        }
        func values(_ expression: Expression) throws -> [Constant] {
            if case .tuple(let parts) = expression.kind { return try parts.map(constant) }
            return [try constant(expression)]
        }
        return try call.arguments.enumerated().map { index, argument in
            switch argument {
            case .expression(let expression):
                // A table stands by its name.
                if name == "VALIDATE", index == 0, case .column(let parts) = expression.kind {
                    let text = parts.map { Identifiers.quoted($0.name) }.joined(separator: ".")
                    return CatalogArgument(name: nil, values: [.text(text)])
                }
                return CatalogArgument(name: nil, values: try values(expression))
            case .named(let identifier, let expression):
                return CatalogArgument(name: identifier.name, values: try values(expression))
            case .star, .query: throw CompilationError.unsupported("this argument of a table function", at: item.span)
            }
        }
    }

    // MARK: FLATTEN

    private struct FlattenArguments {
        var input: BoundExpression?
        var path = ""
        var isOuter = false
        var isRecursive = false
        var mode = LogicalFlatten.Mode.both
    }

    private func bindFlatten(_ call: FunctionCall, _ item: TableExpression, after left: FromResult?, _ place: FromPlace,
                             isOuter: Bool) throws -> ItemResult {
        let scope = left?.scope(parent: place.outer) ?? Scope(parent: place.outer)
        let context = ExpressionContext(scope: scope, tables: place.tables, clause: .tableFunction)
        let arguments = try flattenArguments(call, item, context)
        guard var value = arguments.input else {
            throw CompilationError.make(.argumentCount, "missing required argument [INPUT] for function FLATTEN",
                at: item.span)
        }
        if value.type == .null { value = .constant(.null(.variant)) }
        guard value.type.isSemiStructured else {
            throw CompilationError.make(.invalidArgumentTypes, "Invalid argument types for function 'FLATTEN': "
                + "(INPUT => \(value.type))", at: item.span,
                                        hint: "FLATTEN takes VARIANT, ARRAY and OBJECT; SPLIT or PARSE_JSON makes one.")
        }
        let outputs: [(output: LogicalFlatten.Output, column: PlanColumn)] = [
            (.seq, make("SEQ", .number(precision: 18, scale: 0), isNullable: false)), (.key, make("KEY", .text)),
            (.path, make("PATH", .text)), (.index, make("INDEX", .number(precision: 18, scale: 0))),
            (.value, make("VALUE", .variant)), (.this, make("THIS", .variant)),
        ]
        let input = try attach(context.subqueries, to: left?.plan ?? .oneRow)
        let plan = LogicalPlan.flatten(LogicalFlatten(
            input: input, value: value, path: arguments.path, isOuter: arguments.isOuter || isOuter,
            isRecursive: arguments.isRecursive, mode: arguments.mode, outputs: outputs))
        return try lateral(plan, outputs.map(\.column), left, item, name: "FLATTEN")
    }

    /// The columns of a lateral function beside those of its left side.
    private func lateral(_ plan: LogicalPlan, _ columns: [PlanColumn], _ left: FromResult?, _ item: TableExpression,
                         name: String) throws -> ItemResult {
        let relation = ScopeRelation(qualifier: [name], columns: columns.map { ScopeColumn(name: $0.name, column: $0) })
        var own = try named(FromResult(plan: plan, relations: [relation]), item)
        guard let left else { return .alone(own) }
        own.relations = left.relations + own.relations
        own.merged = left.merged
        return .combined(own)
    }

    private func flattenArguments(_ call: FunctionCall, _ item: TableExpression, _ context: ExpressionContext) throws
        -> FlattenArguments {
        var result = FlattenArguments()
        let order = ["INPUT", "PATH", "OUTER", "RECURSIVE", "MODE"]
        for (index, argument) in call.arguments.enumerated() {
            let name: String
            let expression: Expression
            switch argument {
            case .named(let identifier, let value): (name, expression) = (identifier.name, value)
            case .expression(let value) where index < order.count: (name, expression) = (order[index], value)
            default: throw CompilationError.make(.invalidArgumentTypes, "Invalid argument for function FLATTEN",
                at: item.span)
            }
            let bound = try bindExpression(expression, context)
            switch name {
            case "INPUT": result.input = bound
            case "PATH": result.path = try factory.constantText(bound, of: "FLATTEN")
            case "OUTER": result.isOuter = try flag(bound, name, at: expression.span)
            case "RECURSIVE": result.isRecursive = try flag(bound, name, at: expression.span)
            case "MODE":
                let text = try factory.constantText(bound, of: "FLATTEN").uppercased()
                guard let mode = LogicalFlatten.Mode(rawValue: text) else {
                    throw CompilationError.make(.invalidValue,
                        "Invalid value '\(text)' for MODE of FLATTEN: BOTH, OBJECT or "
                        + "ARRAY is expected", at: expression.span)
                }
                result.mode = mode
            default:
                throw CompilationError.make(.invalidArgumentTypes, "unknown argument [\(name)] for function FLATTEN",
                                            at: expression.span, hint: Identifiers.hint(for: name, in: order))
            }
        }
        return result
    }

    private func flag(_ expression: BoundExpression, _ name: String, at span: SourceSpan) throws -> Bool {
        guard case .constant(let constant) = try factory.condition(expression),
            case .boolean(let value) = constant.value
        else { throw CompilationError.make(.invalidValue, "\(name) of FLATTEN must be TRUE or FALSE", at: span) }
        return value
    }

    // MARK: Other functions

    /// SPLIT_TO_TABLE(text, separator), STRTOK_SPLIT_TO_TABLE(text [, delimiters]): SEQ, INDEX from 1, VALUE as text.
    private func bindSplitToTable(_ name: String, _ call: FunctionCall, _ item: TableExpression, after left: FromResult?,
                                  _ place: FromPlace, isOuter: Bool) throws -> ItemResult {
        let scope = left?.scope(parent: place.outer) ?? Scope(parent: place.outer)
        let context = ExpressionContext(scope: scope, tables: place.tables, clause: .tableFunction)
        let arguments = try call.arguments.map { argument -> BoundExpression in
            switch argument {
            case .expression(let expression), .named(_, let expression): return try bindExpression(expression, context)
            default: throw CompilationError.unsupported("this argument of \(name)", at: item.span)
            }
        }
        let isSplit = name == "SPLIT_TO_TABLE"
        let value = try factory.call(isSplit ? "SPLIT" : "STRTOK_TO_ARRAY", arguments)
        let whole = LogicalType.number(precision: 18, scale: 0)
        let seq = make("SEQ", whole, isNullable: false)
        let index = make("INDEX", whole)
        let element = make("VALUE", isSplit ? .text : .variant)
        let input = try attach(context.subqueries, to: left?.plan ?? .oneRow)
        // A literal's parts are in the variable form too, so that ELEMENT exists.
        let flat = LogicalPlan.flatten(LogicalFlatten(input: input, value: value, isOuter: isOuter, mode: .array,
                                                      outputs: [(.seq, seq), (.index, index),
                                                                (isSplit ? .element : .value, element)]))
        let one = make("INDEX", NumberTypes.sum(whole, .number(precision: 1, scale: 0)))
        let text = make("VALUE", .text)
        let passed = input.columns + [seq]
        let plan = LogicalPlan.project(flat, passed.map { Projection($0, .column($0)) }
            + [Projection(text, try factory.cast(.column(element), to: .text)),
               Projection(one, try factory.call("ADD", [.column(index), .constant(.integer(1))]))])
        return try lateral(plan, [seq, one, text], left, item, name: name)
    }

    /// GENERATOR(ROWCOUNT => n [, TIMELIMIT => seconds]): n rows without columns. They take no time to make, so that
    /// the limit of time never cuts them; alone it says no number and is refused.
    private func bindGenerator(_ call: FunctionCall, _ item: TableExpression, _ place: FromPlace) throws -> FromResult {
        var count: Int?, limitSpan: SourceSpan?
        for argument in call.arguments {
            guard case .named(let name, let expression) = argument else {
                throw CompilationError.make(.invalidArgumentTypes, "GENERATOR takes ROWCOUNT => n", at: item.span)
            }
            guard name.name == "ROWCOUNT" || name.name == "TIMELIMIT" else {
                throw CompilationError.unsupported("GENERATOR(\(name.name) => …)", at: expression.span)
            }
            let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .tableFunction)
            let value = try factory.constantInteger(try bindExpression(expression, context), of: "GENERATOR")
            if name.name == "ROWCOUNT" { count = value } else { limitSpan = expression.span }
        }
        if count == nil, let limitSpan {
            throw CompilationError.unsupported("GENERATOR(TIMELIMIT => …) without ROWCOUNT", at: limitSpan)
        }
        guard let count, count >= 0 else {
            throw CompilationError.make(.invalidValue, "GENERATOR needs a constant, non-negative ROWCOUNT",
                at: item.span)
        }
        guard count <= Self.maximumGeneratedRows else {
            throw WarehouseError(.limitExceeded, "GENERATOR makes at most \(Self.maximumGeneratedRows) rows.",
                span: item.span)
        }
        let plan = LogicalPlan.values(LogicalValues(rowCount: count))
        return try named(FromResult(plan: plan, relations: [ScopeRelation(qualifier: ["GENERATOR"], columns: [])]),
            item)
    }

    /// As many as fit 48 bits, so that estimates and positions of several crossed generators stay in range.
    static let maximumGeneratedRows = 1 << 48
}
