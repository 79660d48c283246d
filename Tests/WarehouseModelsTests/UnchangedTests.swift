import MiniWarehouse
import Testing
import WarehouseBasics
import struct WarehouseSQL.Parser
@testable import WarehouseModels

private enum Numbers: Source {
    struct Columns: Row { let n: Expr<Int64?> }
    static let table = "RAW.NUMBERS"
}

private enum Doubled: Model {
    struct Columns: Row { let n: Expr<Int64?> }
    static var columns: [Column<Columns>] { [.column(\.n, "Twice.", .notNull)] }
    static func query(_ q: inout Query) -> Columns {
        Columns(n: q.from(Numbers.self).n * Int64(Variables.int("factor", default: 2)))
    }
}

private enum Summed: Model {
    struct Columns: Row { let total: Expr<Int64?> }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns { Columns(total: sum(q.from(Doubled.self).n)) }
}

private enum Dated: Model {
    struct Columns: Row { let n: Expr<Int64?>; let day: Expr<Day> }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns {
        Columns(n: q.from(Numbers.self).n, day: sql("CURRENT_DATE()"))
    }
}

private enum Words: Seed {
    struct Columns: Row { let word: Expr<String> }
    static let csv = "word\na\n"
}

private enum NoneNegative: DataTest {
    struct Failing: Row { let n: Expr<Int64?> }
    static func query(_ q: inout Query) -> Failing {
        let number = q.from(Doubled.self)
        q.filter(number.n < 0)
        return Failing(n: number.n)
    }
}

@Suite struct UnchangedTests {
    private var folder: String { temporary.folder }
    private let temporary: TemporaryWarehouse

    init() throws {
        temporary = try TemporaryWarehouse("CREATE TABLE RAW.NUMBERS (n INT); INSERT INTO RAW.NUMBERS VALUES (1), (2);")
    }

    /// The names of the nodes that ran, and of those that were left out.
    private func build(factor: Int = 2, fullRefresh: Bool = false) throws -> (ran: [String], left: [String]) {
        var project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [
            Numbers.self, Words.self, Doubled.self, Summed.self, Dated.self, NoneNegative.self,
        ])
        project.variables["factor"] = "\(factor)"
        var options = RunOptions()
        options.skipsUnchanged = true
        options.isFullRefresh = fullRefresh
        options.targetPath = folder
        let runner = try Runner(
            project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in }, options: options)
        let results = try runner.build().results
        return (results.filter { $0.status != .noOp }.map(\.node.name).sorted(),
                results.filter { $0.status == .noOp }.map(\.node.name).sorted())
    }

    private let all = ["dated", "doubled", "none_negative", "not_null_doubled_n", "summed", "words"]

    @Test func onlyWhatIsAffectedRuns() throws {
        #expect(try build().ran == all)
        // What asks for the date always runs.
        let second = try build()
        #expect(second.ran == ["dated"] && second.left == all.filter { $0 != "dated" })
        // A view's rows change with what it reads, the view itself does not.
        try temporary.warehouse.execute("INSERT INTO RAW.NUMBERS VALUES (3)")
        #expect(try build().ran == ["dated", "none_negative", "not_null_doubled_n", "summed", "doubled"].sorted())
        #expect(try temporary.text("SELECT total FROM DEV.SUMMED") == "12")
        #expect(try build().ran == ["dated"])
        #expect(try build(factor: 3).ran == ["dated", "doubled", "none_negative", "not_null_doubled_n", "summed"])
        #expect(try temporary.text("SELECT total FROM DEV.SUMMED") == "18")
        #expect(try build(factor: 3).ran == ["dated"])
        #expect(try build(factor: 3, fullRefresh: true).ran == all)
    }

    @Test func whatOthersHaveChangedIsMadeAnew() throws {
        _ = try build()
        try temporary.warehouse.execute("UPDATE DEV.SUMMED SET total = 0")
        #expect(try build().ran == ["dated", "summed"])
        #expect(try temporary.text("SELECT total FROM DEV.SUMMED") == "6")
        try temporary.warehouse.execute("DROP TABLE DEV.WORDS")
        #expect(try build().ran == ["dated", "words"])
        try temporary.warehouse.execute("UPDATE RAW.NUMBERS SET n = 5 WHERE n = 1")
        #expect(try build().ran.contains("summed"))
        #expect(try temporary.text("SELECT total FROM DEV.SUMMED") == "14")
        // Settings decide what texts and times become.
        try temporary.warehouse.execute("ALTER SESSION SET TIMEZONE = 'UTC'")
        #expect(try build().ran == all)
    }

    @Test func whatFailedRunsAgain() throws {
        _ = try build()
        try temporary.warehouse.execute("INSERT INTO RAW.NUMBERS VALUES (-1)")
        #expect(try build().ran.contains("none_negative"))
        // It failed; nothing has changed since.
        #expect(try build().ran.contains("none_negative"))
    }

    @Test func whatIsCertain() throws {
        func relations(_ sql: String) throws -> [String]? {
            QueryInputs.relations(of: try Parser.parseQuery(sql))?.map(\.description)
        }
        #expect(try relations("SELECT SUM(a) FROM D.S.T JOIN D.S.U USING (a)") == ["D.S.T", "D.S.U"])
        #expect(try relations("WITH c AS (SELECT * FROM D.S.T) SELECT ROW_NUMBER() OVER (ORDER BY a) FROM c")
            == ["D.S.T"])
        #expect(try relations("SELECT a FROM D.S.T WHERE a IN (SELECT MAX(b) FROM D.S.U)") == ["D.S.T", "D.S.U"])
        #expect(try relations("SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) FROM TABLE(GENERATOR(ROWCOUNT => 5))") == [])
        for sql in [
            "SELECT RANDOM() FROM D.S.T", "SELECT GETDATE()", "SELECT CURRENT_DATE", "SELECT own(1) FROM D.S.T",
            "SELECT s.NEXTVAL FROM D.S.T", "SELECT * FROM T", "SELECT * FROM @stage", "SELECT $x FROM D.S.T",
            "SELECT * FROM D.S.T SAMPLE (10)", "SELECT * FROM D.S.T AT (OFFSET => -60)", "SELECT D.S.F(1) FROM D.S.T",
            "SELECT * FROM TABLE(RESULT_SCAN('x'))", "SELECT UUID_STRING()", "SELECT * FROM IDENTIFIER('D.S.T')",
        ] {
            #expect(try relations(sql) == nil, "\(sql)")
        }
    }
}
