import Testing
import WarehouseBasics
@testable import WarehousePlan

@Suite struct BindGroupingTests {
    @Test func groupingSetsAreOneAggregationEach() throws {
        let text = try plan("SELECT c, a, COUNT(*), GROUPING(c, a) FROM t GROUP BY ROLLUP(c, a)")
        #expect(text.components("Aggregate") == 3)
        #expect(text.components("UnionAll") == 1)
        #expect(try plan("SELECT c, a, COUNT(*) FROM t GROUP BY CUBE(c, a)").components("Aggregate") == 4)
        #expect(try plan("SELECT c, a FROM t GROUP BY a, GROUPING SETS ((c), ())").components("Aggregate") == 2)
        #expect(try plan("SELECT c, COUNT(*) FROM t GROUP BY (c, a)").components("Aggregate") == 1)
        #expect(failure("SELECT b FROM t GROUP BY ROLLUP(a)")?.code == "000979")
        #expect(failure("SELECT GROUPING(a) FROM t") != nil)
    }

    @Test func pivotMakesColumnsAndUnpivotRows() throws {
        #expect(try columns("SELECT * FROM t PIVOT (SUM(b) FOR c IN ('x', 'y' AS why))") ==
            "A NUMBER(38,0), 'X' NUMBER(38,0), WHY NUMBER(38,0)")
        #expect(try columns("SELECT * FROM t UNPIVOT (v FOR n IN (a, b))") ==
            "C VARCHAR(16777216), N VARCHAR(1), V NUMBER(38,0)")
        #expect(failure("SELECT * FROM t PIVOT (SUM(b) FOR c IN (ANY))")?.code == "000002")
    }

    @Test func unionByNameFillsWhatIsMissing() throws {
        #expect(try columns("SELECT a, b FROM t UNION ALL BY NAME SELECT d, a FROM u") ==
            "A NUMBER(38,0), B NUMBER(38,0), D FLOAT")
    }
}
