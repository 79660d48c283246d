import CZlib
import Dispatch
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Compresses into one gzip member, or one zlib or raw deflate stream, on all cores: pieces of a megabyte are compressed
/// side by side, each with the 32 KB before it as its dictionary, so that hardly a byte is lost against one stream. The
/// header has no name and no time and pieces do not depend on how the bytes come, so that equal content makes equal
/// bytes.
///
/// | bytes | what |
/// |---|---|
/// | 10 | gzip: magic 1F 8B, method 8, no flags, time 0, no extra flags, system 255 (unknown) |
/// | 2 | zlib instead: 78 9C; raw: nothing |
/// | … | each piece as raw deflate blocks, flushed to a byte boundary |
/// | 2 | 03 00: an empty last block |
/// | 4, 4 | gzip: CRC-32 and length modulo 2^32 of all bytes, little-endian |
/// | 4 | zlib instead: Adler-32 of all bytes, big-endian; raw: nothing |
public final class GzipWriter: ByteSink {
    private static let pieceBytes = 1 << 20
    private static let dictionaryBytes = 1 << 15

    private let sink: any ByteSink
    private let container: DeflateContainer
    private let level: CInt
    private let piecesUnderWay: Int
    private var pending: [UInt8] = []
    /// The end of the last piece.
    private var dictionary: [UInt8] = []
    private var jobs: [GzipPiece] = []
    private var checksum: UInt
    private var length: UInt32 = 0
    /// Bytes written that have not come out compressed.
    public private(set) var pendingBytes = 0
    private var hasBegun = false
    private var isFinished = false

    /// `level` is 1 (fast) to 9 (small).
    public init(to sink: any ByteSink, level: Int = 6, container: DeflateContainer = .gzip) throws(WarehouseError) {
        self.sink = sink
        self.container = container
        // What both checksums are of no bytes.
        checksum = container == .zlib ? 1 : 0
        self.level = CInt(max(1, min(9, level)))
        piecesUnderWay = max(2, min(16, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) + 1))
        pending.reserveCapacity(GzipWriter.pieceBytes)
    }

    deinit { for job in jobs { job.wait() } }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        pendingBytes += bytes.count
        var rest = bytes
        while rest.count > 0 {
            let taken = min(rest.count, GzipWriter.pieceBytes - pending.count)
            pending.append(contentsOf: rest[..<taken])
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            if pending.count == GzipWriter.pieceBytes { try push() }
        }
    }

    /// Writes what is left and the checksum. The sink is left open.
    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        if !pending.isEmpty { try push() }
        while !jobs.isEmpty { try drainFirst() }
        try begin()
        var end: [UInt8] = [0x03, 0x00]
        func append(_ word: UInt32) {
            for shift in stride(from: UInt32(0), to: 32, by: 8) { end.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        switch container {
        case .gzip:
            append(UInt32(truncatingIfNeeded: checksum))
            append(length)
        case .zlib: append(UInt32(truncatingIfNeeded: checksum).byteSwapped)
        case .raw: break
        }
        try end.withUnsafeBytes { try sink.write($0) }
    }

    private func begin() throws {
        guard !hasBegun else { return }
        hasBegun = true
        let header: [UInt8] = switch container {
        case .gzip: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        case .zlib: [0x78, 0x9C]
        case .raw: []
        }
        try header.withUnsafeBytes { try sink.write($0) }
    }

    private func push() throws {
        if jobs.count >= piecesUnderWay { try drainFirst() }
        let job = GzipPiece(pending, dictionary: dictionary, level: level, isAdler: container == .zlib)
        dictionary = Array(pending.suffix(GzipWriter.dictionaryBytes))
        pending.removeAll(keepingCapacity: true)
        jobs.append(job)
        job.start()
    }

    private func drainFirst() throws {
        let job = jobs.removeFirst()
        job.wait()
        guard job.status == Z_OK else {
            throw WarehouseError(.internalFault, "zlib cannot compress (\(job.status)).")
        }
        try begin()
        try job.output.withUnsafeBytes { try sink.write($0) }
        pendingBytes -= job.input.count
        checksum = container == .zlib ? adler32_combine(checksum, job.checksum, job.input.count)
            : crc32_combine(checksum, job.checksum, job.input.count)
        length &+= UInt32(truncatingIfNeeded: job.input.count)
    }
}

/// One piece being compressed on some thread; its results are read after `wait`.
private final class GzipPiece: @unchecked Sendable {
    let input: [UInt8]
    private let dictionary: [UInt8]
    private let level: CInt
    private let isAdler: Bool
    private let done = DispatchSemaphore(value: 0)
    private(set) var output: [UInt8] = []
    private(set) var checksum: UInt = 0
    private(set) var status = Z_OK

    init(_ input: [UInt8], dictionary: [UInt8], level: CInt, isAdler: Bool) {
        self.isAdler = isAdler
        self.input = input
        self.dictionary = dictionary
        self.level = level
    }

    func start() {
        WorkerThreads.shared.run { [self] in
            compress()
            done.signal()
        }
    }

    /// May be called again.
    func wait() {
        done.wait()
        done.signal()
    }

    private func compress() {
        // zlib keeps a pointer back to the stream, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        status = deflateInit2_(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                               CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return }
        defer { deflateEnd(stream) }
        if !dictionary.isEmpty {
            status = deflateSetDictionary(stream, dictionary, UInt32(dictionary.count))
            guard status == Z_OK else { return }
        }
        let capacity = Int(deflateBound(stream, UInt(input.count))) + 64
        output = input.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: capacity) { target, made in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(capacity)
                status = deflate(stream, Z_SYNC_FLUSH)
                if stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 { status = Z_BUF_ERROR }
                made = capacity - Int(stream.pointee.avail_out)
                let count = UInt32(input.count)
                checksum = isAdler ? adler32(1, input.baseAddress, count) : crc32(0, input.baseAddress, count)
            }
        }
    }
}
