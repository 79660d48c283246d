import WarehouseBasics
import WarehouseColumns
import WarehouseIngest
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// What one COPY loads and how.
struct CopyTask {
    var table: CatalogEntry
    var columns: [Identifier]
    var stage: ResolvedStage
    var format: StagedFormat
    var options: CopyOptions
    /// The transformation, if there is one.
    var query: Query?
    /// Values that their columns' types would round or cut are errors.
    var refusesLoss = false
}

/// Loads files into one table within one transaction.
final class TableLoad {
    private let run: StatementRun
    private let transaction: WriteTransaction
    private var task: CopyTask
    private let opening: FileOpening
    private var history: LoadHistory
    /// Takes all files' rows where no file is ever taken back: they share segments, and are made durable once.
    private var commonAppender: RowAppender?
    /// The next files, opened before their turn, so that they are read and decompressed by then.
    private var opened: ArraySlice<Result<any CopyRows, any Error>> = []

    /// Told of the records in error that do not end the load; they then carry their texts.
    var onReject: ((RejectedRecord) -> Void)?
    /// The table as the load has left it.
    var table: CatalogEntry { task.table }

    /// Files that are open beside the one that is loaded.
    private static let filesAhead = 2

    init(_ task: CopyTask, history: LoadHistory, _ transaction: WriteTransaction, _ run: StatementRun) throws {
        self.run = run
        self.transaction = transaction
        self.history = history
        var task = task
        opening = try FileOpening(&task, transaction, run)
        self.task = task
    }

    func perform(_ files: [PendingFile]) throws -> [CopyOutcome] {
        var outcomes: [CopyOutcome] = []
        var progress = StatementProgress(step: .copy, file: "", filesDone: 0, filesTotal: files.count, bytesDone: 0,
                                         bytesTotal: files.reduce(0) { $0 + $1.file.size }, rows: 0, errors: 0)
        // Its threads must have ended before anything is rolled back.
        defer { commonAppender = nil }
        for (index, file) in files.enumerated() {
            progress.file = task.stage.displayPrefix + file.file.path
            run.session.report(progress)
            let rows = try open(files[index...])
            let outcome = keepsAllFiles ? try load(rows, file, progress) : try loadOrTakeBack(rows, file, progress)
            try history.remember(file, outcome, task.stage, transaction, run)
            progress.filesDone += 1
            progress.bytesDone += file.file.size
            progress.rows += outcome.rowsLoaded
            progress.errors += outcome.errors
            outcomes.append(outcome)
        }
        if let commonAppender { _ = try commonAppender.finish(&task.table, transaction) }
        return outcomes
    }

    /// Whether rows of a file, once read, stay: an error either ends the statement or costs its record alone.
    private var keepsAllFiles: Bool {
        switch task.options.onError {
        case .abort, .continueLoading: true
        case .skipFile, .skipFileAt, .skipFileAbove: false
        }
    }

    /// Rows of the first of the files, which are those still to load.
    private func open(_ files: ArraySlice<PendingFile>) throws -> any CopyRows {
        let ahead = opening.canOpenAhead ? TableLoad.filesAhead : 0
        for file in files.prefix(1 + ahead).dropFirst(opened.count) {
            opened.append(Result { try opening.rows(of: file.file, reading: file.content, keepsRejects: onReject != nil) })
        }
        return try opened.removeFirst().get()
    }

    private func loadOrTakeBack(_ rows: any CopyRows, _ file: PendingFile, _ base: StatementProgress) throws -> CopyOutcome {
        let savepoint = try transaction.savepoint(), before = task.table
        var outcome = try load(rows, file, base)
        if outcome.status == "LOAD_FAILED" {
            try transaction.rollback(to: savepoint)
            task.table = before
            outcome.rowsLoaded = 0
        }
        return outcome
    }

    private func load(_ rows: any CopyRows, _ file: PendingFile, _ base: StatementProgress) throws -> CopyOutcome {
        var outcome = CopyOutcome(file: task.stage.displayPrefix + file.file.path)
        let appender = try commonAppender ?? RowAppender(task.table, transaction, run.queryContext.memory)
        let rowsBefore = appender.rowCount
        if keepsAllFiles { commonAppender = appender }
        while let batch = try rows.next() {
            try run.queryContext.checkCancelled()
            if let first = batch.rejects.first, task.options.onError == .abort { throw first.error(table: task.table.name) }
            note(batch, in: &outcome)
            if mustSkip(outcome) {
                outcome.status = "LOAD_FAILED"
                outcome.errorLimit = limit(outcome)
                return outcome
            }
            for part in batch.parts { try appender.append(part.columns, rows: part.rowCount) }
            var progress = base
            progress.bytesDone += batch.bytesRead
            progress.rows += appender.rowCount - rowsBefore
            progress.errors += outcome.errors
            run.session.report(progress)
        }
        outcome.errorLimit = limit(outcome)
        if case .skipFileAbove(let percent) = task.options.onError, outcome.errors * 100 > percent * outcome.rowsParsed {
            outcome.status = "LOAD_FAILED"
            return outcome
        }
        if !keepsAllFiles { _ = try appender.finish(&task.table, transaction) }
        outcome.rowsLoaded = appender.rowCount - rowsBefore
        if outcome.errors > 0 { outcome.status = outcome.rowsLoaded == 0 ? "LOAD_FAILED" : "PARTIALLY_LOADED" }
        return outcome
    }

    private func note(_ batch: CopyBatch, in outcome: inout CopyOutcome) {
        outcome.rowsParsed += batch.rowsParsed
        outcome.errors += batch.errorCount
        if let onReject { batch.rejects.forEach(onReject) }
        guard outcome.firstError == nil, let first = batch.rejects.first else { return }
        outcome.firstError = first.message
        outcome.firstErrorLine = first.line
        outcome.firstErrorCharacter = first.character
        outcome.firstErrorColumn = first.columnText(table: task.table.name)
    }

    private func mustSkip(_ outcome: CopyOutcome) -> Bool {
        switch task.options.onError {
        case .skipFile: outcome.errors > 0
        case .skipFileAt(let count): outcome.errors >= count
        default: false
        }
    }

    private func limit(_ outcome: CopyOutcome) -> Int {
        switch task.options.onError {
        case .continueLoading: outcome.rowsParsed
        case .skipFileAt(let count): count
        case .skipFileAbove(let percent): outcome.rowsParsed * percent / 100
        default: 1
        }
    }
}
