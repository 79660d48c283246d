import WarehouseBasics

/// How a staged file is compressed: COMPRESSION of a file format and SOURCE_COMPRESSION of PUT.
public enum FileCompression: String, Sendable, Hashable, CaseIterable {
    /// Told by the first bytes of the file.
    case auto = "AUTO"
    case none = "NONE"
    case gzip = "GZIP"
    /// zlib: deflate with a two-byte header and an Adler-32 checksum.
    case deflate = "DEFLATE"
    /// Deflate without header and checksum.
    case rawDeflate = "RAW_DEFLATE"
    case bzip2 = "BZ2"
    case brotli = "BROTLI"
    case zstandard = "ZSTD"
    case lz4 = "LZ4"
    case xz = "XZ"

    /// As Snowflake spells it.
    public var name: String { rawValue }

    /// Whether files of this kind can be read.
    public var isReadable: Bool {
        switch self {
        case .auto, .none, .gzip, .deflate, .rawDeflate, .lz4: true
        default: false
        }
    }

    /// What PUT appends to the name of a file that it compresses.
    public var fileExtension: String {
        switch self {
        case .gzip: ".gz"
        case .deflate: ".deflate"
        case .rawDeflate: ".raw_deflate"
        case .bzip2: ".bz2"
        case .brotli: ".br"
        case .zstandard: ".zst"
        case .lz4: ".lz4"
        case .xz: ".xz"
        case .auto, .none: ""
        }
    }

    /// The kind with this name, in any case; `AUTO_DETECT` is AUTO.
    public static func named(_ name: String) throws(WarehouseError) -> FileCompression {
        let word = Identifiers.folded(name)
        if word == "AUTO_DETECT" { return .auto }
        if let kind = FileCompression(rawValue: word) { return kind }
        throw WarehouseError(
            .invalidValue, "SQL compilation error:\ninvalid value ['\(name)'] for parameter 'COMPRESSION'",
            hint: "AUTO, GZIP, BZ2, BROTLI, ZSTD, DEFLATE, RAW_DEFLATE or NONE.")
    }

    /// Bytes that `detect` looks at.
    public static let detectionLength = 32

    /// The kind that the first bytes of a file tell; NONE when they tell nothing. Brotli and raw deflate have no mark.
    public static func detect(_ head: UnsafeRawBufferPointer) -> FileCompression {
        func begins(_ magic: UInt8...) -> Bool { head.count >= magic.count && zip(head, magic).allSatisfy { $0 == $1 } }
        if begins(0x1F, 0x8B) { return .gzip }
        if begins(0x28, 0xB5, 0x2F, 0xFD) { return .zstandard }
        if begins(0x42, 0x5A, 0x68), head.count >= 4, (0x31...0x39).contains(head[3]) { return .bzip2 }
        // Also in its first form, and with something to skip before the first frame: its reader tells more.
        if begins(0x04, 0x22, 0x4D, 0x18) || begins(0x02, 0x21, 0x4C, 0x18) { return .lz4 }
        if head.count >= 4, head[0] & 0xF0 == 0x50, head[1] == 0x2A, head[2] == 0x4D, head[3] == 0x18 { return .lz4 }
        if begins(0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00) { return .xz }
        if isZlibHeader(head) { return .deflate }
        return .none
    }

    /// A zlib header with a window of 32 KB, as writers make it, and behind it what is no text: a text may begin with
    /// `x` and such a byte, as one does whose fields end with 0x01.
    private static func isZlibHeader(_ head: UnsafeRawBufferPointer) -> Bool {
        guard head.count >= 2, head[0] == 0x78, head[1] == 0x01 || head[1] == 0x9C || head[1] == 0xDA else { return false }
        let rest = head.dropFirst(2)
        if rest.contains(where: { $0 < 32 && ![1, 9, 10, 13].contains($0) }) { return true }
        // The last character may be cut.
        var text = Array(rest)
        if let lead = text.indices.suffix(4).last(where: { text[$0] & 0xC0 != 0x80 }), text[lead] >= 0xC0 {
            text.removeSubrange(lead...)
        }
        return String(validating: text, as: UTF8.self) == nil
    }

    /// The kind of a file on the local disk.
    public static func detect(path: String) throws -> FileCompression {
        let source = try FileSource(path: path)
        return try withUnsafeTemporaryAllocation(byteCount: detectionLength, alignment: 1) { buffer in
            let count = try source.readFully(into: buffer)
            return detect(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
