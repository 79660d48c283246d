import CZlib
import WarehouseBasics

/// The bytes of a one-member gzip file made of chunks that are compressed apart from each other.
///
/// | bytes | what |
/// |---|---|
/// | 10 | magic 1F 8B, method 8, no flags, time 0, no extra flags, system 255 (unknown) |
/// | … | each chunk as raw deflate blocks, flushed to a byte boundary |
/// | 2 | 03 00: an empty last block |
/// | 4, 4 | CRC-32 and length modulo 2^32 of all chunks, little-endian |
struct GzipMember {
    static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    private var checksum: UInt = 0
    private var length: UInt32 = 0

    /// Takes note of a chunk that was compressed by ``ChunkCompressor``.
    mutating func add(chunkChecksum: UInt, chunkLength: Int) {
        checksum = crc32_combine(checksum, chunkChecksum, chunkLength)
        length &+= UInt32(truncatingIfNeeded: chunkLength)
    }

    var trailer: [UInt8] {
        var bytes: [UInt8] = [0x03, 0x00]
        for word in [UInt32(truncatingIfNeeded: checksum), length] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }
}

/// Compresses chunks to raw deflate at level 6, each without reference to the one before. Used by one thread.
final class ChunkCompressor {
    // zlib keeps a pointer back to the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isOpen = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isOpen { deflateEnd(stream) }
        stream.deallocate()
    }

    /// Replaces `output` by `input` in compressed form and gives `input`'s CRC-32.
    func compress(_ input: ByteBuffer, into output: ByteBuffer) throws(WarehouseError) -> UInt {
        try restart()
        guard let length = UInt32(exactly: input.count), length < 1 << 31 else {
            throw WarehouseError(.internalFault, "a chunk of \(input.count) bytes is too long to compress")
        }
        let source = input.base.assumingMemoryBound(to: UInt8.self)
        let capacity = Int(deflateBound(stream, UInt(length))) + 64
        output.removeAll()
        let target = output.reserve(capacity)
        stream.pointee.next_in = source
        stream.pointee.avail_in = length
        stream.pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(capacity)
        guard deflate(stream, Z_SYNC_FLUSH) == Z_OK, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else {
            throw WarehouseError(.internalFault, "zlib could not compress a chunk of \(length) bytes")
        }
        output.commit(to: target + (capacity - Int(stream.pointee.avail_out)))
        return crc32(0, source, length)
    }

    private func restart() throws(WarehouseError) {
        let status: Int32
        if isOpen {
            status = deflateReset(stream)
        } else {
            let size = Int32(MemoryLayout<z_stream>.size)
            status = deflateInit2_(stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
            isOpen = status == Z_OK
        }
        if status != Z_OK { throw WarehouseError(.memoryLimit, "zlib could not start to compress (status \(status))") }
    }
}
