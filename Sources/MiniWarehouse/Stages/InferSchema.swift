import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// `INFER_SCHEMA(LOCATION => '@stage/path', FILE_FORMAT => 'name', …)`: the columns of staged files.
enum InferSchema {
    static let arguments = ["LOCATION", "FILE_FORMAT", "FILES", "IGNORE_CASE", "MAX_FILE_COUNT", "MAX_RECORDS_PER_FILE",
                            "KIND"]

    static func run(_ arguments: CatalogFunctions.Arguments, _ run: StatementRun) throws -> ResultSet {
        let text = try arguments.required("LOCATION")
        guard text.hasPrefix("@"), text.count > 1 else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error: Invalid value '\(text)' provided for argument LOCATION of function "
                    + "INFER_SCHEMA. Please use a named stage location.")
        }
        let location = try Parser.parseStageLocation(text)
        let stage = try StageResolver.resolve(location, for: .read, in: run)
        let name = try Parser.parseObjectName(try arguments.required("FILE_FORMAT")).map(\.name)
        let format = try StagedFormat(run.resolver().usable(.fileFormat, name).attributes, run)
        if let kind = try arguments.text("KIND"), Identifiers.folded(kind) != "STANDARD" {
            throw StatementDispatcher.unsupported("KIND => '\(kind)' of INFER_SCHEMA")
        }
        var options = SchemaInference.Options()
        options.ignoresCase = try arguments.flag("IGNORE_CASE") ?? false
        options.maximumRecords = try arguments.count("MAX_RECORDS_PER_FILE")
        let files = try chosen(arguments, stage, location).prefix(try arguments.count("MAX_FILE_COUNT") ?? .max)
        let inference = SchemaInference(options), settings = try run.loadSettings()
        for file in files {
            try run.queryContext.checkCancelled()
            let source = try stage.files.source(file), name = stage.displayPrefix + file.path
            switch format.kind {
            case .csv(let format):
                try inference.addCSV(source, fileName: name, label: file.path, format: format, settings: settings)
            case .json(let format):
                try inference.addJSON(source, fileName: name, label: file.path, format: format, settings: settings)
            }
        }
        return result(inference.columns, format, ignoresCase: options.ignoresCase)
    }

    /// Files below the location, by path; those of FILES when it is there.
    private static func chosen(_ arguments: CatalogFunctions.Arguments, _ stage: ResolvedStage,
                               _ location: StageLocation) throws -> [StagedFile] {
        guard let names = try arguments.list("FILES") else { return try stage.list(prefix: location.path, pattern: nil) }
        let all = try stage.list(prefix: "", pattern: nil)
        let base = location.path.isEmpty || location.path.hasSuffix("/") ? location.path : location.path + "/"
        for name in names where !all.contains(where: { $0.path == base + name }) {
            throw WarehouseError(.fileNotFound, "Remote file '\(stage.displayPrefix)\(base)\(name)' was not found.",
                                 hint: Identifiers.hint(for: base + name, in: all.map(\.path)))
        }
        let wanted = Set(names.map { base + $0 })
        return all.filter { wanted.contains($0.path) }
    }

    private static func result(_ columns: [InferredColumn], _ format: StagedFormat, ignoresCase: Bool) -> ResultSet {
        var rows = RowBuilder([("COLUMN_NAME", .text), ("TYPE", .text), ("NULLABLE", .boolean), ("EXPRESSION", .text),
                               ("FILENAMES", .text), ("ORDER_ID", .integer)])
        for column in columns {
            let type = typeName(column.type)
            let field = switch format.kind {
            case .csv: "$\(column.position + 1)"
            case .json where ignoresCase: "GET_IGNORE_CASE($1, \(DocumentTexts.literal(column.name)))"
            case .json: "$1:\(isPlain(column.name) ? column.name : DocumentTexts.quotedKey(column.name))"
            }
            rows.add([.text(column.name), .text(type), .boolean(true), .text("\(field)::\(type)"),
                      .text(column.files.joined(separator: ", ")), .count(column.position)])
        }
        return rows.result
    }

    /// Whether a path needs no quotes around a key.
    private static func isPlain(_ key: String) -> Bool {
        guard let first = key.utf8.first, first < 48 || first > 57 else { return false }
        return key.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
    }

    /// A type as INFER_SCHEMA spells it.
    private static func typeName(_ type: LogicalType) -> String {
        switch type {
        case .number(let precision, let scale): "NUMBER(\(precision), \(scale))"
        case .float: "REAL"
        case .varchar: "TEXT"
        case .timestampNTZ: "TIMESTAMP_NTZ"
        case .time: "TIME"
        default: type.description
        }
    }
}
