/// Random queries over random tables, answered by this engine with one and with two threads and by SQLite, which must
/// agree; and random changes, after which the tables must agree.
public enum DifferentialTrial {
    static let tables = [0, 1, 7, 61, 300, 2500].map { TestTable(name: "r\($0)", rowCount: $0) }
    static let noSQLite = "no SQLite ≥ 3.39 to compare with on this machine (libsqlite3)"

    /// Every case has its own seed, from `first` on. The tables change with `first`.
    public static func queries(first: UInt64, count: Int) throws -> TrialReport {
        var report = TrialReport()
        guard let pair = try EnginePair(tables, seed: first) else {
            report.skipped = noSQLite
            return report
        }
        for index in 0..<count {
            let seed = first &+ UInt64(index)
            Lanes.begin(seed)
            var generator = QueryGenerator(seed: seed, tables: tables)
            report.cases += 1
            pair.compare(generator.query().sql, seed, &report)
        }
        return report
    }

    /// DML and what it leaves. Each change builds on those before it, so a failure comes back from `first` only.
    public static func changes(first: UInt64, count: Int) throws -> TrialReport {
        var report = TrialReport()
        guard let pair = try EnginePair(tables, seed: first &+ 1) else {
            report.skipped = noSQLite
            return report
        }
        for index in 0..<count {
            let seed = first &+ UInt64(index)
            Lanes.begin(seed)
            var generator = QueryGenerator(seed: seed, tables: tables)
            let table = tables[Int(seed % UInt64(tables.count))]
            report.cases += 1
            guard pair.change(generator.change(table), seed, &report) else { return report }
            pair.compare("SELECT * FROM \(table.name)", seed, &report)
        }
        return report
    }
}
