import WarehouseBasics

extension ScalarFunctions {
    private static func text(_ name: String, aliases: [String] = [], _ parameters: [ParameterType],
                             optional: Int = 0) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, parameters, optional: optional, .text)
    }

    /// The first argument's type, a text's length at most what it was.
    private static func same(_ name: String, aliases: [String] = [], _ parameters: [ParameterType],
                             optional: Int = 0) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, parameters, optional: optional, .first)
    }

    private static func predicate(_ name: String) -> ScalarFunction {
        ScalarFunction(name, arguments: 2...2) { factory, arguments in
            if case .binary = arguments[0].type, case .binary = arguments[1].type {
                return .call(name, arguments, .boolean)
            }
            let parts = try arguments.map {
                try ParameterType.text.coerce($0, factory, function: name, all: arguments)
            }
            return .call(name, parts, .boolean)
        }
    }

    private static func padding(_ name: String) -> ScalarFunction {
        ScalarFunction(name, arguments: 2...3) { factory, arguments in
            var all = arguments
            let isBinary = if case .binary = arguments[0].type { true } else { false }
            if all.count == 2 {
                // What a BINARY is filled with must be said.
                guard !isBinary else {
                    throw WarehouseError(.argumentCount, "not enough arguments for function [\(name)] of a BINARY, "
                        + "expected 3, got 2")
                }
                all.append(.constant(.text(" ")))
            }
            let types: [ParameterType] = [.textOrBinary, .integer, isBinary ? .binary : .text]
            let parts = try all.indices.map { try types[$0].coerce(all[$0], factory, function: name, all: arguments) }
            guard case .binary(let length) = parts[0].type else { return .call(name, parts, .text) }
            return .call(name, parts, .binary(length: length))
        }
    }

    static let strings: [ScalarFunction] = [
        ScalarFunction("CONCAT", atLeast: 1) { try Concatenation.build($0, $1) },
        ScalarFunction("CONCAT_WS", atLeast: 2) { factory, arguments in
            let isBinary = arguments.contains { if case .binary = $0.type { true } else { false } }
            let kind: ParameterType = isBinary ? .binary : .text
            let parts = try arguments.map { try kind.coerce($0, factory, function: "CONCAT_WS", all: arguments) }
            return .call("CONCAT_WS", parts, isBinary ? .binary(length: LogicalType.maximumBinaryLength) : .text)
        },
        same("LOWER", [.text]), same("UPPER", [.text]), same("INITCAP", [.text, .text], optional: 1),
        same("TRIM", [.text, .text], optional: 1), same("LTRIM", [.text, .text], optional: 1),
        same("RTRIM", [.text, .text], optional: 1), same("REVERSE", [.textOrBinary]),
        ScalarFunction("LENGTH", aliases: ["LEN", "CHAR_LENGTH", "CHARACTER_LENGTH"], [.textOrBinary], .integer(18)),
        ScalarFunction("OCTET_LENGTH", [.textOrBinary], .integer(18)),
        ScalarFunction("BIT_LENGTH", [.textOrBinary], .integer(18)),
        same("SUBSTR", aliases: ["SUBSTRING", "MID"], [.textOrBinary, .integer, .integer], optional: 1),
        same("LEFT", [.textOrBinary, .integer]), same("RIGHT", [.textOrBinary, .integer]),
        ScalarFunction("REPLACE", arguments: 2...3) { factory, arguments in
            let all = arguments.count == 2 ? arguments
                + [.constant(Constant(.bytes([]), .varchar(length: 1)))] : arguments
            let parts = try all.map { try ParameterType.text.coerce($0, factory, function: "REPLACE", all: arguments) }
            return .call("REPLACE", parts, .text)
        },
        ScalarFunction("SPLIT", [.text, .text], .custom { .array(element: $0[0].type) }),
        same("SPLIT_PART", [.text, .text, .integer]),
        ScalarFunction("CHARINDEX", arguments: 2...3) { try $0.call("POSITION", $1) },
        ScalarFunction("POSITION", arguments: 2...3) { factory, arguments in
            let types: [ParameterType] = [.textOrBinary, .textOrBinary, .integer]
            let all = arguments.count == 2 ? arguments + [.constant(.integer(1))] : arguments
            let parts = try all.indices.map {
                try types[$0].coerce(all[$0], factory, function: "POSITION", all: arguments)
            }
            return .call("POSITION", parts, .number(precision: 18, scale: 0))
        },
        predicate("CONTAINS"), predicate("STARTSWITH"), predicate("ENDSWITH"),
        text("REPEAT", [.text, .integer]), text("SPACE", [.integer]), padding("LPAD"), padding("RPAD"),
        text("TRANSLATE", [.text, .text, .text]), text("CHR", aliases: ["CHAR"], [.integer]),
        ScalarFunction("ASCII", [.text], .integer(18)), ScalarFunction("UNICODE", [.text], .integer(18)),
        ScalarFunction("INSERT", arguments: 4...4) { factory, arguments in
            let isBinary = if case .binary = arguments[0].type { true } else { false }
            let types: [ParameterType] = [.textOrBinary, .integer, .integer, isBinary ? .binary : .text]
            let parts = try types.indices.map {
                try types[$0].coerce(arguments[$0], factory, function: "INSERT", all: arguments)
            }
            return .call("INSERT", parts, isBinary ? .binary(length: LogicalType.maximumBinaryLength) : .text)
        },
        text("SOUNDEX", [.text]),
        text("SOUNDEX_P123", [.text]),
        ScalarFunction("EDITDISTANCE", [.text, .text, .integer], optional: 1, .integer(18)),
        ScalarFunction("JAROWINKLER_SIMILARITY", [.text, .text], .integer(3)),
        ScalarFunction("LIKE", [.text, .text, .text], optional: 1, .boolean),
        ScalarFunction("ILIKE", [.text, .text, .text], optional: 1, .boolean),
    ]
}

/// CONCAT and `||`: any number of texts, or of binaries.
enum Concatenation {
    static func build(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let isBinary = arguments.contains { if case .binary = $0.type { true } else { false } }
        let limit = isBinary ? LogicalType.maximumBinaryLength : LogicalType.maximumTextLength
        var length = 0
        let parts = try arguments.map { argument in
            let part: BoundExpression
            if isBinary {
                part = try ParameterType.binary.coerce(argument, factory, function: "CONCAT", all: arguments)
            } else if argument.type == .variant {
                part = try factory.cast(argument, to: .text)
            } else {
                part = try ParameterType.text.coerce(argument, factory, function: "CONCAT", all: arguments)
            }
            if case .varchar(let count) = part.type { length += count }
            if case .binary(let count) = part.type { length += count }
            return part
        }
        if parts.count == 1 { return parts[0] }
        let capped = max(1, min(length, limit))
        return .call("CONCAT", parts, isBinary ? .binary(length: capped) : .varchar(length: capped))
    }
}
