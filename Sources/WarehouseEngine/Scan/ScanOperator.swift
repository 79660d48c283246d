import WarehouseBasics
import WarehouseColumns

/// A table's scan as an operator.
final class ScanOperator: PhysicalOperator {
    private let scan: any TableScan
    var outputTypes: [PhysicalType] { scan.outputTypes }

    init(_ scan: any TableScan) { self.scan = scan }

    func prepare(_ context: QueryContext) throws -> Int { scan.stripeCount }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try scan.run(stripe: stripe, context: context, into: consumer)
    }
}
