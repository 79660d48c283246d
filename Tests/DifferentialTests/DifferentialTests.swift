#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Testing
import WarehouseBasics

/// Random queries over random tables, answered by this engine with one and with two threads and by SQLite, which must
/// agree. `MLWH_LONG=1` runs 20,000 of them; `MLWH_SEED` starts elsewhere. A failure prints the seed of its case.
@Suite struct DifferentialTests {
    private static func number(_ variable: String) -> UInt64? {
        getenv(variable).flatMap { UInt64(String(cString: $0)) }
    }

    static let isLong = number("MLWH_LONG") == 1
    static let firstSeed = number("MLWH_SEED") ?? 20_260_000
    static let tables = [0, 1, 7, 61, 300, 2500].map { TestTable(name: "r\($0)", rowCount: $0) }

    @Test func queriesAgree() throws {
        guard let pair = try EnginePair(Self.tables, seed: Self.firstSeed) else { return }
        let count: UInt64 = Self.isLong ? 20_000 : 260
        for seed in Self.firstSeed..<(Self.firstSeed + count) {
            var generator = QueryGenerator(seed: seed, tables: Self.tables)
            pair.compare(generator.query().sql, seed)
        }
    }

    @Test func changesAgree() throws {
        guard let pair = try EnginePair(Self.tables, seed: Self.firstSeed + 1) else { return }
        let count: UInt64 = Self.isLong ? 1_000 : 40
        for seed in Self.firstSeed..<(Self.firstSeed + count) {
            var generator = QueryGenerator(seed: seed, tables: Self.tables)
            let table = Self.tables[Int(seed % UInt64(Self.tables.count))]
            guard pair.change(generator.change(table), seed) else { return }
            pair.compare("SELECT * FROM \(table.name)", seed)
        }
    }
}

/// The same tables in a fresh warehouse and in SQLite.
struct EnginePair {
    private let sqlite: SQLite
    /// The same directory, opened for one and for two threads.
    private let engines: [Warehouse]
    private let directory: TestDirectory

    /// nil, said aloud, where there is no SQLite to compare with.
    init?(_ tables: [TestTable], seed: UInt64) throws {
        guard let sqlite = SQLite() else {
            print("SKIPPED: no SQLite ≥ 3.39 to compare with on this machine (libsqlite3).")
            return nil
        }
        self.sqlite = sqlite
        let directory = try TestDirectory()
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
    func change(_ sql: String, _ seed: UInt64) -> Bool {
        do {
            try engines[0].execute(sql)
            try sqlite.execute(translated(sql))
            return true
        } catch {
            Issue.record("seed \(seed): \(error)\n\(sql)")
            return false
        }
    }

    /// Runs a query everywhere and records what differs.
    func compare(_ sql: String, _ seed: UInt64) {
        do {
            let wanted = try sqlite.execute(translated(sql))
            let results = try engines.map { try $0.query(sql) }
            let texts = results.map { $0.textRows() }
            if texts[0] != texts[1] { Issue.record("seed \(seed): two threads answer otherwise\n\(sql)") }
            if let difference = Comparison.difference(cells(results[0], texts[0]), wanted) {
                Issue.record("seed \(seed): \(difference)\n\(sql)")
            }
        } catch {
            Issue.record("seed \(seed): \(error)\n\(sql)")
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

/// Rows as multisets, numbers by their value.
enum Comparison {
    /// What differs first; nil where nothing does.
    static func difference(_ ours: [[Cell]], _ theirs: [[Cell]]) -> String? {
        guard ours.count == theirs.count else { return "\(ours.count) rows, SQLite has \(theirs.count)" }
        let a = ours.sorted(by: precedes), b = theirs.sorted(by: precedes)
        for (mine, other) in zip(a, b) where !zip(mine, other).allSatisfy(equal) {
            return "row \(mine), SQLite has \(other)"
        }
        return nil
    }

    /// Averages of NUMBER have six decimals more, and floats are summed in another order.
    private static func equal(_ a: Cell, _ b: Cell) -> Bool {
        guard case .number(let x) = a, case .number(let y) = b else { return a == b }
        if x == y || (x == x.rounded() && y == y.rounded()) { return x == y }
        return abs(x - y) <= max(1e-6, 1e-9 * max(abs(x), abs(y)))
    }

    private static func precedes(_ a: [Cell], _ b: [Cell]) -> Bool {
        for (x, y) in zip(a, b) where !equal(x, y) { return precedes(x, y) }
        return false
    }

    private static func precedes(_ a: Cell, _ b: Cell) -> Bool {
        switch (a, b) {
        case (.null, _): true
        case (_, .null): false
        case (.number(let x), .number(let y)): x < y
        case (.number, .text): true
        case (.text, .number): false
        case (.text(let x), .text(let y)): Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8))
        }
    }
}

/// A directory that goes with its last reference.
final class TestDirectory: Sendable {
    struct Failure: Error {}
    let path: String

    init() throws {
        var template = Array("/tmp/mlwh-differential-XXXXXX".utf8CString)
        path = try template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, mkdtemp(base) != nil else { throw Failure() }
            return String(cString: base)
        }
    }

    deinit { TestDirectory.remove(path) }

    private static func remove(_ path: String) {
        if let listing = opendir(path) {
            var names: [String] = []
            while let entry = readdir(listing) {
                names.append(withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
            }
            closedir(listing)
            for name in names where name != "." && name != ".." { remove(path + "/" + name) }
        }
        rmdir(path)
        unlink(path)
    }
}
