import WarehouseColumns

/// Bytes being encoded: grows, keeps its memory for reuse, aligned to 16.
final class ByteSink {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        base = BlockCache.allocate(self.capacity)
    }

    deinit { BlockCache.deallocate(base, capacity) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func removeAll() { count = 0 }
    /// Drops what was written behind the first `count` bytes.
    func truncate(to count: Int) { self.count = min(self.count, count) }

    /// Room for `extra` more bytes, uninitialised; they count after `commit`.
    func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if count + extra > capacity {
            let grown = max(count + extra, capacity * 2)
            let memory = BlockCache.allocate(grown)
            memory.copyMemory(from: base, byteCount: count)
            BlockCache.deallocate(base, capacity)
            base = memory
            capacity = grown
        }
        return base + count
    }

    func commit(_ extra: Int) { count += extra }

    /// Zeros up to the next multiple of `alignment`.
    func pad(to alignment: Int) {
        let extra = (alignment - count % alignment) % alignment
        guard extra > 0 else { return }
        reserve(extra).initializeMemory(as: UInt8.self, repeating: 0, count: extra)
        count += extra
    }

    func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        reserve(MemoryLayout<T>.size).storeBytes(of: value.littleEndian, as: T.self)
        count += MemoryLayout<T>.size
    }

    func put(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    func put(_ bytes: [UInt8]) { bytes.withUnsafeBytes { put($0) } }

    /// Overwrites a value put before.
    func patch<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(offset + MemoryLayout<T>.size <= count)
        base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
}
