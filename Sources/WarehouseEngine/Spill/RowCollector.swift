import WarehouseBasics
import WarehouseColumns

/// All rows of an operator: in memory, by stripes, or on disk where memory had no room for them.
enum CollectedRows {
    case memory([RowBuffer])
    case disk(SpilledRows)
}

extension CollectedRows {
    var rowCount: Int {
        switch self {
        case .memory(let parts): parts.reduce(0) { $0 + $1.rowCount }
        case .disk(let rows): rows.rowCount
        }
    }
}

/// Rows in memory, a stripe a part.
final class PartsOperator: PhysicalOperator {
    private let parts: [RowBuffer]
    let outputTypes: [PhysicalType]

    init(_ parts: [RowBuffer], outputTypes: [PhysicalType]) {
        self.parts = parts
        self.outputTypes = outputTypes
    }

    func prepare(_ context: QueryContext) throws -> Int { parts.count }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try parts[stripe].push(into: consumer, context: context)
    }
}

extension PhysicalOperator {
    /// As `collect`, but rows go to disk when they would take more than their share of the memory limit.
    func collectElastically(_ context: QueryContext, reservation: MemoryReservation,
                            resources: OperatorResources) throws -> CollectedRows {
        guard context.spill != nil, context.memory.limitBytes != nil else {
            return .memory(try collect(context, reservation: reservation))
        }
        let stripes = try prepare(context)
        let collector = RowCollector(stripes, types: outputTypes, context, reservation)
        try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
            try run(stripe: stripe, context, into: ClosureConsumer { batch in
                try collector.add(batch, stripe)
                return true
            })
            try collector.finish(stripe)
        }
        let rows = try collector.rows()
        resources.note(peak: collector.peakBytes)
        if case .disk(let rows) = rows { resources.note(spilled: rows.file.byteCount) }
        return rows
    }
}

/// Keeps the rows of stripes in memory until that is too much; then all of them go to disk, or, where there is none, the
/// memory limit is an error.
final class RowCollector {
    private let types: [PhysicalType]
    private let context: QueryContext
    private let reservation: MemoryReservation
    private let lock = Monitor()
    private var parts: [RowBuffer]
    /// Bytes counted for each part.
    private var counted: [Int]
    private var isComplete: [Bool]
    private var blocks: [[SpillBlock]]
    private var file: SpillFile?
    private(set) var peakBytes = 0

    init(_ stripes: Int, types: [PhysicalType], _ context: QueryContext, _ reservation: MemoryReservation) {
        self.types = types
        self.context = context
        self.reservation = reservation
        parts = (0..<stripes).map { _ in RowBuffer(types) }
        counted = Array(repeating: 0, count: stripes)
        isComplete = Array(repeating: false, count: stripes)
        blocks = Array(repeating: [], count: stripes)
    }

    /// A part smaller than this stays in memory, so that blocks do not become many and small.
    private var smallestPart: Int { max(128 << 10, (context.memory.limitBytes ?? 0) / 64) }

    /// A further stripe, behind all others: very long parts take long to grow.
    func addStripe() -> Int {
        lock.withLock {
            parts.append(RowBuffer(types))
            counted.append(0)
            isComplete.append(false)
            blocks.append([])
            return parts.count - 1
        }
    }

    /// Adds the batch's rows, the first `count` of them. Only the thread of the stripe touches its part before it is complete.
    func add(_ batch: Batch, upTo count: Int = .max, _ stripe: Int) throws {
        try context.checkCancelled()
        let rows = lock.withLock { parts[stripe] }
        if count < batch.rowCount { rows.append(batch, 0..<count) } else { rows.append(batch) }
        let bytes = rows.allocatedBytes
        let hasRoom = try lock.withLock {
            let growth = bytes - counted[stripe]
            guard growth > 0 else { return true }
            defer { peakBytes = max(peakBytes, reservation.bytes) }
            if context.spill == nil {
                try reservation.resize(to: reservation.bytes + growth)
                counted[stripe] = bytes
                return true
            }
            counted[stripe] = bytes
            return reservation.growElastically(to: reservation.bytes + growth)
        }
        guard !hasRoom else { return }
        try writeComplete()
        if bytes >= smallestPart { try write(stripe) }
    }

    func finish(_ stripe: Int) throws {
        // Until the stripe is complete, nobody else takes its rows.
        let rows = lock.withLock { parts[stripe] }
        rows.trim()
        let bytes = rows.allocatedBytes
        let goesToDisk = lock.withLock {
            reservation.shrink(to: reservation.bytes - max(0, counted[stripe] - bytes))
            counted[stripe] = min(counted[stripe], bytes)
            isComplete[stripe] = true
            return file != nil
        }
        if goesToDisk { try write(stripe) }
    }

    /// Writes what complete stripes hold.
    private func writeComplete() throws {
        let ready = lock.withLock { parts.indices.filter { isComplete[$0] && parts[$0].rowCount > 0 } }
        for stripe in ready { try write(stripe) }
    }

    private func write(_ stripe: Int) throws {
        let (rows, file) = try lock.withLock {
            let rows = parts[stripe]
            // Whoever takes a part writes it.
            parts[stripe] = RowBuffer(types)
            guard let file = try self.file ?? context.spill?.makeFile() else { throw SpillFile.damaged }
            self.file = file
            return (rows, file)
        }
        guard rows.rowCount > 0 else { return }
        let writer = SpillWriter(file)
        try writer.write(rows, blockBytes: SpillSizes(context).blockBytes, context: context)
        lock.withLock {
            blocks[stripe] += writer.blocks
            reservation.shrink(to: reservation.bytes - counted[stripe])
            counted[stripe] = 0
        }
    }

    /// The rows, once all stripes are complete.
    func rows() throws -> CollectedRows {
        guard lock.withLock({ file }) != nil else { return .memory(parts) }
        for stripe in parts.indices { try write(stripe) }
        guard let file else { return .memory(parts) }
        return .disk(SpilledRows(file: file, types: types, stripes: blocks))
    }
}

/// How much at a time, for a memory limit.
struct SpillSizes {
    private let limit: Int
    private let threads: Int

    init(_ context: QueryContext) {
        limit = context.memory.limitBytes ?? 1 << 30
        threads = context.threads
    }

    /// Rows of a block, decoded; a merge holds one of each run.
    var blockBytes: Int { min(1 << 20, max(16 << 10, limit / 512)) }
    /// Runs merged at once.
    var fanIn: Int { 128 }
    /// Rows that the threads sort, join or group in memory at one time.
    var workBytes: Int { limit / 8 * 3 }
    /// Rows that one thread holds before it writes them to their partitions: a quarter of the limit for all threads.
    var bufferBytes: Int { min(16 << 20, max(128 << 10, limit / 4 / max(8, threads))) }
}

/// What one operator needed, for EXPLAIN ANALYZE.
final class OperatorResources {
    private let lock = Monitor()
    private(set) var peakBytes = 0
    private(set) var spilledBytes = 0

    func note(peak: Int) { lock.withLock { peakBytes = max(peakBytes, peak) } }
    func note(spilled: Int) { lock.withLock { spilledBytes += spilled } }
}
