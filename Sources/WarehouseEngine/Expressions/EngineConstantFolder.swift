import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Folds constants by running the engine's own evaluator over one row, so that folding can never differ from
/// execution.
public struct EngineConstantFolder: ConstantFolder {
    private let context: QueryContext

    public init(context: QueryContext) { self.context = context }

    /// nil for what this engine cannot hold as a constant, such as an ARRAY in list form, and for what fails: the
    /// error belongs to the row that meets it, if one does.
    public func fold(_ expression: BoundExpression) throws -> Constant? {
        guard expression.type.widestPhysicalType != .list else { return nil }
        let compiled = try CompiledExpression(expression, input: InputLayout(), context: context)
        let vector: Vector
        do {
            vector = try compiled.makeEvaluator().evaluate(Batch([], rowCount: 1))
        } catch is WarehouseError {
            return nil
        }
        return Constant(EngineConstantFolder.value(of: vector), expression.type)
    }

    private static func value(of vector: Vector) -> ScalarValue {
        if vector.isNull(0) { return .null }
        let holder = vector.valueHolder, index = vector.valueIndex(0)
        switch vector.physicalType {
        case .bool: return .boolean(holder.bools[index] != 0)
        case .int32: return .integer(Int128(holder.int32s[index]))
        case .int64: return .integer(Int128(holder.int64s[index]))
        case .int128: return .integer(holder.int128s[index])
        case .double: return .double(holder.doubles[index])
        case .string: return .bytes(Array(holder.strings[index].buffer))
        case .list: return .null
        }
    }
}
