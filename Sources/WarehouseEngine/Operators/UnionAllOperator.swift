import WarehouseBasics
import WarehouseColumns

/// The stripes of all inputs, one input after the other.
final class UnionAllOperator: PhysicalOperator {
    private let inputs: [any PhysicalOperator]
    let outputTypes: [PhysicalType]
    /// First stripe of each input.
    private var starts: [Int] = []

    /// All inputs have the same output types.
    init(inputs: [any PhysicalOperator], outputTypes: [PhysicalType]) {
        self.inputs = inputs
        self.outputTypes = outputTypes
    }

    func prepare(_ context: QueryContext) throws -> Int {
        var total = 0
        starts = []
        for input in inputs {
            starts.append(total)
            total += try input.prepare(context)
        }
        return total
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        guard let index = starts.lastIndex(where: { $0 <= stripe }) else { return }
        try inputs[index].run(stripe: stripe - starts[index], context, into: consumer)
    }
}
