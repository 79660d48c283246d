import Testing
import WarehouseBasics
import WarehouseIngest

@Suite struct ConversionTests {
    private func column(_ type: LogicalType, _ values: [String], _ format: CSVFormat = quoted(),
                        _ options: LoadSettings = settings()) throws -> Loaded {
        try load(values.map { $0 + "\n" }.joined(), [type], format, options)
    }

    /// Values as loaded; a rejected one is its message.
    private func outcome(_ type: LogicalType, _ values: [String], _ format: CSVFormat = quoted(),
                         _ options: LoadSettings = settings()) throws -> [String?] {
        let loaded = try column(type, values, format, options)
        var result = [String?](repeating: nil, count: values.count)
        for (row, number) in zip(loaded.rows, loaded.rowNumbers) { result[number - 1] = row[0] }
        for reject in loaded.rejects { result[reject.rowNumber - 1] = "! " + reject.message }
        return result
    }

    @Test func wholeNumbers() throws {
        #expect(
            try outcome(
                .integer,
                [
                    "0", "7", "12345678", "123456789", "-5", "+6", "007", " 8 ", "1e3", "1.5", "2.5", "-2.5", "",
                    "99999999999999999999999999999999999999", "9223372036854775808", "4.0",
                ]) == [
                    "0", "7", "12345678", "123456789", "-5", "6", "7", "8", "1000", "2", "3", "-3", nil,
                    "99999999999999999999999999999999999999", "9223372036854775808", "4",
                ])
        #expect(
            try outcome(
                .integer,
                ["x", "1x", "--1", "1,", "\"\"", "0x10", "1 2", "999999999999999999999999999999999999999"]
                    .map { $0 == "1," ? "1;" : $0 }) == [
                    "! Numeric value 'x' is not recognized", "! Numeric value '1x' is not recognized",
                    "! Numeric value '--1' is not recognized", "! Numeric value '1;' is not recognized",
                    "! Numeric value '' is not recognized", "! Numeric value '0x10' is not recognized",
                    "! Numeric value '1 2' is not recognized",
                    "! Numeric value '999999999999999999999999999999999999999' is out of range",
                ])
        #expect(
            try outcome(.number(precision: 3, scale: 0), ["999", "1000", "999.4", "999.5", "-999", "00000001"]) == [
                "999", "! Numeric value '1000' is out of range", "999", "! Numeric value '999.5' is out of range",
                "-999", "1",
            ])
        #expect(
            try outcome(.number(precision: 9, scale: 0), ["99999999", "999999999", "1000000000"]) == [
                "99999999", "999999999", "! Numeric value '1000000000' is out of range",
            ])
    }

    @Test func decimals() throws {
        #expect(
            try outcome(
                .number(precision: 5, scale: 2), ["1", "1.5", "1.005", "-1.005", "999.99", "999.995", ".5", "1e2"]) == [
                    "1.00", "1.50", "1.01", "-1.01", "999.99", "! Numeric value '999.995' is out of range", "0.50",
                    "100.00",
                ])
        #expect(
            try outcome(.number(precision: 38, scale: 10), ["1234567890123456789012345678.0123456789"])
                == ["1234567890123456789012345678.0123456789"])
    }

    @Test func floats() throws {
        #expect(
            try outcome(
                .float,
                [
                    "4.0", "3.5", "0.5", "5", "-1.25", "1e10", "0.1", "123456789012345", "1234567890123456", "0.000123",
                    ".5", "5.",
                    "inf", "NaN", "0.025000000000000022", "1e999", "four", ".", "1.2.3", "",
                ]) == [
                    "4", "3.5", "0.5", "5", "-1.25", "10000000000", "0.1", "123456789012345", "1234567890123456",
                    "0.000123", "0.5", "5",
                    "inf", "NaN", "0.025000000000000022", "! Numeric value '1e999' is out of range",
                    "! Numeric value 'four' is not recognized", "! Numeric value '.' is not recognized",
                    "! Numeric value '1.2.3' is not recognized", nil,
                ])
    }

    @Test func booleans() throws {
        #expect(
            try outcome(
                .boolean, ["true", "T", "yes", "y", "ON", "1", "False", "f", "no", "N", "off", "0", "", "maybe", "2"])
                == [
                    "true", "true", "true", "true", "true", "true", "false", "false", "false", "false", "false",
                    "false", nil,
                    "! Boolean value 'maybe' is not recognized", "! Boolean value '2' is not recognized",
                ])
    }

    @Test func datesAndTimes() throws {
        #expect(try outcome(.date, ["2024-02-29", "1969-12-31", "2023-02-29", "12/31/1999", "03-Oct-2001", "x"]) == [
            "2024-02-29", "1969-12-31", "! Date '2023-02-29' is not recognized", "1999-12-31", "2001-10-03",
            "! Date 'x' is not recognized",
        ])
        let german = try TimestampFormat("DD.MM.YYYY")
        #expect(
            try outcome(.date, ["31.12.2020", "2020-12-31"], quoted { $0.dateFormat = german }) == [
                "2020-12-31", "! Date '2020-12-31' is not recognized",
            ])
        #expect(
            try outcome(.time(scale: 9), ["01:02:03", "23:59", "25:00:00"]) == [
                "01:02:03", "23:59:00", "! Time '25:00:00' is not recognized",
            ])
        #expect(
            try outcome(
                .timestampNTZ(scale: 3),
                ["2015-03-31 23:40:02.1239", "2015-03-31", "1112486027", "2015-03-31T01:00:00+02:00"])
                == [
                    "2015-03-31 23:40:02.123", "2015-03-31 00:00:00.000", "2005-04-02 23:53:47.000",
                    "2015-03-31 01:00:00.000",
                ])
        #expect(
            try outcome(.timestampNTZ(scale: 9), ["9999-12-31 23:59:59", "0001-01-01", "yesterday"]) == [
                "9999-12-31 23:59:59.000", "0001-01-01 00:00:00.000", "! Timestamp 'yesterday' is not recognized",
            ])
    }

    @Test func timestampsWithZones() throws {
        let zone = try TimeZoneRules.load("America/Los_Angeles")
        let losAngeles = settings { $0.timeZone = zone }
        let values = ["2015-03-31 23:40:02", "2015-03-31 23:40:02 +0000", "1112486027", "2015-01-31 00:00:00 -05:30"]
        // Shown in UTC by the formatter of these tests.
        #expect(try outcome(.timestampLTZ(scale: 9), values, quoted(), losAngeles) == [
            "2015-04-01 06:40:02.000 +0000", "2015-03-31 23:40:02.000 +0000", "2005-04-02 23:53:47.000 +0000",
            "2015-01-31 05:30:00.000 +0000",
        ])
        #expect(try outcome(.timestampTZ(scale: 9), values, quoted(), losAngeles) == [
            "2015-03-31 23:40:02.000 -0700", "2015-03-31 23:40:02.000 +0000", "2005-04-02 15:53:47.000 -0800",
            "2015-01-31 00:00:00.000 -0530",
        ])
    }

    @Test func texts() throws {
        #expect(
            try outcome(.varchar(length: 3), ["abc", "äöü", "日本語", "abcd", "日本語!", "\"\"", ""]) == [
                "abc", "äöü", "日本語", "! String 'abcd' is too long and would be truncated",
                "! String '日本語!' is too long and would be truncated", "", nil,
            ])
        #expect(
            try outcome(.varchar(length: 3), ["abcd", "日本語!", "ab"], quoted(), settings { $0.truncatesColumns = true })
                == ["abc", "日本語", "ab"])
        let long = String(repeating: "0123456789", count: 100)
        #expect(try outcome(.text, [long, "\"" + long + "\"\"\"", "x"]) == [long, long + "\"", "x"])
    }

    @Test func binaries() throws {
        #expect(
            try outcome(.binary(length: 4), ["00FF", "deadbeef", "0", "xx", "0011223344", ""]) == [
                "00FF", "DEADBEEF", "! The following string is not a legal HEX value: '0'",
                "! The following string is not a legal HEX value: 'xx'", "! Binary '0011223344' is longer than 4 bytes",
                nil,
            ])
        #expect(
            try outcome(
                .binary(length: 10), ["SGVsbG8=", "SGVsbG8h", "SGVsbG8", "=GVs"], quoted { $0.binaryFormat = .base64 })
                == [
                    "48656C6C6F", "48656C6C6F21", "! The following string is not a legal BASE64 value: 'SGVsbG8'",
                    "! The following string is not a legal BASE64 value: '=GVs'",
                ])
        #expect(try outcome(.binary(length: 10), ["né"], quoted { $0.binaryFormat = .utf8 }) == ["6EC3A9"])
    }

    @Test func semiStructured() throws {
        // Fields are JSON, as PARSE_JSON reads it.
        let wrong = "! Error parsing JSON: unknown keyword \"abc\", pos 1"
        #expect(try outcome(.variant, ["abc", "{}", "12", "", "null"]) == [wrong, "{}", "12", nil, "null"])
        #expect(try outcome(.array(element: nil), ["[1]", "2", "null"]) == ["[1]", "[2]", nil])
        #expect(try outcome(.object, ["{\"k\":1}", "1"]) == ["{\"k\":1}", "! Failed to cast variant value \"1\" to OBJECT"])
    }

    @Test func notNull() throws {
        let loaded = try load("1,\n,2\n3,4\n", [.integer, .integer], nullable: false)
        #expect(loaded.rows == [["3", "4"]])
        #expect(loaded.rejects.map(\.rowNumber) == [1, 2])
        #expect(loaded.rejects.map(\.columnIndex) == [1, 0])
        #expect(loaded.rejects[0].message.hasPrefix("NULL result in a non-nullable column."))
    }

    @Test func placesOfRejectedRecords() throws {
        let text = "id,name,when\n1,\"a\nb\",5\n2,c,x\n\"3\",\"d\r\ne\",y\n4,f,6\n"
        let loaded = try load(text, [.integer, .text, .integer], quoted { $0.skipHeader = 1 })
        #expect(loaded.rows == [["1", "a\nb", "5"], ["4", "f", "6"]])
        #expect(loaded.rowNumbers == [1, 4])
        let first = loaded.rejects[0], second = loaded.rejects[1]
        #expect((first.line, first.character, first.rowNumber, first.rowStartLine) == (4, 5, 2, 4))
        #expect(first.byteOffset == 27)
        #expect((second.line, second.character, second.rowNumber, second.rowStartLine) == (6, 4, 3, 5))
        #expect(second.record == "\"3\",\"d\r\ne\",y")
        #expect(second.value == "y")
        #expect(first.error(table: "RAW_TAGS").message == """
            Numeric value 'x' is not recognized
              File 'test.csv', line 4, character 5
              Row 2, column "RAW_TAGS"["C3":3]
            """)
    }

    @Test func theFirstErrorOfARowAndTheFirstRowCount() throws {
        let text = "1,2\nx,y\nz,3\n4,w\n5,6\n"
        let all = try load(text, [.integer, .integer])
        #expect(all.rejects.map(\.value) == ["x", "z", "w"])
        #expect(all.rows == [["1", "2"], ["5", "6"]])
        let first = try load(text, [.integer, .integer], quoted(), settings { $0.stopsAtFirstError = true })
        #expect(first.rejects.map(\.value) == ["x"])
        #expect(first.rows == [["1", "2"]])
        #expect(first.rowsParsed == 2)
    }

    @Test func columnsFromAnyField() throws {
        let columns = [
            LoadColumn(name: "B", type: .integer, fieldIndex: 2), LoadColumn(name: "A", type: .text, fieldIndex: 0),
            LoadColumn(name: "N", type: .float, fieldIndex: nil), LoadColumn(name: "A2", type: .text, fieldIndex: 0),
        ]
        let reader = try CSVFileReader(
            source: MemorySource(Array("a,b,1\nc,d,2\n".utf8)), fileName: "f", format: quoted(), columns: columns,
            settings: settings(), fieldCountToCheck: 3)
        let chunk = LoadedChunk()
        #expect(try reader.next(into: chunk))
        #expect(chunk.rowCount == 2)
        #expect(chunk.columns[0].physicalType == .int32 && chunk.columns[0].int32s[1] == 2)
        #expect(chunk.columns[1].strings[0].string == "a")
        #expect(chunk.columns[2].isNull(0) && chunk.columns[2].isNull(1))
        #expect(chunk.columns[3].strings[1].string == "c")
        #expect(try !reader.next(into: chunk))
        #expect(chunk.rowCount == 0)
    }

    @Test func columnsByHeader() throws {
        let reader = try CSVFileReader(
            source: MemorySource(Array("b,a\n1,x\n2\n".utf8)), fileName: "f", format: quoted { $0.parseHeader = true },
            settings: settings()) { header in
            ["a", "b", "c"].map { name in
                LoadColumn(name: name, type: .text, fieldIndex: header?.firstIndex(of: name))
            }
        }
        let chunk = LoadedChunk()
        #expect(try reader.next(into: chunk))
        #expect(chunk.columns[0].strings[0].string == "x")
        #expect(chunk.columns[1].strings[0].string == "1")
        #expect(chunk.columns[2].isNull(0))
        #expect(chunk.rejects.map(\.kind) == [.fileColumnCount])
    }

    @Test func chunksAreBounded() throws {
        let text = (0..<5000).map { "\($0),n\($0)\n" }.joined()
        let limits = settings {
            $0.limits.chunkRows = 1000
            $0.limits.bufferBytes = 4096
        }
        let reader = try CSVFileReader(
            source: MemorySource(Array(text.utf8)), fileName: "f", format: quoted(), fieldCount: 2, settings: limits)
        let chunk = LoadedChunk()
        var counts: [Int] = [], bytes = 0
        while try reader.next(into: chunk) {
            counts.append(chunk.rowCount)
            bytes += chunk.bytesRead
        }
        #expect(counts == [1000, 1000, 1000, 1000, 1000])
        #expect(bytes == text.utf8.count)
    }

    @Test func longRecordsAndManyFields() throws {
        let field = String(repeating: "é", count: 500_000)
        #expect(try loadText("1,\"\(field)\"\n2,b\n", fields: 2) == [["1", field], ["2", "b"]])
        let limits = settings { $0.limits.recordBytes = 1 << 20 }
        do {
            _ = try loadText(Array("a\n\"\(field)\(field)\n".utf8), fields: 1, quoted(), limits)
            Issue.record("no error")
        } catch let error as WarehouseError {
            #expect(error.message == "A record of 'test.csv' that begins on line 2 is longer than 1048576 bytes.")
        }
        let commas = String(repeating: ",", count: 300_000)
        let loaded = try load("1,2\n\(commas)\n3,4\n", [.integer, .integer])
        #expect(loaded.rows == [["1", "2"], ["3", "4"]])
        #expect(loaded.rejects[0].message.hasPrefix("Number of columns in file (300001)"))
        for header in [commas, "a,\"b"] {
            #expect(throws: WarehouseError.self) {
                try load("\(header)\n3,4\n", [.integer, .integer], quoted { $0.parseHeader = true })
            }
        }
        #expect(try load("\(commas)\n3,4\n", [.integer, .integer], quoted { $0.skipHeader = 1 }).rows == [["3", "4"]])
    }
}
