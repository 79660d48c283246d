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
        let vector = try TextBudget.$isForOneRow.withValue(true) { try node.make().evaluate(Batch([], rowCount: 1)) }
        return vector.scalar(at: 0).map { Constant($0, expression.type) }
    }

    /// The first rows of the plan, values without a constant form (lists) as NULL.
    public func rows(of plan: LogicalPlan, limit: Int) throws -> [[Constant]]? {
        let types = plan.columns.map(\.type)
        var rows: [[Constant]] = []
        try QueryRunner.stream(.limit(plan, limit: limit, offset: 0), context: context) { batch in
            for row in 0..<batch.rowCount {
                rows.append(types.indices.map { Constant(batch.vectors[$0].scalar(at: row) ?? .null, types[$0]) })
            }
            return true
        }
        return rows
    }
}
