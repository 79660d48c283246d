import WarehouseBasics

extension ScalarFunctions {
    /// `+ - * / %` and the sign, by the names a plan gives them.
    static let arithmetic: [ScalarFunction] = [
        ScalarFunction("ADD", arguments: 2...2) { try Arithmetic.addition($0, $1[0], $1[1]) },
        ScalarFunction("SUB", arguments: 2...2) { try Arithmetic.subtraction($0, $1[0], $1[1]) },
        ScalarFunction("MUL", arguments: 2...2) {
            try Arithmetic.numeric("MUL", "*", $0, $1, sameScale: false, NumberTypes.product)
        },
        ScalarFunction("DIV", arguments: 2...2) {
            try Arithmetic.numeric("DIV", "/", $0, $1, sameScale: false, NumberTypes.quotient)
        },
        ScalarFunction("MOD", arguments: 2...2) {
            try Arithmetic.numeric("MOD", "%", $0, $1, sameScale: true, NumberTypes.remainder)
        },
        ScalarFunction("NEG", [.number], .first),
        ScalarFunction("DIV0", arguments: 2...2) { try Arithmetic.divisionOrZero($0, $1, nullIsZero: false) },
        ScalarFunction("DIV0NULL", arguments: 2...2) { try Arithmetic.divisionOrZero($0, $1, nullIsZero: true) },
        ScalarFunction("SQUARE", [.float], .custom { _ in .float }).lowered {
            try $0.call("MUL", [$1[0], $1[0]])
        },
    ]
}

extension ScalarFunction {
    /// The same signature, but calls are written as other expressions over the coerced arguments.
    func lowered(_ lower: @escaping @Sendable (ExpressionFactory, [BoundExpression]) throws -> BoundExpression)
        -> ScalarFunction {
        let coerce = build
        return ScalarFunction(name, aliases: aliases, arguments: maximumArguments.map { minimumArguments...$0 },
                              atLeast: minimumArguments, isVolatile: isVolatile, partArgument: partArgument) {
            guard case .call(_, let arguments, _) = try coerce($0, $1) else {
                throw WarehouseError(.internalFault, "A function's signature does not give a call.")
            }
            return try lower($0, arguments)
        }
    }

    /// The same function whose argument at `index` may be a time part without quotes.
    func withPart(_ index: Int) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: maximumArguments.map { minimumArguments...$0 },
                       atLeast: minimumArguments, isVolatile: isVolatile, partArgument: index, build: build)
    }
}

/// Typing of the arithmetic operators.
enum Arithmetic {
    /// Two numbers: FLOAT when either is FLOAT, else NUMBER by `rule`. With `sameScale` both operands come in the
    /// result's scale.
    static func numeric(_ name: String, _ symbol: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                        sameScale: Bool, _ rule: (LogicalType, LogicalType) -> LogicalType) throws -> BoundExpression {
        var (left, right) = (try operand(arguments[0], symbol, factory, arguments),
                             try operand(arguments[1], symbol, factory, arguments))
        if left.type == .float || right.type == .float {
            return .call(name, [try factory.implicit(left, to: .float), try factory.implicit(right, to: .float)],
                .float)
        }
        let type = rule(left.type, right.type)
        if sameScale, let scale = type.scale {
            left = try factory.implicit(left, to: NumberTypes.rescaled(left.type, to: scale))
            right = try factory.implicit(right, to: NumberTypes.rescaled(right.type, to: scale))
        }
        return .call(name, [left, right], type)
    }

    private static func operand(_ argument: BoundExpression, _ symbol: String, _ factory: ExpressionFactory,
                                _ all: [BoundExpression]) throws -> BoundExpression {
        if argument.type == .null { return .constant(.null(.number(precision: 1, scale: 0))) }
        return try ParameterType.number.coerce(argument, factory, function: symbol, all: all)
    }

    /// Numbers; date + days, timestamp + days.
    static func addition(_ factory: ExpressionFactory, _ left: BoundExpression, _ right: BoundExpression) throws
        -> BoundExpression {
        if left.type == .date, right.type.isNumeric { return try days(factory, left, right) }
        if right.type == .date, left.type.isNumeric { return try days(factory, right, left) }
        return try numeric("ADD", "+", factory, [left, right], sameScale: true, NumberTypes.sum)
    }

    /// Numbers; date - days; date - date in days.
    static func subtraction(_ factory: ExpressionFactory, _ left: BoundExpression, _ right: BoundExpression) throws
        -> BoundExpression {
        if left.type == .date, right.type.isNumeric {
            return try days(factory, left, try factory.call("NEG", [right]))
        }
        if left.type == .date, right.type == .date || right.type.isText {
            return try factory.call("DATEDIFF", [.constant(.text("DAY")), try factory.implicit(right, to: .date), left])
        }
        if right.type == .date, left.type.isText {
            return try factory.call("DATEDIFF", [.constant(.text("DAY")), right, try factory.implicit(left, to: .date)])
        }
        return try numeric("SUB", "-", factory, [left, right], sameScale: true, NumberTypes.sum)
    }

    private static func days(_ factory: ExpressionFactory, _ date: BoundExpression, _ count: BoundExpression) throws
        -> BoundExpression {
        try factory.call("DATEADD", [.constant(.text("DAY")), count, date])
    }

    /// `DIV0(a, b)`: 0 where b is 0 (and, by `nullIsZero`, where it is NULL).
    static func divisionOrZero(_ factory: ExpressionFactory, _ arguments: [BoundExpression], nullIsZero: Bool) throws
        -> BoundExpression {
        let (a, b) = (arguments[0], arguments[1])
        let quotient = try factory.call("DIV", [a, b])
        let isZero = try factory.comparison(.equal, b, .constant(.integer(0)))
        let known = nullIsZero ? try factory.or([factory.isNull(b), isZero]) : isZero
        let condition = try factory.and([known, factory.isNull(a, negated: true)])
        return try factory.caseWhen([(condition, .constant(.integer(0)))], otherwise: quotient)
    }
}
