import MiniWarehouse
import Testing
import WarehouseBasics

/// DML and ALTER TABLE on tables with rows.
@Suite struct ChangeTests {
    @Test func tablesMadeOfThemselves() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING); INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        try bench.run("CREATE OR REPLACE TABLE t AS SELECT n + 10 AS n, s || s AS s, 1.5 AS x FROM t WHERE n > 1")
        #expect(try bench.text("SELECT * FROM t") == "12|bb|1.5")
        try bench.run("INSERT INTO t SELECT * FROM t; INSERT INTO t SELECT n, s, x FROM t")
        #expect(try bench.text("SELECT COUNT(*), MIN(n), MAX(s) FROM t") == "4|12|bb")
        try bench.run("INSERT OVERWRITE INTO t SELECT n + 1, s, x FROM t LIMIT 1")
        #expect(try bench.text("SELECT * FROM t") == "13|bb|1.5")
        bench.fails("CREATE OR REPLACE TABLE t AS SELECT n / 0 AS n FROM t", .divisionByZero)
        bench.fails("CREATE OR REPLACE TABLE t AS SELECT nope FROM t", .invalidIdentifier)
        #expect(try bench.another().session.text("SELECT * FROM t") == "13|bb|1.5")
    }

    @Test func identityDefaultAndNotNull() throws {
        let bench = try Bench("""
            CREATE TABLE t (id INT IDENTITY(10, 5), a INT DEFAULT 7, b STRING NOT NULL, c STRING DEFAULT 'x' || 'y',
                            at TIMESTAMP_LTZ DEFAULT CURRENT_TIMESTAMP())
            """)
        try bench.run("INSERT INTO t (b) VALUES ('p'), ('q'); INSERT INTO t (b, a) SELECT 'r', NULL")
        try bench.run("INSERT INTO t (b, c, a) VALUES ('s', DEFAULT, DEFAULT); INSERT INTO t (id, b) VALUES (1, 'own')")
        #expect(try bench.text("SELECT id, a, b, c, at IS NOT NULL FROM t ORDER BY id") == """
            1|7|own|xy|true
            10|7|p|xy|true
            15|7|q|xy|true
            20|NULL|r|xy|true
            25|7|s|xy|true
            """)
        bench.fails("INSERT INTO t (a) VALUES (1)", .nullNotAllowed, "'B'")
        bench.fails("UPDATE t SET b = NULL WHERE id = 1", .nullNotAllowed, "'B'")
        try bench.run("ALTER TABLE t DROP COLUMN a; INSERT INTO t (b) VALUES ('after')")
        #expect(try bench.text("SELECT MAX(id) FROM t") == "30")
        try bench.run("CREATE TABLE u (x INT, id INT AUTOINCREMENT, b STRING); INSERT INTO u (b) VALUES ('a'), ('b')")
        try bench.run("ALTER TABLE u DROP COLUMN x; INSERT INTO u (b) VALUES ('c')")
        #expect(try bench.text("SELECT id, b FROM u ORDER BY id") == "1|a\n2|b\n3|c")
        try bench.run("CREATE TABLE w (id NUMBER(1,0) AUTOINCREMENT START 8, b INT); INSERT INTO w (b) VALUES (1), (2)")
        bench.fails("INSERT INTO w (b) VALUES (3)", .numericOutOfRange, "'ID'")
        bench.fails("CREATE TABLE v (id FLOAT AUTOINCREMENT)", .invalidValue, "'ID'")
        bench.fails("CREATE TABLE v (id INT DEFAULT 'x')")
        bench.fails("CREATE TABLE v (id INT DEFAULT nope)")
        #expect(try bench.another().session.text("SELECT COUNT(*) FROM w") == "2")
    }

    @Test func alterTableWithRows() throws {
        let bench = try Bench("CREATE TABLE t (a INT, b STRING, c INT); "
            + "INSERT INTO t VALUES (1, 'x', 10), (2, 'y', 20)")
        try bench.run("ALTER TABLE t ADD COLUMN d INT DEFAULT 5, e STRING; ALTER TABLE t DROP COLUMN b")
        #expect(try bench.text("SELECT * FROM t ORDER BY a") == "1|10|5|NULL\n2|20|5|NULL")
        try bench.run("ALTER TABLE t RENAME COLUMN c TO \"New c\"; INSERT INTO t (a, \"New c\") VALUES (3, 30)")
        try bench.run("UPDATE t SET e = 'set', d = d + 1 WHERE a = 2; DELETE FROM t WHERE a = 1")
        #expect(try bench.text("SELECT * FROM t ORDER BY a") == "2|20|6|set\n3|30|5|NULL")
        bench.fails("ALTER TABLE t ADD COLUMN d INT", .alreadyExists, "'D'")
        bench.fails("ALTER TABLE t ADD COLUMN f INT NOT NULL", .nullNotAllowed, "'F'")
        bench.fails("ALTER TABLE t DROP COLUMN zz", .invalidIdentifier, "'ZZ'")
        bench.fails("ALTER TABLE t RENAME COLUMN a TO d", .alreadyExists)
        bench.fails("ALTER TABLE t ALTER COLUMN e SET NOT NULL", .nullNotAllowed, "'E'")
        try bench.run("ALTER TABLE t ADD COLUMN IF NOT EXISTS d INT; ALTER TABLE t DROP COLUMN IF EXISTS zz")
        try bench.run("CREATE TABLE u (n INT); INSERT INTO u VALUES (99); ALTER TABLE t SWAP WITH u")
        #expect(try bench.text("SELECT * FROM t") == "99")
        #expect(try bench.text("SELECT a, e FROM u ORDER BY a") == "2|set\n3|NULL")
        try bench.run("INSERT INTO t VALUES (100); ALTER TABLE u RENAME TO \"Ünder.score\"; "
            + "UPDATE \"Ünder.score\" SET a = 7")
        #expect(try bench.another().session.text("SELECT SUM(a) FROM \"Ünder.score\"") == "14")
        bench.fails("ALTER TABLE t RENAME TO \"Ünder.score\"", .alreadyExists)
        try bench.run("CREATE SCHEMA other; ALTER TABLE public.t RENAME TO other.moved")
        #expect(try bench.text("SELECT n FROM other.moved ORDER BY n") == "99\n100")
    }

    @Test func declaredKeysFollowTheirColumns() throws {
        let bench = try Bench("CREATE TABLE t (a INT PRIMARY KEY, b INT UNIQUE, c INT)")
        try bench.run("ALTER TABLE t RENAME COLUMN a TO k; ALTER TABLE t DROP COLUMN b; DESC TABLE t")
        let keys = "SELECT \"name\", \"primary key\", \"unique key\" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))"
        #expect(try bench.text(keys) == "K|Y|N\nC|N|N")
    }

    @Test func arraysOfOneTypeTakeOthers() throws {
        let bench = try Bench("CREATE TABLE t AS SELECT 1 AS n, SPLIT('a|b', '|') AS parts")
        try bench.run("INSERT INTO t SELECT 2, SPLIT('c', '|')")
        try bench.run("INSERT INTO t SELECT 3, ARRAY_CONSTRUCT(1, 'a', NULL, TRUE); INSERT INTO t SELECT 4, NULL")
        try bench.run("INSERT INTO t SELECT 5, SPLIT('d|e', '|')")
        #expect(try bench.text("SELECT * FROM t ORDER BY n") == """
            1|["a","b"]
            2|["c"]
            3|[1,"a",undefined,true]
            4|NULL
            5|["d","e"]
            """)
        #expect(try bench.text("SELECT n, TYPEOF(parts[0]), parts[0]::STRING FROM t WHERE n IN (1, 3) ORDER BY n")
            == "1|VARCHAR|a\n3|INTEGER|1")
        #expect(try bench.text("SELECT t.n, f.value::STRING FROM t, LATERAL FLATTEN(parts) f WHERE n <> 3 ORDER BY "
            + "1, 2")
            == "1|a\n1|b\n2|c\n5|d\n5|e")
        try bench.run("CREATE TABLE u AS SELECT 1 AS n, SPLIT('a|b', '|') AS parts; "
            + "UPDATE u SET parts = ARRAY_CONSTRUCT(7)")
        #expect(try bench.text("SELECT TYPEOF(parts[0]) FROM u") == "INTEGER")
        try bench.run("""
            CREATE TABLE v AS SELECT 1 AS n, SPLIT('a|b', '|') AS parts;
            MERGE INTO v USING (SELECT 1 AS n, ARRAY_CONSTRUCT(1.5) AS p
                               UNION ALL SELECT 2, ARRAY_CONSTRUCT('z')) s ON v.n = s.n
            WHEN MATCHED THEN UPDATE SET parts = s.p WHEN NOT MATCHED THEN INSERT VALUES (s.n, s.p);
            """)
        #expect(try bench.another().session.text("SELECT * FROM v ORDER BY n") == "1|[1.5]\n2|[\"z\"]")
    }

    @Test func truncateForgetsLoadedFiles() throws {
        let bench = try Bench("CREATE TABLE t (n INT); CREATE STAGE s")
        try bench.put("a.csv", "1\n", to: "@s")
        try bench.run("COPY INTO t FROM @s; DELETE FROM t")
        #expect(try bench.text("COPY INTO t FROM @s") == "Copy executed with 0 files processed.")
        try bench.run("TRUNCATE TABLE t; COPY INTO t FROM @s")
        #expect(try bench.text("SELECT * FROM t") == "1")
        try bench.run("CREATE OR REPLACE TABLE t (n INT); COPY INTO t FROM @s; TRUNCATE TABLE IF EXISTS nope")
        #expect(try bench.text("SELECT * FROM t") == "1")
        bench.fails("TRUNCATE TABLE nope", .objectNotFound)
    }

    @Test func mergeRefusesTwoMatches() throws {
        let bench = try Bench("CREATE TABLE t (n INT, v INT); INSERT INTO t VALUES (1, 1)")
        let merge = "MERGE INTO t USING (SELECT 1 AS n, 2 AS v UNION ALL SELECT 1, 3) s ON t.n = s.n WHEN MATCHED THEN "
        bench.fails(merge + "UPDATE SET v = s.v", .duplicateMergeMatch)
        #expect(try bench.text("SELECT * FROM t") == "1|1")
        #expect(try bench.text("UPDATE t SET v = s.v FROM (SELECT 1 AS n, 2 AS v UNION ALL SELECT 1, 3) s WHERE t.n "
            + "= s.n")
            == "1|1")
    }
}
