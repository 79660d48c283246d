import WarehouseBasics
import WarehouseColumns

/// Reads one file of JSON documents (one, NDJSON, or any others behind each other) into a VARIANT column, chunk after
/// chunk, with memory bounded by `LoadLimits`. Used from one thread at a time.
public final class JSONFileReader: ChunkReader {
    /// Documents read so far, rejected ones included.
    public private(set) var rowsParsed = 0
    /// Bytes of the file as it is stored that have been read so far: for progress.
    public var bytesConsumed: Int { source.bytesConsumed }

    private let source: any ByteSource
    private let scanner: DocumentScanner
    private let format: JSONFormat
    private let settings: LoadSettings
    private let fileName: String
    private let columnName: String
    private let builder = VariantBuilder()
    private var parser: JSONParser
    private var isFinished = false

    /// `source` gives the file as it is stored; decompression is done here. `columnName` stands in messages.
    public init(
        source: any ByteSource, fileName: String, format: JSONFormat, columnName: String = "$1", settings: LoadSettings
    ) throws {
        self.format = format
        self.settings = settings
        self.fileName = fileName
        self.columnName = columnName
        self.source = try FileText.open(
            source, format.compression, format.encoding, fileName: fileName, settings: settings)
        scanner = DocumentScanner(self.source, format: format, fileName: fileName, limits: settings.limits)
        parser = JSONParser(into: builder, options: format.parser)
    }

    /// Empties the chunk and fills its one column with the next documents; false when the file is at its end (the
    /// chunk is then empty). Rejected documents are reported in the chunk; what makes the rest of the file unreadable
    /// is thrown as a `WarehouseError`.
    public func next(into chunk: LoadedChunk) throws -> Bool {
        let column = ColumnBuffer(.string)
        chunk.begin([column], rowNumbers: settings.wantsRowNumbers ? ColumnBuffer(.int64) : nil)
        let start = scanner.fileOffsetOfNext
        while !isFinished, chunk.rowCount < settings.limits.chunkRows,
              scanner.fileOffsetOfNext - start < settings.limits.chunkBytes {
            guard let extent = try scanner.next() else {
                isFinished = true
                break
            }
            rowsParsed += 1
            chunk.rowsParsed += 1
            if let reject = read(extent, into: column) {
                chunk.rejects.append(reject)
                if settings.stopsAtFirstError { isFinished = true }
            } else {
                chunk.rowCount += 1
                chunk.rowNumbers?.append(integer: Int128(rowsParsed))
            }
        }
        chunk.bytesRead = scanner.fileOffsetOfNext - start
        return chunk.rowsParsed > 0
    }

    private func read(_ extent: DocumentScanner.Extent, into column: ColumnBuffer) -> RejectedRecord? {
        var bytes = UnsafePointer(scanner.buffer + extent.start), count = extent.count
        var repaired: [UInt8] = []
        if !UTF8Text.isValid(bytes, count: count) {
            guard format.replaceInvalidCharacters else {
                let digits = HexText.string(UnsafeBufferPointer(start: bytes, count: min(count, 100)), uppercase: true)
                return reject(extent, .invalidUTF8, "Invalid UTF8 detected in string '0x\(digits)'")
            }
            UTF8Text.appendRepaired(bytes, count: count, to: &repaired)
            count = repaired.count
        }
        return repaired.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress, !repaired.isEmpty { bytes = base }
            do throws(WarehouseError) {
                if try parser.parse(bytes, count: count) {
                    column.append(bytes: builder.encoded.bytes, count: builder.encoded.count)
                } else {
                    column.appendNull()
                }
                return nil
            } catch {
                let result = reject(extent, ErrorKind(error.code, error.sqlState), error.message)
                if !extent.isComplete { scanner.resume(behindFirstLineOf: extent) }
                return result
            }
        }
    }

    private func reject(_ extent: DocumentScanner.Extent, _ kind: ErrorKind, _ message: String) -> RejectedRecord {
        scanner.rejected(extent, rowNumber: rowsParsed, fileName: fileName, column: (columnName, 0), kind: kind,
                         message: message, category: .parsing, keepsRecord: settings.keepsRejectedRecords)
    }
}
