import Testing
@testable import MiniWarehouse
import WarehouseBasics

/// Each limit is an error that names it, or rows go to disk.
@Suite struct LimitTests {
    @Test func sessionsHaveLimits() throws {
        let bench = try Bench("""
            CREATE TABLE t AS SELECT SEQ4() n, MD5(TO_VARCHAR(SEQ4())) s FROM TABLE(GENERATOR(ROWCOUNT => 50000))
            """)
        let sql = "SELECT SUM(c), COUNT(*) FROM (SELECT s, COUNT(*) c FROM t GROUP BY s)"
        let wanted = try bench.text(sql)
        try bench.run("ALTER SESSION SET MEMORY_LIMIT = '3MB', THREADS = 1")
        #expect(try bench.text(sql) == wanted)
        let analyzed = try bench.text("EXPLAIN ANALYZE " + sql)
        let spilled = analyzed.split(separator: "\n").compactMap { Int($0.split(separator: "|").last ?? "") }
        #expect(spilled.contains { $0 > 100_000 }, "\(analyzed)")
        let history = "SELECT MAX(BYTES_SPILLED_TO_LOCAL_STORAGE) > 100000, MAX(BYTES_SCANNED) > 100000 FROM "
            + "TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())"
        #expect(try bench.text(history) == "true|true")
        try bench.run("ALTER SESSION SET MAX_TEMP_DIRECTORY_SIZE = '100KB'")
        #expect(failure(.limitExceeded) { try bench.run(sql) }.message.contains("MAX_TEMP_DIRECTORY_SIZE"))
        try bench.run("ALTER SESSION UNSET MAX_TEMP_DIRECTORY_SIZE")
        #expect(failure(.memoryLimit) { try bench.run("SELECT s, s || n FROM t") }.message.contains("MEMORY_LIMIT"))
        try bench.run("ALTER SESSION UNSET MEMORY_LIMIT")
        #expect(try bench.text("SELECT ARRAY_SIZE(ARRAY_AGG(s)) FROM t") == "50000")
        try bench.run("ALTER SESSION SET MAX_RESULT_SIZE = '1MB'")
        #expect(failure(.limitExceeded) { try bench.run("SELECT s, n FROM t") }.message.contains("MAX_RESULT_SIZE"))
        #expect(try bench.run("SELECT s, n FROM t LIMIT 5000").rowCount == 5000)
        #expect(try bench.text("SELECT COUNT(*) FROM (SELECT DISTINCT s, n FROM t)") == "50000")
        // What a statement reads for itself is no result.
        try bench.run("CREATE TABLE v (s VARCHAR, n INT); CREATE TABLE w LIKE v; INSERT ALL INTO v INTO w SELECT s, n FROM t")
        #expect(try bench.text("SELECT (SELECT COUNT(*) FROM v), (SELECT COUNT(*) FROM w)") == "50000|50000")
        try bench.run("CREATE TABLE u AS SELECT s, n FROM t; ALTER SESSION UNSET MAX_RESULT_SIZE")
        #expect(try bench.run("SELECT s, n FROM u").rowCount == 50_000)
        for bad in ["MAX_RESULT_SIZE = '1KB'", "MEMORY_LIMIT = '12'", "MEMORY_LIMIT = 'much'", "THREADS = 0", "MAX_TEMP_DIRECTORY_SIZE = '-1'"] {
            failure(.invalidValue) { try bench.run("ALTER SESSION SET " + bad) }
        }
    }

    /// The same answer with little memory, most rows on disk.
    @Test(arguments: [
        "WITH RECURSIVE r (n, s) AS (SELECT n, s FROM t WHERE n < 2000 UNION ALL SELECT n + 2000, s || n FROM r WHERE n < 60000) "
            + "SELECT COUNT(*), SUM(n), SUM(LENGTH(s)), MAX(s) FROM r",
        "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM r JOIN (SELECT 1 x UNION ALL SELECT 2) h ON TRUE "
            + "WHERE n < 18) SELECT n, COUNT(*) FROM r GROUP BY n ORDER BY n",
        "SELECT COUNT(*), SUM(a.n), MAX(b.s) FROM (SELECT * FROM t LIMIT 7) a LEFT JOIN t b ON a.n + 5 > b.n AND a.s <> b.s",
        "SELECT SUM(r * n), SUM(v), MAX(l) FROM (SELECT n, ROW_NUMBER() OVER (ORDER BY s) r, SUM(n) OVER (ORDER BY s DESC) v, "
            + "LAG(s, 2) OVER (ORDER BY n DESC) l FROM t)",
    ]) func littleMemoryGivesTheSame(sql: String) throws {
        let bench = try Bench("""
            CREATE TABLE t AS SELECT SEQ4() n, MD5(TO_VARCHAR(SEQ4())) s FROM TABLE(GENERATOR(ROWCOUNT => 40000))
            """)
        let wanted = try bench.text(sql)
        try bench.run("ALTER SESSION SET MEMORY_LIMIT = '2MB', THREADS = 1")
        #expect(try bench.text(sql) == wanted)
        #expect(try bench.text("SELECT MAX(BYTES_SPILLED_TO_LOCAL_STORAGE) > 1000000 FROM "
            + "TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())") == "true")
    }

    @Test func sizesAreRead() {
        let sizes = ["12": 12, "1KB": 1024, "4 GiB": 4 << 30, "512mb": 512 << 20, "2T": 2 << 40, "0": 0]
        for (text, bytes) in sizes { #expect(ByteSize.parse(text) == bytes) }
        for text in ["", "MB", "-1", "1.5GB", "12XB", "99999999999GB", "٣MB"] { #expect(ByteSize.parse(text) == nil, "\(text)") }
    }
}
