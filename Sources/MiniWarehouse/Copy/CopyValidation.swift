import WarehouseBasics
import WarehouseEngine
import WarehouseIngest
import WarehousePlan
import WarehouseSQL

/// A COPY that ran, so that VALIDATE can look at its files again.
struct CopyJob {
    let task: CopyTask
    let paths: [String]

    init(_ task: CopyTask, _ paths: [String]) {
        self.task = task
        self.paths = paths
    }
}

/// VALIDATION_MODE of COPY, and VALIDATE: reads files as COPY would, and loads nothing.
enum CopyValidation {
    /// More errors than this are no result.
    private static let maximumErrors = 1_000_000

    static func result(_ task: CopyTask, _ files: [StagedFile], _ run: StatementRun) throws -> ResultSet {
        guard task.query == nil else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nVALIDATION_MODE does not support COPY statements that transform "
                    + "data during a load.")
        }
        switch task.options.validation {
        case .rows(let count)?: return try rows(count, task, files, run)
        default: return try errors(task, files, run).asReport()
        }
    }

    /// The first rows of the files as they would be loaded; the first error among them ends it.
    private static func rows(_ count: Int, _ task: CopyTask, _ files: [StagedFile], _ run: StatementRun) throws -> ResultSet {
        var task = task
        task.options.onError = .abort
        let opening = try FileOpening(&task, nil, run)
        var rows: [[ScalarValue]] = []
        for file in files where rows.count < count {
            let source = try opening.rows(of: file, keepsRejects: false)
            while rows.count < count, let batch = try source.next() {
                try run.queryContext.checkCancelled()
                for part in batch.parts {
                    let vectors = part.columns.map { $0.vector() }
                    for row in 0..<part.rowCount where rows.count < count {
                        rows.append(vectors.map { ScalarReading.value($0, row: row) })
                    }
                }
                if rows.count < count, let first = batch.rejects.first { throw first.error(table: task.table.name) }
            }
        }
        return .table(task.table.columns.map { column in
            // Files give arrays of anything, whatever the table's hold.
            if case .array = column.type { return ResultColumn(column.name, .array(element: nil)) }
            return ResultColumn(column.name, column.type)
        }, rows)
    }

    /// Every error of the files.
    private static func errors(_ task: CopyTask, _ files: [StagedFile], _ run: StatementRun) throws -> ResultSet {
        var task = task
        task.options.onError = .continueLoading
        let opening = try FileOpening(&task, nil, run)
        var rows = RowBuilder("ERROR FILE LINE# CHARACTER# BYTE_OFFSET# CATEGORY CODE# SQL_STATE COLUMN_NAME ROW_NUMBER# "
            + "ROW_START_LINE# REJECTED_RECORD")
        var count = 0
        for file in files {
            let source = try opening.rows(of: file, keepsRejects: true)
            while let batch = try source.next() {
                try run.queryContext.checkCancelled()
                count += batch.rejects.count
                guard count <= maximumErrors else {
                    throw WarehouseError(.limitExceeded, "The files hold more than \(maximumErrors) errors.",
                                         hint: "Choose fewer files by FILES or PATTERN.")
                }
                for reject in batch.rejects { rows.add(cells(reject, task.table.name)) }
            }
        }
        return rows.result
    }

    private static func cells(_ reject: RejectedRecord, _ table: String) -> [ScalarValue] {
        [.text(reject.message), .text(reject.file), .count(reject.line), .count(reject.character), .count(reject.byteOffset),
         .text(reject.category.rawValue), .count(Int64(reject.kind.code)), .text(reject.kind.sqlState),
         .text(reject.columnText(table: table)), .count(reject.rowNumber), .count(reject.rowStartLine),
         .text(reject.record)]
    }

    /// `VALIDATE(table, JOB_ID => '_last' | query id)`: the errors of the files of a COPY, read once more.
    static func validate(_ table: CatalogEntry, job id: String, _ run: StatementRun) throws -> ResultSet {
        let id = id == "_last" ? run.state.lastCopyID : id
        guard let id, let job = run.warehouse.copyJob(id), job.task.table.id == table.id else {
            throw WarehouseError(
                .invalidValue, "Invalid argument [JOB_ID] for table function VALIDATE: no COPY into table \(table.name) is "
                    + "known by it.",
                hint: "'_last' is the session's last COPY; those since the warehouse was opened are known.")
        }
        var task = job.task
        task.table = table
        guard task.query == nil, task.options.matching == .byPlace else {
            throw StatementDispatcher.unsupported("VALIDATE of a COPY that transforms or matches columns by name")
        }
        let there = try task.stage.files.list(prefix: "")
        let files = job.paths.compactMap { path in there.first { $0.path == path } }
        return try errors(task, files, run)
    }
}
