import Dispatch
import MiniWarehouse
import Synchronization
import TestSupport
import WarehouseBasics

/// Sessions and warehouses side by side on one directory: a writer moves amounts between accounts, so that every
/// version has the same total, while readers, some of them in a warehouse of their own, look at it with parallel
/// queries. Meant for ThreadSanitizer too.
public enum ConcurrencyTrial {
    static let accounts = 200, amount = 100

    /// `count` commits by the writer, with three readers beside it.
    public static func run(first: UInt64, count: Int) throws -> TrialReport {
        let directory = try ScratchDirectory()
        var options = WarehouseOptions()
        options.threads = 4
        let warehouse = try Warehouse.open(directory.path + "/w.mlwh", options: options)
        for statement in [
            "CREATE TABLE accounts (id INTEGER, amount INTEGER)", "CREATE TABLE moves (source INTEGER, target INTEGER)",
            "INSERT INTO accounts SELECT SEQ4(), \(amount) FROM TABLE(GENERATOR(ROWCOUNT => \(accounts)))",
            "CREATE TABLE big (k INTEGER, v FLOAT, s VARCHAR)",
            """
            INSERT INTO big SELECT SEQ4() % 1000, SEQ4() % 8, 'w' || (SEQ4() % 77)
            FROM TABLE(GENERATOR(ROWCOUNT => 400000))
            """,
            "CREATE VIEW totals AS SELECT COUNT(*) AS n, SUM(amount) AS total FROM accounts",
        ] { try warehouse.execute(statement) }
        let isOver = Shared(Atomic<Bool>(false))
        let total = Shared(Lock(TrialReport()))
        let readers = try [warehouse, warehouse, Warehouse.open(directory.path + "/w.mlwh", options: options)]
        // The writer has this thread: a queue begins no more readers at once than there are cores.
        let group = DispatchGroup()
        for (lane, reader) in readers.enumerated() {
            DispatchQueue.global().async(group: group) {
                var report = TrialReport()
                repeat {
                    read(reader.makeSession(), first, lane, &report)
                } while !isOver.value.load(ordering: .acquiring)
                total.value.withLock { $0 += report }
            }
        }
        var written = TrialReport()
        write(warehouse.makeSession(), first, count, &written)
        isOver.value.store(true, ordering: .releasing)
        group.wait()
        var report = total.value.withLock { $0 }
        report += written
        let rows = try warehouse.query("SELECT COUNT(*) FROM moves").textRows()
        report.check(rows == [["\(count)"]], "seed \(first): \(rows) moves of \(count)")
        return report
    }

    private static func write(_ session: Session, _ first: UInt64, _ count: Int, _ report: inout TrialReport) {
        for index in 0..<count {
            let seed = first &+ UInt64(index)
            Lanes.begin(seed)
            var random = SeededRandom(seed)
            let source = random.below(accounts), target = random.below(accounts), part = random.below(50)
            report.cases += 1
            do {
                try session.execute("BEGIN")
                try session.execute("UPDATE accounts SET amount = amount - \(part) WHERE id = \(source)")
                try session.execute("UPDATE accounts SET amount = amount + \(part) WHERE id = \(target)")
                try session.execute("INSERT INTO moves VALUES (\(source), \(target))")
                try session.execute("COMMIT")
                if index % 20 == 7 { try session.execute("CREATE OR REPLACE TABLE other\(index % 3) AS SELECT * FROM moves") }
                if index % 20 == 13 { try session.execute("DROP TABLE IF EXISTS other\(random.below(3))") }
            } catch {
                report.fail("seed \(seed): \(error)")
                return
            }
        }
    }

    private static func read(_ session: Session, _ seed: UInt64, _ lane: Int, _ report: inout TrialReport) {
        do {
            let totals = try session.execute("SELECT n, total FROM totals").textRows()
            report.check(totals == [["\(accounts)", "\(accounts * amount)"]], "seed \(seed): reader \(lane) sees \(totals)")
            let sums = try session.execute("""
                SELECT COUNT(*), SUM(v), COUNT(DISTINCT s), (SELECT COUNT(*) FROM accounts a JOIN big b ON a.id = b.k)
                FROM big WHERE v < 7
                """).textRows()
            report.check(sums == [["350000", "1050000", "77", "80000"]], "seed \(seed): reader \(lane) sees \(sums)")
            if lane == 1 { _ = try session.execute("SHOW TABLES") }
        } catch {
            report.fail("seed \(seed), reader \(lane): \(error)")
        }
    }
}

/// What closures on several threads share.
private final class Shared<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) { self.value = value }
}
