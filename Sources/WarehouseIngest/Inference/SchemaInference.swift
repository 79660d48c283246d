import WarehouseBasics
import WarehouseColumns

/// Finds the columns of files and the types that hold all of their values.
///
///     let inference = SchemaInference()
///     try inference.addCSV(FileSource(path: path), fileName: "tags.csv", format: format, settings: settings)
///     for column in inference.columns { print(column.name, column.type) }
public final class SchemaInference {
    public struct Options: Sendable, Hashable {
        /// Names that differ in case only are one, in upper case.
        public var ignoresCase = false
        /// Records read of each file; nil: all.
        public var maximumRecords: Int?
        /// `007` is a text, as of a postal code, instead of the number 7.
        public var keepsLeadingZeros = false
        /// Only `true` and `false` are BOOLEAN: `y` or `F` may stand for anything.
        public var takesOnlyWordsForBooleans = false
        /// Timestamps of which one has an offset are TIMESTAMP_TZ, so that none is lost.
        public var keepsOffsets = false
        /// Decimals that are Doubles as programs print them, `0.025000000000000022`, are FLOAT: as NUMBER they would have
        /// room for digits that mean nothing.
        public var recognizesDoubles = false

        public init() {}

        /// What a user who says nothing expects: nothing of a text is lost by its type.
        public static let careful: Options = {
            var options = Options()
            options.keepsLeadingZeros = true
            options.takesOnlyWordsForBooleans = true
            options.keepsOffsets = true
            options.recognizesDoubles = true
            return options
        }()
    }

    private struct Found {
        var name: String
        var position: Int
        var files: [String]
        var candidates: TypeCandidates
    }

    private let options: Options
    private var found: [Found] = []
    private var places: [String: Int] = [:]
    /// Records read of all files.
    public private(set) var recordCount = 0

    /// Names a document may have, or fields a record; more are an error.
    static let maximumColumns = 10_000

    public init(_ options: Options = Options()) { self.options = options }

    /// The columns found: those of CSV files in their order, those of JSON documents by their keys.
    public var columns: [InferredColumn] {
        found.map {
            InferredColumn(name: $0.name, type: $0.candidates.type(options),
                           position: $0.position, files: $0.files)
        }.enumerated().sorted { a, b in (a.element.position, a.offset) < (b.element.position, b.offset) }.map(\.element)
    }

    /// Reads a CSV file: its columns are called as the header says when the format has PARSE_HEADER, else `c1`, `c2`, ….
    /// `label` is what the columns' `files` show. Records that are not well-formed are passed over. `width` is the number
    /// of columns where that is known; else files without names have as many as their widest record.
    public func addCSV(_ source: any ByteSource, fileName: String, label: String? = nil, format: CSVFormat,
                       width: Int? = nil, settings: LoadSettings) throws {
        let text = try FileText.open(source, format, fileName: fileName, settings: settings)
        let scanner = try CSVScanner(text, format: format, fileName: fileName, limits: settings.limits)
        let header = format.parseHeader ? try CSVFileReader.readHeader(scanner, format) : nil
        if let header { try check(header, fileName) } else if let width { try checkWidth(width, fileName) }
        let fields = FieldBlock(scanner.block, format: format)
        let formats = TypeCandidates.Formats(format)
        var columns: [TypeCandidates] = Array(repeating: TypeCandidates(), count: header?.count ?? width ?? 0)
        var read = 0
        while read < options.maximumRecords ?? .max {
            try Interruption.check()
            let count = try scanner.next(maximumRecords: min(
                RecordBlock.maximumRecords, (options.maximumRecords ?? .max) - read))
            if count == 0 { break }
            read += count
            try take(scanner.block, fields, formats, &columns, isOpen: header == nil && width == nil, fileName)
        }
        recordCount += read
        // A file without records tells nothing, not even that its columns are text.
        guard read > 0 else { return }
        for (index, candidates) in columns.enumerated() {
            let name = header.map { $0[index].isEmpty ? "c\(index + 1)" : $0[index] } ?? "c\(index + 1)"
            note(name, index, label ?? fileName, candidates)
        }
    }

    /// Notes the values of a block, column after column. Without a header (`isOpen`) records may be ever longer.
    private func take(_ block: RecordBlock, _ fields: FieldBlock, _ formats: TypeCandidates.Formats,
                      _ columns: inout [TypeCandidates], isOpen: Bool, _ fileName: String) throws {
        fields.begin()
        var nextFault = 0, width = columns.count
        for record in 0..<block.recordCount {
            if nextFault < block.faults.count, block.faults[nextFault].record == record {
                nextFault += 1
                continue
            }
            fields.rows[fields.rowCount] = Int32(truncatingIfNeeded: record)
            fields.rowCount += 1
            if isOpen { width = max(width, Int(block.fieldCounts[record])) }
        }
        try checkWidth(width, fileName)
        while columns.count < width { columns.append(TypeCandidates()) }
        for index in columns.indices {
            fields.select(index, areRegular: false)
            for row in 0..<fields.rowCount {
                let field = Int(fields.fields[row])
                if fields.isNull(field) { continue }
                let (bytes, count) = fields.text(field)
                columns[index].note(bytes, count, formats)
            }
        }
    }

    /// Reads a file of JSON objects: each key is a column.
    public func addJSON(_ source: any ByteSource, fileName: String, label: String? = nil, format: JSONFormat,
                        settings: LoadSettings) throws {
        var settings = settings
        settings.limits.chunkRows = min(settings.limits.chunkRows, options.maximumRecords ?? .max, 4096)
        let reader = try JSONFileReader(source: source, fileName: fileName, format: format, settings: settings)
        let formats = TypeCandidates.Formats(CSVFormat())
        let chunk = LoadedChunk()
        var keys: [String: (position: Int, candidates: TypeCandidates)] = [:]
        var read = 0
        while read < options.maximumRecords ?? .max, try reader.next(into: chunk) {
            if let reject = chunk.rejects.first { throw reject.error(table: nil) }
            let documents = chunk.columns[0]
            for row in 0..<min(chunk.rowCount, (options.maximumRecords ?? .max) - read) {
                let document = documents.isNull(row) ? nil : VariantView(documents.strings[row])
                guard let document, document.kind == .object else {
                    throw SchemaInference.noObject(document?.kind, fileName)
                }
                for index in 0..<document.elementCount {
                    let key = document.key(index).string
                    var entry = keys[key] ?? (index, TypeCandidates())
                    entry.candidates.note(document[index], formats)
                    keys[key] = entry
                }
                try checkWidth(keys.count, fileName)
            }
            read += chunk.rowCount
        }
        recordCount += read
        for (key, entry) in keys.sorted(by: { ($0.value.position, $0.key) < ($1.value.position, $1.key) }) {
            note(key, entry.position, label ?? fileName, entry.candidates)
        }
    }

    private func note(_ name: String, _ position: Int, _ file: String, _ candidates: TypeCandidates) {
        let name = options.ignoresCase ? name.uppercased() : name
        if let index = places[name] {
            found[index].candidates.merge(candidates)
            if !found[index].files.contains(file) { found[index].files.append(file) }
        } else {
            places[name] = found.count
            found.append(Found(name: name, position: position, files: [file], candidates: candidates))
        }
    }

    private func check(_ header: [String], _ fileName: String) throws {
        try checkWidth(header.count, fileName)
        var seen: Set<String> = []
        for name in header where !name.isEmpty && !seen.insert(options.ignoresCase ? name.uppercased() : name).inserted {
            throw WarehouseError(
                .invalidValue, "Error with CSV header: duplicated column names \"\(name)\" is not allowed in the header\n"
                    + "  File '\(fileName)'")
        }
    }

    private func checkWidth(_ width: Int, _ fileName: String) throws {
        guard width <= SchemaInference.maximumColumns else {
            throw WarehouseError(
                .limitExceeded, "'\(fileName)' has \(width) columns; at most \(SchemaInference.maximumColumns) can be "
                    + "inferred.")
        }
    }

    private static func noObject(_ kind: VariantKind?, _ fileName: String) -> WarehouseError {
        let name = switch kind {
        case .array?: "ARRAY"
        case .integer?, .decimal?: "FIXED"
        case .double?: "REAL"
        case .boolean?: "BOOLEAN"
        case .string?: "TEXT"
        default: "NULL_VALUE"
        }
        let advice = kind == .array ? "Please consider STRIP_OUTER_ARRAY or validate the JSON data"
            : "Please validate the JSON data or use CSV file format"
        return WarehouseError(.invalidValue, "Schema Inference failed: \(name) detected instead of an OBJECT. \(advice)\n"
            + "  File '\(fileName)'")
    }
}

/// A column that inference found.
public struct InferredColumn: Sendable, Hashable {
    /// As the header or the documents write it.
    public var name: String
    /// The narrowest type of all values seen: NUMBER with as many digits as they need, VARCHAR without a length.
    public var type: LogicalType
    /// Which field of a record it is, or which key of a document, from 0.
    public var position: Int
    /// The files that have it.
    public var files: [String]

    /// The type with room for values that were not seen: a NUMBER of 38 digits.
    public var roomyType: LogicalType {
        if case .number(_, let scale) = type { return .number(precision: 38, scale: scale) }
        return type
    }
}
