import TestSupport
import Testing
import WarehouseBasics
import WarehouseSQL

@Suite struct LimitTests {
    private func repeated(_ open: String, _ count: Int, _ middle: String, _ close: String) -> String {
        String(repeating: open, count: count) + middle + String(repeating: close, count: count)
    }

    static let nestings: [(String, String, String)] = [
        ("(", "1", ")"), ("f(", "1", ")"), ("case when ", "1", " then 1 end"), ("(select ", "1", ")"),
        ("not ", "a", ""),
        ("- ", "1", ""), ("[", "1", "]"), ("{'a': ", "1", "}"), ("x -> ", "1", ""), ("exists (select ", "1", ")"),
        ("cast(", "1", " as int)"), ("substr(", "x", ", 1)"), ("a[", "1", "]"), ("1 in (", "2", ")"),
        ("(a or b and not c = d || 1 + 2 * - ", "1", ")"), ("(select a in (", "1", "))"),
        ("(select a from ", "t", ")"), ("(select a from t join ", "u", ")"),
    ]

    @Test(arguments: nestings)
    func deepNestingIsAnErrorOrWorks(_ open: String, _ middle: String, _ close: String) throws {
        for count in [20, 100, Effort.pick(2_000, long: 20_000)] {
            let text = "select " + repeated(open, count, middle, close)
            do throws(WarehouseError) {
                let parsed = try Parser.parseStatement(text)
                #expect(count < 1_000)
                #expect(!SQLPrinter().print(parsed.statement).isEmpty)
            } catch {
                #expect(error.code == "900301", "\(error)")
                #expect(count > 20)
            }
        }
    }

    @Test func deepTypesAreErrors() throws {
        let nested = { (count: Int) in "select a::" + self.repeated("array(", count, "int", ")") }
        #expect(try Parser.parseStatement(nested(20)).height > 0)
        #expect(throws: WarehouseError.self) { try Parser.parseStatement(nested(10_000)) }
    }

    @Test func unbalancedBracketsAreErrors() {
        for text in [String(repeating: "(", count: 10_000), "select " + String(repeating: ")", count: 10_000),
                     String(repeating: "select * from (", count: 10_000),
                     "select " + String(repeating: "a.", count: 10_000)] {
            #expect(throws: WarehouseError.self) { try Parser.parseStatement(text) }
        }
    }

    @Test func longChainsAreFlat() throws {
        for (symbol, word) in [(" or ", "OR"), (" and ", "AND"), (" || ", "||")] {
            let text = "select " + Array(repeating: "a", count: 5_000).joined(separator: symbol)
            let parsed = try Parser.parseStatement(text)
            #expect(parsed.height < 10)
            let printed = SQLPrinter().print(parsed.statement)
            #expect(printed.contains("A \(word) A"))
            #expect(try Parser.parseStatement(printed).statement == parsed.statement)
        }
        let union = Array(repeating: "select 1", count: 5_000).joined(separator: " union all ")
        #expect(try Parser.parseStatement(union).height < 10)
        let rows = "insert into t values " + Array(repeating: "(1, 'a')", count: 5_000).joined(separator: ", ")
        #expect(try Parser.parseStatement(rows).height < 10)
        let list = "select a in (" + Array(repeating: "1", count: 20_000).joined(separator: ",") + ")"
        #expect(try Parser.parseStatement(list).height < 10)
    }

    @Test func leftDeepChainsAreBounded() throws {
        let sum = { (count: Int) in "select " + Array(repeating: "1", count: count).joined(separator: " + ") }
        #expect(try Parser.parseStatement(sum(400)).height >= 399)
        #expect(throws: WarehouseError.self) { try Parser.parseStatement(sum(5_000)) }
        let joins = { (count: Int) in "select * from t " + String(repeating: "join u on true ", count: count) }
        #expect(try Parser.parseStatement(joins(200)).height >= 200)
        #expect(throws: WarehouseError.self) { try Parser.parseStatement(joins(5_000)) }
    }

    private final class Stopped: Interruptible {
        func checkCancelled() throws(WarehouseError) { throw WarehouseError(.cancelled, "SQL execution canceled.") }
    }

    /// Who has a long text read can have that stopped; a short one is read to its end.
    @Test func readingStops() {
        func code(_ text: String) -> String? {
            Interruption.$statement.withValue(Stopped()) {
                do throws(WarehouseError) {
                    _ = try Parser.parseStatements(text)
                    return nil
                } catch {
                    return error.code
                }
            }
        }
        let terms = Array(repeating: "a", count: 5_000).joined(separator: ", ")
        #expect(code("select \(terms) from t") == ErrorKind.cancelled.code)
        #expect(code("insert into t values (" + terms + ")") == ErrorKind.cancelled.code)
        #expect(code("select 1; rollback") == nil)
    }

    @Test func worksOnSmallStacks() throws {
        let text = "select " + repeated("f(", 200, "1", ")")
        let height = DeepStack.run(bytes: 512 << 10) { (try? Parser.parseStatement(text).height) ?? 0 }
        #expect((height ?? 0) >= 200)
    }

    @Test func longNamesAreErrors() throws {
        let name = String(repeating: "a", count: 256)
        #expect(throws: WarehouseError.self) { try Parser.parseStatement("select \(name) from t") }
        #expect(throws: WarehouseError.self) { try Parser.parseStatement("select \"\(name)\" from t") }
        #expect(try Parser.parseStatement("select \(name.dropLast()) from t").height > 0)
    }
}
