import Synchronization
import WarehouseBasics

/// Gives large blocks of memory to the system on a thread of its own while somebody waits for a statement that was told to
/// stop: the system takes a tenth of a second for every gigabyte.
public final class BlockReclaimer: Sendable {
    public static let shared = BlockReclaimer()

    /// Blocks are handed to the thread when they come to this many bytes.
    static let handedOverBytes = 64 << 20

    private struct Waiting: @unchecked Sendable {
        // Nobody else has them any more.
        var blocks: [(start: UnsafeMutableRawPointer, byteCount: Int)] = []
        var bytes = 0
    }

    private let users = Atomic<Int>(0)
    private let waiting = Lock(Waiting())

    init() {}

    /// Bytes that wait to be handed over.
    var waitingBytes: Int { waiting.withLock { $0.bytes } }

    /// From now on blocks are taken, until as many calls of `end`.
    public func begin() { users.add(1, ordering: .relaxed) }

    public func end() {
        users.subtract(1, ordering: .relaxed)
        handOver(waiting.withLock { BlockReclaimer.emptied(&$0) })
    }

    /// Whether it frees the block, which `PageMemory` made; false: the caller is to do so.
    func takes(_ block: UnsafeMutableRawPointer, _ byteCount: Int) -> Bool {
        guard users.load(ordering: .relaxed) > 0 else { return false }
        let one = Waiting(blocks: [(block, byteCount)], bytes: byteCount)
        let full: Waiting? = waiting.withLock { waiting in
            // Asked again, since the last `end` may have handed over what waits just before: nobody would come for the block.
            guard users.load(ordering: .relaxed) > 0 else { return nil }
            waiting.blocks += one.blocks
            waiting.bytes += one.bytes
            return waiting.bytes >= BlockReclaimer.handedOverBytes ? BlockReclaimer.emptied(&waiting) : Waiting()
        }
        guard let full else { return false }
        handOver(full)
        return true
    }

    private static func emptied(_ waiting: inout Waiting) -> Waiting {
        let blocks = waiting
        waiting = Waiting()
        return blocks
    }

    private func handOver(_ blocks: Waiting) {
        guard !blocks.blocks.isEmpty else { return }
        WorkerThreads.shared.run {
            for block in blocks.blocks { PageMemory.deallocate(block.start, block.byteCount) }
        }
    }
}
