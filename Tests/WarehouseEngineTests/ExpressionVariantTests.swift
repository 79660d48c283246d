import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionVariantTests {
    private let array = LogicalType.array(element: nil)

    private func json(_ text: String) -> BoundExpression { Expr.call("PARSE_JSON", [Expr.text(text)], .variant) }
    private func list(_ text: String) -> BoundExpression { Expr.cast(json(text), array) }
    private func object(_ text: String) -> BoundExpression { Expr.cast(json(text), .object) }
    private func variant(_ value: BoundExpression) -> BoundExpression { Expr.cast(value, .variant) }

    /// The JSON text of a semi-structured value; nil for NULL.
    private func shown(_ value: BoundExpression) throws -> String? {
        try Expr.shown(Expr.call("TO_JSON", [Expr.cast(value, .variant)], .text))
    }
    private func call(_ name: String, _ arguments: [BoundExpression], _ type: LogicalType) throws -> String? {
        try shown(Expr.call(name, arguments, type))
    }

    @Test func json() throws {
        #expect(try shown(json(" {\"b\": [1, 2.50, \"x\"], \"a\": null} ")) == #"{"a":null,"b":[1,2.5,"x"]}"#)
        #expect(try shown(json("")) == nil)
        #expect(Expr.errorCode(json("{")) == "100069")
        #expect(try shown(Expr.call("TRY_PARSE_JSON", [Expr.text("{")], .variant)) == nil)
        #expect(try Expr.shown(Expr.call("CHECK_JSON", [Expr.text("[1]")], .text)) == nil)
        #expect(try Expr.shown(Expr.call("CHECK_JSON", [Expr.text("[1")], .text)) != nil)
        #expect(try shown(Expr.int(5)) == "5")
        #expect(try shown(Expr.number("1.50")) == "1.5")
        #expect(try shown(Expr.date("2024-01-02")) == "\"2024-01-02\"")
        #expect(try shown(Expr.bool(true)) == "true")
        #expect(try shown(Expr.null(.text)) == nil)
    }

    @Test func castsToScalars() throws {
        func cast(_ text: String, _ type: LogicalType) throws -> String? { try Expr.shown(Expr.cast(json(text), type)) }
        #expect(try cast("\"abc\"", .text) == "abc")
        #expect(try cast("12.5", .integer) == "13")
        #expect(try cast("\"12.5\"", .number(precision: 5, scale: 1)) == "12.5")
        #expect(try cast("true", .integer) == "1")
        #expect(try cast("null", .integer) == nil)
        #expect(try cast("{\"a\":1}", .text) == #"{"a":1}"#)
        #expect(try cast("\"yes\"", .boolean) == "true")
        #expect(try cast("0", .boolean) == "false")
        #expect(try cast("\"2024-02-29\"", .date) == "2024-02-29")
        #expect(try cast("\"2024-02-29 10:00:00\"", .timestampNTZ(scale: 9)) == "2024-02-29 10:00:00.000")
        // A moment on the clock of the session's zone, America/Los_Angeles.
        #expect(try cast("0", .timestampNTZ(scale: 0)) == "1969-12-31 16:00:00.000")
        #expect(try cast("1.5", .float) == "1.5")
        #expect(Expr.errorCode(Expr.cast(json("\"abc\""), .integer)) == "100071")
        #expect(Expr.errorCode(Expr.cast(json("[1]"), .date)) == "100071")
        #expect(try Expr.value(Expr.cast(json("\"abc\""), .integer, isTry: true)) == .null)
        #expect(Expr.errorCode(Expr.cast(json("\"abcd\""), .varchar(length: 3))) == "100078")
        let ltz = Expr.cast(variant(Expr.cast(Expr.ntz("2024-01-01 12:00:00"), .timestampLTZ(scale: 9))),
            .timestampNTZ(scale: 9))
        #expect(try Expr.shown(ltz) == "2024-01-01 12:00:00.000")
        #expect(try shown(Expr.cast(json("5"), array)) == "[5]")
        #expect(try shown(Expr.cast(Expr.text("x"), array)) == "[\"x\"]")
        #expect(Expr.errorCode(Expr.cast(json("[1]"), .object)) == "100071")
        #expect(try Expr.shown(Expr.cast(list("[1,\"a\"]"), .text)) == #"[1,"a"]"#)
    }

    @Test func paths() throws {
        let document = json(#"{"a": {"b": [10, {"odd key": "x"}, null]}, "A": 1}"#)
        func path(_ text: String) throws -> String? { try call("GET_PATH", [document, Expr.text(text)], .variant) }
        #expect(try path("a.b[0]") == "10")
        #expect(try path("a.b[1][\"odd key\"]") == "\"x\"")
        #expect(try path("a.b[2]") == "null")
        #expect(try path("a.b[3]") == nil)
        #expect(try path("a.x.y") == nil)
        #expect(try path("A") == "1")
        #expect(Expr.errorCode(Expr.call("GET_PATH", [document, Expr.text("a[")], .variant)) != nil)
        #expect(try call("GET", [document, Expr.text("A")], .variant) == "1")
        #expect(try call("GET_IGNORE_CASE", [json("{\"Key\":7}"), Expr.text("KEY")], .variant) == "7")
        #expect(try call("GET", [list("[1,[2]]"), Expr.int(1)], .variant) == "[2]")
        #expect(try call("GET", [list("[1]"), Expr.int(-1)], .variant) == nil)
        #expect(try call("GET", [json("\"text\""), Expr.int(0)], .variant) == nil)
        let split = Expr.call("SPLIT", [Expr.text("a-b"), Expr.text("-")], .array(element: .text))
        #expect(try Expr.shown(Expr.call("GET", [split, Expr.int(1)], .text)) == "b")
        #expect(try Expr.shown(Expr.call("GET", [split, Expr.int(2)], .text)) == nil)
    }

    @Test func kinds() throws {
        func type(_ value: BoundExpression) throws -> String? { try Expr.shown(Expr.call("TYPEOF", [variant(value)],
            .text)) }
        #expect(try type(json("1")) == "INTEGER")
        #expect(try type(json("1.5")) == "DECIMAL")
        #expect(try type(json("1e300")) == "DOUBLE")
        #expect(try type(json("null")) == "NULL_VALUE")
        #expect(try type(json("\"x\"")) == "VARCHAR")
        #expect(try type(list("[]")) == "ARRAY")
        func test(_ name: String, _ text: String) throws -> ScalarValue { try Expr.value(Expr.call(name, [json(text)],
            .boolean)) }
        let t = ScalarValue.boolean(true), f = ScalarValue.boolean(false)
        #expect(try [test("IS_INTEGER", "1"), test("IS_INTEGER", "1.5"), test("IS_DECIMAL", "1"), test("IS_DOUBLE",
            "1")] == [t, f, t, t])
        #expect(try [test("IS_NULL_VALUE", "null"), test("IS_NULL_VALUE", "1"), test("IS_ARRAY", "[]"),
            test("IS_OBJECT", "{}")] == [t, f, t, t])
        #expect(try Expr.value(Expr.call("AS_INTEGER", [json("\"5\"")], .integer)) == .null)
        #expect(try Expr.value(Expr.call("AS_INTEGER", [json("5")], .integer)) == .integer(5))
        #expect(try Expr.value(Expr.call("AS_INTEGER", [json("5.5")], .integer)) == .null)
        #expect(try Expr.shown(Expr.call("AS_DECIMAL", [json("5.5")], .number(precision: 38, scale: 0))) == "6")
        #expect(try Expr.value(Expr.call("AS_VARCHAR", [json("5")], .text)) == .null)
        #expect(try Expr.value(Expr.call("STRIP_NULL_VALUE", [json("null")], .variant)) == .null)
    }

    @Test func arrays() throws {
        let numbers = list("[0,1,2,3,4,5,6]")
        #expect(try call("ARRAY_CONSTRUCT", [variant(Expr.int(1)), Expr.null(.variant), variant(Expr.text("a"))], array)
            == #"[1,undefined,"a"]"#)
        #expect(try call("ARRAY_CONSTRUCT_COMPACT", [variant(Expr.int(1)), Expr.null(.variant)], array) == "[1]")
        #expect(try call("ARRAY_CONSTRUCT", [], array) == "[]")
        #expect(try call("ARRAY_SLICE", [numbers, Expr.int(0), Expr.int(2)], array) == "[0,1]")
        #expect(try call("ARRAY_SLICE", [numbers, Expr.int(0), Expr.int(-2)], array) == "[0,1,2,3,4]")
        #expect(try call("ARRAY_SLICE", [numbers, Expr.int(10), Expr.int(12)], array) == "[]")
        #expect(try call("ARRAY_APPEND", [list("[1]"), variant(Expr.text("x"))], array) == #"[1,"x"]"#)
        #expect(try call("ARRAY_PREPEND", [list("[1]"), Expr.null(.variant)], array) == "[undefined,1]")
        #expect(try call("ARRAY_INSERT", [list("[0,1,2,3]"), Expr.int(2), variant(Expr.text("h"))], array)
            == #"[0,1,"h",2,3]"#)
        #expect(try call("ARRAY_INSERT", [list("[0,1,2,3]"), Expr.int(-1), variant(Expr.text("h"))], array)
            == #"[0,1,2,"h",3]"#)
        #expect(try call("ARRAY_INSERT", [list("[0]"), Expr.int(3), variant(Expr.text("h"))], array)
            == #"[0,undefined,undefined,"h"]"#)
        #expect(try call("ARRAY_CAT", [list("[1,2]"), list("[3]")], array) == "[1,2,3]")
        #expect(try call("ARRAY_COMPACT", [list("[1,null,2]")], array) == "[1,2]")
        #expect(try call("ARRAY_DISTINCT", [list(#"["A","A","B",1,1.0,null,null]"#)], array) == #"["A","B",1,null]"#)
        #expect(try call("ARRAY_INTERSECTION", [list("[1,1,2,3]"), list("[1,1,1,3]")], array) == "[1,1,3]")
        #expect(try call("ARRAY_EXCEPT", [list("[1,1,2,3]"), list("[1,3]")], array) == "[1,2]")
        #expect(try call("ARRAY_FLATTEN", [list("[[1,[2]],[3]]")], array) == "[1,[2],3]")
        #expect(try call("ARRAY_FLATTEN", [list("[[1],null]")], array) == nil)
        #expect(try call("ARRAY_REVERSE", [list("[1,2]")], array) == "[2,1]")
        #expect(try call("ARRAY_REMOVE", [list("[1,5,1]"), variant(Expr.int(1))], array) == "[5]")
        #expect(try call("ARRAY_SORT", [list("[20,0,10]"), Expr.bool(true), Expr.bool(false)], array) == "[0,10,20]")
        #expect(try call("ARRAY_SORT", [list("[20,0,10]"), Expr.bool(false), Expr.bool(false)], array) == "[20,10,0]")
        #expect(try call("ARRAY_MIN", [list("[20,null,10]")], .variant) == "10")
        #expect(try call("ARRAY_MAX", [list("[]")], .variant) == nil)
        #expect(try call("ARRAY_GENERATE_RANGE", [Expr.int(5), Expr.int(25), Expr.int(10)], array) == "[5,15]")
        #expect(try call("ARRAY_GENERATE_RANGE", [Expr.int(2), Expr.int(0), Expr.int(-1)], array) == "[2,1]")
        #expect(try Expr.shown(Expr.call("ARRAY_TO_STRING", [list(#"["a",1,null,[2]]"#), Expr.text(", ")], .text))
            == "a, 1, , [2]")
        #expect(try call("ARRAY_REMOVE_AT", [list("[2,5,7]"), Expr.int(1)], array) == "[2,7]")
        #expect(try call("ARRAY_REMOVE_AT", [list("[2,5,7]"), Expr.int(-1)], array) == "[2,5]")
        #expect(try call("ARRAY_REMOVE_AT", [list("[2]"), Expr.int(9)], array) == "[2]")
        #expect(try call("ARRAYS_ZIP", [list("[1,2]"), list("[\"a\"]")], array) == #"[{"$1":1,"$2":"a"},{"$1":2,"$2":null}]"#)
        #expect(try call("ARRAYS_TO_OBJECT", [list(#"["k","l"]"#), list("[1,null]")], .object) == #"{"k":1,"l":null}"#)
        let split = Expr.call("SPLIT", [Expr.text("a|b"), Expr.text("|")], .array(element: .text))
        #expect(try Expr.shown(Expr.call("ARRAY_TO_STRING", [split, Expr.text("-")], .text)) == "a-b")
        #expect(try Expr.value(Expr.call("ARRAY_SIZE", [split], .integer)) == .integer(2))
        #expect(try Expr.value(Expr.call("ARRAY_SIZE", [json("{}")], .integer)) == .null)
        #expect(try Expr.value(Expr.call("ARRAY_CONTAINS", [variant(Expr.text("b")), Expr.cast(split, array)],
            .boolean)) == .boolean(true))
        #expect(try Expr.value(Expr.call("ARRAY_POSITION", [variant(Expr.int(3)), numbers], .integer)) == .integer(3))
        #expect(try Expr.value(Expr.call("ARRAYS_OVERLAP", [numbers, list("[9,6]")], .boolean)) == .boolean(true))
    }

    @Test func objects() throws {
        let pair = [Expr.text("b"), variant(Expr.int(2)), Expr.text("a"), Expr.null(.variant), Expr.null(.text),
            variant(Expr.int(1))]
        #expect(try call("OBJECT_CONSTRUCT", pair, .object) == #"{"b":2}"#)
        #expect(try call("OBJECT_CONSTRUCT_KEEP_NULL", pair, .object) == #"{"a":null,"b":2}"#)
        #expect(try call("OBJECT_KEYS", [object("{\"b\":1,\"a\":2}")], array) == #"["a","b"]"#)
        let base = object("{\"a\":1}")
        #expect(try call("OBJECT_INSERT", [base, Expr.text("b"), variant(Expr.int(2)), Expr.bool(false)], .object)
            == #"{"a":1,"b":2}"#)
        #expect(try call("OBJECT_INSERT", [base, Expr.text("a"), variant(Expr.int(2)), Expr.bool(true)], .object)
            == #"{"a":2}"#)
        #expect(Expr.errorCode(Expr.call("OBJECT_INSERT", [base, Expr.text("a"), variant(Expr.int(2)),
            Expr.bool(false)], .object)) != nil)
        let three = object("{\"a\":1,\"b\":2,\"c\":3}")
        #expect(try call("OBJECT_DELETE", [three, Expr.text("a"), Expr.text("x")], .object) == #"{"b":2,"c":3}"#)
        #expect(try call("OBJECT_PICK", [three, Expr.text("a"), Expr.text("c")], .object) == #"{"a":1,"c":3}"#)
    }

    @Test func comparison() throws {
        func holds(_ op: ComparisonOperator, _ a: String, _ b: String) throws -> ScalarValue {
            try Expr.value(.comparison(op, json(a), json(b)))
        }
        #expect(try holds(.equal, "1", "1.0") == .boolean(true))
        #expect(try holds(.less, "2", "10") == .boolean(true))
        #expect(try holds(.equal, "[1,2]", "[1,2]") == .boolean(true))
        #expect(try holds(.equal, "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}") == .boolean(true))
        #expect(try Expr.value(.inList(json("\"x\""), [json("1"), json("\"x\"")], negated: false)) == .boolean(true))
    }

    @Test func columns() throws {
        let texts = TestColumn(1, .text, ["[1,2]", "{\"a\":5}", "null", "7"].map { .bytes(Array($0.utf8)) } + [.null])
        let parsed = Expr.call("PARSE_JSON", [texts.expression], .variant)
        for form in TestColumn.Form.allCases {
            let sizes = Expr.call("ARRAY_SIZE", [parsed], .integer)
            #expect(try Expr.rows(sizes, [texts], form: form) == [.integer(2), .null, .null, .null, .null])
            let a = Expr.cast(Expr.call("GET_PATH", [parsed, Expr.text("a")], .variant), .integer)
            #expect(try Expr.rows(a, [texts], form: form) == [.null, .integer(5), .null, .null, .null])
            let guarded = BoundExpression.caseWhen(
                [.init(condition: Expr.call("IS_INTEGER", [parsed], .boolean), value: Expr.cast(parsed, .integer))],
                otherwise: Expr.null(.integer), .integer)
            #expect(try Expr.rows(guarded, [texts], form: form) == [.null, .null, .null, .integer(7), .null])
        }
    }

    /// Lists pass through CASE and COALESCE, row by row.
    @Test func listsByRow() throws {
        let s = TestColumn(1, .text, ["a,b", "c", "d,e,f", "g"].map { .bytes(Array($0.utf8)) } + [.null])
        let n = TestColumn(2, .integer, [1, 2, 3, 4, 5].map { .integer($0) })
        let type = LogicalType.array(element: .text)
        let commas = Expr.call("SPLIT", [s.expression, Expr.text(",")], type)
        let whole = Expr.call("SPLIT", [s.expression, Expr.text("")], type)
        let odd = BoundExpression.comparison(.equal, Expr.call("MOD", [n.expression, Expr.int(2)], .integer),
            Expr.int(1))
        let choice = BoundExpression.caseWhen([.init(condition: odd, value: commas)], otherwise: whole, type)
        let texts = ["a|b", "c", "d|e|f", "g"].map { ScalarValue.bytes(Array($0.utf8)) }
        for form in TestColumn.Form.allCases {
            #expect(try Expr.rows(choice, [s, n], form: form) == texts + [.null])
            let filled = Expr.call("COALESCE", [choice, Expr.call("SPLIT", [Expr.text("x,y"), Expr.text(",")], type)],
                type)
            #expect(try Expr.rows(filled, [s, n], form: form) == texts + [.bytes(Array("x|y".utf8))])
        }
    }

    @Test func regularExpressions() throws {
        func text(_ name: String, _ arguments: BoundExpression...) throws -> String? {
            try Expr.shown(Expr.call(name, arguments, .text))
        }
        func sub(_ s: String, _ p: String, _ position: Int = 1, _ occurrence: Int = 1, _ parameters: String = "c",
            _ group: Int = 0)
            throws -> String? {
            try text("REGEXP_SUBSTR", Expr.text(s), Expr.text(p), Expr.int(position), Expr.int(occurrence),
                     Expr.text(parameters), Expr.int(group))
        }
        #expect(try sub("It was the best of times, it was the worst of times.", #"the\W+\w+"#) == "the best")
        #expect(try sub("It was the best of times, it was the worst of times.", #"the\W+\w+"#, 1, 2) == "the worst")
        #expect(try sub("It was the best of times, it was the worst of times.", #"the\W+(\w+)"#, 1, 2, "e", 1)
            == "worst")
        #expect(try sub("Toy Story (1995)", #"\((\d{4})\)$"#, 1, 1, "e", 1) == "1995")
        #expect(try sub("abc", "x") == nil)
        #expect(try sub("ABC", "b", 1, 1, "i") == "B")
        #expect(try sub("é1é2", #"\d"#, 3) == "2")
        func like(_ s: String, _ p: String, _ parameters: String = "c") throws -> ScalarValue {
            try Expr.value(Expr.call("REGEXP_LIKE", [Expr.text(s), Expr.text(p), Expr.text(parameters)], .boolean))
        }
        #expect(try like("Sacramento", "San.*") == .boolean(false))
        #expect(try like("San Jose", "SAN.*", "i") == .boolean(true))
        #expect(try like("San Jose", "San") == .boolean(false))
        func replace(_ s: String, _ p: String, _ r: String, _ position: Int = 1,
            _ occurrence: Int = 0) throws -> String? {
            try text("REGEXP_REPLACE", Expr.text(s), Expr.text(p), Expr.text(r), Expr.int(position),
                Expr.int(occurrence), Expr.text("c"))
        }
        #expect(try replace("It was the best of times, it was the worst of times", "( ){1,}", "")
            == "Itwasthebestoftimes,itwastheworstoftimes")
        #expect(try replace("firstname middlename lastname", "(.*) (.*) (.*)", #"\3, \1 \2"#)
            == "lastname, firstname middlename")
        #expect(try replace("times times", "times", "days", 1, 2) == "times days")
        #expect(try replace("abc", "", "-") == "-a-b-c-")
        func count(_ s: String, _ p: String) throws -> ScalarValue {
            try Expr.value(Expr.call("REGEXP_COUNT", [Expr.text(s), Expr.text(p), Expr.int(1), Expr.text("c")],
                .integer))
        }
        #expect(try count("It was the best of times, it was the worst of times", #"\bwas\b"#) == .integer(2))
        func place(_ occurrence: Int, _ option: Int) throws -> ScalarValue {
            try Expr.value(Expr.call("REGEXP_INSTR", [Expr.text("nevermore1, nevermore2"), Expr.text(#"nevermore\d"#),
                Expr.int(1),
                                                      Expr.int(occurrence), Expr.int(option), Expr.text("c"),
                                                          Expr.int(0)], .integer))
        }
        #expect(try [place(1, 0), place(1, 1), place(2, 0), place(3, 0)] == [1, 11, 13, 0].map { .integer($0) })
        let all = Expr.call("REGEXP_SUBSTR_ALL", [Expr.text("a1_a2a3"), Expr.text("a[[:digit:]]"), Expr.int(1),
            Expr.int(2),
                                                  Expr.text("c"), Expr.int(0)], array)
        #expect(try shown(all) == #"["a2","a3"]"#)
        #expect(Expr.errorCode(Expr.call("REGEXP_LIKE", [Expr.text("a"), Expr.text("("), Expr.text("c")],
            .boolean)) != nil)
    }
}
