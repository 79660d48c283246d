import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// What a wrong file, name or directory gives: an error that says where, and the data as it was.
@Suite struct BadInputTests {
    private func loaded() throws -> Bench {
        let bench = try Bench("CREATE TABLE raw_tags (user_id INT, tag STRING, score INT); CREATE STAGE s")
        try bench.put("good.csv", "1,a,10\n2,b,20\n", to: "@s")
        try bench.run("COPY INTO raw_tags FROM @s")
        return bench
    }

    private func isUnchanged(_ bench: Bench, location: SourceLocation = #_sourceLocation) throws {
        let question = "SELECT * FROM raw_tags ORDER BY 1"
        #expect(try bench.text(question) == "1|a|10\n2|b|20", sourceLocation: location)
        #expect(try bench.another().session.text(question) == "1|a|10\n2|b|20", sourceLocation: location)
        #expect(try bench.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.LOAD_HISTORY") == "1", sourceLocation: location)
    }

    @Test func missingFile() throws {
        let bench = try loaded()
        bench.fails("PUT file:///no/such/dir/x.csv @s", .fileNotFound, "/no/such/dir/x.csv")
        bench.fails("PUT file:///no/such/dir/*.csv @s", .fileNotFound, "/no/such/dir")
        bench.fails("COPY INTO raw_tags FROM @s FILES = ('goot.csv.gz')", .fileNotFound, "s/goot.csv.gz", "good.csv.gz")
        #expect(try bench.text("COPY INTO raw_tags FROM @s/nothing") == "Copy executed with 0 files processed.")
        try isUnchanged(bench)
    }

    @Test func unknownNamesListNearOnes() throws {
        let bench = try loaded()
        bench.fails("SELECT * FROM raw_tag", .objectNotFound, "'RAW_TAG'", "RAW_TAGS")
        bench.fails("SELECT user_di FROM raw_tags", .invalidIdentifier, "USER_DI", "USER_ID")
        bench.fails("INSERT INTO raw_tags (user_id, tga) VALUES (1, 'x')", .invalidIdentifier, "TGA", "TAG")
        bench.fails("UPDATE raw_tags SET scor = 1", .invalidIdentifier, "SCOR", "SCORE")
        bench.fails("COPY INTO raw_tags (user_id, tga) FROM @s", .invalidIdentifier, "TGA", "TAG")
        bench.fails("COPY INTO raw_tags FROM @z", .objectNotFound, "Stage 'Z'")
        bench.fails("SELECT * FROM mian.public.raw_tags", .schemaNotFound, "MIAN", "MAIN")
        bench.fails("SELECT * FROM publik.raw_tags", .schemaNotFound, "PUBLIK", "PUBLIC")
        bench.fails("USE SCHEMA publik", .objectMissing, "PUBLIC")
        let error = bench.fails("SELECT 1,\n  nope FROM raw_tags", .invalidIdentifier)
        #expect(error.span?.line == 2 && error.span?.column == 3)
        try isUnchanged(bench)
    }

    @Test(arguments: ["ABORT_STATEMENT", "CONTINUE", "SKIP_FILE"])
    func truncatedAndCorruptGzip(_ mode: String) throws {
        let bench = try loaded()
        let rows = (0..<3000).map { "\($0),tag \($0 &* 7919),\($0)\n" }.joined()
        try bench.put("long.csv", rows, to: "@s")
        try bench.run("GET @s/long.csv.gz file://\(bench.folder.path)/got")
        let whole = ScratchDirectory.contents(bench.folder.path + "/got/long.csv.gz")
        try bench.run("REMOVE @s/long")
        try bench.put("cut.csv.gz", Array(whole.prefix(whole.count / 2)), to: "@s")
        bench.fails("COPY INTO raw_tags FROM @s/cut ON_ERROR = \(mode)", nil, "cut.csv.gz")
        try bench.run("REMOVE @s/cut")
        var bad = whole
        bad[bad.count - 6] ^= 0x55
        try bench.put("bad.csv.gz", bad, to: "@s")
        bench.fails("COPY INTO raw_tags FROM @s/bad ON_ERROR = \(mode)", nil, "bad.csv.gz")
        try bench.run("REMOVE @s/bad")
        bad = whole
        for index in 100..<160 { bad[index] = 0xFF }
        try bench.put("noise.csv.gz", bad, to: "@s")
        bench.fails("COPY INTO raw_tags FROM @s/noise ON_ERROR = \(mode)", nil, "noise.csv.gz")
        try bench.put("none.csv.gz", "this is no gzip", to: "@s", options: "SOURCE_COMPRESSION = GZIP")
        bench.fails("COPY INTO raw_tags FROM @s/none FILE_FORMAT = (TYPE = CSV COMPRESSION = GZIP)", nil, "none.csv.gz")
        try isUnchanged(bench)
    }

    @Test func badRowsNameTheirPlace() throws {
        let bench = try loaded()
        try bench.put("bad.csv", "3,c,30\n4,d,4x0\n5,e\n6,f,60,more\n", to: "@s")
        bench.fails("COPY INTO raw_tags FROM @s/bad", .numericNotRecognized, "'4x0'",
            "File 's/bad.csv.gz', line 2, character 5",
                    "column \"RAW_TAGS\"[\"SCORE\":3]", "ON_ERROR")
        try bench.put("short.csv", "3,c,30\n5,e\n", to: "@s")
        bench.fails("COPY INTO raw_tags FROM @s/short", .fileColumnCount, "(2)", "(3)", "s/short.csv.gz', line 2")
        try bench.put("wide.csv", "3,c,30\n6,f,60,more\n", to: "@s")
        bench.fails("COPY INTO raw_tags FROM @s/wide", .fileColumnCount, "(4)", "(3)", "s/wide.csv.gz', line 2")
        bench.fails("COPY INTO raw_tags (user_id, tag, score) FROM (SELECT $1, $2, $3::INT FROM @s/bad)", nil, "4x0")
        try isUnchanged(bench)
        #expect(try bench.text("COPY INTO raw_tags FROM @s/bad ON_ERROR = CONTINUE") == """
            s/bad.csv.gz|PARTIALLY_LOADED|4|1|4|3|Numeric value '4x0' is not recognized|2|5|"RAW_TAGS"["SCORE":3]
            """)
    }

    @Test func directoryThatIsNoWarehouse() throws {
        let folder = try ScratchDirectory()
        try folder.file("notes.txt", "mine")
        #expect(failure(.notAWarehouse) { _ = try Warehouse.open(folder.path) }.message.contains("notes.txt"))
        failure(.notAWarehouse) { _ = try Warehouse.open(folder.path + "/notes.txt") }
        var options = WarehouseOptions()
        options.createIfMissing = false
        failure(.notAWarehouse) { _ = try Warehouse.open(folder.path + "/absent", options: options) }
        options.createIfMissing = true
        options.isReadOnly = true
        failure(.notAWarehouse) { _ = try Warehouse.open(folder.path + "/absent", options: options) }
        #expect(ScratchDirectory.names(folder.path) == ["notes.txt"])
    }

    @Test func readOnlyWarehouseCanBeRead() throws {
        let bench = try loaded()
        let reader = try bench.another(readOnly: true)
        for sql in ["INSERT INTO raw_tags VALUES (3, 'c', 30)", "CREATE TABLE x (n INT)", "DROP TABLE raw_tags",
                    "COPY INTO raw_tags FROM @s FORCE = TRUE", "REMOVE @s", "GRANT ROLE PUBLIC TO USER ADMIN",
                    "PUT file://\(bench.folder.path)/good.csv @s", "TRUNCATE TABLE raw_tags",
                        "CREATE TEMP TABLE y (n INT)"] {
            let error = failure(.readOnly) { try reader.execute(sql) }
            #expect(error.message.contains(bench.path), "\(error)")
        }
        #expect(try reader.session.text("SELECT COUNT(*), SUM(score) FROM raw_tags") == "2|30")
        #expect(try reader.query("LIST @s").rowCount == 1)
        #expect(try reader.query("SHOW TABLES").rowCount == 1)
        try reader.execute("BEGIN; SELECT 1; COMMIT; SET x = 1; USE SCHEMA PUBLIC; ALTER SESSION SET TIMEZONE = 'UTC'")
        #expect(try reader.session.text("SELECT $1, $2 FROM @s") == "1|a\n2|b")
        try bench.run("INSERT INTO raw_tags VALUES (3, 'c', 30)")
        #expect(try reader.session.text("SELECT COUNT(*) FROM raw_tags") == "3", "a reader follows the writer")
    }

    @Test func writerOfAnotherWarehouseObjectIsNamed() throws {
        let bench = try loaded()
        let other = try bench.another()
        try other.execute("BEGIN; DELETE FROM raw_tags")
        for sql in ["INSERT INTO raw_tags VALUES (9, 'z', 9)", "CREATE TABLE x (n INT)",
            "COPY INTO raw_tags FROM @s FORCE=TRUE"] {
            bench.fails(sql, .busy, "process", "--busy-timeout")
        }
        #expect(try bench.text("SELECT COUNT(*) FROM raw_tags") == "2")
        try other.execute("ROLLBACK")
        try isUnchanged(bench)
    }

    @Test func parametersThatAreMissing() throws {
        let bench = try loaded()
        failure { _ = try bench.warehouse.query("SELECT ?") }
        failure { _ = try bench.warehouse.query("SELECT :name", ["other": 1]) }
        failure { _ = try bench.warehouse.query("SELECT $nowhere") }
        #expect(try bench.warehouse.query("SELECT ? + ?", [1, 2]).textRows() == [["3"]])
        #expect(try bench.warehouse.query("SELECT tag FROM raw_tags WHERE tag = :t", ["t": "' OR 1=1 --"]).rowCount
            == 0)
        #expect(try bench.warehouse.query("SELECT ?", [nil]).textRows() == [[nil]])
    }
}
