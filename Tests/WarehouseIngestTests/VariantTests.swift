import Testing
import WarehouseBasics
import WarehouseColumns

/// A document kept alive with its view.
private final class Document {
    let builder = VariantBuilder()
    /// Valid as long as the document.
    var view: VariantView { builder.view }

    init(_ build: (VariantBuilder) throws -> Void) rethrows { try build(builder) }
    convenience init(json: String) throws {
        try self.init { builder in
            var parser = JSONParser(into: builder)
            _ = try parser.parse(json)
        }
    }
}

@Suite struct VariantTests {
    @Test func bytesAreAsDrawn() throws {
        func bytes(_ json: String) throws -> [UInt8] { try Document(json: json).builder.buffer.array }
        #expect(try bytes("null") == [0])
        #expect(try bytes("false") == [1])
        #expect(try bytes("true") == [2])
        #expect(try bytes("5") == [4, 5])
        #expect(try bytes("-129") == [4, 0x7F, 0xFF])
        #expect(try bytes("65536") == [4, 0, 0, 1, 0])
        #expect(try bytes("1.50") == [5, 1, 15])
        #expect(try bytes("1e0") == [6, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        #expect(try bytes("\"ab\"") == [7, 97, 98])
        #expect(try bytes("[]") == [14, 0, 1])
        #expect(try bytes("[1,\"a\"]") == [14, 4, 1, 7, 97, 2, 4, 2, 1])
        #expect(try bytes("{\"b\":1,\"a\":true}") == [15, 97, 2, 98, 4, 1, 1, 2, 3, 5, 2, 1])
    }

    @Test func readsParts() throws {
        let document = try Document(json: "{\"name\":\"x\",\"list\":[10,20.5,null,{\"k\":[]}],\"\":1}")
        let view = document.view
        #expect(view.kind == .object)
        #expect(view.elementCount == 3)
        #expect((0..<3).map { view.key($0).string } == ["", "list", "name"])
        #expect(view.find("name")?.string.string == "x")
        #expect(view.find("")?.unscaled == 1)
        #expect(view.find("nam") == nil)
        let list = try #require(view.find("list"))
        #expect(list.elementCount == 4)
        #expect(list[0].unscaled == 10)
        #expect((list[1].unscaled, list[1].scale) == (205, 1))
        #expect(list[2].isNull)
        #expect(list[3].find("k")?.elementCount == 0)
        #expect(list[4].count == 0)
        #expect(list[-1].count == 0)
    }

    @Test func manyElements() throws {
        for count in [255, 256, 70_000] {
            let document = try Document { builder in
                try builder.beginObject()
                for index in stride(from: count - 1, through: 0, by: -1) {
                    builder.key("k\(index)")
                    builder.integer(Int128(index))
                }
                try builder.endObject()
            }
            #expect(document.view.elementCount == count)
            for index in stride(from: 0, to: count, by: 97) {
                #expect(document.view.find("k\(index)")?.unscaled == Int128(index))
            }
            #expect(document.view.find("k\(count)") == nil)
        }
    }

    @Test func typeNames() {
        let document = Document { $0.double(1) }
        #expect(document.view.typeName.description == "DOUBLE")
        let kinds: [((VariantBuilder) -> Void, String)] = [
            ({ $0.null() }, "NULL_VALUE"), ({ $0.boolean(true) }, "BOOLEAN"), ({ $0.integer(1) }, "INTEGER"),
            ({ $0.decimal(15, scale: 1) }, "DECIMAL"), ({ $0.decimal(10, scale: 1) }, "INTEGER"),
            ({ $0.string("") }, "VARCHAR"),
            ({ $0.date(0) }, "DATE"), ({ $0.ticks(.time, 0, scale: 0) }, "TIME"),
            ({ $0.ticks(.timestampNTZ, 0, scale: 9) }, "TIMESTAMP_NTZ"),
            ({ $0.ticks(.timestampLTZ, 0, scale: 9) }, "TIMESTAMP_LTZ"),
            ({ $0.ticks(.timestampTZ, 0, scale: 9) }, "TIMESTAMP_TZ"), ({ $0.binary(.empty) }, "BINARY"),
        ]
        for (build, name) in kinds {
            let document = Document(build)
            #expect(document.view.typeName.description == name)
        }
    }

    @Test func printsDatesAndTimes() throws {
        func text(_ style: TextFormats.VariantStyle = .compact, _ build: (VariantBuilder) -> Void) throws -> String {
            var formats = TextFormats(timeZone: try TimeZoneRules.load("America/Los_Angeles"))
            formats.variant = style
            let out = ByteBuffer()
            var printer = JSONPrinter(formats: formats)
            let document = Document(build)
            printer.append(document.view, to: out)
            return out.string
        }
        #expect(try text { $0.date(16_525) } == "\"2015-03-31\"")
        #expect(try text(.cast) { $0.date(16_525) } == "2015-03-31")
        #expect(try text { $0.ticks(.time, 3_723_500, scale: 3) } == "\"01:02:03\"")
        #expect(try text { $0.ticks(.timestampNTZ, 1_112_486_027_000, scale: 3) } == "\"2005-04-02 23:53:47.000\"")
        #expect(try text { $0.ticks(.timestampLTZ, 1_112_486_027, scale: 0) } == "\"2005-04-02 15:53:47.000 -0800\"")
        let zoned = ZonedTicks.pack(ticks: 1_112_486_027, offsetMinutes: 330)
        #expect(try text { $0.ticks(.timestampTZ, zoned, scale: 0) } == "\"2005-04-03 05:23:47.000 +0530\"")
        #expect(try text { $0.ticks(.timestampNTZ, .max, scale: 0) }.hasPrefix("\""))
    }

    @Test func comparison() throws {
        // Ascending; values on one line are equal.
        let order: [[String]] = [
            ["false"], ["true"], ["-1e300"], ["-5"], ["-0.25"], ["0", "0.0", "0e0", "-0"], ["0.1"],
            ["1", "1.00", "1e0"],
            ["1.5", "15e-1"], ["2"], ["99999999999999999999999999999999999999"],
            ["1e39"], ["NaN"], ["\"\""], ["\"a\""], ["\"ab\""], ["\"b\""], ["[]"], ["[1]", "[1.0]"], ["[1,2]"], ["[2]"],
            ["{}"], ["{\"a\":1}"], ["{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1e0}"], ["{\"a\":2}"], ["{\"b\":0}"],
            ["null"],
        ]
        let documents = try order.map { try $0.map { try Document(json: $0) } }
        for (i, left) in documents.enumerated() {
            for (j, right) in documents.enumerated() {
                for a in left {
                    for b in right {
                        #expect(
                            VariantView.compare(a.view, b.view).signum() == (i - j).signum(), "\(order[i]) \(order[j])")
                        if i == j { #expect(a.view.hash() == b.view.hash(), "\(order[i])") }
                    }
                }
            }
        }
    }

    @Test func exactNumbersCompareExactly() throws {
        let one = try Document(json: "1"), more = try Document(json: "1.0000000000000000000000000000000000001")
        let large = try Document(json: "99999999999999999999999999999999999999")
        let less = try Document(json: "99999999999999999999999999999999999998")
        #expect(VariantView.compare(one.view, more.view) < 0)
        #expect(VariantView.compare(less.view, large.view) < 0)
        #expect(VariantView.compare(large.view, more.view) > 0)
    }

    @Test func damagedBytesAreFoundAndHarmless() throws {
        let document = try Document(json: "{\"a\":[1,2.5,\"xyz\",{\"b\":null}],\"c\":12345678901234567890,\"d\":1e3}")
        let good = document.builder.buffer.array
        var random = Random(state: 9)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
            bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                let isValid = (try? VariantEncoding.validate(base, count: buffer.count)) != nil
                guard !isValid || random.below(50) == 0 else { return }
                let out = ByteBuffer()
                var printer = JSONPrinter(formats: TextFormats(timeZone: .utc))
                let view = VariantView(base, count: buffer.count)
                if isValid || view.elementCount < 100 { printer.append(view, to: out) }
                _ = view.hash()
                _ = view.find("a")
            }
        }
        let whole = good.withUnsafeBufferPointer { buffer in
            Result { try VariantEncoding.validate(buffer.baseAddress!, count: buffer.count) }
        }
        #expect(throws: Never.self) { try whole.get() }
    }
}
