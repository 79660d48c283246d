import Testing
@testable import MiniWarehouse
import WarehouseBasics
import WarehouseSQL

/// Long lists make plans as high as they are long: they run on any thread, or are errors that name the limit.
@Suite struct HighPlanTests {
    private static func list(_ count: Int, _ separator: String, _ part: (Int) -> String) -> String {
        (0..<count).map(part).joined(separator: separator)
    }

    static let statements: [String: @Sendable (Int) -> (sql: String, answer: String)] = [
        "tables": { ("SELECT COUNT(*), SUM(t0.x) FROM " + list($0, ", ") { "(SELECT 1 x) t\($0)" }, "1|1") },
        "except": { ("SELECT COUNT(*), SUM(x) FROM (" + list($0, " EXCEPT ") { "SELECT \($0) x" } + ")", "1|0") },
        "intersect": { ("SELECT COUNT(*), SUM(x) FROM (" + list($0, " INTERSECT ") { _ in "SELECT 7 x" } + ")", "1|7") },
        "exists": {
            ("SELECT COUNT(*), SUM(a) FROM (SELECT 1 a) t WHERE "
                + list($0, " AND ") { "EXISTS (SELECT 1 FROM (SELECT \($0 + 1) b) u WHERE u.b = t.a + \($0))" }, "1|1")
        },
        "windows": {
            ("SELECT 1, " + list($0, " + ") { "0 * SUM(a) OVER (ORDER BY a + \($0))" } + " FROM (SELECT 1 a)", "1|0")
        },
    ]

    /// On the 512 KB that threads of tasks have on some systems.
    @Test(arguments: statements.keys.sorted()) func highPlansRun(what: String) throws {
        let bench = try Bench(), make = try #require(Self.statements[what])
        let (sql, answer) = make(60)
        #expect(try bench.text(sql) == answer)
        #expect(try bench.text(make(what == "windows" ? 200 : 400).sql) == answer)
        #expect(try bench.text("EXPLAIN ANALYZE " + sql).isEmpty == false)
    }

    @Test(arguments: ["tables", "except", "intersect", "exists"]) func tooHighPlansAreErrors(what: String) throws {
        let bench = try Bench(), make = try #require(Self.statements[what])
        let error = failure(.limitExceeded) { try bench.run(make(1500).sql) }
        #expect(error.message.contains("more than 1000 operators one upon the other"))
    }

    /// Each level calls the one below ten times: ten of the fifth come to 111,100 calls.
    @Test func functionsThatMultiplyAreErrors() throws {
        let bench = try Bench()
        func nested(_ name: String) -> String { (0..<10).reduce("x") { inner, _ in "\(name)(\(inner))" } }
        var sql = "CREATE FUNCTION h0(x INT) RETURNS INT AS 'x + x'; CREATE FUNCTION k0(x INT) RETURNS INT AS 'x'"
        for level in 1..<6 {
            sql += "; CREATE FUNCTION h\(level)(x INT) RETURNS INT AS 'h\(level - 1)(x) + h\(level - 1)(x)'"
            guard level < 5 else { break }
            sql += "; CREATE FUNCTION k\(level)(x INT) RETURNS INT AS '\(nested("k\(level - 1)"))'"
        }
        try bench.run(sql)
        #expect(try bench.text("SELECT h5(1), k2(7)") == "64|7")
        let error = failure(.limitExceeded) { try bench.run("SELECT x FROM (SELECT 1 x) WHERE \(nested("k4")) = 1") }
        #expect(error.message.contains("more than 100000 functions within other functions"))
    }

    /// Lists of thousands take a moment, not minutes: each was compared with all before it.
    @Test(arguments: [
        "SELECT COUNT(*) FROM (SELECT x FROM t ORDER BY LIST(x + #) LIMIT 2)": "2",
        "SELECT COUNT(*) FROM (SELECT LIST(x + # AS c#) FROM t ORDER BY LIST(c#) LIMIT 2)": "2",
        "SELECT MAX(c7) - MAX(c2) FROM (SELECT LIST(SUM(x + #) AS c#) FROM t)": "10",
        "SELECT MAX(c7) FROM (SELECT LIST(SUM(x + #) OVER (ORDER BY x) AS c#) FROM t)": "17",
        "SELECT COUNT(*) FROM (SELECT COUNT(*) FROM t GROUP BY LIST(x + #))": "2",
    ]) func longListsRun(pattern: String, answer: String) throws {
        let bench = try Bench("CREATE TABLE t (x INT); INSERT INTO t VALUES (1), (2)")
        let lists = pattern.split(separator: "LIST(", omittingEmptySubsequences: false)
        let sql = lists.dropFirst().reduce(String(lists[0])) { text, part in
            var depth = 1
            let end = part.firstIndex { depth += $0 == "(" ? 1 : $0 == ")" ? -1 : 0; return depth == 0 } ?? part.endIndex
            let item = part[..<end]
            return text + Self.list(3000, ", ") { number in
                item.map { $0 == "#" ? String(number) : String($0) }.joined()
            } + part[end...].dropFirst()
        }
        #expect(try bench.text(sql) == answer)
    }

    @Test func windowsOfManyOrdersAreErrors() throws {
        let bench = try Bench()
        let calls = Self.list(5000, ", ") { "SUM(a) OVER (ORDER BY a + \($0))" }
        let error = failure(.limitExceeded) { try bench.run("SELECT \(calls) FROM (SELECT 1 a)") }
        #expect(error.message.contains("more than 1000 operators one upon the other"))
    }

    @Test func deepStacksCarryErrorsAndValues() throws {
        #expect(try DeepStack.always { 7 } == 7)
        #expect(throws: WarehouseError(.usage, "none")) { try DeepStack.always { throw WarehouseError(.usage, "none") } }
        let height = DeepStack.run(bytes: 512 << 10) { (try? DeepStack.withRoom { DeepStack.run { 3 } ?? 0 }) ?? 0 }
        #expect(height == 3)
    }
}
