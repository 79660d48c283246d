import Testing
import WarehouseBasics
import WarehouseColumns
import WarehouseIngest

@Suite struct JSONFileTests {
    private func read(_ bytes: [UInt8], _ change: (inout JSONFormat) -> Void = { _ in }, buffer: Int = 64,
                      stops: Bool = false) throws -> Loaded {
        var format = JSONFormat()
        change(&format)
        let options = settings {
            $0.limits.bufferBytes = buffer
            $0.stopsAtFirstError = stops
        }
        let reader = try JSONFileReader(
            source: MemorySource(bytes, pieceLimit: 7), fileName: "test.json", format: format, settings: options)
        let formatter = ValueFormatter(type: .variant, formats: TextFormats(timeZone: .utc))
        var result = Loaded()
        let chunk = LoadedChunk()
        while try reader.next(into: chunk) {
            let vector = chunk.columns[0].vector()
            for row in 0..<chunk.rowCount {
                result.rows.append([formatter.string(vector, row)])
                if let numbers = chunk.rowNumbers { result.rowNumbers.append(Int(numbers.append(row: row))) }
            }
            result.rejects += chunk.rejects
        }
        return result
    }
    private func rows(_ text: String, _ change: (inout JSONFormat) -> Void = { _ in }) throws -> [String?] {
        try read(Array(text.utf8), change).rows.map { $0[0] }
    }

    @Test func documentsBehindEachOther() throws {
        #expect(try rows("{\"a\":1}\n{\"a\":2}\n") == ["{\"a\":1}", "{\"a\":2}"])
        #expect(
            try rows("{\"a\":1}{\"a\":2},\r\n [3] , 4 \"five\" true") == [
                "{\"a\":1}", "{\"a\":2}", "[3]", "4", "\"five\"", "true",
            ])
        #expect(try rows("") == [])
        #expect(try rows(" \n ") == [])
        #expect(try rows("\u{FEFF}{}") == ["{}"])
        #expect(try rows("{\n \"a}\": \"]\\\"}\"\n}") == ["{\"a}\":\"]\\\"}\"}"])
        let long = "\"" + String(repeating: "x", count: 5000) + "\""
        #expect(try rows("[\(long)]\n1") == ["[\(long)]", "1"])
    }

    @Test func outerArrays() throws {
        #expect(try rows("[1,\n {\"a\":[2]},\n null]\n[4]") == ["[1,{\"a\":[2]},null]", "[4]"])
        #expect(try rows("[1,\n {\"a\":[2]},\n null]\n[4, [5]]") { $0.stripOuterArray = true }
            == ["1", "{\"a\":[2]}", "null", "4", "[5]"])
    }

    @Test func rejects() throws {
        let loaded = try read(Array("{\"a\":1}\n{\"a\":x}\n{\"a\":3}\n".utf8))
        #expect(loaded.rows.map { $0[0] } == ["{\"a\":1}", "{\"a\":3}"])
        #expect(loaded.rowNumbers == [1, 3])
        #expect(loaded.rejects.map(\.message) == ["Error parsing JSON: unknown keyword \"x\", pos 6"])
        #expect(loaded.rejects.map(\.line) == [2])
        #expect(loaded.rejects[0].kind.code == "100069")
        #expect(loaded.rejects[0].record == "{\"a\":x}")
        // A document without an end does not swallow the lines behind it.
        let cut = try read(Array("{\"a\":1\n{\"a\":2}\n{\"a\":3}\n".utf8))
        #expect(cut.rows.map { $0[0] } == ["{\"a\":2}", "{\"a\":3}"])
        #expect(cut.rejects.map(\.line) == [1])
        #expect(try read(Array("{\"a\":x}\n{\"a\":3}\n".utf8), stops: true).rows.isEmpty)
        #expect(try read(Array("}\n1\n".utf8)).rejects.count == 1)
    }

    @Test func invalidUTF8() throws {
        let bytes: [UInt8] = [0x22, 0xE9, 0x22, 0x0A, 0x31]
        #expect(try read(bytes).rejects.map(\.kind) == [.invalidUTF8])
        #expect(try read(bytes) { $0.replaceInvalidCharacters = true }.rows.map { $0[0] } == ["\"\u{FFFD}\"", "1"])
    }

    @Test func survivesAnyBytes() throws {
        var random = Random(state: 4)
        for _ in 0..<2000 {
            let alphabet = Array("{}[]\",:1\\ \na".utf8) + [0xE9]
            let bytes = (0..<random.below(80)).map { _ in alphabet[random.below(alphabet.count)] }
            let strips = random.below(2) == 0
            _ = try read(bytes, { $0.stripOuterArray = strips })
        }
    }
}

extension ColumnBuffer {
    fileprivate func append(row: Int) -> Int64 { int64s[row] }
}
