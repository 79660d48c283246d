import TestSupport
import Testing
@testable import WarehouseCommands
import WarehouseTerminal

/// Names that are always there.
private struct FixedNames: CompletionNames {
    func databases() -> [String] { ["MAIN", "SHOP"] }
    func schemas(of database: String?) -> [String] { database == "SHOP" ? ["RAW", "DEV"] : ["PUBLIC", "Odd Name"] }
    func relations(in place: [String]) -> [String] {
        place.isEmpty ? ["ORDERS", "ORDER", "people"] : place == ["SHOP", "RAW"] || place == ["RAW"] ? ["RAW_ORDERS"] : []
    }
    func columns(of relation: [String]) -> [String] {
        switch relation.last {
        case "ORDERS": ["ORDER_ID", "AMOUNT", "from"]
        case "people": ["NAME", "AGE"]
        default: []
        }
    }
    func columns() -> [String] { ["AMOUNT", "NAME"] }
    func objects(_ family: String) -> [String] { family == "STAGES" ? ["LANDING", "LAST"] : family == "ROLES" ? ["SYSADMIN"] : ["CSV_FORMAT"] }
    func files(ofStage stage: String) -> [String] {
        stage == "landing" ? ["2026/01/a.csv", "2026/01/b.csv", "2026/02/c.csv", "readme.txt", "odd name.csv"] : []
    }
    func parameters() -> [String] { ["QUERY_TAG", "TIMEZONE", "TIME_INPUT_FORMAT"] }
    func functions() -> [String] { ["ABS", "AVG", "SUM", "SUBSTR"] }
}

@Suite struct CompletionTests {
    private let language = SQLLanguage(names: FixedNames())

    /// Candidates at `|`.
    private func candidates(_ marked: String) -> [String] {
        let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
        let text = parts.joined()
        return language.completions(text, at: parts[0].utf8.count).candidates.map(\.text)
    }

    private func context(_ marked: String) -> CompletionContext {
        let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
        return CompletionContext(parts.joined(), at: parts[0].utf8.count)
    }

    @Test func parametersAreNamed() {
        #expect(candidates("alter session set |") == ["query_tag", "timezone", "time_input_format"])
        #expect(candidates("ALTER SESSION SET TIME|") == ["TIMEZONE", "TIME_INPUT_FORMAT"])
        #expect(candidates("alter session set query_tag = 'x', timez|") == ["timezone"])
        #expect(candidates("alter session unset timezone, q|") == ["query_tag"])
        #expect(candidates("alter account set q|") == ["query_tag"])
        #expect(candidates("alter user bob set q|") == ["query_tag"])
        #expect(candidates("show parameters |") == ["like", "in"])
        #expect(candidates("show parameters like 'q|") == ["query_tag"])
        #expect(candidates("SHOW PARAMETERS LIKE 'TIMEZ|") == ["TIMEZONE"])
        #expect(candidates("update t set q|") != ["query_tag"])
    }

    @Test func statementsBegin() {
        #expect(candidates("se|") == ["select", "set"])
        #expect(candidates("SE|") == ["SELECT", "SET"])
        #expect(candidates("select 1; cre|") == ["create"])
        #expect(candidates("-- se|").isEmpty)
        #expect(candidates("select 'se|").isEmpty)
    }

    @Test func tables() {
        #expect(candidates("select * from or|") == ["orders", "\"ORDER\""])
        #expect(candidates("SELECT * FROM OR|") == ["ORDERS", "\"ORDER\""])
        #expect(candidates("select * from \"p|") == ["\"people\"", "\"people\"."] || candidates("select * from \"p|") == ["\"people\""])
        #expect(candidates("select * from shop.|") == ["raw.", "dev."])
        #expect(candidates("select * from shop.raw.|") == ["raw_orders"])
        #expect(candidates("insert into ord|") == ["orders", "\"ORDER\""])
        #expect(candidates("select * from orders o join \"peo|") == ["\"people\""])
        #expect(candidates("select * from orders, ord|") == ["orders", "\"ORDER\""])
        #expect(candidates("with recent as (select 1) select * from rec|") == ["recent"])
        #expect(candidates("drop table if exists ord|") == ["orders", "\"ORDER\""])
        #expect(candidates("create table ord|").isEmpty)
    }

    @Test func filesOfStages() {
        #expect(candidates("list @landing/|") == ["@landing/2026/", "@landing/readme.txt"])
        #expect(candidates("copy into t from @landing/20|") == ["@landing/2026/"])
        #expect(candidates("copy into t from @landing/2026/|") == ["@landing/2026/01/", "@landing/2026/02/"])
        #expect(candidates("select $1 from @landing/2026/01/|") == ["@landing/2026/01/a.csv", "@landing/2026/01/b.csv"])
        #expect(candidates("remove @landing/2026/03|").isEmpty)
        #expect(candidates("list @other/|").isEmpty)
    }

    @Test func columns() {
        #expect(candidates("select am| from orders") == ["amount"])
        #expect(candidates("select o.| from orders o") == ["order_id", "amount", "\"from\""])
        #expect(candidates("select | from orders") == ["order_id", "amount", "\"from\"", "orders."])
        #expect(candidates("select * from \"people\" p where p.a|") == ["age"])
        #expect(candidates("update orders set am|") == ["amount"])
        #expect(candidates("select su| from orders") == ["sum(", "substr("])
        #expect(candidates("select * from orders o whe|") == ["when", "where"])
        #expect(candidates("select * from orders order b|") == ["by"])
        #expect(candidates("select * from orders group |") == ["by"])
        // Before FROM is typed, columns of the schema.
        #expect(candidates("select am|") == ["amount"])
        #expect(candidates("create table x as sel|") == ["select"])
        #expect(candidates("select 1; select am| from orders; select * from \"people\"") == ["amount"])
    }

    @Test func otherObjects() {
        #expect(candidates("list @|") == ["@landing", "@last"] && candidates("LIST @|") == ["@LANDING", "@LAST"])
        #expect(candidates("copy into orders from '@|") == ["@landing", "@last"])
        #expect(candidates("list @la|") == ["@landing", "@last"])
        #expect(candidates("copy into orders from @la|") == ["@landing", "@last"])
        #expect(candidates("copy into orders from @s file_format = (format_name = |") == ["csv_format"])
        #expect(candidates("use role sy|") == ["sysadmin"])
        #expect(candidates("use sh|") == ["shop"])
        #expect(candidates("use schema shop.d|") == ["dev"])
        #expect(candidates("drop stage la|") == ["landing", "last"])
        #expect(candidates("show ta|") == ["tables"])
        #expect(candidates("SHOW TERSE SCH|") == ["SCHEMAS"])
        #expect(candidates("create or |") == ["replace"])
        #expect(candidates("create or replace temporary ta|") == ["table"])
        #expect(candidates("drop file|") == ["file format"])
        #expect(candidates("copy into orders from '@la|") == ["@landing", "@last"])
        #expect(candidates("copy into orders from '@landing/r|") == ["@landing/readme.txt"])
        #expect(candidates("copy into orders from @s file_format = (format_name = 'c|") == ["csv_format"])
    }

    @Test func files() throws {
        let directory = try ScratchDirectory()
        for name in ["data.csv", "date.csv", "other.csv", ".hidden"] { _ = try directory.file(name, []) }
        let path = directory.path
        #expect(candidates("put file://\(path)/da|") == ["file://\(path)/data.csv", "file://\(path)/date.csv"])
        #expect(candidates("put 'file://\(path)/o|") == ["'file://\(path)/other.csv'"])
        #expect(candidates("\\i \(path)/o|") == ["\(path)/other.csv"])
        #expect(candidates("\\i \(path)/.h|") == ["\(path)/.hidden"])
        #expect(candidates("\\i /no/such/folder/|").isEmpty)
    }

    @Test func commandsOfThePrompt() {
        #expect(candidates("\\ti|") == ["\\timing"])
        #expect(candidates("\\format j|") == ["json", "jsonl"])
        #expect(candidates("\\x a|") == ["auto"])
        #expect(candidates("\\d or|") == ["orders", "\"ORDER\""])
        #expect(candidates("\\d shop.raw.|") == ["shop.raw.raw_orders"])
        #expect(candidates("\\set pa|") == ["PAGER"])
        #expect(candidates("\\nothing x|").isEmpty)
    }

    @Test func contexts() {
        #expect(context("select a from t where |").wanted == .expression([]))
        #expect(context("select a from t x, u as y, (select 1) z where |").relations.map(\.alias) == ["x".uppercased(), "Y"])
        #expect(context("merge into t using u on |").relations.map(\.name) == [["T"], ["U"]])
        #expect(context("select f(a, |").wanted == .expression([]))
        #expect(context("SELECT |").prefersLowerCase == false)
        #expect(context("select |").prefersLowerCase)
    }

    /// Nothing that can be typed brings it down.
    @Test func anyPlaceOfAnyText() {
        let parts = ["select ", "from ", "a.", "\"", "'", "@", "@s/", "(", ")", ",", ";", "\\d ", "--", "/*", "$$", "é日", ".", " ", "\n", "file://",
                     "put ", "using", "with x as ("]
        var seed: UInt64 = 99
        for _ in 0..<1_500 {
            var text = ""
            for _ in 0..<8 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += parts[Int(seed >> 33) % parts.count]
            }
            var offset = 0
            for character in text {
                for completion in [language.completions(text, at: offset)] {
                    #expect(completion.range.upperBound == offset && completion.range.lowerBound >= 0, "\(text.debugDescription) \(offset)")
                }
                offset += character.utf8.count
            }
            _ = language.isComplete(text)
            var last = 0
            for span in language.spans(text) {
                #expect(span.range.lowerBound >= last && span.range.upperBound <= text.utf8.count)
                last = span.range.upperBound
            }
        }
    }

    @Test func namesOfASession() throws {
        let bench = try CommandBench()
        try bench.session.execute("""
            CREATE TABLE t (a INT, "b c" INT); CREATE VIEW v AS SELECT a FROM t; CREATE STAGE st; CREATE FILE FORMAT ff TYPE = CSV;
            CREATE SEQUENCE sq; CREATE SCHEMA other; USE SCHEMA public
            """)
        let before = try bench.session.execute("SELECT LAST_QUERY_ID()").textRows()
        let names = SessionNames(bench.session)
        #expect(names.databases().contains("MAIN"))
        #expect(Set(names.schemas(of: nil)).isSuperset(of: ["PUBLIC", "OTHER", "INFORMATION_SCHEMA"]))
        #expect(names.relations(in: []) == ["T", "V"])
        #expect(names.relations(in: ["MAIN", "OTHER"]).isEmpty)
        #expect(names.columns(of: ["T"]) == ["A", "b c"])
        #expect(names.columns(of: ["MAIN", "PUBLIC", "V"]) == ["A"])
        #expect(names.columns(of: ["NONE"]).isEmpty)
        #expect(names.objects("STAGES") == ["ST"])
        try bench.session.execute("COPY INTO @st/2026/out.csv FROM (SELECT 1) SINGLE = TRUE; COPY INTO @%t/own.csv FROM (SELECT 2) SINGLE = TRUE")
        #expect(names.files(ofStage: "st").count == 1 && names.files(ofStage: "st")[0].hasPrefix("2026/out.csv"))
        #expect(names.files(ofStage: "main.public.st") == names.files(ofStage: "st"))
        #expect(names.files(ofStage: "%t").count == 1)
        #expect(names.files(ofStage: "st; drop stage st").isEmpty && names.files(ofStage: "none").isEmpty)
        try bench.session.execute("CREATE STAGE far URL = 's3://bucket/x'")
        #expect(names.files(ofStage: "far").isEmpty)
        #expect(names.objects("FILE FORMATS") == ["FF"])
        #expect(names.objects("SEQUENCES") == ["SQ"])
        #expect(names.functions().contains("SUM"))
        try bench.session.execute("DROP VIEW v")
        #expect(names.relations(in: []) == ["T", "V"])
        names.forget()
        #expect(names.relations(in: []) == ["T"])
        // What completion asks leaves no trace.
        let after = try bench.session.execute("SELECT LAST_QUERY_ID(-2)").textRows()
        #expect(before != after)
        let history = try bench.session.execute("""
            SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE query_text ILIKE 'SHOW %' OR query_text ILIKE 'DESC%'
            """).textRows()
        #expect(history == [["0"]])
    }
}
