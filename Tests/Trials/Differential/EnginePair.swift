import MiniWarehouse
import TestSupport
import WarehouseBasics

/// The same tables in a fresh warehouse and in SQLite.
struct EnginePair {
    private let sqlite: SQLite
    /// The same directory, opened for one and for two threads.
    private let engines: [Warehouse]
    private let directory: ScratchDirectory

    /// nil where there is no SQLite to compare with.
    init?(_ tables: [TestTable], seed: UInt64) throws {
        guard let sqlite = SQLite() else {
            return nil
        }
        self.sqlite = sqlite
        let directory = try ScratchDirectory()
        self.directory = directory
        engines = try [1, 2].map { threads in
            var options = WarehouseOptions()
            options.threads = threads
            return try Warehouse.open(directory.path + "/pair.mlwh", options: options)
        }
        try engines[0].execute("CREATE DATABASE pair")
        try engines[1].execute("USE DATABASE pair")
        try sqlite.execute("PRAGMA case_sensitive_like = ON")
        var random = SeededRandom(seed)
        for table in tables {
            try engines[0].execute(table.create(\.type))
            try sqlite.execute(table.create(\.affinity))
            for insert in table.inserts(&random) {
                try engines[0].execute(insert)
                try sqlite.execute(insert)
            }
        }
    }

    /// SQLite keeps dates as text, and REAL is its only FLOAT.
    private func translated(_ sql: String) -> String { sql.replacing("DATE '", with: "'") }

    /// Runs a change in both; false, and a failure, where one refuses.
    func change(_ sql: String, _ seed: UInt64, _ report: inout TrialReport) -> Bool {
        do {
            try engines[0].execute(sql)
            try sqlite.execute(translated(sql))
            return true
        } catch {
            report.fail("seed \(seed): \(error)\n\(sql)")
            return false
        }
    }

    /// Runs a query everywhere and records what differs.
    func compare(_ sql: String, _ seed: UInt64, _ report: inout TrialReport) {
        do {
            let wanted = try sqlite.execute(translated(sql))
            let results = try engines.map { try $0.query(sql) }
            let texts = results.map { $0.textRows() }
            if texts[0] != texts[1] { report.fail("seed \(seed): two threads answer otherwise\n\(sql)") }
            if let difference = RowComparison.difference(cells(results[0], texts[0]), wanted) {
                report.fail("seed \(seed): \(difference)\n\(sql)")
            }
        } catch {
            report.fail("seed \(seed): \(error)\n\(sql)")
        }
    }

    private func cells(_ result: ResultSet, _ rows: [[String?]]) -> [[Cell]] {
        let isNumber = result.columns.map { column in
            if case .number = column.type { return true }
            return column.type == .float
        }
        return rows.map { row in
            zip(row, isNumber).map { text, isNumber in
                guard let text else { return .null }
                return isNumber ? .number(Double(text) ?? .nan) : .text(text)
            }
        }
    }
}
