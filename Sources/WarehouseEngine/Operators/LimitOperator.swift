import Synchronization
import WarehouseBasics
import WarehouseColumns

/// The first rows in stripe order, after an offset. Stripes run in parallel, each keeping at most as many rows as may
/// be wanted, and all stop as soon as the leading complete stripes hold enough. Rows that memory has no room
/// for are kept on disk.
final class LimitOperator: ResourcefulOperator {
    private let input: any PhysicalOperator
    private let limit: Int?
    private let offset: Int
    var outputTypes: [PhysicalType] { input.outputTypes }
    private var kept: [KeptRows] = []
    private var reservation: MemoryReservation?
    let resources = OperatorResources()

    /// Rows of one stripe, of which those in `range` are wanted.
    private struct KeptRows {
        var rows: any PhysicalOperator
        var stripe: Int
        var range: Range<Int>
    }

    init(input: any PhysicalOperator, limit: Int?, offset: Int) {
        self.input = input
        self.limit = limit.map { max(0, $0) }
        self.offset = max(0, offset)
    }

    func prepare(_ context: QueryContext) throws -> Int {
        kept = []
        if limit == 0 { return 0 }
        let (sum, overflow) = offset.addingReportingOverflow(limit ?? Int.max)
        let wanted = overflow ? Int.max : sum
        let stripes = try input.prepare(context)
        let progress = LimitProgress(stripes: stripes, wanted: wanted)
        let held = MemoryReservation(context.memory)
        reservation = held
        let collector = RowCollector(stripes, types: outputTypes, context, held)
        try TaskPool.run(stripes: stripes, threads: context.threads, shouldStop: { progress.isSatisfied }) { stripe in
            var count = 0
            do {
                try input.run(stripe: stripe, context, into: ClosureConsumer { batch in
                    if progress.isSatisfied { return false }
                    // What cannot be kept is missing from other stripes too.
                    try progress.fatally { try collector.add(batch, upTo: wanted - count, stripe) }
                    count = min(wanted, count + batch.rowCount)
                    return progress.note(stripe, count, isDone: false)
                })
                try progress.fatally { try collector.finish(stripe) }
                _ = progress.note(stripe, count, isDone: true)
            } catch {
                progress.fail(stripe, error)
            }
        }
        if let failure = progress.relevantFailure { throw failure }
        try keep(collector)
        return kept.count
    }

    private func keep(_ collector: RowCollector) throws {
        let rows = try collector.rows(), counts: [Int], source: any PhysicalOperator
        resources.note(peak: collector.peakBytes)
        switch rows {
        case .memory(let parts):
            counts = parts.map(\.rowCount)
            source = PartsOperator(parts, outputTypes: outputTypes)
        case .disk(let rows):
            counts = rows.stripes.map(\.rowCount)
            source = SpilledSource(rows)
            resources.note(spilled: rows.file.byteCount)
        }
        var skip = offset, left = limit ?? Int.max
        for (stripe, count) in counts.enumerated() where left > 0 {
            let start = min(skip, count)
            skip -= start
            let end = start + min(left, count - start)
            left -= end - start
            if end > start { kept.append(KeptRows(rows: source, stripe: stripe, range: start..<end)) }
        }
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let rows = kept[stripe]
        try rows.rows.run(stripe: rows.stripe, context, into: RowRange(rows.range, consumer))
    }
}

/// Hands on the rows of a range of those that come.
private final class RowRange: BatchConsumer {
    private let range: Range<Int>
    private let next: any BatchConsumer
    private var place = 0

    init(_ range: Range<Int>, _ next: any BatchConsumer) {
        self.range = range
        self.next = next
    }

    func consume(_ batch: Batch) throws -> Bool {
        let start = max(0, range.lowerBound - place), end = min(batch.rowCount, range.upperBound - place)
        place += batch.rowCount
        guard start < end else { return place < range.upperBound }
        if start == 0, end == batch.rowCount { return try next.consume(batch) && place < range.upperBound }
        let rows = RowBuffer(batch.vectors.map(\.physicalType)), shown = rows.makeBatch()
        rows.append(batch, start..<end)
        rows.show(shown, from: 0, count: end - start)
        return try next.consume(shown) && place < range.upperBound
    }
}

/// How far the stripes of a limit have come.
private final class LimitProgress {
    private let lock = Monitor()
    private var counts: [Int]
    private var done: [Bool]
    private var failures: [(stripe: Int, error: any Error)] = []
    private var fatalFailure: (any Error)?
    private let wanted: Int
    private let satisfied = Atomic<Bool>(false)
    /// Stripes below hold all their rows.
    private var complete = 0
    private var completeRows = 0

    init(stripes: Int, wanted: Int) {
        counts = Array(repeating: 0, count: stripes)
        done = Array(repeating: false, count: stripes)
        self.wanted = wanted
    }

    var isSatisfied: Bool { satisfied.load(ordering: .acquiring) }

    /// Notes rows of a stripe; false when it needs no more.
    func note(_ stripe: Int, _ rows: Int, isDone: Bool) -> Bool {
        lock.withLock {
            counts[stripe] = rows
            if isDone { done[stripe] = true }
            while complete < done.count, done[complete] {
                completeRows += counts[complete]
                complete += 1
            }
            let ahead = complete < counts.count ? counts[complete] : 0
            if completeRows + ahead >= wanted { satisfied.store(true, ordering: .releasing) }
            return rows < wanted
        }
    }

    func fail(_ stripe: Int, _ error: any Error) {
        lock.withLock { failures.append((stripe, error)) }
    }

    /// Runs `body`, whose error matters whichever stripe it is of.
    func fatally(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            lock.withLock { fatalFailure = fatalFailure ?? error }
            satisfied.store(true, ordering: .releasing)
            throw error
        }
    }

    /// The error of the lowest stripe, unless the rows before it suffice.
    var relevantFailure: (any Error)? {
        lock.withLock {
            if let fatalFailure { return fatalFailure }
            guard let first = failures.min(by: { $0.stripe < $1.stripe }) else { return nil }
            let before = counts[0...first.stripe].reduce(0) { $0.addingReportingOverflow($1).partialValue }
            return before >= wanted ? nil : first.error
        }
    }
}
