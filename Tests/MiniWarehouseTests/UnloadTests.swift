import MiniWarehouse
import TestSupport
import Testing
import Trials
import WarehouseBasics

/// COPY INTO a location: what is unloaded loads again as it was.
@Suite struct UnloadTests {
    private static let columns = """
        id INT, n NUMBER(38, 0), d NUMBER(10, 3), f FLOAT, s VARCHAR, b BOOLEAN, day DATE, t TIME(9), ntz TIMESTAMP_NTZ(9), \
        ltz TIMESTAMP_LTZ(9), tz TIMESTAMP_TZ(9), bin BINARY
        """

    private static let pieces = [
        "", "a", "Zoë", "日本", "😀", ",", "|", ";", "\t", "||", "::", ":", "\"", "\"\"", "'", "\\", "\\\\", "\\n", "\n", "\r\n",
        "\r", " ", "  x ", "^", "null", "N", "\u{1}", "~", "#", "0", "-1.5", "true", "{\"k\": [1]}",
    ]

    private static func quoted(_ text: String) -> String {
        "'" + text.unicodeScalars.map { scalar in
            switch scalar {
            case "'": "''"
            case "\\": "\\\\"
            default: String(scalar)
            }
        }.joined() + "'"
    }

    private static func text(_ random: inout SeededRandom) -> String {
        (0..<random.below(5)).map { _ in random.pick(pieces) }.joined()
    }

    /// A SELECT of one row in the table's types.
    private static func row(_ id: Int, _ random: inout SeededRandom) -> String {
        func orNull(_ random: inout SeededRandom, _ value: (inout SeededRandom) -> String) -> String {
            random.chance(15) ? "NULL" : value(&random)
        }
        func two(_ random: inout SeededRandom, _ low: Int, _ high: Int) -> String {
            let number = random.between(low, high)
            return number < 10 ? "0\(number)" : "\(number)"
        }
        func day(_ random: inout SeededRandom) -> String {
            "\(random.between(1900, 2100))-\(two(&random, 1, 12))-\(two(&random, 1, 28))"
        }
        func clock(_ random: inout SeededRandom) -> String {
            "\(two(&random, 0, 23)):\(two(&random, 0, 59)):\(two(&random, 0, 59)).\(random.between(100_000_000, 999_999_999))"
        }
        let big = "99999999999999999999999999999999999999"
        let cells = [
            orNull(&random) { random in random.pick(["0", "-7", "12345678901234567890", big, "-" + big]) },
            orNull(&random) { random in "\(random.between(-9_999_999, 9_999_999)).\(random.between(100, 999))" },
            orNull(&random) { random in
                random.chance(20) ? "'\(random.pick(["NaN", "inf", "-inf"]))'::FLOAT"
                    : "\(Double(bitPattern: (random.next() & 0x7FFF_FFFF_FFFF_FFFF) % 0x7FEF_FFFF_FFFF_FFFF))::FLOAT"
            },
            orNull(&random) { random in quoted(text(&random)) },
            orNull(&random) { random in random.pick(["TRUE", "FALSE"]) },
            orNull(&random) { random in "'\(day(&random))'::DATE" },
            orNull(&random) { random in "'\(clock(&random))'::TIME(9)" },
            orNull(&random) { random in "'\(day(&random)) \(clock(&random))'::TIMESTAMP_NTZ(9)" },
            orNull(&random) { random in "'\(day(&random)) \(clock(&random)) +0000'::TIMESTAMP_LTZ(9)" },
            orNull(&random) { random in "'\(day(&random)) \(clock(&random)) +0530'::TIMESTAMP_TZ(9)" },
            orNull(&random) { random in "TO_BINARY('\(random.pick(["", "00", "FF00AB", "C3A9"]))')" },
        ]
        return "SELECT \(id), " + cells.joined(separator: ", ")
    }

    /// A file format that keeps all values apart, and options of the COPY that writes.
    private static func options(_ random: inout SeededRandom) -> (format: String, unload: String, skip: String) {
        let enclosure = random.pick([nil, "'", "\""])
        let delimiter = random.pick([",", "|", ";", "\t", "||", "::", "#", "þ"])
        let record = random.pick(delimiter.hasPrefix("|") ? ["\n", "\r\n", "\u{1}"] : ["\n", "\r\n", "|\n", "\u{1}"])
        var parts = [
            "TYPE = CSV", "FIELD_DELIMITER = \(quoted(delimiter))", "RECORD_DELIMITER = \(quoted(record))",
            "COMPRESSION = \(random.pick(["AUTO", "GZIP", "DEFLATE", "NONE"]))",
            "BINARY_FORMAT = \(random.pick(["HEX", "BASE64"]))", "DATE_FORMAT = \(random.pick(["AUTO", "'DD/MON/YYYY'"]))",
            "TIME_FORMAT = 'HH24:MI:SS.FF9'", "TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM'",
        ]
        if let enclosure {
            parts.append("FIELD_OPTIONALLY_ENCLOSED_BY = \(quoted(enclosure))")
            if random.chance(50) { parts.append("ESCAPE = \(quoted(random.pick(["\\", "^"])))") }
            parts.append("NULL_IF = (\(random.pick(["", "'NULL'", "'\\\\N'"])))")
        } else {
            parts.append("EMPTY_FIELD_AS_NULL = FALSE NULL_IF = ('\(random.pick(["~none~", "\\\\N"]))')")
            if random.chance(30) { parts.append("ESCAPE = '^'") }
        }
        var unload = random.pick(["", "MAX_FILE_SIZE = 700 ", "MAX_FILE_SIZE = 1 ", "SINGLE = TRUE "])
        // SKIP_HEADER counts lines, whatever the records end with.
        let hasHeader = random.chance(40) && record != "\u{1}"
        if hasHeader { unload += "HEADER = TRUE" }
        return (parts.joined(separator: " "), unload, hasHeader ? "SKIP_HEADER = 1" : "")
    }

    /// The format of a stage is the COPY's that writes; the one that reads adds how many lines to skip.
    @Test(arguments: 1...Effort.pick(5, long: 40)) func unloadedRowsLoadAgain(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let bench = try Bench("CREATE TABLE one (\(UnloadTests.columns)); CREATE TABLE two LIKE one; CREATE STAGE s")
        let rows = (0..<40).map { UnloadTests.row($0, &random) }
        try bench.run("INSERT INTO one " + rows.joined(separator: " UNION ALL "))
        let expected = try bench.run("SELECT * FROM one ORDER BY id").textRows()
        for round in 0..<8 {
            let (format, unload, skip) = UnloadTests.options(&random)
            let folder = "@s/\(round)/"
            let written = try bench.run("COPY INTO \(folder) FROM one FILE_FORMAT = (\(format)) \(unload)").textRows()
            #expect(written.first?.first == "40")
            try bench.run("TRUNCATE TABLE two")
            let comment = Comment(rawValue: "seed \(seed): \(format) \(unload)")
            do {
                try bench.run("COPY INTO two FROM \(folder) FILE_FORMAT = (\(format) \(skip))")
            } catch {
                Issue.record(error, comment)
                continue
            }
            #expect(try bench.run("SELECT * FROM two ORDER BY id").textRows() == expected, comment)
        }
    }

    @Test func documentsLoadAgain() throws {
        var random = SeededRandom(7)
        let bench = try Bench("CREATE TABLE one (v VARIANT); CREATE TABLE two (v VARIANT)")
        try bench.run("CREATE STAGE s FILE_FORMAT = (TYPE = JSON)")
        for _ in 0..<30 {
            try bench.run("INSERT INTO one SELECT OBJECT_CONSTRUCT('t', \(UnloadTests.quoted(UnloadTests.text(&random))), "
                + "'n', \(random.between(-999, 999)) / 8, 'a', ARRAY_CONSTRUCT(NULL, TRUE, {}))")
        }
        try bench.run("COPY INTO @s FROM one MAX_FILE_SIZE = 300; COPY INTO two FROM @s")
        let query = "SELECT TO_JSON(v) FROM "
        #expect(try bench.run(query + "one ORDER BY 1").textRows() == bench.run(query + "two ORDER BY 1").textRows())
    }

    /// Into a folder of this machine, and never over what is there without being told.
    @Test func foldersOfThisMachine() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        try bench.run("INSERT INTO t VALUES (1), (2)")
        let folder = try ScratchDirectory()
        let url = "file://\(folder.path)/new"
        try bench.run("COPY INTO '\(url)/f' FROM t FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE)")
        #expect(ScratchDirectory.contents(folder.path + "/new/f_0_0_0.csv") == Array("1\n2\n".utf8))
        bench.fails("COPY INTO '\(url)/f' FROM t", .invalidValue, "Files already existing at the unload destination: \(url)/f.")
        bench.fails("COPY INTO '\(url)/../f' FROM t PARTITION BY ('../../x')", .invalidValue, "not allowed")
        try bench.run("CREATE STAGE here URL = '\(url)/'; COPY INTO t FROM @here")
        #expect(try bench.text("SELECT SUM(n) FROM t") == "6")
    }

    @Test func getKeepsFilesApart() throws {
        let bench = try Bench("CREATE STAGE s")
        try bench.put("f.csv", "1\n", to: "@s/a")
        try bench.put("f.csv", "2\n", to: "@s/b")
        let folder = try ScratchDirectory()
        bench.fails("GET @s file://\(folder.path)/", .invalidValue, "a/f.csv.gz")
        #expect(ScratchDirectory.names(folder.path).isEmpty)
        try bench.run("GET @s/b file://\(folder.path)/")
        #expect(ScratchDirectory.names(folder.path) == ["f.csv.gz"])
    }

    /// What an integration forbids is forbidden whenever the stage is used.
    @Test func integrationsHoldAtEveryUse() throws {
        let folder = try ScratchDirectory(), here = "file://\(folder.path)"
        let bench = try Bench("CREATE TABLE t (n INT)")
        try bench.run("""
            CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE
                STORAGE_ALLOWED_LOCATIONS = ('\(here)/data/') STORAGE_BLOCKED_LOCATIONS = ('\(here)/data/secret/');
            CREATE STAGE s URL = '\(here)/data/' STORAGE_INTEGRATION = i;
            INSERT INTO t VALUES (1);
            COPY INTO @s/open/f FROM t;
            COPY INTO '\(here)/data/secret/f' FROM t
            """)
        #expect(try bench.text("SELECT COUNT(*) FROM @s") == "1")
        #expect(try bench.run("LIST @s/secret").rowCount == 0)
        bench.fails("COPY INTO @s/secret/g FROM t", .invalidValue, "is not allowed by integration 'I'")
        bench.fails("COPY INTO '\(here)/other/f' FROM t STORAGE_INTEGRATION = i", .invalidValue, "not allowed")
        bench.fails("COPY INTO '\(here)/data/../other/f' FROM t STORAGE_INTEGRATION = i", .invalidValue, "not allowed")
        bench.fails("ALTER STAGE s SET URL = '\(here)/elsewhere/'", .invalidValue, "not allowed")
        try bench.run("ALTER STORAGE INTEGRATION i SET STORAGE_ALLOWED_LOCATIONS = ('\(here)/other/')")
        bench.fails("LIST @s", .invalidValue, "not allowed")
        try bench.run("""
            ALTER STORAGE INTEGRATION i SET STORAGE_ALLOWED_LOCATIONS = ('\(here)/data/');
            LIST @s;
            ALTER STORAGE INTEGRATION i SET ENABLED = FALSE
            """)
        bench.fails("SELECT $1 FROM @s", .invalidValue, "not enabled")
    }
}
