import Testing
import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

/// Which types are found in files, and that they hold the files.
@Suite struct SchemaInferenceTests {
    private func infer(_ text: String, _ change: (inout CSVFormat) -> Void = { $0.parseHeader = true },
                       _ options: SchemaInference.Options = .init()) throws -> [String] {
        let inference = SchemaInference(options)
        var format = quoted()
        change(&format)
        try inference.addCSV(MemorySource(Array(text.utf8)), fileName: "a.csv", format: format, settings: settings())
        return inference.columns.map { "\($0.name) \($0.type)" }
    }

    private func inferJSON(_ text: String) throws -> [String] {
        let inference = SchemaInference()
        try inference.addJSON(MemorySource(Array(text.utf8)), fileName: "a.json", format: JSONFormat(), settings: settings())
        return inference.columns.map { "\($0.name) \($0.type)" }
    }

    @Test(arguments: [
        ("1\n2", "NUMBER(1,0)"), ("-12\n+7", "NUMBER(2,0)"), ("2.0", "NUMBER(2,1)"), ("0.0", "NUMBER(1,0)"),
        ("00.5", "NUMBER(2,1)"), ("-.25", "NUMBER(3,2)"), ("1.", "NUMBER(1,0)"), ("1.000\n100", "NUMBER(6,3)"),
        ("1e2", "FLOAT"), ("1\n1e2", "FLOAT"), ("1.5\nNaN", "FLOAT"), ("99999999999999999999999999999999999999", "NUMBER(38,0)"),
        ("999999999999999999999999999999999999999", "VARCHAR"), ("true\nNO\nf", "BOOLEAN"), ("true\n1", "VARCHAR"),
        ("2020-01-01\n2020-02-29", "DATE"), ("31-Jan-2020", "DATE"), ("01/31/2020", "DATE"), ("2020-02-30", "VARCHAR"),
        ("2020-01-01\n2020-01-01 10:00", "TIMESTAMP_NTZ(9)"), ("2020-01-01T10:00:00.5Z", "TIMESTAMP_NTZ(9)"),
        ("10:00\n23:59:59.25", "TIME(9)"), ("10:00\n2020-01-01 10:00:00", "VARCHAR"), ("x\n1", "VARCHAR"),
        ("2020-01-01\n1", "VARCHAR"), (" 5\n10 ", "NUMBER(2,0)"), (" ", "VARCHAR"), (" 5 6", "VARCHAR"),
        ("\"\"\n1", "VARCHAR"), ("\n\\N\n7", "NUMBER(1,0)"), ("\\N", "VARCHAR"),
        ("1e400", "VARCHAR"), ("007\n12", "NUMBER(2,0)"), ("-", "VARCHAR"), (".", "VARCHAR"), ("1e", "VARCHAR"),
    ])
    func typesOfTexts(_ lines: String, _ type: String) throws {
        let text = "c,d\n" + lines.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0),x\n" }.joined()
        let found = try infer(text)[0]
        #expect(found.hasPrefix("c \(type)"), "\(lines): \(found)")
    }

    @Test func namesAndWidths() throws {
        #expect(try infer("a,B c,\"d\"\n1,2,3\n") == ["a NUMBER(1,0)", "B c NUMBER(1,0)", "d NUMBER(1,0)"])
        #expect(try infer("1,x\n2,y,2020-01-01\n", { _ in })[0...2].map { $0.prefix(7) } == ["c1 NUMB", "c2 VARC", "c3 DATE"])
        #expect(try infer("a,b\n") == [])
        #expect(try infer("") == [])
        #expect(try infer("a,,c\n1,2,3\n").map { $0.split(separator: " ")[0] } == ["a", "c2", "c"])
        #expect(throws: WarehouseError.self) { try infer("a,b,a\n1,2,3\n") }
        var options = SchemaInference.Options()
        options.ignoresCase = true
        #expect(try infer("a,b\n1,x\n", { $0.parseHeader = true }, options).map { $0.prefix(2) } == ["A ", "B "])
        #expect(throws: WarehouseError.self) { try infer("a,A\n1,2\n", { $0.parseHeader = true }, options) }
        options = .init()
        options.maximumRecords = 1
        #expect(try infer("a\n1\nx\n", { $0.parseHeader = true }, options) == ["a NUMBER(1,0)"])
        options = .init()
        options.keepsLeadingZeros = true
        #expect(try infer("a\n007\n12\n", { $0.parseHeader = true }, options)[0].hasPrefix("a VARCHAR"))
        #expect(try infer("a\n0.5\n0\n", { $0.parseHeader = true }, options) == ["a NUMBER(2,1)"])
        #expect(try infer("d\n31/12/2020\n", { $0.parseHeader = true; $0.dateFormat = (try? TimestampFormat("DD/MM/YYYY")) ?? .auto })
            == ["d DATE"])
    }

    /// Doubles as programs print them are FLOAT for who says nothing, and NUMBER as INFER_SCHEMA has it.
    @Test(arguments: [
        ("0.025000000000000022\n0.5\n1", "FLOAT"), ("0.1000000000000000055511151231257827\n0.2", "FLOAT"),
        ("0.10000000000000001\n0.5", "FLOAT"), ("40.712775999999998\n-74.005974\n-.5", "FLOAT"),
        ("123456789012345678901234567890\n0.025000000000000022", "VARCHAR"),
        // Decimals of a type: as many digits in every value, zeros at the end, digits that no Double has, few digits.
        ("0.025000000000000022\n0.500000000000000000", "NUMBER(38,18)"), ("0.025000000000000022", "NUMBER(38,18)"),
        ("0.123456789012345678\n0.5", "NUMBER(38,18)"), ("12345678901234.5678\n0.5", "NUMBER(38,4)"),
        ("0.1234567890\n0.5", "NUMBER(38,10)"), ("12345678901234567\n5", "NUMBER(38,0)"),
    ])
    func doublesAsPrinted(_ lines: String, _ type: String) throws {
        let text = "c\n" + lines + "\n"
        func types(_ options: SchemaInference.Options) throws -> [LogicalType] {
            let inference = SchemaInference(options)
            var format = quoted()
            format.parseHeader = true
            try inference.addCSV(MemorySource(Array(text.utf8)), fileName: "a.csv", format: format, settings: settings())
            return inference.columns.map(\.roomyType)
        }
        #expect(try "\(types(.careful)[0])".hasPrefix(type))
        #expect(try types(.init())[0] != .float)
    }

    @Test func filesMeet() throws {
        let inference = SchemaInference()
        var format = quoted()
        format.parseHeader = true
        for (name, text) in [("1.csv", "a,b\n1,\n"), ("2.csv", "b,a,c\n2020-01-01,1.25,x\n")] {
            try inference.addCSV(MemorySource(Array(text.utf8)), fileName: name, format: format, settings: settings())
        }
        #expect(inference.columns.map { "\($0.name) \($0.type) \($0.files.joined(separator: "+"))" } == [
            "a NUMBER(3,2) 1.csv+2.csv", "b DATE 1.csv+2.csv", "c \(LogicalType.text) 2.csv"])
        #expect(inference.columns[0].roomyType == .number(precision: 38, scale: 2))
        #expect(inference.recordCount == 2)
    }

    @Test func documents() throws {
        let text = #"{"b":1,"a":[1],"o":{"k":1},"n":null,"d":"2020-01-01","t":"10:00:00","x":1,"s":"12","f":1.5e3,"y":true}"#
            + "\n" + #"{"b":22.5,"a":[],"o":{},"n":7,"d":"2020-01-02 03:04:05","x":"u","y":false}"#
        #expect(try inferJSON(text) == [
            "a ARRAY", "b NUMBER(3,1)", "d TIMESTAMP_NTZ(9)", "f FLOAT", "n NUMBER(1,0)", "o OBJECT", "s \(LogicalType.text)",
            "t TIME(9)", "x \(LogicalType.text)", "y BOOLEAN"])
        #expect(throws: WarehouseError.self) { try inferJSON("[1]") }
        #expect(throws: WarehouseError.self) { try inferJSON("{\"a\":1}\nnull") }
    }

    /// Whatever the texts are: the types found load them without an error, and lose no value.
    @Test func whatIsInferredLoads() throws {
        var random = Random(state: 7)
        let pool = ["1", "-2.50", "1e3", "true", "no", "2020-01-01", "2020-01-01 10:11:12", "10:11", "", "x", "0.001", "+5",
                    "99999999999999999999", "12/31/1999", "NaN", "1.", ".5", "00012", "\\N"]
        for _ in 0..<300 {
            let kinds = (0..<3).map { _ in (0..<1 + random.below(4)).map { _ in pool[random.below(pool.count)] } }
            var text = "a,b,c\n"
            for _ in 0..<1 + random.below(12) {
                text += kinds.map { $0[random.below($0.count)] }.joined(separator: ",") + "\n"
            }
            let inference = SchemaInference()
            var format = quoted()
            format.parseHeader = true
            try inference.addCSV(MemorySource(Array(text.utf8)), fileName: "a.csv", format: format, settings: settings())
            let types = inference.columns.map(\.type)
            let loaded = try load(text, types, format)
            #expect(loaded.rejects.isEmpty, "\(text) as \(types): \(loaded.rejects.first?.message ?? "")")
            let plain = try loadText(Array(text.utf8), fields: 3, format)
            for (a, b) in zip(loaded.rows, plain.rows) {
                for (value, original) in zip(a, b) { #expect((value == nil) == (original == nil)) }
            }
        }
    }
}
