import Testing
@testable import WarehouseBasics

/// PATTERN of staged files: expressions that look around.
@Suite struct PathPatternTests {
    private static let texts = [
        "", "a", "b", "ab", "ba", "aab", "abb", "a.csv", "data/a.csv", "data/b.csv", "a_tmp.csv", "DATA/A.CSV", "data/ab.csv.gz", "é.csv",
    ]

    /// Each pattern with whether it matches each of the texts, by Python's `re.fullmatch`.
    private static let cases: [(pattern: String, matches: String)] = [
        (#".*[.]csv"#, "00000001111001"),
        (#"(?!.*tmp).*[.]csv"#, "00000001110001"),
        (#".*/(?!b)[a-z]+[.]csv"#, "00000000100000"),
        (#"(?i).*[.]csv"#, "00000001111101"),
        (#"(?i:data)/.*(?<!gz)"#, "00000000110100"),
        (#".*(?<!tmp)[.]csv"#, "00000001110001"),
        (#"(?=a).*b"#, "00010110000000"),
        (#".*(?<=a)b.*"#, "00010110000010"),
        (#"(?:(?!ab).)*"#, "11101001111101"),
        (#"(?:a(?!b)|b)*"#, "11101000000000"),
        (#"(?=.*a)(?=.*b).*"#, "00011110010010"),
        (#"(?!(?!a)).*"#, "01010111001000"),
        (#"(?=(?=a)a).*"#, "01010111001000"),
        (#"(?<!.)a.*"#, "01010111001000"),
        (#"(a|b(?=b))+b?"#, "01010110000000"),
        (#"(?:(?<=a)b|a)*"#, "11010100000000"),
        (#"(?<n>a)b*"#, "01010010000000"),
        (#"(?!$).*"#, "01111111111111"),
        (#".*(?=)"#, "11111111111111"),
        (#"(?!)"#, "00000000000000"),
        (#"(?=.*[.]gz$).*ab.*"#, "00000000000010"),
        (#"(?s:.)*(?<!/)a.*"#, "01011111111010"),
        (#"((?!a)[ab]|(?=a)a)*(?!.)"#, "11111110000000"),
        (#"(?:data/)?(?=[^/]*$)(?!a).*"#, "10101000010001"),
        (#"[ab]a"#, "00001000000000"),
        (#".(?:(?<!a)){1,2}a"#, "00001000000000"),
        (#".[ab]"#, "00011000000000"),
        (#"c?[^a]"#, "00100000000000"),
        (#"c?((?!b[ab])(?<!ab)|(?!c?.b))"#, "10000000000000"),
        (#"b"#, "00100000000000"),
        (#"a[^a][^a]"#, "00000010000000"),
        (#"c?"#, "10000000000000"),
        (#"(?:[^a]b)*(?<!ab)"#, "10000000000000"),
        (#"(?<!a)"#, "10000000000000"),
        (#"[^a][ab](.|(?:[^a].[ab])*)"#, "00001000000000"),
        (#"(a(?<!ab)|a(?<=b)(?:[^a]c?[ab]){1,2})"#, "01000000000000"),
        (#"(?<!ab)(?<!a)(?<!ab)"#, "10000000000000"),
        (#"([ab][ab]|(?=[ab])b)(?:c?)*(?=(?:b)*)"#, "00111000000000"),
        (#"[ab](?<=a)((?!.b.)|(?=[^a]))"#, "01000000000000"),
        (#"(?:.)*"#, "11111111111111"),
        (#"(?:.){1,2}"#, "01111000000000"),
        (#"(?<!ab)"#, "10000000000000"),
        (#"(?!a)(?!(?:c?ab)*.(?<=a))"#, "10000000000000"),
        (#"(?=(?<!ab)(b|a[ab]))[ab]"#, "00100000000000"),
        (#"(?<![ab])((?<!a)|(?:[ab])*)"#, "11111110000000"),
        (#"[ab].(?:([^a]|[ab])(?=bc?c?)a)*"#, "00011000000000"),
        (#"c?c?(?<![ab])"#, "10000000000000"),
        (#"(?<![ab])"#, "10000000000000"),
        (#"."#, "01100000000000"),
        (#"(?!(?<=b)(?:a)*)"#, "10000000000000"),
        (#"(a(?<!ab)(?<=b)|(bb|c?)(?:b)*)(?<=.)"#, "00100000000000"),
        (#"(?:(?!b)){1,2}"#, "10000000000000"),
        (#"(?<=.)(?=a.(c?|..))"#, "00000000000000"),
        (#"(?!(?!a))"#, "00000000000000"),
        (#"(?:[^a])*"#, "10100000000101"),
        (#"(?:[^a]([ab][^a]|b)(?![ab]))*c?[ab]"#, "01100000000000"),
        (#"(?<!ab)[ab]a"#, "00001000000000"),
        (#"(?:(?:a[ab]b){1,2})*"#, "10000110000000"),
        (#"(?:([^a]|[ab][ab]))*(?<!a)(?<!a)"#, "10110110000101"),
        (#"[ab](?:(?:[ab]..)*(?!.[ab]))*(?![ab])"#, "01100000000000"),
        (#"(?![ab])"#, "10000000000000"),
        (#"(?<![ab])(?:(?!b[ab])(?=[ab]a)[^a])*"#, "10000000000000"),
        (#"[ab](?!b)"#, "01100000000000"),
        (#"(?![ab](?<![ab]))a"#, "01000000000000"),
        (#"((?=b[^a][ab])|(?:b.[^a])*)"#, "10000000000000"),
        (#"(?=.[^a])c?"#, "00000000000000"),
        (#"a"#, "01000000000000"),
        (#"ba"#, "00001000000000"),
        (#"[^a]"#, "00100000000000"),
        (#"(?!(?<=a)(?<=a)(b|ac?c?))."#, "01100000000000"),
    ]

    @Test func agreesWithPython() throws {
        for (pattern, expected) in Self.cases {
            let found = try PathPattern(pattern)
            let matches = Self.texts.map { found.matches($0) ? "1" : "0" }.joined()
            #expect(matches == expected, "\(pattern)")
        }
    }

    /// Where nothing looks around, the automaton gives the answers of the other ways to match.
    @Test(arguments: ["a*b", "(a|b)*[.]csv", ".*", "", "a{2,3}b?", "(a*)*b", "[^/]+/[^/]+", "\\w+[.]csv", "a+?b*", "(|a)b", "^a.*$"])
    func agreesWithRegularExpression(_ pattern: String) throws {
        var parser = RegexParser(pattern, options: .init(), isExtended: true)
        let automaton = try LookAroundAutomaton(parser.parse(), pattern: pattern)
        let expression = try RegularExpression(pattern)
        for text in Self.texts {
            #expect(automaton.matchesWhole(text.unicodeScalars.map(\.value)) == expression.matchesWhole(text), "\(text)")
        }
    }

    /// Look-behind of any length, which Python's expressions do not have.
    @Test func looksBehindByAnyLength() throws {
        let pattern = try PathPattern(".*(?<!_tmp.*)[.]csv")
        #expect(pattern.matches("a.csv"))
        #expect(!pattern.matches("a_tmp2.csv"))
    }

    @Test func flagsReachToTheEndOfTheirGroup() throws {
        let pattern = try PathPattern("(?:(?i)data)/a")
        #expect(pattern.matches("DATA/a"))
        #expect(!pattern.matches("DATA/A"))
        #expect(try PathPattern("(?i)a(?-i)b").matches("Ab"))
        #expect(try !PathPattern("(?i)a(?-i)b").matches("AB"))
    }

    @Test(arguments: [
        ("(?>a)", "atomic groups"), ("a(?=b", "missing ')'"), ("(?x)a b", "the flag 'x'"), ("(?=a)*b", "a quantifier needs"),
        ("[a-z&&[^b]]+", "intersections"), ("(?<n", "a malformed name"), ("a++", "possessive"), ("(?!a){2}(", "a quantifier"),
    ])
    func refuses(_ pattern: String, _ reason: String) {
        let error = #expect(throws: WarehouseError.self) { try PathPattern(pattern) }
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
    }

    /// Repetitions within repetitions take no more than the length of the path times that of the pattern.
    @Test func nestedRepetitionsAreLinear() throws {
        let path = String(repeating: "a", count: 4_000)
        #expect(try !PathPattern("(?!b)((a*)*)*c").matches(path))
        #expect(try PathPattern("(?:(?!(?:a*)*b)a)*").matches(path))
    }

    @Test func hugeExpressionsAreRefused() throws {
        #expect(throws: WarehouseError.self) { try PathPattern("(?!x)(?:(?:a{1000}){1000}){1000}") }
        // Looks within looks count together.
        let error = #expect(throws: WarehouseError.self) { try PathPattern("(?:x(?=(?:x(?=(?:x(?=a{90})){90})){90})){90}") }
        #expect(error?.message.contains("5000 states") == true, "\(String(describing: error))")
        #expect(try PathPattern("(?:(?:(?:){1000}){1000}){1000}(?!b)a").matches("a"))
    }

    /// In SQL's own functions, as Snowflake documents them, nothing looks around.
    @Test func regularExpressionsDoNot() {
        #expect(throws: WarehouseError.self) { try RegularExpression("(?!a)b") }
    }
}
