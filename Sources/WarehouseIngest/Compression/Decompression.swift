import WarehouseBasics

/// Opens files as text whatever their compression.
public enum Decompression {
    /// The decompressed bytes of `source`. AUTO looks at its first bytes. Kinds that cannot be read are an
    /// `unsupported` error that names them; `fileName` stands in messages. `lookahead`: see `InflateSource`.
    public static func open(
        _ source: any ByteSource, _ compression: FileCompression, fileName: String,
        limits: LoadLimits = LoadLimits(), engine: InflateEngine = .native, lookahead: MemberLookahead? = nil
    ) throws -> any ByteSource {
        switch compression {
        case .auto:
            let peeked = try PeekedSource(source, length: FileCompression.detectionLength)
            let kind = peeked.head.withUnsafeBytes { FileCompression.detect($0) }
            return try open(
                peeked, kind, fileName: fileName, limits: limits, engine: engine, lookahead: lookahead)
        case .none: return source
        case .gzip:
            return try inflate(source, .gzip, fileName, limits, engine, lookahead)
        case .deflate:
            return try inflate(source, .zlib, fileName, limits, engine, lookahead)
        case .rawDeflate:
            return try inflate(source, .raw, fileName, limits, engine, lookahead)
        case .lz4: return LZ4FrameSource(source, fileName: fileName, limits: limits)
        case .bzip2, .brotli, .zstandard, .xz:
            throw WarehouseError(
                .unsupported, "'\(fileName)' is compressed with \(compression.name), which cannot be read here.",
                hint: "GZIP, DEFLATE, RAW_DEFLATE and LZ4 can be; compress the file with one of them.")
        }
    }

    private static func inflate(
        _ source: any ByteSource, _ container: DeflateContainer, _ fileName: String, _ limits: LoadLimits,
        _ engine: InflateEngine, _ lookahead: MemberLookahead?
    ) throws(WarehouseError) -> any ByteSource {
        switch engine {
        case .native:
            InflateSource(source, container: container, fileName: fileName, limits: limits, lookahead: lookahead)
        case .zlib: try ZlibSource(source, container: container, fileName: fileName, limits: limits)
        }
    }
}

/// A source whose first bytes were looked at.
final class PeekedSource: ByteSource {
    let head: [UInt8]
    private let source: any ByteSource
    private var given = 0

    init(_ source: any ByteSource, length: Int) throws {
        self.source = source
        head = try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = try source.readFully(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    var bytesConsumed: Int { source.bytesConsumed - (head.count - given) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard given < head.count else { return try source.read(into: buffer) }
        let count = min(buffer.count, head.count - given)
        head.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[given..<given + count]))
        }
        given += count
        return count
    }
}
