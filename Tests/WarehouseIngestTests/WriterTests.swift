import Testing
import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

@Suite struct WriterTests {
    private func column(_ type: PhysicalType, _ values: [ScalarValue]) -> Vector {
        let buffer = ColumnBuffer(type)
        for value in values { buffer.append(value) }
        return buffer.vector()
    }
    private func text(_ value: String) -> ScalarValue { .bytes(Array(value.utf8)) }

    private func strings(_ type: LogicalType, _ vector: Vector, _ change: (inout TextFormats) -> Void = { _ in })
        -> [String?]
    {
        var formats = TextFormats(timeZone: .utc)
        change(&formats)
        let formatter = ValueFormatter(type: type, formats: formats)
        let one = (0..<vector.count).map { formatter.string(vector, $0) }
        // The whole vector at once gives the same.
        let target = Vector(.string)
        formatter.format(vector, into: target)
        let all = (0..<vector.count).map { target.isNull($0) ? nil : target.strings[target.valueIndex($0)].string }
        #expect(one == all)
        return one
    }

    @Test func numbersAsText() {
        #expect(
            strings(.number(precision: 9, scale: 2), column(.int32, [.integer(150), .null, .integer(-5), .integer(0)]))
                == ["1.50", nil, "-0.05", "0.00"])
        #expect(
            strings(.integer, column(.int64, [.integer(Int128(Int64.min)), .integer(7)])) == [
                "-9223372036854775808", "7",
            ])
        #expect(
            strings(.number(precision: 38, scale: 37), column(.int128, [.integer(15)]))
                == ["0.0000000000000000000000000000000000015"])
        #expect(
            strings(
                .float, column(.double, [.double(0.1 + 0.2), .double(4), .null, .double(-.infinity), .double(1e20)]))
                == ["0.30000000000000004", "4", nil, "-inf", "1e+20"])
        #expect(
            strings(.float, column(.double, [.double(0.1 + 0.2), .double(1 / 3)])) { $0.float = .sql }
                == ["0.3", "0.333333333333333"])
        #expect(strings(.boolean, column(.bool, [.boolean(true), .null, .boolean(false)])) == ["true", nil, "false"])
    }

    @Test func timesAsText() throws {
        #expect(strings(.date, column(.int32, [.integer(0), .integer(-719_162), .integer(2_932_896)]))
            == ["1970-01-01", "0001-01-01", "9999-12-31"])
        #expect(strings(.time(scale: 9), column(.int64, [.integer(3_723_000_000_000)])) == ["01:02:03"])
        let losAngeles = try TimeZoneRules.load("America/Los_Angeles")
        #expect(strings(.timestampLTZ(scale: 3), column(.int64, [.integer(1_427_870_402_000), .integer(0)])) {
            $0.timeZone = losAngeles
        } == ["2015-03-31 23:40:02.000 -0700", "1969-12-31 16:00:00.000 -0800"])
        let format = try TimestampFormat("DD.MM.YY HH12:MI AM")
        #expect(strings(.timestampNTZ(scale: 0), column(.int64, [.integer(-1)])) { $0.timestampNTZ = format }
            == ["31.12.69 11:59 PM"])
    }

    @Test func shortFloatsAreWrittenAsAllOthers() {
        var random = Random(state: 8)
        var values: [Double] = [0, -0.0, 1e12, 999_999_999_999.999, 0.001, 0.0005, 1e-5, 2.5e-7, 1e15, -7, .pi]
        for _ in 0..<5000 {
            values.append(Double(random.below(2_000_000) - 1_000_000) / [1, 10, 100, 1000, 10_000][random.below(5)])
        }
        for value in values {
            #expect(strings(.float, column(.double, [.double(value)])) == [FloatText.string(value)])
            #expect(
                strings(.float, column(.double, [.double(value)])) { $0.float = .sql } == [FloatText.sqlString(value)])
        }
    }

    @Test func otherForms() {
        let constant = Vector(.int64)
        constant.beginConstant(rows: 3)
        constant.int64s[0] = 12
        #expect(strings(.number(precision: 5, scale: 1), constant) == ["1.2", "1.2", "1.2"])
        let words = column(.string, [text("a"), text("b")])
        let coded = Vector(.string)
        coded.beginDictionary(words, count: 3)
        coded.codes[0] = 1
        coded.codes[1] = 0
        coded.codes[2] = 1
        #expect(strings(.text, coded) == ["b", "a", "b"])
        #expect(strings(.binary(length: 4), column(.string, [.bytes([0, 255])])) == ["00FF"])
        #expect(
            strings(.binary(length: 9), column(.string, [.bytes(Array("Hello".utf8))])) { $0.binary = .base64 } == [
                "SGVsbG8="
            ])
    }

    @Test func typedArrays() {
        let lists = ColumnBuffer(.list, elementType: .string)
        lists.child?.append(Array("Drama".utf8))
        lists.child?.append(Array("W\"ar".utf8))
        lists.commitList()
        lists.commitList()
        lists.child?.appendNull()
        lists.commitList()
        let type = LogicalType.array(element: .text)
        #expect(strings(type, lists.vector()) == ["[\"Drama\",\"W\\\"ar\"]", "[]", "[undefined]"])
        #expect(strings(type, lists.vector()) { $0.variant = .pretty }
            == ["[\n  \"Drama\",\n  \"W\\\"ar\"\n]", "[]", "[\n  undefined\n]"])
    }

    private var sample: (columns: [(name: String, type: LogicalType)], vectors: [Vector]) {
        (
            [
                ("ID", .number(precision: 5, scale: 1)), ("my \"name\"", .text), ("V", .variant), ("F", .float),
                ("D", .date),
            ],
            [
                column(.int64, [.integer(10), .integer(-5), .null]),
                column(.string, [text("a,\"b\"\n"), text(""), .null]),
                column(.string, [.bytes(VariantEncoding.string("x")), .bytes(VariantEncoding.null), .null]),
                column(.double, [.double(0.5), .double(.nan), .null]),
                column(.int32, [.integer(0), .integer(1), .null]),
            ]
        )
    }

    @Test func resultsAsCSV() {
        let (columns, vectors) = sample
        let writer = CSVWriter(columns: columns, formats: TextFormats(timeZone: .utc))
        let out = ByteBuffer()
        writer.appendHeader(to: out)
        writer.append(vectors, rows: 0..<3, to: out)
        #expect(out.string == """
            ID,"my ""name""\",V,F,D
            1.0,"a,""b""
            ","\""x""\",0.5,1970-01-01
            -0.5,"",null,NaN,1970-01-02
            ,,,,

            """)
    }

    @Test func unloadedFiles() throws {
        let (columns, vectors) = sample
        func unload(_ format: CSVFormat) -> String {
            let out = ByteBuffer()
            CSVWriter(columns: columns, formats: TextFormats(timeZone: .utc), options: .init(unloading: format))
                .append(vectors, rows: 0..<3, to: out)
            return out.string
        }
        var format = CSVFormat()
        #expect(unload(format) == "1.0,a\\,\"b\"\\\n,\"x\",0.5,1970-01-01\n"
            + "-0.5,,null,NaN,1970-01-02\n\\N,\\N,\\N,\\N,\\N\n")
        format.enclosure = UInt8(ascii: "'")
        #expect(
            unload(format)
                == "1.0,'a,\"b\"\n','\"x\"',0.5,'1970-01-01'\n-0.5,'','null',NaN,'1970-01-02'\n\\N,\\N,\\N,\\N,\\N\n")
        // What is unloaded loads again.
        let back = try load(unload(format), [.number(precision: 5, scale: 1), .text, .text, .float, .date], format)
        #expect(
            back.rows == [
                ["1.0", "a,\"b\"\n", "\"x\"", "0.5", "1970-01-01"], ["-0.5", "", "null", "NaN", "1970-01-02"],
                [nil, nil, nil, nil, nil],
            ])
    }

    @Test func rowsAsJSON() {
        let (columns, vectors) = sample
        let out = ByteBuffer()
        let writer = JSONRowWriter(columns: columns, formats: TextFormats(timeZone: .utc))
        for row in 0..<3 { writer.appendArray(vectors, row, to: out) }
        #expect(out.string == "[1.0,\"a,\\\"b\\\"\\n\",\"\\\"x\\\"\",0.5,\"1970-01-01\"]"
            + "[-0.5,\"\",\"null\",\"NaN\",\"1970-01-02\"][null,null,null,null,null]")
        out.removeAll()
        let embedding = JSONRowWriter(columns: columns, formats: TextFormats(timeZone: .utc), semiStructured: .embedded)
        embedding.appendObject(vectors, 0, to: out)
        embedding.appendObject(vectors, 2, omitsNulls: true, to: out)
        #expect(
            out.string
                == "{\"ID\":1.0,\"my \\\"name\\\"\":\"a,\\\"b\\\"\\n\",\"V\":\"x\",\"F\":0.5,\"D\":\"1970-01-01\"}{}")
    }
}
