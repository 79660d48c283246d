import Testing
import WarehouseBasics
import WarehouseSQL

@Suite struct ParserErrorTests {
    private func error(_ text: String) -> WarehouseError? {
        do throws(WarehouseError) {
            _ = try Parser.parseStatements(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("FOO", 1, 0, "FOO"), ("select 1 +", 1, 10, "<EOF>"), ("select 1 + ;", 1, 11, ";"),
        ("select\n  a b c from t", 2, 6, "c"), ("show terse objects in db with 'a'", 1, 25, "with"),
        ("select * from", 1, 13, "<EOF>"), ("select 'é' + from t", 1, 13, "from"),
        ("create table t (a int,)", 1, 22, ")"), ("select (1", 1, 9, "<EOF>"), ("select 1)", 1, 8, ")"),
        ("with 'a' limit 1 from 'b'", 1, 5, "'a'"), ("select a ? b", 1, 9, "?"), ("select # from t", 1, 7, "#"),
    ])
    func unexpected(_ text: String, _ line: Int, _ position: Int, _ token: String) {
        let found = error(text)
        #expect(found?.code == "001003")
        #expect(found?.sqlState == "42000")
        let wanted = "SQL compilation error:\nsyntax error line \(line) at position \(position) unexpected '\(token)'."
        #expect(found?.message == wanted)
        #expect(found?.span?.line == line)
        #expect(found?.span?.column == position + 1)
    }

    @Test func unclosed() {
        #expect(error("select 'abc")?.message
            == "SQL compilation error:\nparse error line 1 at position 11 near '<EOF>'.")
        #expect(error("select /* abc")?.code == "001003")
        #expect(error("select $$ abc")?.code == "001003")
        #expect(error("select \"abc")?.code == "001003")
    }

    @Test(arguments: [
        ("select * from t match_recognize (x)", "MATCH_RECOGNIZE"), ("begin let x := 1; end", "Snowflake Scripting"),
        ("create task t as select 1", "CREATE TASK"),
        ("execute immediate from 'x'", "EXECUTE IMMEDIATE"),
        ("select * from a left semi join b on true", "SEMI JOIN"),
    ])
    func unsupported(_ text: String, _ name: String) {
        #expect(error(text)?.code == "000002")
        #expect(error(text)?.message.contains(name) == true)
    }

    @Test func chainsAreOneStatement() throws {
        var parser = Parser("select 1 as a ->> select a\n from $1 ; select 3")
        let chain = try #require(try parser.nextStatement())
        #expect(chain.text == "select 1 as a ->> select a\n from $1")
        #expect(chain.chain.map(\.text) == ["select 1 as a", "select a\n from $1"])
        let next = try parser.nextStatement()
        #expect(next?.text == "select 3" && next?.chain.isEmpty == true)
    }

    @Test func goesOnBehindAnError() throws {
        var parser = Parser("select 1; select +; select 2")
        #expect(try parser.nextStatement() != nil)
        #expect(throws: WarehouseError.self) { try parser.nextStatement() }
        #expect(try parser.nextStatement()?.text == "select 2")
        #expect(try parser.nextStatement() == nil)
    }
}
