import MiniWarehouse
import TestSupport
import Testing

/// COUNT(DISTINCT x) where the table lies by x, against the same over texts, which are counted by hashing.
@Suite struct SortedDistinctTests {
    static let sources = [
        "t", "(SELECT * FROM t WHERE g <> 3)", "(SELECT t.* FROM t JOIN d ON t.g = d.g)",
        "(SELECT t.* FROM t LEFT JOIN d ON t.g = d.g AND d.n > 1)", "(SELECT d.n, t.* FROM d JOIN t ON t.g < d.g)",
        "(SELECT t.* FROM d RIGHT JOIN t ON t.g = d.g)", "(SELECT t.u, d.g, t.v FROM t FULL JOIN d ON t.g = d.g)",
        "(SELECT * FROM t UNION ALL SELECT * FROM t)", "(SELECT * FROM t ORDER BY v, u)",
        "(SELECT u, g, v, ROW_NUMBER() OVER (PARTITION BY g ORDER BY v) AS r FROM t QUALIFY r < 900)",
        "(SELECT u + 1 AS u, g, v FROM t)", "(SELECT MAX(u) AS u, g, v FROM t GROUP BY g, v)", "(SELECT DISTINCT u, g FROM t)",
        "(SELECT t.u, t.g FROM t, LATERAL FLATTEN(INPUT => ARRAY_CONSTRUCT(1, 2)) f)",
    ]

    private func check(_ warehouse: Warehouse, _ note: String) throws {
        for source in Self.sources {
            for (group, order) in [("g", "ORDER BY 1"), ("MOD(g, 3)", "ORDER BY 1")] {
                func text(_ value: String) -> String {
                    "SELECT \(group), COUNT(DISTINCT \(value)), COUNT(*) FROM \(source) x GROUP BY 1 \(order)"
                }
                let plain = try warehouse.query(text("u")).textRows()
                #expect(plain.count > 1)
                #expect(plain == (try warehouse.query(text("u::VARCHAR")).textRows()), "\(note): \(text("u"))")
            }
        }
    }

    @Test(arguments: Effort.pick([3], long: [1, 2, 3])) func countsAreThoseOfTexts(threads: Int) throws {
        let folder = try ScratchDirectory()
        var options = WarehouseOptions()
        options.threads = threads
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh", options: options)
        try warehouse.execute("""
            CREATE TABLE t AS SELECT TRUNC(s / 7)::INT AS u, (s * 31) % 11 AS g, (s * 7919) % 1000 AS v
                FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => 70000)));
            CREATE TABLE d AS SELECT s AS g, s % 3 AS n FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => 11)))
            """)
        try check(warehouse, "one segment")
        // The last user goes on in the next segment.
        try warehouse.execute("""
            INSERT INTO t SELECT 10000 + TRUNC(s / 7)::INT, (s * 31) % 11, s % 1000
                FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => 40000)));
            DELETE FROM t WHERE v % 10 = 1
            """)
        try check(warehouse, "two segments with deleted rows")
        try warehouse.execute("INSERT INTO t VALUES (5, 1, 1), (NULL, 2, 2), (7, 1, 1)")
        try check(warehouse, "no longer sorted")
    }
}
