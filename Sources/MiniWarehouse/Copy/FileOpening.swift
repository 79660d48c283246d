import WarehouseBasics
import WarehouseIngest
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// Opens a COPY's files as rows of its table: by the place of their fields, by their names, or through a query.
final class FileOpening {
    private let task: CopyTask
    private let run: StatementRun
    private let settings: LoadSettings
    private let match: ColumnMatch?
    private let transformation: Transformation?
    private let transaction: WriteTransaction?
    private let defaults: [(column: Int, value: ScalarValue)]

    /// Widens the table's ARRAY columns where what is loaded needs it; without a transaction nothing is written, and
    /// transformations are not possible.
    init(_ task: inout CopyTask, _ transaction: WriteTransaction?, _ run: StatementRun) throws {
        self.run = run
        self.transaction = transaction
        var settings = try run.loadSettings()
        settings.truncatesColumns = task.options.truncatesColumns
        settings.stopsAtFirstError = task.options.onError == .abort
        settings.refusesLoss = task.refusesLoss
        self.settings = settings
        match = task.options.matching == .byPlace ? nil : try FileOpening.match(task)
        var transformation: Transformation?
        if let transaction {
            if let query = task.query {
                let query = if case .json = task.format.kind { try DocumentTexts(task.format).applied(to: query) } else { query }
                let whole = task.options.truncatesColumns ? try FileOpening.truncating(query, task) : query
                transformation = try Transformation(whole, columns: task.columns, into: task.table, format: task.format,
                                                    namesTargets: false, transaction, run)
            } else if let match, case .json = task.format.kind {
                let made = try match.query(header: nil)
                let whole = task.options.truncatesColumns ? try FileOpening.truncating(made.query, task) : made.query
                transformation = try Transformation(whole, columns: made.columns, into: task.table, format: task.format,
                                                    namesTargets: true, transaction, run)
            } else {
                task.table = try ArrayWidening.widen(task.table, transaction, run)
            }
        }
        if let transformation { task.table = transformation.table }
        self.transformation = transformation
        defaults = transformation == nil && match == nil ? try FileOpening.defaults(task, run) : []
        self.task = task
    }

    private static func match(_ task: CopyTask) throws -> ColumnMatch {
        func refused(_ what: String) -> WarehouseError {
            WarehouseError(.invalidValue, "SQL compilation error:\nMATCH_BY_COLUMN_NAME cannot be used with \(what).")
        }
        if task.query != nil { throw refused("a transformation") }
        if !task.columns.isEmpty { throw refused("a list of columns") }
        if task.options.validation != nil { throw refused("VALIDATION_MODE") }
        if case .csv(let format) = task.format.kind, !format.parseHeader {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nMATCH_BY_COLUMN_NAME needs the names of a CSV file's columns.",
                hint: "Set PARSE_HEADER = TRUE in the file format.")
        }
        return try ColumnMatch(task.table, task.options, task.format)
    }

    /// Whether a file may be opened while another is read: not where a transformation holds the rows of one.
    var canOpenAhead: Bool { transformation == nil && match?.needsQuery != true }

    /// `content`: of a file that is loaded, told to the load history afterwards.
    func rows(of file: StagedFile, reading content: ContentKey? = nil, keepsRejects: Bool) throws -> any CopyRows {
        var settings = settings
        let source = { [task] in try content?.source() ?? task.stage.files.source(file) }
        settings.keepsRejectedRecords = keepsRejects
        let name = task.stage.displayPrefix + file.path
        if let transformation { return try transformed(file, transformation, name) }
        if let match, case .csv(let format) = task.format.kind {
            if match.needsQuery { return try matchedByQuery(file, match, format, name) }
            let reader = try CSVFileReader(
                source: source(), fileName: name, format: format, settings: settings,
                fieldCountToCheck: task.table.columns.count) { header in
                    try self.columns(header.map { try match.fields($0, fileName: name) }
                        ?? Array(repeating: nil, count: self.task.table.columns.count))
                }
            return FieldRows(reader, table: task.table, defaults: [])
        }
        let reader = try task.format.reader(
            source(), fileName: name, columns: columns(placedFields()), settings: settings,
            fieldCountToCheck: task.columns.isEmpty ? task.table.columns.count : task.columns.count)
        return FieldRows(reader, table: task.table, defaults: defaults)
    }

    /// Which field of a record each column of the table takes; nil: NULL, or its default.
    private func placedFields() throws -> [Int?] {
        guard !task.columns.isEmpty else { return task.table.columns.indices.map { $0 } }
        var fields: [Int?] = Array(repeating: nil, count: task.table.columns.count)
        for (field, name) in task.columns.enumerated() {
            fields[try AlterTable.columnIndex(name.name, task.table, name.span)] = field
        }
        return fields
    }

    private func columns(_ fields: [Int?]) throws -> [LoadColumn] {
        zip(task.table.columns, fields).map { column, field in
            // A NULL of a column that is not in the file becomes its DEFAULT or next number, unless names decide.
            let isFilled = column.identity != nil || match == nil && field == nil && column.defaultText != nil
            return LoadColumn(name: column.name, type: column.type, isNullable: column.isNullable || isFilled,
                              fieldIndex: field)
        }
    }

    /// The DEFAULT of each column that the column list leaves out: one value for the whole statement.
    private static func defaults(_ task: CopyTask, _ run: StatementRun) throws -> [(column: Int, value: ScalarValue)] {
        guard !task.columns.isEmpty else { return [] }
        return try task.table.columns.indices.compactMap { index in
            let column = task.table.columns[index]
            guard !task.columns.contains(where: { $0.name == column.name }),
                  let text = try TableColumns.qualifiedDefault(column, of: task.table, run) else {
                return nil
            }
            if ["RANDOM", "UUID_STRING", "RANDSTR", "NEXTVAL"].contains(where: text.uppercased().contains) {
                throw StatementDispatcher.unsupported(
                    "COPY that leaves out \(column.name), whose DEFAULT differs by row")
            }
            return (index, try QueryExecution.defaultValue(Parser.parseExpression(text), column, of: task.table, in: run))
        }
    }

    // MARK: Transformations

    private func transformed(_ file: StagedFile, _ transformation: Transformation, _ name: String) throws -> any CopyRows {
        let task = task
        var settings = settings
        settings.wantsRowNumbers = true
        let staged = transformation.source.staged
        let reader = try task.format.reader(task.stage.files.source(file), fileName: name, fieldCount: staged.fieldCount,
                                            settings: settings)
        let facts = try FileFacts(file, task.stage, wantsContentKey: transformation.reads(.contentKey))
        return TransformedRows(transformation, reader, facts: facts, stopsAtFirstError: settings.stopsAtFirstError) {
            try task.format.locate($0, task.stage.files.source(file), fileName: name, settings: settings)
        }
    }

    /// A CSV file matched by names whose columns METADATA$ columns fill too.
    private func matchedByQuery(_ file: StagedFile, _ match: ColumnMatch, _ format: CSVFormat, _ name: String) throws
        -> any CopyRows {
        guard let transaction else { throw StatementDispatcher.unsupported("INCLUDE_METADATA here") }
        let probe = try CSVFileReader(source: task.stage.files.source(file), fileName: name, format: format, fieldCount: 0,
                                      settings: settings)
        let header = probe.header ?? []
        let expected = task.table.columns.count - task.options.metadata.count
        guard !format.errorOnColumnCountMismatch || header.isEmpty || header.count == expected else {
            throw WarehouseError(
                .fileColumnCount, "Number of columns in file (\(header.count)) does not match that of the corresponding "
                    + "table (\(expected)), use file format option error_on_column_count_mismatch=false to ignore this "
                    + "error\n  File '\(name)'")
        }
        let made = try match.query(header: try match.fields(header, fileName: name))
        let query = task.options.truncatesColumns ? try FileOpening.truncating(made.query, task) : made.query
        let transformation = try Transformation(query, columns: made.columns, into: task.table, format: task.format,
                                                namesTargets: true, transaction, run)
        return try transformed(file, transformation, name)
    }

    /// The query with its texts cut to their columns' lengths.
    private static func truncating(_ query: Query, _ task: CopyTask) throws -> Query {
        guard case .select(var select) = query.body else { return query }
        let names = task.columns.isEmpty ? task.table.columns.map(\.name) : task.columns.map(\.name)
        select.items = try select.items.enumerated().map { index, item in
            guard case .expression(var part) = item else {
                throw StatementDispatcher.unsupported("TRUNCATECOLUMNS with * in a COPY transformation")
            }
            guard index < names.count, let column = task.table.columns.first(where: { $0.name == names[index] }),
                  case .varchar(let length) = column.type, length < LogicalType.maximumTextLength else { return item }
            part.expression = Expression(.function(FunctionCall(
                name: ObjectReference([Identifier(name: "LEFT")]),
                arguments: [
                    .expression(Expression(.function(FunctionCall(
                        name: ObjectReference([Identifier(name: "TO_VARCHAR")]), arguments: [.expression(part.expression)])))),
                    .expression(Expression(.literal(.number("\(length)")))),
                ])))
            return .expression(part)
        }
        var copy = query
        copy.body = .select(select)
        return copy
    }
}
