import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionTextTests {
    private func text(_ name: String, _ arguments: Any...) throws -> String? {
        try Expr.shown(Expr.call(name, arguments.map(expression), .text))
    }
    private func int(_ name: String, _ arguments: Any...) throws -> Int? {
        let type = LogicalType.number(precision: 18, scale: 0)
        guard case .integer(let value) = try Expr.value(Expr.call(name, arguments.map(expression),
            type)) else { return nil }
        return Int(value)
    }
    private func bool(_ name: String, _ arguments: Any...) throws -> Bool? {
        guard case .boolean(let value) = try Expr.value(Expr.call(name, arguments.map(expression), .boolean))
        else { return nil }
        return value
    }
    private func expression(_ value: Any) -> BoundExpression {
        switch value {
        case let value as String: Expr.text(value)
        case let value as Int: Expr.int(value)
        case let value as BoundExpression: value
        default: Expr.null(.text)
        }
    }

    @Test func caseOfLetters() throws {
        #expect(try text("UPPER", "straße é") == "STRASSE É")
        #expect(try text("LOWER", "ÄBC") == "äbc")
        #expect(try text("INITCAP", "the (a.k.a. quick) fox") == "The (A.K.A. Quick) Fox")
        #expect(try text("INITCAP", "iqamqinterestedqinqthisqtopic", "q") == "IqAmqInterestedqInqThisqTopic")
        #expect(try text("REVERSE", "aé漢") == "漢éa")
        #expect(try text("UPPER", Expr.null(.text)) == nil)
    }

    @Test func trims() throws {
        #expect(try text("TRIM", "  a b\t ") == "a b\t")
        #expect(try text("LTRIM", "  a ") == "a ")
        #expect(try text("RTRIM", "  a ") == "  a")
        #expect(try text("TRIM", "*-*ABC-*-", "*-") == "ABC")
        #expect(try text("LTRIM", "#000000123", "0#") == "123")
        #expect(try text("RTRIM", "$125.00", "0.") == "$125")
        #expect(try text("TRIM", "ééaé", "é") == "a")
        #expect(try text("TRIM", "abc", "") == "abc")
    }

    @Test func partsOfText() throws {
        #expect(try text("SUBSTR", "mystring", 3, 2) == "st")
        #expect(try text("SUBSTR", "mystring", 0, 2) == "my")
        #expect(try text("SUBSTR", "mystring", -3) == "ing")
        #expect(try text("SUBSTR", "mystring", -3, 2) == "in")
        #expect(try text("SUBSTR", "mystring", -10) == "")
        #expect(try text("SUBSTR", "mystring", 2, -1) == "")
        #expect(try text("SUBSTR", "mystring", 9) == "")
        #expect(try text("SUBSTR", "aé漢b", 2, 2) == "é漢")
        #expect(try text("LEFT", "ABCDEF", 3) == "ABC")
        #expect(try text("RIGHT", "aé漢", 2) == "é漢")
        #expect(try text("RIGHT", "ABC", -1) == "")
        #expect(try text("LEFT", "é", 5) == "é")
    }

    @Test func splitPart() throws {
        #expect(try text("SPLIT_PART", "127.0.0.1", ".", 1) == "127")
        #expect(try text("SPLIT_PART", "127.0.0.1", ".", 0) == "127")
        #expect(try text("SPLIT_PART", "127.0.0.1", ".", -1) == "1")
        #expect(try text("SPLIT_PART", "|a|b|c|", "|", 1) == "")
        #expect(try text("SPLIT_PART", "|a|b|c|", "|", 2) == "a")
        #expect(try text("SPLIT_PART", "|a|b|c|", "|", 6) == "")
        #expect(try text("SPLIT_PART", "aaa--bbb-BBB--ccc", "--", 2) == "bbb-BBB")
        #expect(try text("SPLIT_PART", "abc", "", 1) == "abc")
        #expect(try text("SPLIT_PART", "abc", "", 2) == "")
    }

    @Test func splits() throws {
        let s = TestColumn(1, .text, ["a,b,,c", "", ",", "x"].map { .bytes(Array($0.utf8)) } + [.null])
        let split = Expr.call("SPLIT", [s.expression, Expr.text(",")], .array(element: .text))
        let shown = ["a|b||c", "", "|", "x"].map { ScalarValue.bytes(Array($0.utf8)) } + [.null]
        for form in TestColumn.Form.allCases { #expect(try Expr.rows(split, [s], form: form) == shown) }
    }

    @Test func searching() throws {
        #expect(try int("POSITION", "an", "banana", 1) == 2)
        #expect(try int("POSITION", "an", "banana", 3) == 4)
        #expect(try int("POSITION", "abc", "banana", 1) == 0)
        #expect(try int("POSITION", "漢", "aé漢", 1) == 3)
        #expect(try int("POSITION", "", "abc", 1) == 1)
        #expect(try bool("CONTAINS", "ice tea", "te") == true)
        #expect(try bool("STARTSWITH", "ice tea", "ice") == true)
        #expect(try bool("ENDSWITH", "ice tea", "tea") == true)
        #expect(try bool("ENDSWITH", "a", "aa") == false)
        #expect(try bool("LIKE", "John Dddoe", "J%h%do%") == true)
        #expect(try bool("LIKE", "100 times", "100%", "^") == true)
        #expect(try bool("LIKE", "100%", "100^%", "^") == true)
        #expect(try bool("LIKE", "100x", "100^%", "^") == false)
        #expect(try bool("ILIKE", "JOHN", "jo_n") == true)
    }

    @Test func building() throws {
        #expect(try text("CONCAT", "a", "", "bc") == "abc")
        #expect(try text("CONCAT", "a", Expr.null(.text)) == nil)
        #expect(try text("CONCAT_WS", ",", "one", "two", "three") == "one,two,three")
        #expect(try text("REPLACE", "down down up", "down", "up") == "up up up")
        #expect(try text("REPLACE", "abcd", "bc", "") == "ad")
        #expect(try text("REPLACE", "abc", "", "x") == "abc")
        #expect(try text("REPEAT", "xy", 5) == "xyxyxyxyxy")
        #expect(try text("REPEAT", "xy", -1) == "")
        #expect(Expr.errorCode(Expr.call("REPEAT", [Expr.text("xy"), Expr.int(1 << 60)], .text)) == "100078")
        #expect(try text("LPAD", "123.50", 19, "*_") == "*_*_*_*_*_*_*123.50")
        #expect(try text("RPAD", "hi", 5, "é") == "hiééé")
        #expect(try text("LPAD", "hello", 3, " ") == "hel")
        #expect(try text("LPAD", "hi", 5, "") == "hi")
        #expect(try text("TRANSLATE", "❄a❄bcd", "❄abcd", "*AB") == "*A*B")
        #expect(try text("CHR", 8364) == "€")
        #expect(try text("INSERT", "abcdef", 3, 2, "zzz") == "abzzzef")
        #expect(try text("INSERT", "abc", 4, 0, "Z") == "abcZ")
        #expect(try text("SPACE", 3) == "   ")
    }

    @Test func tokens() throws {
        #expect(try text("STRTOK", "a b c", " ", 1) == "a")
        #expect(try text("STRTOK", "user@snowflake.com", "@.", 2) == "snowflake")
        #expect(try text("STRTOK", "a.b.c", ".", 4) == nil)
        #expect(try text("STRTOK", "..a..b", ".", 2) == "b")
        #expect(try text("STRTOK", "a.b", "", 1) == "a.b")
        #expect(try text("STRTOK", "", "", 1) == nil)
        #expect(Expr.errorCode(Expr.call("STRTOK", [Expr.text("a"), Expr.text("."), Expr.int(0)], .text)) != nil)
        func json(_ name: String, _ arguments: [BoundExpression], _ type: LogicalType) throws -> String? {
            let value = Expr.cast(Expr.call(name, arguments, type), .variant)
            return try Expr.shown(Expr.call("TO_JSON", [value], .text))
        }
        #expect(try json("STRTOK_TO_ARRAY", [Expr.text("a.b,c"), Expr.text(".,")], .array(element: nil))
            == #"["a","b","c"]"#)
        #expect(try json("PARSE_URL", [Expr.text("https://www.x.com:80/p/q?a=1&b=#top"), Expr.int(0)], .object)
            == #"{"fragment":"top","host":"www.x.com","parameters":{"a":"1","b":""},"path":"p/q","port":"80","#
            + #""query":"a=1&b=","scheme":"https"}"#)
        #expect(try json("PARSE_URL", [Expr.text("https://www.snowflake.com/"), Expr.int(0)], .object)
            == #"{"fragment":null,"host":"www.snowflake.com","parameters":null,"path":"","port":null,"query":null,"#
            + #""scheme":"https"}"#)
    }

    @Test func generatedValues() throws {
        let n = TestColumn(1, .integer, (0..<500).map { .integer($0) })
        let uniform = Expr.call("UNIFORM", [Expr.int(-2), Expr.int(3), n.expression], .integer)
        let found = Set(try Expr.rows(uniform, [n]))
        #expect(found == Set((-2...3).map { .integer(Int128($0)) }))
        let floats = try Expr.rows(Expr.call("UNIFORM", [Expr.float(0), Expr.float(1), n.expression], .float), [n])
        #expect(floats.allSatisfy { if case .double(let x) = $0 { x >= 0 && x < 1 } else { false } })
        let normal = try Expr.rows(Expr.call("NORMAL", [Expr.float(10), Expr.float(2), n.expression], .float), [n])
        let sum = normal.reduce(0.0) { if case .double(let x) = $1 { $0 + x } else { $0 } }
        #expect(abs(sum / 500 - 10) < 0.5)
        #expect(try text("RANDSTR", 12, 3)?.count == 12)
    }

    @Test func measuring() throws {
        #expect(try int("LENGTH", "aé漢") == 3)
        #expect(try int("OCTET_LENGTH", "aé漢") == 6)
        #expect(try int("BIT_LENGTH", "abc") == 24)
        #expect(try int("ASCII", "!") == 33)
        #expect(try int("ASCII", "") == 0)
        #expect(try int("UNICODE", "❄") == 10052)
    }

    /// The documentation's examples.
    @Test func likenessOfTexts() throws {
        #expect(try text("SOUNDEX", "Marks") == "M620")
        #expect(try text("SOUNDEX", "Marx") == "M620")
        #expect(try text("SOUNDEX", "Tymczak") == "T522")
        #expect(try text("SOUNDEX", "Ashcraft") == "A261")
        let pairs = [("Snowflake", "Oracle", 61), ("Ich weiß nicht", "Ich wei? nicht", 97),
                     ("Gute nacht", "Ich weis nicht", 56), ("święta", "swieta", 77), ("", "", 0), ("test", "test", 100)]
        for (a, b, expected) in pairs { #expect(try int("JAROWINKLER_SIMILARITY", a, b) == expected) }
        let distances = [("future", "past", 6), ("past", "past", 0), ("Gute nacht", "Ich weis nicht", 8),
                         ("Ich weiß nicht", "Ich wei? nicht", 1), ("", "abc", 3)]
        for (a, b, expected) in distances { #expect(try int("EDITDISTANCE", a, b) == expected) }
        #expect(try int("EDITDISTANCE", "future", "past", 3) == 3)
    }
}
