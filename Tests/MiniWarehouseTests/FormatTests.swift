#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import TestSupport
import Testing
import WarehouseBasics

/// Fixtures/format-v1 was written by the first version of the format. Every later version must read it.
///
/// `MLWH_WRITE_FIXTURE=1 swift test --filter FormatTests` writes a missing one anew; one that is there stays for ever.
@Suite struct FormatTests {
    private static let fixture = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        + "/Fixtures/format-v1"

    private final class SteppedClock: WarehouseClock {
        private let seconds: Mutex<Int>
        init(_ seconds: Int) { self.seconds = Mutex(seconds) }
        func set(_ value: Int) { seconds.withLock { $0 = value } }
        func now() -> Int128 { Int128(seconds.withLock { $0 }) * 1_000_000_000 }
    }

    /// 2026-01-01 00:00:00 UTC, when the fixture's first statement ran.
    private static let start = 1_767_225_600

    /// What was run, and how many minutes after the first.
    private static let history: [(minute: Int, sql: String)] = [
        (0, """
            ALTER SESSION SET TIMEZONE = 'UTC';
            CREATE DATABASE fixture; CREATE SCHEMA f COMMENT = 'one of each';
            CREATE TABLE kinds (id INT, n NUMBER(38,10), big NUMBER(38,0), f FLOAT, s VARCHAR, b BOOLEAN, d DATE,
                t TIME(9), ntz TIMESTAMP_NTZ(9), ltz TIMESTAMP_LTZ(3), tz TIMESTAMP_TZ(6), bin BINARY, v VARIANT,
                o OBJECT, a ARRAY);
            INSERT INTO kinds SELECT 1, 1234567890.0123456789, 99999999999999999999999999999999999999, 1.5, 'grüße',
                TRUE, '2024-02-29', '23:59:59.123456789', '1969-12-31 23:59:59.999999999',
                '2024-03-10 01:02:03.456 +0000', '2024-07-01 12:00:00.000001 +0530', TO_BINARY('00FF10', 'HEX'),
                PARSE_JSON('{"x":[1,2.5,"three",null]}'), OBJECT_CONSTRUCT('k', 1), ARRAY_CONSTRUCT(1, 'two');
            INSERT INTO kinds (id) VALUES (2);
            INSERT INTO kinds SELECT 3, -0.0000000001, -99999999999999999999999999999999999999, 'NaN', '', FALSE,
                '0001-01-01', '00:00:00', '9999-12-31 00:00:00', '1970-01-01 00:00:00 +0000',
                '1900-01-01 00:00:00 -0800', TO_BINARY('', 'HEX'), PARSE_JSON('null'), OBJECT_CONSTRUCT(),
                ARRAY_CONSTRUCT();
            CREATE TABLE wide AS SELECT i AS id, (i * 7919) % 100003 AS scattered, FLOOR(i / 1000) AS runs,
                'word ' || (i % 50) AS word, (i / 8)::FLOAT AS eighths, IFF(i % 11 = 0, NULL, i) AS holes,
                'title number ' || i AS title, 7 AS seven
                FROM (SELECT SEQ4() AS i FROM TABLE(GENERATOR(ROWCOUNT => 66000)));
            CREATE TABLE tags AS SELECT 1 AS id, SPLIT('a|b|c', '|') AS list;
            CREATE VIEW words AS SELECT word, COUNT(*) AS n FROM wide GROUP BY word;
            CREATE SEQUENCE numbers START 10 INCREMENT 5;
            CREATE FILE FORMAT csv_format TYPE = CSV SKIP_HEADER = 1;
            CREATE FUNCTION twice(x INT) RETURNS INT AS 'x * 2';
            CREATE TAG colour; CREATE ROLE reader; GRANT SELECT ON TABLE wide TO ROLE reader
            """),
        (60, """
            DELETE FROM wide WHERE id % 10 = 3;
            VACUUM kinds;
            ALTER TABLE kinds ADD COLUMN later INT DEFAULT 42;
            ALTER TABLE tags ADD COLUMN gone INT; ALTER TABLE tags DROP COLUMN gone;
            CREATE TABLE twin CLONE wide;
            SELECT numbers.NEXTVAL
            """),
        (120, """
            UPDATE twin SET word = 'changed' WHERE id < 5;
            INSERT INTO twin (id, word) VALUES (-1, 'small');
            CREATE TRANSIENT TABLE passing (n INT); INSERT INTO passing VALUES (1), (2);
            CREATE TABLE emptied AS SELECT * FROM wide WHERE id < 3000; TRUNCATE TABLE emptied;
            CREATE TABLE lost (n INT); INSERT INTO lost VALUES (5); DROP TABLE lost
            """),
    ]

    /// Queries and their answers, worked out by hand, sums with Python.
    private static let answers: [(sql: String, rows: [String])] = [
        ("SELECT id, n, big, f, s, b, d FROM kinds ORDER BY id", [
            "1|1234567890.0123456789|99999999999999999999999999999999999999|1.5|grüße|true|2024-02-29",
            "2|NULL|NULL|NULL|NULL|NULL|NULL",
            "3|-0.0000000001|-99999999999999999999999999999999999999|NaN||false|0001-01-01",
        ]),
        ("""
            SELECT TO_VARCHAR(t, 'HH24:MI:SS.FF9'), TO_VARCHAR(ntz, 'YYYY-MM-DD HH24:MI:SS.FF9'),
                TO_VARCHAR(ltz, 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'),
                TO_VARCHAR(tz, 'YYYY-MM-DD HH24:MI:SS.FF6 TZHTZM'), TO_VARCHAR(bin, 'HEX'), TO_JSON(v), TO_JSON(o),
                TO_JSON(a), later FROM kinds ORDER BY id
            """, [
            "23:59:59.123456789|1969-12-31 23:59:59.999999999|2024-03-10 01:02:03.456 +0000|"
                + "2024-07-01 12:00:00.000001 +0530|00FF10|{\"x\":[1,2.5,\"three\",null]}|{\"k\":1}|[1,\"two\"]|42",
            "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|42",
            "00:00:00.000000000|9999-12-31 00:00:00.000000000|1970-01-01 00:00:00.000 +0000|"
                + "1900-01-01 00:00:00.000000 -0800||null|{}|[]|42",
        ]),
        ("""
            SELECT COUNT(*), SUM(id), SUM(scattered), SUM(runs), SUM(eighths)::INT, COUNT(*) - COUNT(holes), SUM(holes),
                SUM(LENGTH(title)), MIN(seven), MAX(seven) FROM wide
            """, ["59400|1960180200|2970026858|1930500|245022525|5400|1782000000|1059201|7|7"]),
        ("SELECT n FROM words WHERE word = 'word 7'", ["1320"]),
        ("SELECT id, scattered, word, eighths, holes, title FROM wide WHERE id BETWEEN 65532 AND 65537 ORDER BY id", [
            "65532|32341|word 32|8191.5|65532|title number 65532",
            "65534|48179|word 34|8191.75|65534|title number 65534",
            "65535|56098|word 35|8191.875|65535|title number 65535",
            "65536|64017|word 36|8192|65536|title number 65536",
            "65537|71936|word 37|8192.125|65537|title number 65537",
        ]),
        // Before the rows were deleted.
        ("SELECT COUNT(*), SUM(id) FROM wide AT(TIMESTAMP => '2026-01-01 00:30:00 +0000'::TIMESTAMP_TZ)",
         ["66000|2177967000"]),
        ("SELECT COUNT(*), COUNT_IF(word = 'changed'), MIN(id) FROM twin", ["59401|4|-1"]),
        ("SELECT word FROM twin WHERE id = -1 OR id = 5 ORDER BY id", ["small", "word 5"]),
        ("SELECT id, list[1]::VARCHAR, ARRAY_SIZE(list) FROM tags", ["1|b|3"]),
        ("SELECT SUM(n), twice(21) FROM passing", ["3|42"]),
    ]

    private func rows(_ warehouse: Warehouse, _ sql: String) throws -> [String] {
        try warehouse.query(sql).textRows().map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }
    }

    private static func make(_ path: String) throws {
        let clock = SteppedClock(start)
        var options = WarehouseOptions()
        options.clock = clock
        let warehouse = try Warehouse.open(path, options: options)
        for (minute, sql) in history {
            clock.set(start + 60 * minute)
            try warehouse.execute(sql)
        }
    }

    private static func open(_ path: String, minute: Int) throws -> Warehouse {
        var options = WarehouseOptions()
        options.clock = SteppedClock(start + 60 * minute)
        options.createIfMissing = false
        let warehouse = try Warehouse.open(path, options: options)
        try warehouse.execute("ALTER SESSION SET TIMEZONE = 'UTC'; USE SCHEMA fixture.f")
        return warehouse
    }

    private func checkAnswers(_ warehouse: Warehouse) throws {
        for (sql, wanted) in Self.answers { #expect(try rows(warehouse, sql) == wanted, "\(sql)") }
    }

    /// A copy of the fixture as git brings it: without empty directories.
    private func copy() throws -> (folder: ScratchDirectory, path: String) {
        let folder = try ScratchDirectory()
        for file in ScratchDirectory.files(Self.fixture) {
            let parts = ("w/" + file).split(separator: "/").map(String.init)
            for count in 1..<parts.count { mkdir(folder.path + "/" + parts[..<count].joined(separator: "/"), 0o755) }
            try folder.file("w/" + file, ScratchDirectory.contents(Self.fixture + "/" + file))
        }
        return (folder, folder.path + "/w")
    }

    @Test(.enabled(if: getenv("MLWH_WRITE_FIXTURE") != nil)) func writeTheFixture() throws {
        #expect(ScratchDirectory.names(Self.fixture).isEmpty, "a format that is out does not change")
        try Self.make(Self.fixture)
    }

    @Test func theFirstFormatIsRead() throws {
        let (folder, path) = try copy()
        #expect(ScratchDirectory.files(folder.path).count > 5)
        let report = try Warehouse.check(path)
        #expect(report.faults.map(\.description) == [])
        #expect(report.files >= 3)
        try checkAnswers(Self.open(path, minute: 180))
        // Read by a program of today, long after everything that could expire has.
        let today = try Warehouse.open(path)
        #expect(try rows(today, "SELECT COUNT(*), SUM(id) FROM fixture.f.wide") == ["59400|1960180200"])
    }

    @Test func theFirstFormatIsWrittenOn() throws {
        let (folder, path) = try copy()
        do {
            let warehouse = try Self.open(path, minute: 180)
            #expect(try rows(warehouse, "UNDROP TABLE lost") == ["Table LOST successfully restored."])
            #expect(try rows(warehouse, "SELECT n FROM lost") == ["5"])
            #expect(try rows(warehouse, "SELECT numbers.NEXTVAL") == ["15"])
            try warehouse.execute("""
                INSERT INTO passing VALUES (3); DELETE FROM passing WHERE n = 1; DROP TABLE lost;
                CREATE TABLE fresh AS SELECT * FROM wide WHERE id < 100; VACUUM wide
                """)
            #expect(try rows(warehouse, "SELECT SUM(n) FROM passing") == ["5"])
            try warehouse.execute("UPDATE passing SET n = n - 1 WHERE n = 2; DELETE FROM passing WHERE n = 3; "
                + "INSERT INTO passing VALUES (2)")
        }
        try checkAnswers(Self.open(path, minute: 181))
        #expect(try Warehouse.check(path).faults.map(\.description) == [])
        #expect(ScratchDirectory.names(folder.path) == ["w"])
    }

    /// The same statements give the same answers in a warehouse made now.
    @Test func theFormatOfTodayAnswersAlike() throws {
        let folder = try ScratchDirectory()
        try Self.make(folder.path + "/w")
        try checkAnswers(Self.open(folder.path + "/w", minute: 180))
        #expect(try Warehouse.check(folder.path + "/w").isClean)
    }
}
