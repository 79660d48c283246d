import WarehouseBasics
import WarehouseColumns

/// ORDER BY … LIMIT n: each stripe keeps its best rows, cut back to n whenever there are many, and drops rows behind
/// its n-th best early; the stripes' rows are ordered together at the end, on disk where memory has no room for all of
/// them: more than n then come out. Ties keep the order in which rows came.
final class TopNOperator: ResourcefulOperator {
    private let input: any PhysicalOperator
    private let keys: [SortColumn]
    private let limit: Int
    private let outputCount: Int
    /// What the scan beneath skips zones by.
    private let bound: ZoneBound?
    let outputTypes: [PhysicalType]
    private var rows: RowBuffer?
    private var order: RowOrder?
    private var reservation: MemoryReservation?
    private var sorted: SpilledSource?
    let resources = OperatorResources()

    /// More rows than this are sorted wholly.
    static let maximumRows = 10_000

    init(input: any PhysicalOperator, keys: [SortColumn], limit: Int, outputCount: Int, bound: ZoneBound? = nil) {
        self.input = input
        self.keys = keys
        self.limit = limit
        self.outputCount = outputCount
        self.bound = bound
        outputTypes = Array(input.outputTypes.prefix(outputCount))
    }

    func prepare(_ context: QueryContext) throws -> Int {
        if limit == 0 { return 0 }
        let stripes = try input.prepare(context)
        let held = MemoryReservation(context.memory)
        reservation = held
        let types = input.outputTypes
        let collector = RowCollector(stripes, types: types, context, held)
        try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
            let best = TopNState(types, keys, limit, bound, context)
            try input.run(stripe: stripe, context, into: best)
            try best.finish().forEachBatch(context.checkCancelled) { try collector.add($0, stripe) }
            try collector.finish(stripe)
        }
        let collected = try collector.rows()
        resources.note(peak: collector.peakBytes)
        switch collected {
        case .memory(let parts): return try order(RowBuffer.concatenated(parts, types: types), held, context)
        case .disk(let rows): return try sortOnDisk(rows, context)
        }
    }

    private func order(_ whole: RowBuffer, _ held: MemoryReservation, _ context: QueryContext) throws -> Int {
        do {
            order = try RowOrdering.order(whole, by: keys, context: context)
            rows = whole
            return 1
        } catch {
            guard error.isMemoryLimit, let spilled = try SpilledRows.written([whole], types: input.outputTypes, context) else {
                throw error
            }
            held.shrink(to: 0)
            return try sortOnDisk(spilled, context)
        }
    }

    private func sortOnDisk(_ rows: SpilledRows, _ context: QueryContext) throws -> Int {
        let result = try ExternalSort(rows, by: keys, context: context)
            .sorted(columns: outputCount, stripeRows: SortOperator.stripeRows)
        resources.note(spilled: rows.file.byteCount + result.file.byteCount)
        let source = SpilledSource(result)
        sorted = source
        return try source.prepare(context)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let sorted { return try sorted.run(stripe: stripe, context, into: consumer) }
        guard let rows, let order else { return }
        try RowGather(rows, columns: Array(0..<outputCount)).push(order, 0..<min(limit, order.count), into: consumer,
                                                                  context: context)
    }
}

/// The best rows of one stripe.
private final class TopNState: BatchConsumer {
    private let types: [PhysicalType]
    private let keys: [SortColumn]
    private let limit: Int
    private let bound: ZoneBound?
    private let context: QueryContext
    private var rows: RowBuffer
    private var threshold: TopNThreshold?
    private var selection: [Int32]

    init(_ types: [PhysicalType], _ keys: [SortColumn], _ limit: Int, _ bound: ZoneBound?, _ context: QueryContext) {
        self.types = types
        self.keys = keys
        self.limit = limit
        self.bound = bound
        self.context = context
        rows = RowBuffer(types)
        selection = Array(repeating: 0, count: Vector.standardCapacity)
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        if let threshold {
            if selection.count < batch.rowCount { selection = Array(repeating: 0, count: batch.rowCount) }
            selection.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                let count = threshold.select(batch.vectors[keys[0].column], rows: batch.rowCount, into: base)
                rows.append(batch, selection: UnsafeBufferPointer(start: base, count: count))
            }
        } else {
            rows.append(batch)
        }
        if rows.rowCount >= max(4 * limit, limit + 4096) { try cut() }
        return true
    }

    /// Keeps the best `limit` rows, in order.
    private func cut() throws {
        guard rows.rowCount > limit else { return }
        let order = try RowOrdering.order(rows, by: keys, context: context)
        let kept = RowBuffer(types)
        try RowGather(rows, columns: Array(types.indices)).push(order, 0..<limit, into: ClosureConsumer { batch in
            kept.append(batch)
            return true
        }, context: context)
        rows = kept
        threshold = try TopNThreshold(kept, keys)
        let key = kept.columns[keys[0].column]
        if let bound, !key.isNull(limit - 1), let value = key.integer(limit - 1), let value = Int64(exactly: value) {
            bound.tighten(value)
        }
    }

    func finish() throws -> RowBuffer {
        try cut()
        return rows
    }
}
