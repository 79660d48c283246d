#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
import WarehouseBasics
import WarehouseIngest

/// Numbers of every length through the loops that read eight digits at a time.
@Suite struct DigitLoadTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func digits(_ count: Int, _ random: inout Random) -> String {
        // Zeros in front and nines all along are where lengths and carries go wrong.
        let style = random.below(4)
        return String((0..<count).map { index -> Character in
            switch style {
            case 0: index * 2 < count ? "0" : Character(String(random.below(10)))
            case 1: "9"
            default: Character(String(random.below(10)))
            }
        })
    }

    @Test func doublesAsTheSystemReadsThem() throws {
        var random = Random(state: seed)
        for _ in 0..<20 {
            let texts = (0..<3000).map { _ -> String in
                let whole = digits(random.below(random.below(3) == 0 ? 10 : 3), &random)
                let fraction = digits(random.below(random.below(2) == 0 ? 22 : 4), &random)
                let text = random.below(4) == 0 ? whole : whole + "." + fraction
                return text.contains(where: \.isNumber) ? text : "0"
            }
            let loaded = try load(texts.joined(separator: "\n") + "\n", [.float])
            #expect(loaded.rejects.isEmpty)
            #expect(loaded.rows.count == texts.count)
            for (text, row) in zip(texts, loaded.rows) {
                let shown = row[0].flatMap { Double($0) }
                #expect(shown == strtod(text, nil), "\(text) gives \(row[0] ?? "NULL"); seed \(seed)")
            }
        }
    }

    @Test func wholeNumbersAsText() throws {
        var random = Random(state: seed)
        for precision in [4, 9, 18, 19, 38] {
            let texts = (0..<4000).map { _ in digits(1 + random.below(random.below(2) == 0 ? 24 : 6), &random) }
            let loaded = try load(
                texts.joined(separator: "\r\n"), [.number(precision: precision, scale: 0)])
            var row = 0
            for text in texts {
                let plain = String(text.drop { $0 == "0" }), value = plain.isEmpty ? "0" : plain
                guard value.count <= precision else { continue }
                #expect(loaded.rows[row][0] == value, "\(text) in NUMBER(\(precision)); seed \(seed)")
                row += 1
            }
            #expect(row == loaded.rows.count && loaded.rejects.count == texts.count - row)
        }
    }

    @Test func whatIsNoNumber() throws {
        // Bytes beside the digits, the first behind every length: none may pass for one.
        for length in 0..<18 {
            for byte in [UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "x"), 0xCF, 0xB0, 0x1E, 0, UInt8(ascii: "-")] {
                let text = Array(repeating: UInt8(ascii: "7"), count: length) + [byte, UInt8(ascii: "5"), 10]
                for type in [LogicalType.integer, .float] where !(length == 0 && byte == UInt8(ascii: "-")) {
                    let columns = [LoadColumn(name: "C", type: type, fieldIndex: 0)]
                    let loaded = try load(text, columns, quoted())
                    #expect(loaded.rows.isEmpty && loaded.rejects.count == 1, "\(text) as \(type)")
                }
            }
        }
        for text in [".", "..", "1..2", "1.2.3", "12345678.", ".5.", "1.234567890123.4"] {
            let loaded = try load(text + "\n" + text, [.float])
            let isNumber = text == "12345678."
            #expect(loaded.rows.count == (isNumber ? 2 : 0), "\(text)")
        }
    }

    @Test func numbersThatAreNull() throws {
        let format = quoted { $0.nullIf = [Array("0".utf8), Array("12.5".utf8), Array("\\N".utf8), Array("1234567890".utf8)] }
        let loaded = try load("0,0\n00,12.5\n7,13.5\n\\N,\\N\n1234567890,1234567890\n1234567891,2\n", [.integer, .float], format)
        #expect(loaded.rows == [
            [nil, nil], ["0", nil], ["7", "13.5"], [nil, nil], [nil, nil], ["1234567891", "2"],
        ])
    }

    /// Texts that come again and again, of which values are remembered: those that differ by zeros in front, by one
    /// character anywhere, or by their length are as close as texts come.
    @Test func textsThatComeAgain() throws {
        var random = Random(state: seed)
        for _ in 0..<4 {
            var pool = (0..<200).map { _ in
                digits(1 + random.below(8), &random) + "." + digits(1 + random.below(20), &random)
            }
            for text in pool.prefix(100) {
                var characters = Array(text)
                let place = random.below(characters.count)
                if characters[place] != "." { characters[place] = Character(String(random.below(10))) }
                pool += [String(characters), "0" + text, String(text.dropFirst()), text + "0"]
            }
            pool = pool.filter { $0.contains(where: \.isNumber) } + ["", "0", "00", "0.", "00.", ".0", ".", "x", "1.5x", "-2.5", "1e3"]
            let texts = (0..<30_000).map { _ in pool[random.below(pool.count)] }
            let loaded = try load(texts.map { $0 + ",\n" }.joined(), [.float, .varchar(length: 5)])
            var row = 0
            for text in texts where !["x", "1.5x", "."].contains(text) {
                let value = text.isEmpty ? nil : strtod(text, nil)
                #expect(loaded.rows[row][0].flatMap { Double($0) } == value, "\(text); seed \(seed)")
                row += 1
            }
            #expect(row == loaded.rows.count && loaded.rejects.count == texts.count - row)
        }
    }

    /// Integers that outgrow 32 and 64 bits anywhere in a chunk, NULLs and faults between them.
    @Test func numbersThatOutgrowTheirWidth() throws {
        var random = Random(state: seed)
        let limits = ["2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808"]
        for last in 1...limits.count {
            let texts = (0..<5000).map { _ -> String in
                switch random.below(400) {
                case 0: limits[random.below(last)]
                case 1: ""
                case 2: "1x"
                default: String(random.below(100_000))
                }
            }
            let loaded = try load(texts.map { $0 + ",a\n" }.joined(), [.integer, .varchar(length: 5)])
            #expect(loaded.rows.map(\.[0]) == texts.filter { $0 != "1x" }.map { $0.isEmpty ? nil : $0 }, "seed \(seed)")
            #expect(loaded.rejects.count == texts.count { $0 == "1x" })
        }
    }

    /// NUMBERs with a scale, by long multiplication and rounding half away from zero.
    @Test func decimalsOfEveryScale() throws {
        var random = Random(state: seed)
        for (precision, scale) in [(3, 1), (10, 2), (18, 18), (38, 2), (38, 20), (19, 7), (18, 0)] {
            let texts = (0..<4000).map { _ -> String in
                let whole = digits(random.below(random.below(3) == 0 ? 14 : 4), &random)
                let fraction = digits(random.below(random.below(3) == 0 ? 14 : 4), &random)
                let text = whole + (random.below(5) == 0 && !whole.isEmpty ? "" : "." + fraction)
                return (random.below(9) == 0 ? "-" : "") + (text == "." ? "0.0" : text)
            }
            let loaded = try load(texts.joined(separator: "\n") + "\n", [.number(precision: precision, scale: scale)])
            var row = 0
            for text in texts {
                guard let value = scaled(text, scale), value.magnitude < power(precision) else { continue }
                let shown = loaded.rows[row][0].flatMap { scaled($0, scale) }
                #expect(shown == value, "\(text) in NUMBER(\(precision), \(scale)): \(loaded.rows[row]); seed \(seed)")
                row += 1
            }
            #expect(row == loaded.rows.count && loaded.rejects.count == texts.count - row)
        }
    }

    private func power(_ exponent: Int) -> UInt128 { (0..<exponent).reduce(1) { product, _ in product * 10 } }

    /// The text as an integer of 10^-scale; nil past 38 digits.
    private func scaled(_ text: String, _ scale: Int) -> Int128? {
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? Array(parts[1]) : []
        let kept = fraction.prefix(scale) + Array(repeating: "0", count: max(0, scale - fraction.count))
        let plain = (String(parts[0]) + String(kept)).drop { $0 == "0" }
        guard plain.count <= 38 else { return nil }
        var value = plain.isEmpty ? 0 : Int128(plain) ?? 0
        if fraction.count > scale, fraction[scale] >= "5" { value += 1 }
        return text.hasPrefix("-") ? -value : value
    }
}
