import WarehouseBasics

/// Owns bytes that string views point into; addresses stay put until the arena goes. Append-only.
public final class ByteArena {
    private var blocks: [UnsafeMutableRawBufferPointer] = []
    private var next: UnsafeMutablePointer<UInt8>
    private var room = 0
    /// Bytes asked from the allocator so far.
    public private(set) var allocatedBytes = 0
    private let blockSize: Int

    public static let standardBlock = 64 * 1024

    public init(blockSize: Int = ByteArena.standardBlock) {
        self.blockSize = blockSize
        next = UnsafeMutablePointer(mutating: StringView.emptyByte)
    }

    deinit { for block in blocks { ByteArena.release(block) } }

    private static func release(_ block: UnsafeMutableRawBufferPointer) {
        if let start = block.baseAddress { BlockCache.deallocate(start, block.count) }
    }

    /// Space for `count` bytes, uninitialised.
    @inline(__always)
    public func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > room { grow(count) }
        let start = next
        next += count
        room &-= count
        return start
    }

    /// Gives back the last `count` bytes of the latest allocation.
    @inline(__always)
    public func giveBack(_ count: Int) {
        next -= count
        room &+= count
    }

    /// A copy of the bytes, as a view.
    public func copy(_ view: StringView) -> StringView {
        guard view.length > 0 else { return .empty }
        let count = view.count
        let target = allocate(count)
        ShortBytes.copy(view.bytes, target, count: count)
        var result = view
        result.bytes = UnsafePointer(target)
        return result
    }

    public func copy(_ bytes: UnsafePointer<UInt8>, count: Int) -> StringView {
        guard count > 0 else { return .empty }
        let target = allocate(count)
        ShortBytes.copy(bytes, target, count: count)
        return StringView(target, count: count)
    }

    public func copy(_ bytes: [UInt8]) -> StringView {
        bytes.withUnsafeBufferPointer { $0.baseAddress.map { copy($0, count: bytes.count) } ?? .empty }
    }

    /// Forgets all bytes but keeps the first block for reuse. Only when nobody else holds the arena.
    public func reset() {
        guard let first = blocks.first, let start = first.baseAddress else { return }
        for block in blocks.dropFirst() { ByteArena.release(block) }
        blocks.removeSubrange(1...)
        allocatedBytes = first.count
        next = start.assumingMemoryBound(to: UInt8.self)
        room = first.count
    }

    private func grow(_ count: Int) {
        // Blocks double up to 4 MB, so that large columns do not consist of thousands of small blocks.
        let wanted = max(count, min(max(blockSize, allocatedBytes), 4 << 20))
        let block = BlockCache.allocate(wanted)
        blocks.append(UnsafeMutableRawBufferPointer(start: block, count: wanted))
        allocatedBytes += wanted
        next = block.bindMemory(to: UInt8.self, capacity: wanted)
        room = wanted
    }
}
