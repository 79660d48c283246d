import Testing
import WarehouseBasics
import struct WarehouseSQL.SQLPrinter
@testable import WarehouseModels

/// Queries beside the SQL they become.
@Suite struct QueryTests {
    let graph = shop.graph()

    private func compiled(_ id: String, isIncremental: Bool = false) throws -> String {
        let node = try #require(graph[id])
        return try #require(try graph.compiledSQL(of: node, isIncremental: isIncremental))
    }

    @Test func nothingIsWrong() { #expect(graph.problems == []) }

    @Test func joinsFlattenAndGroups() throws {
        #expect(try compiled("model.shop.revenue_by_tag") == """
            SELECT
                FLATTENED.VALUE::VARCHAR AS TAG,
                COALESCE(COUNTRY_REGIONS.REGION, 'unknown') AS REGION,
                SUM(FCT_LINES.AMOUNT) AS REVENUE,
                COUNT(DISTINCT FCT_LINES.ORDER_ID) AS ORDERS
            FROM SHOP.DEV.FCT_LINES AS FCT_LINES
            JOIN SHOP.DEV.STG_PRODUCTS AS STG_PRODUCTS ON STG_PRODUCTS.ID = FCT_LINES.PRODUCT_ID
            LEFT JOIN SHOP.DEV.COUNTRY_REGIONS AS COUNTRY_REGIONS ON COUNTRY_REGIONS.COUNTRY = STG_PRODUCTS.COUNTRY
            CROSS JOIN LATERAL FLATTEN(INPUT => STG_PRODUCTS.TAGS) AS FLATTENED
            WHERE FCT_LINES.AMOUNT > 0
              AND FLATTENED.VALUE::VARCHAR <> 'internal'
            GROUP BY FLATTENED.VALUE::VARCHAR, COALESCE(COUNTRY_REGIONS.REGION, 'unknown')
            """)
    }

    @Test func ephemeralModelsAndThis() throws {
        #expect(try compiled("model.shop.fct_lines", isIncremental: true) == """
            WITH __DBT__CTE__PAID_LINES AS (
                SELECT
                    RAW_ORDER_LINES.ORDERID AS ORDER_ID,
                    RAW_ORDER_LINES.LINENO AS LINE_NO,
                    RAW_ORDER_LINES.PRODUCTID AS PRODUCT_ID,
                    RAW_ORDER_LINES.QUANTITY AS QUANTITY,
                    RAW_ORDER_LINES.UNITPRICE AS UNIT_PRICE,
                    RAW_ORDER_LINES.STATUS AS STATUS,
                    RAW_ORDER_LINES.ORDEREDAT AS ORDERED_AT,
                    RAW_ORDER_LINES."timestamp" AS "timestamp"
                FROM SHOP.RAW.ORDER_LINES AS RAW_ORDER_LINES
                WHERE RAW_ORDER_LINES.STATUS = 'paid'
                  AND RAW_ORDER_LINES.QUANTITY > 0
            )
            SELECT
                PAID_LINES.ORDER_ID AS ORDER_ID,
                PAID_LINES.LINE_NO AS LINE_NO,
                PAID_LINES.PRODUCT_ID AS PRODUCT_ID,
                PAID_LINES.QUANTITY * PAID_LINES.UNIT_PRICE AS AMOUNT,
                PAID_LINES.ORDERED_AT AS ORDERED_AT
            FROM __DBT__CTE__PAID_LINES AS PAID_LINES
            WHERE PAID_LINES.ORDERED_AT > (
                SELECT MAX(THIS.ORDERED_AT)
                FROM SHOP.DEV.FCT_LINES AS THIS
            )
            """)
        #expect(try !compiled("model.shop.fct_lines").contains("THIS"))
    }

    private func sql<C: Row>(_ build: (inout Query) -> C) throws -> String {
        var query = Query()
        let row = build(&query)
        let built = query.built(row, naming: .snakeCase)
        #expect(built.problems == [])
        return SQLPrinter().print(try graph.lowering.lower(built.tree))
    }

    struct One: Row { let id: Expr<Int64> }

    @Test func theSameRelationTwiceHasTwoAliases() throws {
        let text = try sql { q in
            let first = q.from(StgProducts.self)
            let second = q.join(StgProducts.self) { $0.id == first.id && $0.name != first.name }
            q.order(by: second.id.descending)
            q.limit(3)
            return One(id: second.id)
        }
        #expect(text == """
            SELECT STG_PRODUCTS_2.ID AS ID
            FROM SHOP.DEV.STG_PRODUCTS AS STG_PRODUCTS
            JOIN SHOP.DEV.STG_PRODUCTS AS STG_PRODUCTS_2 ON STG_PRODUCTS_2.ID = STG_PRODUCTS.ID \
            AND STG_PRODUCTS_2.NAME <> STG_PRODUCTS.NAME
            ORDER BY STG_PRODUCTS_2.ID DESC
            LIMIT 3
            """)
    }

    @Test func unionsSubqueriesAndExists() throws {
        let text = try sql { q in
            let all = q.from(
                unionAll: { One(id: $0.from(StgProducts.self).id) }, { One(id: $0.from(FctLines.self).productID) })
            q.filter(exists(CountryRegions.self) { $0.country == all.id.cast(to: String.self) })
            return One(id: all.id)
        }
        #expect(text == """
            SELECT UNITED.ID AS ID
            FROM (
                SELECT STG_PRODUCTS.ID AS ID
                FROM SHOP.DEV.STG_PRODUCTS AS STG_PRODUCTS
                UNION ALL
                SELECT FCT_LINES.PRODUCT_ID AS ID
                FROM SHOP.DEV.FCT_LINES AS FCT_LINES
            ) AS UNITED
            WHERE EXISTS (
                SELECT 1
                FROM SHOP.DEV.COUNTRY_REGIONS AS COUNTRY_REGIONS
                WHERE COUNTRY_REGIONS.COUNTRY = UNITED.ID::VARCHAR
            )
            """)
    }

    @Test func rawQueriesNameRelationsByType() throws {
        let text = try sql { q in
            let raw = q.raw("SELECT p.id FROM \(StgProducts.self) p WHERE p.name ILIKE 'a%'", as: One.self)
            return One(id: raw.id)
        }
        #expect(text == """
            SELECT RAW.ID AS ID
            FROM (
                SELECT P.ID
                FROM SHOP.DEV.STG_PRODUCTS AS P
                WHERE P.NAME ILIKE 'a%'
            ) AS RAW
            """)
    }

    @Test func requireTakesTheQuestionMarkAway() throws {
        struct Country: Row { let country: Expr<String> }
        let text = try sql { q in
            let product = q.from(StgProducts.self)
            return Country(country: q.require(product.country))
        }
        #expect(text.hasSuffix("WHERE STG_PRODUCTS.COUNTRY IS NOT NULL"))
    }
}
