import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum RawItems: Source {
    struct Columns: Row { let id: Expr<Int64?>; let name: Expr<String?>; let at: Expr<LocalDateTime?> }
    static let table = "RAW.ITEMS"
    static var eventTime: PartialKeyPath<Columns>? { \.at }
}

private enum Items: Model {
    struct Columns: Row { let id: Expr<Int64>; let name: Expr<String?> }
    static let meta = ["owner": "ann"]
    static let group: String? = "sales"
    static let access = Access.private
    static let isContractEnforced = true
    static let grants = ["select": ["reader"]]
    static let preHooks = ["INSERT INTO RAW.LOG VALUES ('before {{ this }}')"]
    static let postHooks = ["INSERT INTO RAW.LOG SELECT 'after ' || COUNT(*) FROM {{this}}; INSERT INTO RAW.LOG VALUES ('2')"]
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns {
        let item = q.from(RawItems.self)
        q.filter(item.id >= Int64(Variables.int("least", default: 2)))
        return Columns(id: q.require(item.id), name: item.name)
    }
}

private enum ItemNames: Model {
    struct Columns: Row { let name: Expr<String?> }
    static let group: String? = "sales"
    static func query(_ q: inout Query) -> Columns { Columns(name: q.from(Items.self).name) }
}

private enum Dashboard: Exposure {
    static let kind = ExposureKind.dashboard
    static let ownerName = "Ann"
    static let about = "What the shop sells."
    static var dependsOn: [any Relation.Type] { [ItemNames.self] }
}

@Suite struct ConfigurationTests {
    private static let script = """
        CREATE TABLE RAW.ITEMS (id INT, name VARCHAR, at TIMESTAMP_NTZ);
        INSERT INTO RAW.ITEMS VALUES (1, 'a', '2025-12-01'), (2, 'b', '2025-12-02'), (3, 'c', '2025-12-03');
        CREATE TABLE RAW.LOG (line VARCHAR); CREATE ROLE READER;
        """

    private func project(_ resources: [any Resource.Type] = [RawItems.self, Items.self, ItemNames.self, Dashboard.self]) -> Project {
        var project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), resources)
        project.targets = [Target(database: "SHOP", schema: "PROD", name: "prod")]
        project.groups = [ResourceGroup("sales", owner: "Ann", email: "ann@shop")]
        return project
    }

    private func runner(
        _ project: Project, _ temporary: TemporaryWarehouse, _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Runner {
        var options = RunOptions()
        change(&options)
        return try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in }, options: options)
    }

    @Test func hooksAndGrants() throws {
        let temporary = try TemporaryWarehouse(ConfigurationTests.script)
        var project = project()
        project.onRunStart = ["INSERT INTO RAW.LOG VALUES ('start')"]
        project.onRunEnd = ["INSERT INTO RAW.LOG VALUES ('end')"]
        #expect(try runner(project, temporary).run().exitStatus == 0)
        #expect(try temporary.text("SELECT line FROM RAW.LOG")
            == "start\nbefore SHOP.DEV.ITEMS\nafter 2\n2\nend")
        let grants = try temporary.text("SHOW GRANTS TO ROLE READER")
        #expect(grants.contains("SELECT|TABLE|SHOP.DEV.ITEMS"))
    }

    @Test func variablesAndTargets() throws {
        let temporary = try TemporaryWarehouse(ConfigurationTests.script)
        let project = try project().at(target: "prod").setting(variables: #"{"least": 3, "other": "x"}"#)
        #expect(try runner(project, temporary).run().exitStatus == 0)
        #expect(try temporary.text("SELECT id FROM SHOP.PROD.ITEMS") == "3")
        #expect(throws: WarehouseError.self) { try self.project().at(target: "test") }
        #expect(throws: WarehouseError.self) { try self.project().setting(variables: "[1]") }
        for (text, values) in [
            ("{least: 3}", ["least": "3"]), ("least: 3", ["least": "3"]), ("{}", [:]), ("{'a': 'x, y', b: \"z\"}", ["a": "x, y", "b": "z"]),
            ("since: 2020-01-01 00:00:00", ["since": "2020-01-01 00:00:00"]), (#"{"a": 1, "b": true}"#, ["a": "1", "b": "true"]),
        ] { #expect(try self.project().setting(variables: text).variables == values, "\(text)") }
        for text in ["", "{", "least", "{a: [1]}", "{a: {b: 1}}", "a:", "{a: 'x}", ": 3", "{a: 1,}"] {
            #expect(throws: WarehouseError.self, "\(text)") { try self.project().setting(variables: text) }
        }
    }

    private enum Broken: Model {
        struct Columns: Row { let id: Expr<String>; let at: Expr<Day?> }
        static let isContractEnforced = true
        static var materialized: Materialization<Columns> { .table }
        static func query(_ q: inout Query) -> Columns {
            let item = q.from(RawItems.self)
            return Columns(id: Expr(tree: item.id.tree), at: item.at.day)
        }
    }

    private enum Holed: Model {
        struct Columns: Row { let id: Expr<Int64> }
        static let isContractEnforced = true
        static var materialized: Materialization<Columns> { .table }
        static func query(_ q: inout Query) -> Columns {
            Columns(id: Expr(tree: q.from(RawItems.self).id.nullIf(2).tree))
        }
    }

    @Test func contractsHold() throws {
        let temporary = try TemporaryWarehouse(ConfigurationTests.script)
        let messages = try runner(project([RawItems.self, Broken.self, Holed.self]), temporary).run().results
        #expect(messages[0].status == .error)
        #expect(messages[0].message.contains("""
            | column_name | definition_type | contract_type     | mismatch_reason    |
            | ----------- | --------------- | ----------------- | ------------------ |
            | ID          | NUMBER(38,0)    | VARCHAR(16777216) | data type mismatch |
            """))
        #expect(messages[1].status == .error)
        #expect(messages[1].message.contains("NULL"))
        #expect(try temporary.text("SELECT COUNT(*) FROM SHOP.INFORMATION_SCHEMA.TABLES WHERE table_schema = 'DEV'") == "0")
    }

    private enum Intruder: Model {
        struct Columns: Row { let id: Expr<Int64> }
        static let group: String? = "stock"
        static let postHooks = ["GRANT GRANT"]
        static let grants = ["sel'ect": ["x"]]
        static func query(_ q: inout Query) -> Columns { Columns(id: q.from(Items.self).id) }
    }

    @Test func whatIsWrongIsSaidBeforeAnythingRuns() throws {
        let problems = project([RawItems.self, Items.self, Intruder.self, Dashboard.self]).problems()
        try #require(problems.count == 5)
        #expect(problems[0] == "intruder: the group stock is not in the project; add ResourceGroup(\"stock\", …) to it")
        #expect(problems[1].hasPrefix("intruder: postHooks hold SQL that does not parse:"))
        #expect(problems[2].hasPrefix("intruder: grants: 'sel'ect' to 'x' is no grant"))
        #expect(problems[3] == "dashboard depends on item_names, which is not in the project")
        #expect(problems[4] == "intruder reads items, which is private to the group sales; make it protected, or join the group")
    }

    @Test func emptyAndSampledInputs() throws {
        let temporary = try TemporaryWarehouse(ConfigurationTests.script)
        _ = try runner(project(), temporary) { $0.inputs = .none }.run()
        #expect(try temporary.text("SELECT COUNT(*) FROM SHOP.DEV.ITEMS") == "0")
        let second = LocalDateTime(nanoseconds: 1_764_633_600_000_000_000), third = LocalDateTime(nanoseconds: 1_764_720_000_000_000_000)
        _ = try runner(project(), temporary) { $0.inputs = .between(second, third) }.run()
        #expect(try temporary.text("SELECT id FROM SHOP.DEV.ITEMS") == "2")
    }

    @Test func operationsListValues() throws {
        let temporary = try TemporaryWarehouse(ConfigurationTests.script + "INSERT INTO RAW.ITEMS VALUES (4, 'b', NULL), (5, NULL, NULL);")
        var project = project()
        project.operations = [ProjectOperation("names", "Prints names.") { run in
            for value in try run.values(of: RawItems.self, \.name, limit: 3) { run.print(value ?? "none") }
            _ = try run.values(of: Elsewhere.self, \.name)
        }]
        let lines = ConsoleLines()
        #expect(throws: WarehouseError.self) {
            try project.runOperation("names", in: temporary.warehouse.session) { lines.console().line($0) }
        }
        #expect(lines.lines.map { String($0.dropFirst(10)) } == ["b", "a", "c"])
    }

    private enum Elsewhere: Source {
        struct Columns: Row { let name: Expr<String?> }
        static let table = "RAW.ELSEWHERE"
    }

    @Test func selectionByConfiguration() throws {
        let graph = project().graph()
        func names(_ word: String) throws -> [String] {
            let ids = try Selection(select: [word]).resolve(in: graph).ids
            return graph.nodes.filter { ids.contains($0.id) }.map(\.name)
        }
        #expect(try names("group:sales") == ["items", "item_names"])
        #expect(try names("access:private") == ["items"])
        #expect(try names("config.meta.owner:ann") == ["items"])
        #expect(try names("config.contract.enforced:true") == ["items"])
        #expect(try names("exposure:dashboard") == ["dashboard"])
        #expect(try names("+exposure:dashboard") == ["raw_items", "items", "item_names", "dashboard"])
        #expect(try names("file:Items") == ["items"])
        #expect(try names("path:WarehouseModelsTests").count == 4)
        #expect(throws: WarehouseError.self) { try names("config.colour:red") }
        #expect(throws: WarehouseError.self) { try names("state:new") }
    }
}
