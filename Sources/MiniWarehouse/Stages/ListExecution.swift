import WarehouseBasics
import WarehouseSQL

/// LIST: name, size, md5, last_modified.
enum ListExecution {
    static func run(_ statement: StageListStatement, in run: StatementRun) throws -> ResultSet {
        let stage = try StageResolver.resolve(statement.location, for: .read, in: run)
        let pattern = try ListExecution.pattern(statement.options, of: "LIST", run)
        var rows = RowBuilder("name size# md5 last_modified")
        for file in try stage.list(prefix: statement.location.path, pattern: pattern) {
            rows.add([.text(stage.displayPrefix + file.path), .count(file.size),
                      .text(try stage.files.md5(file)), .text(try httpDate(file.modifiedAt))])
        }
        return rows.result
    }

    /// PATTERN, beside which nothing is taken: a misspelt one must not mean all files.
    static func pattern(_ options: [ObjectProperty], of kind: String, also others: [String] = [], _ run: StatementRun)
        throws -> String? {
        let reader = PropertyReader(properties: options, run: run)
        try reader.check(["PATTERN"] + others, of: kind)
        return try reader.text("PATTERN")
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
        let stage = try StageResolver.resolve(statement.location, for: .write, in: run)
        try stage.requireWritable()
        let pattern = try ListExecution.pattern(statement.options, of: "REMOVE", run)
        var rows = RowBuilder("name result")
        for file in try stage.list(prefix: statement.location.path, pattern: pattern) {
            try stage.files.remove(file)
            rows.add([.text(stage.displayPrefix + file.path), .text("removed")])
        }
        return rows.result
    }
}
