import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// How unloaded files are written: CSV rows, or one JSON document a row. The text is UTF-8 whatever ENCODING says, which
/// is about loading.
struct UnloadFormat {
    private enum Kind {
        case csv(CSVWriter.Options, refusesBareEmptyText: Bool)
        case json
    }

    private let kind: Kind
    private let formats: TextFormats
    /// GZIP, DEFLATE, RAW_DEFLATE or NONE.
    let compression: FileCompression
    /// With its dot: `.csv.gz`.
    let fileExtension: String

    init(_ attributes: Attributes, _ run: StatementRun) throws {
        func text(_ name: String) -> String? { attributes[FileFormatOptions.prefix + name]?.text }
        let type = text("TYPE") ?? "CSV"
        var compression = try FileCompression.named(text("COMPRESSION") ?? "AUTO")
        if compression == .auto { compression = .gzip }
        guard [.gzip, .deflate, .rawDeflate, .none].contains(compression) else {
            throw StatementDispatcher.unsupported("unloading with COMPRESSION = \(compression.name)")
        }
        self.compression = compression
        switch type {
        case "CSV":
            var format = try FileFormatOptions.csvFormat(attributes)
            if text("RECORD_DELIMITER") == "\r\n" { format.recordDelimiter = [13, 10] }
            kind = .csv(CSVWriter.Options(unloading: format),
                        refusesBareEmptyText: format.enclosure == nil && format.emptyFieldAsNull)
        case "JSON": kind = .json
        default: throw StatementDispatcher.unsupported("unloading to files of type \(type)")
        }
        if let own = text("FILE_EXTENSION"), !own.isEmpty, own.uppercased() != "NONE" {
            fileExtension = own.hasPrefix(".") ? own : "." + own
        } else {
            fileExtension = "." + type.lowercased() + compression.fileExtension
        }
        formats = try UnloadFormat.textFormats(text, run)
    }

    /// What the file format leaves to AUTO follows the session's output formats.
    private static func textFormats(_ text: (String) -> String?, _ run: StatementRun) throws -> TextFormats {
        func own(_ name: String) throws -> TimestampFormat? {
            guard let format = text(name), format.uppercased() != "AUTO", !format.isEmpty else { return nil }
            return try TimestampFormat(format)
        }
        var formats = try run.formatSettings()
        if let date = try own("DATE_FORMAT") { formats.date = date }
        if let time = try own("TIME_FORMAT") { formats.time = time }
        if let timestamp = try own("TIMESTAMP_FORMAT") {
            formats.timestampNTZ = timestamp
            formats.timestampLTZ = timestamp
            formats.timestampTZ = timestamp
        }
        formats.binary = try BinaryTextFormat.named(text("BINARY_FORMAT") ?? "HEX")
        formats.variant = .compact
        formats.float = .shortest
        return formats
    }

    /// A writer of rows with these columns.
    func makeWriter(_ columns: [(name: String, type: LogicalType)]) throws -> any UnloadRowWriter {
        switch kind {
        case .csv(let options, let refuses):
            return CSVRows(CSVWriter(columns: columns, formats: formats, options: options), refuses)
        case .json:
            guard columns.count == 1, columns[0].type.isSemiStructured else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\nJSON file format can produce one and only one column of "
                        + "variant or object or array type. Use CSV file format if you want to unload more than one "
                        + "column.",
                    hint: "COPY INTO @stage FROM (SELECT OBJECT_CONSTRUCT(*) FROM t) writes rows as objects.")
            }
            return JSONRows(ValueFormatter(type: columns[0].type, formats: formats))
        }
    }
}

extension LogicalType {
    fileprivate var isSemiStructured: Bool {
        switch self {
        case .variant, .object, .array: true
        default: false
        }
    }
}

/// Writes rows as they stand in a file.
protocol UnloadRowWriter: AnyObject {
    /// Where each row of the last `append` ends in its buffer.
    var rowEnds: [Int] { get }
    func appendHeader(to out: ByteBuffer)
    func append(_ vectors: [Vector], rows: Range<Int>, to out: ByteBuffer) throws
}

private final class CSVRows: UnloadRowWriter {
    private let writer: CSVWriter
    private let refusesBareEmptyText: Bool

    init(_ writer: CSVWriter, _ refusesBareEmptyText: Bool) {
        self.writer = writer
        self.refusesBareEmptyText = refusesBareEmptyText
    }

    var rowEnds: [Int] { writer.rowEnds }

    func appendHeader(to out: ByteBuffer) { writer.appendHeader(to: out) }

    func append(_ vectors: [Vector], rows: Range<Int>, to out: ByteBuffer) throws {
        writer.append(vectors, rows: rows, to: out)
        if refusesBareEmptyText, writer.hasBareEmptyText {
            throw WarehouseError(
                .bareEmptyText, "Cannot unload empty string without file format option field_optionally_enclosed_by being "
                    + "specified.", hint: "Or set EMPTY_FIELD_AS_NULL = FALSE.")
        }
    }
}

private final class JSONRows: UnloadRowWriter {
    private let formatter: ValueFormatter
    private(set) var rowEnds: [Int] = []

    init(_ formatter: ValueFormatter) { self.formatter = formatter }

    /// A document names its own fields.
    func appendHeader(to out: ByteBuffer) {}

    func append(_ vectors: [Vector], rows: Range<Int>, to out: ByteBuffer) {
        rowEnds.removeAll(keepingCapacity: true)
        for row in rows {
            if vectors[0].isNull(row) { out.append("null") } else { formatter.append(vectors[0], row, to: out) }
            out.append(UInt8(ascii: "\n"))
            rowEnds.append(out.count)
        }
    }
}
