import WarehouseBasics
import WarehouseColumns

/// Rows for which a predicate is true. A batch of which every row qualifies goes on untouched.
final class FilterOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let predicate: CompiledPredicate
    var outputTypes: [PhysicalType] { input.outputTypes }

    init(input: any PhysicalOperator, predicate: CompiledPredicate) {
        self.input = input
        self.predicate = predicate
    }

    func prepare(_ context: QueryContext) throws -> Int { try input.prepare(context) }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let filtering = FilterConsumer(predicate.makeEvaluator(), types: outputTypes, consumer, context)
        try input.run(stripe: stripe, context, into: filtering)
    }
}

private final class FilterConsumer: BatchConsumer {
    private let evaluator: PredicateEvaluator
    private let next: any BatchConsumer
    private let context: QueryContext
    private let output: Batch
    private var selection: [Int32]

    init(_ evaluator: PredicateEvaluator, types: [PhysicalType], _ next: any BatchConsumer, _ context: QueryContext) {
        self.evaluator = evaluator
        self.next = next
        self.context = context
        output = Batch(types.map { Vector($0, capacity: 1) })
        selection = Array(repeating: 0, count: Vector.standardCapacity)
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        if selection.count < batch.rowCount { selection = Array(repeating: 0, count: batch.rowCount) }
        let count = try selection.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, batch.rowCount > 0 else { return 0 }
            return try evaluator.select(batch, into: base)
        }
        if count == 0 { return true }
        if count == batch.rowCount { return try next.consume(batch) }
        selection.withUnsafeBufferPointer { buffer in
            let chosen = UnsafeBufferPointer(rebasing: buffer[0..<count])
            for column in output.vectors.indices { output.vectors[column].gather(batch.vectors[column], chosen) }
        }
        output.rowCount = count
        return try next.consume(output)
    }
}
