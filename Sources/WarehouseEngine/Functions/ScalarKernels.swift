import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// A call whose arguments are compiled.
struct FunctionCall {
    let name: String
    let arguments: [CompiledNode]
    /// The result's type, as the planner decided.
    let type: LogicalType
    let compiler: ExpressionCompiler

    /// An argument the planner promises to be a constant that is not NULL.
    func constantText(_ index: Int) throws -> String {
        guard index < arguments.count, let bytes = arguments[index].constantBytes else {
            throw WarehouseError(.internalFault, "Argument \(index + 1) of \(name) must be a constant text.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As `constantText`, of an integer.
    func constantInteger(_ index: Int) throws -> Int {
        guard index < arguments.count, let value = arguments[index].constantInteger, let narrow = Int(exactly: value)
        else { throw WarehouseError(.internalFault, "Argument \(index + 1) of \(name) must be a constant integer.") }
        return narrow
    }

    /// The error for arguments no kernel takes.
    func unsupported() -> WarehouseError {
        let types = arguments.map(\.type.description).joined(separator: ", ")
        return WarehouseError(.unsupported, "Unsupported feature '\(name)(\(types))'.")
    }
}

/// All scalar functions by canonical name.
enum ScalarKernels {
    typealias Compile = @Sendable (FunctionCall) throws -> CompiledNode

    private static let families: [[String: Compile]] = [
        arithmetic,
    ]

    private static let byName: [String: Compile] = families.reduce(into: [:]) { all, family in
        all.merge(family) { first, _ in first }
    }

    /// Names of the functions that have a kernel.
    static var names: [String] { byName.keys.sorted() }

    /// What compiles a call of `name`, nil when there is no kernel.
    static func find(_ name: String) -> Compile? { byName[name] }
}

extension ExpressionCompiler {
    func call(_ name: String, _ arguments: [BoundExpression], _ type: LogicalType) throws -> CompiledNode {
        guard let compile = ScalarKernels.find(name) else {
            throw WarehouseError(.unsupported, "Unsupported feature '\(name)'.")
        }
        let nodes = try arguments.map { try self.compile($0) }
        return try compile(FunctionCall(name: name, arguments: nodes, type: type, compiler: self))
    }
}
