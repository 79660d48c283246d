import Dispatch
import Synchronization
import WarehouseBasics

/// Writes one generated file: workers format (and compress) its chunks, the caller writes them in order.
///
/// Chunk `i` passes through slot `i` modulo the slot count. A worker claims the next chunk, waits until its slot is
/// free, fills it and marks it ready; the caller waits for the slots in turn. Chunks are claimed in order, so the one
/// that the caller waits for always has a worker, and no more chunks than slots are ever in memory.
struct ChunkPipeline {
    let file: any GeneratedFile
    let fileName: String
    let lineEnd: LineEnd
    let gzip: Bool
    let workerCount: Int

    func run(into output: OutputFile, progress: (GenerationProgress) -> Void) throws(WarehouseError) {
        let chunkCount = file.chunkCount
        let workers = max(1, min(workerCount, chunkCount))
        let work = ChunkWork(file: file, lineEnd: lineEnd, gzip: gzip, slotCount: workers + 2)
        let group = DispatchGroup()
        let queue = DispatchQueue(label: "generate", attributes: .concurrent)
        for _ in 0..<workers { queue.async(group: group) { work.makeChunks() } }
        defer {
            work.cancel()
            group.wait()
        }
        var member = GzipMember()
        if gzip { try output.write(GzipMember.header) }
        var rows = 0
        for index in 0..<chunkCount {
            let slot = work.waitForChunk(index)
            if let failure = slot.failure { throw failure }
            let bytes = gzip ? slot.compressed : slot.text
            try output.write(UnsafeRawBufferPointer(start: bytes.base, count: bytes.count))
            if gzip { member.add(chunkChecksum: slot.checksum, chunkLength: slot.text.count) }
            work.release(slot)
            if gzip && index == chunkCount - 1 { try output.write(member.trailer) }
            rows += file.rowCount(ofChunk: index)
            progress(GenerationProgress(
                file: fileName, rows: rows, totalRows: file.rowCount, bytes: output.byteCount))
        }
    }
}

/// One chunk on its way. Handed between threads by its two semaphores.
private final class ChunkSlot: @unchecked Sendable {
    let text = ByteBuffer()
    let compressed = ByteBuffer()
    var checksum: UInt = 0
    var failure: WarehouseError?
    // Counted up from zero, since a semaphore may not be freed below the value it was made with.
    let free = DispatchSemaphore(value: 0)
    let ready = DispatchSemaphore(value: 0)

    init() { free.signal() }
}

/// What the workers and the caller share.
private final class ChunkWork: Sendable {
    private let file: any GeneratedFile
    private let lineEnd: LineEnd
    private let gzip: Bool
    private let chunkCount: Int
    private let slots: [ChunkSlot]
    private let nextChunk = Atomic<Int>(0)
    private let isCancelled = Atomic<Bool>(false)

    init(file: any GeneratedFile, lineEnd: LineEnd, gzip: Bool, slotCount: Int) {
        self.file = file
        self.lineEnd = lineEnd
        self.gzip = gzip
        chunkCount = file.chunkCount
        slots = (0..<slotCount).map { _ in ChunkSlot() }
    }

    /// A worker's whole life.
    func makeChunks() {
        let compressor = ChunkCompressor()
        while true {
            let index = nextChunk.add(1, ordering: .relaxed).oldValue
            if index >= chunkCount { return }
            let slot = slots[index % slots.count]
            slot.free.wait()
            if isCancelled.load(ordering: .acquiring) { return }
            fill(slot, withChunk: index, compressor)
            slot.ready.signal()
        }
    }

    private func fill(_ slot: ChunkSlot, withChunk index: Int, _ compressor: ChunkCompressor) {
        slot.text.removeAll()
        if index == 0 {
            slot.text.append(file.header)
            slot.text.append(lineEnd)
        }
        file.appendChunk(index, to: slot.text)
        guard gzip else { return }
        do throws(WarehouseError) {
            slot.checksum = try compressor.compress(slot.text, into: slot.compressed)
        } catch {
            slot.failure = error
        }
    }

    func waitForChunk(_ index: Int) -> ChunkSlot {
        let slot = slots[index % slots.count]
        slot.ready.wait()
        return slot
    }

    func release(_ slot: ChunkSlot) { slot.free.signal() }

    /// Lets every worker return, those that wait for a slot too.
    func cancel() {
        isCancelled.store(true, ordering: .releasing)
        for slot in slots { slot.free.signal() }
    }
}
