import Testing
import WarehouseBasics
@testable import WarehousePlan

@Suite struct BindFromTests {
    @Test func joinConditionsBecomeKeys() throws {
        #expect(try plan("SELECT t.b, u.d FROM t LEFT JOIN u ON t.a = u.a AND u.d > 1 WHERE t.b = 2") == """
            Project [B#7 = B#2, D#8 = D#5]
              Filter (B#2 = 2)
                Join LEFT on A#1 = A#4 where (D#5 > 1)
                  Scan DB.S.T [A#1, B#2, C#3]
                  Scan DB.S.U [A#4, D#5, E#6]
            """)
        // RIGHT is LEFT with its sides swapped.
        #expect(try plan("SELECT * FROM t RIGHT JOIN u ON t.a = u.a").contains("Join LEFT on A#4 = A#1"))
        #expect(try columns("SELECT * FROM t JOIN u USING (a)") ==
            "A NUMBER(38,0), B NUMBER(38,0), C VARCHAR(16777216), D FLOAT, E DATE")
        #expect(try columns("SELECT * FROM t NATURAL JOIN u") == (try columns("SELECT * FROM t JOIN u USING (a)")))
        #expect(try plan("SELECT a FROM t FULL JOIN u USING (a)").contains("COALESCE(A#1, A#4)"))
    }

    @Test func commonTablesAndViews() throws {
        #expect(try columns("""
            WITH x (p, q) AS (SELECT a, c FROM t), y AS (SELECT p FROM x) SELECT * FROM y NATURAL JOIN x
            """)
            == "P NUMBER(38,0), Q VARCHAR(16777216)")
        let catalog = TestCatalog(views: ["V": ("SELECT a, b FROM t", ["X", "Y"]), "LOOP": ("SELECT * FROM loop", [])])
        #expect(try columns("SELECT v.x FROM v WHERE y > 1", catalog) == "X NUMBER(38,0)")
        #expect(failure("SELECT * FROM loop", catalog)?.code == "900301")
        #expect(failure("SELECT * FROM nowhere")?.code == "002003")
        #expect(try columns("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM r) SELECT * FROM r")
            == "N NUMBER(38,0)")
        #expect(failure("WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n+1 FROM r) SELECT * FROM r")?.message
            .contains("UNION ALL") == true)
    }

    @Test func flattenSeesWhatStandsBeforeIt() throws {
        #expect(try plan("""
            SELECT g.value::STRING AS genre FROM n, LATERAL FLATTEN(INPUT => arr) g
            """) == """
            Project [GENRE#12 = CAST(VALUE#10 AS VARCHAR(16777216))]
              Flatten ARR#4 [SEQ AS SEQ#6, KEY AS KEY#7, PATH AS PATH#8, INDEX AS INDEX#9, VALUE AS VALUE#10, \
            THIS AS THIS#11]
                Scan DB.S.N [K#1, V#2, TS#3, ARR#4, OK#5]
            """)
        _ = try bind("SELECT f.index, f.value FROM TABLE(FLATTEN(SPLIT('a|b', '|'))) f")
        _ = try bind("SELECT f.value:x.y[0]::INT FROM n t JOIN LATERAL FLATTEN(t.v:items, OUTER => TRUE) f")
        #expect(failure("SELECT * FROM raw_movies, LATERAL FLATTEN(genres)")?.message.contains("FLATTEN") == true)
        #expect(try columns("SELECT * FROM TABLE(SPLIT_TO_TABLE('a.b', '.'))") ==
            "SEQ NUMBER(18,0), INDEX NUMBER(19,0), VALUE VARCHAR(16777216)")
    }

    @Test func valuesStagesAndGenerators() throws {
        #expect(try columns("SELECT * FROM VALUES (1, 'a'), (2.5, NULL) AS v (x, y)") == "X NUMBER(2,1), Y VARCHAR(1)")
        #expect(try columns("SELECT column1 + 1 AS n, $2 FROM VALUES (1, 'a')") == "N NUMBER(2,0), $2 VARCHAR(1)")
        #expect(try columns("SELECT t.$3, METADATA$FILENAME FROM @stage/path t").hasPrefix("$3 VARCHAR"))
        #expect(try columns("SELECT * FROM @stage") == "$1 VARCHAR(16777216)")
        #expect(try columns("SELECT SEQ4() AS s FROM TABLE(GENERATOR(ROWCOUNT => 3))") == "S NUMBER(10,0)")
        #expect(try columns("SELECT * FROM TABLE(RESULT_SCAN('id'))") == "A NUMBER(38,0)")
    }

    @Test func setOperationsMeetInOneType() throws {
        #expect(try columns("SELECT 1 AS x UNION ALL SELECT 2.5 UNION ALL SELECT NULL") == "X NUMBER(2,1)")
        #expect(try plan("SELECT a FROM t UNION SELECT a FROM u ORDER BY 1 LIMIT 3") == """
            Limit 3
              Sort A#9
                Distinct
                  UnionAll [A#9]
                    Project [A#4 = A#1]
                      Scan DB.S.T [A#1, B#2, C#3]
                    Project [A#8 = A#5]
                      Scan DB.S.U [A#5, D#6, E#7]
            """)
        #expect(failure("SELECT 1 UNION SELECT 1, 2")?.code == "001789")
    }

    @Test func subqueriesBecomeJoins() throws {
        #expect(try plan("SELECT a FROM t WHERE b > (SELECT MAX(d) FROM u)").contains("Join INNER"))
        #expect(try plan("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)")
            .contains("Join SEMI on A#1 = A#4"))
        #expect(try plan("SELECT a FROM t WHERE a IN (SELECT a FROM u)").contains("Join SEMI"))
        // NOT IN over what may be NULL counts the list's NULLs.
        #expect(try plan("SELECT a FROM t WHERE a NOT IN (SELECT a FROM u)").contains("COUNT("))
        #expect(try plan("SELECT a, (SELECT COUNT(*) FROM u WHERE u.a = t.a) FROM t").contains("Join LEFT"))
        #expect(try plan("SELECT a, (SELECT d FROM u WHERE u.a = t.a) FROM t").contains("REQUIRE_SINGLE_ROW"))
        #expect(try plan("""
            SELECT a FROM t WHERE b = (SELECT d FROM u WHERE u.a = t.a ORDER BY e DESC LIMIT 1)
            """).contains("ROW_NUMBER"))
        #expect(try plan("SELECT a, EXISTS (SELECT 1 FROM u WHERE u.a = t.a) AS x FROM t").contains("IS NOT NULL"))
        for sql in Self.everyForm { #expect(try bind(sql).plan.freeColumns.isEmpty, "\(sql)") }
    }

    /// No outer reference may be left in a bound plan.
    static let everyForm = [
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.d > t.b)",
        "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.d > t.b)",
        "SELECT a FROM t WHERE b > (SELECT AVG(d) FROM u WHERE u.a = t.a)",
        "SELECT a FROM t WHERE b > (SELECT COUNT(*) FROM u WHERE u.d < t.b)",
        "SELECT a FROM t WHERE a IN (SELECT a FROM u WHERE u.d = t.b)",
        "SELECT a FROM t WHERE a NOT IN (SELECT a FROM u WHERE u.d = t.b)",
        "SELECT a, a IN (SELECT a FROM u) AS x FROM t",
        "SELECT a, (SELECT x FROM (SELECT t.a + u.d AS x FROM u LIMIT 1)) FROM t",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.d IN (SELECT b FROM t x WHERE x.a = t.a))",
        "SELECT * FROM t, LATERAL (SELECT d FROM u WHERE u.a = t.a ORDER BY d LIMIT 2) x",
        "SELECT c, SUM(b) FROM t GROUP BY c HAVING SUM(b) > (SELECT AVG(d) FROM u WHERE u.a = LENGTH(c))",
        "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE t.c NOT IN (SELECT x.c FROM t x WHERE u.a = t.a))",
        "SELECT a FROM t WHERE a = (SELECT MIN(u.a) FROM u WHERE 'k' NOT IN (SELECT x.c FROM t x WHERE x.a = t.a))",
        "SELECT a, (SELECT MAX(d) FROM u WHERE 8 NOT IN (SELECT x.a FROM t x WHERE t.b = u.a)) FROM t",
        "SELECT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND 20 = t.b) OR c = 'x' FROM t",
        "SELECT (SELECT COUNT(*) FROM (SELECT DISTINCT d FROM u WHERE u.a = t.a UNION ALL SELECT 1)) FROM t",
    ]
}
