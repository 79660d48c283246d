import Testing
import WarehouseBasics
@testable import WarehouseModels

/// Selections name what `dbt ls` names: Fixtures/dbt/selections.json holds what dbt says of the same project
/// (Scripts/dbt_selections.py), in each of the four modes in which tests come along.
@Suite struct DbtSelectionTests {
    private enum ShopBoard: Exposure {
        static let kind = ExposureKind.dashboard
        static let ownerName = "Ann"
        static var dependsOn: [any Relation.Type] { [RevenueByTag.self] }
    }
    private enum CountsOnce: UnitTest {
        typealias Tested = FctLines
        static var given: [Given] { [.none(of: PaidLines.self)] }
        static var expected: Expected<Tested.Columns> { .none }
    }

    @Test func everySelectionNamesWhatDbtNames() throws {
        let graph = Project(
            "shop", target: Target(database: "SHOP", schema: "DEV"), shop.resources + [ShopBoard.self, CountsOnce.self]
        ).graph()
        #expect(graph.problems == [])
        let folder = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let json = try JSON(parsing: TextFile.read("/" + folder + "/Fixtures/dbt/selections.json"))
        let nodes = json["nodes"].elements.compactMap(\.string)
        #expect(json["cases"].elements.count > 300)
        for entry in json["cases"].elements.map(\.elements) {
            let words = try #require(entry[0].string), mode = try #require(entry[2].string)
            let exclude = entry[1].elements.compactMap(\.string)
            var selection = Selection(select: [words], exclude: exclude)
            selection.indirect = try #require(IndirectSelection(rawValue: mode))
            let ids = try selection.resolve(in: graph).ids
            let wanted = entry[3].elements.compactMap { Int($0.text) }.map { nodes[$0] }
            let found = graph.nodes.filter { ids.contains($0.id) }.map(\.name).sorted()
            #expect(found == wanted.sorted(), "--select \(words) --exclude \(exclude) --indirect-selection \(mode)")
        }
    }
}
