import WarehouseBasics

/// A segment file: up to 2^20 rows of a table, never changed once written. All numbers little-endian.
///
///   offset size
///        0    8  magic "MLWHSEGM"
///        8    4  format version, 1
///       12    4  0
///       16    8  segment id
///       24       chunks and dictionaries (`ColumnChunkFormat`), each at a multiple of 8
///                column directories, one a column
///                footer
///     -24     4  bytes of the footer
///     -20     4  0
///     -16     8  XXH64 of the footer, seeded with the segment id
///      -8     8  magic "MLWHSEGE"
///
///   column directory   chunks: a count, then each: offset | bytes | 8 XXH64 | nulls | 1 bounds known; if so
///                      16 low | 16 high | 1 blocks known; if so blocks: a count, then each: low above the chunk's
///                      low | high above the block's low
///                      dictionary: offset | bytes, 0 for none | 8 XXH64
///   footer             8 segment id | rows | columns: a count, then each: column number | kind | offset of its
///                      directory | bytes | 8 XXH64
///   kind               0 boolean, 1 integer, 2 double, 3 string, 4 list, then the kind of its elements
///
/// Numbers without a size are LEB128. Chunk i of each column holds rows i × 65,536 and on; only the last holds fewer.
enum SegmentFormat {
    static let magic: [UInt8] = Array("MLWHSEGM".utf8)
    static let endMagic: [UInt8] = Array("MLWHSEGE".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 24
    static let trailerBytes = 24
    static let chunkRows = 65_536
    static let maximumRows = 1 << 20
    static let maximumChunkBytes = 1 << 31
    static let maximumFooterBytes = 1 << 26

    static func path(_ id: UInt64) -> String {
        let digits = String(id, radix: 16)
        return "segments/" + String(repeating: "0", count: 16 - digits.count) + digits + ".segment"
    }

    /// The id in a file name of the segments directory.
    static func id(fileName: String) -> UInt64? {
        guard fileName.hasSuffix(".segment") else { return nil }
        return UInt64(fileName.dropLast(8), radix: 16)
    }
}

extension ColumnKind {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .bool: writer.uint8(0)
        case .integer: writer.uint8(1)
        case .double: writer.uint8(2)
        case .string: writer.uint8(3)
        case .list(let element):
            writer.uint8(4)
            element.write(to: &writer)
        }
    }

    init(from reader: inout ByteReader, depth: Int = 0) throws(WarehouseError) {
        switch try reader.uint8() {
        case 0: self = .bool
        case 1: self = .integer
        case 2: self = .double
        case 3: self = .string
        case 4 where depth < 4: self = .list(try ColumnKind(from: &reader, depth: depth + 1))
        default: throw reader.corrupt("a column is of an unknown kind")
        }
    }
}

/// Where a chunk stands, and its bounds.
struct ChunkEntry: Sendable {
    var offset: Int
    var byteCount: Int
    var checksum: UInt64
    var zones: ChunkZones
}

/// Where the chunks of one column stand.
struct ColumnEntries: Sendable {
    var chunks: [ChunkEntry] = []
    var dictionaryOffset = 0
    var dictionaryBytes = 0
    var dictionaryChecksum: UInt64 = 0

    func write(to writer: inout ByteWriter) {
        writer.count(chunks.count)
        for chunk in chunks {
            writer.count(chunk.offset)
            writer.count(chunk.byteCount)
            writer.uint64(chunk.checksum)
            writer.count(chunk.zones.nullCount)
            write(chunk.zones, to: &writer)
        }
        writer.count(dictionaryOffset)
        writer.count(dictionaryBytes)
        writer.uint64(dictionaryChecksum)
    }

    private func write(_ zones: ChunkZones, to writer: inout ByteWriter) {
        writer.bool(zones.low <= zones.high)
        guard zones.low <= zones.high else { return }
        writer.int128(zones.low)
        writer.int128(zones.high)
        let isUseful = zones.blocksAreUseful
        writer.bool(isUseful)
        guard isUseful else { return }
        writer.count(zones.blockLows.count)
        for (low, high) in zip(zones.blockLows, zones.blockHighs) {
            writer.varint(UInt64(bitPattern: low &- Int64(truncatingIfNeeded: zones.low)))
            writer.varint(UInt64(bitPattern: high &- low))
        }
    }

    init() {}

    init(from reader: inout ByteReader) throws(WarehouseError) {
        let count = try reader.count(limit: SegmentFormat.maximumRows / SegmentFormat.chunkRows + 1)
        for _ in 0..<count {
            let offset = try reader.count(limit: 1 << 48)
            let bytes = try reader.count(limit: SegmentFormat.maximumChunkBytes)
            let checksum = try reader.uint64()
            var zones = ChunkZones()
            zones.nullCount = try reader.count(limit: SegmentFormat.chunkRows)
            if try reader.bool() { try Self.read(&zones, from: &reader) }
            chunks.append(ChunkEntry(offset: offset, byteCount: bytes, checksum: checksum, zones: zones))
        }
        dictionaryOffset = try reader.count(limit: 1 << 48)
        dictionaryBytes = try reader.count(limit: SegmentFormat.maximumChunkBytes)
        dictionaryChecksum = try reader.uint64()
        try reader.expectEnd()
    }

    private static func read(_ zones: inout ChunkZones, from reader: inout ByteReader) throws(WarehouseError) {
        zones.low = try reader.int128()
        zones.high = try reader.int128()
        guard try reader.bool() else { return }
        let base = Int64(truncatingIfNeeded: zones.low)
        for _ in 0..<(try reader.count(limit: SegmentFormat.chunkRows / 1024)) {
            let low = base &+ Int64(bitPattern: try reader.varint())
            zones.blockLows.append(low)
            zones.blockHighs.append(low &+ Int64(bitPattern: try reader.varint()))
        }
    }
}

extension ChunkZones {
    /// Whether blocks say more than the chunk: on average they span less than half of it.
    var blocksAreUseful: Bool {
        guard !blockLows.isEmpty, low < high else { return false }
        var spans: Int128 = 0
        for (blockLow, blockHigh) in zip(blockLows, blockHighs) { spans += Int128(blockHigh) - Int128(blockLow) }
        return spans * 2 < (high - low) * Int128(blockLows.count)
    }
}
