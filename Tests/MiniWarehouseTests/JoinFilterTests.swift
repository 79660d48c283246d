import MiniWarehouse
import TestSupport
import Testing

/// Joins whose build side drops rows of scans far beneath give what the same joins give when keys are computed, which
/// no scan can be asked for.
@Suite struct JoinFilterTests {
    /// Each `{a.k}` is a key: as it is, and as `(a.k + 1)`.
    static let queries = [
        "SELECT COUNT(*), SUM(f.v) FROM fact f JOIN dim d ON {f.k} = {d.k} WHERE d.g = 3",
        "SELECT d.g, COUNT(*), SUM(f.v) FROM fact f JOIN dim d ON {f.k} = {d.k} JOIN grp g ON {d.g} = {g.g} "
            + "WHERE g.name = 'g2' GROUP BY d.g",
        "SELECT COUNT(*), SUM(v) FROM fact f WHERE EXISTS (SELECT 1 FROM dim d WHERE {d.k} = {f.k} AND d.g = 1)",
        "SELECT COUNT(*), SUM(v) FROM fact f WHERE NOT EXISTS (SELECT 1 FROM dim d WHERE {d.k} = {f.k} AND d.g <> 1)",
        "SELECT COUNT(*), SUM(d.k) FROM dim d WHERE EXISTS (SELECT 1 FROM fact f WHERE {f.k} = {d.k} AND f.v > 90)",
        "SELECT COUNT(*), SUM(d.k) FROM dim d WHERE d.g = 2 AND NOT EXISTS (SELECT 1 FROM fact f WHERE {f.k} = {d.k} AND f.v > 95)",
        "SELECT COUNT(*), SUM(d.k) FROM dim d WHERE d.g < 4 AND EXISTS (SELECT 1 FROM fact f WHERE {f.k} = {d.k} AND f.v > d.g * 24)",
        "SELECT COUNT(*), SUM(d.k) FROM dim d WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE {f.k} = {d.k} AND f.v > d.g * 12)",
        "SELECT COUNT(*), SUM(d.k) FROM dim d WHERE {d.k} NOT IN (SELECT {f.k} FROM fact f WHERE f.k IS NOT NULL AND f.v = 1)",
        "SELECT COUNT(*), SUM(f.v), COUNT(d.g) FROM fact f LEFT JOIN dim d ON {f.k} = {d.k} AND d.g = 1",
        "SELECT COUNT(*), SUM(f.v), COUNT(e.g) FROM fact f LEFT JOIN dim e ON {f.k} = {e.k} AND e.g < 3 JOIN dim d "
            + "ON {f.k} = {d.k} WHERE d.g = 2",
        "SELECT COUNT(*), COUNT(f.v), SUM(d.k) FROM fact f RIGHT JOIN dim d ON {f.k} = {d.k} WHERE d.g = 6",
        "SELECT COUNT(*), COUNT(f.v), COUNT(d.k) FROM fact f FULL JOIN (SELECT * FROM dim WHERE g = 6) d ON {f.k} = {d.k}",
        "SELECT COUNT(*), SUM(s) FROM (SELECT k, SUM(v) s, COUNT(*) n FROM fact GROUP BY k) f JOIN dim d ON {f.k} = {d.k} WHERE d.g = 5",
        "SELECT COUNT(*), SUM(f.k) FROM (SELECT DISTINCT k, w FROM fact) f JOIN dim d ON {f.k} = {d.k} WHERE d.g = 5",
        "SELECT COUNT(*), SUM(f.r) FROM (SELECT k, ROW_NUMBER() OVER (ORDER BY v, w, k) r FROM fact) f JOIN dim d ON {f.k} = {d.k} WHERE d.g = 5",
        "SELECT COUNT(*), SUM(f.v) FROM (SELECT * FROM fact ORDER BY w, v, k LIMIT 500) f JOIN dim d ON {f.k} = {d.k} WHERE d.g = 5",
        "SELECT COUNT(*), SUM(f.v) FROM (SELECT k, v FROM fact UNION ALL SELECT k, g FROM dim) f JOIN dim d ON {f.k} = {d.k} WHERE d.g = 0",
        "SELECT COUNT(*), SUM(f.s) FROM (SELECT k, SUM(v) s FROM fact GROUP BY ROLLUP(k)) f LEFT JOIN dim d ON {f.k} = {d.k} "
            + "WHERE d.g = 4 OR d.g IS NULL",
        "SELECT COUNT(*), SUM(a.v) FROM fact a JOIN fact b ON {a.k} = {b.k} AND a.w = b.w WHERE b.v = 7 AND a.v < 3",
        "SELECT COUNT(*), SUM(f.v) FROM fact f JOIN dim d ON {f.k} = {d.k} JOIN dim e ON {e.k} = {d.k} WHERE e.g = 3 AND d.k > 300",
        "SELECT COUNT(*), SUM(f.v) FROM fact f JOIN nothing n ON {f.k} = {n.k}",
        "SELECT COUNT(*), SUM(f.v) FROM fact f WHERE f.w IN (SELECT MAX(w) FROM fact) AND EXISTS (SELECT 1 FROM nothing n WHERE {n.k} = {f.k})",
    ]

    /// Rows are numbered as they are read, which several threads do in any order.
    static let numbering = "SELECT COUNT(*), SUM(f.s) FROM (SELECT k, SEQ8() s FROM fact) f JOIN dim d ON {f.k} = {d.k} "
        + "WHERE d.g = 5"

    static func text(_ query: String, computed: Bool) -> String {
        computed ? query.replacing("{", with: "(").replacing("}", with: " + 1)")
            : query.replacing("{", with: "").replacing("}", with: "")
    }

    private func warehouse(_ folder: ScratchDirectory, threads: Int) throws -> Warehouse {
        var options = WarehouseOptions()
        options.threads = threads
        let warehouse = try Warehouse.open(folder.path + "/w\(threads).mlwh", options: options)
        try warehouse.execute("""
            CREATE TABLE fact AS SELECT IFF(s % 17 = 0, NULL, (s * 7919) % 1000 - 20)::INT AS k, (s * 31) % 100 AS v,
                s // 3000 AS w FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => 70000)));
            CREATE TABLE dim AS SELECT IFF(s = 13, NULL, s)::INT AS k, s % 8 AS g
                FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => 1200)));
            CREATE TABLE grp AS SELECT s AS g, 'g' || s AS name FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => 8)));
            CREATE TABLE nothing (k INT);
            DELETE FROM fact WHERE v = 50 AND w < 10
            """.replacing("s // 3000", with: "TRUNC(s / 3000)::INT"))
        return warehouse
    }

    @Test(arguments: [1, 3]) func answersAreThoseOfComputedKeys(threads: Int) throws {
        let folder = try ScratchDirectory()
        let warehouse = try warehouse(folder, threads: threads)
        var counts = Set<String?>()
        for query in Self.queries + (threads == 1 ? [Self.numbering] : []) {
            let plain = try warehouse.query(Self.text(query, computed: false)).textRows()
            let computed = try warehouse.query(Self.text(query, computed: true)).textRows()
            #expect(plain == computed, "\(query)")
            counts.formUnion(plain.map(\.[0]))
        }
        #expect(counts.count > 15, "most queries answer the same: \(counts)")
    }
}
