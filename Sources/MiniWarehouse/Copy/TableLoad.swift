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
}

/// Loads files into one table within one transaction.
final class TableLoad {
    private let run: StatementRun
    private let transaction: WriteTransaction
    private var task: CopyTask
    private let opening: FileOpening
    private var history: LoadHistory

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
        for file in files {
            progress.file = task.stage.displayPrefix + file.file.path
            run.session.report(progress)
            let savepoint = try transaction.savepoint(), before = task.table
            var outcome = try load(file, progress)
            if outcome.status == "LOAD_FAILED" || outcome.status == "LOAD_SKIPPED" {
                try transaction.rollback(to: savepoint)
                task.table = before
                outcome.rowsLoaded = 0
            }
            try history.remember(file, outcome, task.stage, transaction, run)
            progress.filesDone += 1
            progress.bytesDone += file.file.size
            progress.rows += outcome.rowsLoaded
            progress.errors += outcome.errors
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func load(_ file: PendingFile, _ base: StatementProgress) throws -> CopyOutcome {
        var outcome = CopyOutcome(file: task.stage.displayPrefix + file.file.path)
        let appender = try RowAppender(task.table, transaction)
        let rows = try opening.rows(of: file.file, keepsRejects: false)
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
            progress.rows += appender.rowCount
            progress.errors += outcome.errors
            run.session.report(progress)
        }
        outcome.errorLimit = limit(outcome)
        if case .skipFileAbove(let percent) = task.options.onError, outcome.errors * 100 > percent * outcome.rowsParsed {
            outcome.status = "LOAD_FAILED"
            return outcome
        }
        outcome.rowsLoaded = try appender.finish(&task.table, transaction)
        if outcome.errors > 0 { outcome.status = outcome.rowsLoaded == 0 ? "LOAD_FAILED" : "PARTIALLY_LOADED" }
        return outcome
    }

    private func note(_ batch: CopyBatch, in outcome: inout CopyOutcome) {
        outcome.rowsParsed += batch.rowsParsed
        outcome.errors += batch.errorCount
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
