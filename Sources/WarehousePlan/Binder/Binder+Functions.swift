import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindCall(_ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws -> BoundExpression {
        guard let name = call.simpleName, Self.isBuiltIn(name) else { return try bindUserCall(call, at: span, context) }
        if call.over != nil { return try bindWindowCall(name, call, at: span, context) }
        if name == "SYS_CONNECT_BY_PATH" {
            if let path = context.scope.hierarchy?.paths[call] { return path }
            throw CompilationError.make(.syntax, "SYS_CONNECT_BY_PATH needs CONNECT BY", at: span)
        }
        if name == "GROUPING" || name == "GROUPING_ID" { return try bindGrouping(call, at: span, context) }
        if AggregateFunctions.function(named: name) != nil {
            return try bindAggregate(name, call, at: span, context)
        }
        if WindowFunctions.isWindowFunction(name) {
            throw CompilationError.make(.missingOver, "Window function [\(name)] requires an OVER clause", at: span)
        }
        guard !call.isDistinct, call.filter == nil, call.withinGroup.isEmpty, call.orderBy.isEmpty,
              call.nullTreatment == nil else {
            throw CompilationError.make(.syntax, "Function \(name) is not an aggregate function", at: span)
        }
        if call.arguments.count == 1, case .star(let star) = call.arguments[0], name.hasPrefix("OBJECT_CONSTRUCT") {
            return try bindObjectStar(star, context, function: name)
        }
        if name == "GET_DDL" { return try bindDefinition(call, at: span, context) }
        if Self.roleTests.contains(name) { return try bindRoleInSession(name, call, at: span, context) }
        if Self.roleLists.contains(name) { return try bindRoleList(name, call, at: span) }
        if name == "GETVARIABLE" { return try bindVariable(call, at: span, context) }
        if HigherOrderFunctions.names.contains(name) { return try bindHigherOrder(name, call, at: span, context) }
        let part = ScalarFunctions.function(named: name)?.partArgument
        let arguments = try positional(call.arguments, of: name, at: span).enumerated().flatMap { index, argument in
            if case .star(let star) = argument, Self.takesStar.contains(name) {
                return try StarExpansion(scope: context.scope, star: star).expand { try bindExpression($0, context) }
                    .map(\.expression)
            }
            return [try bindArgument(argument, of: name, isPart: index == part, at: span, context)]
        }
        return try factory.call(name, arguments)
    }

    /// Scalar functions of any number of values, for which `*` stands for all columns.
    private static let takesStar: Set<String> = ["HASH", "COALESCE", "GREATEST", "LEAST", "ARRAY_CONSTRUCT"]

    /// Names of the arguments of those functions that may be called by name.
    private static let argumentNames = ["ROUND": ["EXPR", "SCALE", "ROUNDING_MODE"]]

    /// Arguments given by name, put in their places.
    private func positional(_ arguments: [FunctionArgument], of function: String, at span: SourceSpan) throws
        -> [FunctionArgument] {
        guard let names = Self.argumentNames[function], arguments.contains(where: \.isNamed) else { return arguments }
        var places: [FunctionArgument?] = Array(repeating: nil, count: names.count)
        for argument in arguments {
            guard case .named(let name, let value) = argument, let place = names.firstIndex(of: name.name),
                  places[place] == nil else {
                throw CompilationError.make(.invalidArgumentTypes, "Function \(function) takes the arguments "
                    + names.joined(separator: ", ") + ", each once, all by name or all by place", at: span)
            }
            places[place] = .expression(value)
        }
        let given = places.prefix { $0 != nil }.compactMap(\.self)
        guard given.count == arguments.count else {
            throw WarehouseError(.argumentCount, "not enough arguments for function [\(function)]: "
                + "\(names[given.count]) is missing")
        }
        return given
    }

    /// Functions of the system; users' own cannot hide them.
    static func isBuiltIn(_ name: String) -> Bool {
        // The few aggregates first: the table of all scalar functions is made when one is first looked up.
        AggregateFunctions.function(named: name) != nil || ScalarFunctions.function(named: name) != nil
            || WindowFunctions.isWindowFunction(name) || HigherOrderFunctions.names.contains(name)
            || name == "GROUPING" || name == "GROUPING_ID" || name == "SYS_CONNECT_BY_PATH" || name == "GET_DDL"
            || name == "GETVARIABLE" || roleTests.contains(name) || roleLists.contains(name)
    }

    private func bindArgument(_ argument: FunctionArgument, of name: String, isPart: Bool, at span: SourceSpan,
                              _ context: ExpressionContext) throws -> BoundExpression {
        guard case .expression(let expression) = argument else {
            throw CompilationError.make(.invalidArgumentTypes, "Function \(name) takes plain arguments only", at: span)
        }
        if isPart, case .column(let parts) = expression.kind, parts.count == 1,
           DateTimePart(spelling: parts[0].name) != nil {
            return .constant(.text(parts[0].name))
        }
        // Some parts are also functions' names: DATE_TRUNC(month, x) and, oddly, bare words that parse as calls.
        if isPart, case .function(let call) = expression.kind, call.isBare, let word = call.simpleName,
           DateTimePart(spelling: word) != nil {
            return .constant(.text(word))
        }
        return try bindExpression(expression, context)
    }
}
