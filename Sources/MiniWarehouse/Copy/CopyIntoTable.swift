import WarehouseBasics
import WarehouseIngest
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// COPY INTO table: loads staged files in one transaction and answers with one row a file.
enum CopyIntoTable {
    static func run(_ statement: CopyIntoTableStatement, in run: StatementRun) throws -> ResultSet {
        let location = try stageLocation(statement)
        return try run.write { transaction in
            let access = try StageAccess(statement.options, run)
            if !access.isEmpty {
                guard case .url = location.root else {
                    throw WarehouseError(
                        .invalidValue, "SQL compilation error:\nCREDENTIALS and STORAGE_INTEGRATION of COPY INTO are for a "
                            + "location given by its URL; a stage has its own.")
                }
            }
            let stage = try StageResolver.resolve(location, access: access, for: .load, in: run)
            let table = try DMLTarget(statement.table, run).entry
            var options = try CopyOptions(statement.options, layers: [stage.attributes, table.attributes], run)
            let inner = try queryProperties(statement)["PATTERN"].flatMap { try PropertyReader.text($0, run) }
            options.pattern = options.pattern ?? inner
            try checkColumns(statement.columns, of: table)
            let format = try StagedFormat(try formatAttributes(statement, stage, table, run), run)
            let task = CopyTask(table: table, columns: statement.columns, stage: stage, format: format, options: options,
                                query: query(of: statement))
            let history = LoadHistory(of: table, try run.catalog())
            let chosen = try ChosenFiles(stage, location, options)
            let (pending, known) = try pending(chosen.files, task, history, run)
            run.warehouse.keep(CopyJob(task, pending.map(\.file.path)), of: run)
            if options.validation != nil { return try CopyValidation.result(task, pending.map(\.file), run) }
            guard !pending.isEmpty || !known.isEmpty || !chosen.missing.isEmpty else {
                return .status("Copy executed with 0 files processed.")
            }
            let loaded = try TableLoad(task, history: history, transaction.store, run).perform(pending)
            // A folder of this machine is only read.
            if options.purge, stage.isWritable, mayRemove(from: location, run) {
                for (file, outcome) in zip(pending, loaded) where outcome.status == "LOADED" {
                    // A failed purge is silent, as in Snowflake: the rows are loaded all the same.
                    transaction.whenCommitted { try? stage.files.remove(file.file) }
                }
            }
            let outcomes = chosen.ordered(loaded + known + chosen.missing.map(CopyOutcome.missing))
            return CopyOutcome.result(options.returnFailedOnly ? outcomes.filter { $0.status != "LOADED" } : outcomes)
        }
    }

    private static func checkColumns(_ columns: [Identifier], of table: CatalogEntry) throws {
        var seen: Set<Int> = []
        for name in columns where !seen.insert(try AlterTable.columnIndex(name.name, table, name.span)).inserted {
            throw WarehouseError(.duplicateColumn, "SQL compilation error:\nduplicate column name '\(name.name)'",
                                 span: name.span)
        }
    }

    /// The stage that the statement reads; nil of a statement that will be refused.
    static func source(_ statement: CopyIntoTableStatement) -> StageLocation? { try? stageLocation(statement) }

    private static func query(of statement: CopyIntoTableStatement) -> Query? {
        if case .query(let query)? = statement.source { return query }
        return nil
    }

    /// What a role that may only read a stage cannot remove stays, as after any purge that fails.
    private static func mayRemove(from location: StageLocation, _ run: StatementRun) -> Bool {
        do {
            try StageResolver.check(location, .write, run.resolver(), run)
            return true
        } catch {
            return false
        }
    }

    /// Files to load or validate, and what is said of those that were loaded before: only where FILES names them.
    /// SIZE_LIMIT stops once it is passed; at least one file is loaded.
    private static func pending(_ files: [StagedFile], _ task: CopyTask, _ history: LoadHistory, _ run: StatementRun) throws
        -> (files: [PendingFile], known: [CopyOutcome]) {
        let options = task.options
        var pending: [PendingFile] = [], known: [CopyOutcome] = []
        var bytes = 0
        for file in files {
            if let limit = options.sizeLimit, bytes > limit { break }
            let next = PendingFile(file, task.stage)
            if options.validation == .allErrors, try history.isWhole(next), !options.force { continue }
            if options.validation != .allErrors, !options.force,
               try history.isDone(next, now: run.timestamp, loadsUncertain: options.loadsUncertainFiles) {
                if options.files != nil { known.append(.known(task.stage.displayPrefix + file.path)) }
                continue
            }
            bytes += file.size
            pending.append(next)
        }
        return (pending, known)
    }

    /// The stage that the statement reads: named, the table's own, or the one in a transformation's FROM.
    private static func stageLocation(_ statement: CopyIntoTableStatement) throws -> StageLocation {
        switch statement.source {
        case .location(let location)?: return location
        case nil: return StageLocation(root: .table(statement.table))
        case .query(let query)?:
            guard case .select(let select) = query.body, select.from.count == 1,
                  case .stage(let location, _) = select.from[0].kind, select.groupBy == nil, select.having == nil,
                  query.limit == nil, query.orderBy == nil, select.filter == nil, !select.isDistinct else {
                throw Transformation.tooComplex(query.span)
            }
            return location
        }
    }

    /// What stands behind the stage in a transformation's FROM: `@stage (FILE_FORMAT => …, PATTERN => …)`.
    private static func queryProperties(_ statement: CopyIntoTableStatement) -> [ObjectProperty] {
        guard case .query(let query)? = statement.source, case .select(let select) = query.body,
              case .stage(_, let properties)? = select.from.first?.kind else { return [] }
        return properties
    }

    /// COPY's own format, else the stage's, else the table's, else CSV with its defaults.
    private static func formatAttributes(_ statement: CopyIntoTableStatement, _ stage: ResolvedStage,
                                         _ table: CatalogEntry, _ run: StatementRun) throws -> Attributes {
        let resolver = try run.resolver()
        var own = statement.options["FILE_FORMAT"]
        if own == nil { own = queryProperties(statement)["FILE_FORMAT"] }
        if let own {
            return try FileFormatOptions.resolved(StageDefinition.fileFormat(own, run), resolver) ?? [:]
        }
        return try FileFormatOptions.resolved(stage.attributes, resolver)
            ?? FileFormatOptions.resolved(table.attributes, resolver) ?? [:]
    }
}

/// A staged file about to be loaded, with the key by which a second COPY knows it again.
struct PendingFile {
    let file: StagedFile
    /// Stage and path.
    let key: String
    let content: ContentKey

    init(_ file: StagedFile, _ stage: ResolvedStage) {
        self.file = file
        key = stage.key + "/" + file.path
        content = ContentKey(file, stage.files)
    }
}

/// What became of one file.
struct CopyOutcome {
    var file: String
    var status = "LOADED"
    var rowsParsed = 0
    var rowsLoaded = 0
    /// nil where nothing was read.
    var errorLimit: Int? = 1
    var errors = 0
    var firstError: String?
    var firstErrorLine: Int?
    var firstErrorCharacter: Int?
    var firstErrorColumn: String?

    /// Of a file that FILES names and the stage does not have.
    static func missing(_ file: String) -> CopyOutcome {
        CopyOutcome(
            file: file, status: "LOAD_FAILED", errors: 1,
            firstError: "Remote file '\(file)' was not found. There are several potential causes. The file might not exist. "
                + "The required credentials may be missing or invalid. If you are running a copy command, please make sure "
                + "files are not deleted when they are being loaded or files are not being loaded into two different tables "
                + "concurrently with auto purge option.")
    }

    /// Of a file that FILES names and that was loaded before.
    static func known(_ file: String) -> CopyOutcome {
        CopyOutcome(file: file, status: "LOAD_SKIPPED", errorLimit: nil, errors: 1, firstError: "File was loaded before.")
    }

    static func result(_ outcomes: [CopyOutcome]) -> ResultSet {
        var rows = RowBuilder("file status rows_parsed# rows_loaded# error_limit# errors_seen# first_error "
            + "first_error_line# first_error_character# first_error_column_name")
        for outcome in outcomes {
            rows.add([.text(outcome.file), .text(outcome.status), .count(outcome.rowsParsed),
                      .count(outcome.rowsLoaded),
                      outcome.errorLimit.map { .count($0) } ?? .null, .count(outcome.errors), .text(outcome.firstError),
                      outcome.firstErrorLine.map { .count($0) } ?? .null,
                      outcome.firstErrorCharacter.map { .count($0) } ?? .null, .text(outcome.firstErrorColumn)])
        }
        return rows.result.asReport()
    }
}
