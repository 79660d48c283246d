import WarehouseBasics
import WarehouseColumns

/// Reads one CSV file into columns, chunk after chunk, with memory bounded by `LoadLimits`. Used from one thread at
/// a time.
///
///     let reader = try CSVFileReader(source: FileSource(path: path), fileName: "tags.csv.gz", format: format,
///                                    columns: columns, settings: settings, fieldCountToCheck: 4)
///     let chunk = LoadedChunk()
///     while try reader.next(into: chunk) { … }
public final class CSVFileReader: ChunkReader {
    /// Names in the header, when the format has PARSE_HEADER; nil also when the file is empty.
    public let header: [String]?
    /// Records read so far, rejected ones included; the header is none.
    public private(set) var rowsParsed = 0
    /// Bytes of the file as it is stored that have been read so far: for progress.
    public var bytesConsumed: Int { source.bytesConsumed }

    private let source: any ByteSource
    private let scanner: CSVScanner
    private let converter: RecordConverter
    private let limits: LoadLimits
    private var isFinished = false
    /// Present when the file may be read by pieces.
    private var parallel: ParallelParsing?

    /// Reads typed columns. `source` gives the file as it is stored: decompression by `format.compression` is done
    /// here. `fieldCountToCheck` is the number of fields that each record must have when the format has
    /// ERROR_ON_COLUMN_COUNT_MISMATCH; nil leaves it unchecked.
    public convenience init(
        source: any ByteSource, fileName: String, format: CSVFormat, columns: [LoadColumn], settings: LoadSettings,
        fieldCountToCheck: Int?
    ) throws {
        try self.init(source, fileName, format, settings) { _ in (columns, fieldCountToCheck) }
    }

    /// As the form with columns, which are chosen once the header is known: for MATCH_BY_COLUMN_NAME. The header is
    /// nil when the format has no PARSE_HEADER or the file is empty. Without `fieldCountToCheck` each record must have
    /// as many fields as the header.
    public convenience init(
        source: any ByteSource, fileName: String, format: CSVFormat, settings: LoadSettings,
        fieldCountToCheck: Int? = nil, choosing columns: (_ header: [String]?) throws -> [LoadColumn]
    ) throws {
        try self.init(source, fileName, format, settings) { header in
            (try columns(header), fieldCountToCheck ?? header?.count)
        }
    }

    /// Reads the first `fieldCount` fields of every record as text: `$1`, `$2`, … of a staged file. Missing fields
    /// are NULL.
    public convenience init(
        source: any ByteSource, fileName: String, format: CSVFormat, fieldCount: Int, settings: LoadSettings
    ) throws {
        let columns = (0..<fieldCount).map { LoadColumn(name: "$\($0 + 1)", type: .text, fieldIndex: $0) }
        try self.init(source, fileName, format, settings) { _ in (columns, nil) }
    }

    private init(
        _ source: any ByteSource, _ fileName: String, _ format: CSVFormat, _ settings: LoadSettings,
        _ choose: ([String]?) throws -> (columns: [LoadColumn], fieldCountToCheck: Int?)
    ) throws {
        limits = settings.limits
        let text = try FileText.open(source, format, fileName: fileName, settings: settings)
        let pieces = settings.threads > 1 && format.canBeSplit ? TextPieces(text) : nil
        self.source = pieces ?? text
        scanner = try CSVScanner(self.source, format: format, fileName: fileName, limits: settings.limits)
        header = format.parseHeader ? try CSVFileReader.readHeader(scanner, format) : nil
        let (columns, fieldCount) = try choose(header)
        let makeConverter = { (scanner: CSVScanner) throws -> RecordConverter in
            let converters = try columns.enumerated().map { index, column in
                try ColumnConverter.make(column, index: index, settings: settings, format: format)
            }
            return RecordConverter(
                converters, scanner: scanner, settings: settings, format: format, fileName: fileName,
                fieldCountToCheck: fieldCount)
        }
        converter = try makeConverter(scanner)
        guard let pieces else { return }
        // One piece more than threads, so that none waits for the next to be read.
        parallel = ParallelParsing(pieces, width: settings.threads + 1) {
            let scanner = try CSVScanner(
                MemorySource([]), format: format, fileName: fileName, limits: settings.limits)
            return PieceParser(scanner: scanner, converter: try makeConverter(scanner), limits: settings.limits)
        }
    }

    /// Empties the chunk and fills it with the next rows; false when the file is at its end (the chunk is then
    /// empty). A rejected record is reported in the chunk; what makes the rest of the file unreadable (damaged
    /// compression, a record past the limit) is thrown as a `WarehouseError`.
    public func next(into chunk: LoadedChunk) throws -> Bool {
        converter.begin(chunk)
        guard !isFinished else { return false }
        if let parallel, parallel.isUnderWay || parallel.isWorthwhile && scanner.isDrained {
            switch try parallel.next(line: &scanner.line, row: &rowsParsed) {
            case .chunk(let parsed):
                chunk.take(parsed)
                return true
            case .end:
                isFinished = true
                return false
            case .mustReadInOrder: scanner.resume(line: scanner.line)
            }
        }
        return try nextInOrder(into: chunk)
    }

    private func nextInOrder(into chunk: LoadedChunk) throws -> Bool {
        let start = scanner.fileOffsetOfNext
        while chunk.rowCount < limits.chunkRows, scanner.fileOffsetOfNext - start < limits.chunkBytes {
            let count = try scanner.next(maximumRecords: limits.chunkRows - chunk.rowCount)
            if count == 0 {
                isFinished = true
                break
            }
            let before = chunk.rowsParsed
            let goesOn = converter.convert(into: chunk, firstRow: rowsParsed + 1)
            rowsParsed += chunk.rowsParsed - before
            if !goesOn {
                isFinished = true
                break
            }
            if parallel?.isWorthwhile == true, scanner.isDrained { break }
        }
        chunk.bytesRead = scanner.fileOffsetOfNext - start
        return chunk.rowsParsed > 0
    }

    /// How many fields the widest of a file's first records has, the header's names included; 0 when the file is empty.
    public static func width(of source: any ByteSource, fileName: String, format: CSVFormat, settings: LoadSettings) throws
        -> Int {
        var settings = settings
        settings.readsAhead = false
        let text = try FileText.open(source, format, fileName: fileName, settings: settings)
        let scanner = try CSVScanner(text, format: format, fileName: fileName, limits: settings.limits)
        let count = try scanner.next()
        let width = (0..<count).reduce(0) { max($0, Int(scanner.block.fieldCounts[$1])) }
        guard width <= SchemaInference.maximumColumns else {
            throw WarehouseError(.limitExceeded, "'\(fileName)' has \(width) columns; at most "
                + "\(SchemaInference.maximumColumns) are read by *.")
        }
        return width
    }

    static func readHeader(_ scanner: CSVScanner, _ format: CSVFormat) throws -> [String]? {
        guard try scanner.next(maximumRecords: 1) > 0 else { return nil }
        let block = scanner.block
        guard Int(block.fieldCounts[0]) < RecordBlock.fieldCapacity else {
            throw WarehouseError(
                .limitExceeded, "The header of '\(scanner.fileName)' has \(block.fieldCounts[0]) columns; at most "
                    + "\(RecordBlock.fieldCapacity - 1) can be read.")
        }
        if let fault = block.faults.first {
            throw WarehouseError(
                .fileQuoting, "The header of '\(scanner.fileName)' is not well-formed at byte "
                    + "\(block.fileOffset + fault.offset): its enclosures do not match.")
        }
        let text = FieldText(format), scratch = ByteBuffer()
        return (0..<block.storedFieldCount(0)).map { index in
            let field = Int(block.firstFields[0]) + index
            let meta = block.metas[field]
            scratch.removeAll()
            let bytes = block.text + Int(block.starts[field])
            if meta & RecordBlock.FieldFlag.escaped != 0 {
                text.append(bytes, count: block.length(field),
                            isEnclosed: meta & RecordBlock.FieldFlag.enclosed != 0, to: scratch)
            } else {
                scratch.append(bytes, count: block.length(field))
            }
            return scratch.string
        }
    }
}
