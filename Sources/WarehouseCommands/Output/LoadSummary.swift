import MiniWarehouse
import WarehouseBasics
import WarehouseIngest

/// What `mlwh load` says of a table.
enum LoadSummary {
    /// Columns that are listed.
    private static let maximumColumns = 50

    static func print(_ report: FileLoadReport, to output: TextOutput) throws {
        let name = VisibleText.escaped(report.table.description)
        if report.isNew {
            try output.write("\(name)\n")
            let shown = report.columns.prefix(maximumColumns)
            let width = min(40, shown.map { Identifiers.quoted($0.name).count }.max() ?? 0)
            for column in shown {
                let name = VisibleText.escaped(Identifiers.quoted(column.name))
                let gap = String(repeating: " ", count: max(1, width + 2 - name.count))
                try output.write("  \(name)\(gap)\(column.type == .text ? "VARCHAR" : column.type.description)\n")
            }
            if report.columns.count > shown.count {
                try output.write("  and \(report.columns.count - shown.count) more columns\n")
            }
        }
        let rows = report.rowCount == 1 ? "1 row" : "\(report.rowCount) rows"
        let verb = report.isNew ? "" : "\(name): "
        var line = "\(verb)\(rows) from \(files(report.loadedFiles.count)), \(size(report.byteCount)), "
            + Stopwatch.describe(report.seconds)
        if report.rowCount > 0, report.seconds > 0 {
            line += ", \(ProgressText.short(Double(report.rowCount) / report.seconds)) rows/s"
        }
        try output.write(line + "\n")
        if let encoding = report.guessedEncoding {
            try output.write("The file is no UTF-8; it was read as \(encoding.rawValue). --encoding names another.\n")
        }
        if let comment = report.guessedComment {
            let mark = String(decoding: [comment], as: UTF8.self)
            let lines = report.remarkCount == 1 ? "1 line that begins with \(mark) was passed over as a remark. "
                : "\(report.remarkCount) lines that begin with \(mark) were passed over as remarks. "
            try output.write(lines
                + "--comment none takes them for records.\n")
        }
        for file in report.knownFiles {
            try output.write("\(VisibleText.escaped(file)) was loaded before; --force loads it again.\n")
        }
        for file in report.skippedFiles { try output.write("\(VisibleText.escaped(file)) was left out for its errors.\n") }
        guard report.errorCount > 0 else { return }
        let count = report.errorCount == 1 ? "1 record" : "\(report.errorCount) records"
        try output.write("\(count) could not be loaded:\n")
        for reject in report.rejects { try output.write(self.line(reject)) }
        if report.errorCount > report.rejects.count {
            try output.write("and \(report.errorCount - report.rejects.count) more\n")
        }
    }

    /// `tags.csv:7:3: Numeric value 'x' is not recognized (column TIMESTAMP)`, and below it the record.
    static func line(_ reject: RejectedRecord) -> String {
        let message = reject.message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let column = reject.columnName.map { " (column \(Identifiers.quoted($0)))" } ?? ""
        var text = VisibleText.escaped("\(reject.file):\(reject.line):\(reject.character): \(message)\(column)") + "\n"
        if let record = reject.record {
            text += "    " + VisibleText.fitted(VisibleText.escaped(record), columns: 120) + "\n"
        }
        return text
    }

    private static func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

    /// `950 bytes`, `12.3 kB`, `1.20 GB`
    private static func size(_ bytes: Int) -> String {
        guard bytes >= 1_000 else { return "\(bytes) bytes" }
        let text = ProgressText.short(Double(bytes)), unit = text.last.map { $0.isLetter ? String($0) : "" } ?? ""
        return "\(text.dropLast(unit.count)) \(unit == "K" ? "k" : unit)B"
    }
}
