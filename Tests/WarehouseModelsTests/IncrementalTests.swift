import Testing
@testable import WarehouseModels

/// Incremental models in a real warehouse.
@Suite struct IncrementalTests {
    enum Events: Source {
        struct Columns: Row {
            let id, day: Expr<Int64?>
            let note: Expr<String?>
        }
        static let table = "RAW.EVENTS"
        static let about = ""
    }
    struct Event: Row {
        let id, day: Expr<Int64?>
        let note: Expr<String?>
    }
    static func newer<M: Model>(_ q: inout Query, _ model: M.Type) -> Event where M.Columns == Event {
        let events = q.from(Events.self)
        q.whenIncremental(model) { this in events.day > max(this.day) }
        return Event(id: events.id, day: events.day, note: events.note)
    }

    enum Appended: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static let about = ""
        static var materialized: Materialization<Event> { .incremental(.append) }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }
    enum Merged: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static let about = ""
        static var materialized: Materialization<Event> { .incremental(.merge(on: [\.id])) }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }
    enum Replaced: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static let about = ""
        static var materialized: Materialization<Event> { .incremental(.deleteInsert(on: [\.day])) }
        static func query(_ q: inout Query) -> Event {
            let events = q.from(Events.self)
            return Event(id: events.id, day: events.day, note: events.note)
        }
    }
    enum Grown: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static let about = ""
        static var materialized: Materialization<Event> { .incremental(.append, onSchemaChange: .appendNewColumns) }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }
    enum Synced: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static let about = ""
        static var materialized: Materialization<Event> { .incremental(.append, onSchemaChange: .syncAllColumns) }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }

    enum Updated: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static var materialized: Materialization<Event> { .incremental(.merge(on: [\.id], updating: .only([\.note]))) }
        static func incrementalPredicate(_ existing: Event) -> Predicate? { existing.day >= 2 }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }
    enum Spared: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static var materialized: Materialization<Event> { .incremental(.merge(on: [\.id], updating: .except([\.note]))) }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }
    enum Strict: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static var materialized: Materialization<Event> { .incremental(.append, onSchemaChange: .fail) }
        static func query(_ q: inout Query) -> Event { newer(&q, Self.self) }
    }

    enum Overwritten: Model {
        typealias Columns = Event
        static let name = "events_kept"
        static var materialized: Materialization<Event> { .incremental(.insertOverwrite, onSchemaChange: .appendNewColumns) }
        static func query(_ q: inout Query) -> Event {
            let events = q.from(Events.self)
            q.whenIncremental(Self.self, skipsLateRows: true) { this in events.day >= max(this.day) }
            return Event(id: events.id, day: events.day, note: events.note)
        }
    }

    private func warehouse() throws -> TemporaryWarehouse {
        try TemporaryWarehouse("""
            CREATE TABLE RAW.EVENTS (id INT, day INT, note STRING);
            INSERT INTO RAW.EVENTS VALUES (1, 1, 'a'), (2, 2, 'b'), (NULL, 2, 'c');
            """)
    }
    private let kept = "SELECT * FROM DEV.EVENTS_KEPT ORDER BY 1, 2, 3"
    private let more = "INSERT INTO RAW.EVENTS VALUES (1, 3, 'a2'), (4, 3, 'd'), (5, 1, 'late'), (NULL, 4, 'e')"

    @Test func appendAddsWhatIsNewer() throws {
        let temporary = try warehouse()
        #expect(try temporary.run([Events.self, Appended.self]) == ["SUCCESS 1"])
        #expect(try temporary.run([Events.self, Appended.self]) == ["SUCCESS 0"])
        try temporary.warehouse.execute(more)
        #expect(try temporary.run([Events.self, Appended.self]) == ["SUCCESS 3"])
        #expect(try temporary.text(kept) == "1|1|a\n1|3|a2\n2|2|b\n4|3|d\n-|2|c\n-|4|e")
        #expect(try temporary.run([Events.self, Appended.self], fullRefresh: true) == ["SUCCESS 1"])
        #expect(try temporary.text("SELECT COUNT(*) FROM DEV.EVENTS_KEPT") == "7")
    }

    @Test func mergeReplacesByKeyAndNullMatchesNothing() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Merged.self])
        try temporary.warehouse.execute(more)
        #expect(try temporary.run([Events.self, Merged.self]) == ["SUCCESS 3"])
        #expect(try temporary.text(kept) == "1|3|a2\n2|2|b\n4|3|d\n-|2|c\n-|4|e")
    }

    @Test func aKeyTwiceFailsTheMergeAndChangesNothing() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Merged.self])
        try temporary.warehouse.execute("INSERT INTO RAW.EVENTS VALUES (1, 3, 'x'), (1, 4, 'y')")
        let message = try temporary.run([Events.self, Merged.self])
        #expect(message[0].hasPrefix("100090"))
        #expect(try temporary.text(kept) == "1|1|a\n2|2|b\n-|2|c")
    }

    @Test func deleteInsertReplacesWholeKeys() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Replaced.self])
        try temporary.warehouse.execute("DELETE FROM RAW.EVENTS WHERE day = 1 OR id = 2; " + more)
        #expect(try temporary.run([Events.self, Replaced.self]) == ["SUCCESS 5"])
        #expect(try temporary.text(kept) == "1|3|a2\n4|3|d\n5|1|late\n-|2|c\n-|4|e")
        #expect(try temporary.text("SHOW TABLES LIKE '%TMP'") == "")
    }

    /// The rows are computed from those that they replace; the table itself stays, with what else is in it.
    @Test func insertOverwriteReplacesAllRows() throws {
        let temporary = try warehouse()
        #expect(try temporary.run([Events.self, Overwritten.self]) == ["SUCCESS 1"])
        try temporary.warehouse.execute("ALTER TABLE DEV.EVENTS_KEPT ADD COLUMN own INT DEFAULT 5; " + more)
        #expect(try temporary.run([Events.self, Overwritten.self])[0].hasPrefix("SUCCESS"))
        #expect(try temporary.text(kept) == "1|3|a2|5\n2|2|b|5\n4|3|d|5\n-|2|c|5\n-|4|e|5")
        #expect(try temporary.run([Events.self, Overwritten.self])[0].hasPrefix("SUCCESS"))
        #expect(try temporary.text(kept) == "-|4|e|5")
    }

    @Test func schemaChanges() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Grown.self])
        try temporary.warehouse.execute("ALTER TABLE DEV.EVENTS_KEPT DROP COLUMN note; " + more)
        // Ignored: only common columns are filled.
        #expect(try temporary.run([Events.self, Appended.self]) == ["SUCCESS 3"])
        #expect(try temporary.text("SELECT * FROM DEV.EVENTS_KEPT ORDER BY id, day") == "1|1\n1|3\n2|2\n4|3\n-|2\n-|4")
        try temporary.warehouse.execute("INSERT INTO RAW.EVENTS VALUES (9, 9, 'z')")
        #expect(try temporary.run([Events.self, Grown.self]) == ["SUCCESS 1"])
        #expect(try temporary.text("SELECT id, note FROM DEV.EVENTS_KEPT WHERE id >= 4 ORDER BY 1") == "4|-\n9|z")
        try temporary.warehouse.execute("""
            ALTER TABLE DEV.EVENTS_KEPT ADD COLUMN extra INT; INSERT INTO RAW.EVENTS VALUES (10, 10, 'y')
            """)
        let refused = try temporary.run([Events.self, Appended.self])
        #expect(refused[0].contains("the table has EXTRA NUMBER(38,0), which the query lacks"))
        #expect(try temporary.run([Events.self, Synced.self]) == ["SUCCESS 1"])
        #expect(try temporary.text("SELECT * FROM DEV.EVENTS_KEPT WHERE id >= 9 ORDER BY 1") == "9|9|z\n10|10|y")
    }

    @Test func mergesOfSomeColumnsAndRows() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Updated.self])
        try temporary.warehouse.execute("INSERT INTO RAW.EVENTS VALUES (1, 3, 'a2'), (2, 3, 'b2')")
        // The row of day 1 is not looked at; of the other one only the note changes.
        #expect(try temporary.run([Events.self, Updated.self]) == ["SUCCESS 2"])
        #expect(try temporary.text(kept) == "1|1|a\n1|3|a2\n2|2|b2\n-|2|c")
        try temporary.warehouse.execute("INSERT INTO RAW.EVENTS VALUES (2, 4, 'b3')")
        #expect(try temporary.run([Events.self, Spared.self]) == ["SUCCESS 1"])
        #expect(try temporary.text(kept) == "1|1|a\n1|3|a2\n2|4|b2\n-|2|c")
    }

    @Test func schemaChangesThatFailAndThatChangeTypes() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Strict.self])
        #expect(try temporary.run([Events.self, Strict.self]) == ["SUCCESS 0"])
        try temporary.warehouse.execute("ALTER TABLE DEV.EVENTS_KEPT DROP COLUMN note; " + more)
        let refused = try temporary.run([Events.self, Strict.self])
        #expect(refused[0].contains("the query gives NOTE VARCHAR"))
        #expect(try temporary.text("SELECT COUNT(*) FROM DEV.EVENTS_KEPT") == "3")
        try temporary.warehouse.execute(
            "CREATE OR REPLACE TABLE DEV.EVENTS_KEPT AS SELECT id, day::NUMBER(10,2) AS day, note FROM RAW.EVENTS WHERE day = 1")
        let retyped = try temporary.run([Events.self, Strict.self])
        #expect(retyped[0].contains("DAY is NUMBER(10,2) in the table and now NUMBER(38,0)"))
    }

    private enum Wide: Model {
        struct Columns: Row {
            let id: Expr<Int64?>
            let note: Expr<String?>
        }
        static let name = "wide"
        static var materialized: Materialization<Columns> {
            .incremental(.append, onSchemaChange: Variables.bool("sync", default: false) ? .syncAllColumns : .ignore)
        }
        static func query(_ q: inout Query) -> Columns {
            let event = q.from(Events.self)
            return Columns(id: event.id, note: event.note)
        }
    }

    /// Texts grow in every case, numbers where types may change; what cannot be changed leaves the table as it was.
    @Test func typesThatGrowAndTypesThatCannot() throws {
        let temporary = try warehouse()
        func run(_ variables: String = "{}") throws -> String {
            let project = try Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Events.self, Wide.self])
                .setting(variables: variables)
            let runner = try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in })
            return try runner.run().results[0].message
        }
        try temporary.warehouse.execute("CREATE TABLE DEV.WIDE (id NUMBER(1,0), note VARCHAR(1))")
        #expect(try run() == "SUCCESS 3")
        try temporary.warehouse.execute("INSERT INTO RAW.EVENTS VALUES (7, 7, 'a long note')")
        #expect(try run() == "SUCCESS 4")
        try temporary.warehouse.execute("INSERT INTO RAW.EVENTS VALUES (1000, 7, 'a long note')")
        #expect(try run() != "SUCCESS 5")
        #expect(try temporary.text("SELECT COUNT(*) FROM DEV.WIDE") == "7")
        #expect(try run(#"{"sync": true}"#) == "SUCCESS 5")
        #expect(try temporary.text("SELECT COUNT(*), MAX(id) FROM DEV.WIDE") == "12|1000")
        // A text does not become a number, nor does the column that is dropped before that go.
        try temporary.warehouse.execute("CREATE OR REPLACE TABLE DEV.WIDE AS SELECT 'x' AS id, 'y' AS note, 1 AS old")
        #expect(try !run(#"{"sync": true}"#).hasPrefix("SUCCESS"))
        #expect(try temporary.text("SELECT * FROM DEV.WIDE") == "x|y|1")
    }

    @Test func anEmptyTableAddsNothing() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Events.self, Appended.self])
        try temporary.warehouse.execute("DELETE FROM DEV.EVENTS_KEPT")
        #expect(try temporary.run([Events.self, Appended.self]) == ["SUCCESS 0"])
    }
}
