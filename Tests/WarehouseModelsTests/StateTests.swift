import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum Numbers: Source {
    struct Columns: Row { let n: Expr<Int64?> }
    static let table = "RAW.NUMBERS"
}

private enum Doubled: Model {
    struct Columns: Row { let n: Expr<Int64?> }
    static var materialized: Materialization<Columns> { .table }
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

private enum Later: Model {
    struct Columns: Row { let total: Expr<Int64?> }
    static func query(_ q: inout Query) -> Columns { Columns(total: q.from(Summed.self).total) }
}

/// Holds a secret in its query, and has a test that fails.
private enum Keyed: Model {
    struct Columns: Row { let token: Expr<String> }
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [.column(\.token, "A key.", .accepted(["x"]))] }
    static func query(_ q: inout Query) -> Columns {
        _ = q.from(Numbers.self)
        return Columns(token: Expr(Variables.string("api_token", default: "none")))
    }
}

@Suite struct StateTests {
    private var folder: String { temporary.folder }
    private let temporary: TemporaryWarehouse

    init() throws {
        temporary = try TemporaryWarehouse("CREATE TABLE RAW.NUMBERS (n INT); INSERT INTO RAW.NUMBERS VALUES (1), (2);")
    }

    private func runner(
        _ select: [String], factor: Int = 2, schema: String = "DEV", models: [any Resource.Type] = [Numbers.self, Doubled.self, Summed.self],
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Runner {
        var project = Project("shop", target: Target(database: "SHOP", schema: schema), models)
        project.variables["factor"] = "\(factor)"
        var options = RunOptions()
        options.selection.select = select
        change(&options)
        return try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in }, options: options)
    }

    @Test func modifiedAndNew() throws {
        _ = try runner([]) { $0.targetPath = self.folder }.build()
        // Another schema is no modification.
        func names(_ word: String, factor: Int) throws -> [String] {
            try runner([word], factor: factor, schema: "CI", models: [Numbers.self, Doubled.self, Summed.self, Later.self]) {
                $0.statePath = self.folder
            }.list().map(\.name)
        }
        #expect(try names("state:modified", factor: 2) == ["later"])
        #expect(try names("state:new", factor: 2) == ["later"])
        #expect(try names("state:modified", factor: 3) == ["doubled", "later", "not_null_doubled_n"])
        #expect(try names("state:modified.body+", factor: 3) == ["doubled", "summed", "later", "not_null_doubled_n"])
        #expect(try names("state:modified.relation", factor: 3) == ["later"])
        #expect(try names("state:unmodified,resource_type:model", factor: 3) == ["summed", "not_null_doubled_n"])
        #expect(try names("result:success", factor: 2) == ["doubled", "summed", "not_null_doubled_n"])
        #expect(throws: WarehouseError.self) { try names("state:changed", factor: 2) }
    }

    @Test func deferredReferences() throws {
        _ = try runner([], schema: "PROD") { $0.targetPath = self.folder }.run()
        let ci = try runner(["summed"], schema: "CI") { $0.statePath = self.folder; $0.defersToState = true }
        #expect(try ci.run().exitStatus == 0)
        #expect(try temporary.text("SELECT total FROM SHOP.CI.SUMMED") == "6")
        #expect(try runner(["summed"], schema: "CI2").run().exitStatus == 1)
        // What is there is read unless the state is favoured.
        try temporary.warehouse.execute("CREATE TABLE SHOP.CI.DOUBLED AS SELECT 100 AS N")
        _ = try runner(["summed"], schema: "CI") { $0.statePath = self.folder; $0.defersToState = true }.run()
        #expect(try temporary.text("SELECT total FROM SHOP.CI.SUMMED") == "100")
        _ = try runner(["summed"], schema: "CI") {
            $0.statePath = self.folder
            $0.defersToState = true
            $0.favorsState = true
        }.run()
        #expect(try temporary.text("SELECT total FROM SHOP.CI.SUMMED") == "6")
    }

    @Test func retryRunsWhatFailed() throws {
        try temporary.warehouse.execute("INSERT INTO RAW.NUMBERS VALUES (NULL)")
        let first = try runner([]) { $0.targetPath = self.folder }.build()
        #expect(first.results.map(\.status) == [.success, .fail, .skipped])
        try temporary.warehouse.execute("DELETE FROM RAW.NUMBERS WHERE n IS NULL; DELETE FROM DEV.DOUBLED WHERE n IS NULL")
        let second = try runner([]) { $0.targetPath = self.folder }.retry()
        #expect(second.results.map(\.node.name) == ["not_null_doubled_n", "summed"])
        #expect(second.exitStatus == 0)
        #expect(try runner([]) { $0.targetPath = self.folder }.retry().results.isEmpty)
    }

    @Test func thereIsNothingToRetry() throws {
        #expect(throws: WarehouseError(.usage, "There is no run to retry in \(folder)/none.")) {
            try self.runner([]) { $0.targetPath = self.folder + "/none" }.retry()
        }
    }

    @Test func retryKeepsWhatTheRunWasGiven() throws {
        try temporary.warehouse.execute("INSERT INTO RAW.NUMBERS VALUES (NULL)")
        var project = Project(
            "shop", target: Target(database: "SHOP", schema: "DEV"), [Numbers.self, Doubled.self, Summed.self])
        project.targets = [Target(database: "SHOP", schema: "PROD", name: "prod")]
        project.variables["factor"] = "5"
        func runner(_ project: Project) throws -> Runner {
            var options = RunOptions()
            options.targetPath = folder
            return try Runner(
                project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in }, options: options)
        }
        let given = try project.setting(variables: #"{"factor": 3}"#).at(target: "prod")
        #expect(try runner(given).build().results.map(\.status) == [.success, .fail, .skipped])
        try temporary.warehouse.execute("DELETE FROM RAW.NUMBERS WHERE n IS NULL; DELETE FROM PROD.DOUBLED WHERE n = 3")
        // It fails once more, and the next one still knows.
        #expect(try runner(project).retry().results.map(\.status) == [.fail, .skipped])
        try temporary.warehouse.execute("DELETE FROM PROD.DOUBLED WHERE n IS NULL")
        #expect(try runner(project).retry().results.map(\.status) == [.pass, .success])
        #expect(try temporary.text("SELECT total FROM SHOP.PROD.SUMMED") == "6")
        // The project's own value is no argument: only what was given is kept.
        #expect(try runner(project).build().exitStatus == 0)
        #expect(try temporary.text("SELECT total FROM SHOP.DEV.SUMMED") == "15")
    }

    /// The run has the values of secret variables; what it writes down does not.
    @Test func secretVariablesAreNotWritten() throws {
        let log = Mutex<[String]>([])
        let path = folder + "/target"
        func runner(_ project: Project) throws -> Runner {
            var options = RunOptions()
            options.targetPath = path
            let console = Console(format: .json) { line in log.withLock { $0.append(line) } }
            return try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: console, options: options)
        }
        let plain = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Numbers.self, Keyed.self])
        let project = try plain.setting(variables: #"{"api_token": "hunt'er2", "token_count": 5, "since": "2020-01-01"}"#)
        #expect(try runner(project).build().results.map(\.status) == [.success, .fail])
        #expect(try temporary.text("SELECT MAX(token) FROM SHOP.DEV.KEYED") == "hunt'er2")
        let results = try TextFile.read(path + "/run_results.json")
        let variables = try JSON(parsing: results)["args"]["vars"]
        #expect(variables["api_token"].string == "*****" && variables["token_count"].string == "5")
        #expect(variables["since"].string == "2020-01-01")
        var texts = [results, log.withLock { $0.joined(separator: "\n") }]
        for name in ["manifest.json", "run_history.jsonl", "compiled/shop/models/keyed.sql"] { texts.append(try TextFile.read("\(path)/\(name)")) }
        for text in texts {
            #expect(!text.contains("er2") && !text.isEmpty, "\(text)")
        }
        #expect(texts.last?.contains("*****") == true)
        // A value that stands in ids as well spoils none.
        _ = try runner(plain.setting(variables: #"{"api_token": "keyed"}"#)).build()
        #expect(try TextFile.read(path + "/run_results.json").contains("model.shop.keyed"))
        // What is not kept is asked for.
        let error = #expect(throws: WarehouseError.self) { try runner(plain).retry() }
        #expect(error?.message.contains("api_token") == true)
        #expect(throws: Never.self) { try runner(project).retry() }
        // Nor is a value that the secret is part of what it was.
        _ = try runner(plain.setting(variables: #"{"api_token": "hunter2", "place": "db://me:hunter2@host"}"#)).build()
        let part = #expect(throws: WarehouseError.self) {
            try runner(plain.setting(variables: #"{"api_token": "hunter2"}"#)).retry()
        }
        #expect(part?.message.contains("place") == true)
    }

    /// A secret may be a number, which is masked if it is not as short as a year.
    @Test func secretNumbersAreMasked() {
        for value in ["12345678", "123456", "1e5000", "0x1F2E", "pass"] {
            #expect(SecretVariables(["db_password": value], ids: ["model.a.b"]).masked("x \(value)") == "x *****", "\(value)")
        }
        for value in ["12345", "1e5", "0x1F", "nan", "abc", "model"] {
            #expect(SecretVariables(["db_password": value], ids: ["model.a.b"]).masked("x \(value)") == "x \(value)")
            #expect(SecretVariables.shown("db_password", value) == "*****")
        }
        #expect(SecretVariables(["token_count": "12345678"], ids: []).masked("x 12345678") == "x 12345678")
    }

    @Test func jsonIsReadAsItIsWritten() throws {
        let text = #"{"a": [1, -2.5, 1e3, "x\"\\\u00e9\ud83d\ude00\n"], "b": {"c": null, "d": true}}"#
        let json = try JSON(parsing: text)
        #expect(try JSON(parsing: json.text).text == json.text)
        #expect(json["a"].elements[3].string == "x\"\\é😀\n")
        for wrong in ["", "{", "[1,]", "{\"a\" 1}", "\"\\ud800\"", "1 2", "tru", String(repeating: "[", count: 1000)] {
            #expect(throws: WarehouseError.self) { try JSON(parsing: wrong) }
        }
    }
}
