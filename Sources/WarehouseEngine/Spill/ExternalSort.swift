import WarehouseBasics
import WarehouseColumns

/// Sorts rows on disk: as many at a time as memory has room for become a run, and runs are merged. Ties keep their
/// order: a run is of neighbouring rows, and of equal rows the merge takes the earlier run's first.
struct ExternalSort {
    private let source: SpilledRows
    private let keys: [SortColumn]
    private let context: QueryContext

    init(_ source: SpilledRows, by keys: [SortColumn], context: QueryContext) {
        self.source = source
        self.keys = keys
        self.context = context
    }

    /// The first `columns` columns of the rows in order, in stripes of `stripeRows` rows.
    func sorted(columns: Int, stripeRows: Int) throws -> SpilledRows {
        let runs = try makeRuns(), file = runs.file
        guard let spill = context.spill else { throw SpillFile.damaged }
        let writer = StripedWriter(try spill.makeFile(), types: Array(source.types.prefix(columns)),
                                   cut: .rows(stripeRows))
        let merged = SpilledRows(file: file, types: source.types, stripes: [])
        try RunMerge(merged, by: keys, context: context).merge(runs.stripes) { try writer.write($0) }
        return writer.rows
    }

    /// Sorted runs, a stripe each.
    private func makeRuns() throws -> SpilledRows {
        guard let spill = context.spill else { throw SpillFile.damaged }
        let file = try spill.makeFile(), sizes = SpillSizes(context)
        // Codes, numbers and spare entries of the sort, and the views of strings, come on top.
        let rowBytes = source.types.reduce(56) { $0 + ($1 == .string ? 12 : 0) }
        // As many pieces are in memory at a time as there are threads at work: more would not fit.
        let threads = max(1, min(16, context.threads))
        let pieces = source.stripes.flatMap { $0 }.grouped(upTo: sizes.workBytes / threads, rowBytes: rowBytes)
        var runs: [[SpillBlock]?] = Array(repeating: nil, count: pieces.count)
        try runs.withUnsafeMutableBufferPointer { slots in
            let slots = slots
            try TaskPool.run(stripes: pieces.count, threads: threads) { piece in
                do {
                    slots[piece] = try run(pieces[piece], file, sizes)
                } catch {
                    // What is too much beside others is sorted alone below.
                    guard error.isMemoryLimit else { throw error }
                }
            }
        }
        let stripes = try zip(pieces, runs).flatMap { blocks, run in try run.map { [$0] } ?? runAlone(blocks, file, sizes) }
        return SpilledRows(file: file, types: source.types, stripes: stripes)
    }

    /// The run of some blocks, or several in their order where memory has no room to sort them at once.
    private func runAlone(_ blocks: [SpillBlock], _ file: SpillFile, _ sizes: SpillSizes) throws -> [[SpillBlock]] {
        do {
            return [try run(blocks, file, sizes)]
        } catch {
            guard error.isMemoryLimit, blocks.count > 1 else { throw error }
            let half = blocks.count / 2
            return try runAlone(Array(blocks[..<half]), file, sizes) + runAlone(Array(blocks[half...]), file, sizes)
        }
    }

    private func run(_ blocks: [SpillBlock], _ file: SpillFile, _ sizes: SpillSizes) throws -> [SpillBlock] {
        let held = MemoryReservation(context.memory)
        let rows = try source.load(blocks, held, context: context)
        defer { held.shrink(to: 0) }
        let order = try RowOrdering.order(rows, by: keys, threads: 1, MemoryReservation(context.memory),
                                         check: { try context.checkCancelled() })
        let writer = SpillWriter(file)
        let sink = ClosureConsumer { batch in
            try writer.write(batch.vectors, rows: batch.rowCount)
            return true
        }
        try RowGather(rows, columns: Array(rows.columns.indices))
            .push(order, 0..<order.count, into: sink, context: context,
                  batchRows: SpillWriter.blockRows(rows, sizes.blockBytes))
        return writer.blocks
    }
}
