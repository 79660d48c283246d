import WarehouseBasics

extension ScalarFunctions {
    private static func check(_ name: String, aliases: [String] = []) -> ScalarFunction {
        ScalarFunction("IS_" + name, aliases: aliases.map { "IS_" + $0 }, [.variant], .boolean)
    }

    private static func extraction(_ name: String, aliases: [String] = [], _ type: LogicalType) -> ScalarFunction {
        ScalarFunction("AS_" + name, aliases: aliases.map { "AS_" + $0 }, [.variant], .fixed(type))
    }

    private static func array(_ name: String, aliases: [String] = [], _ parameters: [ParameterType],
                              optional: Int = 0) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, parameters, optional: optional, .array)
    }

    /// PARSE_JSON(text [, 'd' or 's']).
    private static func parser(_ name: String) -> ScalarFunction {
        ScalarFunction(name, arguments: 1...2) { factory, arguments in
            let text = try ParameterType.text.coerce(arguments[0], factory, function: name, all: arguments)
            guard arguments.count > 1 else { return .call(name, [text], .variant) }
            let mode = try factory.constantText(arguments[1], of: name)
            guard mode == "d" || mode == "s" else {
                throw WarehouseError(.invalidValue, "Invalid value ['\(mode)'] for function '\(name)', parameter 2: "
                    + "'d' or 's' is expected")
            }
            return .call(name, [text, .constant(.text(mode))], .variant)
        }
    }

    private static let values: [ScalarFunction] = [
        parser("PARSE_JSON"), parser("TRY_PARSE_JSON"),
        ScalarFunction("CHECK_JSON", [.text], .text), ScalarFunction("TO_JSON", [.variant], .text),
        ScalarFunction("GENERATE_COLUMN_DESCRIPTION", [.variant, .text], .text),
        ScalarFunction("TO_VARIANT", arguments: 1...1) { try $0.cast($1[0], to: .variant) },
        ScalarFunction("TO_ARRAY", arguments: 1...1) { factory, arguments in
            if case .array = arguments[0].type { return arguments[0] }
            return try factory.cast(try factory.cast(arguments[0], to: .variant), to: .array(element: nil))
        },
        ScalarFunction("TO_OBJECT", arguments: 1...1) { try $0.cast($1[0], to: .object) },
        ScalarFunction("TYPEOF", [.variant], .text), ScalarFunction("IS_NULL_VALUE", [.variant], .boolean),
        ScalarFunction("STRIP_NULL_VALUE", [.variant], .variant),
        ScalarFunction("GET", arguments: 2...2) { try SemiStructured.get($0, $1) },
        ScalarFunction("GET_IGNORE_CASE", [.variant, .text], .variant),
        ScalarFunction("GET_PATH", [.variant, .text], .variant),
        ScalarFunction("JSON_EXTRACT_PATH_TEXT", [.text, .text], .text).lowered {
            try $0.cast(try $0.call("GET_PATH", [try $0.call("PARSE_JSON", [$1[0]]), $1[1]]), to: .text)
        },
        ScalarFunction("SYSTEM$TYPEOF", arguments: 1...1) { _, arguments in
            .constant(.text(SemiStructured.systemType(arguments[0].type)))
        },
        check("ARRAY"), check("OBJECT"), check("BOOLEAN"), check("INTEGER"), check("DECIMAL"),
        check("DOUBLE", aliases: ["REAL"]), check("VARCHAR", aliases: ["CHAR"]), check("BINARY"),
        check("DATE", aliases: ["DATE_VALUE"]), check("TIME"), check("TIMESTAMP_NTZ"), check("TIMESTAMP_LTZ"),
        check("TIMESTAMP_TZ"),
        extraction("ARRAY", .array(element: nil)), extraction("OBJECT", .object), extraction("BOOLEAN", .boolean),
        extraction("INTEGER", .integer), extraction("DOUBLE", aliases: ["REAL"], .float),
        extraction("VARCHAR", aliases: ["CHAR"], .text), extraction("DATE", .date), extraction("TIME", .time(scale: 9)),
        extraction("BINARY", .binary(length: LogicalType.maximumBinaryLength)),
        extraction("TIMESTAMP_NTZ", .timestampNTZ(scale: 9)), extraction("TIMESTAMP_LTZ", .timestampLTZ(scale: 9)),
        extraction("TIMESTAMP_TZ", .timestampTZ(scale: 9)),
        ScalarFunction("AS_DECIMAL", aliases: ["AS_NUMBER"], arguments: 1...3) { factory, arguments in
            let value = try ParameterType.variant.coerce(arguments[0], factory, function: "AS_DECIMAL", all: arguments)
            let precision = arguments.count > 1 ? try factory.constantInteger(arguments[1], of: "AS_DECIMAL") : 38
            let scale = arguments.count > 2 ? try factory.constantInteger(arguments[2], of: "AS_DECIMAL") : 0
            guard (1...38).contains(precision), (0...37).contains(scale), scale <= precision else {
                throw WarehouseError(.invalidValue, "Invalid precision or scale for function 'AS_DECIMAL'")
            }
            return .call("AS_DECIMAL", [value], .number(precision: precision, scale: scale))
        },
    ]

    private static let arrays: [ScalarFunction] = [
        ScalarFunction("ARRAY_CONSTRUCT", atLeast: 0) { factory, arguments in
            .call("ARRAY_CONSTRUCT", try arguments.map { try SemiStructured.variant($0, factory) },
                .array(element: nil))
        },
        ScalarFunction("ARRAY_CONSTRUCT_COMPACT", atLeast: 0) { factory, arguments in
            .call("ARRAY_CONSTRUCT_COMPACT", try arguments.map { try SemiStructured.variant($0, factory) },
                  .array(element: nil))
        },
        ScalarFunction("ARRAY_SIZE", arguments: 1...1) { factory, arguments in
            let isArray = if case .array = arguments[0].type { true } else { false }
            let value = isArray ? arguments[0]
                : try ParameterType.variant.coerce(arguments[0], factory, function: "ARRAY_SIZE", all: arguments)
            return .call("ARRAY_SIZE", [value], .number(precision: 9, scale: 0))
        },
        ScalarFunction("ARRAY_CONTAINS", [.variant, .array], .boolean),
        ScalarFunction("ARRAY_POSITION", [.variant, .array], .integer(9)),
        array("ARRAY_APPEND", [.array, .variant]), array("ARRAY_PREPEND", [.array, .variant]),
        array("ARRAY_INSERT", [.array, .integer, .variant]), array("ARRAY_CAT", [.array, .array]),
        array("ARRAY_SLICE", [.array, .integer, .integer]), array("ARRAY_COMPACT", [.array]),
        array("ARRAY_DISTINCT", [.array]), array("ARRAY_INTERSECTION", [.array, .array]),
        array("ARRAY_EXCEPT", [.array, .array]), ScalarFunction("ARRAYS_OVERLAP", [.array, .array], .boolean),
        ScalarFunction("ARRAY_TO_STRING", arguments: 2...2) { factory, arguments in
            var value = arguments[0]
            if case .array = value.type {} else { value = try factory.implicit(value, to: .array(element: nil)) }
            let separator = try ParameterType.text.coerce(arguments[1], factory, function: "ARRAY_TO_STRING",
                                                          all: arguments)
            return .call("ARRAY_TO_STRING", [value, separator], .text)
        },
        array("ARRAY_FLATTEN", [.array]), array("ARRAY_REVERSE", [.array]), array("ARRAY_REMOVE", [.array, .variant]),
        ScalarFunction("ARRAY_SORT", arguments: 1...3) { try SemiStructured.arraySort($0, $1) },
        array("ARRAY_REMOVE_AT", [.array, .integer]),
        ScalarFunction("ARRAYS_ZIP", [.array], isVariadic: true, .array),
        ScalarFunction("ARRAYS_TO_OBJECT", [.array, .array], .object),
        ScalarFunction("ARRAY_MIN", [.array], .variant), ScalarFunction("ARRAY_MAX", [.array], .variant),
        filled("ARRAY_GENERATE_RANGE", [.integer, .integer, .integer], required: 2, defaults: [.integer(1)], .array),
    ]

    private static let objects: [ScalarFunction] = [
        ScalarFunction("OBJECT_CONSTRUCT", atLeast: 0) { try SemiStructured.object("OBJECT_CONSTRUCT", $0, $1) },
        ScalarFunction("OBJECT_CONSTRUCT_KEEP_NULL", atLeast: 0) {
            try SemiStructured.object("OBJECT_CONSTRUCT_KEEP_NULL", $0, $1)
        },
        array("OBJECT_KEYS", [.object]),
        filled("OBJECT_INSERT", [.object, .text, .variant, .boolean], required: 3, defaults: [.boolean(false)],
            .object),
        ScalarFunction("OBJECT_DELETE", [.object, .text], isVariadic: true, .object),
        ScalarFunction("OBJECT_PICK", atLeast: 2) { try SemiStructured.objectPick($0, $1) },
    ]

    static let semiStructured: [ScalarFunction] = values + arrays + objects
}

enum SemiStructured {
    static func variant(_ argument: BoundExpression, _ factory: ExpressionFactory) throws -> BoundExpression {
        if argument.type == .null { return .constant(.null(.variant)) }
        return try factory.cast(argument, to: .variant)
    }

    static func object(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws
        -> BoundExpression {
        guard arguments.count % 2 == 0 else {
            throw WarehouseError(.argumentCount,
                "\(name) takes pairs of key and value; got \(arguments.count) arguments.")
        }
        let parts = try arguments.indices.map { index in
            index % 2 == 0 ? try ParameterType.text.coerce(arguments[index], factory, function: name, all: arguments)
                : try variant(arguments[index], factory)
        }
        return .call(name, parts, .object)
    }

    /// ARRAY_SORT(array, ascending, nulls first): NULLs stand first where it descends, if nothing else is said.
    static func arraySort(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let flags = try arguments.dropFirst().map {
            try ParameterType.boolean.coerce($0, factory, function: "ARRAY_SORT", all: arguments)
        }
        let ascends = flags.first ?? .constant(.boolean(true))
        let value = try ParameterType.array.coerce(arguments[0], factory, function: "ARRAY_SORT", all: arguments)
        return .call("ARRAY_SORT", [value, ascends, flags.count > 1 ? flags[1] : try factory.not(ascends)],
                     .array(element: nil))
    }

    /// OBJECT_PICK(object, key, …), or the keys as one array.
    static func objectPick(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        var isArray = false
        if case .array = arguments[1].type { isArray = arguments.count == 2 }
        let parts = try arguments.enumerated().map { index, argument in
            let type: ParameterType = index == 0 ? .object : isArray ? .array : .text
            return try type.coerce(argument, factory, function: "OBJECT_PICK", all: arguments)
        }
        return .call("OBJECT_PICK", parts, .object)
    }

    /// By index from an ARRAY or VARIANT, by key from an OBJECT or VARIANT.
    static func get(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        var value = arguments[0]
        let isKey = arguments[1].type.isText
        var result = LogicalType.variant
        switch value.type {
        case .array(let element?) where !isKey: result = element
        case .array where !isKey: break
        case .object where isKey: break
        default: value = try ParameterType.variant.coerce(value, factory, function: "GET", all: arguments)
        }
        let step = try (isKey ? ParameterType.text : .integer).coerce(arguments[1], factory, function: "GET",
                                                                       all: arguments)
        return .call("GET", [value, step], result)
    }

    /// What SYSTEM$TYPEOF says: the type and the bytes a value takes.
    static func systemType(_ type: LogicalType) -> String {
        switch type {
        case .number(let precision, _):
            let bytes = precision <= 2 ? 1 : precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16
            return "\(type)[SB\(bytes)]"
        case .float: return "FLOAT[DOUBLE]"
        case .varchar, .variant, .object, .array, .binary, .null: return "\(type)[LOB]"
        case .boolean: return "BOOLEAN[SB1]"
        case .date: return "DATE[SB4]"
        case .time(let scale): return "TIME(\(scale))[SB8]"
        default: return "\(type)[SB16]"
        }
    }
}
