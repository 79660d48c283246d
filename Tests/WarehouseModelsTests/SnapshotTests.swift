import Testing
import WarehouseBasics
@testable import WarehouseModels

/// Snapshots in a real warehouse, whose clock begins at 2026-01-01 00:00:00 UTC.
@Suite struct SnapshotTests {
    enum Products: Source {
        struct Columns: Row {
            let id: Expr<Int64?>
            let name: Expr<String?>
            let price: Expr<Double?>
            let stamp: Expr<LocalDateTime?>
            let changed: Expr<Instant?>
        }
        static let table = "RAW.PRODUCTS"
        static let about = ""
    }
    struct Product: Row {
        let id: Expr<Int64?>
        let name: Expr<String?>
        let price: Expr<Double?>
    }
    struct Stamped: Row {
        let id: Expr<Int64?>
        let name: Expr<String?>
        let stamp: Expr<LocalDateTime?>
    }
    struct Changed: Row {
        let id: Expr<Int64?>
        let changed: Expr<Instant?>
    }

    enum ByCheck: Snapshot {
        typealias Selected = Product
        typealias Columns = History<Product>
        static let name = "kept"
        static let about = ""
        static let hardDeletes = HardDeletes.ignore
        static var key: [PartialKeyPath<Product>] { [\.id] }
        static var strategy: SnapshotStrategy<Product> { .check([\.name]) }
        static func query(_ q: inout Query) -> Product {
            let products = q.from(Products.self)
            return Product(id: products.id, name: products.name, price: products.price)
        }
    }
    enum ByAll: Snapshot {
        typealias Selected = Product
        typealias Columns = History<Product>
        static let name = "kept"
        static let about = ""
        static var key: [PartialKeyPath<Product>] { [\.id] }
        static var strategy: SnapshotStrategy<Product> { .checkAll() }
        static func query(_ q: inout Query) -> Product { ByCheck.query(&q) }
    }
    enum WithRecords: Snapshot {
        typealias Selected = Stamped
        typealias Columns = History<Stamped>
        static let name = "kept"
        static let about = ""
        static let hardDeletes = HardDeletes.newRecord
        static var key: [PartialKeyPath<Stamped>] { [\.id] }
        static var strategy: SnapshotStrategy<Stamped> { .timestamp(\.stamp) }
        static func query(_ q: inout Query) -> Stamped {
            let products = q.from(Products.self)
            return Stamped(id: products.id, name: products.name, stamp: products.stamp)
        }
    }
    enum ByInstant: Snapshot {
        typealias Selected = Changed
        typealias Columns = History<Changed>
        static let name = "kept"
        static let about = ""
        static let hardDeletes = HardDeletes.invalidate
        static var key: [PartialKeyPath<Changed>] { [\.id] }
        static var strategy: SnapshotStrategy<Changed> { .timestamp(\.changed) }
        static func query(_ q: inout Query) -> Changed {
            let products = q.from(Products.self)
            return Changed(id: products.id, changed: products.changed)
        }
    }

    private func warehouse() throws -> TemporaryWarehouse {
        try TemporaryWarehouse("""
            CREATE TABLE RAW.PRODUCTS (id INT, name STRING, price FLOAT, stamp TIMESTAMP_NTZ, changed TIMESTAMP_LTZ);
            INSERT INTO RAW.PRODUCTS VALUES (1, 'ant', 1, '2025-01-01', '2025-01-01 00:00:00 +0000'),
              (2, 'bee', 2, '2025-01-02', '2025-01-02 00:00:00 +0000'), (NULL, 'cow', 3, '2025-01-03', NULL);
            """)
    }
    private func later(_ temporary: TemporaryWarehouse, hours: Int) {
        temporary.clock.set(1_767_225_600 + hours * 3600)
    }

    @Test func checkComparesItsColumns() throws {
        let temporary = try warehouse()
        #expect(try temporary.run([Products.self, ByCheck.self]) == ["SUCCESS 3"])
        let first = MD5.digest("1|2026-01-01 00:00:00.000").hex
        #expect(try temporary.text("SELECT dbt_scd_id, dbt_valid_from, dbt_valid_to FROM DEV.KEPT WHERE id = 1")
            == "\(first)|2026-01-01 00:00:00.000|-")
        try temporary.warehouse.execute("""
            UPDATE RAW.PRODUCTS SET price = 9; UPDATE RAW.PRODUCTS SET name = NULL WHERE id = 1;
            DELETE FROM RAW.PRODUCTS WHERE id = 2
            """)
        later(temporary, hours: 1)
        #expect(try temporary.run([Products.self, ByCheck.self]) == ["SUCCESS 2"])
        #expect(try temporary.run([Products.self, ByCheck.self]) == ["SUCCESS 0"])
        #expect(try temporary.text("""
            SELECT id, name, price, dbt_valid_from, dbt_valid_to FROM DEV.KEPT ORDER BY id, dbt_valid_from
            """) == """
            1|ant|1|2026-01-01 00:00:00.000|2026-01-01 01:00:00.000
            1|-|9|2026-01-01 01:00:00.000|-
            2|bee|2|2026-01-01 00:00:00.000|-
            -|cow|3|2026-01-01 00:00:00.000|-
            """)
    }

    @Test func aNewColumnIsAddedAndCountsAsAChange() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Products.self, ByAll.self])
        try temporary.warehouse.execute("""
            ALTER TABLE DEV.KEPT DROP COLUMN price; ALTER TABLE DEV.KEPT ADD COLUMN old INT
            """)
        later(temporary, hours: 1)
        #expect(try temporary.run([Products.self, ByAll.self]) == ["SUCCESS 6"])
        #expect(try temporary.text("SELECT id, price, old FROM DEV.KEPT WHERE dbt_valid_to IS NULL ORDER BY id")
            == "1|1|-\n2|2|-\n-|3|-")
    }

    @Test func deletedRowsGetARecordAndComeBack() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Products.self, WithRecords.self])
        try temporary.warehouse.execute("DELETE FROM RAW.PRODUCTS WHERE id = 2")
        later(temporary, hours: 1)
        #expect(try temporary.run([Products.self, WithRecords.self]) == ["SUCCESS 2"])
        later(temporary, hours: 2)
        #expect(try temporary.run([Products.self, WithRecords.self]) == ["SUCCESS 0"])
        let opened = MD5.digest("2|2025-01-02 00:00:00.000").hex
        let deleted = MD5.digest("\(opened)|2026-01-01 01:00:00.000").hex
        let history = """
            SELECT name, dbt_scd_id, dbt_valid_from, dbt_valid_to, dbt_is_deleted FROM DEV.KEPT WHERE id = 2
            ORDER BY dbt_valid_from
            """
        #expect(try temporary.text(history) == """
            bee|\(opened)|2025-01-02 00:00:00.000|2026-01-01 01:00:00.000|False
            bee|\(deleted)|2026-01-01 01:00:00.000|-|True
            """)
        try temporary.warehouse.execute("INSERT INTO RAW.PRODUCTS VALUES (2, 'bee', 2, '2025-01-02', NULL)")
        later(temporary, hours: 3)
        #expect(try temporary.run([Products.self, WithRecords.self]) == ["SUCCESS 2"])
        let back = MD5.digest("2|2026-01-01 03:00:00.000").hex
        #expect(try temporary.text(history) == """
            bee|\(opened)|2025-01-02 00:00:00.000|2026-01-01 01:00:00.000|False
            bee|\(deleted)|2026-01-01 01:00:00.000|2026-01-01 03:00:00.000|True
            bee|\(back)|2026-01-01 03:00:00.000|-|False
            """)
    }

    @Test func timestampSeesOnlyNewerStamps() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Products.self, WithRecords.self])
        try temporary.warehouse.execute("""
            UPDATE RAW.PRODUCTS SET name = 'unseen' WHERE id = 1;
            UPDATE RAW.PRODUCTS SET name = 'bumblebee', stamp = '2025-06-01 12:00:00' WHERE id = 2
            """)
        later(temporary, hours: 1)
        #expect(try temporary.run([Products.self, WithRecords.self]) == ["SUCCESS 2"])
        #expect(try temporary.text("""
            SELECT id, name, dbt_updated_at, dbt_valid_to FROM DEV.KEPT WHERE id <= 2 ORDER BY id, dbt_valid_from
            """) == """
            1|ant|2025-01-01 00:00:00.000|-
            2|bee|2025-01-02 00:00:00.000|2025-06-01 12:00:00.000
            2|bumblebee|2025-06-01 12:00:00.000|-
            """)
    }

    @Test func anInstantIsClosedAtThePointOfTime() throws {
        let temporary = try warehouse()
        _ = try temporary.run([Products.self, ByInstant.self])
        try temporary.warehouse.execute("DELETE FROM RAW.PRODUCTS WHERE id = 1")
        later(temporary, hours: 1)
        #expect(try temporary.run([Products.self, ByInstant.self]) == ["SUCCESS 1"])
        // Los Angeles, as the stamp's own values are shown.
        #expect(try temporary.text("SELECT dbt_valid_from, dbt_valid_to FROM DEV.KEPT WHERE id = 1")
            == "2024-12-31 16:00:00.000 -0800|2025-12-31 17:00:00.000 -0800")
    }

    @Test func aTableThatIsNoSnapshotIsRefused() throws {
        let temporary = try warehouse()
        try temporary.warehouse.execute("CREATE TABLE DEV.KEPT (id INT)")
        #expect(try temporary.run([Products.self, ByCheck.self])[0].contains("it lacks the column DBT_SCD_ID"))
        #expect(try temporary.text("SELECT COUNT(*) FROM DEV.KEPT") == "0")
    }
}
