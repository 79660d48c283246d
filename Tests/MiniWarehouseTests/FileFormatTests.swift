import MiniWarehouse
import Testing
import WarehouseBasics

/// What the options of a CSV format make of a file.
@Suite struct FileFormatTests {
    static let cases: [(options: String, text: String, answer: String)] = [
        ("FIELD_DELIMITER = '|'", "1|a\n2|b\n", "1|a\n2|b"),
        ("FIELD_DELIMITER = '0x7c'", "1|a\n", "1|a"), ("FIELD_DELIMITER = '\\\\x7C'", "1|a\n", "1|a"),
        ("FIELD_DELIMITER = '\\\\174'", "1|a\n", "1|a"), ("FIELD_DELIMITER = '\\x7c'", "1|a\n", "1|a"),
        ("FIELD_DELIMITER = '\\t'", "1\ta\n", "1|a"), ("FIELD_DELIMITER = '\\\\t'", "1\ta\n", "1|a"),
        ("FIELD_DELIMITER = '¢'", "1¢a\n", "1|a"), ("FIELD_DELIMITER = '0xC2A2'", "1¢a\n", "1|a"),
        ("FIELD_DELIMITER = '0xA2'", "1¢a\n", "1|a"), ("FIELD_DELIMITER = '||'", "1||a|b\n", "1|a|b"),
        ("FIELD_DELIMITER = '0x'", "10xa\n", "1|a"),
        ("RECORD_DELIMITER = ';'", "1,a;2,b", "1|a\n2|b"), ("RECORD_DELIMITER = '0x3B'", "1,a;2,b;", "1|a\n2|b"),
        ("RECORD_DELIMITER = '/\\n'", "1,a/\n2,b/\n", "1|a\n2|b"), ("RECORD_DELIMITER = '\\\\n'", "1,a\n2,b\n", "1|a\n2|b"),
        ("RECORD_DELIMITER = '\\r'", "1,a\r2,b\r", "1|a\n2|b"),
        ("FIELD_OPTIONALLY_ENCLOSED_BY = '0x27'", "1,'a,b'\n", "1|a,b"),
        ("FIELD_OPTIONALLY_ENCLOSED_BY = '\\\\047'", "1,'a,b'\n", "1|a,b"),
        ("FIELD_OPTIONALLY_ENCLOSED_BY = '\"'", "1,\"a\"\"b\"\n", "1|a\"b"),
        ("FIELD_OPTIONALLY_ENCLOSED_BY = '\"' ESCAPE = '\\\\'", "1,\"a\\\"b\"\n", "1|a\"b"),
        ("ESCAPE_UNENCLOSED_FIELD = NONE", "1,a\\tb\n", "1|a\\tb"), ("", "1,a\\,b\n", "1|a,b"),
        ("ESCAPE_UNENCLOSED_FIELD = '0x5e'", "1,a^,b\n", "1|a,b"),
        ("NULL_IF = ('x', '')", "1,x\n2,\n3,y\n", "1|NULL\n2|NULL\n3|y"), ("NULL_IF = ()", "1,\\\\N\n", "1|\\N"),
        ("", "1,\\N\n2,\n", "1|NULL\n2|NULL"), ("EMPTY_FIELD_AS_NULL = FALSE", "1,\n", "1|"),
        ("TRIM_SPACE = TRUE", " 1 ,  a b \n", "1|a b"), ("TRIM_SPACE = FALSE", "1, a \n", "1| a "),
        ("TRIM_SPACE = TRUE FIELD_OPTIONALLY_ENCLOSED_BY = '\"'", "1 , \" a\" \n", "1| a"),
        ("SKIP_HEADER = 2", "x\ny\n1,a\n", "1|a"), ("PARSE_HEADER = TRUE", "n,s\n1,a\n", "1|a"),
        ("SKIP_BLANK_LINES = TRUE", "\n1,a\n\n\n2,b\n", "1|a\n2|b"),
        ("ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE", "1\n2,b,c\n", "1|NULL\n2|b"),
        ("SKIP_BYTE_ORDER_MARK = TRUE", "\u{FEFF}1,a\n", "1|a"),
        ("COMPRESSION = NONE ENCODING = 'UTF-8'", "1,ä\n", "1|ä"),
        ("FIELD_OPTIONALLY_ENCLOSED_BY = '\"' MULTI_LINE = TRUE", "1,\"a\nb\"\n", "1|a\nb"),
    ]

    @Test(arguments: cases)
    func options(_ options: String, _ text: String, _ answer: String) throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING); CREATE STAGE s")
        try bench.put("a.csv", text, to: "@s", options: "AUTO_COMPRESS = FALSE")
        try bench.run("COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV \(options))")
        #expect(try bench.text("SELECT * FROM t ORDER BY n") == answer, "\(options)")
    }

    @Test func encodingsAndBytes() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING); CREATE STAGE s")
        func loaded(_ bytes: [UInt8], _ options: String) throws -> String {
            try bench.put("a.csv", bytes, to: "@s", options: "OVERWRITE = TRUE AUTO_COMPRESS = FALSE")
            try bench.run("TRUNCATE TABLE t; COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV \(options))")
            return try bench.text("SELECT s FROM t")
        }
        #expect(try loaded(Array("1,".utf8) + [0xE4, 10], "ENCODING = 'ISO-8859-1'") == "ä")
        #expect(try loaded(Array("1,".utf8) + [0x80, 10], "ENCODING = 'WINDOWS-1252'") == "€")
        #expect(try loaded([0x31, 0, 0x2C, 0, 0xE4, 0, 10, 0], "ENCODING = 'UTF-16LE'") == "ä")
        #expect(try loaded([0, 0x31, 0, 0x2C, 0, 0xE4, 0, 10], "ENCODING = UTF16BE") == "ä")
        #expect(try loaded([0xFF, 0xFE, 0x31, 0, 0x2C, 0, 0xE4, 0, 10, 0], "ENCODING = 'UTF-16'") == "ä")
        #expect(try loaded([0xFF, 0xFE, 0, 0, 0x31, 0, 0, 0, 0x2C, 0, 0, 0, 0x4B, 0xF6, 1, 0, 10, 0, 0, 0], "ENCODING = UTF32")
            == "\u{1F64B}")
        #expect(try loaded([0, 0, 0, 0x31, 0, 0, 0, 0x2C, 0, 0, 0, 0xE4], "ENCODING = 'UTF-32BE'") == "ä")
        for (name, byte, text) in [
            ("ISO-8859-2", 0xB1, "ą"), ("ISO-8859-5", 0xB4, "Д"), ("ISO-8859-6", 0xC7, "ا"), ("ISO-8859-7", 0xE1, "α"),
            ("ISO-8859-8", 0xE0, "א"), ("ISO-8859-9", 0xFD, "ı"), ("ISO-8859-15", 0xA4, "€"), ("KOI8-R", 0xC4, "д"),
            ("windows-1250", 0x9C, "ś"), ("windows-1251", 0xE4, "д"), ("windows-1253", 0xE1, "α"),
            ("windows-1254", 0xFE, "ş"), ("windows-1255", 0xE0, "א"), ("windows-1256", 0xC7, "ا")] as [(String, UInt8, String)] {
            #expect(try loaded(Array("1,x".utf8) + [byte, 10], "ENCODING = '\(name)'") == "x\(text)", "\(name)")
        }
        #expect(try loaded(Array("1,x".utf8) + [0x81, 10], "ENCODING = WINDOWS1252 REPLACE_INVALID_CHARACTERS = TRUE")
            == "x\u{FFFD}")
        #expect(try loaded(Array("1,x".utf8) + [0xFF, 10], "REPLACE_INVALID_CHARACTERS = TRUE") == "x\u{FFFD}")
        try bench.put("a.csv", Array("1,x".utf8) + [0xFF, 10], to: "@s", options: "OVERWRITE = TRUE AUTO_COMPRESS = FALSE")
        bench.fails("COPY INTO t FROM @s FORCE = TRUE", .invalidUTF8)
        try bench.run("CREATE TABLE b (v BINARY)")
        for (format, text) in [("HEX", "00ff"), ("BASE64", "AP8="), ("UTF8", "\u{0}ä")] {
            try bench.put("b.csv", text + "\n", to: "@s/b", options: "OVERWRITE = TRUE AUTO_COMPRESS = FALSE")
            try bench.run("TRUNCATE TABLE b; COPY INTO b FROM @s/b FILE_FORMAT = (TYPE = CSV BINARY_FORMAT = \(format))")
            #expect(try bench.text("SELECT v FROM b") == (format == "UTF8" ? "00C3A4" : "00FF"))
        }
    }

    @Test func whatIsRefused() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (a STRING)")
        for type in ["PARQUET", "AVRO", "ORC", "XML"] {
            bench.fails("CREATE FILE FORMAT f TYPE = \(type)", .unsupported, type)
        }
        for options in ["ESCAPE = 'ab'", "ESCAPE = 'é'", "ESCAPE_UNENCLOSED_FIELD = '||'",
                        "FIELD_OPTIONALLY_ENCLOSED_BY = '|'", "FIELD_DELIMITER = ',' RECORD_DELIMITER = ',,'",
                        "SKIP_HEADER = -1", "PARSE_HEADER = TRUE SKIP_HEADER = 1", "COMPRESSION = ARJ",
                        "EMPTY_FIELD_AS_NULL = MAYBE", "FIELD_DELIMITER = '123456789012345678901'",
                        "BINARY_FORMAT = OCTAL"] {
            bench.fails("CREATE FILE FORMAT f TYPE = CSV \(options)", .invalidValue)
        }
        bench.fails("CREATE FILE FORMAT f TYPE = CSV ENCODING = 'SHIFTJIS'", .unsupported, "SHIFTJIS")
        bench.fails("CREATE FILE FORMAT f TYPE = CSV VALIDATE_UTF8 = FALSE", .unsupported, "VALIDATE_UTF8")
        for (name, bytes, kind) in [("z", [0x28, 0xB5, 0x2F, 0xFD, 0, 0], "ZSTD"), ("b", Array("BZh91AY".utf8), "BZ2")] {
            try bench.put(name, bytes, to: "@s/\(name)", options: "AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = NONE")
            bench.fails("COPY INTO t FROM @s/\(name)", .unsupported, kind)
        }
    }
}
