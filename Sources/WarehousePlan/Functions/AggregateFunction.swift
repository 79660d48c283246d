import WarehouseBasics

/// What the planner knows of an aggregate function.
public struct AggregateFunction: Sendable {
    typealias Build = @Sendable (ExpressionFactory, [BoundExpression]) throws -> Signature

    /// The canonical call: its name, coerced arguments and the type of its result.
    struct Signature {
        var function: String
        var arguments: [BoundExpression]
        var type: LogicalType
    }

    public let name: String
    public let aliases: [String]
    public let minimumArguments: Int
    /// nil: any number.
    public let maximumArguments: Int?
    /// DISTINCT changes nothing, as for MIN.
    public let ignoresDistinct: Bool
    /// Takes WITHIN GROUP (ORDER BY …).
    public let isOrdered: Bool
    /// What an empty input gives, where that is not NULL; nil: NULL.
    let emptyValue: Constant?
    let build: Build

    init(_ name: String, aliases: [String] = [], arguments: ClosedRange<Int>? = 1...1, atLeast: Int = 1,
         ignoresDistinct: Bool = false, isOrdered: Bool = false, emptyValue: Constant? = nil, build: @escaping Build) {
        self.name = name
        self.aliases = aliases
        self.minimumArguments = arguments?.lowerBound ?? atLeast
        self.maximumArguments = arguments?.upperBound
        self.ignoresDistinct = ignoresDistinct
        self.isOrdered = isOrdered
        self.emptyValue = emptyValue
        self.build = build
    }

    init(_ name: String, aliases: [String] = [], _ parameters: [ParameterType], ignoresDistinct: Bool = false,
         emptyValue: Constant? = nil, _ result: ResultType) {
        self.init(name, aliases: aliases, arguments: parameters.count...parameters.count,
                  ignoresDistinct: ignoresDistinct, emptyValue: emptyValue) { factory, arguments in
            let coerced = try arguments.indices.map {
                try parameters[$0].coerce(arguments[$0], factory, function: name, all: arguments)
            }
            return Signature(function: name, arguments: coerced, type: try result.type(coerced))
        }
    }

    func checkCount(_ count: Int) throws(WarehouseError) {
        if count < minimumArguments {
            throw WarehouseError(.argumentCount, "not enough arguments for function [\(name)], "
                + "expected \(minimumArguments), got \(count)")
        }
        if let maximumArguments, count > maximumArguments {
            throw WarehouseError(.tooManyArguments, "too many arguments for function [\(name)] "
                + "expected \(maximumArguments), got \(count)")
        }
    }
}
