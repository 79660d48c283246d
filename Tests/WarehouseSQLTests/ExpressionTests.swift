import Testing
import WarehouseBasics
import WarehouseSQL

@Suite struct ExpressionTests {
    /// The tree with every operator in parentheses, so that the grouping can be read.
    private func grouped(_ text: String) throws -> String {
        func show(_ expression: Expression) -> String {
            switch expression.kind {
            case .binary(let symbol, let left, let right): "(\(show(left)) \(symbol.rawValue) \(show(right)))"
            case .unary(let symbol, let operand): "(\(symbol.rawValue) \(show(operand)))"
            case .logical(let symbol, let operands):
                "(" + operands.map(show).joined(separator: " \(symbol.rawValue) ") + ")"
            case .concatenation(let operands): "(" + operands.map(show).joined(separator: " || ") + ")"
            case .cast(let cast): "(\(show(cast.operand))::\(cast.type.name))"
            case .isNull(let operand, _): "(\(show(operand)) IS NULL)"
            case .between(let x, let low, let high, _): "(\(show(x)) BETWEEN \(show(low)) AND \(show(high)))"
            case .path(let base, let steps): "(\(show(base)):\(steps.count))"
            default: SQLPrinter().print(expression)
            }
        }
        return show(try Parser.parseExpression(text))
    }

    @Test(arguments: [
        ("a or b and not c = d", "(A OR (B AND (NOT (C = D))))"),
        ("not a is null or b", "((NOT (A IS NULL)) OR B)"),
        ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"), ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("8 / 4 / 2 % 3", "(((8 / 4) / 2) % 3)"),
        ("-a::int", "(- (A::INT))"), ("-a * b", "((- A) * B)"), ("- - a", "(- (- A))"),
        ("a || b + 1 || c", "(A || (B + 1) || C)"), ("a = b || c", "(A = (B || C))"),
        ("a between 1 and 2 and b", "((A BETWEEN 1 AND 2) AND B)"),
        ("a between 1 + 1 and 2 * 2 or c", "((A BETWEEN (1 + 1) AND (2 * 2)) OR C)"),
        ("v:a.b::int + 1", "(((V:2)::INT) + 1)"), ("a < b = c", "((A < B) = C)"),
        ("a and (b and c) and d", "(A AND B AND C AND D)"),
        ("a is not distinct from b and c", "((A IS NOT DISTINCT FROM B) AND C)"),
        ("not not a", "(NOT (NOT A))"), ("a != b", "(A <> B)"),
    ])
    func precedence(_ text: String, _ wanted: String) throws {
        #expect(try grouped(text) == wanted)
    }

    @Test func equalityIgnoresPlacesAndSpelling() throws {
        let first = try Parser.parseExpression("sum( a.\"B\" ::int )")
        let second = try Parser.parseExpression("SUM(CAST(A.b AS INT))")
        #expect(first == second)
        #expect(first.hashValue == second.hashValue)
        #expect(first != (try Parser.parseExpression("SUM(A.\"b\"::INT)")))
    }

    @Test(arguments: [
        (#"'it''s'"#, "it's"), (#"'a\'b'"#, "a'b"), (#"'\t\n\r\b\f\0\\'"#, "\t\n\r\u{8}\u{c}\0\\"),
        (#"'\x41\u00e9\101\q'"#, "Aé" + "Aq"), (#"'\ud83d\ude00'"#, "😀"), (#"'\ud83d'"#, "\u{FFFD}"),
        ("$$a'\\n$$", "a'\\n"),
        ("'é\n'", "é\n"), ("''", ""),
    ])
    func strings(_ text: String, _ wanted: String) throws {
        #expect(try Parser.parseExpression(text).kind == .literal(.string(wanted)))
    }

    @Test(arguments: ["1", "1.50", ".5", "1.", "1e10", "1.5E-3",
                      "00012345678901234567890123456789012345678901234567890"])
    func numbersKeepTheirText(_ text: String) throws {
        #expect(try Parser.parseExpression(text).kind == .literal(.number(text)))
    }

    @Test func spansCountScalarsFromOne() throws {
        let text = "select 'é☃',\n  foo(bar) from t"
        let query = try Parser.parseQuery(text)
        guard case .select(let select) = query.body, case .expression(let item) = select.items[1],
              case .function(let call) = item.expression.kind, case .expression(let argument) = call.arguments[0]
        else {
            Issue.record("unexpected tree")
            return
        }
        #expect(argument.span.line == 2)
        #expect(argument.span.column == 7)
        let bytes = Array(text.utf8)[argument.span.startOffset..<argument.span.endOffset]
        #expect(String(decoding: bytes, as: UTF8.self) == "bar")
    }

    @Test(arguments: [
        ("count(*)", "COUNT(*)"), ("1", "1"), ("sum(a)", "SUM(A)"), ("a + 1", "A + 1"), ("a+1", "A+1"), ("'x'", "'X'"),
        ("t.\"Mixed\"", "Mixed"), ("a.b.c", "C"), ("src:dealership", "SRC:DEALERSHIP"), ("$1", "$1"), ("t.$2", "$2"),
        ("a /* c */ +\n  b", "A + B"), ("sum(a) over (partition by b)", "SUM(A) OVER (PARTITION BY B)"),
        ("a::int", "A::INT"), ("current_date", "CURRENT_DATE"), ("c as \"x y\"", "x y"), ("(a)", "A"),
    ])
    func columnNames(_ text: String, _ wanted: String) throws {
        guard case .select(let select) = try Parser.parseQuery("select " + text).body,
              case .expression(let item) = select.items[0]
        else {
            Issue.record("unexpected tree")
            return
        }
        #expect(item.columnName == wanted)
    }

    @Test func keywordsStandAsNames() throws {
        for word in ["timestamp", "date", "year", "tag", "value", "index", "key", "type", "role", "comment", "name",
                     "rank", "month", "count", "first", "last", "number", "position", "status", "user", "limit",
                     "offset", "window", "replace", "exclude", "top", "stage", "file", "format", "text", "time"] {
            for text in ["select \(word) from t", "select t.\(word), a as \(word) from t where \(word) = 1",
                         "create table \(word) (\(word) int)", "select a \(word), b from t order by \(word)",
                         "with \(word) as (select 1) select * from \(word) as \(word)"] {
                do {
                    let statement = try Parser.parseStatement(text).statement
                    #expect(try Parser.parseStatement(SQLPrinter().print(statement)).statement == statement)
                } catch {
                    Issue.record("\(text): \(error)")
                }
            }
        }
    }

    @Test func reservedWordsDoNot() {
        for word in ["select", "from", "where", "group", "order", "table", "and", "not", "null", "values", "union"] {
            #expect(throws: WarehouseError.self) { try Parser.parseStatement("select a as \(word) from t") }
            #expect(throws: WarehouseError.self) { try Parser.parseStatement("create table \(word) (a int)") }
        }
    }

    @Test func parametersAreCounted() throws {
        let parsed = try Parser.parseStatements("select ?, ?; select substring(? from ?), position(? in ?), (?)")
        #expect(parsed.map(\.positionalParameterCount) == [2, 5])
    }
}
