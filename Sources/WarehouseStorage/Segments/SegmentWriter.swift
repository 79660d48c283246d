import WarehouseBasics
import WarehouseColumns

/// Writes one segment file chunk by chunk (`SegmentFormat`): `encode` by many threads, the rest by one at a time.
final class SegmentWriter {
    let id: UInt64
    let path: String
    private let file: any DiskFile
    private let columns: [StoredColumn]
    /// Until `finish`: they hold the dictionaries.
    private var encoders: [ColumnEncoder]
    private let sinks: SinkPool
    private var entries: [ColumnEntries]
    private var fileBytes = SegmentFormat.headerBytes
    private(set) var rowCount = 0

    /// Makes the file.
    init(disk: any Disk, id: UInt64, columns: [StoredColumn], sinks: SinkPool) throws(WarehouseError) {
        self.id = id
        self.sinks = sinks
        self.columns = columns
        path = SegmentFormat.path(id)
        file = try disk.open(path, .create)
        encoders = columns.map { ColumnEncoder(ColumnKind($0.type)) }
        entries = columns.map { _ in ColumnEntries() }
        var head = ByteWriter()
        head.raw(SegmentFormat.magic)
        head.uint32(SegmentFormat.version)
        head.uint32(0)
        head.uint64(id)
        try file.write(head.bytes, at: 0)
    }

    /// Encodes a column of a chunk; true for the chunk's last column. Chunks follow each other in every column, and
    /// each column belongs to one thread at a time; the columns may be on different threads.
    func encode(_ column: Int, of chunk: ChunkEncoding) -> Bool {
        chunk.encode(column, with: encoders[column], into: sinks.take())
    }

    /// Writes a chunk whose columns are encoded, the chunks in their order.
    func write(_ chunk: ChunkEncoding) throws(WarehouseError) {
        precondition(chunk.columnCount == columns.count)
        for column in columns.indices {
            let encoded = chunk.encoded(column)
            guard let sink = encoded.sink else { continue }
            let offset = fileBytes
            try file.write(sink.bytes, at: offset)
            fileBytes += sink.count
            entries[column].chunks.append(ChunkEntry(offset: offset, byteCount: sink.count, checksum: encoded.checksum,
                                                     zones: encoded.zones))
            sinks.give(sink)
        }
        rowCount += chunk.rowCount
    }

    private func put(_ sink: ByteSink) throws(WarehouseError) -> (offset: Int, checksum: UInt64) {
        sink.pad(to: 8)
        let offset = fileBytes
        try file.write(sink.bytes, at: offset)
        fileBytes += sink.count
        return (offset, Hash64.bytes(sink.bytes))
    }

    /// Writes what follows the chunks; the file is complete but not yet durable.
    func finish() throws(WarehouseError) -> SegmentRecord {
        var footer = ByteWriter()
        footer.uint64(id)
        footer.count(rowCount)
        footer.count(columns.count)
        var records: [SegmentRecord.ColumnRecord] = []
        for (column, encoder) in encoders.enumerated() {
            let sink = ByteSink()
            if encoder.encodeDictionary(into: sink) {
                let (offset, checksum) = try put(sink)
                entries[column].dictionaryOffset = offset
                entries[column].dictionaryBytes = sink.count
                entries[column].dictionaryChecksum = checksum
            }
            var directory = ByteWriter()
            entries[column].write(to: &directory)
            try file.write(directory.bytes, at: fileBytes)
            footer.uint32(columns[column].number)
            encoder.kind.write(to: &footer)
            footer.count(fileBytes)
            footer.count(directory.count)
            footer.uint64(Hash64.bytes(directory.bytes))
            fileBytes += directory.count
            let bytes = entries[column].chunks.reduce(0) { $0 + $1.byteCount } + entries[column].dictionaryBytes
            records.append(.init(number: columns[column].number, summary: encoder.summary,
                                 byteCount: bytes + directory.count))
        }
        let checksum = Hash64.bytes(footer.bytes, seed: id)
        let footerBytes = footer.count
        footer.uint32(UInt32(footerBytes))
        footer.uint32(0)
        footer.uint64(checksum)
        footer.raw(SegmentFormat.endMagic)
        try file.write(footer.bytes, at: fileBytes)
        fileBytes += footer.count
        encoders = []
        return SegmentRecord(id: id, fileBytes: fileBytes, rowCount: rowCount, footerChecksum: checksum,
                             columns: records)
    }

    /// Makes the finished file durable; its name still needs a sync of the directory.
    func sync() throws(WarehouseError) { try file.sync() }
}
