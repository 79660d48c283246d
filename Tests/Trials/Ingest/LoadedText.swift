import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// What a reader makes of a file: rows as texts (nil: NULL) and how many records it refuses.
struct LoadedText: Equatable {
    var rows: [[String?]] = []
    var rejects = 0

    private static func settings(bufferBytes: Int) -> LoadSettings {
        var settings = LoadSettings(timeZone: .utc)
        settings.keepsRejectedRecords = true
        settings.limits.bufferBytes = bufferBytes
        return settings
    }

    /// All fields of a CSV file, as texts.
    static func csv(
        _ bytes: [UInt8], _ format: CSVFormat, fields: Int, bufferBytes: Int, piece: Int
    ) throws -> LoadedText {
        let reader = try CSVFileReader(
            source: MemorySource(bytes, pieceLimit: piece), fileName: "trial.csv", format: format, fieldCount: fields,
            settings: settings(bufferBytes: bufferBytes))
        var result = LoadedText()
        let formatter = ValueFormatter(type: .text, formats: TextFormats(timeZone: .utc))
        let chunk = LoadedChunk()
        while try reader.next(into: chunk) { result.add(chunk, formatter) }
        return result
    }

    /// All documents of a JSON file, printed.
    static func json(_ bytes: [UInt8], _ format: JSONFormat, bufferBytes: Int, piece: Int) throws -> LoadedText {
        let reader = try JSONFileReader(
            source: MemorySource(bytes, pieceLimit: piece), fileName: "trial.json", format: format,
            settings: settings(bufferBytes: bufferBytes))
        var result = LoadedText()
        let formatter = ValueFormatter(type: .variant, formats: TextFormats(timeZone: .utc))
        let chunk = LoadedChunk()
        while try reader.next(into: chunk) { result.add(chunk, formatter) }
        return result
    }

    private mutating func add(_ chunk: LoadedChunk, _ formatter: ValueFormatter) {
        let vectors = chunk.columns.map { $0.vector() }
        for row in 0..<chunk.rowCount { rows.append(vectors.map { formatter.string($0, row) }) }
        rejects += chunk.rejects.count
    }

    /// All bytes a source gives.
    static func drain(_ source: any ByteSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
