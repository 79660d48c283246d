import MiniWarehouse
import Testing
import WarehouseBasics

/// COPY of several files at once, and of files in odd dialects and encodings.
@Suite struct CopyManyFilesTests {
    /// 30 files of some rows, of which number 7 has a bad one.
    private func bench() throws -> Bench {
        let bench = try Bench("CREATE TABLE t (f INT, n INT); CREATE STAGE s")
        for file in 10..<40 {
            let rows = (0..<(file * 20)).map { "\(file),\(file == 17 && $0 == 99 ? "x" : String($0))\n" }.joined()
            try bench.put("f\(file).csv", rows, to: "@s")
        }
        return bench
    }

    private let totals = "SELECT COUNT(*), COUNT(DISTINCT f), SUM(n) FROM t"

    /// Rows, files and the sum of the numbers of files that are loaded wholly.
    private func expected(without left: Set<Int> = []) -> String {
        let files = (10..<40).filter { !left.contains($0) }
        return "\(files.reduce(0) { $0 + $1 * 20 })|\(files.count)|\(files.reduce(0) { $0 + $1 * 20 * ($1 * 20 - 1) / 2 })"
    }

    @Test func allFilesOrNone() throws {
        let bench = try bench()
        bench.fails("COPY INTO t FROM @s", .numericNotRecognized, "'x'", "File 's/f17.csv.gz', line 100, character 4")
        #expect(try bench.text(totals) == "0|0|NULL")
        #expect(try bench.text("COPY INTO t FROM @s PATTERN = '.*f(1[0-6]|1[89]|[23].)[.]csv[.]gz'").split(separator: "\n")
            .count == 29)
        #expect(try bench.text(totals) == expected(without: [17]))
        #expect(try bench.another().session.text(totals) == expected(without: [17]))
    }

    @Test(arguments: ["SKIP_FILE", "SKIP_FILE_1", "'SKIP_FILE_0%'"])
    func badFilesAreLeftOut(_ mode: String) throws {
        let bench = try bench()
        let result = try bench.run("COPY INTO t FROM @s ON_ERROR = \(mode)").textRows()
        #expect(result.map { $0[1] }.filter { $0 == "LOADED" }.count == 29)
        #expect(result[7][1] == "LOAD_FAILED" && result[7][3] == "0")
        #expect(try bench.text(totals) == expected(without: [17]))
    }

    @Test func badRowsAreLeftOut() throws {
        let bench = try bench()
        try bench.put("f05.csv", "x,x\ny,y\n", to: "@s")
        let result = try bench.run("COPY INTO t FROM @s ON_ERROR = CONTINUE").textRows()
        #expect(result.map { [$0[1], $0[3], $0[5]] }.prefix(3) == [
            ["LOAD_FAILED", "0", "2"], ["LOADED", "200", "0"], ["LOADED", "220", "0"]])
        #expect(result[8][1] == "PARTIALLY_LOADED" && result[8][3] == "339" && result[8][5] == "1")
        #expect(try bench.text("SELECT COUNT(*), SUM(n) FROM t WHERE f = 17") == "339|\(339 * 340 / 2 - 99)")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "\((10..<40).reduce(0) { $0 + $1 * 20 } - 1)")
    }

    /// An error of the third file must wait for those before it, and leave nothing of them.
    @Test func aDamagedFileEndsAll() throws {
        let bench = try bench()
        try bench.put("f12.csv.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x55], to: "@s")
        bench.fails("COPY INTO t FROM @s ON_ERROR = CONTINUE", .corruptFile, "f12.csv.gz")
        #expect(try bench.text(totals) == "0|0|NULL")
        #expect(try bench.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.LOAD_HISTORY") == "0")
    }

    @Test func identityCountsThroughAllFiles() throws {
        let bench = try bench()
        try bench.run("CREATE TABLE numbered (id INT IDENTITY, f INT, n INT)")
        try bench.run("COPY INTO numbered (f, n) FROM @s ON_ERROR = CONTINUE")
        #expect(try bench.text("SELECT COUNT(*) = COUNT(DISTINCT id), MAX(id) = COUNT(*) FROM numbered") == "true|true")
        try bench.run("INSERT INTO numbered (f, n) VALUES (0, 0)")
        #expect(try bench.text("SELECT MAX(id) = COUNT(*) FROM numbered") == "true")
    }

    @Test func delimitersByTheirBytes() throws {
        let bench = try Bench("CREATE TABLE t (a STRING, b STRING); CREATE STAGE s")
        func loaded(_ text: String, _ options: String) throws -> String {
            try bench.put("f.csv", text, to: "@s")
            try bench.run("TRUNCATE TABLE t; COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV \(options)) FORCE = TRUE")
            return try bench.text("SELECT a, b FROM t ORDER BY 1")
        }
        for cent in ["\\xC2\\xA2", "\\\\xC2\\\\xA2", "0xC2A2", "¢", "\\302\\242", "\\\\302\\\\242"] {
            #expect(try loaded("1¢x\n2¢y\n", "FIELD_DELIMITER = '\(cent)'") == "1|x\n2|y", "\(cent)")
        }
        for tab in ["\\t", "\\\\t", "0x09", "\\x09", "\\011", "\t"] {
            #expect(try loaded("1\tx\n2\ty\n", "FIELD_DELIMITER = '\(tab)'") == "1|x\n2|y", "\(tab)")
        }
        for one in ["0x01", "\\x01", "\\\\x01", "\\001", "\\\\001"] {
            #expect(try loaded("1\u{1}x\n2\u{1}y\n", "FIELD_DELIMITER = '\(one)'") == "1|x\n2|y", "\(one)")
        }
        #expect(try loaded("1,x¢2,y", "RECORD_DELIMITER = '0xC2A2'") == "1|x\n2|y")
        #expect(try loaded("1,x\n2,y\n", "RECORD_DELIMITER = '\\\\n'") == "1|x\n2|y")
        for quote in ["0x27", "\\x27", "''", "\\'", "\\047"] {
            #expect(try loaded("1,'x,x'\n", "FIELD_OPTIONALLY_ENCLOSED_BY = '\(quote)'") == "1|x,x", "\(quote)")
        }
        #expect(try loaded("1,\"x\\\"x\"\n", "FIELD_OPTIONALLY_ENCLOSED_BY = '0x22' ESCAPE = '0x5C'") == "1|x\"x")
        #expect(try loaded("1,\"x\\\"x\"\n", "FIELD_OPTIONALLY_ENCLOSED_BY = '\"' ESCAPE = '\\\\'") == "1|x\"x")
    }

    @Test func placesAreCountedInCharacters() throws {
        let bench = try Bench("CREATE TABLE t (a STRING, n INT); CREATE STAGE s")
        try bench.put("f.csv", "\u{FEFF}é,1\näöü😀,x\n", to: "@s")
        bench.fails("COPY INTO t FROM @s", .numericNotRecognized, "line 2, character 6")
        // One long line: the place does not depend on the buffers it is read in.
        try bench.put("f.csv", String(repeating: "é,1;", count: 700_000) + "é,x;", to: "@s")
        bench.fails("COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV RECORD_DELIMITER = ';')", .numericNotRecognized,
                    "line 1, character 2800003")
    }
}
