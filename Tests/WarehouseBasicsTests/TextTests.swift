import Testing
import WarehouseBasics

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct UTF8TextTests {
    @Test(arguments: [
        ([0x61, 0x62], nil), ([0xC3, 0xA9], nil), ([0xE2, 0x82, 0xAC], nil), ([0xF0, 0x9F, 0x98, 0x80], nil),
        ([0x61, 0x80], 1), ([0xC0, 0xAF], 0), ([0xC1, 0x81], 0), ([0xE0, 0x9F, 0xBF], 0), ([0xED, 0xA0, 0x80], 0),
        ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFF], 0),
        ([0x61, 0xC3], 1), ([0xE2, 0x82], 0), ([0xF0, 0x9F, 0x98], 0), ([0xC3, 0x28], 0), ([], nil),
        ([UInt8](repeating: 0x61, count: 50) + [0xE9], 50),
    ] as [([UInt8], Int?)])
    func validity(bytes: [UInt8], invalid: Int?) {
        #expect(UTF8Text.firstInvalid(bytes, count: bytes.count) == invalid)
        #expect((String(validating: bytes, as: UTF8.self) != nil) == (invalid == nil))
    }

    @Test func randomBytesAreJudgedAsTheStandardLibraryJudgesThem() {
        var random = SplitMix(state: 3)
        let pool: [UInt8] = [0x41, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4]
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 7)).map { _ in pool[Int(random.next() % 13)] }
            let isValid = UTF8Text.isValid(bytes, count: bytes.count)
            if isValid != (String(validating: bytes, as: UTF8.self) != nil) { Issue.record("\(bytes)") }
        }
    }

    @Test func countingAndOffsets() {
        let bytes = Array("aé€😀 and some more text é".utf8)
        #expect(UTF8Text.scalarCount(bytes, count: bytes.count) == 25)
        #expect(UTF8Text.offset(ofScalar: 0, in: bytes, count: bytes.count) == 0)
        #expect(UTF8Text.offset(ofScalar: 3, in: bytes, count: bytes.count) == 6)
        #expect(UTF8Text.offset(ofScalar: 99, in: bytes, count: bytes.count) == bytes.count)
        #expect(UTF8Text.asciiPrefix(bytes, count: bytes.count) == 1)
        #expect(UTF8Text.scalar([0xE2, 0x82, 0xAC], remaining: 3).scalar == "€")
    }

    @Test func repairing() {
        var out: [UInt8] = []
        let bytes: [UInt8] = [0x61, 0xFF, 0x62, 0xC3, 0xA9, 0xC3]
        UTF8Text.appendRepaired(bytes, count: bytes.count, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == "a\u{FFFD}bé\u{FFFD}")
    }
}

@Suite struct CaseMappingTests {
    @Test(arguments: [
        ("", "", ""), ("Hello, World! [z]{Z}@`", "HELLO, WORLD! [Z]{Z}@`", "hello, world! [z]{z}@`"),
        ("straße ÄÖÜ", "STRASSE ÄÖÜ", "straße äöü"), ("Ωmega éÉ ñ", "ΩMEGA ÉÉ Ñ", "ωmega éé ñ"),
        ("日本 x", "日本 X", "日本 x"), ("a long enough ASCII text, more than thirty-two bytes é",
            "A LONG ENOUGH ASCII TEXT, MORE THAN THIRTY-TWO BYTES É",
            "a long enough ascii text, more than thirty-two bytes é"),
    ])
    func mapping(text: String, upper: String, lower: String) {
        #expect(CaseMapping.upper(text) == upper)
        #expect(CaseMapping.lower(text) == lower)
    }

    @Test(arguments: [
        ("the (a.k.a. MOVIE) of o'neil", "The (A.K.A. Movie) Of O'neil"), ("élan vital", "Élan Vital"),
        ("a\u{2003}b c\td", "A\u{2003}B C\tD"), ("12abc x-ray/foo_bar", "12abc X-Ray/Foo_Bar"), ("", ""),
    ])
    func initialCapitals(text: String, expected: String) {
        #expect(InitialCapitals.standard.string(text) == expected)
    }

    @Test func initialCapitalsWithDelimiters() {
        #expect(InitialCapitals(delimiters: "").string("aBC dEF") == "Abc def")
        #expect(InitialCapitals(delimiters: "bé").string("abcéd e") == "AbCéD e")
    }
}

@Suite struct LikePatternTests {
    @Test(arguments: [
        ("abc", "abc", true), ("abc", "abcd", false), ("a%", "abc", true), ("%c", "abc", true), ("%b%", "abc", true),
        ("%", "", true), ("", "", true), ("", "a", false), ("_", "", false), ("_", "é", true), ("__", "é", false),
        ("a_c", "a😀c", true), ("%_", "", false), ("%_%", "x", true), ("_%_", "x", false), ("_%_", "xy", true),
        ("a%b%c", "aXbYc", true), ("a%b%c", "aXcYb", false), ("%é", "café", true), ("%_é", "café", true),
        ("ab%ab", "ab", false), ("ab%ab", "abab", true), ("%a_c%", "xxabxabc", true), ("Mark%", "mark", false),
        ("%%%", "x", true), ("a\\%b", "a\\xb", true),
    ])
    func like(pattern: String, text: String, expected: Bool) throws {
        #expect(try LikePattern(pattern).matches(text) == expected)
    }

    @Test func escapes() throws {
        #expect(try LikePattern("100!%", escape: "!").matches("100%"))
        #expect(try !LikePattern("100!%", escape: "!").matches("100x"))
        #expect(try LikePattern("a!!b!_", escape: "!").matches("a!b_"))
        #expect(try LikePattern("%\\%", escape: "\\").matches("5%"))
        #expect(throws: WarehouseError.self) { try LikePattern("a!", escape: "!") }
        #expect(throws: WarehouseError.self) { try LikePattern("a", escape: "xy") }
    }

    @Test(arguments: [
        ("%WATERS", "Mark Waters", true), ("mark%", "MARK", true), ("É_", "éx", true),
        ("%straße%", "die STRAßE", true),
        ("a%B%c", "AxbyC", true), ("%[%", "a{b", false), ("_K", "xk", true),
    ])
    func ilike(pattern: String, text: String, expected: Bool) throws {
        #expect(try LikePattern(pattern, caseInsensitive: true).matches(text) == expected)
    }

    /// ILIKE looks for ASCII letters other than i and k without lowering a text: no other character becomes one.
    @Test func onlyTwoCharactersLowerToASCIILetters() {
        var found: Set<Unicode.Scalar> = []
        for code in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(code) else { continue }
            for lowered in scalar.properties.lowercaseMapping.unicodeScalars where lowered.isASCII { found.insert(lowered) }
        }
        #expect(found == ["i", "k"])
    }

    /// Patterns and texts of few letters, some of which are others' lower-case forms, against lowering both.
    @Test func caseInsensitiveLikeLowered() throws {
        var random = SplitMix(state: 41)
        let letters: [String] = ["i", "I", "İ", "k", "K", "\u{212A}", "a", "A", "Ä", "ä", "o", "ß"]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
            let wild = letters + ["%", "%"] + (Bool.random(using: &random) ? ["_"] : [])
            let pattern = (0..<Int.random(in: 0...5, using: &random)).map { _ in wild.randomElement(using: &random) ?? "" }.joined()
            let lowered = try LikePattern(pattern.lowercased()).matches(text.lowercased())
            #expect(try LikePattern(pattern, caseInsensitive: true).matches(text) == lowered, "\(text) ILIKE \(pattern)")
        }
    }

    @Test func optimizerQuestions() throws {
        #expect(try LikePattern("abc").exactMatch == Array("abc".utf8))
        #expect(try LikePattern("").exactMatch == [])
        #expect(try LikePattern("a_c").exactMatch == nil)
        #expect(try LikePattern("ab_c%").requiredPrefix == Array("ab".utf8))
        #expect(try LikePattern("%ab").requiredPrefix == [])
        #expect(try LikePattern("%%").matchesAll)
        #expect(try !LikePattern("").matchesAll)
        #expect(try LikePattern("a%", caseInsensitive: true).requiredPrefix == [])
    }

    /// Row by row of the table of prefixes: simple and obviously right.
    private func reference(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
        var reachable = [true] + [Bool](repeating: false, count: text.count)
        for scalar in pattern {
            var next = [Bool](repeating: false, count: text.count + 1)
            if scalar == "%" {
                var any = false
                for index in reachable.indices {
                    any = any || reachable[index]
                    next[index] = any
                }
            } else {
                for index in text.indices where reachable[index] && (scalar == "_" || scalar == text[index]) {
                    next[index + 1] = true
                }
            }
            reachable = next
        }
        return reachable[text.count]
    }

    @Test func randomPatternsAgreeWithTheTable() throws {
        var random = SplitMix(state: 5)
        let symbols: [Unicode.Scalar] = ["a", "b", "é", "%", "_"]
        for _ in 0..<20_000 {
            let pattern = (0..<Int(random.next() % 7)).map { _ in symbols[Int(random.next() % 5)] }
            let text = (0..<Int(random.next() % 9)).map { _ in symbols[Int(random.next() % 3)] }
            let patternText = String(String.UnicodeScalarView(pattern)),
            string = String(String.UnicodeScalarView(text))
            let expected = reference(pattern, text)
            if try LikePattern(patternText).matches(string) != expected
                || LikePattern(patternText, caseInsensitive: true).matches(string) != expected {
                Issue.record("'\(string)' LIKE '\(patternText)'")
            }
        }
    }

    @Test func badPatternsStayFast() throws {
        let pattern = try LikePattern(String(repeating: "%a_", count: 60) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 5000)))
    }

    @Test func searching() {
        var random = SplitMix(state: 6)
        for _ in 0..<5000 {
            let text = (0..<Int(random.next() % 80)).map { _ in UInt8(random.next() % 2) + 97 }
            let needle = (0..<Int(random.next() % 6)).map { _ in UInt8(random.next() % 2) + 97 }
            let places = 0..<max(0, text.count - needle.count + 1)
            let expected = places.first { Array(text[$0..<$0 + needle.count]) == needle } ?? (needle.isEmpty ? 0 : -1)
            let padded = text + [0], wanted = needle + [0]
            if ByteSearch.find(wanted, count: needle.count, in: padded, count: text.count) != expected {
                Issue.record("\(needle) in \(text)")
            }
            let shouting = padded.map { $0 == 97 && random.next() % 2 == 0 ? 65 : $0 }
            if ByteSearch.findFoldingASCII(wanted, count: needle.count, in: shouting, count: text.count) != expected {
                Issue.record("\(needle) in \(shouting)")
            }
        }
    }
}

@Suite struct GlobAndWidthTests {
    @Test(arguments: [
        ("*.csv", "ratings.csv", true), ("*.csv", "a/ratings.csv", false), ("/tmp/*.csv", "/tmp/x.csv", true),
        ("r?tings.*", "ratings.csv.gz", true), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false),
        ("[^a]x", "bx", true),
        ("[]a]", "]", true), ("a[b", "a[b", true), ("\\*", "*", true), ("\\*", "x", false), ("*", ".hidden", false),
        (".*", ".hidden", true), ("/d/*", "/d/.h", false), ("**a*b", "xxaxxb", true), ("*", "", true),
        ("?", "/", false),
        ("data_*_[0-9].csv", "data_x_y_7.csv", true), ("*é*", "café au lait", true), ("a*b", "a/b", false),
    ])
    func glob(pattern: String, text: String, expected: Bool) {
        #expect(GlobPattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        ("abc", 3), ("", 0), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("😀", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("☺️", 2),
        ("ｱ", 1),
        ("Ａ", 2), ("한글", 4), ("a\u{200B}b", 2), ("→", 1), ("🏳️‍🌈", 2),
    ])
    func width(text: String, columns: Int) {
        #expect(DisplayWidth.columns(text) == columns)
    }
}
