import CZlib
import WarehouseBasics

/// Decompresses like `InflateSource`, by zlib: its oracle in tests, and what `InflateEngine.zlib` asks for.
final class ZlibSource: ByteSource {
    private let source: any ByteSource
    private let container: DeflateContainer
    private let fileName: String
    private let limits: LoadLimits
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// Compressed bytes given to zlib so far, those still waiting included.
    private var inputOffset = 0
    private var produced = 0
    private var isSourceAtEnd = false
    private var isBetweenMembers = false
    private var isAtEnd = false

    /// `limits` bounds the decompressed bytes: what lies beyond is a `limitExceeded` error.
    init(
        _ source: any ByteSource, container: DeflateContainer, fileName: String, limits: LoadLimits
    ) throws(WarehouseError) {
        self.source = source
        self.container = container
        self.fileName = fileName
        self.limits = limits
        input = .allocate(byteCount: 256 * 1024, alignment: 16)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowBits: CInt =
            switch container {
            case .gzip: 31
            case .zlib: 15
            case .raw: -15
            }
        let status = inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw WarehouseError(.internalFault, "zlib cannot begin to decompress (\(status)).")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    var bytesConsumed: Int { inputOffset - Int(stream.pointee.avail_in) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        while !isAtEnd {
            if stream.pointee.avail_in == 0, !isSourceAtEnd { try refill() }
            if isBetweenMembers {
                try beginNextMember()
                continue
            }
            stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
            let room = min(buffer.count, 1 << 30)
            stream.pointee.avail_out = UInt32(room)
            let status = inflate(stream, Z_NO_FLUSH)
            let made = room - Int(stream.pointee.avail_out)
            try interpret(status, made)
            produced += made
            try container.check(produced: produced, consumed: bytesConsumed, limits: limits, fileName: fileName)
            if made > 0 { return made }
        }
        return 0
    }

    private func refill() throws {
        let count = try source.read(into: input)
        isSourceAtEnd = count == 0
        inputOffset += count
        stream.pointee.next_in = input.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    private func interpret(_ status: CInt, _ made: Int) throws(WarehouseError) {
        switch status {
        case Z_OK: break
        case Z_STREAM_END: isBetweenMembers = true
        case Z_BUF_ERROR:
            guard made == 0, stream.pointee.avail_in == 0 else { break }
            if isSourceAtEnd { throw corrupt("it ends too early; it was cut off") }
        case Z_NEED_DICT: throw corrupt("it needs a preset dictionary")
        case Z_MEM_ERROR: throw WarehouseError(.memoryLimit, "There is no memory to decompress '\(fileName)'.")
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
            throw corrupt(reason)
        }
    }

    /// Behind a member: the next one, padding, or the end.
    private func beginNextMember() throws {
        var zeros = 0
        while true {
            if stream.pointee.avail_in == 0 {
                if !isSourceAtEnd { try refill() }
                if isSourceAtEnd {
                    isAtEnd = true
                    return
                }
            }
            guard let next = stream.pointee.next_in else { return }
            if next.pointee != 0 { break }
            zeros += 1
            stream.pointee.next_in = next + 1
            stream.pointee.avail_in -= 1
        }
        guard container == .gzip, zeros == 0, stream.pointee.next_in?.pointee == 0x1F else {
            throw corrupt("there are bytes behind its end that are no compressed data")
        }
        guard inflateReset(stream) == Z_OK else { throw corrupt("the next member cannot be begun") }
        isBetweenMembers = false
    }

    private func corrupt(_ reason: String) -> WarehouseError {
        container.corrupt(fileName: fileName, offset: bytesConsumed, reason)
    }
}
