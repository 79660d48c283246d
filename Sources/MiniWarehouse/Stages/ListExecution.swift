import WarehouseBasics
import WarehouseSQL

/// LIST: name, size, md5, last_modified.
enum ListExecution {
    static func run(_ statement: StageListStatement, in run: StatementRun) throws -> ResultSet {
        let stage = try StageResolver.resolve(statement.location, in: run)
        let pattern = try PropertyReader(properties: statement.options, run: run).text("PATTERN")
        var rows = RowBuilder("name size# md5 last_modified")
        for file in try stage.list(prefix: statement.location.path, pattern: pattern) {
            rows.add([.text(stage.displayPrefix + file.path), .count(file.size),
                      .text(try stage.files.md5(file)), .text(try httpDate(file.modifiedAt))])
        }
        return rows.result
    }

    /// `Sat, 21 Nov 2026 00:19:00 GMT`.
    private static func httpDate(_ nanoseconds: Int64) throws -> String {
        try TimestampFormat("DY, DD MON YYYY HH24:MI:SS \"GMT\"").string(localTicks: Int128(nanoseconds), scale: 9)
    }
}

/// REMOVE: name, result.
enum RemoveExecution {
    static func run(_ statement: StageListStatement, in run: StatementRun) throws -> ResultSet {
        try run.checkWritable()
        let stage = try StageResolver.resolve(statement.location, in: run)
        try stage.requireWritable()
        let pattern = try PropertyReader(properties: statement.options, run: run).text("PATTERN")
        var rows = RowBuilder("name result")
        for file in try stage.list(prefix: statement.location.path, pattern: pattern) {
            try stage.files.remove(file)
            rows.add([.text(stage.displayPrefix + file.path), .text("removed")])
        }
        return rows.result
    }
}
