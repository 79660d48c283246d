import TestSupport
import Testing
import WarehouseBasics
@testable import WarehouseScaffold

/// What the reader gives, by examples of the specification, and how it refuses.
@Suite struct YAMLTests {
    /// As JSON has it, which is how the specification shows what its examples mean.
    private func json(_ value: YAMLValue) -> String {
        switch value.kind {
        case .null: "null"
        case .text(let text, _): "\"" + text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() + "\""
        case .list(let elements): "[" + elements.map(json).joined(separator: ", ") + "]"
        case .map(let members): "{" + members.map { $0.key + ": " + json($0.value) }.joined(separator: ", ") + "}"
        }
    }

    /// Examples of YAML 1.2.2 by number, with what the specification says of them.
    @Test(arguments: [
        ("2.2", "hr:  65    # Home runs\navg: 0.278\n", #"{hr: "65", avg: "0.278"}"#),
        ("2.3", "american:\n- Boston Red Sox\nnational:\n- New York Mets\n", #"{american: ["Boston Red Sox"], national: ["New York Mets"]}"#),
        ("2.4", "-\n  name: Mark\n  hr:   65\n-\n  name: Sammy\n", #"[{name: "Mark", hr: "65"}, {name: "Sammy"}]"#),
        ("2.5", "- [name, hr]\n- [Mark, 65]\n", #"[["name", "hr"], ["Mark", "65"]]"#),
        ("2.6", "Mark: {hr: 65}\nSammy: {\n    hr: 63,\n  }\n", #"{Mark: {hr: "65"}, Sammy: {hr: "63"}}"#),
        ("2.10", "---\nhr:\n- &SS Sammy Sosa\nrbi:\n- *SS # again\n", #"{hr: ["Sammy Sosa"], rbi: ["Sammy Sosa"]}"#),
        ("2.12", "---\n- item    : Super Hoop\n  quantity: 1\n", #"[{item: "Super Hoop", quantity: "1"}]"#),
        ("2.13", "# ASCII Art\n--- |\n  \\//||\\/||\n  // ||  ||__\n", #""\\//||\\/||\n// ||  ||__\n""#),
        ("2.14", "--- >\n  Mark McGwire's\n  year was crippled\n  by a knee injury.\n", #""Mark McGwire\'s year was crippled by a knee injury.\n""#),
        ("2.15", "--- >\n Sammy\n bats.\n\n   63 Home Runs\n   0.288 Average\n\n What!\n",
         #""Sammy bats.\n\n  63 Home Runs\n  0.288 Average\n\nWhat!\n""#),
        ("2.17", "single: '\"Howdy!\" he cried.'\nquoted: ' # Not a ''comment''.'\n",
         #"{single: "\"Howdy!\" he cried.", quoted: " # Not a \'comment\'."}"#),
        ("2.18", "plain:\n  This unquoted scalar\n  spans many lines.\n\nquoted: \"So does this\n  quoted scalar.\\n\"\n",
         #"{plain: "This unquoted scalar spans many lines.", quoted: "So does this quoted scalar.\n"}"#),
        ("5.13", "\"Fun with \\\\\n\\\" \\a \\b \\e \\f \\\n\\n \\r \\t \\v \\0 \\\n\\  \\_ \\N \\L \\P \\\n\\x41 \\u0041 \\U00000041\"",
         #""Fun with \\ \" \u{07} \u{08} \u{1B} \u{0C} \n \r \t \u{0B} \0   \u{00A0} \u{0085} \u{2028} \u{2029} A A A""#),
        ("6.6", ">-\n  trimmed\n  \n \n\n  as\n  space\n", #""trimmed\n\n\nas space""#),
        ("7.5", "\"folded \nto a space,\t\n \nto a line feed, or \t\\\n \\ \tnon-content\"",
         #""folded to a space,\nto a line feed, or \t \tnon-content""#),
        ("7.9", "' 1st non-empty\n\n 2nd non-empty \n\t3rd non-empty '", #"" 1st non-empty\n2nd non-empty 3rd non-empty ""#),
        ("7.12", "1st non-empty\n\n 2nd non-empty \n\t3rd non-empty\n", #""1st non-empty\n2nd non-empty 3rd non-empty""#),
        ("7.13", "- [ one, two, ]\n- [three ,four]\n", #"[["one", "two"], ["three", "four"]]"#),
        ("7.20", "[\nfoo: bar\n]\n", #"[{foo: "bar"}]"#),
        ("8.2", "- |\n detected\n- >\n \n  \n  # detected\n- |1\n  explicit\n", #"["detected\n", "\n\n# detected\n", " explicit\n"]"#),
        ("8.4", "strip: |-\n  text\nclip: |\n  text\nkeep: |+\n  text\n", #"{strip: "text", clip: "text\n", keep: "text\n"}"#),
        ("8.6", "strip: >-\n\nclip: >\n\nkeep: |+\n\n", #"{strip: "", clip: "", keep: "\n"}"#),
        ("8.10", ">\n\n folded\n line\n\n next\n line\n   * bullet\n\n   * list\n   * lines\n\n last\n line\n\n# Comment\n",
         #""\nfolded line\nnext line\n  * bullet\n\n  * list\n  * lines\n\nlast line\n""#),
        ("8.15", "- # Empty\n- |\n block node\n- - one # Compact\n  - two\n- one: two\n",
         #"[null, "block node\n", ["one", "two"], {one: "two"}]"#),
        ("8.17", "? explicit key # Empty value\n? |\n  block key\n: - one # Explicit\n  - two\n",
         "{explicit key: null, block key\n: [\"one\", \"two\"]}"),
    ])
    func examplesOfTheSpecification(number: String, text: String, expected: String) throws {
        #expect(try json(YAMLValue.read(text, path: "a.yml")) == expected, "Example \(number)")
    }

    @Test func valuesKnowTheirLines() throws {
        let yaml = try YAMLValue.read("# c\na: 1\nb:\n  - x\n  -\n    y: |\n      t\nc: &n\n  z\nd: *n\n", path: "a.yml")
        #expect(yaml.line == 2)
        #expect(yaml["a"].line == 2)
        #expect(yaml["b"].line == 4)
        #expect(yaml["b"].elements.map(\.line) == [4, 6])
        #expect(yaml["b"].elements[1]["y"].line == 6)
        // Where a value has an anchor or a tag, it begins there; an alias stands where its anchor does.
        #expect(yaml["c"].line == 8)
        #expect(yaml["d"].line == 8)
    }

    @Test func ownMembersWinOverMergedOnes() throws {
        let yaml = try YAMLValue.read(
            "a: &a {p: 1, q: 2}\nb: &b {q: 3, r: 4}\nc: {<<: *a, p: 5}\nd: {<<: [*b, *a], s: 6}\n", path: "a.yml")
        #expect(json(yaml["c"]) == #"{p: "5", q: "2"}"#)
        #expect(json(yaml["d"]) == #"{s: "6", q: "3", r: "4", p: "1"}"#)
    }

    @Test func onlyPlainTextsMayMeanSomethingElse() throws {
        for (text, isPlain) in [("1", true), ("'1'", false), ("\"1\"", false), ("!!str 1", false), ("! 1", false), ("!!int 1", true)] {
            guard case .text("1", isPlain) = try YAMLValue.read(text, path: "a.yml").kind else { Issue.record("\(text)"); continue }
        }
        #expect(try YAMLValue.read("[!!str null, !!str , 'null', '']", path: "a.yml").texts == ["null", "", "null", ""])
    }

    // MARK: Refusing

    private func refusal(_ text: String) -> WarehouseError? {
        do throws(WarehouseError) { _ = try YAMLValue.read(text, path: "a.yml") } catch { return error }
        return nil
    }

    @Test(arguments: [
        ("a: 1\nb: 2\nc: [x\nd: 1\n", 4, 2), ("a:\n  - b\n  c: 1\n", 3, 3), ("a: 1\na: 2\n", 2, 1), ("é: \"\\q\"", 1, 5),
        ("a:\n\tb: 1", 2, 1), ("a: b: c", 1, 5),
        ("a: 'b\n\n", 1, 4), ("- *x", 1, 3), ("a: |0\n", 1, 5), ("a\r\n\u{7}", 2, 1), ("---\n---\n", 2, 1),
        ("- a\n- %b\n", 2, 3), ("x: !e!y z", 1, 4),
    ])
    func refusalsTellThePlace(text: String, line: Int, column: Int) throws {
        let error = try #require(refusal(text), "\(text)")
        #expect(error.code == ErrorKind.model.code)
        #expect(error.message.hasPrefix("a.yml is no YAML: line \(line), column \(column): "), "\(error.message)")
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(refusal(nested(200)) == nil)
        for text in [nested(201), String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
                     String(repeating: "{a: ", count: 201), String(repeating: "[", count: 100_000),
                     "a: &a " + nested(150) + "\nb: " + String(repeating: "[", count: 60) + "*a"] {
            #expect(try #require(refusal(text)).code == ErrorKind.limitExceeded.code, "\(text.prefix(40))")
        }
    }

    /// Aliases are shared, so that what would unfold to billions of values is refused before it takes memory.
    @Test func unfoldingIsLimited() throws {
        let bomb = (1...30).reduce("a0: &a0 [x,x,x,x,x,x,x,x,x]\n") { text, n in
            text + "a\(n): &a\(n) [" + Array(repeating: "*a\(n - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        let merges = (1...30).reduce("a0: &a0 {k: [1, 2, 3, 4]}\n") { text, n in
            text + "a\(n): &a\(n) {<<: [*a\(n - 1), *a\(n - 1)], k\(n): [*a\(n - 1), *a\(n - 1)]}\n"
        }
        for text in [bomb, merges, String(repeating: "- a\n", count: 200_000)] {
            #expect(try #require(refusal(text)).message.contains("more than 200000 values"), "\(text.prefix(40))")
        }
        #expect(refusal(String(repeating: "- a\n", count: 199_999)) == nil)
    }

    /// Millions of bytes of what could be looked at again and again; no more is asked for than an end.
    @Test(arguments: [
        ("a: |\n", "  select 1 from b\n", ""), ("a: 'x\n", "\n", "'"), ("# c\n", "  # comment\n", ""), ("[[[[", "[]", ""),
    ])
    func longTextsEnd(start: String, piece: String, end: String) {
        _ = refusal(start + String(repeating: piece, count: Effort.pick(2_000_000, long: 10_000_000) / piece.utf8.count) + end)
    }

    @Test func anyBytesAreAnsweredTo() {
        for seed in 0..<3_000 {
            var random = YAMLGenerator(seed: UInt64(seed))
            _ = refusal(random.bytes())
            // Every beginning of a text, too.
            let text = Array(random.document().utf8)
            _ = refusal(String(decoding: text.prefix(random.number(text.count + 1)), as: UTF8.self))
        }
    }
}
