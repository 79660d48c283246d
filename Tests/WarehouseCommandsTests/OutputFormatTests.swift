import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseCommands

/// Results as people and programs read them. The expected texts are drawn by hand.
@Suite struct OutputFormatTests {
    private static let values = """
        SELECT * FROM (VALUES (1, 'a', 1.50, TRUE), (NULL, '', NULL, NULL), (-20, 'x,"y"', 12.00, FALSE))
        AS t (id, name, price, ok)
        """

    @Test func tables() throws {
        let bench = try CommandBench()
        #expect(try bench.printed(Self.values, as: .table) == """
            ┌──────┬───────┬───────┬───────┐
            │   ID │ NAME  │ PRICE │ OK    │
            ├──────┼───────┼───────┼───────┤
            │    1 │ a     │  1.50 │ true  │
            │ NULL │       │  NULL │ NULL  │
            │  -20 │ x,"y" │ 12.00 │ false │
            └──────┴───────┴───────┴───────┘
            3 rows

            """)
    }

    @Test func tablesWithoutRows() throws {
        let bench = try CommandBench()
        #expect(try bench.printed("SELECT 1 AS n WHERE FALSE", as: .table) == """
            ┌───┐
            │ N │
            ├───┤
            └───┘
            0 rows

            """)
    }

    @Test func reportsOfDefinitionsAreOneLine() throws {
        let bench = try CommandBench()
        #expect(try bench.printed("CREATE TABLE t (a INT)", as: .table) == "Table T successfully created.\n")
        #expect(try bench.printed("CREATE TABLE u (a INT)", as: .csv) == "status\nTable U successfully created.\n")
        #expect(try bench.printed("INSERT INTO t VALUES (1), (2)", as: .csv) == "number of rows inserted\n2\n")
    }

    /// Columns of wide characters, and characters that a terminal would obey.
    @Test func tablesOfOddText() throws {
        let bench = try CommandBench()
        let sql = "SELECT '日本\\tx' AS a, 'é' AS b UNION ALL SELECT 'n\\n', '\\u001b[31m' || '\\u202e'"
        #expect(try bench.printed(sql, as: .table) == """
            ┌─────────┬──────────────────┐
            │ A       │ B                │
            ├─────────┼──────────────────┤
            │ 日本\\tx │ é                │
            │ n\\n     │ \\x1B[31m\\u{202E} │
            └─────────┴──────────────────┘
            2 rows

            """)
    }

    @Test func tablesFitTheTerminal() throws {
        let bench = try CommandBench()
        let sql = "SELECT 'abcdefghijklmnopqrstuvwxyz' AS a, 'abcdefghij' AS b, 1234567 AS c"
        #expect(try bench.printed(sql, as: .table, columns: 40) == """
            ┌───────────────┬────────────┬─────────┐
            │ A             │ B          │       C │
            ├───────────────┼────────────┼─────────┤
            │ abcdefghijkl… │ abcdefghij │ 1234567 │
            └───────────────┴────────────┴─────────┘
            1 row

            """)
        for columns in 8...120 {
            let text = try bench.printed(sql, as: .table, columns: columns)
            for line in lines(text).dropLast(2) where columns >= 16 {
                #expect(DisplayWidth.columns(line) <= columns, "\(columns)")
            }
        }
    }

    @Test func columnsThatDoNotFitAreLeftOut() throws {
        let bench = try CommandBench()
        let names = (1...20).map { "\($0) AS column_\($0)" }.joined(separator: ", ")
        let text = try bench.printed("SELECT " + names, as: .table, columns: 32)
        #expect(text == """
            ┌────────┬────────┬───┬────────┐
            │ COLUM… │ COLUM… │ … │ COLUM… │
            ├────────┼────────┼───┼────────┤
            │      1 │      2 │ … │     20 │
            └────────┴────────┴───┴────────┘
            1 row; 20 columns, 3 shown

            """)
    }

    /// Rather fewer columns than such as tell nothing: of texts ten characters are left, of names of columns six.
    @Test func whatIsShownTellsSomething() throws {
        let bench = try CommandBench()
        let text = "'abcdefghijklmnop' AS a, 'abcdefghijklmnop' AS b, 'abcdefghijklmnop' AS c, 'abcdefghijklmnop' AS d"
        #expect(try bench.printed("SELECT \(text), 'x' AS a_long_name", as: .table, columns: 50) == """
            ┌──────────────┬──────────────┬───┬─────────────┐
            │ A            │ B            │ … │ A_LONG_NAME │
            ├──────────────┼──────────────┼───┼─────────────┤
            │ abcdefghijk… │ abcdefghijk… │ … │ x           │
            └──────────────┴──────────────┴───┴─────────────┘
            1 row; 5 columns, 3 shown

            """)
    }

    @Test func longTablesAreCutInTheMiddle() throws {
        let bench = try CommandBench()
        try bench.session.execute("CREATE TABLE n (a INT)")
        let rows = (0..<3_000).map { "(\($0))" }.joined(separator: ",")
        try bench.session.execute("INSERT INTO n VALUES " + rows)
        let text = lines(try bench.printed("SELECT a FROM n ORDER BY a", as: .table))
        #expect(text.count == 3 + 1_001 + 1 + 1 + 1)
        #expect(text[502] == "│  499 │")
        #expect(text[503] == "│    ⋮ │")
        #expect(text[504] == "│ 2500 │")
        #expect(text[1_003] == "│ 2999 │")
        #expect(text[1_005] == "3,000 rows, 1,000 shown; --format csv, json or jsonl prints all")
        #expect(lines(try bench.printed("SELECT a FROM n", as: .csv)).count == 3_002)
        #expect(lines(try bench.printed("SELECT a FROM n LIMIT 1000", as: .table)).count == 3 + 1_000 + 1 + 1 + 1)
    }

    @Test func commaSeparatedValues() throws {
        let bench = try CommandBench()
        #expect(try bench.printed(Self.values, as: .csv) == """
            ID,NAME,PRICE,OK
            1,a,1.50,true
            ,"",,
            -20,"x,""y""\",12.00,false

            """)
        #expect(try bench.printed("SELECT 'a\\nb' AS \"x,y\", ' s ' AS b", as: .csv) == "\"x,y\",B\n\"a\nb\", s \n")
    }

    @Test func jsonAndItsLines() throws {
        let bench = try CommandBench()
        #expect(try bench.printed(Self.values, as: .json) == """
            [
            {"ID":1,"NAME":"a","PRICE":1.50,"OK":true},
            {"ID":null,"NAME":"","PRICE":null,"OK":null},
            {"ID":-20,"NAME":"x,\\"y\\"","PRICE":12.00,"OK":false}
            ]

            """)
        #expect(try bench.printed("SELECT 1 AS a, 2 AS a, 'q\\tr' AS b", as: .jsonl)
            == "{\"A\":1,\"A_2\":2,\"B\":\"q\\tr\"}\n")
        #expect(try bench.printed("SELECT 1 AS a WHERE FALSE", as: .json) == "[]\n")
        #expect(try bench.printed("SELECT 1 AS a WHERE FALSE", as: .jsonl) == "")
    }

    /// NUMBER keeps its scale's digits, FLOAT is the shortest that reads back, all else is text.
    @Test func jsonValues() throws {
        let bench = try CommandBench()
        let sql = """
            SELECT 1.10::NUMBER(10,4) AS a, 0.1::FLOAT AS b, 1e300::FLOAT AS c, 'NaN'::FLOAT AS d, '-inf'::FLOAT AS e,
                   12345678901234567890123456789012345678 AS f, '2020-02-29'::DATE AS g, NULL AS h
            """
        #expect(try bench.printed(sql, as: .jsonl) == #"{"A":1.1000,"B":0.1,"C":1e+300,"D":"NaN","E":"-inf","#
            + #""F":12345678901234567890123456789012345678,"G":"2020-02-29","H":null}"# + "\n")
    }

    /// VARIANT, OBJECT and ARRAY are text that holds compact JSON; times follow the session's formats.
    @Test func semiStructuredValuesAndTimes() throws {
        let bench = try CommandBench()
        try bench.session.execute("ALTER SESSION SET TIMEZONE = 'UTC'")
        let sql = """
            SELECT PARSE_JSON('{"b":[1,"x",null],"a":1.5}') AS v, PARSE_JSON('"s"') AS s, SPLIT('a,b', ',') AS l,
                   '2020-02-29 01:02:03'::TIMESTAMP_NTZ AS n, '2020-02-29 01:02:03'::TIMESTAMP_LTZ AS t
            """
        #expect(try bench.printed(sql, as: .jsonl) == #"{"V":"{\"a\":1.5,\"b\":[1,\"x\",null]}","S":"\"s\"","#
            + #""L":"[\"a\",\"b\"]","N":"2020-02-29 01:02:03.000","T":"2020-02-29 01:02:03.000 +0000"}"# + "\n")
        #expect(try bench.printed("SELECT SPLIT('a,b', ',') AS l", as: .csv) == "L\n\"[\"\"a\"\",\"\"b\"\"]\"\n")
        #expect(lines(try bench.printed("SELECT SPLIT('a,b', ',') AS l", as: .table))[3] == #"│ ["a","b"] │"#)
    }

    @Test func markdown() throws {
        let bench = try CommandBench()
        #expect(try bench.printed("SELECT 1 AS n, 'a|b\\nc' AS t, NULL AS z", as: .markdown) == """
            | N | T | Z |
            | ---: | --- | --- |
            | 1 | a\\|b<br>c | NULL |

            """)
    }

    @Test func namesOfSeveralColumns() {
        #expect(JSONResultWriter.distinctNames(["A", "A", "A_2", "A", "B"]) == ["A", "A_3", "A_2", "A_4", "B"])
    }
}
