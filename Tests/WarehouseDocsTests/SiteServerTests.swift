import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseCharts
@testable import WarehouseCommands
import WarehouseDocs
import WarehouseModels
@testable import WarehouseServer

private enum Slow: Source {
    struct Columns: Row { let n: Expr<Int64?>; let m: Expr<Int64?> }
    static let table = "SHOP.RAW.SLOW"
}

/// What browsers are answered with: from a warehouse that is open for reading only, within limits, and as it stands.
@Suite struct SiteServerTests {
    private static let board = Dashboard("Shop", filters: [.category(Revenue.self, \.country), .dates(Revenue.self, \.country)]) {
        BarChart(Revenue.self, x: \.country, y: \.revenue)
    }
    private static let slow = Dashboard("Slow") { NumberTile(Slow.self, \.m, trend: \.n) }

    private static func server(_ shop: Shop, seconds: Double = 30) throws -> (server: SiteServer, warehouse: Warehouse) {
        var options = WarehouseOptions()
        options.isReadOnly = true
        let warehouse = try Warehouse.open(shop.folder + "/warehouse.mlwh", options: options)
        var project = Shop.project
        project.resources.append(Slow.self)
        project.exposures = [board.exposure]
        let graph = project.graph()
        #expect(graph.problems.isEmpty)
        var site = DocumentationSite.Options()
        site.targetPath = shop.folder + "/target"
        site.pages = [board.exposure.name: SiteServer.path(of: board)]
        let served = try ServedSite(graph: graph, options: site, session: warehouse.session)
        return (SiteServer(warehouse: warehouse, graph: graph, dashboards: [board, slow], targetPath: shop.folder + "/target",
                           site: served, seconds: seconds), warehouse)
    }

    private static func ask(_ server: SiteServer, _ path: String) throws -> (status: Int, text: String) {
        let answer = server.answer(try HTTPRequest(head: Array("GET \(path) HTTP/1.1\r\nHost: x".utf8)))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    @Test func documentationFollowsTheWarehouse() throws {
        let shop = try Shop()
        try shop.build()
        let (server, _) = try Self.server(shop)
        let first = try Self.ask(server, "/")
        #expect(first.status == 200 && first.text.contains("\"page\":\"/dashboards/shop\""))
        // What has not changed is not made again.
        #expect(try Self.ask(server, "/").text == first.text)
        #expect(first.text.contains("\"least\":\"2.5\""))
        try shop.warehouse.execute("INSERT INTO SHOP.RAW.ORDERS VALUES (6, 'it', 0.25)")
        let second = try Self.ask(server, "/").text
        // The view reads the table that has changed; the table that was built of it has not.
        #expect(second != first.text && second.contains("\"least\":\"0.25\""))
        try shop.build()
        let third = try Self.ask(server, "/").text
        #expect(third != second && third.contains("\"IT\""))
        #expect(try Self.ask(server, "/").text == third)
    }

    /// What a page says never becomes more than the value of a filter, and what is not understood is refused.
    @Test func requestsAreChecked() throws {
        let shop = try Shop()
        try shop.build()
        let (server, _) = try Self.server(shop)
        let rows = try Self.ask(server, "/api/dashboards/shop?chart=0&f0=DE")
        #expect(rows.status == 200 && rows.text.hasPrefix("{\"rows\":[[\"DE\",40]]"))
        #expect(try Self.ask(server, "/api/dashboards/shop?chart=0&f0=DE'%20OR%20'1'='1").text.hasPrefix("{\"rows\":[]"))
        for (query, status) in [
            ("", 400), ("?chart=", 400), ("?chart=-1", 400), ("?chart=1", 400), ("?chart=99999999999999999999", 400), ("?chart=0x0", 400),
            ("?chart=0&f1.from=2024-02-30", 400), ("?chart=0&f1.from=yesterday", 400), ("?chart=0&f1.to=2024-1-1", 400),
            ("?chart=0&f1.to=0000-01-01", 400), ("?chart=0&f0=" + String(repeating: "x", count: 9_000), 400), ("?chart=0&unknown=1", 200),
        ] {
            #expect(try Self.ask(server, "/api/dashboards/shop" + query).status == status, "\(query.prefix(40))")
        }
        for path in ["/api/dashboards/none?chart=0", "/dashboards/none", "/dashboards", "/dashboards/shop/x", "/api", "/index.html", "/SHOP",
                     "/dashboards/../dashboards/shop", "/favicon.ico", "/warehouse.mlwh/secrets"] {
            #expect(try Self.ask(server, path).status == 404, "\(path)")
        }
        #expect(try Self.ask(server, "/dashboards/shop").status == 500)
    }

    @Test func itsWarehouseIsReadOnly() throws {
        let shop = try Shop()
        try shop.build()
        let (_, warehouse) = try Self.server(shop)
        for statement in [
            "CREATE TABLE SHOP.DEV.X (A INT)", "INSERT INTO SHOP.RAW.ORDERS VALUES (9, 'x', 1)", "DROP TABLE SHOP.RAW.ORDERS",
            "UPDATE SHOP.RAW.ORDERS SET AMOUNT = 0", "DELETE FROM SHOP.RAW.ORDERS", "TRUNCATE TABLE SHOP.RAW.ORDERS",
            "CREATE ROLE R", "GRANT ROLE SYSADMIN TO USER ADMIN", "CREATE STAGE SHOP.RAW.S",
            "COPY INTO @SHOP.RAW.%ORDERS FROM SHOP.RAW.ORDERS", "PUT file:///etc/hostname @SHOP.RAW.%ORDERS",
            "CREATE TEMPORARY TABLE SHOP.DEV.T (A INT)", "VACUUM",
        ] {
            #expect(throws: WarehouseError.self, "\(statement)") { try warehouse.session.execute(statement) }
        }
        #expect(try warehouse.query("SELECT COUNT(*) FROM SHOP.RAW.ORDERS").textRows() == [["5"]])
    }

    @Test func slowQueriesAreStopped() throws {
        let shop = try Shop()
        try shop.warehouse.execute("""
            CREATE TABLE SHOP.RAW.NUMBERS AS SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 20000));
            CREATE VIEW SHOP.RAW.SLOW AS SELECT A.N AS N, MAX(A.N * B.N % 7919) AS M FROM SHOP.RAW.NUMBERS A
                CROSS JOIN SHOP.RAW.NUMBERS B CROSS JOIN SHOP.RAW.NUMBERS C GROUP BY A.N
            """)
        // Left alone these would take days.
        var project = Shop.project
        project.resources.append(Slow.self)
        var options = WarehouseOptions()
        options.isReadOnly = true
        let warehouse = try Warehouse.open(shop.folder + "/warehouse.mlwh", options: options)
        let server = SiteServer(
            warehouse: warehouse, graph: project.graph(), dashboards: [Self.slow], targetPath: shop.folder, site: nil, seconds: 0.5)
        let page = try Self.ask(server, "/dashboards/slow"), rows = try Self.ask(server, "/api/dashboards/slow?chart=0")
        #expect(page.status == 503 && rows.status == 503, "\(page) \(rows)")
        #expect(try Self.ask(server, "/").status == 302)
    }
}
