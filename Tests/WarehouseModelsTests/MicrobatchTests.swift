@testable import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum Clicks: Source {
    struct Columns: Row { let id: Expr<Int64?>; let at: Expr<LocalDateTime?> }
    static let table = "RAW.CLICKS"
    static var eventTime: PartialKeyPath<Columns>? { \.at }
}

private struct Kept: Row { let id: Expr<Int64?>; let share: Expr<Decimal128?>; let at: Expr<LocalDateTime?> }

/// A day's batches; id 0 fails the batch that it lies in.
private enum ClicksKept: Model {
    fileprivate typealias Columns = Kept
    static var eventTime: PartialKeyPath<Kept>? { \.at }
    static var materialized: Materialization<Kept> {
        .incremental(.microbatch(begin: Day(daysSinceEpoch: 20_451), size: .day))  // 2025-12-29
    }
    static func query(_ q: inout Query) -> Kept {
        let click = q.from(Clicks.self)
        return Kept(id: click.id, share: sql("100 / \(click.id)"), at: click.at)
    }
}

private enum Timeless: Source {
    struct Columns: Row { let id: Expr<Int64?>; let at: Expr<LocalDateTime?> }
    static let table = "RAW.CLICKS"
}

private enum WithoutInputTime: Model {
    fileprivate typealias Columns = Timeless.Columns
    static var eventTime: PartialKeyPath<Columns>? { \.at }
    static var materialized: Materialization<Columns> {
        .incremental(.microbatch(begin: Day(daysSinceEpoch: 0), size: .year))
    }
    static func query(_ q: inout Query) -> Columns {
        let click = q.from(Timeless.self)
        return Columns(id: click.id, at: click.at)
    }
}

private enum WithoutTime: Model {
    fileprivate typealias Columns = Timeless.Columns
    static var materialized: Materialization<Columns> {
        .incremental(.microbatch(begin: Day(daysSinceEpoch: 0), size: .year, lookback: -1))
    }
    static func query(_ q: inout Query) -> Columns {
        let click = q.from(Clicks.self)
        return Columns(id: click.id, at: click.at)
    }
}

private enum Zoned: Source {
    struct Columns: Row { let id: Expr<Int64?>; let at: Expr<Instant?> }
    static let table = "RAW.ZONED"
    static var eventTime: PartialKeyPath<Columns>? { \.at }
}

private enum ZonedKept: Model {
    struct Columns: Row { let id: Expr<Int64?>; let at: Expr<Instant?> }
    static var eventTime: PartialKeyPath<Columns>? { \.at }
    static var materialized: Materialization<Columns> {
        .incremental(.microbatch(begin: Day(daysSinceEpoch: 20_454), size: .day, lookback: 0))  // 2026-01-01
    }
    static func query(_ q: inout Query) -> Columns {
        let row = q.from(Zoned.self)
        return Columns(id: row.id, at: row.at)
    }
}

@Suite struct MicrobatchTests {
    private var folder: String { temporary.folder }
    private let temporary: TemporaryWarehouse

    init() throws {
        temporary = try TemporaryWarehouse("""
            CREATE TABLE RAW.CLICKS (id INT, at TIMESTAMP_NTZ);
            INSERT INTO RAW.CLICKS VALUES (1, '2025-12-28 23:59:59'), (2, '2025-12-29 10:00:00'),
                (4, '2025-12-31 23:59:59.999'), (5, '2026-01-01 00:00:00');
            """)
        temporary.clock.set(1_767_225_600 + 12 * 3600)  // 2026-01-01 12:00:00 UTC
    }

    private func runner(_ lines: ConsoleLines = ConsoleLines(), _ change: (inout RunOptions) -> Void = { _ in }) throws -> Runner {
        var options = RunOptions()
        options.targetPath = folder
        change(&options)
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Clicks.self, ClicksKept.self])
        return try Runner(
            project, on: EmbeddedTarget(temporary.warehouse.session), console: lines.console(), options: options)
    }

    private func kept() throws -> String {
        try temporary.text("SELECT LISTAGG(id, ',') WITHIN GROUP (ORDER BY id) FROM DEV.CLICKS_KEPT")
    }

    @Test func batchesOfADay() throws {
        let lines = ConsoleLines()
        let first = try runner(lines).run()
        #expect(first.results.map(\.message) == ["SUCCESS"])
        // From the beginning to the end of today.
        #expect(first.results[0].batches?.successful.count == 4)
        #expect(try kept() == "2,4,5")
        let text = lines.text
        #expect(text.contains("1 of 1 START sql microbatch model DEV.clicks_kept ..."))
        #expect(text.contains("Batch 1 of 4 START batch 2025-12-29 of DEV.clicks_kept ..."))
        #expect(text.contains("Batch 4 of 4 OK created batch 2026-01-01 of DEV.clicks_kept ..."))
        // Yesterday and today again: 4 has gone, 6 came late, 3 came too late.
        try temporary.warehouse.execute("""
            DELETE FROM RAW.CLICKS WHERE id = 4;
            INSERT INTO RAW.CLICKS VALUES (3, '2025-12-30 05:00:00'), (6, '2025-12-31 01:00:00')
            """)
        let second = try runner().run()
        #expect(second.results[0].batches?.successful.count == 2)
        #expect(second.results[0].rowsAffected == 2)
        #expect(try kept() == "2,5,6")
        // The time that is asked for, and no other.
        try temporary.warehouse.execute("DELETE FROM RAW.CLICKS WHERE id = 5")
        let third = try runner {
            $0.eventTimeStart = LocalDateTime(text: "2025-12-30")
            $0.eventTimeEnd = LocalDateTime(text: "2025-12-31T00:00:00")
        }.run()
        #expect(third.results[0].batches?.successful.count == 1)
        #expect(try kept() == "2,3,5,6")
        // Anew, from the beginning.
        _ = try runner { $0.isFullRefresh = true }.run()
        #expect(try kept() == "2,3,6")
        let node = try JSON(parsing: TextFile.read(folder + "/manifest.json"))["nodes"]["model.shop.clicks_kept"]
        #expect(node["config"]["incremental_strategy"].string == "microbatch")
        #expect(node["config"]["begin"].string == "2025-12-29 00:00:00")
        #expect(node["config"]["batch_size"].string == "day")
    }

    @Test func aBatchThatFailsIsRetriedAlone() throws {
        try temporary.warehouse.execute("INSERT INTO RAW.CLICKS VALUES (0, '2025-12-30 01:00:00')")
        let lines = ConsoleLines()
        let summary = try runner(lines).build()
        #expect(summary.results.map(\.status) == [.partialSuccess])
        #expect(summary.results[0].message == "PARTIAL SUCCESS (3/4)")
        #expect(summary.exitStatus == 1)
        #expect(lines.text.contains("Batch 2 of 4 ERROR creating batch 2025-12-30 of DEV.clicks_kept"))
        #expect(lines.text.contains("Completed with 0 errors, 1 partial success, and 0 warnings:"))
        #expect(try kept() == "2,4,5")
        let result = try JSON(parsing: TextFile.read(folder + "/run_results.json"))["results"].elements[0]
        #expect(result["status"].string == "partial success")
        #expect(result["batch_results"]["failed"].text
            == #"[["2025-12-30T00:00:00.000000Z", "2025-12-31T00:00:00.000000Z"]]"#)
        try temporary.warehouse.execute("UPDATE RAW.CLICKS SET id = 3 WHERE id = 0; DELETE FROM RAW.CLICKS WHERE id = 5")
        let retried = try runner().retry()
        #expect(retried.results[0].batches?.successful.count == 1 && retried.exitStatus == 0)
        #expect(try kept() == "2,3,4,5")
    }

    @Test func batchesAfterACancelledOneAreLeftToARetry() throws {
        let cancellation = StatementCancellation()
        let console = Console { if $0.contains("Batch 2 of 4 START") { cancellation.cancel() } }
        let whole = try runner()
        let summary = try cancellation.obeyed {
            try Runner(whole.project, on: whole.target, console: console, options: whole.options).run()
        }
        #expect(summary.wasCancelled && summary.results.map(\.status) == [.partialSuccess])
        #expect(summary.results[0].batches?.successful.count == 1 && summary.results[0].batches?.failed.count == 3)
        #expect(try runner().retry().results[0].batches?.successful.count == 3)
    }

    @Test func aFirstBatchThatFailsEndsIt() throws {
        try temporary.warehouse.execute("INSERT INTO RAW.CLICKS VALUES (0, '2025-12-29 01:00:00')")
        let summary = try runner().run()
        #expect(summary.results.map(\.status) == [.error])
        #expect(try temporary.text("SHOW TABLES LIKE 'CLICKS_KEPT' IN SCHEMA DEV") == "")
    }

    @Test func timesWithAZoneAreCutInUTC() throws {
        try temporary.warehouse.execute("""
            CREATE TABLE RAW.ZONED (id INT, at TIMESTAMP_LTZ);
            INSERT INTO RAW.ZONED VALUES (1, '2025-12-31 23:00:00 +0000'), (2, '2026-01-01 02:00:00 +0000');
            ALTER SESSION SET TIMEZONE = 'America/Los_Angeles';
            """)
        #expect(try temporary.run([Zoned.self, ZonedKept.self]) == ["SUCCESS"])
        #expect(try temporary.text("SELECT id FROM DEV.ZONED_KEPT") == "2")
        #expect(try temporary.run([Zoned.self, ZonedKept.self]) == ["SUCCESS"])
        #expect(try temporary.text("SELECT id FROM DEV.ZONED_KEPT") == "2")
    }

    @Test func problemsBeforeAnythingRuns() {
        let target = Target(database: "SHOP", schema: "DEV")
        #expect(Project("p", target: target, [Timeless.self, WithoutInputTime.self]).problems() == [
            "without_input_time: microbatch reads nothing with an eventTime, so each batch would hold all rows; give "
                + "timeless one",
        ])
        #expect(Project("p", target: target, [Clicks.self, WithoutTime.self]).problems() == [
            "without_time: microbatch needs eventTime, the column that says when a row happened",
            "without_time: lookback is -1; give 0 or more batches",
        ])
    }

    @Test func spansOfTime() throws {
        func text(_ size: BatchSize, _ time: String, _ offset: Int) -> String? {
            LocalDateTime(text: time).map { LocalDateTime.text(size.start($0, offset: offset)) }
        }
        #expect(text(.hour, "2024-09-17 16:06:00", -1) == "2024-09-17 15:00:00")
        #expect(text(.day, "2024-09-17 16:06:00", 1) == "2024-09-18 00:00:00")
        #expect(text(.month, "2024-09-17 16:06:00", -9) == "2023-12-01 00:00:00")
        #expect(text(.month, "2024-09-17 16:06:00", 4) == "2025-01-01 00:00:00")
        #expect(text(.year, "2024-09-17 16:06:00", -1) == "2023-01-01 00:00:00")
        #expect(text(.day, "1969-12-31 23:00:00", 0) == "1969-12-31 00:00:00")
        let hourly = Microbatch(
            column: "AT", type: .date, begin: LocalDateTime(nanoseconds: 0), size: .hour, lookback: 2)
        let now = try #require(LocalDateTime(text: "2024-09-17 16:06:00"))
        let batches = try hourly.batches(isIncremental: true, from: nil, to: nil, now: now)
        #expect(batches.map(hourly.name) == ["2024-09-17T14", "2024-09-17T15", "2024-09-17T16"])
        #expect(throws: WarehouseError.self) {
            try hourly.batches(isIncremental: false, from: nil, to: nil, now: now)
        }
    }
}
