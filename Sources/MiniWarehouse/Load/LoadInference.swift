import WarehouseBasics
import WarehouseIngest

/// The columns of a table that files are to make.
struct LoadInference {
    private let options: FileLoadOptions
    private let stage: ResolvedStage
    private let run: StatementRun
    private let settings: LoadSettings

    /// Errors of a value that does not fit the type of its column.
    static let misfits: Set<String> = Set([
        ErrorKind.numericNotRecognized, .numericOutOfRange, .booleanNotRecognized, .dateNotRecognized,
        .timestampNotRecognized, .timeNotRecognized,
    ].map(\.code))

    /// The one column of JSON documents that are no objects.
    static let valueColumn = "VALUE"

    init(_ options: FileLoadOptions, _ stage: ResolvedStage, _ run: StatementRun, _ settings: LoadSettings) {
        self.options = options
        self.stage = stage
        self.run = run
        self.settings = settings
    }

    /// Of CSV files `maximumRecords` of each are read; nil: all. Of JSON the group's keys are the columns.
    func columns(of group: LoadGroup, maximumRecords: Int?) throws -> [TableColumn] {
        try group.keys?.map(\.column) ?? csv(group, maximumRecords)
    }

    private func csv(_ group: LoadGroup, _ maximumRecords: Int?) throws -> [TableColumn] {
        let names = group.files[0].columns
        if let other = group.files.first(where: { $0.columns != names }) {
            throw LoadGroup.differ(group.files[0], other, table: group.table.last ?? "")
        }
        if options.isAllText { return names.map { TableColumn($0, .text) } }
        var careful = SchemaInference.Options.careful
        careful.maximumRecords = maximumRecords
        let inference = SchemaInference(careful)
        for file in group.files {
            try run.queryContext.checkCancelled()
            guard case .csv(let format) = file.sniffed.kind else { continue }
            try inference.addCSV(stage.files.source(file.file), fileName: stage.displayPrefix + file.file.path,
                                 format: format, width: names.count, settings: settings)
        }
        let types = Dictionary(inference.columns.map { ($0.position, $0.roomyType) }) { first, _ in first }
        return names.enumerated().map { TableColumn($1, types[$0] ?? .text) }
    }

    /// Columns of documents with the keys that fill them; one VARIANT where they are no objects.
    func documents(_ group: LoadGroup) throws -> [DocumentColumn] {
        let inference = SchemaInference(.careful)
        for file in group.files {
            try run.queryContext.checkCancelled()
            guard case .json(let format) = file.sniffed.kind else { continue }
            do {
                try inference.addJSON(stage.files.source(file.file), fileName: stage.displayPrefix + file.file.path,
                                      format: format, settings: settings)
            } catch let error as WarehouseError where error.message.hasPrefix("Schema Inference failed") {
                return [DocumentColumn(column: TableColumn(LoadInference.valueColumn, .variant), key: nil)]
            }
        }
        let found = inference.columns
        guard !found.isEmpty else {
            throw WarehouseError(.invalidValue, "The documents have no keys: there is nothing to tell columns from.")
        }
        return zip(ColumnNaming.columns(found.map(\.name)), found).map { name, column in
            DocumentColumn(column: TableColumn(name, column.roomyType), key: column.name)
        }
    }
}
