import Testing
import WarehouseBasics

/// Expected places are those of Python's `re`, whose preference among matches is the same.
@Suite struct RegularExpressionTests {
    private func spans(_ pattern: String, _ text: String, _ change: (inout RegularExpression.Options) -> Void = { _ in })
        throws -> [Int]? {
        var options = RegularExpression.Options()
        change(&options)
        let matcher = try RegularExpression(pattern, options: options).makeMatcher()
        let bytes = Array(text.utf8) + [0]
        return bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return nil }
            return matcher.find(start, count: bytes.count - 1, from: 0) ? matcher.captures : nil
        }
    }

    @Test func findsTheLeftmostPreferredMatch() throws {
        #expect(try spans("a+", "xaaay") == [1, 4])
        #expect(try spans("a+?", "xaaay") == [1, 2])
        #expect(try spans("a|ab", "ab") == [0, 1])
        #expect(try spans("(a|ab)(c|bcd)", "abcd") == [0, 4, 0, 1, 1, 4])
        #expect(try spans("x*", "aaa") == [0, 0])
        #expect(try spans("(a*)*b", "aaab") == [0, 4, 0, 3])
        #expect(try spans("z", "aaa") == nil)
        #expect(try spans("(\\d{4})-(\\d{2})", "on 2015-03-31") == [3, 10, 3, 7, 8, 10])
        #expect(try spans("a{2,3}", "aaaa") == [0, 3])
        #expect(try spans("(x)?y", "y") == [0, 1, -1, -1])
    }

    @Test func knowsPlacesAndClasses() throws {
        #expect(try spans("\\bcat\\b", "a cat sat") == [2, 5])
        #expect(try spans("^b", "a\nb") == nil)
        #expect(try spans("^b", "a\nb") { $0.isMultiline = true } == [2, 3])
        #expect(try spans("a.b", "a\nb") == nil)
        #expect(try spans("a.b", "a\nb") { $0.dotMatchesLineEnd = true } == [0, 3])
        #expect(try spans("[[:alpha:]]+", "12ab3") == [2, 4])
        #expect(try spans("[^a-c]+", "abcxyz") == [3, 6])
        #expect(try spans("[]a]+", "x]a") == [1, 3])
        #expect(try spans("É+", "éé") { $0.ignoresCase = true } == [0, 4])
        #expect(try spans("a{x", "a{x") == [0, 3])
    }

    @Test func matchesWholePaths() throws {
        let expression = try RegularExpression(".*[.]csv([.]gz)?")
        #expect(expression.matchesWhole("a/b.csv.gz"))
        #expect(expression.matchesWhole("b.csv"))
        #expect(!expression.matchesWhole("b.csv.bz2"))
        #expect(try RegularExpression("").matchesWhole(""))
        #expect(!(try RegularExpression("a|ab").matchesWhole("abc")))
        #expect(try RegularExpression("a|ab").matchesWhole("ab"))
    }

    @Test(arguments: ["(", ")", "[a", "a**b(", "*a", "a{3,2}", "\\1", "(?=a)", "[z-a]", "\\", "a++", "a{2000}"])
    func refusesWhatIsNotWellFormed(pattern: String) {
        #expect(throws: WarehouseError.self) { try RegularExpression(pattern) }
    }

    /// A backtracking matcher takes 2^30 steps here.
    @Test func staysLinear() throws {
        let pattern = String(repeating: "a?", count: 30) + String(repeating: "a", count: 30)
        #expect(try RegularExpression(pattern).matchesWhole(String(repeating: "a", count: 30)))
    }

    @Test func digestsInPieces() {
        let text = Array("18|4141|Mark Waters|2009-04-24 11:19:40.000 and some more, past one block of 64 bytes".utf8)
        for size in [1, 7, 63, 64, 65, 200] {
            var stream = MD5Stream()
            for start in stride(from: 0, to: text.count, by: size) {
                text[start..<min(start + size, text.count)].withUnsafeBytes { stream.update($0) }
            }
            #expect(stream.digest() == text.withUnsafeBytes { MD5.digest($0.baseAddress!, count: $0.count) })
        }
    }
}
