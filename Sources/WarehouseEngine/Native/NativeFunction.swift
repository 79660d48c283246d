import WarehouseBasics
import WarehouseColumns

/// The types in which functions of the program around the warehouse take and give values.
public enum NativeType: Sendable {
    case integer, float, boolean, text, binary

    /// How SQL sees it. An integer has 64 bits.
    public var logicalType: LogicalType {
        switch self {
        case .integer: .integer
        case .float: .float
        case .boolean: .boolean
        case .text: .text
        case .binary: .binary(length: LogicalType.maximumBinaryLength)
        }
    }

    var physicalType: PhysicalType {
        switch self {
        case .integer: .int64
        case .float: .double
        case .boolean: .bool
        case .text, .binary: .string
        }
    }
}

/// A parameter of a native function.
public struct NativeParameter: Sendable {
    public var type: NativeType
    /// Whether the function itself is asked about NULL; otherwise NULL gives NULL, or leaves an aggregate's row out.
    public var takesNull: Bool

    public init(_ type: NativeType, takesNull: Bool) {
        self.type = type
        self.takesNull = takesNull
    }
}

/// A function that the program around the warehouse registered.
public struct NativeFunction: Sendable {
    /// Rows in, rows out.
    public typealias Scalar = @Sendable (_ arguments: NativeRows, _ row: Int, _ result: NativeResult) throws -> Void

    /// What it computes.
    public enum Body: Sendable {
        case scalar(Scalar)
        case aggregate(@Sendable () -> NativeAccumulator)
    }

    /// The name it was registered under.
    public let name: String
    public let parameters: [NativeParameter]
    public let result: NativeType
    /// May give another value for the same arguments.
    public let isVolatile: Bool
    public let body: Body

    public init(name: String, parameters: [NativeParameter], result: NativeType, isVolatile: Bool, body: Body) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.isVolatile = isVolatile
        self.body = body
    }

    /// What a plan calls it: no name that SQL can write.
    public var key: String { "native " + name + parameters.map { " \($0.type)" }.joined() }

    public var isAggregate: Bool { if case .aggregate = body { true } else { false } }

    /// What the function threw, as the query's error.
    static func failure(_ name: String, _ error: any Error) -> WarehouseError {
        (error as? WarehouseError)
            ?? WarehouseError(ErrorKind("100357", "P0000"), "Function \(name) failed: \(error)")
    }
}

/// The functions registered with one warehouse, by key.
public final class NativeFunctions: Sendable {
    private let functions = Lock<[String: NativeFunction]>([:])

    public init() {}

    /// Adds a function, or replaces the one of that name and those parameter types.
    public func register(_ function: NativeFunction) { functions.withLock { $0[function.key] = function } }

    /// Forgets every function of that name; whether there was one.
    public func remove(named name: String) -> Bool {
        functions.withLock { functions in
            let count = functions.count
            functions = functions.filter { $0.value.name != name }
            return functions.count < count
        }
    }

    /// Every overload of a name.
    public func overloads(_ name: String) -> [NativeFunction] {
        functions.withLock { $0.values.filter { $0.name == name } }.sorted { $0.key < $1.key }
    }

    /// All of them, by name.
    public var all: [NativeFunction] { functions.withLock { Array($0.values) }.sorted { $0.key < $1.key } }

    func find(_ key: String) -> NativeFunction? { functions.withLock { $0[key] } }
}
