/// The compressed bytes of a source as a stream of bits, lowest first. Behind the end of the source come zeros, which
/// `overrun` counts: whoever takes bits asks `isOverrun` before what was decoded from them is believed.
final class BitInput {
    private let source: any ByteSource
    private let buffer: UnsafeMutableRawBufferPointer
    /// Bytes read from the source so far.
    private var sourceOffset = 0
    private(set) var isSourceAtEnd = false

    /// The next bits; above `bitCount` stand zeros or the bits that follow in the stream.
    var bits: UInt64 = 0
    var bitCount = 0
    /// The next byte that is not in `bits`.
    var next: UnsafePointer<UInt8>
    private(set) var end: UnsafePointer<UInt8>
    /// Zero bytes put into `bits` behind the end of the source.
    private(set) var overrun = 0

    init(_ source: any ByteSource, bufferBytes: Int = 256 * 1024) {
        self.source = source
        buffer = .allocate(byteCount: max(128, bufferBytes), alignment: 16)
        next = UnsafePointer(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        end = next
    }

    deinit { buffer.deallocate() }

    /// Bytes of the source that were taken, those that wait in `bits` left out.
    var bytesConsumed: Int { sourceOffset - (end - next) - max(0, bitCount >> 3 - overrun) }

    /// Whether bits behind the end of the source were taken.
    var isOverrun: Bool { bitCount < overrun &* 8 }

    /// Reads on behind the bytes that are left, until `wanted` are there (at most 64) or the source ends.
    func refillBuffer(wanted: Int) throws {
        guard !isSourceAtEnd, end - next < wanted else { return }
        let base = UnsafePointer(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        // The bytes in `bits` stay before `next`: `alignToByte` goes back to them.
        let kept = min(8, next - base)
        var filled = kept + (end - next)
        buffer.baseAddress.unsafelyUnwrapped.copyMemory(from: next - kept, byteCount: filled)
        next = base + kept
        end = base + filled
        while end - next < wanted, !isSourceAtEnd {
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            isSourceAtEnd = count == 0
            filled += count
            sourceOffset += count
            end = base + filled
        }
    }

    /// Fills `bits` to at least 56, a byte at a time.
    func fillBits() throws {
        if end - next < 8 { try refillBuffer(wanted: 8) }
        // What stood above `bitCount` are the same bits that come now.
        while bitCount <= 55 {
            if next < end {
                bits |= UInt64(next.pointee) << UInt64(bitCount)
                next += 1
            } else {
                overrun += 1
            }
            bitCount += 8
        }
    }

    /// Takes up to 32 bits.
    func take(_ count: Int) throws -> UInt32 {
        if bitCount < count { try fillBits() }
        let value = UInt32(truncatingIfNeeded: bits & (1 << UInt64(count) - 1))
        bits >>= UInt64(count)
        bitCount -= count
        return value
    }

    /// Drops bits up to the next whole byte and gives whole bytes back.
    func alignToByte() {
        let whole = bitCount >> 3
        let returned = max(0, whole - overrun)
        next -= returned
        overrun = max(0, overrun - whole)
        bits = 0
        bitCount = 0
    }

    /// After `alignToByte`: goes on at `offset` of the source, which lies ahead; when that is behind the buffer, the
    /// source must already stand there.
    func skip(to offset: Int) {
        let behind = max(0, sourceOffset - offset)
        next = end - behind
        sourceOffset = offset + behind
    }

    /// After `alignToByte`: the next byte, or nil at the end.
    func byte() throws -> UInt8? {
        if next == end { try refillBuffer(wanted: 1) }
        guard next < end else { return nil }
        defer { next += 1 }
        return next.pointee
    }

    /// After `alignToByte`: the next byte, which must be there.
    func requiredByte() throws -> UInt8 {
        guard let byte = try byte() else { throw DeflateError.truncated }
        return byte
    }

    /// After `alignToByte`: four bytes, lowest first.
    func word() throws -> UInt32 {
        var word: UInt32 = 0
        for index in 0..<4 { word |= UInt32(try requiredByte()) << UInt32(8 * index) }
        return word
    }

    /// After `alignToByte`: copies up to `count` bytes; 0 only at the end.
    func copyBytes(to target: UnsafeMutablePointer<UInt8>, _ count: Int) throws -> Int {
        if next == end { try refillBuffer(wanted: 1) }
        let copied = min(count, end - next)
        target.update(from: next, count: copied)
        next += copied
        return copied
    }
}
