import WarehouseBasics
import WarehouseColumns

extension ExpressionCompiler {
    /// CAST and TRY_CAST of a compiled value.
    func cast(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode {
        if operand.type == .null || operand.isNullConstant { return try null(type) }
        if operand.type == type { return operand }
        throw WarehouseError(.unsupported, "Unsupported feature 'CAST(\(operand.type) AS \(type))'.")
    }

    func listConstant(_ bytes: [UInt8], _ element: LogicalType) throws -> CompiledNode {
        throw WarehouseError(.unsupported, "Unsupported feature 'constant ARRAY of \(element)'.")
    }
}
