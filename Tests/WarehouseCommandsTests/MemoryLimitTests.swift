#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
import WarehouseBasics

/// What a process with little memory takes, and that its answers are those of one with much.
@Suite struct MemoryLimitTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ sql: String, _ options: [String] = []) throws -> Tool.Result {
        try Tool.run(["sql", "-d", "w", "--format", "csv", "--threads", "2"] + options + ["-c", sql], in: directory,
                     measuresMemory: true)
    }

    private static let queries = [
        "SELECT COUNT(*), SUM(n), MIN(r), MAX(r) FROM (SELECT n, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY s, n) r FROM t)",
        "SELECT COUNT(*), SUM(c) FROM (SELECT s, COUNT(*) c FROM t GROUP BY s)",
        "SELECT COUNT(*), SUM(a.n - b.n) FROM t a JOIN t b ON a.s = b.s",
        "SELECT COUNT(*), SUM(r), MAX(c) FROM (SELECT ROW_NUMBER() OVER (ORDER BY s, n) r, "
            + "SUM(n) OVER (ORDER BY s, n ROWS UNBOUNDED PRECEDING) c FROM t)",
        "SELECT COUNT(DISTINCT s), COUNT(*), SUM(k) FROM t",
        "SELECT MEDIAN(n * 3), MODE(s), MIN_BY(s, n) FROM t",
        "CREATE OR REPLACE TABLE o AS SELECT n, s FROM t ORDER BY s DESC, n; SELECT * FROM o LIMIT 5",
    ]

    @Test func littleMemoryGivesTheSameAnswers() throws {
        let made = try run("""
            CREATE TABLE t AS SELECT SEQ4() n, MOD(SEQ4(), 1000) k, MD5(TO_VARCHAR(MOD(SEQ4() * 7919, 150001))) s
            FROM TABLE(GENERATOR(ROWCOUNT => 200000))
            """)
        #expect(made.code == 0, "\(made.errors)")
        for sql in Self.queries {
            let wanted = try run(sql), limited = try run(sql, ["--memory-limit", "6MB"])
            #expect(limited.code == 0, "\(sql): \(limited.errors)")
            #expect(limited.output == wanted.output, "\(sql)")
            // 6 MB of rows, and what the program, its threads' buffers and the table's blocks take in any case.
            #expect(limited.peakBytes <= 160 << 20, "\(sql): \(limited.peakBytes) bytes, \(wanted.peakBytes) without limit")
        }
        // Files without names leave nothing behind.
        let left = try Tool.run(["sql", "-d", "w", "-c", "SELECT 1"], in: directory)
        #expect(left.code == 0)
        #expect(access("\(directory.path)/w/tmp", F_OK) != 0 || rmdir("\(directory.path)/w/tmp") == 0)
    }

    @Test func limitsAreNamed() throws {
        #expect(try run("SELECT 1", ["--memory-limit", "12"]).errors.contains("--memory-limit"))
        #expect(try run("SELECT 1", ["--max-temp-directory-size", "much"]).errors.contains("--max-temp-directory-size"))

        let ended = try run("SELECT SUM(r) FROM (SELECT s, ROW_NUMBER() OVER (PARTITION BY s ORDER BY s) r "
                            + "FROM (SELECT RANDSTR(40, RANDOM()) s FROM TABLE(GENERATOR(ROWCOUNT => 100000))))",
                            ["--memory-limit", "4MB", "--max-temp-directory-size", "1MB"])
        #expect(ended.errors.contains("MAX_TEMP_DIRECTORY_SIZE"), "\(ended.errors)")
    }
}
