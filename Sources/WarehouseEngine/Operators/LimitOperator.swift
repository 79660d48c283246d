import Synchronization
import WarehouseBasics
import WarehouseColumns

/// The first rows in stripe order, after an offset. Stripes run in parallel, each keeping at most as many rows as may
/// be wanted, and all stop as soon as the leading complete stripes hold enough.
final class LimitOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let limit: Int?
    private let offset: Int
    var outputTypes: [PhysicalType] { input.outputTypes }
    private var kept: [(rows: RowBuffer, range: Range<Int>)] = []
    private var reservation: MemoryReservation?

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
        let shared = SharedReservation(held)
        let parts = (0..<stripes).map { _ in RowBuffer(outputTypes) }
        try TaskPool.run(stripes: stripes, threads: context.threads, shouldStop: { progress.isSatisfied }) { stripe in
            var counted = 0
            do {
                try input.run(stripe: stripe, context, into: ClosureConsumer { batch in
                    try context.checkCancelled()
                    if progress.isSatisfied { return false }
                    let rows = parts[stripe]
                    rows.append(batch, 0..<min(batch.rowCount, wanted - rows.rowCount))
                    let bytes = rows.allocatedBytes
                    try shared.add(max(0, bytes - counted))
                    counted = max(bytes, counted)
                    return progress.note(stripe, rows.rowCount, isDone: false)
                })
                _ = progress.note(stripe, parts[stripe].rowCount, isDone: true)
            } catch {
                progress.fail(stripe, error)
            }
        }
        if let failure = progress.relevantFailure { throw failure }
        cut(parts)
        return kept.count
    }

    private func cut(_ parts: [RowBuffer]) {
        var skip = offset, left = limit ?? Int.max
        for rows in parts where left > 0 {
            let start = min(skip, rows.rowCount)
            skip -= start
            let end = start + min(left, rows.rowCount - start)
            left -= end - start
            if end > start { kept.append((rows, start..<end)) }
        }
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try kept[stripe].rows.push(into: consumer, context: context, range: kept[stripe].range)
    }
}

/// How far the stripes of a limit have come.
private final class LimitProgress {
    private let lock = Monitor()
    private var counts: [Int]
    private var done: [Bool]
    private var failures: [(stripe: Int, error: any Error)] = []
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

    /// The error of the lowest stripe, unless the rows before it suffice.
    var relevantFailure: (any Error)? {
        lock.withLock {
            guard let first = failures.min(by: { $0.stripe < $1.stripe }) else { return nil }
            let before = counts[0...first.stripe].reduce(0) { $0.addingReportingOverflow($1).partialValue }
            return before >= wanted ? nil : first.error
        }
    }
}
