import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum RawParts: Source {
    struct Columns: Row { let id: Expr<Int64?>; let name: Expr<String?> }
    static let table = "RAW.PARTS"
}

private enum Colours: Seed {
    struct Columns: Row { let code: Expr<String>; let name: Expr<String?> }
    static let csv = "code,name\nr,red\ng,green\n"
    static var grants: [String: [String]] { ["select": Variables.bool("less", default: false) ? ["reader"] : ["reader", "writer"]] }
    static let preHooks = ["INSERT INTO RAW.LOG VALUES ('before {{ this }}')"]
    static let postHooks = ["INSERT INTO RAW.LOG SELECT 'after ' || COUNT(*) FROM {{ this }}"]
}

private enum PartHistory: Snapshot {
    struct Selected: Row { let id: Expr<Int64?>; let name: Expr<String?> }
    typealias Columns = History<Selected>
    static var key: [PartialKeyPath<Selected>] { [\.id] }
    static var strategy: SnapshotStrategy<Selected> { .checkAll() }
    static var grants: [String: [String]] { Colours.grants }
    static let postHooks = ["INSERT INTO RAW.LOG SELECT 'versions ' || COUNT(*) FROM {{ this }}"]
    static func query(_ q: inout Query) -> Selected {
        let part = q.from(RawParts.self)
        return Selected(id: part.id, name: part.name)
    }
}

private enum Parts: Model {
    struct Columns: Row { let id: Expr<Int64?>; let name: Expr<String?> }
    static var columns: [Column<Columns>] {
        [.column(\.id, "The part.", .notNull, .unique), .column(\.name, "", .notNull.where("id > 1"))]
    }
    static var materialized: Materialization<Columns> { .incremental(.append) }
    static var grants: [String: [String]] { Colours.grants }
    static func query(_ q: inout Query) -> Columns {
        let part = q.from(RawParts.self)
        return Columns(id: part.id, name: part.name)
    }
}

@Suite struct HooksAndGrantsTests {
    private static let script = """
        CREATE TABLE RAW.PARTS (id INT, name VARCHAR); INSERT INTO RAW.PARTS VALUES (1, 'nut'), (2, 'bolt');
        CREATE TABLE RAW.LOG (line VARCHAR); CREATE ROLE READER; CREATE ROLE WRITER; CREATE ROLE OTHER;
        """
    private static let grants = """
        SELECT table_name, grantee, privilege_type FROM SHOP.INFORMATION_SCHEMA.TABLE_PRIVILEGES
        WHERE table_schema = 'DEV' AND privilege_type <> 'OWNERSHIP' ORDER BY 1, 2, 3
        """

    private func project(less: Bool = false) throws -> Project {
        try Project(
            "shop", target: Target(database: "SHOP", schema: "DEV"),
            [RawParts.self, Colours.self, PartHistory.self, Parts.self])
            .setting(variables: "{less: \(less)}")
    }

    private func runner(
        _ project: Project, _ temporary: TemporaryWarehouse, _ lines: ConsoleLines = ConsoleLines(),
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Runner {
        var options = RunOptions()
        change(&options)
        return try Runner(
            project, on: EmbeddedTarget(temporary.warehouse.session), console: lines.console(), options: options)
    }

    @Test func seedsAndSnapshotsHaveThem() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script)
        #expect(try runner(try project(), temporary) { $0.selection = Selection(select: ["colours", "part_history"]) }
            .build().exitStatus == 0)
        #expect(try temporary.text("SELECT line FROM RAW.LOG")
            == "before SHOP.DEV.COLOURS\nafter 2\nversions 2")
        #expect(try temporary.text(HooksAndGrantsTests.grants) == """
            COLOURS|READER|SELECT
            COLOURS|WRITER|SELECT
            PART_HISTORY|READER|SELECT
            PART_HISTORY|WRITER|SELECT
            """)
    }

    /// dbt compares what a table that is kept has been given with what its configuration names.
    @Test func whatIsNoLongerNamedIsTakenBack() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script)
        #expect(try runner(try project(), temporary).build().exitStatus == 0)
        try temporary.warehouse.execute("GRANT INSERT ON TABLE SHOP.DEV.PARTS TO ROLE OTHER")
        #expect(try temporary.text(HooksAndGrantsTests.grants).contains("PARTS|OTHER|INSERT\nPARTS|READER|SELECT\nPARTS|WRITER"))
        #expect(try runner(try project(less: true), temporary) { $0.selection = Selection(exclude: ["resource_type:test"]) }
            .build().exitStatus == 0)
        #expect(try temporary.text(HooksAndGrantsTests.grants) == """
            COLOURS|READER|SELECT
            PARTS|READER|SELECT
            PART_HISTORY|READER|SELECT
            """)
    }

    private func lines(_ lines: ConsoleLines) -> [String] { lines.lines.map { String($0.dropFirst(10)) } }

    /// As dbt counts and tells it; its own run of such hooks came to PASS=3 ERROR=1 SKIP=1.
    @Test func aHookThatFailsIsAResult() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script)
        var project = try project()
        project.onRunStart = ["INSERT INTO RAW.LOG VALUES ('start')"]
        project.onRunEnd = ["INSERT INTO RAW.NOTHING VALUES (1)", "INSERT INTO RAW.LOG VALUES ('end')"]
        let console = ConsoleLines()
        let summary = try runner(project, temporary, console) {
            $0.selection = Selection(select: ["parts"], exclude: ["name"])
            $0.targetPath = temporary.folder
        }.run()
        #expect(summary.exitStatus == 1)
        #expect(summary.results.map(\.node.id) == [
            "operation.shop.shop-on-run-start-0", "model.shop.parts", "operation.shop.shop-on-run-end-0",
            "operation.shop.shop-on-run-end-1",
        ])
        #expect(summary.results.map(\.status) == [.success, .success, .error, .skipped])
        #expect(try temporary.text("SELECT line FROM RAW.LOG") == "start")
        let text = lines(console).joined(separator: "\n")
        #expect(text.contains("\n1 of 2 ERROR hook: shop.on-run-end.0 ....."))
        #expect(text.contains("\n2 of 2 SKIP hook: shop.on-run-end.1 ....."))
        #expect(text.contains("\nFinished running 1 incremental model, 3 project hooks in "))
        #expect(text.contains("\nFailure in operation shop-on-run-end-0 (Project.onRunEnd)\n  shop.on-run-end.0 failed, error:"))
        #expect(text.hasSuffix("Done. PASS=2 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=4"))
        let results = try JSON(parsing: try TextFile.read(temporary.folder + "/run_results.json"))["results"].elements
        #expect(results.map { $0["status"].string } == ["success", "success", "error", "skipped"])
        let nodes = try JSON(parsing: try TextFile.read(temporary.folder + "/manifest.json"))["nodes"]
        let hook = nodes["operation.shop.shop-on-run-end-1"]
        #expect(hook["resource_type"].string == "operation")
        #expect(hook["raw_code"].string == "INSERT INTO RAW.LOG VALUES ('end')")
    }

    /// What a project sets up before all else is needed by all else.
    @Test func nothingRunsAfterAStartThatFails() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script)
        var project = try project()
        project.onRunStart = ["INSERT INTO RAW.NOTHING VALUES (1)"]
        project.onRunEnd = ["INSERT INTO RAW.LOG VALUES ('end')"]
        let summary = try runner(project, temporary) { $0.selection = Selection(select: ["parts"]) }.run()
        #expect(summary.results.map(\.status) == [.error, .skipped, .success])
        #expect(try temporary.text("SELECT line FROM RAW.LOG") == "end")
    }

    /// What a failed hook began ends with it: what is written later stays.
    @Test func aFailedHookLeavesNoTransaction() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script)
        var project = try project()
        project.onRunStart = ["BEGIN; INSERT INTO RAW.LOG VALUES ('start'); INSERT INTO RAW.NOTHING VALUES (1)"]
        project.onRunEnd = ["INSERT INTO RAW.LOG VALUES ('end')"]
        let summary = try runner(project, temporary) { $0.selection = Selection(select: ["parts"]) }.run()
        #expect(summary.results.map(\.status) == [.error, .skipped, .success])
        #expect(try temporary.warehouse.makeSession().execute("SELECT line FROM SHOP.RAW.LOG").textRows() == [["end"]])
    }

    /// How people want to see results is nothing to a run: no role keeps what is no longer named.
    @Test func whatAccountsSetForPeopleIsNotForRuns() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script + """
            ALTER ACCOUNT SET ROWS_PER_RESULTSET = 1, DATE_INPUT_FORMAT = 'YYYY-DD-MM', TIMEZONE = 'Asia/Tokyo';
            ALTER USER admin SET DATE_OUTPUT_FORMAT = 'DD.MM.YYYY';
            """)
        func target() throws -> EmbeddedTarget {
            let session = temporary.warehouse.makeSession()
            try session.use(database: "SHOP", schema: "DEV")
            return EmbeddedTarget(session)
        }
        let plain = temporary.warehouse.makeSession()
        let dates = "SELECT '2001-02-03'::DATE, CURRENT_TIMESTAMP()::VARCHAR LIKE '%+0900' "
            + "UNION ALL SELECT '2001-02-04'::DATE, TRUE"
        #expect(try plain.execute(dates).textRows() == [["02.03.2001", "true"]])
        func run(_ project: Project) throws -> Int32 {
            try Runner(project, on: try target(), console: Console { _ in }).build().exitStatus
        }
        #expect(try run(try project()) == 0)
        _ = try run(try project(less: true))
        let name = ObjectName(database: "SHOP", schema: "DEV", name: "PARTS")
        #expect(try target().grants(on: name) == [RelationGrant(privilege: "SELECT", role: "READER")])
        let session = temporary.warehouse.makeSession()
        _ = EmbeddedTarget(session)
        #expect(try session.execute(dates).textRows() == [["2001-02-03", "true"], ["2001-02-04", "true"]])
        try session.execute("ALTER SESSION SET ROWS_PER_RESULTSET = 1")
        #expect(try session.execute(dates).rowCount == 1)
    }

    /// dbt limits what tests read to no rows too, whatever rows they ask for.
    @Test func emptyRunsTestNoRows() throws {
        let temporary = try TemporaryWarehouse(HooksAndGrantsTests.script + "INSERT INTO RAW.PARTS VALUES (1, NULL), (NULL, NULL), (3, NULL)")
        #expect(try runner(try project(), temporary).run().exitStatus == 0)
        let all = try runner(try project(), temporary).test()
        #expect(all.results.compactMap(\.failures) == [1, 1, 1])
        let none = try runner(try project(), temporary) { $0.inputs = .none }.test()
        #expect(none.results.map(\.status) == [.pass, .pass, .pass])
        #expect(none.results.compactMap(\.failures) == [0, 0, 0])
    }
}
