import WarehouseBasics
import WarehouseColumns

/// One expression a column over each batch. Plain columns go through by reference.
final class ProjectOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let expressions: [CompiledExpression]
    let outputTypes: [PhysicalType]

    init(input: any PhysicalOperator, expressions: [CompiledExpression]) {
        self.input = input
        self.expressions = expressions
        outputTypes = expressions.map(\.physicalType)
    }

    func prepare(_ context: QueryContext) throws -> Int { try input.prepare(context) }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let projecting = ProjectConsumer(expressions.map { $0.makeEvaluator() }, consumer, context)
        try input.run(stripe: stripe, context, into: projecting)
    }
}

private final class ProjectConsumer: BatchConsumer {
    private let evaluators: [ExpressionEvaluator]
    private let next: any BatchConsumer
    private let context: QueryContext
    private let output = Batch()

    init(_ evaluators: [ExpressionEvaluator], _ next: any BatchConsumer, _ context: QueryContext) {
        self.evaluators = evaluators
        self.next = next
        self.context = context
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        output.vectors.removeAll(keepingCapacity: true)
        for evaluator in evaluators { output.vectors.append(try evaluator.evaluate(batch)) }
        output.rowCount = batch.rowCount
        return try next.consume(output)
    }
}
