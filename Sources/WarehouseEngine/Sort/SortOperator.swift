import WarehouseBasics
import WarehouseColumns

/// ORDER BY: keeps all rows, orders them, and puts them out gathered. Ties keep the order in which rows came. Rows that
/// memory has no room for are sorted in runs on disk, which are then merged.
final class SortOperator: ResourcefulOperator {
    private let input: any PhysicalOperator
    private let keys: [SortColumn]
    /// Columns put out: the first ones; keys that were computed for the sort stand behind.
    private let outputCount: Int
    let outputTypes: [PhysicalType]
    private var rows: RowBuffer?
    private var order: RowOrder?
    private var reservation: MemoryReservation?
    private var sorted: SpilledSource?
    let resources = OperatorResources()

    /// Rows a stripe of the result.
    static let stripeRows = 1 << 18

    init(input: any PhysicalOperator, keys: [SortColumn], outputCount: Int) {
        self.input = input
        self.keys = keys
        self.outputCount = outputCount
        outputTypes = Array(input.outputTypes.prefix(outputCount))
    }

    func prepare(_ context: QueryContext) throws -> Int {
        let held = MemoryReservation(context.memory)
        reservation = held
        let collected = try input.collectElastically(context, reservation: held, resources: resources)
        guard case .memory(let parts) = collected else {
            if case .disk(let rows) = collected { return try sortOnDisk(rows, context) }
            return 0
        }
        let whole = try RowBuffer.concatenated(draining: parts, types: input.outputTypes, context)
        try held.grow(to: whole.allocatedBytes)
        rows = whole
        order = try RowOrdering.order(whole, by: keys, context: context)
        return (whole.rowCount + SortOperator.stripeRows - 1) / SortOperator.stripeRows
    }

    private func sortOnDisk(_ rows: SpilledRows, _ context: QueryContext) throws -> Int {
        let result = try ExternalSort(rows, by: keys, context: context)
            .sorted(columns: outputCount, stripeRows: SortOperator.stripeRows)
        resources.note(spilled: result.file.byteCount)
        let source = SpilledSource(result)
        sorted = source
        return try source.prepare(context)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let sorted { return try sorted.run(stripe: stripe, context, into: consumer) }
        guard let rows, let order else { return }
        let start = stripe * SortOperator.stripeRows
        try RowGather(rows, columns: Array(0..<outputCount)).push(
            order, start..<min(order.count, start + SortOperator.stripeRows), into: consumer, context: context)
    }
}

/// Puts out rows of a buffer in an order.
final class RowGather {
    private let sources: [Vector]
    private let output: Batch

    init(_ rows: RowBuffer, columns: [Int]) {
        sources = columns.map { rows.columns[$0].vector() }
        output = Batch(sources.map { source in
            Vector(source.physicalType, child: source.child.map { Vector($0.physicalType) })
        })
    }

    func push(_ order: RowOrder, _ range: Range<Int>, into consumer: any BatchConsumer, context: QueryContext,
              batchRows: Int = Vector.standardCapacity) throws {
        var start = range.lowerBound
        while start < range.upperBound {
            try context.checkCancelled()
            let count = min(batchRows, range.upperBound - start)
            let selection = order.selection(start..<start + count)
            for column in sources.indices { output.vectors[column].gather(sources[column], selection) }
            output.rowCount = count
            if try !consumer.consume(output) { return }
            start += count
        }
    }
}
