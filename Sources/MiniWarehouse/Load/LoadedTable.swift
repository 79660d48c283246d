import WarehouseBasics
import WarehouseIngest
import WarehouseSQL
import WarehouseStorage

/// Fills one table from its files, by the machinery of COPY.
struct LoadedTable {
    private let options: FileLoadOptions
    private let stage: ResolvedStage
    private let run: StatementRun
    private let refusesLoss: Bool

    init(_ options: FileLoadOptions, _ stage: ResolvedStage, _ run: StatementRun, refusesLoss: Bool = false) {
        self.options = options
        self.stage = stage
        self.run = run
        self.refusesLoss = refusesLoss
    }

    /// To a table that is there files are matched by the names of their columns, or by place where they have none.
    func fill(_ group: LoadGroup, _ table: CatalogEntry, isNew: Bool, _ transaction: OpenTransaction) throws
        -> FileLoadReport {
        let place = try run.catalog().fullName(table)
        var report = FileLoadReport(table: place, columns: table.columns.map(\.schema), isNew: isNew)
        var table = table
        // Files of one layout are one COPY.
        for part in parts(group) {
            let task = try task(part, table, isNew: isNew, group)
            let history = LoadHistory(of: table, try run.catalog())
            var pending: [PendingFile] = []
            for file in part {
                let next = PendingFile(file.file, stage)
                if !options.force, try history.isDone(next, now: run.timestamp, loadsUncertain: false) {
                    report.knownFiles.append(stage.displayPrefix + file.file.path)
                } else {
                    pending.append(next)
                }
            }
            guard !pending.isEmpty else { continue }
            let load = try TableLoad(task, history: history, transaction.store, run)
            var rejects = report.rejects
            let limit = options.maximumRejects
            load.onReject = { if rejects.count < limit { rejects.append($0) } }
            let outcomes = try load.perform(pending)
            table = load.table
            report.rejects = rejects
            for (file, outcome) in zip(pending, outcomes) {
                report.errorCount += outcome.errors
                guard outcome.status != "LOAD_FAILED" || outcome.rowsParsed == 0 else {
                    report.skippedFiles.append(outcome.file)
                    continue
                }
                report.loadedFiles.append(outcome.file)
                report.rowCount += outcome.rowsLoaded
                report.byteCount += file.file.size
            }
        }
        return report
    }

    /// The first records in error of files that are to fill `table`.
    func rejects(_ group: LoadGroup, _ table: CatalogEntry, isNew: Bool) throws -> [RejectedRecord] {
        var found: [RejectedRecord] = []
        for part in parts(group) where !part[0].isJSON {
            var task = try task(part, table, isNew: isNew, group)
            task.options.onError = .continueLoading
            let opening = try FileOpening(&task, nil, run)
            for file in part {
                let rows = try opening.rows(of: file.file, keepsRejects: true)
                while found.count < options.maximumRejects, let batch = try rows.next() {
                    try run.queryContext.checkCancelled()
                    found += batch.rejects
                }
            }
        }
        return Array(found.prefix(options.maximumRejects))
    }

    /// Files divided by format and columns.
    private func parts(_ group: LoadGroup) -> [[LoadableFile]] {
        var parts: [[LoadableFile]] = []
        for file in group.files {
            if let index = parts.firstIndex(where: { $0[0].sniffed.isLike(file.sniffed) }) {
                parts[index].append(file)
            } else {
                parts.append([file])
            }
        }
        return parts
    }

    private func task(_ part: [LoadableFile], _ table: CatalogEntry, isNew: Bool, _ group: LoadGroup) throws -> CopyTask {
        var copy = try CopyOptions([], layers: [], run)
        copy.force = options.force
        copy.onError = switch options.onError {
        case .abort: .abort
        case .continue: .continueLoading
        case .skipFile: .skipFile
        }
        let format = StagedFormat(part[0].sniffed.kind)
        var task = CopyTask(table: table, columns: [], stage: stage, format: format, options: copy)
        task.refusesLoss = refusesLoss
        if part[0].isJSON {
            let inference = LoadInference(options, stage, run, try run.loadSettings())
            let keys = try group.keys ?? inference.documents(LoadGroup(table: group.table, files: part))
            if keys.count == 1, keys[0].key == nil {
                task.columns = try columns([keys[0].column.name], of: table)
            } else {
                task.columns = try columns(keys.map(\.column.name), of: table)
                task.query = try query(zip(task.columns, keys.map { $0.key ?? "" }), table)
            }
        } else if !isNew, part[0].sniffed.names == nil {
            guard part[0].columns.count == table.columns.count else {
                throw WarehouseError(
                    .fileColumnCount, "'\(part[0].file.path)' has \(part[0].columns.count) columns without names; the table "
                        + "\(Identifiers.quoted(table.name)) has \(table.columns.count).")
            }
        } else if !isNew {
            task.columns = try columns(part[0].columns, raw: part[0].sniffed.names ?? [], of: table)
        }
        return task
    }

    /// The table's columns of these names, or as the file writes them.
    private func columns(_ names: [String], raw: [String] = [], of table: CatalogEntry) throws -> [Identifier] {
        try names.enumerated().map { index, name in
            let written = index < raw.count ? raw[index] : name
            let found = table.columns.first { $0.name == written } ?? table.columns.first { $0.name == name }
                ?? table.columns.first { ColumnNaming.identifier($0.name) == name }
            guard let found else {
                throw WarehouseError(
                    .invalidIdentifier, "The table \(Identifiers.quoted(table.name)) has no column for '\(written)'.",
                    hint: Identifiers.hint(for: name, in: table.columns.map(\.name))
                        ?? "Its columns are \(table.columns.map(\.name).joined(separator: ", ")).")
            }
            return Identifier(name: found.name, isQuoted: true)
        }
    }

    /// The transformation that takes the keys of a document to their columns.
    private func query(_ columns: some Sequence<(Identifier, String)>, _ table: CatalogEntry) throws -> Query {
        let items = try columns.map { column, key -> SelectItem in
            let type = table.columns.first { $0.name == column.name }?.type ?? .variant
            let literal = SQLPrinter(dialect: .warehouse).print(Expression(.literal(.string(key))))
            let value = "GET($1, \(literal))"
            let text = type == .variant ? value : "\(value)::\(type)"
            return .expression(SelectExpression(expression: try Parser.parseExpression(text)))
        }
        return Query(body: .select(SelectStatement(
            items: items, from: [TableExpression(kind: .stage(StageLocation(root: .user), []))])))
    }
}
