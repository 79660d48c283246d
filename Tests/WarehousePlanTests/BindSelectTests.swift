import Testing
import WarehouseBasics
@testable import WarehousePlan

@Suite struct BindSelectTests {
    @Test func literalsTakeTheirOwnTypes() throws {
        #expect(try columns("SELECT 1, 1.50, -2, 'x', TRUE, NULL, 1e3, 15e-3, 1e99") ==
            "1 NUMBER(1,0), 1.50 NUMBER(3,2), -2 NUMBER(1,0), 'X' VARCHAR(1), TRUE BOOLEAN, NULL VARCHAR(16777216), "
            + "1E3 NUMBER(4,0), 15E-3 NUMBER(3,3), 1E99 FLOAT")
    }

    @Test func starAndItsModifiers() throws {
        #expect(try columns("SELECT * FROM t") == "A NUMBER(38,0), B NUMBER(38,0), C VARCHAR(16777216)")
        #expect(try columns("SELECT * EXCLUDE b FROM t") == "A NUMBER(38,0), C VARCHAR(16777216)")
        #expect(try columns("SELECT * RENAME (a AS x) FROM t") == "X NUMBER(38,0), B NUMBER(38,0), C VARCHAR(16777216)")
        #expect(try columns("SELECT * ILIKE '%a%' FROM t") == "A NUMBER(38,0)")
        #expect(try columns("SELECT * EXCLUDE (a, b) REPLACE (UPPER(c) AS c) FROM t") == "C VARCHAR(16777216)")
        #expect(try columns("SELECT u.*, t.a FROM t, u") == "A NUMBER(38,0), D FLOAT, E DATE, A NUMBER(38,0)")
    }

    @Test func arithmeticHasSnowflakesPrecisionAndScale() throws {
        #expect(try columns("SELECT 1/3 x, 10.01*1.1 y, 1.5+2 z, 7 % 2 m, k/3 q, k*k p FROM n") ==
            "X NUMBER(7,6), Y NUMBER(6,3), Z NUMBER(3,1), M NUMBER(1,0), Q NUMBER(16,8), P NUMBER(20,4)")
        #expect(try columns("SELECT a+1 FROM t") == "A+1 NUMBER(38,0)")
        #expect(try columns("SELECT d*2 x, a/2 y FROM u") == "X FLOAT, Y NUMBER(38,6)")
    }

    @Test func aggregatesAndGroups() throws {
        #expect(try plan("SELECT c, COUNT(*) n, SUM(a) s FROM t GROUP BY c HAVING COUNT(*) > 1 ORDER BY n DESC") == """
            Sort N#9 DESC
              Project [C#8 = C#7, N#9 = COUNT(*)#4, S#10 = SUM#5]
                Filter (COUNT(*)#4 > 1)
                  Aggregate [C#7 = C#3] [COUNT(*)#4 = COUNT_STAR(), SUM#5 = SUM(A#1)]
                    Scan DB.S.T [A#1, B#2, C#3]
            """)
        #expect(try columns("SELECT AVG(a), AVG(k), SUM(k), MIN(c), COUNT(DISTINCT a, b) FROM t, n") ==
            "AVG(A) NUMBER(38,6), AVG(K) NUMBER(38,8), SUM(K) NUMBER(38,2), MIN(C) VARCHAR(16777216), "
            + "COUNT(DISTINCT A, B) NUMBER(18,0)")
        #expect(failure("SELECT a, COUNT(*) FROM t")?.code == "000979")
        #expect(failure("SELECT a, COUNT(*) FROM t")?.message == "SQL compilation error: error line 1 at position 7\n"
            + "'T.A' in select clause is neither an aggregate nor in the group by clause.")
        #expect(failure("SELECT a+b FROM t GROUP BY a")?.message
            == "SQL compilation error:\n[T.B] is not a valid group by expression")
        _ = try bind("SELECT a+b, a+b+1 FROM t GROUP BY a+b")
        _ = try bind("SELECT UPPER(c) AS u, COUNT(*) FROM t GROUP BY u")
        _ = try bind("SELECT UPPER(c) AS u, COUNT(*) FROM t GROUP BY 1 ORDER BY 2")
        _ = try bind("SELECT c, a % 2, SUM(b) FROM t GROUP BY ALL")
    }

    @Test func aliasesAreFoundWhereSnowflakeFindsThem() throws {
        // A column wins over an alias in WHERE and GROUP BY, an alias over a column in ORDER BY.
        #expect(try plan("SELECT b AS a FROM t WHERE a = 1 ORDER BY a") == """
            Sort A#4
              Project [A#4 = B#2]
                Filter (A#1 = 1)
                  Scan DB.S.T [A#1, B#2, C#3]
            """)
        _ = try bind("SELECT a + 1 AS x, x * 2 AS y FROM t WHERE x > 1 AND y < 10")
        #expect(failure("SELECT SUM(a) AS s FROM t WHERE s > 1")?.message.contains("aggregate") == true)
        #expect(failure("SELECT x AS x FROM t")?.code == "000904")
    }

    @Test func orderByWhatIsNotSelected() throws {
        #expect(try plan("SELECT a FROM t ORDER BY b DESC NULLS LAST, 1 LIMIT 5 OFFSET 2") == """
            Project [A#6 = A#4]
              Limit 5 offset 2
                Sort ORDER#5 DESC NULLS LAST, A#4
                  Project [A#4 = A#1, ORDER#5 = B#2]
                    Scan DB.S.T [A#1, B#2, C#3]
            """)
        #expect(failure("SELECT DISTINCT a FROM t ORDER BY b") != nil)
        #expect(failure("SELECT a FROM t ORDER BY 2") != nil)
    }

    @Test func windowsAndQualify() throws {
        #expect(try plan("""
            SELECT a, ROW_NUMBER() OVER (PARTITION BY c ORDER BY b DESC, a) AS rn FROM t QUALIFY rn <= 10
            """) == """
            Project [A#5 = A#1, RN#6 = ROW_NUMBER#4]
              Filter (ROW_NUMBER#4 <= 10)
                Window [ROW_NUMBER#4 = ROW_NUMBER()] partition C#3 order B#2 DESC, A#1
                  Scan DB.S.T [A#1, B#2, C#3]
            """)
        _ = try bind("SELECT c, SUM(SUM(a)) OVER (ORDER BY c) FROM t GROUP BY c")
        _ = try bind("SELECT a FROM t QUALIFY RANK() OVER w = 1 WINDOW w AS (ORDER BY a)")
        #expect(failure("SELECT ROW_NUMBER() OVER () FROM t")?.message.contains("requires ORDER BY") == true)
        #expect(failure("SELECT a FROM t WHERE RANK() OVER (ORDER BY a) = 1") != nil)
    }

    private final class Stopped: Interruptible {
        func checkCancelled() throws(WarehouseError) { throw WarehouseError(.cancelled, "SQL execution canceled.") }
    }

    /// A request to stop is nothing wrong with the text: it has no place in it.
    @Test func bindingStopsWithoutAPlace() {
        let error = Interruption.$statement.withValue(Stopped()) { failure("SELECT a + b FROM t") }
        #expect(error?.message == "SQL execution canceled.")
        #expect(error?.span == nil)
    }

    /// Equal aggregates, windows and sort keys are computed once, however far they stand apart.
    @Test func equalCallsShareAColumn() throws {
        let sums = try plan("SELECT SUM(a), SUM(b), SUM(a) + 1 FROM t ORDER BY SUM(b), SUM(a), SUM(a) + 1, SUM(b) + SUM(a)")
        #expect(sums.ranges(of: "SUM(A#1)").count == 1)
        #expect(sums.ranges(of: "SUM(B#2)").count == 1)
        // Of the keys only the last is none of the outputs.
        #expect(sums.ranges(of: "ORDER#").count == 2)
        let windows = try plan("""
            SELECT SUM(a) OVER (ORDER BY b), SUM(a) OVER (ORDER BY b) + 1, MAX(a) OVER (ORDER BY b), SUM(a) OVER (ORDER BY a),
                RANK() OVER (ORDER BY b) FROM t
            """)
        #expect(windows.ranges(of: "Window").count == 2)
        #expect(windows.ranges(of: "SUM(A#1)").count == 2)
    }

    @Test func identifierErrorsSayWhereAndWhatIsNear() {
        let error = failure("SELECT foo FROM t")
        #expect(error?.message == "SQL compilation error: error line 1 at position 7\ninvalid identifier 'FOO'")
        #expect(error?.code == "000904")
        #expect(failure("SELECT titl FROM raw_movies")?.hint == "Did you mean TITLE?")
        #expect(failure("SELECT a FROM t, u")?.message.contains("ambiguous column name 'A'") == true)
        #expect(failure("SELECT t.zzz FROM t")?.message.contains("'T.ZZZ'") == true)
        #expect(failure("SELECT nofunc(1)")?.message.contains("Unknown function NOFUNC") == true)
        #expect(failure("SELECT UPPER('a', 'b')")?.code == "000939")
    }
}
