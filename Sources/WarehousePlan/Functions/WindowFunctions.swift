import WarehouseBasics

/// The functions that only exist with OVER.
public enum WindowFunctions {
    struct Signature {
        var function: String
        var arguments: [BoundExpression]
        var type: LogicalType
    }

    private static let rank = LogicalType.number(precision: 18, scale: 0)
    static let names = ["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "PERCENT_RANK", "CUME_DIST", "LAG", "LEAD",
                        "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "RATIO_TO_REPORT", "CONDITIONAL_TRUE_EVENT",
                        "CONDITIONAL_CHANGE_EVENT"]

    public static func isWindowFunction(_ name: String) -> Bool { names.contains(name) }

    /// Takes other window functions within its argument.
    static func nests(_ name: String) -> Bool { name.hasPrefix("CONDITIONAL_") }

    /// Needs ORDER BY in its window.
    static func needsOrder(_ name: String) -> Bool {
        !["RATIO_TO_REPORT", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"].contains(name)
    }

    /// Looks at the window's frame; the others have none of their own.
    static func usesFrame(_ name: String) -> Bool {
        ["FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"].contains(name) || AggregateFunctions.function(named: name) != nil
    }

    /// The canonical call. `ignoresNulls`: IGNORE NULLS was written.
    static func signature(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                          ignoresNulls: Bool, isFromLast: Bool) throws -> Signature {
        switch name {
        case "ROW_NUMBER", "RANK", "DENSE_RANK":
            try check(name, arguments, 0...0)
            return Signature(function: name, arguments: [], type: rank)
        case "PERCENT_RANK", "CUME_DIST":
            try check(name, arguments, 0...0)
            return Signature(function: name, arguments: [], type: .float)
        case "NTILE":
            try check(name, arguments, 1...1)
            let count = try ParameterType.integer.coerce(arguments[0], factory, function: name, all: arguments)
            return Signature(function: name, arguments: [count], type: rank)
        case "LAG", "LEAD":
            return try shift(name, factory, arguments, ignoresNulls: ignoresNulls)
        case "FIRST_VALUE", "LAST_VALUE":
            try check(name, arguments, 1...1)
            return Signature(function: name + (ignoresNulls ? "_IGNORE_NULLS" : ""), arguments: arguments,
                             type: arguments[0].type)
        case "NTH_VALUE":
            try check(name, arguments, 2...2)
            let n = try factory.constantInteger(arguments[1], of: name)
            guard (1...1000).contains(n) else {
                throw WarehouseError(.invalidValue, "argument 2 of NTH_VALUE must be a constant from 1 to 1000.")
            }
            return Signature(function: name + (ignoresNulls ? "_IGNORE_NULLS" : ""),
                             arguments: [arguments[0], .constant(.integer(isFromLast ? -n : n))],
                                 type: arguments[0].type)
        case "RATIO_TO_REPORT":
            try check(name, arguments, 1...1)
            let value = try ParameterType.number.coerce(arguments[0], factory, function: name, all: arguments)
            let type = value.type == .float ? LogicalType.float
                : NumberTypes.quotient(value.type, NumberTypes.total(value.type))
            return Signature(function: name, arguments: [value], type: type)
        case "CONDITIONAL_TRUE_EVENT":
            try check(name, arguments, 1...1)
            return Signature(function: name, arguments: [try factory.condition(arguments[0])], type: rank)
        default:
            try check(name, arguments, 1...1)
            return Signature(function: name, arguments: arguments, type: rank)
        }
    }

    private static func shift(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                              ignoresNulls: Bool) throws -> Signature {
        try check(name, arguments, 1...3)
        let offset = arguments.count > 1 ? try factory.constantInteger(arguments[1], of: name) : 1
        let fallback = arguments.count > 2 ? arguments[2] : .constant(.null(arguments[0].type))
        let values = try factory.unified([arguments[0], fallback], in: name)
        return Signature(function: name + (ignoresNulls ? "_IGNORE_NULLS" : ""),
                         arguments: [values[0], .constant(.integer(offset)), values[1]],
                         type: values[0].type)
    }

    private static func check(_ name: String, _ arguments: [BoundExpression], _ range: ClosedRange<Int>) throws {
        if arguments.count < range.lowerBound {
            throw WarehouseError(.argumentCount, "not enough arguments for function [\(name)], "
                + "expected \(range.lowerBound), got \(arguments.count)")
        }
        if arguments.count > range.upperBound {
            throw WarehouseError(.tooManyArguments, "too many arguments for function [\(name)] "
                + "expected \(range.upperBound), got \(arguments.count)")
        }
    }
}
