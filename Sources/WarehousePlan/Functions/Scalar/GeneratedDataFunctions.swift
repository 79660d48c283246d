import WarehouseBasics

extension ScalarFunctions {
    /// UNIFORM, NORMAL, RANDSTR: values that follow from an integer, which is mostly RANDOM().
    static let generatedData: [ScalarFunction] = [
        ScalarFunction("UNIFORM", arguments: 3...3) { factory, arguments in
            let isWhole = arguments.prefix(2).allSatisfy { $0.type.isNumeric && $0.type.scale == 0 }
            let bound: ParameterType = isWhole ? .integer : .float
            let parts = try [bound, bound, .integer].enumerated().map { index, type in
                try type.coerce(arguments[index], factory, function: "UNIFORM", all: arguments)
            }
            return .call("UNIFORM", parts, isWhole ? .integer : .float)
        },
        ScalarFunction("NORMAL", [.float, .float, .integer], .float),
        ScalarFunction("RANDSTR", [.integer, .integer], .text),
        ScalarFunction("ZIPF", [.float, .integer, .integer], .integer(19)),
    ]

    private static let space = Constant.text(" ")

    /// STRTOK and its kin, PARSE_URL.
    static let tokens: [ScalarFunction] = [
        filled("STRTOK", [.text, .text, .integer], required: 1, defaults: [space, .integer(1)], .text),
        filled("STRTOK_TO_ARRAY", [.text, .text], required: 1, defaults: [space], .array),
        ScalarFunction("RTRIMMED_LENGTH", arguments: 1...1) {
            try $0.call("LENGTH", [try $0.call("RTRIM", $1)])
        },
        filled("PARSE_URL", [.text, .integer], required: 1, defaults: [.integer(0)], .object),
        filled("PARSE_IP", [.text, .text, .integer], required: 2, defaults: [.integer(0)], .object),
    ]
}
