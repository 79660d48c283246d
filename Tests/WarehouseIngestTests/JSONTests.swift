import Testing
import WarehouseBasics
import WarehouseColumns

/// The document of a text, printed.
func printed(_ text: String, _ style: TextFormats.VariantStyle = .compact,
             _ change: (inout JSONParser.Options) -> Void = { _ in }) throws -> String? {
    var options = JSONParser.Options()
    change(&options)
    let builder = VariantBuilder()
    var parser = JSONParser(into: builder, options: options)
    guard try parser.parse(text) else { return nil }
    try VariantEncoding.validate(builder.encoded.bytes, count: builder.encoded.count)
    let out = ByteBuffer()
    var printer = JSONPrinter(formats: TextFormats(timeZone: .utc))
    printer.append(builder.view, style: style, to: out)
    return out.string
}

private func failure(_ text: String) -> String {
    do {
        return "no error: \(try printed(text) ?? "NULL")"
    } catch let error as WarehouseError {
        return error.message
    } catch {
        return "\(error)"
    }
}

@Suite struct JSONTests {
    @Test func readsAndWritesAsPython() throws {
        for (text, compact, pretty) in documentsByPython {
            #expect(try printed(text) == compact)
            #expect(try printed(text, .pretty) == pretty)
            #expect(try printed(compact) == compact)
        }
    }

    /// From Snowflake's documentation of TYPEOF and PARSE_JSON.
    @Test func documentedExamples() throws {
        #expect(try printed("null") == "null")
        #expect(try printed("-17") == "-17")
        #expect(try printed("123.12") == "123.12")
        #expect(try printed("1.912e2") == "1.912000000000000e+02")
        #expect(try printed("\"Om ara pa ca na dhih\"  ") == "\"Om ara pa ca na dhih\"")
        #expect(try printed("[-1, 12, 289, 2188, FALSE,]") == "[-1,12,289,2188,false,undefined]")
        #expect(try printed("{ \"x\" : \"abc\", \"y\" : FALSE, \"z\": 10} ") == "{\"x\":\"abc\",\"y\":false,\"z\":10}")
        #expect(try printed("") == nil)
        #expect(try printed(" \n\t ") == nil)
        #expect(
            failure("{ \"bad\" : \"json\", \"missing\" : TRUE, \"close_brace\": 10 ").hasPrefix("Error parsing JSON: "))
    }

    @Test func numbers() throws {
        let cases = [
            ("0", "0"), ("-0", "0"), ("1.50", "1.5"), ("1.0", "1"), ("0.000", "0"), ("-0.5", "-0.5"), ("007", "7"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("100000000000000000000000000000000000000", "1.000000000000000e+38"),
            ("0.1234567890123456789012345678901234567", "0.1234567890123456789012345678901234567"),
            ("0.12345678901234567890123456789012345678", "1.234567890123457e-01"),
            ("123456789012345678901234567890.123456789", "1.234567890123457e+29"),
            ("1E5", "1.000000000000000e+05"), ("-2e-3", "-2.000000000000000e-03"), ("NaN", "NaN"),
            ("-Infinity", "-Infinity"),
        ]
        for (text, want) in cases { #expect(try printed(text) == want, "\(text)") }
        #expect(try printed("[010, 10]", .compact) { $0.enablesOctal = true } == "[8,10]")
        for text in ["1.", ".", "-", "1e", "1e+", "1.2.3", "0x10", "1a", "--1", "1e999"] {
            #expect(failure(text).hasPrefix("Error parsing JSON: "), "\(text)")
        }
    }

    @Test func doublesWithSixteenDigits() {
        for (pattern, want) in scientificTexts {
            let out = ByteBuffer()
            JSONPrinter.appendDouble(Double(bitPattern: pattern), to: out)
            #expect(out.string == want)
        }
    }

    @Test func strings() throws {
        #expect(try printed("\"\\u00e9\\ud83d\\ude00\\u0041\\/\\b\\f\\n\\r\\t\\\\\\\"\"")
            == "\"é😀A/\\b\\f\\n\\r\\t\\\\\\\"\"")
        #expect(try printed("\"\\ud83d\"") == "\"\u{FFFD}\"")
        #expect(try printed("\"\\u0000\\u001f\"") == "\"\\u0000\\u001f\"")
        #expect(try printed("\"a\"", .cast) == "a")
        #expect(try printed("[\"a\"]", .cast) == "[\"a\"]")
        #expect(try printed("12", .cast) == "12")
        for text in ["\"", "\"a", "\"\\", "\"\\u12", "\"\\x\"", "\"a\nb\""] {
            #expect(failure(text).hasPrefix("Error parsing JSON: "), "\(text)")
        }
    }

    @Test func errorsTellThePlace() {
        let cases = [
            ("{\"a\":1", "incomplete object value, pos 7"), ("[1, 2", "unfinished array, pos 6"),
            ("[1 2]", "missing comma, pos 4"), ("{\"a\" 1}", "missing colon, pos 6"),
            ("abc", "unknown keyword \"abc\", pos 1"), ("{\"a\":\n  tru}", "unknown keyword \"tru\", line 2, pos 3"),
            ("[1]]", "more than one document in the input, pos 4"), ("{,}", "misplaced ,, pos 2"),
            ("\"ab", "unfinished string, pos 1"), ("{\"a\":}", "misplaced }, pos 6"), ("]", "misplaced ], pos 1"),
            ("`a`", "invalid character outside of a string: '`', pos 1"), ("'a\"", "unfinished string, pos 1"),
        ]
        for (text, want) in cases { #expect(failure(text) == "Error parsing JSON: " + want, "\(text)") }
        #expect(failure("{\"a\":1,\"b\":{\"a\":2,\"a\":3}}")
            == "Error parsing JSON: duplicate object attribute \"a\", pos 21")
    }

    @Test func options() throws {
        #expect(try printed("{\"b\":1,\"a\":2,\"b\":3}") { $0.allowsDuplicateKeys = true } == "{\"a\":2,\"b\":3}")
        #expect(try printed("{\"b\":null,\"a\":[1,null,{\"x\":null}]}") { $0.stripsNulls = true } == "{\"a\":[1,{}]}")
        #expect(try printed("[1,,2]") == "[1,undefined,2]")
        #expect(try printed("[]") == "[]")
        #expect(try printed("{}", .pretty) == "{}")
        #expect(try printed("[\"Drama\",\"War\"]", .pretty) == "[\n  \"Drama\",\n  \"War\"\n]")
        #expect(try printed("{\"a\":[1,{\"b\":[]}]}", .pretty)
            == "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}")
    }

    @Test func depthAndSize() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try printed(nested(1000)) == nested(1000))
        #expect(failure(nested(1001)).contains("nested more than 1000 levels deep"))
        let big = "\"" + String(repeating: "a", count: VariantEncoding.maximumBytes) + "\""
        #expect(failure(big).contains("larger than"))
        #expect(failure("[" + big + "]").contains("larger than"))
    }

    @Test func survivesAnyText() {
        var random = Random(state: 3)
        let alphabet = Array("{}[]\":,\\ 1-.e0tfnu\"\"{[,:".utf8)
        let builder = VariantBuilder()
        var parser = JSONParser(into: builder)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = (0..<1 + random.below(14)).map { _ in alphabet[random.below(alphabet.count)] }
            bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress, let isThere = try? parser.parse(base, count: bytes.count), isThere
                else { return }
                accepted += 1
                let text = ByteBuffer()
                var printer = JSONPrinter(formats: TextFormats(timeZone: .utc))
                printer.append(builder.view, style: .compact, to: text)
                let first = builder.encoded.string
                #expect(throws: Never.self) {
                    try VariantEncoding.validate(builder.encoded.bytes, count: builder.encoded.count)
                }
                #expect(throws: Never.self) { _ = try parser.parse(UnsafePointer(text.bytes), count: text.count) }
                #expect(builder.encoded.string == first)
            }
        }
        #expect(accepted > 100)
    }
}
