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
        #expect(try names("*_lines") == ["paid_lines", "fct_lines"])
        #expect(try names("raw.raw_order_lines") == ["raw_order_lines"])
        #expect(try names("shop").count == 7)
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

    @Test func methodsOfConfigurationsAndTests() throws {
        #expect(try names("config.materialized:t*") == ["revenue_by_tag"])
        #expect(try names("config.unique_key:LINE_NO") == ["fct_lines"])
        #expect(try names("config.on_schema_change:append_new_columns+1") == ["fct_lines", "revenue_by_tag", "big_orders"])
        #expect(try names("config.hard_deletes:new_record") == ["product_history"])
        #expect(try names("config.contract.enforced:false,config.tags:fct") == ["fct_lines"])
        #expect(try names("1+config.strategy:check") == ["stg_products", "product_history"])
        #expect(try names("resource_type:snapshot resource_type:seed") == ["country_regions", "product_history"])
        #expect(try names("[a-c]*,resource_type:*") == ["country_regions", "big_orders"])
        func tests(_ select: String...) throws -> [String] {
            let ids = try Selection(select: select).resolve(in: graph).ids
            return graph.nodes.filter { ids.contains($0.id) }.map(\.name)
        }
        #expect(try tests("test_name:not_null") == ["not_null_fct_lines_product_id", "not_null_fct_lines_amount"])
        #expect(try tests("config.severity:warn") == ["not_null_fct_lines_amount"])
        #expect(try tests("test_type:generic,fct_lines").count == 5)
        #expect(try tests("resource_type:test").count == 6)
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
        for both in ["@fct_lines+", "@+fct_lines", "@2+fct_lines"] {
            #expect(throws: (any Error).self) { try Selection(select: [both]).resolve(in: graph) }
        }
        #expect(throws: (any Error).self) { try Selection(select: ["config.colour:red"]).resolve(in: graph) }
    }
}
