import WarehouseBasics
import WarehouseIngest

/// How a stage's files are read: CSV, as fields, or JSON, as one VARIANT a document; other types are refused by name.
struct StagedFormat {
    enum Kind {
        case csv(CSVFormat)
        case json(JSONFormat)
    }

    let attributes: Attributes
    let kind: Kind

    /// Where the format leaves dates and times to detection, the session's input formats apply.
    init(_ attributes: Attributes, _ run: StatementRun) throws {
        try self.init(attributes, inputs: run.sessionContext.parameters)
    }

    private init(_ attributes: Attributes, inputs: [String: String]) throws {
        var attributes = attributes
        for kind in ["DATE", "TIME", "TIMESTAMP"] {
            let name = "\(FileFormatOptions.prefix)\(kind)_FORMAT"
            let own = attributes[name]?.text ?? "AUTO"
            guard own.uppercased() == "AUTO", let input = inputs["\(kind)_INPUT_FORMAT"], !input.isEmpty else { continue }
            attributes[name] = .text(input)
        }
        self.attributes = attributes
        let type = attributes["\(FileFormatOptions.prefix)TYPE"]?.text ?? "CSV"
        switch type {
        case "CSV": kind = .csv(try FileFormatOptions.csvFormat(attributes))
        case "JSON": kind = .json(try FileFormatOptions.jsonFormat(attributes))
        default: throw StatementDispatcher.unsupported("reading files of type \(type)")
        }
    }

    /// A format that a file's beginning told.
    init(_ kind: SniffedFile.Kind) {
        attributes = [:]
        self.kind = switch kind {
        case .csv(let format): .csv(format)
        case .json(let format): .json(format)
        }
    }

    /// The input formats of dates and times that the format asks for, as session parameters.
    var inputParameters: [String: String] {
        var result: [String: String] = [:]
        for kind in ["DATE", "TIME", "TIMESTAMP"] {
            if let text = attributes["\(FileFormatOptions.prefix)\(kind)_FORMAT"]?.text {
                result["\(kind)_INPUT_FORMAT"] = text
            }
        }
        return result
    }

    /// The places of records that are in error for what was made of them.
    func locate(_ marks: [RecordMark], _ source: any ByteSource, fileName: String, settings: LoadSettings) throws
        -> [RejectedRecord] {
        switch kind {
        case .csv(let format):
            try CSVFileReader.locate(marks, source: source, fileName: fileName, format: format, settings: settings)
        case .json(let format):
            try JSONFileReader.locate(marks, source: source, fileName: fileName, format: format, settings: settings)
        }
    }

    /// Type of `$1`, `$2`, …
    var fieldType: LogicalType {
        switch kind {
        case .csv: .text
        case .json: .variant
        }
    }

    /// Reads fields as they are: `$1`, `$2`, … A document of JSON is `$1`.
    func reader(_ source: any ByteSource, fileName: String, fieldCount: Int, settings: LoadSettings) throws
        -> any ChunkReader {
        switch kind {
        case .csv(let format):
            try CSVFileReader(source: source, fileName: fileName, format: format, fieldCount: fieldCount,
                              settings: settings)
        case .json(let format):
            try JSONFileReader(source: source, fileName: fileName, format: format, settings: settings)
        }
    }

    /// Reads a table's columns. JSON fills one VARIANT column and no other.
    func reader(_ source: any ByteSource, fileName: String, columns: [LoadColumn], settings: LoadSettings,
                fieldCountToCheck: Int) throws -> any ChunkReader {
        switch kind {
        case .csv(let format):
            return try CSVFileReader(source: source, fileName: fileName, format: format, columns: columns,
                                     settings: settings, fieldCountToCheck: fieldCountToCheck)
        case .json(let format):
            guard columns.count == 1, columns[0].type == .variant, columns[0].fieldIndex == 0 else {
                throw WarehouseError(
                    .invalidValue, "SQL compilation error:\nJSON file format can produce one and only one column of variant "
                        + "type.",
                    hint: "Load into a table of one VARIANT column, or by a transformation: COPY INTO t FROM (SELECT "
                        + "$1:name::VARCHAR FROM @stage).")
            }
            return try JSONFileReader(source: source, fileName: fileName, format: format, columnName: columns[0].name,
                                      settings: settings)
        }
    }
}
