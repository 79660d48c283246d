import WarehouseBasics
import WarehouseColumns

/// Some of the input's columns, by reference.
final class SelectOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let columns: [Int]
    let outputTypes: [PhysicalType]

    init(input: any PhysicalOperator, columns: [Int]) {
        self.input = input
        self.columns = columns
        let types = input.outputTypes
        outputTypes = columns.map { types[$0] }
    }

    func prepare(_ context: QueryContext) throws -> Int { try input.prepare(context) }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let columns = columns
        let output = Batch()
        try input.run(stripe: stripe, context, into: ClosureConsumer { batch in
            output.vectors.removeAll(keepingCapacity: true)
            for column in columns { output.vectors.append(batch.vectors[column]) }
            output.rowCount = batch.rowCount
            return try consumer.consume(output)
        })
    }
}
