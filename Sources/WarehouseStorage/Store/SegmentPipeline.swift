import Dispatch
import WarehouseBasics
import WarehouseColumns

/// Encodes chunks on all cores, writes them in their order on one thread and makes finished files durable on another.
/// Chunks are pushed from one thread at a time.
///
/// Every column keeps to one lane, since its encoder carries its dictionary from chunk to chunk: while one column of a
/// chunk is still being encoded, the others go on with the next chunk.
final class SegmentPipeline {
    private let transaction: WriteTransaction
    private let columns: [StoredColumn]
    /// Serial queues with threads of their own: the caller may wait on a thread of the shared pool.
    private let lanes: [DispatchQueue]
    private let output: Output
    private let sinks = SinkPool()
    /// Chunks that wait or are being encoded.
    private let room: DispatchSemaphore
    /// Segments that are begun and not yet durable.
    private let unsynced = DispatchSemaphore(value: SegmentPipeline.maximumUnsynced)
    /// The segment that the next chunk goes to, and the rows that were pushed to it.
    private var current: SharedWriter?
    private var currentRows = 0
    private(set) var hasBegun = false

    init(_ transaction: WriteTransaction, _ columns: [StoredColumn], bufferBytes: Int?) {
        self.transaction = transaction
        self.columns = columns
        lanes = (0..<min(columns.count, Self.maximumLanes)).map { DispatchQueue(label: "mlwh.encode.\($0)") }
        output = Output(transaction.interruptionCheck)
        // Wide rows make large chunks, and little memory may be allowed: fewer of them wait.
        let chunks = min(bufferBytes ?? .max, Self.maximumBytes) / max(TableAppender.chunkBytes(columns), 1)
        room = DispatchSemaphore(value: min(max(chunks, 1), Self.maximumChunks))
    }

    /// Chunks that are encoded or wait for it at one time.
    private static let maximumChunks = 3
    private static let maximumBytes = 96 << 20
    private static let maximumLanes = 8
    /// A disk that syncs slower than segments are made holds them up.
    static let maximumUnsynced = 4

    /// Hands a chunk over, of up to 65,536 rows; waits while there is no room for it. A chunk of fewer rows is its
    /// segment's last. Throws when a chunk failed before, or the statement is to stop.
    func push(_ buffers: [ColumnBuffer]) throws(WarehouseError) {
        let rows = buffers.first?.count ?? 0
        precondition(buffers.count == columns.count && rows <= SegmentFormat.chunkRows)
        hasBegun = true
        try output.check()
        guard rows > 0 else { return }
        let writer = try openWriter()
        while room.wait(timeout: .now() + Output.patience) == .timedOut { try output.check() }
        let chunk = ChunkEncoding(buffers)
        for column in columns.indices {
            lanes[column % lanes.count].async { [output, room] in
                let isLast = output.isWanted ? writer.value.encode(column, of: chunk) : chunk.skip(column)
                guard isLast else { return }
                output.write(chunk, to: writer) { room.signal() }
            }
        }
        currentRows += rows
        if rows < SegmentFormat.chunkRows || currentRows >= SegmentFormat.maximumRows { endSegment() }
    }

    private func openWriter() throws(WarehouseError) -> SharedWriter {
        if let current { return current }
        while unsynced.wait(timeout: .now() + Output.patience) == .timedOut { try output.check() }
        do throws(WarehouseError) {
            let made = SharedWriter(value: try transaction.makeSegmentWriter(columns, sinks: sinks))
            current = made
            currentRows = 0
            return made
        } catch {
            unsynced.signal()
            throw error
        }
    }

    /// The segment's file ends behind the chunks that were pushed.
    private func endSegment() {
        guard let writer = current else { return }
        current = nil
        // Behind the last chunk of every column: by then its last chunk is handed to `write`.
        let group = DispatchGroup()
        for lane in lanes { lane.async(group: group) {} }
        output.end(writer, after: group, unsynced)
    }

    /// Waits until all chunks are durable; gives the segments. Does not wait when the statement is to stop: what is
    /// still being written goes to files that the transaction removes.
    func finish() throws(WarehouseError) -> [SegmentRecord] {
        endSegment()
        return try output.finish()
    }

    /// Lets go of what is not written yet.
    func abandon() {
        output.fail(WarehouseError(.internalFault, "The segments were abandoned."))
        _ = try? finish()
    }
}

/// A writer that the threads of a pipeline share as `SegmentWriter` says.
private struct SharedWriter: @unchecked Sendable {
    let value: SegmentWriter
}

/// What follows the encoding: writing, ending and syncing segments, until the first failure.
private final class Output: Sendable {
    private let writing = DispatchQueue(label: "mlwh.write")
    private let syncing = DispatchQueue(label: "mlwh.sync")
    private let segments = DispatchGroup()
    private let shared = Lock(Shared())
    /// Throws when the statement is to stop.
    private let interruption: (@Sendable () throws(WarehouseError) -> Void)?
    /// How long to wait before asking whether the statement is to stop.
    static let patience = DispatchTimeInterval.milliseconds(20)

    init(_ interruption: (@Sendable () throws(WarehouseError) -> Void)?) { self.interruption = interruption }

    private struct Shared {
        var failure: WarehouseError?
        var records: [SegmentRecord] = []
    }

    /// Throws the first failure, if there was one; that the statement is to stop is one.
    func check() throws(WarehouseError) {
        if let failure = shared.withLock({ $0.failure }) { throw failure }
        do throws(WarehouseError) {
            if let interruption { try interruption() }
        } catch {
            fail(error)
            throw error
        }
    }

    /// Whether anybody wants what is encoded now.
    var isWanted: Bool {
        do throws(WarehouseError) {
            try check()
            return true
        } catch {
            return false
        }
    }

    func fail(_ error: WarehouseError) { shared.withLock { $0.failure = $0.failure ?? error } }

    private func attempt(_ body: () throws(WarehouseError) -> Void) {
        guard shared.withLock({ $0.failure == nil }) else { return }
        do throws(WarehouseError) {
            try body()
        } catch {
            fail(error)
        }
    }

    func write(_ chunk: ChunkEncoding, to writer: SharedWriter, then: @escaping @Sendable () -> Void) {
        writing.async {
            self.attempt { () throws(WarehouseError) in try writer.value.write(chunk) }
            then()
        }
    }

    /// Ends a segment once `group` is through: its last chunk has been handed to `write` before. Signals `unsynced` when
    /// it is durable, or has failed.
    func end(_ writer: SharedWriter, after group: DispatchGroup, _ unsynced: DispatchSemaphore) {
        segments.enter()
        group.notify(queue: writing) {
            self.attempt { () throws(WarehouseError) in
                let record = try writer.value.finish()
                self.shared.withLock { $0.records.append(record) }
            }
            self.syncing.async {
                self.attempt { () throws(WarehouseError) in try writer.value.sync() }
                unsynced.signal()
                self.segments.leave()
            }
        }
    }

    /// Waits until all segments are durable; gives them.
    func finish() throws(WarehouseError) -> [SegmentRecord] {
        while segments.wait(timeout: .now() + Self.patience) == .timedOut { if let interruption { try interruption() } }
        try check()
        return shared.withLock { $0.records.sorted { $0.id < $1.id } }
    }
}
