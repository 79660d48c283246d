import Testing
@testable import WarehouseModels

@Suite struct SelectionTests {
    let graph = shop.graph()

    /// Names of what is selected, tests apart.
    private func names(_ select: String..., exclude: [String] = []) throws -> [String] {
        let ids = try Selection(select: select, exclude: exclude).resolve(in: graph).ids
        return graph.nodes.filter { ids.contains($0.id) && $0.kind != .test }.map(\.name)
    }

    @Test func namesAndGraph() throws {
        #expect(try names("fct_lines") == ["fct_lines"])
        #expect(try names("+fct_lines") == ["raw_order_lines", "paid_lines", "fct_lines"])
        #expect(try names("1+fct_lines") == ["paid_lines", "fct_lines"])
        #expect(try names("fct_lines+") == ["fct_lines", "revenue_by_tag", "big_orders"])
        #expect(try names("raw_order_lines+1") == ["raw_order_lines", "stg_products", "paid_lines"])
        #expect(try names("+revenue_by_tag+").count == 6)
        #expect(try names("@product_history")
            == ["raw_order_lines", "stg_products", "product_history"])
        #expect(try names("model.shop.fct_lines") == ["fct_lines"])
        #expect(try names("*_lines") == ["raw_order_lines", "paid_lines", "fct_lines"])
    }

    @Test func setsAndMethods() throws {
        #expect(try names("stg_products big_orders") == ["stg_products", "big_orders"])
        #expect(try names("stg_products", "big_orders") == ["stg_products", "big_orders"])
        #expect(try names("+revenue_by_tag,tag:fct") == ["fct_lines"])
        #expect(try names("resource_type:model", exclude: ["tag:gold", "paid_lines"]) == ["stg_products", "fct_lines"])
        #expect(try names("config.materialized:table") == ["revenue_by_tag"])
        #expect(try names("source:raw.raw_order_lines") == ["raw_order_lines"])
        #expect(try names("tag:fct+") == ["fct_lines", "revenue_by_tag", "big_orders"])
        #expect(try names().count == 8)
    }

    @Test func testsComeAlong() throws {
        let (ids, unmatched) = try Selection(select: ["stg_products", "nowhere"]).resolve(in: graph)
        let tests = graph.nodes.filter { ids.contains($0.id) && $0.kind == .test }.map(\.name)
        #expect(tests == ["relationships_fct_lines_product_id__id__ref_stg_products_"])
        #expect(unmatched == ["nowhere"])
        #expect(try Selection(select: ["no_refunds"]).resolve(in: graph).ids == ["test.shop.no_refunds"])
        #expect(try Selection(select: ["test_type:singular"]).resolve(in: graph).ids == ["test.shop.no_refunds"])
    }

    @Test func mistakesAreErrors() {
        #expect(throws: (any Error).self) { try Selection(select: ["colour:red"]).resolve(in: graph) }
        #expect(throws: (any Error).self) { try Selection(select: ["+"]).resolve(in: graph) }
    }
}
