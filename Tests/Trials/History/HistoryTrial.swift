import MiniWarehouse
import TestSupport
import WarehouseBasics

/// Random statements that change tables, against a naive model in memory: every version can be had back by AT, dropped
/// tables by UNDROP, what was rolled back never was, and a check of the files is clean.
public enum HistoryTrial {
    private typealias Rows = [Int: Int]

    private final class Clock: WarehouseClock {
        private let seconds = Lock(1_767_225_600)
        func advance() { seconds.withLock { $0 += 1 } }
        var value: Int { seconds.withLock { $0 } }
        func now() -> Int128 { Int128(value) * 1_000_000_000 }
    }

    /// `count` histories of some dozens of statements.
    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            do {
                try trial(seed, &report)
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }

    private static func trial(_ seed: UInt64, _ report: inout TrialReport) throws {
        let directory = try ScratchDirectory()
        let clock = Clock()
        var random = SeededRandom(seed)
        var history = try History(path: directory.path + "/w.mlwh", clock: clock)
        for step in 0..<random.between(20, 60) {
            clock.advance()
            let did = try history.step(&random)
            let place = "seed \(seed), step \(step), \(did)"
            try history.compare(place, &report)
            if random.chance(20) { try history.travel(place, &random, &report) }
            if random.chance(5) { try history.reopen() }
        }
        try history.compare("seed \(seed), the end", &report)
        let faults = try Warehouse.check(directory.path + "/w.mlwh").faults
        report.check(faults.isEmpty, "seed \(seed): \(faults.first.map(\.description) ?? "")")
    }

    private struct History {
        let path: String
        let clock: Clock
        private var warehouse: Warehouse
        private var tables: [String: Rows] = ["T": [:]]
        private var dropped: [String: [Rows]] = [:]
        /// What T held at the end of each second, since it was last replaced or brought back.
        private var versions: [(second: Int, rows: Rows)] = []

        init(path: String, clock: Clock) throws {
            self.path = path
            self.clock = clock
            warehouse = try Self.open(path, clock)
            try warehouse.execute("CREATE TABLE t (id INT, v INT)")
        }

        private static func open(_ path: String, _ clock: Clock) throws -> Warehouse {
            var options = WarehouseOptions()
            options.clock = clock
            options.threads = 2
            return try Warehouse.open(path, options: options)
        }

        mutating func reopen() throws { warehouse = try Self.open(path, clock) }

        /// Does something; gives what.
        mutating func step(_ random: inout SeededRandom) throws -> String {
            let name = random.pick(tables.keys.sorted())
            let isRolledBack = random.chance(15), isInTransaction = isRolledBack || random.chance(20)
            let before = tables
            if isInTransaction { try warehouse.execute("BEGIN") }
            var text = ""
            for _ in 0..<(isInTransaction ? random.between(1, 4) : 1) {
                let sql = change(name, &random)
                text += sql + "; "
                try warehouse.execute(sql)
            }
            if isInTransaction { try warehouse.execute(isRolledBack ? "ROLLBACK" : "COMMIT") }
            if isRolledBack { tables = before }
            note()
            guard random.chance(25) else { return text }
            clock.advance()
            text += try define(&random)
            note()
            return text
        }

        private mutating func note() {
            if let rows = tables["T"] { versions.append((clock.value, rows)) } else { versions = [] }
        }

        /// A statement that changes rows of a table, done to the model too.
        private mutating func change(_ name: String, _ random: inout SeededRandom) -> String {
            var rows = tables[name] ?? [:]
            defer { tables[name] = rows }
            let part = random.between(2, 7), rest = random.below(part), amount = random.between(1, 9)
            switch random.below(8) {
            case 0, 1:
                let start = (rows.keys.max() ?? -1) + 1
                let count = random.chance(20) ? random.between(1000, 6000) : random.between(1, 5)
                for id in start..<(start + count) { rows[id] = id % 10 }
                return "INSERT INTO \(name) SELECT \(start) + SEQ4(), (\(start) + SEQ4()) % 10 "
                    + "FROM TABLE(GENERATOR(ROWCOUNT => \(count)))"
            case 2:
                let id = (rows.keys.max() ?? -1) + 1
                rows[id] = amount
                return "INSERT INTO \(name) VALUES (\(id), \(amount))"
            case 3:
                rows = rows.filter { $0.key % part != rest }
                return "DELETE FROM \(name) WHERE id % \(part) = \(rest)"
            case 4, 5:
                for id in rows.keys where id % part == rest { rows[id, default: 0] += amount }
                return "UPDATE \(name) SET v = v + \(amount) WHERE id % \(part) = \(rest)"
            case 6:
                let start = random.below(30)
                for id in start..<(start + 10) {
                    if rows[id] != nil, id % 3 == 0 { rows[id] = nil } else { rows[id] = amount }
                }
                return """
                    MERGE INTO \(name) USING (SELECT \(start) + SEQ4() AS id FROM TABLE(GENERATOR(ROWCOUNT => 10))) s
                    ON \(name).id = s.id WHEN MATCHED AND s.id % 3 = 0 THEN DELETE
                    WHEN MATCHED THEN UPDATE SET v = \(amount) WHEN NOT MATCHED THEN INSERT VALUES (s.id, \(amount))
                    """
            default:
                guard random.chance(20) else {
                    rows = rows.filter { $0.value < 40 }
                    return "DELETE FROM \(name) WHERE v >= 40"
                }
                rows = [:]
                return "TRUNCATE TABLE \(name)"
            }
        }

        /// DDL, outside a transaction.
        private mutating func define(_ random: inout SeededRandom) throws -> String {
            let sql: String
            switch random.below(6) {
            case 0:
                let name = "C\(random.below(3))"
                sql = "CREATE OR REPLACE TABLE \(name) CLONE t"
                drop(name)
                tables[name] = tables["T"]
            case 1:
                guard let name = tables.keys.sorted().first, name != "T" else { return "" }
                sql = "DROP TABLE \(name)"
                drop(name)
                tables[name] = nil
            case 2:
                guard let name = dropped.keys.sorted().first(where: { tables[$0] == nil && !(dropped[$0] ?? []).isEmpty })
                else { return "" }
                sql = "UNDROP TABLE \(name)"
                tables[name] = dropped[name]?.popLast()
            case 3: sql = random.chance(50) ? "VACUUM" : "VACUUM t"
            case 4: sql = "ALTER TABLE t ADD COLUMN w INT DEFAULT 5"
            default:
                sql = "CREATE OR REPLACE SCHEMA other"
            }
            if sql.contains("ADD COLUMN") {
                try warehouse.execute(sql)
                try warehouse.execute("ALTER TABLE t DROP COLUMN w")
                return sql
            }
            try warehouse.execute(sql)
            if sql.contains("SCHEMA") { try warehouse.execute("USE SCHEMA main.public") }
            return sql
        }

        private mutating func drop(_ name: String) {
            guard let old = tables[name] else { return }
            // Five of a name are kept.
            dropped[name] = (dropped[name, default: []] + [old]).suffix(5)
        }

        private static func rows(_ result: ResultSet) -> Rows? {
            var rows: Rows = [:]
            for row in result.textRows() {
                guard let id = row[0].flatMap({ Int($0) }), let v = row[1].flatMap({ Int($0) }), rows[id] == nil else { return nil }
                rows[id] = v
            }
            return rows
        }

        func compare(_ place: String, _ report: inout TrialReport) throws {
            for (name, wanted) in tables {
                let found = try Self.rows(warehouse.query("SELECT id, v FROM \(name)"))
                report.check(found == wanted, "\(place): \(name) holds \(found?.count ?? -1) rows, \(wanted.count) wanted")
            }
        }

        /// A moment of the past.
        func travel(_ place: String, _ random: inout SeededRandom, _ report: inout TrialReport) throws {
            guard !versions.isEmpty else { return }
            let version = random.pick(versions)
            let wanted = versions.last { $0.second == version.second }?.rows
            let found = try Self.rows(warehouse.query("""
                SELECT id, v FROM t AT(TIMESTAMP => TO_TIMESTAMP_TZ('\(version.second)'))
                """))
            report.check(found == wanted, "\(place): at \(version.second) t held \(found?.count ?? -1) rows")
        }
    }
}
