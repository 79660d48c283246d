import WarehouseBasics

extension ScalarFunctions {
    private static func toText(_ name: String) -> ScalarFunction {
        ScalarFunction(name, arguments: 1...2) { try Conversion.text($0, $1, isTry: name.hasPrefix("TRY_")) }
    }

    private static func simple(_ name: String, aliases: [String] = [], _ type: LogicalType) -> [ScalarFunction] {
        [ScalarFunction(name, aliases: aliases, arguments: 1...1) { try $0.cast($1[0], to: type) },
         ScalarFunction("TRY_" + name, aliases: aliases.map { "TRY_" + $0 }, arguments: 1...1) {
             try $0.cast($1[0], to: type, isTry: true)
         }]
    }

    private static func toNumber(_ name: String, aliases: [String], isTry: Bool) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 1...4) { try Conversion.number($0, $1, isTry: isTry) }
    }

    private static func toDouble(_ name: String, isTry: Bool) -> ScalarFunction {
        ScalarFunction(name, arguments: 1...2) { try Conversion.double($0, $1, isTry: isTry) }
    }

    private static func toDate(_ name: String, aliases: [String], isTry: Bool) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 1...2) {
            try Conversion.formatted(isTry ? "TRY_TO_DATE" : "TO_DATE", $0, $1, .date, isTry: isTry)
        }
    }

    private static func toTime(_ name: String, aliases: [String], isTry: Bool) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 1...2) {
            try Conversion.formatted(isTry ? "TRY_TO_TIME" : "TO_TIME", $0, $1, .time(scale: 9), isTry: isTry)
        }
    }

    private static func toTimestamp(_ suffix: String, aliases: [String] = [],
                                    _ type: @escaping @Sendable (ExpressionFactory) -> LogicalType)
                                        -> [ScalarFunction] {
        [false, true].map { isTry in
            let prefix = isTry ? "TRY_" : ""
            return ScalarFunction(prefix + "TO_TIMESTAMP" + suffix, aliases: aliases.map { prefix + $0 },
                                  arguments: 1...2) {
                try Conversion.timestamp($0, $1, type($0), isTry: isTry)
            }
        }
    }

    private static func toBinary(_ name: String) -> ScalarFunction {
        ScalarFunction(name, arguments: 1...2) { factory, arguments in
            let format = arguments.count > 1 ? try factory.constantText(arguments[1], of: name).uppercased() : "HEX"
            guard ["HEX", "BASE64", "UTF-8", "UTF8"].contains(format) else {
                throw WarehouseError(.invalidValue, "Invalid value ['\(format)'] for function '\(name)', parameter 2",
                                     hint: "HEX, BASE64 and UTF-8 are known.")
            }
            let text = try ParameterType.text.coerce(arguments[0], factory, function: name, all: arguments)
            return .call(name, [text, .constant(.text(format == "UTF8" ? "UTF-8" : format))],
                         .binary(length: LogicalType.maximumBinaryLength))
        }
    }

    /// TO_type and TRY_TO_type: casts, or calls where a format is given.
    static let conversions: [ScalarFunction] = [
        toText("TO_VARCHAR").named(["TO_CHAR"]), toText("TRY_TO_VARCHAR"),
        toNumber("TO_NUMBER", aliases: ["TO_DECIMAL", "TO_NUMERIC"], isTry: false),
        toNumber("TRY_TO_NUMBER", aliases: ["TRY_TO_DECIMAL", "TRY_TO_NUMERIC"], isTry: true),
        toDate("TO_DATE", aliases: ["DATE"], isTry: false), toDate("TRY_TO_DATE", aliases: [], isTry: true),
        toTime("TO_TIME", aliases: ["TIME"], isTry: false), toTime("TRY_TO_TIME", aliases: [], isTry: true),
        toBinary("TO_BINARY"), toBinary("TRY_TO_BINARY"),
        toDouble("TO_DOUBLE", isTry: false), toDouble("TRY_TO_DOUBLE", isTry: true),
    ] + simple("TO_BOOLEAN", .boolean)
        + toTimestamp("_NTZ", aliases: ["TO_TIMESTAMPNTZ"]) { _ in .timestampNTZ(scale: 9) }
        + toTimestamp("_LTZ", aliases: ["TO_TIMESTAMPLTZ"]) { _ in .timestampLTZ(scale: 9) }
        + toTimestamp("_TZ", aliases: ["TO_TIMESTAMPTZ"]) { _ in .timestampTZ(scale: 9) }
        + toTimestamp("") { TypeResolver.mappedTimestamp(scale: 9, parameters: $0.session.parameters) }
}

extension ScalarFunction {
    /// The same function with more names.
    func named(_ more: [String]) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases + more, arguments: maximumArguments.map { minimumArguments...$0 },
                       atLeast: minimumArguments, isVolatile: isVolatile, partArgument: partArgument, build: build)
    }
}

enum Conversion {
    static func text(_ factory: ExpressionFactory, _ arguments: [BoundExpression], isTry: Bool) throws
        -> BoundExpression {
        guard arguments.count == 2 else { return try factory.cast(arguments[0], to: .text, isTry: isTry) }
        var value = arguments[0]
        if value.type == .boolean || value.type.isSemiStructured {
            throw ExpressionFactory.invalidArguments("TO_VARCHAR", arguments)
        }
        if value.type.isText {
            // A text is read as a timestamp where a format asks for one.
            value = try factory.implicit(value, to: factory.session.timestampType)
        }
        let format = try ParameterType.text.coerce(arguments[1], factory, function: "TO_VARCHAR", all: arguments)
        return .call("TO_VARCHAR", [value, format], .text)
    }

    /// `TO_NUMBER(x [, format] [, precision [, scale]])`.
    static func number(_ factory: ExpressionFactory, _ arguments: [BoundExpression], isTry: Bool) throws
        -> BoundExpression {
        let name = isTry ? "TRY_TO_NUMBER" : "TO_NUMBER"
        var rest = Array(arguments.dropFirst())
        var format: BoundExpression?
        if let first = rest.first, first.type.isText {
            format = first
            rest.removeFirst()
        }
        let precision = try rest.first.map { try factory.constantInteger($0, of: name) } ?? 38
        let scale = rest.count > 1 ? try factory.constantInteger(rest[1], of: name) : 0
        guard (1...38).contains(precision), (0...37).contains(scale), scale <= precision else {
            throw WarehouseError(.invalidValue, "Invalid precision or scale for function '\(name)': "
                + "(\(precision), \(scale))")
        }
        let type = LogicalType.number(precision: precision, scale: scale)
        guard let format else { return try factory.cast(arguments[0], to: type, isTry: isTry) }
        let text = try ParameterType.text.coerce(arguments[0], factory, function: name, all: arguments)
        return .call(name, [text, format], type)
    }

    /// `TO_DOUBLE(x [, format])`: what a format of digits reads is exact, and then made FLOAT.
    static func double(_ factory: ExpressionFactory, _ arguments: [BoundExpression], isTry: Bool) throws
        -> BoundExpression {
        guard arguments.count == 2 else { return try factory.cast(arguments[0], to: .float, isTry: isTry) }
        let format = try factory.constantText(arguments[1], of: isTry ? "TRY_TO_DOUBLE" : "TO_DOUBLE").uppercased()
        let isPercentage = format.contains("%")
        if ["TM", "TM9", "TME", "TM%", "TM9%", "TME%"].contains(format) {
            var text = try ParameterType.text.coerce(arguments[0], factory, function: "TO_DOUBLE", all: arguments)
            if isPercentage { text = try factory.call("REGEXP_REPLACE", [text, .constant(.text("%$")), .constant(.text(""))]) }
            let value = try factory.cast(text, to: .float, isTry: isTry)
            return isPercentage ? try factory.call("DIV", [value, .constant(.integer(100))]) : value
        }
        // A percentage is a hundredth of what is written.
        let fraction = format.drop { $0 != "." && $0 != "D" }.filter { $0 == "0" || $0 == "9" }.count + (isPercentage ? 2 : 0)
        let number = try number(factory, [arguments[0], arguments[1], .constant(.integer(38)),
                                          .constant(.integer(min(fraction, 37)))], isTry: isTry)
        return try factory.cast(number, to: .float)
    }

    static func formatted(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                          _ type: LogicalType, isTry: Bool) throws -> BoundExpression {
        guard arguments.count == 2 else { return try factory.cast(arguments[0], to: type, isTry: isTry) }
        if arguments[0].type.isTemporal { return try factory.cast(arguments[0], to: type) }
        let parts = try arguments.map { try ParameterType.text.coerce($0, factory, function: name, all: arguments) }
        return .call(name, parts, type)
    }

    /// `TO_TIMESTAMP_x(number [, scale])`, `(text [, format])`, `(temporal)`.
    static func timestamp(_ factory: ExpressionFactory, _ arguments: [BoundExpression], _ type: LogicalType,
                          isTry: Bool) throws -> BoundExpression {
        let value = arguments[0]
        guard arguments.count == 2, !value.type.isTemporal else {
            return try factory.cast(value, to: type, isTry: isTry && value.type.isText)
        }
        let base = switch type {
        case .timestampLTZ: "TO_TIMESTAMP_LTZ"
        case .timestampTZ: "TO_TIMESTAMP_TZ"
        default: "TO_TIMESTAMP_NTZ"
        }
        if arguments[1].type.isText {
            let text = try ParameterType.text.coerce(value, factory, function: base, all: arguments)
            return .call((isTry ? "TRY_" : "") + base, [text, arguments[1]], type)
        }
        let scale = try factory.constantInteger(arguments[1], of: base)
        guard (0...9).contains(scale) else {
            throw WarehouseError(.invalidValue, "Invalid value [\(scale)] for function '\(base)', parameter 2: "
                + "a scale of 0 to 9 is expected")
        }
        var number = try ParameterType.number.coerce(value, factory, function: base, all: arguments)
        if number.type == .float { number = try factory.implicit(number, to: .number(precision: 38, scale: 9)) }
        return .call(base, [number, .constant(.integer(scale))], type)
    }
}
