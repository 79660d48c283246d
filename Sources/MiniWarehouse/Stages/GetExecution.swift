import WarehouseBasics
import WarehouseSQL

/// GET: copies files of a stage into a folder of this machine. Each keeps only the last part of its path, so that
/// nothing is written outside the folder.
enum GetExecution {
    static func run(_ statement: GetStatement, in run: StatementRun) throws -> ResultSet {
        let folder = try LocalFiles.path(statement.directory)
        try run.warehouse.stages.checkIsOutside(folder)
        let stage = try StageResolver.resolve(statement.location, for: .read, in: run)
        let pattern = try ListExecution.pattern(statement.options, of: "GET", also: ["PARALLEL"], run)
        let files = try stage.list(prefix: statement.location.path, pattern: pattern)
        try checkNames(files)
        if !files.isEmpty { try StageStore.makeDirectory(folder) }
        var rows = RowBuilder("file size# status message")
        let total = files.reduce(0) { $0 + $1.size }
        var done = 0
        for (index, file) in files.enumerated() {
            let name = lastPart(file)
            let writer = try LocalWriter(folder + "/" + name, permissions: 0o644, run.warehouse.stages.uploads)
            _ = try LocalFiles.copy(stage.files.source(file), to: writer) { copied in
                try run.queryContext.checkCancelled()
                run.session.report(StatementProgress(
                    step: .get, file: name, filesDone: index, filesTotal: files.count, bytesDone: done + copied,
                    bytesTotal: total, rows: 0, errors: 0))
            }
            done += file.size
            rows.add([.text(name), .count(file.size), .text("DOWNLOADED"), .text("")])
        }
        return rows.result.asReport()
    }

    private static func lastPart(_ file: StagedFile) -> String { String(file.path.split(separator: "/").last ?? "") }

    /// Of two files with one name the later would take the place of the earlier.
    private static func checkNames(_ files: [StagedFile]) throws {
        var seen: [String: String] = [:]
        for file in files {
            if let other = seen.updateValue(file.path, forKey: lastPart(file)) {
                throw WarehouseError(
                    .invalidValue, "GET keeps only the last part of a path: '\(other)' and '\(file.path)' would be one file.",
                    hint: "Get them from their folders one after the other, or choose by PATTERN.")
            }
        }
    }
}
