import WarehouseBasics
import WarehouseColumns
import WarehouseIngest
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// Loads files into one table within one transaction.
final class TableLoad {
    private let run: StatementRun
    private let transaction: WriteTransaction
    private var table: CatalogEntry
    private let columnNames: [Identifier]
    private let stage: ResolvedStage
    private let format: StagedFormat
    private let options: CopyOptions
    /// Records of the files that the table has loaded, by key.
    private let history: [String: CatalogEntry]

    init(run: StatementRun, transaction: WriteTransaction, table: CatalogEntry, columns: [Identifier],
         stage: ResolvedStage, format: StagedFormat, options: CopyOptions, history: [String: CatalogEntry]) {
        self.run = run
        self.transaction = transaction
        self.table = table
        self.columnNames = columns
        self.stage = stage
        self.format = format
        self.options = options
        self.history = history
    }

    func perform(_ files: [PendingFile], query: Query?) throws -> [CopyOutcome] {
        var outcomes: [CopyOutcome] = []
        var progress = StatementProgress(step: .copy, file: "", filesDone: 0, filesTotal: files.count, bytesDone: 0,
                                         bytesTotal: files.reduce(0) { $0 + $1.file.size }, rows: 0, errors: 0)
        if query == nil { table = try ArrayWidening.widen(table, transaction, run) }
        for file in files {
            progress.file = stage.displayPrefix + file.file.path
            run.session.report(progress)
            let savepoint = try transaction.savepoint()
            var outcome = try query.map { try transform(file, $0) } ?? load(file, progress)
            if outcome.status == "LOAD_FAILED" || outcome.status == "LOAD_SKIPPED" {
                try transaction.rollback(to: savepoint)
                outcome.rowsLoaded = 0
            } else {
                try remember(file, outcome)
            }
            progress.filesDone += 1
            progress.bytesDone += file.file.size
            progress.rows += outcome.rowsLoaded
            progress.errors += outcome.errors
            outcomes.append(outcome)
        }
        return outcomes
    }

    /// Which field of a record each column of the table takes; nil: NULL, or its default.
    private func loadColumns() throws -> [LoadColumn] {
        var fields: [Int?] = table.columns.indices.map { $0 }
        if !columnNames.isEmpty {
            fields = Array(repeating: nil, count: table.columns.count)
            for (field, name) in columnNames.enumerated() {
                fields[try AlterTable.columnIndex(name.name, table, name.span)] = field
            }
        }
        return zip(table.columns, fields).map { column, field in
            LoadColumn(name: column.name, type: column.type, isNullable: column.isNullable || column.identity != nil
                           || field == nil && column.defaultText != nil,
                       fieldIndex: field)
        }
    }

    /// The DEFAULT of each column that the column list leaves out: one value for the whole statement.
    private func defaults() throws -> [(column: Int, value: ScalarValue)] {
        guard !columnNames.isEmpty else { return [] }
        return try table.columns.indices.compactMap { index in
            let column = table.columns[index]
            guard let text = column.defaultText, !columnNames.contains(where: { $0.name == column.name }) else {
                return nil
            }
            if ["RANDOM", "UUID_STRING", "RANDSTR", "NEXTVAL"].contains(where: text.uppercased().contains) {
                throw StatementDispatcher.unsupported(
                    "COPY that leaves out \(column.name), whose DEFAULT differs by row")
            }
            return (index, try QueryExecution.defaultValue(Parser.parseExpression(text), column, in: run))
        }
    }

    /// The chunk's columns with `defaults` in place of the NULLs that the reader gave.
    private func filled(_ chunk: LoadedChunk, _ defaults: [(column: Int, value: ScalarValue)]) -> [ColumnBuffer] {
        var columns = chunk.columns
        for (column, value) in defaults {
            let buffer = StoredColumn(table.columns[column].type).makeBuffer(capacity: chunk.rowCount)
            for _ in 0..<chunk.rowCount { buffer.append(value) }
            columns[column] = buffer
        }
        return columns
    }

    private func load(_ file: PendingFile, _ base: StatementProgress) throws -> CopyOutcome {
        var outcome = CopyOutcome(file: stage.displayPrefix + file.file.path)
        let appender = try RowAppender(table, transaction)
        var settings = try run.loadSettings()
        settings.truncatesColumns = options.truncatesColumns
        settings.stopsAtFirstError = options.onError == .abort
        let reader = try format.reader(
            stage.files.source(file.file), fileName: outcome.file, columns: loadColumns(), settings: settings,
            fieldCountToCheck: columnNames.isEmpty ? table.columns.count : columnNames.count)
        let chunk = LoadedChunk(), defaults = try defaults()
        while try reader.next(into: chunk) {
            try run.queryContext.checkCancelled()
            if let first = chunk.rejects.first, options.onError == .abort { throw first.error(table: table.name) }
            note(chunk, in: &outcome)
            if mustSkip(outcome) {
                outcome.status = "LOAD_FAILED"
                outcome.errorLimit = limit(outcome)
                return outcome
            }
            try appender.append(filled(chunk, defaults), rows: chunk.rowCount)
            var progress = base
            progress.bytesDone += chunk.bytesRead
            progress.rows += appender.rowCount
            progress.errors += outcome.errors
            run.session.report(progress)
        }
        outcome.rowsLoaded = try appender.finish(&table, transaction)
        outcome.errorLimit = limit(outcome)
        if outcome.errors > 0 { outcome.status = outcome.rowsLoaded == 0 ? "LOAD_FAILED" : "PARTIALLY_LOADED" }
        if case .skipFileAbove(let percent) = options.onError, outcome.errors * 100 > percent * outcome.rowsParsed {
            outcome.status = "LOAD_FAILED"
        }
        return outcome
    }

    private func note(_ chunk: LoadedChunk, in outcome: inout CopyOutcome) {
        outcome.rowsParsed += chunk.rowsParsed
        outcome.errors += chunk.rejects.count
        guard outcome.firstError == nil, let first = chunk.rejects.first else { return }
        outcome.firstError = first.message
        outcome.firstErrorLine = first.line
        outcome.firstErrorCharacter = first.character
        outcome.firstErrorColumn = first.columnText(table: table.name)
    }

    private func mustSkip(_ outcome: CopyOutcome) -> Bool {
        switch options.onError {
        case .skipFile: outcome.errors > 0
        case .skipFileAt(let count): outcome.errors >= count
        default: false
        }
    }

    private func limit(_ outcome: CopyOutcome) -> Int {
        switch options.onError {
        case .continueLoading: outcome.rowsParsed
        case .skipFileAt(let count): count
        case .skipFileAbove(let percent): outcome.rowsParsed * percent / 100
        default: 1
        }
    }

    /// COPY with a transformation: the query runs over this file alone.
    private func transform(_ file: PendingFile, _ query: Query) throws -> CopyOutcome {
        if options.onError == .continueLoading {
            throw StatementDispatcher.unsupported("ON_ERROR = CONTINUE with a COPY transformation")
        }
        var outcome = CopyOutcome(file: stage.displayPrefix + file.file.path)
        run.stageOverride = ([file.file], format.attributes)
        defer { run.stageOverride = nil }
        do {
            let insert = InsertStatement(table: ObjectReference([]), columns: columnNames, source: query)
            let (target, bound) = try DMLTarget.bound(table, query.span, transaction, run) {
                try InsertExecution.bind(insert, $0, in: run)
            }
            table = target.entry
            outcome.rowsLoaded = try RowAppender.append(bound.plan, to: &table, transaction, run)
            outcome.rowsParsed = outcome.rowsLoaded
        } catch let error as WarehouseError where options.onError != .abort && error.sqlState.hasPrefix("22") {
            outcome.status = "LOAD_FAILED"
            outcome.errors = 1
            outcome.firstError = error.message
        }
        return outcome
    }

    /// Notes that the table has loaded this file, so that the next COPY leaves it out.
    private func remember(_ file: PendingFile, _ outcome: CopyOutcome) throws {
        try transaction.put(CatalogEntry(
            id: try history[file.key]?.id ?? transaction.allocateID(), kind: .loadedFile, parent: table.id,
            name: file.key, owner: run.state.role, createdAt: run.timestamp,
            attributes: ["CONTENT": .text(file.contentKey), "STATUS": .text(outcome.status),
                         "ROWS": .integer(Int64(outcome.rowsLoaded)), "PARSED": .integer(Int64(outcome.rowsParsed)),
                         "SIZE": .integer(Int64(file.file.size)), "ERRORS": .integer(Int64(outcome.errors)),
                         "FILE": .text(outcome.file)]))
    }
}
