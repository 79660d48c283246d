import MiniWarehouse
import TestSupport
import Trials

/// A child process commits in a loop and gets SIGKILL at a random moment: what it acknowledged is there, what is there
/// was committed whole, a check of all files is clean, and the next child can write.
enum KillSection {
    static func run(first: UInt64, count: Int) throws -> TrialReport {
        var report = TrialReport()
        var directory = try ScratchDirectory()
        for round in 0..<count {
            let seed = first &+ UInt64(round)
            Lanes.begin(seed)
            // A fresh warehouse at times; else what many deaths have left.
            if round % 40 == 0 {
                directory = try ScratchDirectory()
                try create(directory.path + "/w.mlwh")
            }
            var random = SeededRandom(seed)
            report.cases += 1
            do {
                let acknowledged = try killed(directory.path + "/w.mlwh", &random)
                try check(directory.path + "/w.mlwh", acknowledged, seed, &report)
            } catch {
                report.fail("seed \(seed), kill \(round): \(error)")
                return report
            }
        }
        return report
    }

    private static func create(_ path: String) throws {
        let warehouse = try Warehouse.open(path)
        try warehouse.execute("CREATE TABLE log (n INTEGER, note VARCHAR)")
        try warehouse.execute("CREATE TABLE twin (n INTEGER)")
        try warehouse.execute("CREATE TABLE bulk (part INTEGER, n INTEGER)")
    }

    /// Runs a child, kills it, and gives the last commit that it acknowledged; nil: none.
    private static func killed(_ path: String, _ random: inout SeededRandom) throws -> Int? {
        // At times before it is ready: then it is opening the warehouse.
        let waitsForReady = !random.chance(15)
        let child = try ChildProcess(["kill-writer", path])
        let lines = try child.kill(
            waitingForReady: waitsForReady, microseconds: random.below(random.chance(30) ? 3000 : 40_000))
        return lines.last.flatMap { Int($0) }
    }

    private static func check(_ path: String, _ acknowledged: Int?, _ seed: UInt64, _ report: inout TrialReport) throws {
        let faults = try Warehouse.check(path).faults
        report.check(faults.isEmpty, "seed \(seed): \(faults.first.map(\.description) ?? "")")
        let warehouse = try Warehouse.open(path)
        let row = try warehouse.query("""
            SELECT COUNT(*), COALESCE(MIN(n), 1), COALESCE(MAX(n), 0), COUNT(DISTINCT n),
                   (SELECT COUNT(*) FROM twin), (SELECT COALESCE(MAX(n), 0) FROM twin),
                   (SELECT COUNT(*) FROM (SELECT part FROM bulk GROUP BY part HAVING COUNT(*) <> 1000)),
                   COUNT_IF(note <> 'entry ' || n AND note <> 'seen ' || n OR note IS NULL)
            FROM log
            """).textRows()[0].map { $0.flatMap { Int($0) } ?? -1 }
        let last = row[2]
        report.check(row == [last, 1, last, last, last, last, 0, 0], "seed \(seed): \(row) after \(acknowledged ?? 0)")
        if let acknowledged {
            // The commit behind the last acknowledged one may be there too.
            report.check(last == acknowledged || last == acknowledged + 1, """
                seed \(seed): acknowledged \(acknowledged), found \(last)
                """)
        }
    }
}
