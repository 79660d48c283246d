import Testing
@testable import WarehouseModels

@Suite struct LineageTests {
    let graph = shop.graph()

    private func lineage(_ id: String) throws -> NodeLineage { graph.lineage(of: try #require(graph[id])) }
    private func columns(_ node: String, _ names: String...) -> Set<ColumnReference> {
        Set(names.map { ColumnReference(node: node, column: $0) })
    }

    @Test func throughJoinsFlattenAndAggregates() throws {
        let lineage = try lineage("model.shop.revenue_by_tag")
        #expect(lineage.columns["TAG"] == columns("model.shop.stg_products", "TAGS"))
        #expect(lineage.columns["REGION"] == columns("seed.shop.country_regions", "REGION"))
        #expect(lineage.columns["REVENUE"] == columns("model.shop.fct_lines", "AMOUNT"))
        #expect(lineage.conditions == columns("model.shop.fct_lines", "AMOUNT", "PRODUCT_ID")
            .union(columns("model.shop.stg_products", "ID", "TAGS", "COUNTRY"))
            .union(columns("seed.shop.country_regions", "COUNTRY", "REGION")))
    }

    @Test func toTheSources() throws {
        #expect(graph.origins(of: ColumnReference(node: "model.shop.fct_lines", column: "AMOUNT"))
            == columns("model.shop.paid_lines", "QUANTITY", "UNIT_PRICE")
            .union(columns("source.shop.raw.raw_order_lines", "QUANTITY", "UNITPRICE")))
    }

    enum Nested: Model {
        struct Inner: Row { let id: Expr<Int64>; let label: Expr<String?> }
        struct Columns: Row { let label: Expr<String?>; let place: Expr<Int64> }
        static let about = ""
        static func query(_ q: inout Query) -> Columns {
            let inner = q.from { (s: inout Query) -> Inner in
                let raw = s.raw(
                    "SELECT id, UPPER(name) AS label FROM \(StgProducts.self) WHERE country = 'DE'",
                    as: Inner.self)
                return Inner(id: raw.id, label: raw.label)
            }
            let place = rowNumber(over: .partition(by: inner.id).order(by: inner.label.ascending))
            q.filter(exists(FctLines.self) { $0.productID == inner.id })
            return Columns(label: inner.label, place: place)
        }
    }

    @Test func throughSubqueriesRawSQLAndWindows() throws {
        let project = Project("shop", target: shop.target, shop.resources + [Nested.self])
        let graph = project.graph()
        #expect(graph.problems == [])
        let lineage = graph.lineage(of: try #require(graph["model.shop.nested"]))
        #expect(lineage.columns["LABEL"] == columns("model.shop.stg_products", "NAME"))
        #expect(lineage.columns["PLACE"] == columns("model.shop.stg_products", "ID", "NAME"))
        #expect(lineage.conditions.isSuperset(of: columns("model.shop.fct_lines", "PRODUCT_ID")))
        #expect(lineage.conditions.isSuperset(of: columns("model.shop.stg_products", "COUNTRY", "ID")))
    }
}
