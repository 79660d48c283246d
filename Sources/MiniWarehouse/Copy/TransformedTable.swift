import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseIngest
import WarehousePlan

/// What `FROM @stage` means while COPY transforms: some rows of one file's chunk. Changed between runs of the plan,
/// never during one: hence unchecked.
final class TransformedTable: ScannableTable, @unchecked Sendable {
    let name = ObjectName(database: "", schema: "", name: "@")
    let rowCount: Int? = nil
    let staged: StagedColumns
    var chunk = LoadedChunk()
    var range = 0..<0
    var facts = FileFacts()

    init(_ staged: StagedColumns) { self.staged = staged }

    var columns: [ColumnSchema] { staged.schema }
    var hiddenColumnCount: Int { StagedColumns.Metadata.allCases.count }
    func statistics(ofColumn index: Int) -> ColumnStatistics { .unknown }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        TransformedScan(self, columns)
    }
}

private final class TransformedScan: TableScan {
    let outputTypes: [PhysicalType]
    private let table: TransformedTable
    private let columns: [Int]

    /// Rows of a stripe: as many as make a thread worth its while.
    private static let stripeRows = 16_384

    init(_ table: TransformedTable, _ columns: [Int]) {
        self.table = table
        self.columns = columns
        outputTypes = table.staged.physicalTypes(columns)
    }

    var stripeCount: Int { (table.range.count + TransformedScan.stripeRows - 1) / TransformedScan.stripeRows }

    func run(stripe: Int, context: QueryContext, into consumer: any BatchConsumer) throws {
        let outputs = outputTypes.map { Vector($0) }
        let batch = Batch(outputs)
        var start = table.range.lowerBound + stripe * TransformedScan.stripeRows
        let end = min(table.range.upperBound, start + TransformedScan.stripeRows)
        while start < end {
            try context.checkCancelled()
            let size = min(Vector.standardCapacity, end - start)
            for (output, column) in zip(outputs, columns) {
                table.staged.fill(output, column, table.chunk, from: start, size: size, table.facts)
            }
            batch.rowCount = size
            guard try consumer.consume(batch) else { return }
            start += size
        }
    }
}
