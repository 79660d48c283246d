import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Folds constants for the planner by running the same evaluator that rows would run through, so that a folded value
/// can never differ from a computed one.
public struct EngineConstantFolder: ConstantFolder {
    private let context: QueryContext

    public init(context: QueryContext) { self.context = context }

    /// The value of an expression that reads no column, as a constant of its type; nil for what is volatile or has no
    /// constant form (a list). Throws what computing it throws.
    public func fold(_ expression: BoundExpression) throws -> Constant? {
        if case .constant(let constant) = expression { return constant }
        let compiler = ExpressionCompiler(input: InputLayout(), context: context)
        let node = try compiler.compile(expression)
        if node.isVolatile { return nil }
        if let value = node.constant { return Constant(value, expression.type) }
        let vector = try node.make().evaluate(Batch([], rowCount: 1))
        return vector.scalar(at: 0).map { Constant($0, expression.type) }
    }
}
