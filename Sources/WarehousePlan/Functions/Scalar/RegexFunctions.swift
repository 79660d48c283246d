import WarehouseBasics

extension ScalarFunctions {
    /// A function whose absent arguments take constants, so that kernels always see all of them.
    static func filled(_ name: String, aliases: [String] = [], _ parameters: [ParameterType], required: Int,
                       defaults: [Constant], _ result: ResultType) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: required...parameters.count) { factory, arguments in
            let missing = defaults.suffix(parameters.count - arguments.count).map { BoundExpression.constant($0) }
            let all = arguments + missing
            let parts = try all.indices.map {
                try parameters[$0].coerce(all[$0], factory, function: name, all: arguments)
            }
            return .call(name, parts, try result.type(parts))
        }
    }

    private static let one = Constant.integer(1)
    private static let plain = Constant.text("c")
    private static let nothing = Constant(.bytes([]), .varchar(length: 1))

    /// REGEXP_SUBSTR: a group number without 'e' among the parameters turns extraction on.
    static let expressions: [ScalarFunction] = [
        filled("REGEXP_LIKE", aliases: ["RLIKE", "REGEXP"], [.text, .text, .text], required: 2, defaults: [plain],
               .boolean),
        ScalarFunction("REGEXP_SUBSTR",
            arguments: 2...6) { try RegexArguments.substring("REGEXP_SUBSTR", $0, $1, .text) },
        ScalarFunction("REGEXP_SUBSTR_ALL", aliases: ["REGEXP_EXTRACT_ALL"], arguments: 2...6) {
            try RegexArguments.substring("REGEXP_SUBSTR_ALL", $0, $1, .array(element: nil))
        },
        filled("REGEXP_REPLACE", [.text, .text, .text, .integer, .integer, .text], required: 2,
               defaults: [nothing, one, .integer(0), plain], .text),
        filled("REGEXP_COUNT", [.text, .text, .integer, .text], required: 2, defaults: [one, plain], .integer(18)),
        filled("REGEXP_INSTR", [.text, .text, .integer, .integer, .integer, .text, .integer], required: 2,
               defaults: [one, one, .integer(0), plain, .integer(0)], .integer(18)),
    ]
}

enum RegexArguments {
    static func substring(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                          _ type: LogicalType) throws -> BoundExpression {
        let parameters: [ParameterType] = [.text, .text, .integer, .integer, .text, .integer]
        var all = arguments
        if all.count < 3 { all.append(.constant(.integer(1))) }
        if all.count < 4 { all.append(.constant(.integer(1))) }
        if all.count < 5 { all.append(.constant(.text("c"))) }
        if all.count < 6 {
            // Without a group number the whole match comes back, or with 'e' the first group.
            let extracts = (try? factory.constantText(all[4], of: name))?.contains("e") ?? false
            all.append(.constant(.integer(extracts ? 1 : 0)))
        }
        let parts = try all.indices.map { try parameters[$0].coerce(all[$0], factory, function: name, all: arguments) }
        return .call(name, parts, type)
    }
}
