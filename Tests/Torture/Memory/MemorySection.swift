import MiniWarehouse
import TestSupport
import Trials

/// Queries in processes with 2 MB of memory for their rows: they answer as in processes with much, and take little more
/// than what only reads the table.
enum MemorySection {
    static let queries = [
        "SELECT COUNT(*), SUM(n), MIN(r), MAX(r) FROM (SELECT n, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY s, n) r FROM t)",
        "SELECT COUNT(*), SUM(c) FROM (SELECT s, COUNT(*) c FROM t GROUP BY s)",
        "SELECT COUNT(*), SUM(a.n - b.n) FROM t a JOIN t b ON a.s = b.s",
        "SELECT COUNT(*), SUM(r), MAX(c) FROM (SELECT ROW_NUMBER() OVER (ORDER BY s, n) r, "
            + "SUM(n) OVER (ORDER BY s, n ROWS UNBOUNDED PRECEDING) c FROM t)",
        "SELECT COUNT(DISTINCT s), COUNT(*), SUM(k) FROM t",
        "SELECT MEDIAN(n * 3), MODE(s), MIN_BY(s, n) FROM t",
        "CREATE OR REPLACE TABLE o AS SELECT n, s FROM t ORDER BY s DESC, n; SELECT * FROM o LIMIT 5",
        "CREATE OR REPLACE TABLE o LIKE t; CREATE OR REPLACE TABLE p (n INT, s VARCHAR); CREATE OR REPLACE TABLE q (n INT); "
            + "INSERT FIRST WHEN MOD(n, 3) = 0 THEN INTO o INTO p VALUES (n, s) WHEN MOD(n, 3) = 1 THEN INTO p VALUES (n, s) "
            + "ELSE INTO q VALUES (n) SELECT n, k, s FROM t; SELECT COUNT(*), SUM(n), SUM(k), MAX(s) FROM o UNION ALL "
            + "SELECT COUNT(*), SUM(n), NULL, MAX(s) FROM p UNION ALL SELECT COUNT(*), SUM(n), NULL, NULL FROM q",
        "SELECT COUNT(*), SUM(n) FROM (SELECT DISTINCT n, s FROM t)",
        "SELECT COUNT(*), SUM(n), MAX(s) FROM (SELECT n, s FROM t WHERE n < 500000 INTERSECT SELECT n, s FROM t WHERE n > 99999)",
        "SELECT COUNT(*), SUM(n) FROM (SELECT n FROM t EXCEPT SELECT n + 1000 FROM t)",
        "SELECT COUNT(*), SUM(n), MIN(s) FROM (SELECT n, s FROM t ORDER BY s, n LIMIT 400000 OFFSET 1000)",
        "SELECT SUM(LENGTH(l)), MAX(l) FROM (SELECT k, LISTAGG(s, ',') WITHIN GROUP (ORDER BY n) l FROM t GROUP BY k)",
    ]
    private static let limit = 2 << 20

    /// The rows of a query are 38 MB.
    static func run() throws -> TrialReport {
        let directory = try ScratchDirectory(), path = directory.path + "/w.mlwh"
        try Warehouse.open(path).execute("""
            CREATE TABLE t AS SELECT SEQ4() n, MOD(SEQ4(), 1000) k, MD5(TO_VARCHAR(MOD(SEQ4() * 7919, 450001))) s
            FROM TABLE(GENERATOR(ROWCOUNT => 600000))
            """)
        var report = TrialReport()
        // What a process takes that only reads the table.
        let read = try MeasuredChild.run(path, "SELECT COUNT(*), SUM(n), SUM(k), MAX(s) FROM t", limit: limit)
        for sql in queries {
            Lanes.begin(UInt64(report.cases))
            report.cases += 1
            let wanted = try MeasuredChild.run(path, sql), limited = try MeasuredChild.run(path, sql, limit: limit)
            report.check(limited.rows == wanted.rows, "\(sql): \(limited.rows) in little memory, \(wanted.rows) in much")
            // The limit, and what it does not count: buffers of threads (14 MB), and of the writers of tables, which make
            // 25 to 30 MB for one and 40 for three. Without a limit it is 65 MB for a table, and 92 for the groups.
            let buffers = sql.contains("INSERT FIRST") ? 46 : sql.contains("CREATE") ? 34 : 16
            let allowed = limit + buffers << 20
            report.check(limited.peakBytes <= read.peakBytes + allowed, """
                \(sql): \(limited.peakBytes) bytes, \(wanted.peakBytes) without limit, \(read.peakBytes) to read the table
                """)
        }
        return report
    }
}
