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

    @Test func functionsThatDoubleAreErrors() throws {
        let bench = try Bench()
        var sql = "CREATE FUNCTION h0(x INT) RETURNS INT AS 'x + x'"
        for level in 1..<16 { sql += "; CREATE FUNCTION h\(level)(x INT) RETURNS INT AS 'h\(level - 1)(x) + h\(level - 1)(x)'" }
        try bench.run(sql)
        #expect(try bench.text("SELECT h5(1)") == "64")
        let error = failure(.limitExceeded) {
            try bench.run("CREATE FUNCTION h16(x INT) RETURNS INT AS 'h15(x) + h15(x)'; SELECT h16(1)")
        }
        #expect(error.message.contains("more than 100000 functions within other functions"))
    }

    @Test func deepStacksCarryErrorsAndValues() throws {
        #expect(try DeepStack.always { 7 } == 7)
        #expect(throws: WarehouseError(.usage, "none")) { try DeepStack.always { throw WarehouseError(.usage, "none") } }
        let height = DeepStack.run(bytes: 512 << 10) { (try? DeepStack.withRoom { DeepStack.run { 3 } ?? 0 }) ?? 0 }
        #expect(height == 3)
    }
}
