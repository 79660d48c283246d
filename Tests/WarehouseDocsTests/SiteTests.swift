import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseCharts
@testable import WarehouseDocs
import WarehouseModels

@Suite struct SiteTests {
    @Test func hostileTextsStayTexts() throws {
        let shop = try Shop()
        try shop.build()
        let html = try DocumentationSite(graph: Shop.project.graph(), session: shop.warehouse.session).html
        // What opens and closes elements is the page's own: a style each, a script each, the data.
        #expect(html.split(separator: "</script>", omittingEmptySubsequences: false).count - 1 == 3)
        #expect(html.split(separator: "<script", omittingEmptySubsequences: false).count - 1 == 3)
        #expect(!html.contains("<!-- ") && !html.contains("onerror=alert(1)>"))
        #expect(html.contains("\\u003c/script\\u003e"))
        #expect(!html.contains("\u{2028}"))
    }

    @Test func thePageMayDoNothingElse() throws {
        let site = try DocumentationSite(graph: Shop.project.graph(), session: nil)
        #expect(site.contentSecurityPolicy.hasPrefix("default-src 'none'; script-src 'sha256-"))
        #expect(!site.contentSecurityPolicy.contains("unsafe"))
        #expect(site.html.contains("http-equiv=\"Content-Security-Policy\""))
        #expect(!site.html.contains("src=\"http") && !site.html.contains("@import"))
    }

    /// Four orders are looked at by hand: 1 and 2 of de, 3 of a strange country, 4 of none; the fifth has no amount.
    @Test func profilesCountWhatIsThere() throws {
        let shop = try Shop()
        try shop.build()
        let profile = try RelationProfile(
            ObjectName(database: "SHOP", schema: "DEV", name: "STG_ORDERS"), rowCount: nil, in: shop.warehouse.session)
        #expect(profile.rowCount == 4 && profile.isExact)
        let amount = try #require(profile.columns.first { $0.name == "AMOUNT" })
        #expect(amount.nulls == 0 && amount.distinct == 4 && amount.isDistinctExact)
        #expect(amount.least == "2.5" && amount.greatest == "30")
        #expect(amount.bars == [2, 1, 0, 1])
        let country = try #require(profile.columns.first { $0.name == "COUNTRY" })
        #expect(country.nulls == 1 && country.distinct == 2)
        #expect(country.tops.first?.text == "DE" && country.tops.first?.count == 2)
    }

    /// Of 60,000 rows least, greatest, rows and NULLs are exact; ID is all different, HALF has two values.
    @Test func profilesOfManyRowsAreSampled() throws {
        let shop = try Shop()
        try shop.warehouse.execute("""
            CREATE TABLE SHOP.RAW.MANY AS SELECT SEQ4() AS ID, MOD(SEQ4(), 2) AS HALF, IFF(MOD(SEQ4(), 3) = 0, NULL, 'a') AS T
            FROM TABLE(GENERATOR(ROWCOUNT => 60000))
            """)
        let profile = try RelationProfile(
            ObjectName(database: "SHOP", schema: "RAW", name: "MANY"), rowCount: 60_000, in: shop.warehouse.session)
        #expect(profile.rowCount == 60_000 && !profile.isExact)
        #expect((8_000...12_000).contains(profile.sampleCount))
        let columns = Dictionary(uniqueKeysWithValues: profile.columns.map { ($0.name, $0) })
        #expect(columns["ID"]?.least == "0" && columns["ID"]?.greatest == "59999")
        #expect(columns["ID"]?.distinct == 60_000)
        #expect(columns["HALF"]?.distinct == 2)
        #expect(columns["T"]?.nulls == 20_000 && columns["T"]?.distinct == 1)
    }

    @Test func runsAreRemembered() throws {
        let shop = try Shop()
        try shop.build()
        try shop.build()
        let history = RunHistory(folder: shop.folder + "/target")
        #expect(history.runs.count { $0.node == "model.shop.revenue" } == 2)
        #expect(Set(history.runs.map(\.invocation)).count == 2)
        #expect(history.last["model.shop.revenue"]?.status == "success")
        let tests = history.runs.filter { $0.node.hasPrefix("test.") }
        #expect(tests.count == 4 && tests.allSatisfy { $0.status == "pass" && $0.failures == 0 })
        var options = DocumentationSite.Options()
        options.targetPath = shop.folder + "/target"
        let html = try DocumentationSite(graph: Shop.project.graph(), session: nil, options: options).html
        #expect(html.contains("\"run\":{\"status\":\"success\""))
    }

    /// A project that is not built is documented all the same.
    @Test func relationsThatAreNotThereAreNamed() throws {
        let shop = try Shop()
        func site() throws -> DocumentationSite {
            try DocumentationSite(graph: Shop.project.graph(), session: shop.warehouse.session)
        }
        func missing(_ html: String) -> Int { html.split(separator: "\"missing\":true").count - 1 }
        let unbuilt = try site()
        #expect(unbuilt.report.profiled == 1)
        #expect(unbuilt.report.problems.isEmpty)
        #expect(missing(unbuilt.html) == 2)
        try shop.build()
        #expect(try missing(site().html) == 0)
        try shop.warehouse.execute("DROP TABLE SHOP.RAW.ORDERS")
        let broken = try site()
        #expect(broken.report.problems.first == "raw_orders: there is no SHOP.RAW.ORDERS")
        #expect(missing(broken.html) == 1)
    }

    /// Before anybody has made its database.
    @Test func aProjectWithoutItsDatabaseIsDocumented() throws {
        let shop = try Shop()
        try shop.warehouse.execute("CREATE DATABASE OTHER; DROP DATABASE SHOP")
        var options = RunOptions()
        options.targetPath = shop.folder + "/target"
        let runner = try Runner(
            Shop.project, on: EmbeddedTarget(shop.warehouse.session), console: Console { _ in }, options: options)
        #expect(try runner.catalog() == 0)
        let site = try DocumentationSite(graph: Shop.project.graph(), session: shop.warehouse.session)
        #expect(site.report.problems.count == 1)
        #expect(site.report.problems[0].hasPrefix("SHOP: "))
        #expect(site.html.contains("\"missing\":true"))
    }

    @Test func base64IsRFC4648s() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map { Base64.string(Array($0.utf8)) }
        #expect(texts == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"])
    }

    @Test func valuesAreJSON() {
        let value = JSON.object([
            ("a", .array([.integer(1), .bool(true), .null, .number(1.5), .number(.nan), .number(3)])), ("b", .string("x\n\u{1}\"\\</")),
        ])
        #expect(value.pageText == #"{"a":[1,true,null,1.5,null,3],"b":"x\n\u0001\"\\\u003c/"}"#)
    }
}
