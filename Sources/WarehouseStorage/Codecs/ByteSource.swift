/// Encoded bytes being read, every step checked against the end.
struct ByteSource {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    mutating func get<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(CodecFault) -> T {
        guard remaining >= MemoryLayout<T>.size else { throw CodecFault("it ends too early") }
        let value = T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
        offset += MemoryLayout<T>.size
        return value
    }

    /// The next `count` bytes.
    mutating func get(_ count: Int) throws(CodecFault) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw CodecFault("it ends too early") }
        let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
        offset += count
        return slice
    }

    /// Skips to the next multiple of `alignment` from the start.
    mutating func align(to alignment: Int) throws(CodecFault) {
        _ = try get((alignment - offset % alignment) % alignment)
    }
}
