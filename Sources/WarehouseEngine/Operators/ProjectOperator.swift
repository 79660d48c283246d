import WarehouseBasics
import WarehouseColumns

/// One expression a column over each batch. Plain columns go through by reference.
final class ProjectOperator: CountedOperator {
    private let input: any PhysicalOperator
    private let expressions: [CompiledExpression]
    let outputTypes: [PhysicalType]

    init(input: any PhysicalOperator, expressions: [CompiledExpression]) {
        self.input = input
        self.expressions = expressions
        outputTypes = expressions.map(\.physicalType)
    }

    func stripeRows() -> [Int]? { (input as? any CountedOperator)?.stripeRows() }

    func prepare(_ context: QueryContext) throws -> Int { try input.prepare(context) }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let evaluators = try expressions.map { expression in
            try context.checkCancelled()
            return expression.makeEvaluator()
        }
        let projecting = ProjectConsumer(evaluators, consumer, context)
        try input.run(stripe: stripe, context, into: projecting)
    }
}

private final class ProjectConsumer: BatchConsumer {
    private let evaluators: [ExpressionEvaluator]
    private let next: any BatchConsumer
    private let context: QueryContext
    private let output = Batch()
    private lazy var slices = BatchSlices()
    private var isSlicing = false

    init(_ evaluators: [ExpressionEvaluator], _ next: any BatchConsumer, _ context: QueryContext) {
        self.evaluators = evaluators
        self.next = next
        self.context = context
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        if isSlicing, !slices.admits(batch.rowCount) { return try consumeSlices(batch) }
        do { try evaluate(batch) } catch is BatchOverflow {
            isSlicing = true
            return try consumeSlices(batch)
        }
        return try next.consume(output)
    }

    private func evaluate(_ batch: Batch) throws {
        output.vectors.removeAll(keepingCapacity: true)
        for (index, evaluator) in evaluators.enumerated() {
            // A thousand columns of a batch take milliseconds.
            if index & 0xFF == 0xFF { try context.checkCancelled() }
            output.vectors.append(try evaluator.evaluate(batch))
        }
        output.rowCount = batch.rowCount
    }

    private func consumeSlices(_ batch: Batch) throws -> Bool {
        try slices.run(batch, evaluate: { try evaluate($0) }, then: { _, _ in
            try context.checkCancelled()
            return try next.consume(output)
        })
    }
}
