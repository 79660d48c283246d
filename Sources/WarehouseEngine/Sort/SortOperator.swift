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
    /// Columns that are kept as codes; the rows' own are empty.
    private var coded: [Int: CodedColumn] = [:]
    private var order: RowOrder?
    private var reservation: MemoryReservation?
    private var sorted: SpilledSource?
    let resources = OperatorResources()

    /// Rows a stripe of the result.
    static let stripeRows = 1 << 18
    /// Where fewer rows come, what their columns take does not matter.
    private static let codedAbove = 1 << 20

    init(input: any PhysicalOperator, keys: [SortColumn], outputCount: Int) {
        self.input = input
        self.keys = keys
        self.outputCount = outputCount
        outputTypes = Array(input.outputTypes.prefix(outputCount))
    }

    func prepare(_ context: QueryContext) throws -> Int {
        let held = MemoryReservation(context.memory)
        reservation = held
        let few = Set(outputTypes.indices.filter(mayBeCoded)), least = SortOperator.codedAbove
        if let (whole, coded) = try CountedCollector.collect(input, coding: few, atLeast: least, context, held) {
            resources.note(peak: held.bytes)
            self.coded = coded
            return try sort(whole, held, context)
        }
        let collected = try input.collectElastically(context, reservation: held, resources: resources)
        guard case .memory(let parts) = collected else {
            if case .disk(let rows) = collected { return try sortOnDisk(rows, context) }
            return 0
        }
        try code(parts, context)
        let whole = try RowBuffer.concatenated(draining: parts, types: input.outputTypes, context, without: Set(coded.keys))
        return try sort(whole, held, context)
    }

    private func sort(_ whole: RowBuffer, _ held: MemoryReservation, _ context: QueryContext) throws -> Int {
        do {
            try held.resize(to: coded.values.reduce(whole.allocatedBytes) { $0 + $1.allocatedBytes })
            order = try RowOrdering.order(whole, by: keys, context: context)
            rows = whole
        } catch {
            // Narrow rows may fit where sorting them does not.
            guard error.isMemoryLimit, let spilled = try spilled(whole, context) else { throw error }
            held.shrink(to: 0)
            return try sortOnDisk(spilled, context)
        }
        return (whole.rowCount + SortOperator.stripeRows - 1) / SortOperator.stripeRows
    }

    private func spilled(_ rows: RowBuffer, _ context: QueryContext) throws -> SpilledRows? {
        for (index, column) in coded { rows.put(column.decoded(), at: index) }
        coded.removeAll()
        return try SpilledRows.written([rows], types: input.outputTypes, context)
    }

    /// Takes columns of few distinct values out of the parts.
    private func code(_ parts: [RowBuffer], _ context: QueryContext) throws {
        let filled = parts.filter { $0.rowCount > 0 }, total = filled.reduce(0) { $0 + $1.rowCount }
        guard total >= SortOperator.codedAbove else { return }
        for column in outputTypes.indices where mayBeCoded(column) {
            coded[column] = try ColumnCoder.drain(column, of: filled, rowCount: total, context)
        }
    }

    private func mayBeCoded(_ column: Int) -> Bool {
        outputTypes[column] == .double && keys.allSatisfy { $0.column != column }
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
        try RowGather(rows, columns: Array(0..<outputCount), coded: coded).push(
            order, start..<min(order.count, start + SortOperator.stripeRows), into: consumer, context: context)
    }
}

/// Puts out rows of a buffer in an order.
final class RowGather {
    private let sources: [Vector]
    private let coded: [CodedColumn?]
    private let output: Batch

    /// `coded`: stand for the columns of their numbers.
    init(_ rows: RowBuffer, columns: [Int], coded: [Int: CodedColumn] = [:]) {
        sources = columns.map { rows.columns[$0].vector() }
        self.coded = columns.map { coded[$0] }
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
            for column in sources.indices {
                if let coded = coded[column] { coded.gather(selection, into: output.vectors[column]) }
                else { output.vectors[column].gather(sources[column], selection) }
            }
            output.rowCount = count
            if try !consumer.consume(output) { return }
            start += count
        }
    }
}
