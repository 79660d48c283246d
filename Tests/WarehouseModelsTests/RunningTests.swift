import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum Late: Model {
    typealias Columns = FctLines.Columns
    static var materialized: Materialization<Columns> { .incremental(.append) }
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(FctLines.self)
        q.whenIncremental(Self.self) { this in line.orderedAt > max(this.orderedAt) }
        return line
    }
}

private enum Again: Model {
    typealias Columns = FctLines.Columns
    static var materialized: Materialization<Columns> { .incremental(.merge(on: [\.orderID, \.lineNo])) }
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(FctLines.self)
        q.whenIncremental(Self.self) { this in max(this.orderedAt) <= line.orderedAt }
        return line
    }
}

private enum LookingBack: Model {
    typealias Columns = FctLines.Columns
    static var materialized: Materialization<Columns> { .incremental(.merge(on: [\.orderID, \.lineNo])) }
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(FctLines.self)
        q.whenIncremental(Self.self) { this in
            line.orderedAt > sql("DATEADD(day, -3, \(max(this.orderedAt)))", as: Instant.self)
        }
        return line
    }
}

private enum Granted: Model {
    struct Columns: Row { let n: Expr<Int64> }
    static let grants = ["select": ["sysadmin", "analyst", "\"Some One\""]]
    static func query(_ q: inout Query) -> Columns { Columns(n: Expr(1)) }
}

@Suite struct RunningTests {
    @Test func watermarksThatSkipLateRowsAreWarnedOf() throws {
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [
            RawOrderLines.self, PaidLines.self, StgProducts.self, FctLines.self, Late.self, Again.self, LookingBack.self,
        ])
        #expect(project.problems() == [])
        #expect(project.warnings() == [
            "late.ordered_at: whenIncremental takes only rows whose ordered_at is newer than all that is there: it never "
                + "adds rows that come late, nor others of the newest ordered_at. Look back by some time and merge, use "
                + "microbatch, or say skipsLateRows: true",
            "again.ordered_at: whenIncremental takes only rows whose ordered_at is newer than all that is there: it "
                + "never adds rows that come late, and adds those of the newest ordered_at again, unless merged. Look "
                + "back by some time and merge, use microbatch, or say skipsLateRows: true",
        ])
        let lines = ConsoleLines()
        let runner = try Runner(project, on: FakeTarget(), console: lines.console())
        #expect(try runner.run().exitStatus == 0)
        #expect(lines.text.contains("19:12:43  [WARNING]: late.ordered_at: whenIncremental takes only rows"))
    }

    private enum Certain: Source {
        struct Columns: Row { let id: Expr<Int64>; let name: Expr<String>; let note: Expr<String?> }
        static let table = "RAW.CERTAIN"
    }
    private enum Names: Model {
        struct Columns: Row { let name: Expr<String> }
        static func query(_ q: inout Query) -> Columns { Columns(name: q.from(Certain.self).name) }
    }

    @Test func nullsInColumnsThatHaveNoneAreWarnedOf() throws {
        let temporary = try TemporaryWarehouse("""
            CREATE TABLE RAW.CERTAIN (id INT NOT NULL, name VARCHAR, note VARCHAR);
            INSERT INTO RAW.CERTAIN VALUES (1, 'a', NULL), (2, NULL, NULL), (3, NULL, 'x')
            """)
        func warnings() throws -> [String] {
            let lines = ConsoleLines()
            let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Certain.self, Names.self])
            let runner = try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: lines.console())
            #expect(try runner.run().exitStatus == 0)
            return lines.lines.filter { $0.contains("[WARNING]") }.map { String($0.dropFirst(10)) }
        }
        #expect(try warnings() == [
            "[WARNING]: certain.name holds 2 NULLs, but is declared without '?': declare it Expr<…?>, or keep NULLs out of "
                + "SHOP.RAW.CERTAIN",
        ])
        try temporary.warehouse.execute("DELETE FROM RAW.CERTAIN WHERE name IS NULL")
        #expect(try warnings().isEmpty)
    }

    @Test func rolesThatAreMissingStopTheRunBeforeItBegins() throws {
        let temporary = try TemporaryWarehouse("")
        let error = #expect(throws: WarehouseError.self) { try temporary.run([Granted.self]) }
        #expect(error?.message == """
            The project shop has 2 problems:
              granted: grants select to the role analyst, which is not there; CREATE ROLE analyst first, or leave the \
            grant out
              granted: grants select to the role "Some One", which is not there; CREATE ROLE "Some One" first, or leave \
            the grant out
            """)
        #expect(try temporary.text("SHOW VIEWS IN SCHEMA DEV") == "")
        try temporary.warehouse.execute("CREATE ROLE analyst; CREATE ROLE \"Some One\"")
        #expect(try temporary.run([Granted.self]) == ["SUCCESS 1"])
    }

    @Test func eventsForPrograms() throws {
        let lines = ConsoleLines()
        var options = RunOptions()
        options.clock = FixedClock(seconds: 1_767_553_963)
        let target = FakeTarget { $0.failures["AMOUNT < 0"] = 1 }
        let runner = try Runner(shop, on: target, console: lines.console(format: .json), options: options)
        _ = try runner.build()
        let events = try lines.lines.map { try JSON(parsing: $0) }
        for event in events {
            #expect(event["info"]["ts"].string == "2026-01-04T19:12:43.000000Z")
            #expect(event["info"]["invocation_id"].string == runner.console.invocationID)
        }
        let names = events.map { $0["info"]["name"].string ?? "" }
        #expect(names.prefix(3) == ["MainReportVersion", "AdapterRegistered", "FoundStats"])
        let model = try #require(events.first {
            $0["info"]["name"].string == "LogModelResult" && $0["data"]["node_info"]["node_name"].string == "fct_lines"
        })
        #expect(model["info"]["code"].string == "Q012" && model["info"]["level"].string == "info")
        #expect(model["data"]["status"].string == "SUCCESS 1")
        #expect(model["data"]["node_info"]["unique_id"].string == "model.shop.fct_lines")
        #expect(model["data"]["node_info"]["materialized"].string == "incremental")
        #expect(model["data"]["node_info"]["node_relation"]["schema"].string == "DEV")
        let test = try #require(events.first {
            $0["info"]["name"].string == "LogTestResult" && $0["data"]["name"].string == "no_refunds"
        })
        #expect(test["info"]["level"].string == "error" && test["data"]["num_failures"].text == "1")
        let last = try #require(events.last)
        #expect(last["info"]["name"].string == "StatsLine")
        #expect(last["data"]["stats"].text
            == #"{"pass": 8, "warn": 0, "error": 2, "skip": 1, "noop": 0, "total": 11}"#)
    }

    @Test func spansOfSamples() throws {
        let now = try #require(LocalDateTime(text: "2026-01-10 14:30:00"))
        func span(_ text: String) throws -> String {
            guard case .between(let start, let end) = try InputFilter(sample: text, now: now.nanoseconds) else { return "" }
            return LocalDateTime.text(start) + " " + LocalDateTime.text(end)
        }
        #expect(try span("3 days") == "2026-01-07 00:00:00 2026-01-10 14:30:00")
        #expect(try span("1 Month") == "2025-12-01 00:00:00 2026-01-10 14:30:00")
        #expect(try span(#"{"start": "2025-01-01", "end": "2025-02-01 12:00:00"}"#)
            == "2025-01-01 00:00:00 2025-02-01 12:00:00")
        for text in ["days", "0 days", "3 weeks", "-1 day", #"{"start": "2025-01-01"}"#, "{", ""] {
            #expect(throws: WarehouseError.self) { try span(text) }
        }
    }

    @Test func wildcards() {
        #expect(Wildcard.matches("fct_*", "fct_lines") && !Wildcard.matches("fct_*", "dim_lines"))
        #expect(Wildcard.matches("*_b*_c", "a_b_b_c") && !Wildcard.matches("*_b*_c", "a_b_b_d"))
        #expect(Wildcard.matches("d?m", "dim") && !Wildcard.matches("d?m", "dm"))
        #expect(Wildcard.matches("v[0-9]", "v7") && !Wildcard.matches("v[!0-9]", "v7") && Wildcard.matches("[ab]x", "bx"))
        #expect(Wildcard.matches("*", "") && !Wildcard.matches("?", "") && Wildcard.matches("a[", "a["))
    }
}
