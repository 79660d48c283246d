import WarehouseBasics
import WarehouseColumns

/// A call whose arguments are compiled.
struct FunctionCall {
    let name: String
    let arguments: [CompiledNode]
    /// The result's type, as the planner decided.
    let type: LogicalType
    let compiler: ExpressionCompiler

    /// The same call over other arguments.
    func with(_ arguments: [CompiledNode]) -> FunctionCall {
        FunctionCall(name: name, arguments: arguments, type: type, compiler: compiler)
    }

    /// The same call with another result type.
    func returning(_ type: LogicalType) -> FunctionCall {
        FunctionCall(name: name, arguments: arguments, type: type, compiler: compiler)
    }

    // MARK: Constants

    /// An argument the planner promises to be a constant that is not NULL.
    func constantText(_ index: Int) throws -> String {
        guard index < arguments.count, let bytes = arguments[index].constantBytes else {
            throw WarehouseError(.unsupported, "Argument \(index + 1) of \(name) must be a constant text.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As `constantText`, of an integer.
    func constantInteger(_ index: Int) throws -> Int {
        guard index < arguments.count, let value = arguments[index].constantInteger, let narrow = Int(exactly: value)
        else { throw WarehouseError(.unsupported, "Argument \(index + 1) of \(name) must be a constant integer.") }
        return narrow
    }

    /// A part of time named by a constant.
    func part(_ index: Int) throws -> DateTimePart { try DateTimePart.resolve(try constantText(index)) }

    /// Whether an argument is BINARY, and so counted in bytes.
    func isBinary(_ index: Int) -> Bool {
        if case .binary = arguments[index].type { return true }
        return false
    }

    // MARK: Arguments

    /// An integer argument as Int64; values past it become the nearest.
    func integer(_ index: Int) throws -> CompiledNode {
        let node = arguments[index].type == .null ? try compiler.null(.integer) : arguments[index]
        if node.physicalType != .int128 { return compiler.widened(node, to: .int64) }
        let limits = ValueRange(Int128(Int64.min), Int128(Int64.max))
        return try compiler.kernelNode(
            [node], type: node.type, physicalType: .int64, range: node.range?.clamped(to: limits)
        ) { SaturateKernel() }
    }

    /// A text or binary argument; a NULL literal becomes one.
    func text(_ index: Int) throws -> CompiledNode {
        arguments[index].type == .null ? try compiler.null(.text) : arguments[index]
    }

    /// Arguments `texts` as they are and `integers` as Int64, in order.
    func mixed(integers: Set<Int>) throws -> [CompiledNode] {
        try arguments.indices.map { integers.contains($0) ? try integer($0) : try text($0) }
    }

    // MARK: Results

    /// A node of the call's type over `inputs`.
    func node(_ inputs: [CompiledNode], _ physical: PhysicalType, range: ValueRange? = nil, mayBeNull: Bool? = nil,
              raises: Bool = false, isVolatile: Bool = false, kernel: @escaping @Sendable () -> ScalarKernel)
        throws -> CompiledNode {
        try compiler.kernelNode(inputs, type: type, physicalType: physical, range: range, mayBeNull: mayBeNull,
                                raises: raises, isVolatile: isVolatile, kernel: kernel)
    }

    /// The error for arguments no kernel takes.
    func unsupported() -> WarehouseError {
        let types = arguments.map(\.type.description).joined(separator: ", ")
        return WarehouseError(.unsupported, "Unsupported feature '\(name)(\(types))'.")
    }
}

/// 128-bit integers as the nearest of 64 bits: for positions and lengths, where anything so large means "past the end".
final class SaturateKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let from = Argument<Int128>(inputs[0]), out = output.int64s
        for row in 0..<count { out[row] = Int64(clamping: from[row]) }
    }
}
