import WarehouseBasics
import WarehouseColumns

/// A table's scan as an operator.
final class ScanOperator: PhysicalOperator {
    private var scan: any TableScan
    var outputTypes: [PhysicalType] { scan.outputTypes }

    init(_ scan: any TableScan) { self.scan = scan }

    /// Lets the scan skip zones by what a top-N above learns; nothing where it cannot. Before `prepare`.
    func skipZones(by bound: ZoneBound, limit: Int) throws {
        if let stored = scan as? StoredTableScan { scan = try stored.bounded(by: bound, limit: limit) }
    }

    func prepare(_ context: QueryContext) throws -> Int { scan.stripeCount }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try scan.run(stripe: stripe, context: context, into: consumer)
    }
}
