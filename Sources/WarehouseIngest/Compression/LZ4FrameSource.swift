import CLZ4
import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Decompresses LZ4 frames (version 1.6 of their format) while reading: any number of frames, one behind the other.
///
/// | bytes | what |
/// |---|---|
/// | 4 | magic 0x184D2204; 0x184D2A50 to …5F: a frame to be skipped, its size in the next 4 |
/// | 1 | flags: version 01, independent blocks, block checksums, content size, content checksum, 0, dictionary |
/// | 1 | bits 4-6: 4 to 7 for blocks of at most 64 KB, 256 KB, 1 MB, 4 MB; the others 0 |
/// | 0 or 8 | content size |
/// | 1 | second byte of the XXH32 of the header behind the magic |
/// | 4 + n (+ 4) | a block: its size, the highest bit set where it is not compressed; its bytes; their XXH32 |
/// | 4 | 0 |
/// | 0 or 4 | XXH32 of the content |
///
/// Damage, truncation and a wrong checksum are `corruptFile` errors that name the file and the offset in it.
public final class LZ4FrameSource: ByteSource {
    private let source: any ByteSource
    private let fileName: String
    private let limits: LoadLimits
    private var header = Header()
    /// What the last blocks held, up to 64 KB of it, and behind it the current block.
    private var window: UnsafeMutableRawBufferPointer
    private var historyCount = 0
    private var unread = 0..<0
    private var compressed: UnsafeMutableRawBufferPointer
    private var content = Hash32Stream()
    private var contentBytes = 0
    private var produced = 0
    private var consumed = 0
    private var isInFrame = false
    private var isFirstFrame = true
    private var isAtEnd = false
    private var failure: WarehouseError?

    private static let historyBytes = 64 << 10
    private static let magic: UInt32 = 0x184D_2204, legacyMagic: UInt32 = 0x184C_2102
    private static let skippableMagic: UInt32 = 0x184D_2A50

    private struct Header {
        var hasBlockChecksums = false
        var hasContentChecksum = false
        var areBlocksIndependent = true
        var contentBytes: UInt64?
        var blockBytes = 0
    }

    /// `limits` bounds the decompressed bytes: what lies beyond is a `limitExceeded` error.
    public init(_ source: any ByteSource, fileName: String, limits: LoadLimits = LoadLimits()) {
        self.source = source
        self.fileName = fileName
        self.limits = limits
        window = .allocate(byteCount: 0, alignment: 16)
        compressed = .allocate(byteCount: 0, alignment: 16)
    }

    deinit {
        window.deallocate()
        compressed.deallocate()
    }

    public var bytesConsumed: Int { consumed }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while unread.isEmpty {
            if let failure { throw failure }
            if isAtEnd { return 0 }
            do {
                try advance()
            } catch let error as WarehouseError {
                failure = error
            }
        }
        let count = min(buffer.count, unread.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[unread.lowerBound..<unread.lowerBound + count]))
        unread = unread.lowerBound + count..<unread.upperBound
        return count
    }

    private func advance() throws {
        guard isInFrame else { return try beginFrame() }
        let size = try word()
        if size == 0 { return try endFrame() }
        let isStored = size >> 31 == 1, count = Int(size & 0x7FFF_FFFF)
        guard count <= header.blockBytes else { throw corrupt("a block of \(count) bytes is larger than it may be") }
        let bytes = UnsafeMutableRawBufferPointer(rebasing: compressed[..<count])
        try fill(bytes)
        if header.hasBlockChecksums, try word() != Hash32Stream.hash(UnsafeRawBufferPointer(bytes)) {
            throw corrupt("the checksum of a block is wrong")
        }
        slide()
        let length = isStored ? copy(bytes) : try decompress(bytes)
        let block = UnsafeRawBufferPointer(rebasing: window[historyCount..<historyCount + length])
        produced += length
        contentBytes += length
        if header.hasContentChecksum { content.update(block) }
        guard produced <= limits.decompressedBytes else {
            throw WarehouseError(
                .limitExceeded, "'\(fileName)' decompresses to more than \(limits.decompressedBytes) bytes (from "
                    + "\(consumed) compressed so far).")
        }
        unread = historyCount..<historyCount + length
        historyCount += length
    }

    /// Keeps the last 64 KB before the place of the next block, or nothing where blocks stand alone.
    private func slide() {
        let kept = header.areBlocksIndependent ? 0 : min(historyCount, LZ4FrameSource.historyBytes)
        if kept > 0, let base = window.baseAddress { memmove(base, base + (historyCount - kept), kept) }
        historyCount = kept
    }

    private func copy(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        UnsafeMutableRawBufferPointer(rebasing: window[historyCount...]).copyMemory(from: UnsafeRawBufferPointer(bytes))
        return bytes.count
    }

    private func decompress(_ bytes: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let input = bytes.baseAddress, let base = window.baseAddress else { return 0 }
        let target = (base + historyCount).assumingMemoryBound(to: CChar.self)
        let length = LZ4_decompress_safe_usingDict(
            input.assumingMemoryBound(to: CChar.self), target, Int32(bytes.count), Int32(header.blockBytes),
            base.assumingMemoryBound(to: CChar.self), Int32(historyCount))
        guard length >= 0 else { throw corrupt("a block does not decompress") }
        return Int(length)
    }

    // MARK: Frames

    private func beginFrame() throws {
        var first: [UInt8] = [0, 0, 0, 0]
        let count = try first.withUnsafeMutableBytes { try source.readFully(into: $0) }
        consumed += count
        if count == 0, !isFirstFrame {
            isAtEnd = true
            return
        }
        let isFirst = isFirstFrame
        isFirstFrame = false
        guard count == 4 else { throw corrupt(LZ4FrameSource.cutOff) }
        let magic = first.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        if magic & ~15 == LZ4FrameSource.skippableMagic { return try skip(Int(word())) }
        if magic == LZ4FrameSource.legacyMagic {
            throw WarehouseError(.unsupported, "'\(fileName)' is an LZ4 file of the legacy format, which cannot be read here.",
                                 hint: "lz4 writes the frame format unless -l is given.")
        }
        guard magic == LZ4FrameSource.magic else {
            throw corrupt(isFirst ? "it does not begin as an LZ4 frame" : "there are bytes behind its end that are no LZ4 frame")
        }
        header = try readHeader()
        if window.count < LZ4FrameSource.historyBytes + header.blockBytes {
            window.deallocate()
            compressed.deallocate()
            window = .allocate(byteCount: LZ4FrameSource.historyBytes + header.blockBytes, alignment: 16)
            compressed = .allocate(byteCount: header.blockBytes, alignment: 16)
        }
        historyCount = 0
        content = Hash32Stream()
        contentBytes = 0
        isInFrame = true
    }

    private func readHeader() throws -> Header {
        var bytes = [UInt8](repeating: 0, count: 2), result = Header()
        try bytes.withUnsafeMutableBytes { try fill($0) }
        let flags = bytes[0], sizes = bytes[1]
        guard flags >> 6 == 1, flags & 2 == 0, sizes & 0x8F == 0, sizes >> 4 >= 4 else {
            throw corrupt("its header is of an unknown version")
        }
        guard flags & 1 == 0 else {
            throw WarehouseError(.unsupported, "'\(fileName)' is compressed with a dictionary, which cannot be read here.")
        }
        result.areBlocksIndependent = flags & 0x20 != 0
        result.hasBlockChecksums = flags & 0x10 != 0
        result.hasContentChecksum = flags & 4 != 0
        result.blockBytes = 1 << (8 + 2 * Int(sizes >> 4))
        if flags & 8 != 0 {
            var size = [UInt8](repeating: 0, count: 8)
            try size.withUnsafeMutableBytes { try fill($0) }
            result.contentBytes = size.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            bytes += size
        }
        var check: [UInt8] = [0]
        try check.withUnsafeMutableBytes { try fill($0) }
        let hash = bytes.withUnsafeBytes { Hash32Stream.hash($0) }
        guard check[0] == UInt8(truncatingIfNeeded: hash >> 8) else { throw corrupt("the checksum of its header is wrong") }
        return result
    }

    private func endFrame() throws {
        isInFrame = false
        if header.hasContentChecksum, try word() != content.value { throw corrupt("the checksum of its content is wrong") }
        if let size = header.contentBytes, size != UInt64(contentBytes) {
            throw corrupt("it holds \(contentBytes) bytes instead of \(size)")
        }
    }

    // MARK: Reading

    private static let cutOff = "it ends too early; it was cut off"

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
        let count = try source.readFully(into: buffer)
        consumed += count
        guard count == buffer.count else { throw corrupt(LZ4FrameSource.cutOff) }
    }

    private func word() throws -> UInt32 {
        var word: UInt32 = 0
        try withUnsafeMutableBytes(of: &word) { try fill($0) }
        return UInt32(littleEndian: word)
    }

    private func skip(_ count: Int) throws {
        var rest = count
        try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { buffer in
            while rest > 0 {
                let piece = min(rest, buffer.count)
                try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<piece]))
                rest -= piece
            }
        }
    }

    private func corrupt(_ reason: String) -> WarehouseError {
        WarehouseError(.corruptFile, "The LZ4 file '\(fileName)' is damaged at byte \(consumed): \(reason).",
                       hint: "Nothing of it was loaded. Fetch or compress the file again.")
    }
}
