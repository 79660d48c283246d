import CZlib
import WarehouseBasics

/// Decompresses gzip (of any number of members), zlib or raw deflate while reading. Damage, truncation, a wrong
/// checksum and bytes behind the end are `corruptFile` errors that name the file and the offset in it; zeros behind
/// the last gzip member are padding, as for gzip itself.
public final class InflateSource: ByteSource {
    private let input: BitInput
    private let window = InflateWindow()
    private let decoder: DeflateDecoder
    private let container: DeflateContainer
    private let fileName: String
    private let limits: LoadLimits
    private var produced = 0
    private var checksum: UInt
    private var memberBytes = 0
    private var header = GzipHeader()
    private var isInMember = false
    private var isFirstMember = true
    private var isAtEnd = false
    private var failure: (any Error)?

    /// `limits` bounds the decompressed bytes: what lies beyond is a `limitExceeded` error.
    public init(
        _ source: any ByteSource, container: DeflateContainer = .gzip, fileName: String,
        limits: LoadLimits = LoadLimits()
    ) {
        input = BitInput(source)
        decoder = DeflateDecoder(input, window)
        self.container = container
        self.fileName = fileName
        self.limits = limits
        checksum = 0
    }

    public var bytesConsumed: Int { input.bytesConsumed }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while window.unreadCount == 0 {
            if let failure { throw failure }
            if isAtEnd { return 0 }
            do {
                try advance()
            } catch let error as DeflateError {
                failure = container.corrupt(fileName: fileName, offset: bytesConsumed, error.reason)
            } catch {
                failure = error
            }
        }
        return window.read(into: buffer)
    }

    /// Decodes a piece, or passes from one member to the next.
    private func advance() throws {
        guard isInMember else { return try beginMember() }
        window.slide()
        let start = window.position
        let isMemberAtEnd = try decoder.decode()
        let count = window.position - start
        produced += count
        memberBytes &+= count
        do {
            try container.check(produced: produced, consumed: bytesConsumed, limits: limits, fileName: fileName)
        } catch {
            window.discardUnread()
            throw error
        }
        switch container {
        case .gzip: checksum = crc32(checksum, start, UInt32(count))
        case .zlib: checksum = adler32(checksum, start, UInt32(count))
        case .raw: break
        }
        if isMemberAtEnd { try endMember() }
    }

    private func beginMember() throws {
        if isFirstMember {
            isFirstMember = false
        } else {
            guard try seekNextMember() else { return }
        }
        switch container {
        case .gzip:
            try header.read(input)
            checksum = 0
        case .zlib:
            try readZlibHeader()
            checksum = 1
        case .raw: break
        }
        memberBytes = 0
        isInMember = true
        decoder.begin()
    }

    /// Behind a member: whether another begins; padding and the end set `isAtEnd`.
    private func seekNextMember() throws -> Bool {
        var zeros = 0
        while let byte = try input.byte() {
            if byte == 0 {
                zeros += 1
                continue
            }
            guard container == .gzip, zeros == 0, byte == 0x1F else {
                throw DeflateError("there are bytes behind its end that are no compressed data")
            }
            input.next -= 1
            return true
        }
        isAtEnd = true
        return false
    }

    private func readZlibHeader() throws {
        let method = try input.requiredByte(), flags = try input.requiredByte()
        guard (UInt32(method) << 8 | UInt32(flags)) % 31 == 0 else { throw DeflateError("incorrect header check") }
        guard method & 15 == 8 else { throw DeflateError("unknown compression method") }
        guard method >> 4 <= 7 else { throw DeflateError("invalid window size") }
        guard flags & 0x20 == 0 else { throw DeflateError("it needs a preset dictionary") }
    }

    private func endMember() throws {
        isInMember = false
        switch container {
        case .gzip:
            guard UInt(try input.word()) == checksum else { throw DeflateError("incorrect data check") }
            guard try input.word() == UInt32(truncatingIfNeeded: memberBytes) else {
                throw DeflateError("incorrect length check")
            }
        case .zlib:
            guard UInt(try input.word().byteSwapped) == checksum else { throw DeflateError("incorrect data check") }
        case .raw: break
        }
    }
}
