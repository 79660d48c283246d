import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// COALESCE, GREATEST, LEAST, and the check that a subquery gave one row.
    static let conditionals: [String: Compile] = [
        "COALESCE": { try $0.compiler.coalesce($0.arguments, $0.type) },
        "GREATEST": { try extreme($0, isLeast: false, ignoresNulls: false) },
        "LEAST": { try extreme($0, isLeast: true, ignoresNulls: false) },
        "GREATEST_IGNORE_NULLS": { try extreme($0, isLeast: false, ignoresNulls: true) },
        "LEAST_IGNORE_NULLS": { try extreme($0, isLeast: true, ignoresNulls: true) },
        "REQUIRE_SINGLE_ROW": { call in
            try call.node([try call.integer(0)], .int64, raises: true) { SingleRowKernel() }
        },
    ]

    private static func extreme(_ call: FunctionCall, isLeast: Bool, ignoresNulls: Bool) throws -> CompiledNode {
        let typed = try call.arguments.map { try call.compiler.typed($0, as: call.type) }
        let inputs = call.compiler.comparable(typed, as: call.type)
        let physical = inputs[0].physicalType
        guard physical != .list, inputs.allSatisfy({ $0.physicalType == physical }) else { throw call.unsupported() }
        let domain = ExpressionCompiler.domain(of: call.type, physical)
        let mayBeNull = ignoresNulls ? inputs.allSatisfy(\.mayBeNull) : inputs.contains(where: \.mayBeNull)
        return try call.node(inputs, physical, range: ExpressionCompiler.union(of: inputs), mayBeNull: mayBeNull) {
            GreatestKernel(domain, isLeast: isLeast, ignoresNulls: ignoresNulls)
        }
    }
}
