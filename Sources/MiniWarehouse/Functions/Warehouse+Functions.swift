import WarehouseBasics
import WarehouseEngine
import WarehousePlan

/// Functions in Swift, for the SQL of every session of this open warehouse. They are not stored: a program registers
/// them anew when it opens the warehouse. Registering a name again with the same parameter types replaces the function;
/// with other types it adds an overload.
///
/// ```swift
/// try warehouse.register(scalar: "initials") { (name: String) in
///     String(name.split(separator: " ").compactMap(\.first))
/// }
/// try warehouse.query("SELECT INITIALS(name) FROM users")
/// ```
///
/// A function runs once for each row, or once for each distinct value where a column is stored as a dictionary, on
/// several threads at once. What it throws becomes the query's error.
extension Warehouse {
    /// Registers a scalar function without arguments.
    public func register<Result: FunctionValue>(
        scalar name: String, isVolatile: Bool = false, _ body: @escaping @Sendable () throws -> Result
    ) throws {
        try register(name, [], Result.nativeType, isVolatile) { _, row, result in
            try body().write(to: result, row)
        }
    }

    /// Registers a scalar function of one argument. `isVolatile`: it may give another value for the same argument.
    public func register<A: FunctionValue, Result: FunctionValue>(
        scalar name: String, isVolatile: Bool = false, _ body: @escaping @Sendable (A) throws -> Result
    ) throws {
        try register(name, [A.parameter], Result.nativeType, isVolatile) { rows, row, result in
            try body(A.read(rows, 0, row)).write(to: result, row)
        }
    }

    /// Registers a scalar function of two arguments.
    public func register<A: FunctionValue, B: FunctionValue, Result: FunctionValue>(
        scalar name: String, isVolatile: Bool = false, _ body: @escaping @Sendable (A, B) throws -> Result
    ) throws {
        try register(name, [A.parameter, B.parameter], Result.nativeType, isVolatile) { rows, row, result in
            try body(A.read(rows, 0, row), B.read(rows, 1, row)).write(to: result, row)
        }
    }

    /// Registers a scalar function of three arguments.
    public func register<A: FunctionValue, B: FunctionValue, C: FunctionValue, Result: FunctionValue>(
        scalar name: String, isVolatile: Bool = false, _ body: @escaping @Sendable (A, B, C) throws -> Result
    ) throws {
        let parameters = [A.parameter, B.parameter, C.parameter]
        try register(name, parameters, Result.nativeType, isVolatile) { rows, row, result in
            try body(A.read(rows, 0, row), B.read(rows, 1, row), C.read(rows, 2, row)).write(to: result, row)
        }
    }

    /// Registers a scalar function of four arguments.
    public func register<A: FunctionValue, B: FunctionValue, C: FunctionValue, D: FunctionValue, Result: FunctionValue>(
        scalar name: String, isVolatile: Bool = false, _ body: @escaping @Sendable (A, B, C, D) throws -> Result
    ) throws {
        let parameters = [A.parameter, B.parameter, C.parameter, D.parameter]
        try register(name, parameters, Result.nativeType, isVolatile) { rows, row, result in
            try body(A.read(rows, 0, row), B.read(rows, 1, row), C.read(rows, 2, row), D.read(rows, 3, row))
                .write(to: result, row)
        }
    }

    /// Registers an aggregate function of one argument. Parts of the rows are taken in on their own, from `initial`
    /// on, and `merge`d in the order of the rows.
    ///
    /// ```swift
    /// try warehouse.register(aggregate: "product", initial: 1.0, update: { $0 *= $1 }, merge: { $0 *= $1 },
    ///                        finish: { $0 })
    /// ```
    public func register<State: Sendable, A: FunctionValue, Result: FunctionValue>(
        aggregate name: String, initial: State,
        update: @escaping @Sendable (inout State, A) throws -> Void,
        merge: @escaping @Sendable (inout State, State) throws -> Void,
        finish: @escaping @Sendable (State) throws -> Result
    ) throws {
        try register(name, [A.parameter], Result.nativeType, isVolatile: false, .aggregate {
            StateAccumulator(initial, merge: merge, finish: finish) { state, rows, row in
                try update(&state, A.read(rows, 0, row))
            }
        })
    }

    /// Registers an aggregate function of two arguments.
    public func register<State: Sendable, A: FunctionValue, B: FunctionValue, Result: FunctionValue>(
        aggregate name: String, initial: State,
        update: @escaping @Sendable (inout State, A, B) throws -> Void,
        merge: @escaping @Sendable (inout State, State) throws -> Void,
        finish: @escaping @Sendable (State) throws -> Result
    ) throws {
        try register(name, [A.parameter, B.parameter], Result.nativeType, isVolatile: false, .aggregate {
            StateAccumulator(initial, merge: merge, finish: finish) { state, rows, row in
                try update(&state, A.read(rows, 0, row), B.read(rows, 1, row))
            }
        })
    }

    /// Forgets every registered function of that name; whether there was one.
    @discardableResult
    public func unregister(function name: String) -> Bool { core.functions.remove(named: Identifiers.folded(name)) }

    private func register(_ name: String, _ parameters: [NativeParameter], _ result: NativeType, _ isVolatile: Bool,
                          _ body: @escaping NativeFunction.Scalar) throws {
        try register(name, parameters, result, isVolatile: isVolatile, .scalar(body))
    }

    private func register(_ name: String, _ parameters: [NativeParameter], _ result: NativeType, isVolatile: Bool,
                          _ body: NativeFunction.Body) throws {
        let folded = Identifiers.folded(name)
        guard !Planner.isSystemFunction(folded) else {
            throw WarehouseError(.alreadyExists, "Function \(folded) is a function of the system.")
        }
        let function = NativeFunction(name: folded, parameters: parameters, result: result, isVolatile: isVolatile,
                                      body: body)
        guard core.functions.overloads(folded).allSatisfy({ $0.isAggregate == function.isAggregate }) else {
            throw WarehouseError(.alreadyExists, "Function \(folded) is registered as a scalar and as an aggregate function.")
        }
        core.functions.register(function)
    }
}

/// The states of a registered aggregate, one a group.
final class StateAccumulator<State: Sendable, Result: FunctionValue>: NativeAccumulator {
    private var states: [State] = []
    private let initial: State
    private let update: (inout State, NativeRows, Int) throws -> Void
    private let merge: (inout State, State) throws -> Void
    private let finish: (State) throws -> Result

    init(_ initial: State, merge: @escaping (inout State, State) throws -> Void,
         finish: @escaping (State) throws -> Result,
         update: @escaping (inout State, NativeRows, Int) throws -> Void) {
        self.initial = initial
        self.update = update
        self.merge = merge
        self.finish = finish
    }

    override func reserve(groups: Int) {
        if groups > states.count { states += repeatElement(initial, count: groups - states.count) }
    }

    override func update(_ arguments: NativeRows, _ row: Int, group: Int) throws {
        try update(&states[group], arguments, row)
    }

    override func merge(_ other: NativeAccumulator, from: Int, to: Int) throws {
        guard let other = other as? StateAccumulator else { return }
        try merge(&states[to], other.states[from])
    }

    override func finish(group: Int, _ result: NativeResult) throws {
        try finish(states[group]).write(to: result, group)
    }
}
