import Synchronization

/// Keeps large blocks of memory that were given back for the next who asks. `PageMemory` returns such blocks to the
/// system, and every page of a new one costs a fault: 200,000 of them in a load of 20 million ratings, whose columns
/// come and go by the megabyte, and a sixth of its cycles. What is kept is bounded by
/// `maximumBytes`; smaller and larger blocks are neither kept nor rounded.
///
/// A slot is an address or 0, taken and filled by one atomic exchange: no lock, any thread.
public enum BlockCache {
    /// Blocks below are cheap to get; blocks above are rare.
    static let smallest = 64 << 10
    static let largest = 8 << 20
    /// Bytes kept at most.
    public static let maximumBytes = 48 << 20

    /// Four sizes for every power of two, so that a block is at most a quarter larger than asked for.
    private static let sizesPerDoubling = 4
    private static let classCount = 7 * sizesPerDoubling + 1
    private static let slotsPerClass = 32

    private struct Slots: @unchecked Sendable {
        // Written through atomic operations only, and never freed.
        let slots: UnsafeMutablePointer<Atomic<UInt>>
        let bytes: UnsafeMutablePointer<Atomic<Int>>

        init() {
            let count = BlockCache.classCount * BlockCache.slotsPerClass
            slots = .allocate(capacity: count)
            for index in 0..<count { (slots + index).initialize(to: Atomic(0)) }
            bytes = .allocate(capacity: 1)
            bytes.initialize(to: Atomic(0))
        }
    }

    private static let shared = Slots()

    /// Bytes kept now.
    static var keptBytes: Int { shared.bytes.pointee.load(ordering: .relaxed) }

    /// The size class of a request and its bytes; nil for those that are not kept.
    static func sizeClass(_ byteCount: Int) -> (index: Int, bytes: Int)? {
        guard byteCount >= smallest, byteCount <= largest else { return nil }
        let doublings = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount - 16
        guard doublings >= 0 else { return (0, smallest) }
        let step = (smallest << doublings) / sizesPerDoubling
        let quarters = (byteCount - (smallest << doublings) + step - 1) / step
        return (doublings * sizesPerDoubling + quarters, (smallest << doublings) + quarters * step)
    }

    /// Uninitialised memory, aligned to 16 bytes; to be given back with the same `byteCount`.
    public static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard let (index, bytes) = sizeClass(byteCount) else {
            return PageMemory.allocate(byteCount)
        }
        let slots = shared.slots + index * slotsPerClass
        for slot in 0..<slotsPerClass where (slots + slot).pointee.load(ordering: .relaxed) != 0 {
            let address = (slots + slot).pointee.exchange(0, ordering: .acquiring)
            guard let block = UnsafeMutableRawPointer(bitPattern: address) else { continue }
            shared.bytes.pointee.subtract(bytes, ordering: .relaxed)
            return block
        }
        return PageMemory.allocate(bytes)
    }

    public static func deallocate(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        guard let (index, bytes) = sizeClass(byteCount), keptBytes + bytes <= maximumBytes else {
            return free(block, sizeClass(byteCount)?.bytes ?? byteCount)
        }
        let slots = shared.slots + index * slotsPerClass
        for slot in 0..<slotsPerClass where (slots + slot).pointee.load(ordering: .relaxed) == 0 {
            let (isKept, _) = (slots + slot).pointee.compareExchange(
                expected: 0, desired: UInt(bitPattern: block), ordering: .releasing)
            guard isKept else { continue }
            shared.bytes.pointee.add(bytes, ordering: .relaxed)
            return
        }
        free(block, bytes)
    }

    /// Gives the pages behind the first `newCount` bytes of a block to the system; from then on it is one of `newCount`
    /// bytes. False, and nothing done, where that would be little.
    static func shrink(_ block: UnsafeMutableRawPointer, from byteCount: Int, to newCount: Int) -> Bool {
        let before = sizeClass(byteCount)?.bytes ?? byteCount, after = sizeClass(newCount)?.bytes ?? newCount
        guard after >= PageMemory.smallest, before - after >= before / 8 else { return false }
        PageMemory.shrink(block, from: before, to: after)
        return true
    }

    /// `byteCount`: as many as were allocated.
    private static func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        if byteCount < smallest || !BlockReclaimer.shared.takes(block, byteCount) { PageMemory.deallocate(block, byteCount) }
    }
}
