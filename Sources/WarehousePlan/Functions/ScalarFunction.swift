import WarehouseBasics

/// What the planner knows of a scalar function: its names, how many arguments it takes, and how a call becomes a bound
/// expression in the types the engine's kernels expect.
public struct ScalarFunction: Sendable {
    typealias Build = @Sendable (ExpressionFactory, [BoundExpression]) throws -> BoundExpression

    /// The canonical name.
    public let name: String
    public let aliases: [String]
    public let minimumArguments: Int
    /// nil: any number.
    public let maximumArguments: Int?
    /// May give another value at each evaluation, so that it is never folded, merged or moved.
    public let isVolatile: Bool
    /// Which argument names a time part, which may then be an unquoted word: `DATE_TRUNC(month, x)`.
    public let partArgument: Int?
    let build: Build

    init(_ name: String, aliases: [String] = [], arguments: ClosedRange<Int>? = nil, atLeast: Int = 0,
         isVolatile: Bool = false, partArgument: Int? = nil, build: @escaping Build) {
        self.name = name
        self.aliases = aliases
        self.minimumArguments = arguments?.lowerBound ?? atLeast
        self.maximumArguments = arguments?.upperBound
        self.isVolatile = isVolatile
        self.partArgument = partArgument
        self.build = build
    }

    /// A function with one kernel: arguments coerced to `parameters` (the last `optional` may be absent; the last
    /// repeats when `isVariadic`), result by `result`.
    init(_ name: String, aliases: [String] = [], _ parameters: [ParameterType], optional: Int = 0,
         isVariadic: Bool = false, isVolatile: Bool = false, _ result: ResultType) {
        let count = parameters.count
        self.init(name, aliases: aliases, arguments: isVariadic ? nil : (count - optional)...count,
                  atLeast: count - optional, isVolatile: isVolatile) { factory, arguments in
            let coerced = try arguments.indices.map {
                try parameters[min($0, count - 1)].coerce(arguments[$0], factory, function: name, all: arguments)
            }
            return .call(name, coerced, try result.type(coerced))
        }
    }

    func checkCount(_ count: Int, name written: String) throws(WarehouseError) {
        if count < minimumArguments {
            throw WarehouseError(.argumentCount, "not enough arguments for function [\(written)], "
                + "expected \(minimumArguments), got \(count)")
        }
        if let maximumArguments, count > maximumArguments {
            throw WarehouseError(.tooManyArguments, "too many arguments for function [\(written)] "
                + "expected \(maximumArguments), got \(count)")
        }
    }
}

/// What a parameter takes.
enum ParameterType: Sendable {
    case text, float, integer, boolean, date, time, timestampNTZ, binary, variant, array, object
    /// NUMBER or FLOAT, as it is; text becomes a number.
    case number
    /// NUMBER or FLOAT, as it is; text becomes FLOAT, as aggregates read it.
    case summand
    /// VARCHAR or BINARY as it is, everything else as text.
    case textOrBinary
    /// DATE, TIME or a timestamp; text becomes a timestamp.
    case temporal
    /// DATE or a timestamp; text becomes a timestamp.
    case dateOrTimestamp
    case any

    func coerce(_ argument: BoundExpression, _ factory: ExpressionFactory, function: String,
                all: [BoundExpression]) throws -> BoundExpression {
        let type = argument.type
        do {
            switch self {
            case .text: return try text(argument, factory)
            case .float: return try factory.implicit(argument, to: .float)
            case .integer: return try integer(argument, factory)
            case .boolean: return try factory.implicit(argument, to: .boolean)
            case .date: return try factory.implicit(argument, to: .date)
            case .time: return try factory.implicit(argument, to: .time(scale: type.scale ?? 9))
            case .timestampNTZ: return try factory.implicit(argument, to: .timestampNTZ(scale: 9))
            case .binary: return try factory.implicit(argument, to: .binary(length: LogicalType.maximumBinaryLength))
            case .variant: return try factory.implicit(argument, to: .variant)
            case .array: return try factory.implicit(argument, to: .array(element: nil))
            case .object: return try factory.implicit(argument, to: .object)
            case .number: return try number(argument, factory)
            case .summand:
                return try type.isText ? factory.implicit(argument, to: .float) : number(argument, factory)
            case .textOrBinary:
                if case .binary = type { return argument }
                return try text(argument, factory)
            case .temporal:
                if type.isTemporal { return argument }
                return try timestamp(argument, factory)
            case .dateOrTimestamp:
                if type.isTimestamp || type == .date { return argument }
                return try timestamp(argument, factory)
            case .any: return argument
            }
        } catch let error as WarehouseError where error.code == ErrorKind.invalidArgumentTypes.code {
            throw ExpressionFactory.invalidArguments(function, all)
        }
    }

    private func text(_ argument: BoundExpression, _ factory: ExpressionFactory) throws -> BoundExpression {
        if argument.type.isText { return argument }
        return try factory.implicit(argument, to: .text)
    }

    private func integer(_ argument: BoundExpression, _ factory: ExpressionFactory) throws -> BoundExpression {
        if case .number(_, 0) = argument.type { return argument }
        return try factory.implicit(factory.naturalText(argument, beside: .integer), to: .integer)
    }

    private func number(_ argument: BoundExpression, _ factory: ExpressionFactory) throws -> BoundExpression {
        switch argument.type {
        case .number, .float: return argument
        case .null: return .constant(.null(.integer))
        case .boolean: return try factory.implicit(argument, to: .number(precision: 1, scale: 0))
        case .variant: return try factory.implicit(argument, to: .float)
        default:
            let natural = factory.naturalText(argument, beside: .integer)
            if case .number = natural.type { return natural }
            return try factory.implicit(argument, to: .number(precision: 38, scale: 5))
        }
    }

    private func timestamp(_ argument: BoundExpression, _ factory: ExpressionFactory) throws -> BoundExpression {
        try factory.implicit(argument, to: factory.session.timestampType)
    }
}

/// How the type of a result follows from the coerced arguments.
enum ResultType: Sendable {
    case fixed(LogicalType)
    case first
    case custom(@Sendable ([BoundExpression]) throws -> LogicalType)

    static let text = ResultType.fixed(.text)
    static let boolean = ResultType.fixed(.boolean)
    static let float = ResultType.fixed(.float)
    static let variant = ResultType.fixed(.variant)
    static let array = ResultType.fixed(.array(element: nil))
    static let object = ResultType.fixed(.object)
    static let date = ResultType.fixed(.date)
    static let binary = ResultType.fixed(.binary(length: LogicalType.maximumBinaryLength))
    static func integer(_ precision: Int) -> ResultType { .fixed(.number(precision: precision, scale: 0)) }

    func type(_ arguments: [BoundExpression]) throws -> LogicalType {
        switch self {
        case .fixed(let type): type
        case .first: arguments[0].type
        case .custom(let rule): try rule(arguments)
        }
    }
}
