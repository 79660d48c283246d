import WarehouseBasics

/// One commit in the log. All numbers little-endian.
///
///   offset size
///        0    4  magic "MLRC"
///        4    4  bytes of the body
///        8    8  checksum of the record before (of the log's head for the first)
///       16    8  XXH64 of the first 16 bytes and the body
///       24       body: 8 version | 8 time (nanoseconds since the epoch) | query id with its length |
///                changes: a count, then each (`ChangeCodec`)
enum CommitRecord {
    static let magic: UInt32 = 0x4352_4C4D
    static let headerBytes = 24
    static let maximumBodyBytes = 1 << 30

    struct Header {
        var bodyBytes: Int
        var previous: UInt64
        var checksum: UInt64
    }

    static func encode(version: UInt64, time: Int64, queryID: String, changes: [Change],
                       previous: UInt64) throws(WarehouseError) -> (bytes: [UInt8], checksum: UInt64) {
        var writer = ByteWriter()
        writer.uint32(magic)
        writer.uint32(0)
        writer.uint64(previous)
        writer.uint64(0)
        writer.uint64(version)
        writer.int64(time)
        writer.string(queryID)
        writer.count(changes.count)
        for change in changes { ChangeCodec.write(change, to: &writer) }
        guard writer.count - headerBytes <= maximumBodyBytes else {
            throw WarehouseError(.limitExceeded, "The transaction's changes to the catalog take more than 1 GB.")
        }
        writer.patchUInt32(UInt32(writer.count - headerBytes), at: 4)
        var bytes = writer.bytes
        let checksum = checksum(bytes[...])
        withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(16..<24, with: $0) }
        return (bytes, checksum)
    }

    /// Of a whole record, its own checksum left out.
    static func checksum(_ record: ArraySlice<UInt8>) -> UInt64 {
        var stream = Hash64Stream()
        record.withUnsafeBytes { bytes in
            stream.update(UnsafeRawBufferPointer(rebasing: bytes[0..<16]))
            stream.update(UnsafeRawBufferPointer(rebasing: bytes[24...]))
        }
        return stream.value
    }

    /// The record at the beginning of `bytes`; nil when there is no whole and right one.
    static func header(_ bytes: ArraySlice<UInt8>) -> Header? {
        var reader = ByteReader(bytes, source: "")
        guard bytes.count >= headerBytes, (try? reader.uint32()) == magic, let length = try? reader.uint32(),
              let previous = try? reader.uint64(), let sum = try? reader.uint64(),
              Int(length) <= bytes.count - headerBytes else { return nil }
        let record = bytes.prefix(headerBytes + Int(length))
        return checksum(record) == sum ? Header(bodyBytes: Int(length), previous: previous, checksum: sum) : nil
    }

    /// Applies the body of a record to `state`.
    static func apply(_ body: ArraySlice<UInt8>, to state: inout StoreState, source: String) throws(WarehouseError) {
        var reader = ByteReader(body, source: source)
        let version = try reader.uint64()
        let time = try reader.int64()
        guard version == state.version &+ 1 else {
            throw reader.corrupt("version \(version) follows version \(state.version)")
        }
        let queryID = try reader.string()
        let count = try reader.count(limit: reader.remaining)
        for _ in 0..<count {
            let change = try ChangeCodec.read(from: &reader) { state.tables[$0]?.columns }
            try state.apply(change, version: version, time: time)
        }
        try reader.expectEnd()
        state.version = version
        state.committedAt = time
        state.queryID = queryID
    }
}
