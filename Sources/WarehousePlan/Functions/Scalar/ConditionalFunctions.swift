import WarehouseBasics

extension ScalarFunctions {
    private static func unified(_ name: String, aliases: [String] = [], atLeast: Int = 1) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, atLeast: atLeast) { factory, arguments in
            let parts = try factory.unified(arguments, in: name)
            return parts.count == 1 ? parts[0] : .call(name, parts, Coercion.common(parts.map(\.type)) ?? parts[0].type)
        }
    }

    /// Truth values read from any type that is one. Numbers are rounded first: the documentation's BOOLAND(2, 0.3) is false.
    private static func logical(_ name: String, arguments: ClosedRange<Int>,
                                _ build: @escaping @Sendable (ExpressionFactory, [BoundExpression]) throws
                                    -> BoundExpression) -> ScalarFunction {
        ScalarFunction(name, arguments: arguments) { factory, arguments in
            try build(factory, try arguments.map { argument in
                let isWhole = if case .number(_, let scale) = argument.type { scale == 0 } else { argument.type != .float }
                return try factory.condition(isWhole ? argument : try factory.call("ROUND", [argument]))
            })
        }
    }

    /// COALESCE and its kin; all but the first three become CASE.
    static let conditionals: [ScalarFunction] = [
        unified("GREATEST"), unified("LEAST"), unified("GREATEST_IGNORE_NULLS"), unified("LEAST_IGNORE_NULLS"),
        ScalarFunction("COALESCE", atLeast: 1) { try Conditional.coalesce($0, $1) },
        ScalarFunction("NVL", aliases: ["IFNULL"], arguments: 2...2) { try Conditional.coalesce($0, $1) },
        ScalarFunction("NVL2", arguments: 3...3) {
            try $0.caseWhen([($0.isNull($1[0], negated: true), $1[1])], otherwise: $1[2])
        },
        ScalarFunction("NULLIF", arguments: 2...2) {
            try $0.caseWhen([(try $0.comparison(.equal, $1[0], $1[1]), .constant(.null($1[0].type)))], otherwise: $1[0])
        },
        ScalarFunction("ZEROIFNULL", [.number], .first).lowered {
            try $0.call("COALESCE", [$1[0], .constant(.integer(0))])
        },
        ScalarFunction("NULLIFZERO", [.number], .first).lowered {
            try $0.call("NULLIF", [$1[0], .constant(.integer(0))])
        },
        ScalarFunction("IFF", aliases: ["IF"], arguments: 3...3) {
            try $0.caseWhen([($1[0], $1[1])], otherwise: $1[2])
        },
        ScalarFunction("DECODE", atLeast: 3) { try Conditional.decode($0, $1) },
        ScalarFunction("EQUAL_NULL", arguments: 2...2) { try $0.comparison(.notDistinct, $1[0], $1[1]) },
        logical("BOOLAND", arguments: 2...2) { try $0.and($1) },
        logical("BOOLOR", arguments: 2...2) { try $0.or($1) },
        logical("BOOLXOR", arguments: 2...2) { try $0.comparison(.notEqual, $1[0], $1[1]) },
        logical("BOOLNOT", arguments: 1...1) { try $0.not($1[0]) },
        // The pair's other value where this one is NULL: NULL.
        ScalarFunction("REGR_VALX", [.float, .float], .float).lowered {
            try $0.caseWhen([($0.isNull($1[0], negated: true), $1[1])])
        },
        ScalarFunction("REGR_VALY", [.float, .float], .float).lowered {
            try $0.caseWhen([($0.isNull($1[1], negated: true), $1[0])])
        },
    ]
}

enum Conditional {
    /// NULL constants drop out, and so does everything after a constant that is not NULL.
    static func coalesce(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let parts = try factory.unified(arguments, in: "COALESCE")
        let type = Coercion.common(parts.map(\.type)) ?? parts[0].type
        var kept: [BoundExpression] = []
        for part in parts {
            if case .constant(let constant) = part {
                if constant.isNull { continue }
                kept.append(part)
                break
            }
            kept.append(part)
        }
        if kept.isEmpty { return .constant(.null(type)) }
        return kept.count == 1 && kept[0].type.isSameForm(as: type) ? kept[0] : .call("COALESCE", kept, type)
    }

    /// `DECODE(x, search, result, …, default)`: NULL matches NULL.
    static func decode(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        var branches: [(condition: BoundExpression, value: BoundExpression)] = []
        var index = 1
        while index + 1 < arguments.count {
            let condition = try factory.comparison(.notDistinct, arguments[0], arguments[index])
            branches.append((condition, arguments[index + 1]))
            index += 2
        }
        return try factory.caseWhen(branches, otherwise: index < arguments.count ? arguments[index] : nil)
    }
}
