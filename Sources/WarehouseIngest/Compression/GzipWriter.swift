import CZlib
import WarehouseBasics

/// Compresses into one gzip member, streaming. The header has no name and no time, so that equal content makes equal
/// bytes.
public final class GzipWriter: ByteSink {
    private let sink: any ByteSink
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableRawBufferPointer
    private var isFinished = false

    /// `level` is 1 (fast) to 9 (small).
    public init(to sink: any ByteSink, level: Int = 6) throws(WarehouseError) {
        self.sink = sink
        buffer = .allocate(byteCount: 256 * 1024, alignment: 16)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, CInt(max(1, min(9, level))), Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw WarehouseError(.internalFault, "zlib cannot begin to compress (\(status)).") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while rest.count > 0 {
            // zlib counts in 32 bits.
            let piece = min(rest.count, 1 << 30)
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: rest.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(piece)
            try drain(Z_NO_FLUSH)
            rest = UnsafeRawBufferPointer(rebasing: rest[piece...])
        }
    }

    /// Writes what is left and the checksum. The sink is left open.
    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        stream.pointee.avail_in = 0
        try drain(Z_FINISH)
    }

    private func drain(_ flush: CInt) throws {
        while true {
            stream.pointee.next_out = buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(buffer.count)
            let status = deflate(stream, flush)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw WarehouseError(.internalFault, "zlib cannot compress (\(status)).")
            }
            let made = buffer.count - Int(stream.pointee.avail_out)
            if made > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<made])) }
            if status == Z_STREAM_END || stream.pointee.avail_out > 0 { return }
        }
    }
}
