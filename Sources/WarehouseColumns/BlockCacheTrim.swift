#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization
import WarehouseBasics

/// Has `BlockCache` give back what it keeps for a short time, once nobody has asked for a block for a second.
final class BlockCacheTrim: Sendable {
    static let shared = BlockCacheTrim()

    private static let pauseMicroseconds: UInt32 = 1_000_000
    private let isWaiting = Atomic<Bool>(false)

    /// From now on a thread looks every second whether blocks are still asked for, until it gives them back.
    func begin() {
        guard !isWaiting.load(ordering: .relaxed), !isWaiting.exchange(true, ordering: .relaxed) else { return }
        let hasBegun = WorkerThreads.shared.begin { [self] in
            var uses = -1
            repeat {
                uses = BlockCache.uses
                usleep(Self.pauseMicroseconds)
            } while !BlockCache.giveBackUnused(since: uses)
            isWaiting.store(false, ordering: .relaxed)
            // What was kept since it looked.
            if BlockCache.keptBytes > BlockCache.maximumBytes { begin() }
        }
        if !hasBegun { isWaiting.store(false, ordering: .relaxed) }
    }
}
