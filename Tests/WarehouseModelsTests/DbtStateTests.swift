import Testing
import WarehouseBasics
@testable import WarehouseModels

private func has(_ change: String) -> Bool { Variables.bool(change, default: false) }

private struct Number: Row { let n: Expr<Int64?> }

private enum Numbers: Source {
    typealias Columns = Number
    static let name = "numbers"
    static let table = "RAW.NUMBERS"
    static var columns: [Column<Columns>] { [.column(\.n, "", .unique)] }
    static let loadedAtQuery: String? = "SELECT MAX(at) FROM {{ this }}"
    static var freshness: Freshness? { Freshness(warnAfter: .days(has("freshness") ? 2 : 1)) }
}
private enum Codes: Seed {
    struct Columns: Row { let n: Expr<Int64>; let code: Expr<String> }
    static var csv: String { "n,code\n1,a\n" + (has("seed") ? "2,b\n" : "") }
}
private enum Doubled: Model {
    typealias Columns = Number
    static var columns: [Column<Columns>] { [.column(\.n, "", has("severity") ? .notNull.warning : .notNull)] }
    static func query(_ q: inout Query) -> Columns {
        let number = q.from(Numbers.self)
        if has("body") { q.filter(number.n > 0) }
        return Columns(n: number.n * 2)
    }
}
private enum Positive: Model {
    typealias Columns = Number
    static var materialized: Materialization<Columns> { .ephemeral }
    static func query(_ q: inout Query) -> Columns {
        let number = q.from(Doubled.self)
        q.filter(number.n > (has("ephemeral") ? 1 : 0))
        return number
    }
}
private enum Summed: Model {
    typealias Columns = Number
    static var materialized: Materialization<Columns> { has("kept") ? .view : .table }
    static var about: String { has("about") ? "All sums." : "Sums." }
    static var meta: [String: String] { has("meta") ? ["owner": "ann"] : [:] }
    static var group: String? { has("group") ? "finance" : nil }
    static var tags: [String] { has("tags") ? ["gold"] : [] }
    static var postHooks: [String] { has("hook") ? ["SELECT 1"] : [] }
    static var grants: [String: [String]] { has("grants") ? ["select": ["reader"]] : [:] }
    static var schema: String? { has("schema") ? "OTHER" : nil }
    static var columns: [Column<Columns>] { [.column(\.n, "", .unique.where(has("where") ? "n > 1" : "n > 0"))] }
    static func query(_ q: inout Query) -> Columns {
        let number = q.from(Positive.self)
        let code = q.join(Codes.self) { $0.n == number.n }
        q.filter(code.code.isNotNull)
        return Columns(n: sum(number.n))
    }
}
private enum Typed: Model {
    typealias Columns = Number
    static var isContractEnforced: Bool { !has("contract") }
    static func query(_ q: inout Query) -> Columns { q.from(Summed.self) }
}
private enum Added: Model {
    struct Columns: Row { let n: Expr<Int64?>; let m: Expr<Int64?> }
    static var materialized: Materialization<Columns> { .incremental(.merge(on: has("key") ? [\.n, \.m] : [\.n])) }
    static func query(_ q: inout Query) -> Columns {
        let number = q.from(Typed.self)
        return Columns(n: number.n, m: number.n)
    }
}
private enum Leaving: Model {
    typealias Columns = Number
    static func query(_ q: inout Query) -> Columns { q.from(Summed.self) }
}
private enum Extra: Model {
    typealias Columns = Number
    static var columns: [Column<Columns>] { [.column(\.n, "", .notNull)] }
    static func query(_ q: inout Query) -> Columns { q.from(Summed.self) }
}
private enum NoneNegative: DataTest {
    static func query(_ q: inout Query) -> Number {
        let number = q.from(Summed.self)
        q.filter(number.n < (has("singular") ? 1 : 0))
        return number
    }
}
private enum HistoryOfDoubled: Snapshot {
    typealias Selected = Number
    typealias Columns = History<Number>
    static let name = "history"
    static var key: [PartialKeyPath<Selected>] { [\.n] }
    static var strategy: SnapshotStrategy<Selected> { has("strategy") ? .check([\.n]) : .checkAll() }
    static func query(_ q: inout Query) -> Selected { q.from(Doubled.self) }
}
private enum AddsUp: UnitTest {
    typealias Tested = Typed
    static var given: [Given] { [.csv(of: Summed.self, has("rows") ? "n\n2\n" : "n\n1\n")] }
    static var expected: Expected<Tested.Columns> { .csv(has("rows") ? "n\n2\n" : "n\n1\n") }
}
private enum Board: Exposure {
    static let kind = ExposureKind.dashboard
    static var ownerName: String { has("owner") ? "Ada" : "Ann" }
    static var dependsOn: [any Relation.Type] { [Typed.self] }
}

/// Selections by state name what `dbt ls --state` names after the same changes: Fixtures/dbt/states.json holds what dbt
/// says (Scripts/dbt_states.py).
@Suite struct DbtStateTests {
    private func graph(_ changes: [String]) throws -> ProjectGraph {
        var resources: [any Resource.Type] = [
            Numbers.self, Codes.self, Doubled.self, Positive.self, Summed.self, Typed.self, Added.self, NoneNegative.self,
            HistoryOfDoubled.self, AddsUp.self, Board.self,
        ]
        if changes.contains("extra") { resources.append(Extra.self) }
        if !changes.contains("gone") { resources.append(Leaving.self) }
        var project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), resources)
        project.groups = [ResourceGroup("finance", owner: "Ann")]
        for change in changes { project.variables[change] = "true" }
        let graph = project.graph()
        try #require(graph.problems == [])
        return graph
    }

    private func manifest(_ graph: ProjectGraph) throws -> JSON {
        let metadata = ArtifactMetadata(version: "1", project: "shop", invocationID: "x", time: 0, startedAt: 0)
        return try Manifest(graph: graph, metadata: metadata, adapter: "snowflake").json()
    }

    @Test func everyStateNamesWhatDbtNames() throws {
        let temporary = try TemporaryWarehouse("")
        try TextFile.write(try manifest(try graph([])).text, to: temporary.folder + "/manifest.json")
        let before = try ProjectState(folder: temporary.folder)
        let folder = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let json = try JSON(parsing: TextFile.read("/" + folder + "/Fixtures/dbt/states.json"))
        let nodes = json["nodes"].elements.compactMap(\.string)
        #expect(json["cases"].elements.count > 400)
        var current: (changes: [String], graph: ProjectGraph, comparison: StateComparison)?
        for entry in json["cases"].elements.map(\.elements) {
            let changes = entry[0].elements.compactMap(\.string), words = try #require(entry[1].string)
            if current?.changes != changes {
                let graph = try graph(changes)
                current = (changes, graph, StateComparison(before: before, now: ProjectState.nodes(of: try manifest(graph))))
            }
            let (_, graph, comparison) = try #require(current)
            let ids = try Selection(select: [words]).resolve(in: graph, comparison: comparison).ids
            let wanted = entry[2].elements.compactMap { Int($0.text) }.map { nodes[$0] }
            let found = graph.nodes.filter { ids.contains($0.id) }.map(\.name).sorted()
            let difference = Set(found).symmetricDifference(wanted).sorted()
            #expect(difference.isEmpty, "\(changes): --select \(words) gives \(found)")
        }
    }
}
