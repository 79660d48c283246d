import Testing
import WarehouseBasics
@testable import WarehouseModels

/// Snapshots where dbt loses a row or leaves two versions open, and what their settings come to.
@Suite struct SnapshotEdgeTests {
    private enum Items: Source {
        struct Columns: Row { let id: Expr<Int64?>; let name: Expr<String?>; let stamp: Expr<LocalDateTime?> }
        static let table = "RAW.ITEMS"
    }
    private enum Kept: Snapshot {
        typealias Selected = Items.Columns
        typealias Columns = History<Selected>
        static var key: [PartialKeyPath<Selected>] { [\.id] }
        static var strategy: SnapshotStrategy<Selected> { .check([\.name], updatedAt: \.stamp) }
        static func query(_ q: inout Query) -> Selected { q.from(Items.self) }
    }
    private enum ToEnd: Snapshot {
        typealias Selected = Items.Columns
        typealias Columns = DeletionHistory<Selected>
        static let name = "kept"
        static let hardDeletes = HardDeletes.newRecord
        static let metaColumns = MetaColumns(validFrom: "since", validTo: "\"until\"", isDeleted: "gone")
        static let validToCurrent = LocalDateTime(text: "9999-12-31")
        static var key: [PartialKeyPath<Selected>] { [\.id] }
        static var strategy: SnapshotStrategy<Selected> { .check([\.name]) }
        static func query(_ q: inout Query) -> Selected { q.from(Items.self) }
    }
    private enum Current: Model {
        struct Columns: Row { let id: Expr<Int64?>; let name: Expr<String?>; let since: Expr<LocalDateTime?> }
        static func query(_ q: inout Query) -> Columns {
            let kept = q.from(ToEnd.self)
            q.filter(kept.isCurrent)
            return Columns(id: kept.id, name: kept.name, since: kept.validFrom)
        }
    }

    private func warehouse() throws -> TemporaryWarehouse {
        try TemporaryWarehouse("""
            CREATE TABLE RAW.ITEMS (id INT, name VARCHAR(3), stamp TIMESTAMP_NTZ);
            INSERT INTO RAW.ITEMS VALUES (1, 'ant', '2025-01-01'), (2, 'bee', NULL);
            """)
    }
    private func later(_ temporary: TemporaryWarehouse, hours: Int) { temporary.clock.set(1_767_225_600 + hours * 3600) }

    /// dbt closes the version and opens none, since the new one's hash is the old one's.
    @Test func aChangeWithoutANewStampOpensAVersion() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Items.self, Kept.self])
        try temporary.warehouse.execute("UPDATE RAW.ITEMS SET name = 'ape' WHERE id = 1")
        later(temporary, hours: 1)
        #expect(try temporary.run([Items.self, Kept.self]) == ["SUCCESS 2"])
        #expect(try temporary.run([Items.self, Kept.self]) == ["SUCCESS 0"])
        #expect(try temporary.text("""
            SELECT name, dbt_scd_id, dbt_valid_from, dbt_valid_to FROM DEV.KEPT WHERE id = 1 ORDER BY dbt_valid_from
            """) == """
            ant|\(MD5.digest("1|2025-01-01 00:00:00.000").hex)|2025-01-01 00:00:00.000|2026-01-01 01:00:00.000
            ape|\(MD5.digest("1|2026-01-01 01:00:00.000").hex)|2026-01-01 01:00:00.000|-
            """)
    }

    /// dbt closes it with NULL, so that it stays open.
    @Test func aVersionIsClosedByTheClockWhereTheNewOneHasNoStamp() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Items.self, Kept.self])
        try temporary.warehouse.execute("UPDATE RAW.ITEMS SET name = 'x', stamp = NULL")
        later(temporary, hours: 1)
        #expect(try temporary.run([Items.self, Kept.self]) == ["SUCCESS 4"])
        #expect(try temporary.text("SELECT id, name, dbt_valid_to FROM DEV.KEPT ORDER BY id, name") == """
            1|ant|2026-01-01 01:00:00.000
            1|x|-
            2|bee|2026-01-01 01:00:00.000
            2|x|-
            """)
    }

    @Test func textsGrow() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Items.self, Kept.self])
        try temporary.warehouse.execute("""
            ALTER TABLE RAW.ITEMS ALTER COLUMN name TYPE VARCHAR(40);
            INSERT INTO RAW.ITEMS VALUES (3, 'a chimpanzee', '2025-02-01')
            """)
        #expect(try temporary.run([Items.self, Kept.self]) == ["SUCCESS 1"])
        #expect(try temporary.text("SELECT name FROM DEV.KEPT WHERE id = 3") == "a chimpanzee")
    }

    @Test func currentVersionsAreThoseUntilTheEndOfTime() throws {
        let temporary = try warehouse()
        let all: [any Resource.Type] = [Items.self, ToEnd.self, Current.self]
        _ = try temporary.run(all)
        try temporary.warehouse.execute("DELETE FROM RAW.ITEMS WHERE id = 2; UPDATE RAW.ITEMS SET name = 'ape'")
        later(temporary, hours: 1)
        #expect(try temporary.run(all) == ["SUCCESS 4", "SUCCESS 1"])
        #expect(try temporary.text("SELECT id, name, since FROM DEV.CURRENT") == "1|ape|2026-01-01 01:00:00.000")
        #expect(try temporary.text("""
            SELECT id, name, since, "until", gone FROM DEV.KEPT ORDER BY id, since
            """) == """
            1|ant|2026-01-01 00:00:00.000|2026-01-01 01:00:00.000|False
            1|ape|2026-01-01 01:00:00.000|9999-12-31 00:00:00.000|False
            2|bee|2026-01-01 00:00:00.000|2026-01-01 01:00:00.000|False
            2|bee|2026-01-01 01:00:00.000|9999-12-31 00:00:00.000|True
            """)
    }

    // MARK: Problems

    private enum Untold: Snapshot {
        typealias Selected = Items.Columns
        typealias Columns = History<Selected>
        static let hardDeletes = HardDeletes.newRecord
        static var key: [PartialKeyPath<Selected>] { [\.id] }
        static var strategy: SnapshotStrategy<Selected> { .checkAll() }
        static func query(_ q: inout Query) -> Selected { q.from(Items.self) }
    }
    private enum Mistold: Snapshot {
        typealias Selected = Items.Columns
        typealias Columns = DeletionHistory<Selected>
        static let naming = ColumnNaming.folded
        static let validToCurrent = LocalDateTime(text: "9999-12-31")
        static var key: [PartialKeyPath<Selected>] { [\.id] }
        static var strategy: SnapshotStrategy<Selected> { .checkAll() }
        static func query(_ q: inout Query) -> Selected { q.from(Items.self) }
    }

    @Test func rowTypesThatDoNotFitTheSettings() {
        let graph = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [
            Items.self, Untold.self, Mistold.self,
        ]).graph()
        #expect(graph.warnings.contains { $0.hasPrefix("untold: hardDeletes is newRecord, so that isCurrent holds for records") })
        #expect(graph.problems.contains { $0.hasPrefix("mistold: its Columns are DeletionHistory, but hardDeletes is ignore") })
        #expect(graph.problems.contains { $0.hasPrefix("mistold: metaColumns and validToCurrent go with the naming") })
    }
}
