import Dispatch
import WarehouseBasics
import WarehouseColumns

/// Writes one segment file chunk by chunk (`SegmentFormat`). One thread at a time.
final class SegmentWriter {
    let id: UInt64
    let path: String
    private let file: any DiskFile
    private let columns: [StoredColumn]
    private let encoders: [ColumnEncoder]
    private let sinks: [ByteSink]
    private var entries: [ColumnEntries]
    private var fileBytes = SegmentFormat.headerBytes
    private(set) var rowCount = 0
    private var isFull = false

    /// Makes the file.
    init(disk: any Disk, id: UInt64, columns: [StoredColumn]) throws(WarehouseError) {
        self.id = id
        self.columns = columns
        path = SegmentFormat.path(id)
        file = try disk.open(path, .create)
        encoders = columns.map { ColumnEncoder(ColumnKind($0.type)) }
        sinks = columns.map { _ in ByteSink() }
        entries = columns.map { _ in ColumnEntries() }
        var head = ByteWriter()
        head.raw(SegmentFormat.magic)
        head.uint32(SegmentFormat.version)
        head.uint32(0)
        head.uint64(id)
        try file.write(head.bytes, at: 0)
    }

    /// Whether no further chunk fits.
    var mustFinish: Bool { isFull || rowCount >= SegmentFormat.maximumRows }

    /// Writes a chunk: a buffer for every column, of equal counts up to 65,536. A chunk of fewer rows is the last.
    func writeChunk(_ buffers: [ColumnBuffer]) throws(WarehouseError) {
        let rows = buffers.first?.count ?? 0
        precondition(buffers.count == columns.count && rows <= SegmentFormat.chunkRows && !mustFinish)
        guard rows > 0 else { return }
        let zones = encodeAll(buffers)
        for (column, sink) in sinks.enumerated() {
            let (offset, checksum) = try put(sink)
            entries[column].chunks.append(ChunkEntry(offset: offset, byteCount: sink.count, checksum: checksum,
                                                     zones: zones[column]))
        }
        rowCount += rows
        isFull = rows < SegmentFormat.chunkRows
    }

    private func encodeAll(_ buffers: [ColumnBuffer]) -> [ChunkZones] {
        let results = UnsafeMutableBufferPointer<ChunkZones>.allocate(capacity: buffers.count)
        results.initialize(repeating: ChunkZones())
        defer {
            results.deinitialize()
            results.deallocate()
        }
        let job = EncodingJob(buffers: buffers, encoders: encoders, sinks: sinks, results: results)
        if buffers.count > 1, buffers[0].count >= 8192 {
            DispatchQueue.concurrentPerform(iterations: buffers.count) { job.run($0) }
        } else {
            for column in 0..<buffers.count { job.run(column) }
        }
        return Array(results)
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
            let sink = sinks[column]
            sink.removeAll()
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
        return SegmentRecord(id: id, fileBytes: fileBytes, rowCount: rowCount, footerChecksum: checksum,
                             columns: records)
    }

    /// Makes the finished file durable; its name still needs a sync of the directory.
    func sync() throws(WarehouseError) { try file.sync() }
}

/// The columns of one chunk, encoded side by side; each index touches its own column's things only.
private struct EncodingJob: @unchecked Sendable {
    let buffers: [ColumnBuffer]
    let encoders: [ColumnEncoder]
    let sinks: [ByteSink]
    let results: UnsafeMutableBufferPointer<ChunkZones>

    func run(_ column: Int) {
        sinks[column].removeAll()
        results[column] = encoders[column].encode(buffers[column], into: sinks[column])
    }
}
