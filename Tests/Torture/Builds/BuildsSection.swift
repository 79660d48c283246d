import MiniWarehouse
import TestSupport
import Trials

/// A child process builds a project of models in a loop and gets SIGKILL at a random moment: every relation is then
/// there whole, as one of the last two builds made it, and the next child builds on it.
enum BuildsSection {
    static func run(first: UInt64, count: Int) throws -> TrialReport {
        var report = TrialReport()
        let directory = try ScratchDirectory()
        let path = directory.path + "/w.mlwh"
        try create(path)
        for round in 0..<count {
            let seed = first &+ UInt64(round)
            Lanes.begin(seed)
            var random = SeededRandom(seed)
            report.cases += 1
            do {
                let child = try ChildProcess(["kill-builder", path])
                _ = try child.kill(waitingForReady: round == 0 || !random.chance(5), microseconds: random.below(random.chance(40) ? 400_000 : 60_000))
                if round > 0 { try check(path, "seed \(seed), kill \(round)", &report) }
                // The first one builds all once, so that everything is there.
                if round == 0 { try build(path) }
            } catch {
                report.fail("seed \(seed), kill \(round): \(error)")
                return report
            }
        }
        return report
    }

    private static func create(_ path: String) throws {
        let warehouse = try Warehouse.open(path)
        try warehouse.execute("""
            CREATE DATABASE SHOP; CREATE SCHEMA RAW; CREATE SCHEMA DEV; CREATE ROLE READER;
            CREATE TABLE RAW.BUILDS (n INT);
            CREATE TABLE RAW.ROWS_IN AS
            SELECT SEQ4() AS id, DATEADD(hour, SEQ4() % 96, '2026-01-01'::TIMESTAMP_NTZ) AS at
            FROM TABLE(GENERATOR(ROWCOUNT => \(VersionedProject.rows)))
            """)
    }

    /// One build that nobody disturbs.
    private static func build(_ path: String) throws {
        try BuildingChild.build(in: try BuildingChild.open(path))
    }

    private static let relations = ["LISTED", "TABLED", "TURNING", "MERGED", "REPLACED", "SYNCED", "KEPT"]

    private static func check(_ path: String, _ place: String, _ report: inout TrialReport) throws {
        let faults = try Warehouse.check(path).faults
        report.check(faults.isEmpty, "\(place): \(faults.first.map(\.description) ?? "")")
        let warehouse = try Warehouse.open(path)
        func numbers(_ sql: String) throws -> [Int] {
            try warehouse.query(sql).textRows()[0].map { $0.flatMap { Int($0) } ?? -1 }
        }
        let newest = try numbers("SELECT MAX(n) FROM SHOP.RAW.BUILDS")[0]
        for relation in relations {
            let condition = relation == "KEPT" ? "WHERE dbt_valid_to IS NULL" : ""
            let row = try numbers("""
                SELECT COUNT(*), COUNT(DISTINCT id), MIN(build), MAX(build) FROM SHOP.DEV.\(relation) \(condition)
                """)
            let count = relation == "LISTED" ? VersionedProject.seedRows : VersionedProject.rows
            // What a child before could not come to may be older than the last build.
            report.check(
                row[0] == count && row[1] == count && row[2] == row[3] && row[3] <= newest,
                "\(place): \(relation) has \(row) of build \(newest)")
            if relation == "SYNCED" {
                let columns = try numbers("""
                    SELECT COUNT(*) FROM SHOP.INFORMATION_SCHEMA.COLUMNS
                    WHERE table_schema = 'DEV' AND table_name = 'SYNCED'
                    """)[0]
                report.check(columns == (row[3] % 2 == 0 ? 2 : 3), "\(place): SYNCED has \(columns) columns of build \(row[3])")
            }
        }
        // Of each day the rows are of one build, and all there.
        let days = try warehouse.query("""
            SELECT COUNT(*), MIN(build) = MAX(build) FROM SHOP.DEV.BATCHED GROUP BY at::DATE
            """).textRows()
        let whole = days.count == 4 && days.allSatisfy { $0 == [String(VersionedProject.rows / 4), "true"] }
        report.check(whole, "\(place): BATCHED has \(days)")
        // Every version of every row but the last is closed.
        let kept = try numbers("SELECT COUNT(*), COUNT(DISTINCT build) * \(VersionedProject.rows) FROM SHOP.DEV.KEPT")
        report.check(kept[0] == kept[1], "\(place): KEPT has \(kept)")
        let grants = try warehouse.query("SHOW GRANTS ON TABLE SHOP.DEV.TABLED").textRows()
        report.check(
            grants.contains { $0.contains("READER") }, "\(place): TABLED has lost its grant: \(grants)")
        let rests = try warehouse.query("SHOW TABLES LIKE '%TMP' IN DATABASE SHOP").textRows()
        report.check(rests.isEmpty, "\(place): there is \(rests)")
    }
}
