import Testing
import WarehouseBasics
import WarehouseSQL
@testable import WarehousePlan

/// Rules that only change plans of large tables.
@Suite struct LargeTableRulesTests {
    /// BIG: a million rows, ID from 0 to 999,999, G of ten values. SMALL: a hundred rows.
    private let catalog = TestCatalog([
        TestTable("BIG", [ColumnSchema("ID", .integer), ColumnSchema("G", .integer), ColumnSchema("F", .float)],
                  rowCount: 1_000_000, statistics: [
                    ColumnStatistics(low: 0, high: 999_999, nullCount: 0, distinctCount: 1_000_000),
                    ColumnStatistics(low: 0, high: 9, distinctCount: 10), ColumnStatistics(distinctCount: 10),
                  ]),
        TestTable("TEXTS", [ColumnSchema("A", .text), ColumnSchema("B", .text), ColumnSchema("N", .integer)], rowCount: 500_000),
        TestTable("SMALL", [ColumnSchema("ID", .integer), ColumnSchema("NM", .text)], rowCount: 100),
    ])

    private func optimized(_ sql: String) throws -> String {
        let binder = Binder(catalog: catalog)
        let bound = try binder.bind(try Parser.parseQuery(sql))
        let result = try Optimizer(folder: binder.factory, ids: binder.ids).optimize(bound.plan)
        #expect(result.columns.map(\.id) == bound.plan.columns.map(\.id))
        #expect(result.freeColumns.isEmpty && result.looseColumns.isEmpty)
        return PlanPrinter.text(result)
    }

    @Test func leftJoinsIndexTheSmallerSide() throws {
        #expect(try optimized("SELECT nm, g FROM small LEFT JOIN big ON small.id = big.id").contains("Join RIGHT"))
        #expect(try optimized("SELECT nm, g FROM big LEFT JOIN small ON small.id = big.id").contains("Join LEFT"))
        let ordered = "SELECT nm, g FROM (SELECT * FROM small ORDER BY nm) s LEFT JOIN big ON s.id = big.id"
        #expect(try optimized(ordered).contains("Join LEFT"))
        #expect(try optimized("SELECT nm, g FROM small LEFT JOIN big ON small.id < big.id").contains("Join LEFT"))
    }

    /// Bounds from both sides are one range: a tenth of the rows, where each alone lets half of them through.
    @Test func boundsOfOneColumnAreOneRange() throws {
        let source = "SELECT s.g, b.f FROM (SELECT * FROM big WHERE id >= 450000 AND id < 550000) s LEFT JOIN big b ON s.id = b.id"
        #expect(try optimized(source).contains("Join RIGHT"))
        let half = "SELECT s.g, b.f FROM (SELECT * FROM big WHERE id >= 450000) s LEFT JOIN big b ON s.id = b.id"
        #expect(try optimized(half).contains("Join LEFT"))
    }

    @Test func mergeIndexesASmallSource() throws {
        guard case .merge(let statement) = try Parser.parseStatement("""
            MERGE INTO big t USING (SELECT id, 1 AS g FROM small) s ON t.id = s.id
            WHEN MATCHED THEN UPDATE SET g = s.g WHEN NOT MATCHED THEN INSERT (id, g) VALUES (s.id, s.g)
            """).statement, let target = catalog.tables["BIG"] else { return }
        let bound = try DMLBinding.bindMerge(statement, into: DMLBinding.Target(target, defaults: []), catalog: catalog)
        let binder = Binder(catalog: catalog)
        let plan = try Optimizer(folder: binder.factory, ids: ColumnIDSource(after: bound.plan)).optimize(bound.plan)
        #expect(PlanPrinter.text(plan).contains("Join RIGHT"))
    }

    @Test(arguments: [
        "SELECT id, SUM(g) OVER (PARTITION BY g) FROM big", "SELECT f / SUM(f) OVER (PARTITION BY g) FROM big WHERE id < 900000",
        "SELECT id, COUNT(*) OVER () FROM big", "SELECT AVG(g) OVER (PARTITION BY g % 3, g ORDER BY id "
            + "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM (SELECT id, g FROM big) b",
    ]) func wholePartitionsBecomeGroups(_ sql: String) throws {
        let plan = try optimized(sql)
        #expect(!plan.contains("Window") && plan.contains("Join INNER") && plan.contains("Aggregate"), "\(plan)")
    }

    @Test(arguments: [
        // Order, frames, order within; partitions of one row; keys that may differ from reading to reading; few rows.
        "SELECT ROW_NUMBER() OVER (PARTITION BY g ORDER BY id) FROM big",
        "SELECT SUM(g) OVER (PARTITION BY g ORDER BY id) FROM big", "SELECT COUNT(*) OVER (PARTITION BY id) FROM big",
        "SELECT LISTAGG(g) OVER (PARTITION BY g) FROM big", "SELECT COUNT(*) OVER (PARTITION BY f) FROM big",
        "SELECT COUNT(*) OVER (PARTITION BY g) FROM big WHERE RANDOM() > 0",
        "SELECT COUNT(*) OVER () FROM (SELECT id FROM big LIMIT 500000)", "SELECT COUNT(*) OVER (PARTITION BY nm) FROM small",
    ]) func otherWindowsStay(_ sql: String) throws {
        #expect(try optimized(sql).contains("Window"))
    }

    /// Each counted text has a reading of its own; what else is asked for has one together.
    @Test func countedTextsAreComputedApart() throws {
        let plan = try optimized("SELECT COUNT(DISTINCT a), SUM(n), COUNT(DISTINCT b), COUNT(*), COUNT(DISTINCT a) + 1 FROM texts")
        #expect(plan.components("Distinct") == 2 && plan.components("Aggregate") == 3 && plan.components("Scan") == 3, "\(plan)")
        let filtered = try optimized("SELECT COUNT(DISTINCT a), COUNT(DISTINCT n) FROM texts WHERE n > 77")
        #expect(filtered.components("> 77") == 2, "\(filtered)")
        for sql in ["SELECT COUNT(DISTINCT a), COUNT(*) FROM texts WHERE RANDOM() > 0",
                    "SELECT COUNT(DISTINCT nm), COUNT(*) FROM small", "SELECT n, COUNT(DISTINCT a), COUNT(*) FROM texts GROUP BY n"] {
            #expect(try optimized(sql).components("Scan") == 1)
        }
    }

    /// Rows are read once: every other set is put together from the smallest that is finer.
    @Test(arguments: [
        ("SELECT g, f, COUNT(*) FROM big GROUP BY CUBE(g, f)", 4), ("SELECT g, AVG(id) FROM big GROUP BY ROLLUP(g)", 2),
        ("SELECT g, MAX(f) FROM big WHERE id > 7 GROUP BY g UNION ALL SELECT NULL, MAX(f) FROM big WHERE id > 7", 2),
        ("WITH a AS (SELECT g, SUM(f) AS s FROM big GROUP BY g), b AS (SELECT SUM(f) AS s, COUNT(f) AS c FROM big) "
            + "SELECT g, a.s / b.s, c FROM a, b", 2),
    ]) func groupsAreRolledUp(_ sql: String, aggregates: Int) throws {
        let plan = try optimized(sql)
        #expect(plan.components("Scan DB.S.BIG") == 1 && plan.components("Aggregate") == aggregates, "\(plan)")
    }

    @Test(arguments: [
        // What does not come of parts; other rows; groups that are no fewer than rows; few rows.
        "SELECT g, COUNT(DISTINCT f) FROM big GROUP BY ROLLUP(g)", "SELECT g, MEDIAN(f) FROM big GROUP BY ROLLUP(g)",
        "SELECT g, MAX(f) FROM big WHERE id > 7 GROUP BY g UNION ALL SELECT NULL, MAX(f) FROM big WHERE id > 8",
        "SELECT g, MAX(f) FROM big WHERE RANDOM() > 0 GROUP BY ROLLUP(g)", "SELECT id, MAX(f) FROM big GROUP BY ROLLUP(id)",
    ]) func otherGroupsStay(_ sql: String) throws {
        let plan = try optimized(sql)
        #expect(plan.components("Scan DB.S.BIG") == 2, "\(plan)")
    }

    @Test func partsAreComputedOnce() throws {
        let plan = try optimized("SELECT PARSE_JSON(a):x, PARSE_JSON(a):y, UPPER(PARSE_JSON(a):x), n + 1, n + 1 FROM texts")
        #expect(plan.components("= PARSE_JSON(") == 1 && plan.components("GET_PATH(") == 2, "\(plan)")
        let apart = try optimized("SELECT IFF(n = 1, UPPER(a), b), CASE WHEN n > 2 THEN UPPER(a) END, UUID_STRING(), UUID_STRING() FROM texts")
        #expect(apart.components("THEN UPPER(A#1)") == 2 && apart.components("= UUID_STRING(") == 2, "\(apart)")
    }

    /// Planning stays quick where one expression holds the next a hundred times.
    @Test func highExpressionsAreSearchedOnce() throws {
        let nested = (0..<100).reduce("a") { text, n in "REPLACE(\(text), '\(n)', '')" }
        let plan = try optimized("SELECT \(nested), \(nested) || b FROM texts")
        #expect(plan.components("= REPLACE(") == 1 && plan.components("PART#") == 3, "\(plan)")
    }
}
