import Testing
import WarehouseBasics
import WarehouseIngest

@Suite struct CSVScanTests {
    @Test func readsWhatPythonWrote() throws {
        for (delimiter, text, rows) in writtenByPython {
            let format = quoted {
                $0.fieldDelimiter = Array(delimiter.utf8)
                $0.escapeUnenclosed = nil
                $0.emptyFieldAsNull = false
                $0.nullIf = []
            }
            for buffer in [64, 1 << 20] {
                let limits = settings { $0.limits.bufferBytes = buffer }
                let loaded = try loadText(Array(text.utf8), fields: rows[0].count, format, limits)
                #expect(loaded.rows == rows, "\(text.debugDescription)")
                #expect(loaded.rejects.isEmpty)
            }
        }
    }

    @Test func lineEnds() throws {
        let want: [[String?]] = [["1", "a"], ["2", "b"], ["3", "c"]]
        for text in [
            "1,a\n2,b\n3,c\n", "1,a\r\n2,b\r\n3,c\r\n", "1,a\r2,b\r3,c\r", "1,a\n2,b\r\n3,c", "1,a\r2,b\n3,c\r",
        ] {
            #expect(try loadText(text, fields: 2) == want, "\(text.debugDescription)")
        }
        #expect(try loadText("1,\"a\r\nb\"\r\n2,\"c\rd\"\r", fields: 2) == [["1", "a\r\nb"], ["2", "c\rd"]])
    }

    @Test func emptyFilesAndBlankLines() throws {
        #expect(try loadText("", fields: 2) == [])
        #expect(try loadText("\n", fields: 1) == [[nil]])
        #expect(try loadText("a\n\n\nb\n\n", fields: 1) == [["a"], [nil], [nil], ["b"], [nil]])
        #expect(try loadText("a\r\n\r\nb", fields: 1, quoted { $0.skipBlankLines = true }) == [["a"], ["b"]])
        #expect(try loadText("\n\n\n", fields: 1, quoted { $0.skipBlankLines = true }) == [])
        #expect(try loadText(",", fields: 2) == [[nil, nil]])
    }

    /// Remarks stand for blank lines wherever a piece of the text ends; within enclosures there are none.
    @Test func remarks() throws {
        let format = quoted {
            $0.comment = UInt8(ascii: "#")
            $0.skipBlankLines = true
            $0.escapeUnenclosed = nil
        }
        let text = "\u{FEFF}# \"one\r\na,\"x\n# in\"\"\n# in\"\r\n#two,\"\n #,b\n# \r5\",c\n\"d\"e\n#\n\"\"\"\n# in\",f\n#end"
        let want: [[String?]] = [["a", "x\n# in\"\n# in"], [" #", "b"], ["5\"", "c"], ["\"\n# in", "f"]]
        for piece in [1, 2, 3, 7, .max] {
            let loaded = try loadText(Array(text.utf8), fields: 2, format, settings(), piece: piece)
            #expect(loaded.rows == want, "\(piece)")
            #expect(loaded.rejects.map(\.line) == [9], "\(loaded.rejects)")
        }
        #expect(try loadText("#a,b\n", fields: 2, quoted()) == [["#a", "b"]])
    }

    @Test func nullsAndEmptyFields() throws {
        #expect(try loadText("a,,\"\",\\N,\"\\N\"\n", fields: 5) == [["a", nil, "", nil, nil]])
        #expect(try loadText("a,,\"\"\n", fields: 3, quoted { $0.emptyFieldAsNull = false }) == [["a", "", ""]])
        let format = quoted { $0.nullIf = [Array("NULL".utf8), Array("NA".utf8)] }
        #expect(try loadText("NULL,NA,\"NULL\",NUL,null\n", fields: 5, format) == [[nil, nil, nil, "NUL", "null"]])
        #expect(try loadText("1\n1,2,3\n", fields: 2) == [["1", nil], ["1", "2"]])
    }

    @Test func spacesAroundFields() throws {
        let trimmed = quoted { $0.trimSpace = true }
        #expect(try loadText(" a , \"b c\" ,\" d \"\t, \n", fields: 4, trimmed) == [["a", "b c", " d ", nil]])
        // Without TRIM_SPACE a quote behind a space is a character like any other.
        #expect(try loadText(" \"b\",c \n", fields: 2) == [[" \"b\"", "c "]])
    }

    @Test func escapes() throws {
        #expect(try loadText("a\\,b,c\\\\d,e\\\nf\n", fields: 3) == [["a,b", "c\\d", "e\nf"]])
        #expect(try loadText("a\\tb\\nc\\x,\"a\\tb\"\n", fields: 2) == [["a\tb\ncx", "a\\tb"]])
        let escaped = quoted { $0.escape = UInt8(ascii: "\\") }
        #expect(
            try loadText("\"a\\\"b\",\"c\"\"d\\\\\",\"e\\nf\"\n", fields: 3, escaped) == [["a\"b", "c\"d\\", "e\nf"]])
        let plain = quoted { $0.escapeUnenclosed = nil }
        #expect(try loadText("a\\,b\n", fields: 2, plain) == [["a\\", "b"]])
        #expect(try loadText("a\\", fields: 1) == [["a\\"]])
        #expect(try loadText("a\\\r\nb,c\r\nd,e\r\n", fields: 2) == [["a\r\nb", "c"], ["d", "e"]])
        let doubled = quoted { $0.escape = UInt8(ascii: "\"") }
        #expect(try loadText("\"a\"\"b\",c\\d\n", fields: 2, doubled) == [["a\"b", "c\\d"]])
    }

    @Test func otherDelimiters() throws {
        let wide = quoted {
            $0.fieldDelimiter = Array("||".utf8)
            $0.recordDelimiter = Array("|\n".utf8)
        }
        #expect(try loadText("a|b||c|\nd||e\nf|\n\"g||h\"||i", fields: 2, wide)
            == [["a|b", "c"], ["d", "e\nf"], ["g||h", "i"]])
        let unicode = quoted { $0.fieldDelimiter = Array("é".utf8) }
        #expect(try loadText("aèébéc\n", fields: 3, unicode) == [["aè", "b", "c"]])
        let none = quoted { $0.fieldDelimiter = [] }
        #expect(try loadText("a,b\nc\"d\n", fields: 1, none) == [["a,b"], ["c\"d"]])
        let semicolons = quoted { $0.recordDelimiter = [UInt8(ascii: ";")] }
        #expect(try loadText("1,a\r\n;2,b;", fields: 2, semicolons) == [["1", "a\r\n"], ["2", "b"]])
    }

    @Test func delimitersThatContradictEachOther() {
        let changes: [(inout CSVFormat) -> Void] = [
            { $0.fieldDelimiter = [10] }, { $0.recordDelimiter = [UInt8(ascii: ","), 10] },
            { $0.enclosure = UInt8(ascii: ",") }, { $0.escape = UInt8(ascii: ",") }, { $0.recordDelimiter = [] },
            { $0.skipHeader = -1 }, { $0.parseHeader = true; $0.skipHeader = 1 },
        ]
        for change in changes {
            var format = CSVFormat()
            change(&format)
            #expect(throws: WarehouseError.self) { try format.validate() }
        }
    }

    @Test func headers() throws {
        let skipping = quoted { $0.skipHeader = 2 }
        // SKIP_HEADER counts physical lines, whatever stands in them.
        #expect(try loadText("a,\"b\r\nc\",d\r\n1,2\r\n", fields: 2, skipping) == [["1", "2"]])
        #expect(try loadText("a", fields: 2, skipping) == [])
        let loaded = try loadText(
            Array("\u{FEFF}id,\"my \"\"name\"\"\"\n1,x\n".utf8), fields: 2, quoted { $0.parseHeader = true })
        #expect(loaded.header == ["id", "my \"name\""])
        #expect(loaded.rows == [["1", "x"]])
        #expect(loaded.rowNumbers == [1])
        let bom = quoted { $0.skipByteOrderMark = false }
        #expect(try loadText("\u{FEFF}a\n", fields: 1, bom) == [["\u{FEFF}a"]])
    }

    @Test func textBehindAnEnclosureIsRejected() throws {
        let loaded = try load("1,\"a\"x,3\n1,\"b\",3\n1,2,\"c\"d\n", [.integer, .text, .text])
        #expect(loaded.rows == [["1", "b", "3"]])
        #expect(
            loaded.rejects.map(\.message) == [
                "Found character 'x' instead of field delimiter ','",
                "Found character 'd' instead of record delimiter '\\n'",
            ])
        #expect(loaded.rejects.map(\.line) == [1, 3])
        #expect(loaded.rejects.map(\.character) == [6, 8])
        #expect(loaded.rejects.map(\.columnIndex) == [1, 2])
        #expect(loaded.rejects.map(\.record) == ["1,\"a\"x,3", "1,2,\"c\"d"])
        #expect(loaded.rowsParsed == 3)
    }

    @Test func unclosedEnclosures() throws {
        let loaded = try load("1,a\n2,\"b\n3,c\n", [.integer, .text])
        #expect(loaded.rows == [["1", "a"]])
        #expect(loaded.rejects.count == 1)
        #expect(loaded.rejects[0].line == 2)
        #expect(loaded.rejects[0].character == 3)
        #expect(loaded.rejects[0].byteOffset == 6)
        let single = try load("1,a\n2,\"b\n3,c\n", [.integer, .text], quoted { $0.multiLine = false })
        #expect(single.rows == [["1", "a"], ["3", "c"]])
        #expect(single.rejects.map(\.line) == [2])
    }

    @Test func columnCounts() throws {
        let loaded = try load("1,a\n2\n3,c,d\n4,e\n", [.integer, .text])
        #expect(loaded.rows == [["1", "a"], ["4", "e"]])
        #expect(loaded.rowNumbers == [1, 4])
        #expect(loaded.rejects.map(\.message) == [
            "Number of columns in file (1) does not match that of the corresponding table (2), use file format option "
                + "error_on_column_count_mismatch=false to ignore this error",
            "Number of columns in file (3) does not match that of the corresponding table (2), use file format option "
                + "error_on_column_count_mismatch=false to ignore this error",
        ])
        #expect(loaded.rejects.map(\.kind) == [.fileColumnCount, .fileColumnCount])
        #expect(loaded.rejects.map(\.character) == [2, 1])
        let lenient = try load("1,a\n2\n3,c,d\n", [.integer, .text], quoted { $0.errorOnColumnCountMismatch = false })
        #expect(lenient.rows == [["1", "a"], ["2", nil], ["3", "c"]])
    }

    @Test func nulBytesAndInvalidUTF8() throws {
        #expect(try loadText("a\u{0}b,\u{0}\n", fields: 2) == [["a\u{0}b", "\u{0}"]])
        let bytes: [UInt8] = Array("ok,1\n".utf8) + [0xE9, 0x2C, 0x32, 0x0A] + Array("fine,3\n".utf8)
        let loaded = try loadText(bytes, fields: 2)
        #expect(loaded.rows == [["ok", "1"], ["fine", "3"]])
        #expect(loaded.rejects.map(\.message) == ["Invalid UTF8 detected in string '0xE9'"])
        #expect(loaded.rejects[0].kind == .invalidUTF8)
        #expect(try loadText(bytes, fields: 2, quoted { $0.replaceInvalidCharacters = true }).rows
            == [["ok", "1"], ["\u{FFFD}", "2"], ["fine", "3"]])
    }

    @Test func encodings() throws {
        let latin = quoted { $0.encoding = .iso8859_1 }
        #expect(try loadText([0x63, 0x61, 0x66, 0xE9, 0x0A], fields: 1, latin).rows == [["café"]])
        let windows = quoted { $0.encoding = .windows1252 }
        #expect(try loadText([0x80, 0x20, 0x93, 0x0A], fields: 1, windows).rows == [["€ “"]])
        let wide = quoted { $0.encoding = .utf16 }
        #expect(try loadText([0xFF, 0xFE, 0x61, 0, 0x2C, 0, 0x3D, 0xD8, 0, 0xDE], fields: 2, wide).rows == [["a", "😀"]])
        #expect(try loadText([0, 0x61, 0, 0x0A], fields: 1, wide).rows == [["a"]])
        #expect(try loadText([0x81, 0x0A], fields: 1, windows).rejects.count == 1)
    }
}
