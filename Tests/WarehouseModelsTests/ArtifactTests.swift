import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseModels

private struct LoadColumns: Row { let id: Expr<Int64?>; let at: Expr<LocalDateTime?> }

private enum Fresh: Source {
    fileprivate typealias Columns = LoadColumns
    static let table = "RAW.LOADS"
    static let about = "What was loaded."
    static var loadedAt: PartialKeyPath<LoadColumns>? { \.at }
    static let freshness: Freshness? = Freshness(warnAfter: .hours(2), errorAfter: .days(1))
}

private enum Old: Source {
    fileprivate typealias Columns = LoadColumns
    static let table = "RAW.LOADS"
    static var loadedAt: PartialKeyPath<LoadColumns>? { \.at }
    static let freshness: Freshness? = Freshness(warnAfter: .minutes(30), errorAfter: .hours(3), filter: "ID = 1")
}

private enum Warned: Source {
    fileprivate typealias Columns = LoadColumns
    static let table = "RAW.LOADS"
    static var loadedAt: PartialKeyPath<LoadColumns>? { \.at }
    static let freshness: Freshness? = Freshness(warnAfter: .minutes(30))
}

private enum Queried: Source {
    fileprivate typealias Columns = LoadColumns
    static let table = "RAW.LOADS"
    static let loadedAtQuery: String? = "SELECT MIN(at) FROM {{ this }}"
    static let freshness: Freshness? = Freshness(warnAfter: .hours(3), errorAfter: .hours(5))
}

private enum Empty: Source {
    fileprivate typealias Columns = LoadColumns
    static let table = "RAW.LOADS"
    static var loadedAt: PartialKeyPath<LoadColumns>? { \.at }
    static let freshness: Freshness? = Freshness(errorAfter: .days(9), filter: "ID = 9")
}

private enum Undated: Source {
    fileprivate typealias Columns = LoadColumns
    static let table = "RAW.LOADS"
    static let freshness: Freshness? = Freshness(errorAfter: .days(9))
}

private enum Counted: Model {
    fileprivate struct Columns: Row { let loads: Expr<Int64> }
    static var columns: [Column<Columns>] { [.column(\.loads, "How many.")] }
    static func query(_ q: inout Query) -> Columns {
        _ = q.from(Fresh.self)
        return Columns(loads: count())
    }
}

@Suite struct ArtifactTests {
    private var folder: String { temporary.folder }
    private let temporary: TemporaryWarehouse

    init() throws {
        // The clock stands at 2026-01-01 00:00:00 UTC.
        temporary = try TemporaryWarehouse("""
            CREATE TABLE RAW.LOADS (id INT, at TIMESTAMP_NTZ);
            INSERT INTO RAW.LOADS VALUES (1, '2025-12-31 20:00:00'), (2, '2025-12-31 23:00:00');
            """)
    }

    private func runner(_ resources: [any Resource.Type], _ lines: ConsoleLines) throws -> Runner {
        var options = RunOptions()
        options.targetPath = folder
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), resources)
        return try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: lines.console(), options: options)
    }

    @Test func freshnessOfSources() throws {
        let lines = ConsoleLines()
        let summary = try runner([Fresh.self, Old.self, Warned.self, Empty.self, Queried.self], lines).freshness()
        #expect(summary.results.map(\.status) == [.pass, .error, .warn, .error, .warn])
        #expect(summary.exitStatus == 1)
        #expect(lines.text.contains("2 of 5 ERROR STALE freshness of raw.old ....."))
        let artifact = try JSON(parsing: TextFile.read(folder + "/sources.json"))
        #expect(artifact["metadata"]["dbt_schema_version"].string == "https://schemas.getdbt.com/dbt/sources/v3.json")
        let results = artifact["results"].elements
        #expect(results[0]["max_loaded_at"].string == "2025-12-31T23:00:00.000000Z")
        #expect(results[0]["max_loaded_at_time_ago_in_s"].text == "3600.0")
        #expect(results[1]["criteria"]["error_after"].text == #"{"count": 3, "period": "hour"}"#)
        #expect(results[1]["max_loaded_at_time_ago_in_s"].text == "14400.0")
        #expect(results[3]["status"].string == "runtime error")
        #expect(results[4]["max_loaded_at"].string == "2025-12-31T20:00:00.000000Z")
    }

    private enum Filtered: Source {
        typealias Columns = LoadColumns
        static let table = "RAW.LOADS"
        static let freshness: Freshness? = Freshness(errorAfter: .days(9), filter: "ID = 1")
    }
    private enum Viewed: Source {
        typealias Columns = LoadColumns
        static let table = "RAW.SEEN"
        static let freshness: Freshness? = Freshness(errorAfter: .days(9))
    }

    /// Without a column that says so it goes by when the table's rows were last changed.
    @Test func freshnessOfTablesThatSayNothing() throws {
        #expect(Project("p", target: Target(database: "SHOP", schema: "DEV"), [Filtered.self]).problems().first?
            .hasPrefix("filtered: freshness has a filter on rows, but neither loadedAt") == true)
        try temporary.warehouse.execute("CREATE VIEW RAW.SEEN AS SELECT * FROM RAW.LOADS")
        temporary.clock.set(1_767_225_600 + 86_400)
        try temporary.warehouse.execute("UPDATE RAW.LOADS SET id = 3 WHERE id = 2")
        // A checkpoint keeps the time.
        temporary.clock.set(1_767_225_600 + 3 * 86_400)
        try temporary.warehouse.execute("CREATE TABLE RAW.OTHER (n INT); VACUUM")
        temporary.clock.set(1_767_225_600 + 10 * 86_400)
        let fresh = try runner([Undated.self, Viewed.self], ConsoleLines()).freshness()
        #expect(fresh.results.map(\.status) == [.pass, .error])
        #expect(fresh.results[1].message.contains("SHOP.RAW.SEEN is no table whose changes are kept"))
        let artifact = try JSON(parsing: TextFile.read(folder + "/sources.json"))
        #expect(artifact["results"].elements[0]["max_loaded_at"].string == "2026-01-02T00:00:00.000000Z")
        temporary.clock.set(1_767_225_600 + 10 * 86_400 + 1)
        #expect(try runner([Undated.self], ConsoleLines()).freshness().results.map(\.status) == [.error])
        try temporary.warehouse.execute("DELETE FROM RAW.LOADS WHERE id = 3")
        #expect(try runner([Undated.self], ConsoleLines()).freshness().results.map(\.status) == [.pass])
    }

    @Test func catalogOfWhatIsThere() throws {
        let runner = try runner([Fresh.self, Counted.self], ConsoleLines())
        #expect(try runner.catalog() == 1)
        _ = try runner.run()
        #expect(try runner.catalog() == 2)
        let catalog = try JSON(parsing: TextFile.read(folder + "/catalog.json"))
        #expect(catalog["metadata"]["dbt_schema_version"].string == "https://schemas.getdbt.com/dbt/catalog/v1.json")
        let node = catalog["nodes"]["model.shop.counted"]
        #expect(node["metadata"]["type"].string == "VIEW")
        #expect(node["columns"]["LOADS"].text
            == #"{"type": "NUMBER(18,0)", "index": 1, "name": "LOADS", "comment": "How many."}"#)
        #expect(catalog["sources"]["source.shop.raw.fresh"]["columns"]["AT"]["index"].text == "2")
    }

    private enum Calendar: Model {
        struct Columns: Row { let month: Expr<Day> }
        static func query(_ q: inout Query) -> Columns {
            Columns(month: q.dateSpine(from: Day(daysSinceEpoch: 20_089), to: Day(daysSinceEpoch: 20_149), by: .month))
        }
    }

    private enum Latest: Model {
        struct Columns: Row { let kind: Expr<Int64>; let id: Expr<Int64?>; let total: Expr<Int64> }
        static func query(_ q: inout Query) -> Columns {
            let load = q.from(Fresh.self)
            q.deduplicate(by: load.id.isNull.value, order: load.at.descending)
            return Columns(kind: Expr(1), id: load.id, total: safeSum(load.id, load.id.nullIf(2)))
        }
    }

    @Test func reusablePieces() throws {
        let runner = try runner([Fresh.self, Calendar.self, Latest.self], ConsoleLines())
        #expect(try runner.run().exitStatus == 0)
        // 2025-01-01 and a month later; 2025-03-02 is the end.
        #expect(try temporary.text("SELECT month FROM DEV.CALENDAR ORDER BY 1") == "2025-01-01\n2025-02-01\n2025-03-01")
        #expect(try temporary.text("SELECT kind, id, total FROM DEV.LATEST") == "1|2|2")
    }
}
