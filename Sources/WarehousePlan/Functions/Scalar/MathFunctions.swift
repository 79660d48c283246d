import WarehouseBasics

extension ScalarFunctions {
    private static func float(_ name: String, aliases: [String] = [], _ count: Int = 1) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, Array(repeating: .float, count: count), .float)
    }

    /// A function of the bits of integers, or of BINARY. Two BINARY values of unequal lengths need to be told by a third
    /// argument, LEFT or RIGHT, where the shorter one is filled up.
    private static func bits(_ name: String, alias: String, _ count: ClosedRange<Int>) -> ScalarFunction {
        @Sendable func isBinary(_ argument: BoundExpression) -> Bool { if case .binary = argument.type { true } else { false } }
        return ScalarFunction(name, aliases: [alias], arguments: count) { factory, arguments in
            let shifts = name.hasPrefix("BITSHIFT")
            let operands = shifts ? 1 : min(2, arguments.count)
            guard arguments.prefix(operands).contains(where: isBinary) else {
                guard arguments.count < 3 else { throw ExpressionFactory.invalidArguments(name, arguments) }
                let numbers = try arguments.map {
                    try ParameterType.integer.coerce($0, factory, function: name, all: arguments)
                }
                return .call(name, numbers, .integer)
            }
            var coerced = try arguments.prefix(operands).map {
                try ParameterType.binary.coerce($0, factory, function: name, all: arguments)
            }
            if shifts {
                coerced.append(try ParameterType.integer.coerce(arguments[1], factory, function: name, all: arguments))
            }
            if arguments.count == 3 {
                let side = try factory.constantText(arguments[2], of: name).uppercased()
                guard side == "LEFT" || side == "RIGHT" else {
                    throw WarehouseError(.invalidValue, "argument 3 of \(name) must be 'LEFT' or 'RIGHT'.")
                }
                coerced.append(.constant(.text(side)))
            }
            return .call(name, coerced, .binary(length: LogicalType.maximumBinaryLength))
        }
    }

    /// Rounding and its kin, roots, logarithms, trigonometry, bits.
    static let mathematics: [ScalarFunction] = [
        ScalarFunction("ABS", [.number], .first),
        ScalarFunction("SIGN", [.number], .custom {
            $0[0].type == .float ? .float : .number(precision: 1, scale: 0)
        }),
        ScalarFunction("CEIL", aliases: ["CEILING"], arguments: 1...2) { try Rounding.build("CEIL", $0, $1) },
        ScalarFunction("FLOOR", arguments: 1...2) { try Rounding.build("FLOOR", $0, $1) },
        ScalarFunction("ROUND", arguments: 1...3) { try Rounding.round($0, $1) },
        ScalarFunction("TRUNC", aliases: ["TRUNCATE"], arguments: 1...2) { factory, arguments in
            if let first = arguments.first, first.type.isTemporal {
                let part = arguments.count > 1 ? arguments[1] : .constant(.text("DAY"))
                return try factory.call("DATE_TRUNC", [part, first])
            }
            return try Rounding.build("TRUNC", factory, arguments)
        },
        float("SQRT"), float("EXP"), float("LN"), float("LOG", 2), float("POWER", aliases: ["POW"], 2), float("CBRT"),
        float("SIN"), float("COS"), float("TAN"), float("COT"), float("ASIN"), float("ACOS"), float("ATAN"),
        float("SINH"), float("COSH"), float("TANH"), float("ASINH"), float("ACOSH"), float("ATANH"), float("ATAN2", 2),
        float("DEGREES"), float("RADIANS"), float("HAVERSINE", 4),
        ScalarFunction("PI", arguments: 0...0) { _, _ in .constant(.float(.pi)) },
        ScalarFunction("FACTORIAL", [.integer], .integer(33)),
        ScalarFunction("WIDTH_BUCKET", [.float, .float, .float, .integer], .integer(38)),
        bits("BITAND", alias: "BIT_AND", 2...3), bits("BITOR", alias: "BIT_OR", 2...3),
        bits("BITXOR", alias: "BIT_XOR", 2...3), bits("BITNOT", alias: "BIT_NOT", 1...1),
        ScalarFunction("GETBIT", [.integer, .integer], .integer(1)),
        bits("BITSHIFTLEFT", alias: "BIT_SHIFTLEFT", 2...2), bits("BITSHIFTRIGHT", alias: "BIT_SHIFTRIGHT", 2...2),
        ScalarFunction("RANDOM", [.integer], optional: 1, isVolatile: true, .integer(19)),
        ScalarFunction("UUID_STRING", arguments: 0...2, isVolatile: true) { factory, arguments in
            guard !arguments.isEmpty else { return .call("UUID_STRING", [], .varchar(length: 36)) }
            guard arguments.count == 2 else {
                throw WarehouseError(.argumentCount, "not enough arguments for function [UUID_STRING], expected 2, got 1")
            }
            let parts = try arguments.map {
                try ParameterType.text.coerce($0, factory, function: "UUID_STRING", all: arguments)
            }
            return .call("UUID_OF_NAME", parts, .varchar(length: 36))
        },
        sequence("SEQ1", bytes: 1), sequence("SEQ2", bytes: 2), sequence("SEQ4", bytes: 4), sequence("SEQ8", bytes: 8),
    ]

    private static func sequence(_ name: String, bytes: Int) -> ScalarFunction {
        ScalarFunction(name, arguments: 0...1, isVolatile: true) { factory, arguments in
            let signed = try arguments.first.map { try factory.constantInteger($0, of: name) } ?? 0
            return .call("SEQ", [.constant(.integer(bytes)), .constant(.integer(signed))],
                         .number(precision: [1: 3, 2: 5, 4: 10, 8: 19][bytes] ?? 19, scale: 0))
        }
    }
}

/// ROUND, CEIL, FLOOR and TRUNC: how many digits the result keeps.
enum Rounding {
    static let halfAway = "HALF_AWAY_FROM_ZERO"

    static func round(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        if let first = arguments.first, first.type.isTemporal {
            throw ExpressionFactory.invalidArguments("ROUND", arguments)
        }
        var mode = halfAway
        if arguments.count == 3 {
            mode = try factory.constantText(arguments[2], of: "ROUND").uppercased()
            guard mode == halfAway || mode == "HALF_TO_EVEN" else {
                throw WarehouseError(.invalidValue, "Invalid value [\(mode)] for function 'ROUND', parameter 3: "
                    + "expected HALF_AWAY_FROM_ZERO or HALF_TO_EVEN")
            }
        }
        return try build("ROUND", factory, Array(arguments.prefix(2)), extra: [.constant(.text(mode))])
    }

    static func build(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                      extra: [BoundExpression] = []) throws -> BoundExpression {
        let value = try ParameterType.number.coerce(arguments[0], factory, function: name, all: arguments)
        let digits = arguments.count > 1
            ? try ParameterType.integer.coerce(arguments[1], factory, function: name, all: arguments)
            : .constant(.integer(0))
        let type = value.type == .null ? .number(precision: 1, scale: 0) : value.type
        return .call(name, [value, digits] + extra, resultType(type, digits, widens: name != "TRUNC"))
    }

    /// NUMBER(p,s) rounded to a constant k keeps min(s, k) digits behind the point and may gain one before it.
    private static func resultType(_ type: LogicalType, _ digits: BoundExpression, widens: Bool) -> LogicalType {
        guard case .number(let precision, let scale) = type else { return type }
        var kept = scale
        if case .constant(let constant) = digits, case .integer(let count) = constant.value {
            kept = Int(max(0, min(Int128(scale), count)))
        }
        return NumberTypes.number(leading: precision - scale + (widens ? 1 : 0), scale: kept)
    }
}
