import WarehouseBasics

/// The small files of a store and the heads of the large ones. All numbers little-endian; each ends with (or, with a
/// body, holds) an XXH64 of all else in it.
///
///   MLWH          8 magic "MLWHSTOR" | 4 format version | 4 0 | 16 identity | 8 checksum
///   CURRENT       8 magic "MLWHCURR" | 4 format version | 4 0 | 8 generation | 8 checksum
///   ACKNOWLEDGED  8 magic "MLWHACKN" | 8 generation | 8 bytes of its log | 8 version | 8 checksum
///   log           8 magic "MLWHCLOG" | 4 format version | 4 0 | 8 generation | 8 checksum, then `CommitRecord`s
///   checkpoint    8 magic "MLWHCKPT" | 4 format version | 4 0 | 8 generation | 8 version | 8 time | 8 bytes of the
///                 body | 8 checksum | body: query id with its length | changes: a count, then each (`ChangeCodec`)
enum ManifestFiles {
    static let formatVersion: UInt32 = 1
    static let identityPath = "MLWH"
    static let lockPath = "lock"
    static let currentPath = "manifest/CURRENT"
    static let acknowledgedPath = "manifest/ACKNOWLEDGED"
    static let logHeadBytes = 32
    static let checkpointHeadBytes = 56
    static let maximumFileBytes = 1 << 31

    static func checkpointPath(_ generation: UInt64) -> String { "manifest/\(generation).checkpoint" }
    static func logPath(_ generation: UInt64) -> String { "manifest/\(generation).log" }

    /// The generation in a file name of the manifest directory.
    static func generation(fileName: String) -> UInt64? {
        for suffix in [".checkpoint", ".log"] where fileName.hasSuffix(suffix) {
            return UInt64(fileName.dropLast(suffix.count))
        }
        return nil
    }

    // MARK: Writing

    private static func head(_ magic: String) -> ByteWriter {
        var writer = ByteWriter()
        writer.raw(Array(magic.utf8))
        writer.uint32(formatVersion)
        writer.uint32(0)
        return writer
    }

    private static func sealed(_ writer: ByteWriter) -> [UInt8] {
        var writer = writer
        writer.uint64(Hash64.bytes(writer.bytes))
        return writer.bytes
    }

    static func identity(_ identity: [UInt8]) -> [UInt8] {
        var writer = head("MLWHSTOR")
        writer.raw(identity)
        return sealed(writer)
    }

    static func current(_ generation: UInt64) -> [UInt8] {
        var writer = head("MLWHCURR")
        writer.uint64(generation)
        return sealed(writer)
    }

    static func logHead(_ generation: UInt64) -> [UInt8] {
        var writer = head("MLWHCLOG")
        writer.uint64(generation)
        return sealed(writer)
    }

    static func acknowledged(generation: UInt64, logBytes: Int, version: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(Array("MLWHACKN".utf8))
        writer.uint64(generation)
        writer.uint64(UInt64(logBytes))
        writer.uint64(version)
        return sealed(writer)
    }

    static func checkpoint(_ generation: UInt64, _ state: StoreState) -> [UInt8] {
        var body = ByteWriter()
        body.string(state.queryID)
        let changes = state.changes
        body.count(changes.count)
        for change in changes { ChangeCodec.write(change, to: &body) }
        var writer = head("MLWHCKPT")
        writer.uint64(generation)
        writer.uint64(state.version)
        writer.int64(state.committedAt)
        writer.uint64(UInt64(body.count))
        var stream = Hash64Stream()
        stream.update(writer.bytes)
        stream.update(body.bytes)
        writer.uint64(stream.value)
        writer.raw(body.bytes)
        return writer.bytes
    }

    // MARK: Reading

    /// Checks magic, format version and checksum; gives what stands between.
    private static func open(_ bytes: [UInt8], _ magic: String, size: Int, source: String) throws(WarehouseError)
        -> ByteReader {
        var reader = ByteReader(bytes[...], source: source)
        guard bytes.count >= 16, Array(try reader.raw(8)) == Array(magic.utf8) else {
            throw reader.corrupt("it does not begin with \(magic)")
        }
        let version = try reader.uint32()
        guard version <= formatVersion else {
            throw WarehouseError(.newerFormat, "\(source) has format version \(version), but this program knows "
                + "versions up to \(formatVersion) only.", hint: "Open it with a newer mlwh.")
        }
        guard bytes.count >= size else { throw reader.corrupt("it ends too early") }
        var checksum = ByteReader(bytes[(size - 8)..<size], source: source)
        guard try checksum.uint64() == Hash64.bytes(Array(bytes[0..<(size - 8)])) else {
            throw reader.corrupt("its checksum is wrong")
        }
        _ = try reader.uint32()
        return reader
    }

    static func readIdentity(_ bytes: [UInt8], source: String) throws(WarehouseError) -> [UInt8] {
        guard bytes.starts(with: "MLWHSTOR".utf8) else {
            throw WarehouseError(.notAWarehouse, "\(source) is not that of a warehouse.")
        }
        var reader = try open(bytes, "MLWHSTOR", size: 40, source: source)
        return Array(try reader.raw(16))
    }

    static func readCurrent(_ bytes: [UInt8], source: String) throws(WarehouseError) -> UInt64 {
        var reader = try open(bytes, "MLWHCURR", size: 32, source: source)
        return try reader.uint64()
    }

    /// Gives the checksum that the first record refers to.
    static func readLogHead(_ bytes: [UInt8], generation: UInt64, source: String) throws(WarehouseError) -> UInt64 {
        var reader = try open(bytes, "MLWHCLOG", size: logHeadBytes, source: source)
        guard try reader.uint64() == generation else { throw reader.corrupt("it belongs to another generation") }
        return try reader.uint64()
    }

    struct Acknowledgement {
        var generation: UInt64
        var logBytes: Int
    }

    /// Nil for anything but a whole and right one: it is advice.
    static func readAcknowledged(_ bytes: [UInt8]) -> Acknowledgement? {
        guard bytes.count == 40 else { return nil }
        var reader = ByteReader(bytes[8...], source: "")
        guard bytes.starts(with: "MLWHACKN".utf8), let generation = try? reader.uint64(),
              let size = try? reader.uint64(), (try? reader.uint64()) != nil, let checksum = try? reader.uint64(),
              checksum == Hash64.bytes(Array(bytes[0..<32])), size <= UInt64(maximumFileBytes) else { return nil }
        return Acknowledgement(generation: generation, logBytes: Int(size))
    }

    struct CheckpointHead {
        var generation: UInt64
        var version: UInt64
        var time: Int64
        var bodyBytes: Int
        var checksum: UInt64
    }

    /// The head alone, its checksum not looked at.
    static func readCheckpointHead(_ bytes: ArraySlice<UInt8>,
                                   source: String) throws(WarehouseError) -> CheckpointHead {
        var reader = ByteReader(bytes, source: source)
        guard Array(try reader.raw(8)) == Array("MLWHCKPT".utf8) else {
            throw reader.corrupt("it does not begin as one")
        }
        let format = try reader.uint32()
        guard format == formatVersion, try reader.uint32() == 0 else {
            throw reader.corrupt("its format version is \(format)")
        }
        let generation = try reader.uint64(), version = try reader.uint64(), time = try reader.int64()
        let size = try reader.uint64()
        guard size <= UInt64(maximumFileBytes) else { throw reader.corrupt("its size is impossible") }
        return CheckpointHead(generation: generation, version: version, time: time, bodyBytes: Int(size),
                              checksum: try reader.uint64())
    }

    static func readCheckpoint(_ bytes: [UInt8], generation: UInt64,
                               source: String) throws(WarehouseError) -> StoreState {
        let head = try readCheckpointHead(bytes[...], source: source)
        var stream = Hash64Stream()
        var reader = ByteReader(bytes.dropFirst(checkpointHeadBytes), source: source)
        guard bytes.count == checkpointHeadBytes + head.bodyBytes, head.generation == generation else {
            throw reader.corrupt("it is \(bytes.count) bytes long or of another generation")
        }
        stream.update(Array(bytes[0..<48]))
        stream.update(Array(bytes[checkpointHeadBytes...]))
        guard stream.value == head.checksum else { throw reader.corrupt("its checksum is wrong") }
        var state = StoreState()
        let queryID = try reader.string()
        let count = try reader.count(limit: reader.remaining)
        for _ in 0..<count {
            let change = try ChangeCodec.read(from: &reader) { state.tables[$0]?.columns }
            try state.apply(change, version: head.version, time: head.time)
        }
        try reader.expectEnd()
        state.queryID = queryID
        state.version = head.version
        state.committedAt = head.time
        return state
    }
}
