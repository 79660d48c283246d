import MiniWarehouse
import Testing
import WarehouseBasics

/// COPY INTO table: which files, which rows, what it answers.
@Suite struct CopyTests {
    private let none = "Copy executed with 0 files processed."

    private func bench(_ table: String = "n INT, s STRING") throws -> Bench {
        try Bench("CREATE TABLE t (\(table)); CREATE STAGE s")
    }

    @Test func resultRows() throws {
        let bench = try bench()
        try bench.put("a.csv", "1,x\n2,y\n", to: "@s/d")
        let result = try bench.run("COPY INTO t FROM @s")
        #expect(result.columns.map(\.name) == [
            "file", "status", "rows_parsed", "rows_loaded", "error_limit", "errors_seen", "first_error",
            "first_error_line", "first_error_character", "first_error_column_name"])
        #expect(result.textRows() == [["s/d/a.csv.gz", "LOADED", "2", "2", "1", "0", nil, nil, nil, nil]])
        let nothing = try bench.run("COPY INTO t FROM @s")
        #expect(nothing.columns.map(\.name) == ["status"])
        #expect(nothing.textRows() == [[none]])
    }

    @Test func whichFiles() throws {
        let bench = try bench("n INT")
        for (index, name) in ["a1", "a2", "b1", "c1"].enumerated() { try bench.put("\(name).csv", "\(index)\n",
            to: "@s/x") }
        func loaded(_ rest: String) throws -> String {
            try bench.run("TRUNCATE TABLE t; COPY INTO t \(rest)")
            return try bench.text("SELECT LISTAGG(n, '') WITHIN GROUP (ORDER BY n) FROM t")
        }
        #expect(try loaded("FROM @s/x FILES = ('a1.csv.gz', 'b1.csv.gz')") == "02")
        #expect(try loaded("FROM @s/x/ FILES = ('c1.csv.gz')") == "3")
        #expect(try loaded("FROM @s FILES = ('x/c1.csv.gz')") == "3")
        #expect(try loaded("FROM @s/x/a") == "01")
        #expect(try loaded("FROM '@s/x/a1.csv'") == "0")
        #expect(try loaded("FROM @s PATTERN = '.*/[ab]1[.]csv[.]gz'") == "02")
        #expect(try loaded("FROM @s PATTERN = 'a1'") == "")
        #expect(try loaded("FROM @s SIZE_LIMIT = 1") == "0")
        bench.fails("COPY INTO t FROM @s PATTERN = '['")
        bench.fails("COPY INTO t FROM @s FILES = ('nope.csv')", .fileNotFound, "nope.csv")
        bench.fails("COPY INTO t FROM @s ON_ERROR = MAYBE", .invalidValue, "MAYBE")
        bench.fails("COPY INTO t FROM @s NONSENSE = 1", .invalidValue, "NONSENSE")
    }

    @Test func loadedFilesAreLeftOut() throws {
        let bench = try bench("n INT")
        try bench.put("a.csv", "1\n", to: "@s")
        try bench.run("COPY INTO t FROM @s")
        try bench.put("a.csv", "1\n", to: "@s")
        #expect(try bench.text("COPY INTO t FROM @s") == none, "the same content under the same name")
        try bench.put("a.csv", "2\n", to: "@s")
        #expect(try bench.text("COPY INTO t FROM @s").contains("LOADED"))
        #expect(try bench.text("COPY INTO t FROM @s FORCE = TRUE").contains("LOADED"))
        #expect(try bench.text("SELECT SUM(n), COUNT(*) FROM t") == "5|3")
        try bench.put("b.csv", "x\n7\n", to: "@s")
        try bench.run("COPY INTO t FROM @s ON_ERROR = SKIP_FILE")
        #expect(try bench.text("COPY INTO t FROM @s ON_ERROR = CONTINUE").contains("PARTIALLY_LOADED"))
        #expect(try bench.text("COPY INTO t FROM @s ON_ERROR = CONTINUE") == none)
        #expect(try bench.another().session.text("COPY INTO t FROM @s") == none)
        try bench.run("CREATE TABLE u (n INT)")
        #expect(try bench.run("COPY INTO u FROM @s/a").rowCount == 1)
    }

    @Test func purge() throws {
        let bench = try bench("n INT")
        try bench.put("good.csv", "1\n", to: "@s")
        try bench.put("bad.csv", "1\nx\n", to: "@s")
        bench.fails("COPY INTO t FROM @s PURGE = TRUE", .numericNotRecognized, "bad.csv.gz")
        #expect(try bench.run("LIST @s").rowCount == 2)
        try bench.run("COPY INTO t FROM @s PURGE = TRUE ON_ERROR = CONTINUE")
        #expect(try bench.text("LIST @s").hasPrefix("s/bad.csv.gz"))
        let failed = try bench.run("COPY INTO t FROM @s FORCE = TRUE ON_ERROR = SKIP_FILE RETURN_FAILED_ONLY = TRUE")
        #expect(failed.rowCount == 1)
    }

    static let texts: [(String, String, String)] = [
        ("no end of line", "1,a\n2,b", "1|a\n2|b"), ("crlf", "1,a\r\n2,b\r\n", "1|a\n2|b"), ("cr", "1,a\r2,b\r",
            "1|a\n2|b"),
        ("empty", "", ""), ("nulls", ",\n2,\\N\n", "2|NULL\nNULL|NULL"), ("one", "7,z", "7|z"),
        ("bom", "\u{FEFF}1,a\n", "1|a"), ("unicode", "1,Ünï 🎬\n", "1|Ünï 🎬"),
    ]

    @Test(arguments: texts) func shapesOfText(_ name: String, _ text: String, _ wanted: String) throws {
        let bench = try bench()
        try bench.put("\(name).csv", text, to: "@s")
        try bench.run("COPY INTO t FROM @s")
        #expect(try bench.text("SELECT * FROM t ORDER BY n") == wanted)
        #expect(try bench.text("COPY INTO t FROM @s") == none)
    }

    @Test func headerOnly() throws {
        let bench = try bench()
        try bench.put("h.csv", "n,s\r\n", to: "@s")
        try bench.put("h2.csv", "n,s", to: "@s")
        let result = try bench.run("COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)")
        #expect(result.textRows().map { [$0[0], $0[1], $0[2], $0[3]] } == [
            ["s/h.csv.gz", "LOADED", "0", "0"], ["s/h2.csv.gz", "LOADED", "0", "0"]])
    }

    @Test func columnListAndDefaults() throws {
        let bench = try bench("id INT AUTOINCREMENT, n INT, s STRING DEFAULT 'd' || 'ef', k INT NOT NULL DEFAULT 3, "
            + "x STRING")
        try bench.put("a.csv", "5,e\n6,f\n", to: "@s")
        try bench.run("COPY INTO t (n, x) FROM @s")
        #expect(try bench.text("SELECT * FROM t ORDER BY n") == "1|5|def|3|e\n2|6|def|3|f")
        try bench.run("CREATE TABLE strict (a INT, b INT NOT NULL)")
        bench.fails("COPY INTO strict (a) FROM @s FILE_FORMAT = (TYPE=CSV ERROR_ON_COLUMN_COUNT_MISMATCH=FALSE)",
            nil, "B")
        bench.fails("COPY INTO t (n) FROM @s FORCE = TRUE", .fileColumnCount)
        #expect(try bench.text("SELECT COUNT(*) FROM strict") == "0")
    }

    @Test func transformation() throws {
        let bench = try bench("n INT, at TIMESTAMP_NTZ, f STRING, r INT")
        try bench.put("a.csv", "x,5,2020-01-02 03:04:05\ny,6,2021-02-03 04:05:06\n", to: "@s")
        try bench.run("""
            COPY INTO t (n, at, f, r) FROM (SELECT f.$2::INT * 10, f.$3::TIMESTAMP_NTZ, METADATA$FILENAME,
              METADATA$FILE_ROW_NUMBER FROM @s f)
            """)
        #expect(try bench.text("SELECT * FROM t ORDER BY n") == """
            50|2020-01-02 03:04:05.000|a.csv.gz|1
            60|2021-02-03 04:05:06.000|a.csv.gz|2
            """)
        #expect(try bench.text("COPY INTO t (n) FROM (SELECT $2 FROM @s)") == none)
        bench.fails("COPY INTO t (n) FROM (SELECT $1 FROM @s) FORCE = TRUE", .numericNotRecognized, "'x'")
        bench.fails("COPY INTO t (n) FROM (SELECT $2 FROM @s WHERE $2 > 5) FORCE = TRUE", .unsupported)
        bench.fails("COPY INTO t (n) FROM (SELECT COUNT(*) FROM @s GROUP BY $1) FORCE = TRUE", .unsupported)
        bench.fails("COPY INTO t (n) FROM (SELECT $2, $3 FROM @s) FORCE = TRUE", .columnCountMismatch)
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "2")
        let skipped = try bench.run("COPY INTO t (n) FROM (SELECT $1 FROM @s) FORCE = TRUE ON_ERROR = SKIP_FILE")
        #expect(skipped.textRows()[0][1] == "LOAD_FAILED")
    }

    @Test func formatsComeFromCopyThenStageThenTable() throws {
        let bench = try Bench("""
            CREATE FILE FORMAT bar TYPE = CSV FIELD_DELIMITER = '|';
            CREATE STAGE s FILE_FORMAT = bar COPY_OPTIONS = (ON_ERROR = CONTINUE);
            CREATE STAGE plain;
            CREATE TABLE t (n INT, s STRING) STAGE_FILE_FORMAT = (FORMAT_NAME = bar);
            """)
        try bench.put("a.csv", "1|a,b\n", to: "@s")
        try bench.put("c.csv", "2;c\n", to: "@s")
        try bench.put("d.csv", "3|d\nx|e\n", to: "@s")
        try bench.put("t.csv", "4|t\n", to: "@%t")
        try bench.put("p.csv", "5|p\n", to: "@plain")
        try bench.run("COPY INTO t FROM @s/a; COPY INTO t FROM @s/c FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = ';')")
        try bench.run("COPY INTO t FROM @s/d; COPY INTO t; COPY INTO t FROM @plain")
        #expect(try bench.text("SELECT * FROM t ORDER BY n") == "1|a,b\n2|c\n3|d\n4|t\n5|p")
        try bench.run("CREATE OR REPLACE FILE FORMAT bar TYPE = CSV FIELD_DELIMITER = '-'")
        try bench.put("e.csv", "6-e\n", to: "@s")
        try bench.run("COPY INTO t FROM @s/e")
        #expect(try bench.text("SELECT s FROM t WHERE n = 6") == "e")
        try bench.run("DROP FILE FORMAT bar")
        bench.fails("COPY INTO t FROM @s/e FORCE = TRUE", .objectNotFound, "BAR")
        bench.fails("CREATE FILE FORMAT x TYPE = CSV PARSE_HEADER = TRUE SKIP_HEADER = 1", .invalidValue)
        bench.fails("CREATE FILE FORMAT x TYPE = PARQUET", .unsupported, "PARQUET")
        bench.fails("CREATE FILE FORMAT x TYPE = CSV SKIP_HEADR = 1", .invalidValue, "SKIP_HEADER")
    }
}
