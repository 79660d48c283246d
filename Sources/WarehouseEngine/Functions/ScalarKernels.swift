import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// All scalar functions by canonical name.
enum ScalarKernels {
    typealias Compile = @Sendable (FunctionCall) throws -> CompiledNode

    private static let families: [[String: Compile]] = [
        arithmetic, mathematics, conditionals, texts, hashes, temporals, conversions,
        expressions, variants, arrays, objects, generatedData, tokens, sketches, packing,
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
        let nodes = try arguments.map { try self.compile($0) }
        guard let compile = ScalarKernels.find(name) else {
            if let native = try nativeCall(name, nodes, type) { return native }
            throw WarehouseError(.unsupported, "Unsupported feature '\(name)'.")
        }
        return try compile(FunctionCall(name: name, arguments: nodes, type: type, compiler: self))
    }
}
