import WarehouseBasics
import WarehouseColumns

/// An open segment file, its footer checked. Shared by all who read the segment, from any thread.
final class SegmentFile: Sendable {
    let id: UInt64
    /// Of its footer.
    let checksum: UInt64
    let rowCount: Int
    let path: String
    private let rootPath: String
    private let file: any DiskFile
    private let fileBytes: Int
    /// Where the footer begins.
    let footerOffset: Int
    private let columns: [UInt32: ColumnPlace]
    private let directories = Lock<[UInt32: ColumnDirectory]>([:])

    private struct ColumnPlace: Sendable {
        var kind: ColumnKind
        var offset: Int
        var byteCount: Int
        var checksum: UInt64
    }

    /// Errors: `corrupt` when the file is not the one that `record` means.
    init(disk: any Disk, record: SegmentRecord) throws(WarehouseError) {
        id = record.id
        checksum = record.footerChecksum
        rowCount = record.rowCount
        path = SegmentFormat.path(record.id)
        rootPath = disk.rootPath
        let place = rootPath + "/" + path
        do throws(WarehouseError) {
            file = try disk.open(path, .read)
        } catch {
            guard try disk.entry(path) == nil else { throw error }
            throw WarehouseError(.corrupt, "The segment file '\(place)' is missing.")
        }
        func damaged(_ offset: Int, _ reason: String) -> WarehouseError {
            WarehouseError(.corrupt, "The segment file '\(place)' is damaged at byte \(offset): \(reason).")
        }
        fileBytes = try file.sizeBytes()
        guard fileBytes == record.fileBytes, fileBytes >= SegmentFormat.headerBytes + SegmentFormat.trailerBytes else {
            throw damaged(min(fileBytes, record.fileBytes),
                          "it is \(fileBytes) bytes long instead of \(record.fileBytes)")
        }
        let head = try file.bytes(from: 0, count: SegmentFormat.headerBytes)
        var reader = ByteReader(head, source: "The segment file '\(place)'")
        guard Array(try reader.raw(8)) == SegmentFormat.magic else { throw damaged(0, "it does not begin as one") }
        let version = try reader.uint32()
        guard version == SegmentFormat.version else { throw damaged(8, "its format version is \(version)") }
        guard try reader.uint32() == 0, try reader.uint64() == id else { throw damaged(16, "it is another segment") }

        let trailerOffset = fileBytes - SegmentFormat.trailerBytes
        var trailer = ByteReader(try file.bytes(from: trailerOffset, count: SegmentFormat.trailerBytes),
                                 source: "The segment file '\(place)'")
        let footerBytes = Int(try trailer.uint32())
        guard try trailer.uint32() == 0 else { throw damaged(trailerOffset + 4, "its end is wrong") }
        let found = try trailer.uint64()
        guard Array(try trailer.raw(8)) == SegmentFormat.endMagic, footerBytes <= SegmentFormat.maximumFooterBytes,
              footerBytes <= trailerOffset - SegmentFormat.headerBytes, found == checksum else {
            throw damaged(trailerOffset, "its end is wrong")
        }
        footerOffset = trailerOffset - footerBytes
        let footer = try file.bytes(from: footerOffset, count: footerBytes)
        guard Hash64.bytes(footer, seed: id) == checksum else {
            throw damaged(footerOffset, "the footer's checksum is wrong")
        }
        columns = try Self.readFooter(footer, of: record, limit: footerOffset, place)
    }

    private static func readFooter(_ bytes: [UInt8], of record: SegmentRecord, limit: Int,
                                   _ place: String) throws(WarehouseError) -> [UInt32: ColumnPlace] {
        var reader = ByteReader(bytes, source: "The footer of the segment file '\(place)'")
        guard try reader.uint64() == record.id, try reader.count(limit: SegmentFormat.maximumRows) == record.rowCount
        else { throw reader.corrupt("it belongs to another segment") }
        var columns: [UInt32: ColumnPlace] = [:]
        for _ in 0..<(try reader.count(limit: 65_536)) {
            let number = try reader.uint32()
            let kind = try ColumnKind(from: &reader)
            let offset = try reader.count(limit: limit), size = try reader.count(limit: limit)
            guard offset >= SegmentFormat.headerBytes, size <= limit - offset else {
                throw reader.corrupt("a column directory lies outside the file")
            }
            columns[number] = ColumnPlace(kind: kind, offset: offset, byteCount: size, checksum: try reader.uint64())
        }
        try reader.expectEnd()
        return columns
    }

    /// The columns that it holds, by number.
    var columnNumbers: [UInt32] { columns.keys.sorted() }

    /// An error about this file.
    func damaged(at offset: Int, _ reason: String) -> WarehouseError {
        WarehouseError(.corrupt, "The segment file '\(rootPath)/\(path)' is damaged at byte \(offset): \(reason).")
    }

    /// The directory of a column; nil when the segment was written before the column was added.
    func directory(column number: UInt32) throws(WarehouseError) -> ColumnDirectory? {
        if let known = directories.withLock({ $0[number] }) { return known }
        guard let place = columns[number] else { return nil }
        let bytes = try file.bytes(from: place.offset, count: place.byteCount)
        guard bytes.count == place.byteCount, Hash64.bytes(bytes) == place.checksum else {
            throw damaged(at: place.offset, "the checksum of a column directory is wrong")
        }
        var reader = ByteReader(bytes, source: "A column directory of the segment file '\(rootPath)/\(path)'")
        let entries = try ColumnEntries(from: &reader)
        let expected = (rowCount + SegmentFormat.chunkRows - 1) / SegmentFormat.chunkRows
        guard entries.chunks.count == expected else { throw damaged(at: place.offset, "chunks are missing") }
        let made = ColumnDirectory(file: self, number: number, kind: place.kind,
                                   place: place.offset..<(place.offset + place.byteCount), entries: entries)
        return directories.withLock { known in
            if let other = known[number] { return other }
            known[number] = made
            return made
        }
    }

    /// Fills `buffer` with bytes of the file.
    func read(at offset: Int, _ buffer: UnsafeMutableRawBufferPointer) throws(WarehouseError) {
        guard offset >= 0, offset <= fileBytes - buffer.count else {
            throw damaged(at: offset, "\(buffer.count) bytes from here lie outside the file")
        }
        guard try file.read(at: offset, into: buffer) == buffer.count else {
            throw damaged(at: offset, "the file has become shorter")
        }
    }
}

/// Where one column of a segment stands in its file, and its dictionary once somebody needed it.
final class ColumnDirectory: Sendable {
    unowned let file: SegmentFile
    let number: UInt32
    let kind: ColumnKind
    /// Its own bytes in the file.
    let place: Range<Int>
    let entries: ColumnEntries
    /// Chunks whose checksum was found right: a bit each.
    private let verified = Lock<UInt64>(0)
    private let dictionarySlot = Lock<SegmentDictionary?>(nil)

    init(file: SegmentFile, number: UInt32, kind: ColumnKind, place: Range<Int>, entries: ColumnEntries) {
        self.file = file
        self.number = number
        self.kind = kind
        self.place = place
        self.entries = entries
    }

    /// Rows of a chunk.
    func rowCount(chunk index: Int) -> Int {
        min(SegmentFormat.chunkRows, file.rowCount - index * SegmentFormat.chunkRows)
    }

    /// Reads a chunk into `buffer`, whose size is the chunk's; its checksum is verified the first time.
    func readChunk(_ index: Int, _ buffer: UnsafeMutableRawBufferPointer) throws(WarehouseError) {
        let chunk = entries.chunks[index]
        try file.read(at: chunk.offset, buffer)
        let bit: UInt64 = 1 << UInt64(index)
        if verified.withLock({ $0 & bit != 0 }) { return }
        guard Hash64.bytes(UnsafeRawBufferPointer(buffer)) == chunk.checksum else {
            throw file.damaged(at: chunk.offset, "the checksum of a chunk of \(chunk.byteCount) bytes is wrong")
        }
        verified.withLock { $0 |= bit }
    }

    /// The column's dictionary; nil when it has none.
    func dictionary() throws(WarehouseError) -> SegmentDictionary? {
        guard entries.dictionaryBytes > 0 else { return nil }
        if let known = dictionarySlot.withLock({ $0 }) { return known }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: entries.dictionaryBytes, alignment: 16)
        defer { memory.deallocate() }
        try file.read(at: entries.dictionaryOffset, memory)
        guard Hash64.bytes(UnsafeRawBufferPointer(memory)) == entries.dictionaryChecksum else {
            throw file.damaged(at: entries.dictionaryOffset, "the checksum of a dictionary is wrong")
        }
        let made: SegmentDictionary
        do throws(CodecFault) {
            made = try SegmentDictionary(parsing: UnsafeRawBufferPointer(memory), isText: kind.holdsText)
        } catch {
            throw file.damaged(at: entries.dictionaryOffset, error.reason)
        }
        return dictionarySlot.withLock { slot in
            if let other = slot { return other }
            slot = made
            return made
        }
    }
}

extension ColumnKind {
    /// Whether dictionaries of the column, or of its elements, hold strings.
    var holdsText: Bool {
        switch self {
        case .string: true
        case .list(let element): element.holdsText
        default: false
        }
    }
}
