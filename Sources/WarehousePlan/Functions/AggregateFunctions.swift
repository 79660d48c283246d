import WarehouseBasics

/// The aggregate functions the dialect has, by canonical name and alias.
public enum AggregateFunctions {
    private static let countType = LogicalType.number(precision: 18, scale: 0)

    private static func statistic(_ name: String, aliases: [String] = [], _ count: Int = 1) -> AggregateFunction {
        AggregateFunction(name, aliases: aliases, Array(repeating: .float, count: count), .float)
    }

    /// A NUMBER keeps its exactness under `rule`; everything else becomes FLOAT.
    private static func numeric(_ name: String, ignoresDistinct: Bool = false,
                                _ rule: @escaping @Sendable (LogicalType) -> LogicalType) -> AggregateFunction {
        AggregateFunction(name, [.summand], ignoresDistinct: ignoresDistinct, .custom {
            $0[0].type == .float ? .float : rule($0[0].type)
        })
    }

    private static let basic: [AggregateFunction] = [
        AggregateFunction("COUNT", arguments: nil, emptyValue: Constant(.integer(0), countType)) { factory, arguments in
            // A JSON null counts as little as a NULL.
            let counted = try arguments.map {
                $0.type == .variant ? try factory.call("STRIP_NULL_VALUE", [$0]) : $0
            }
            return AggregateFunction.Signature(function: "COUNT", arguments: counted, type: countType)
        },
        AggregateFunction("COUNT_IF", aliases: ["COUNTIF"], [.boolean], emptyValue: Constant(.integer(0), countType),
                          .fixed(countType)),
        numeric("SUM", NumberTypes.total), numeric("AVG", NumberTypes.average),
        AggregateFunction("MIN", [.any], ignoresDistinct: true, .first),
        AggregateFunction("MAX", [.any], ignoresDistinct: true, .first),
        AggregateFunction("ANY_VALUE", [.any], ignoresDistinct: true, .first),
        extremeBy("MIN_BY"), extremeBy("MAX_BY"),
        AggregateFunction("MODE", [.any], .first),
        AggregateFunction("BOOLAND_AGG", aliases: ["BOOL_AND"], [.boolean], ignoresDistinct: true, .boolean),
        AggregateFunction("BOOLOR_AGG", aliases: ["BOOL_OR"], [.boolean], ignoresDistinct: true, .boolean),
        AggregateFunction("BOOLXOR_AGG", [.boolean], .boolean),
        AggregateFunction("BITAND_AGG", aliases: ["BITANDAGG", "BIT_AND_AGG"], [.integer], .integer(38)),
        AggregateFunction("BITOR_AGG", aliases: ["BITORAGG", "BIT_OR_AGG"], [.integer], .integer(38)),
        AggregateFunction("BITXOR_AGG", aliases: ["BITXORAGG", "BIT_XOR_AGG"], [.integer], .integer(38)),
        AggregateFunction("HASH_AGG", arguments: nil) { _, arguments in
            AggregateFunction.Signature(function: "HASH_AGG", arguments: arguments,
                                        type: .number(precision: 19, scale: 0))
        },
    ]

    private static let statistics: [AggregateFunction] = [
        statistic("STDDEV_SAMP", aliases: ["STDDEV"]), statistic("STDDEV_POP"),
        statistic("VAR_SAMP", aliases: ["VARIANCE", "VARIANCE_SAMP"]), statistic("VAR_POP", aliases: ["VARIANCE_POP"]),
        statistic("SKEW"), statistic("KURTOSIS"), statistic("CORR", 2), statistic("COVAR_SAMP", 2),
        statistic("COVAR_POP", 2), statistic("REGR_SLOPE", 2), statistic("REGR_INTERCEPT", 2), statistic("REGR_R2", 2),
        statistic("REGR_COUNT", 2), statistic("REGR_AVGX", 2), statistic("REGR_AVGY", 2), statistic("REGR_SXX", 2),
        statistic("REGR_SYY", 2), statistic("REGR_SXY", 2),
        numeric("MEDIAN", NumberTypes.movingAverage),
        AggregateFunction("APPROX_COUNT_DISTINCT", aliases: ["HLL", "APPROXIMATE_COUNT_DISTINCT"], arguments: nil,
                          ignoresDistinct: true, emptyValue: Constant(.integer(0), countType)) { _, arguments in
            AggregateFunction.Signature(function: "APPROX_COUNT_DISTINCT", arguments: arguments, type: countType)
        },
        AggregateFunction("APPROX_PERCENTILE", [.float, .float], .float),
        percentile("PERCENTILE_CONT"), percentile("PERCENTILE_DISC"),
    ]

    /// Its fraction is the argument; the result's type is that of the WITHIN GROUP key, set by `ordered`.
    private static func percentile(_ name: String) -> AggregateFunction {
        AggregateFunction(name, isOrdered: true) { factory, arguments in
            let fraction = try ParameterType.float.coerce(arguments[0], factory, function: name, all: arguments)
            guard case .constant(let constant) = fraction, case .double(let value) = constant.value, value >= 0,
                  value <= 1 else {
                throw WarehouseError(.invalidValue,
                    "argument 1 of function \(name) needs to be a constant from 0 to 1.")
            }
            return AggregateFunction.Signature(function: name, arguments: [fraction], type: .float)
        }
    }

    private static let collections: [AggregateFunction] = [
        AggregateFunction("LISTAGG", aliases: ["STRING_AGG"], arguments: 1...2, isOrdered: true,
                          emptyValue: Constant(.bytes([]), .text)) { factory, arguments in
            let text = try ParameterType.text.coerce(arguments[0], factory, function: "LISTAGG", all: arguments)
            let separator = arguments.count > 1 ? try factory.constantText(arguments[1], of: "LISTAGG") : ""
            let constant = Constant(.bytes(Array(separator.utf8)), .text)
            return AggregateFunction.Signature(function: "LISTAGG", arguments: [text, .constant(constant)], type: .text)
        },
        AggregateFunction("ARRAY_AGG", aliases: ["ARRAYAGG"], isOrdered: true) { factory, arguments in
            AggregateFunction.Signature(function: "ARRAY_AGG",
                arguments: [try SemiStructured.variant(arguments[0], factory)],
                                        type: .array(element: nil))
        },
        AggregateFunction("OBJECT_AGG", aliases: ["OBJECTAGG"], [.text, .variant], .object),
        AggregateFunction("ARRAY_UNIQUE_AGG", ignoresDistinct: true) { factory, arguments in
            AggregateFunction.Signature(function: "ARRAY_UNIQUE_AGG",
                                        arguments: [try SemiStructured.variant(arguments[0], factory)],
                                        type: .array(element: nil))
        },
        AggregateFunction("ARRAY_UNION_AGG", [.array], .array),
    ]

    /// The value of the row with the least or greatest key; with a count, an ARRAY of the values of so many rows.
    private static func extremeBy(_ name: String) -> AggregateFunction {
        AggregateFunction(name, arguments: 2...3) { factory, arguments in
            guard arguments.count == 3 else {
                return AggregateFunction.Signature(function: name, arguments: arguments, type: arguments[0].type)
            }
            let count = try factory.constantInteger(arguments[2], of: name)
            guard (1...1000).contains(count) else {
                throw WarehouseError(.invalidValue, "argument 3 of \(name) must be a constant from 1 to 1000.")
            }
            return AggregateFunction.Signature(
                function: name, arguments: [try SemiStructured.variant(arguments[0], factory), arguments[1],
                                            .constant(.integer(count))], type: .array(element: nil))
        }
    }

    /// Every function once.
    public static let all: [AggregateFunction] = basic + statistics + collections + sketches

    private static let byName: [String: AggregateFunction] = {
        var map: [String: AggregateFunction] = [:]
        for function in all {
            map[function.name] = function
            for alias in function.aliases { map[alias] = function }
        }
        return map
    }()

    static var names: [String] { Array(byName.keys) }

    /// The function of that canonical name or alias (upper case); nil when there is none.
    public static func function(named name: String) -> AggregateFunction? { byName[name] }

    /// What a canonical aggregate gives over no rows; NULL of `type` unless it counts or collects.
    static func emptyValue(_ function: String, type: LogicalType) -> Constant {
        if function == "COUNT_STAR" { return Constant(.integer(0), countType) }
        return byName[function]?.emptyValue ?? .null(type)
    }
}

extension ExpressionFactory {
    /// An aggregate by any of its names (upper case) over coercible arguments; COUNT without arguments is COUNT(*).
    /// `order` is WITHIN GROUP's. The call puts out `id` under `name`.
    public func aggregate(_ name: String, _ arguments: [BoundExpression], isDistinct: Bool = false,
                          order: [SortKey] = [], id: ColumnID, named columnName: String? = nil)
                              throws -> AggregateCall {
        if name == "COUNT", arguments.isEmpty {
            let type = LogicalType.number(precision: 18, scale: 0)
            return AggregateCall(PlanColumn(id: id, name: columnName ?? "COUNT(*)", type: type, isNullable: false),
                                 "COUNT_STAR", [])
        }
        guard let function = AggregateFunctions.function(named: name) else { throw ScalarFunctions.unknown(name) }
        try function.checkCount(arguments.count)
        var signature = try function.build(self, arguments)
        if !order.isEmpty, !function.isOrdered {
            throw WarehouseError(.invalidValue, "Function \(name) does not take WITHIN GROUP (ORDER BY …).")
        }
        var order = order
        if function.name.hasPrefix("PERCENTILE") {
            guard order.count == 1 else {
                throw WarehouseError(.invalidValue, "\(function.name) needs WITHIN GROUP (ORDER BY one expression).")
            }
            // One of the values is picked, whatever their type; only between numbers there is something.
            if function.name == "PERCENTILE_CONT" || order[0].expression.type.isSemiStructured {
                order[0].expression = try ParameterType.number.coerce(order[0].expression, self, function: name,
                                                                      all: [order[0].expression])
            }
            signature.type = order[0].expression.type
            if function.name == "PERCENTILE_CONT", case .number(_, let scale) = signature.type {
                signature.type = .number(precision: 38, scale: min(37, scale + 3))
            }
        }
        let isNullable = function.emptyValue == nil
        let column = PlanColumn(id: id, name: columnName ?? name, type: signature.type, isNullable: isNullable)
        return AggregateCall(column, signature.function, signature.arguments,
                             isDistinct: isDistinct && !function.ignoresDistinct, order: order)
    }
}
