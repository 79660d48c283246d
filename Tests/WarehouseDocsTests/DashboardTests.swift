import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseCharts
import WarehouseModels

@Suite struct DashboardTests {
    private static let board = Dashboard(
        "Shop & more", filters: [.category(StgOrders.self, \.country)]
    ) {
        BarChart(Revenue.self, x: \.country, y: \.revenue)
        Histogram(StgOrders.self, \.amount, width: 10)
        ScatterChart(StgOrders.self, x: \.orderId, y: \.amount, label: \.country)
        NumberTile(StgOrders.self, \.amount, .sum, trend: \.orderId)
        DataTable(StgOrders.self, \.orderId, \.country, title: "Orders")
    }

    private static func reader(_ shop: Shop) -> DashboardReader {
        DashboardReader(graph: Shop.project.graph(), session: shop.warehouse.session, targetPath: shop.folder + "/target")
    }

    @Test func namesAndTitles() {
        #expect(Self.board.name == "shop-more")
        #expect(Self.board.charts.map(\.title) == ["Revenue by country", "Amount: how often", "Amount by order id", "Amount", "Orders"])
        #expect(Dashboard("…") {}.name == "dashboard")
    }

    /// Paid orders: 1 DE 10, 2 DE 30, 3 of a strange country 5, 4 of none 2.5.
    @Test func chartsReadTheirModels() throws {
        let shop = try Shop()
        try shop.build()
        let reader = Self.reader(shop)
        let bars = try reader.data(of: Self.board.charts[0], in: Self.board)
        #expect(bars.rows.map { $0[1] } == [.number(40), .number(5), .number(2.5)])
        #expect(bars.rows[0][0] == .text("DE") && bars.rows[2][0] == .null)
        let bins = try reader.data(of: Self.board.charts[1], in: Self.board)
        #expect(bins.rows == [[.number(0), .number(2)], [.number(10), .number(1)], [.number(30), .number(1)]])
        #expect(bins.binWidth == 10)
        #expect(ChartDrawing(Self.board.charts[3], try reader.data(of: Self.board.charts[3], in: Self.board)).summaryText == "47.5")
    }

    @Test func filtersAreBoundAndNotPasted() throws {
        let shop = try Shop()
        try shop.build()
        let reader = Self.reader(shop)
        let scatter = Self.board.charts[2]
        let german = try reader.data(of: scatter, in: Self.board, filters: [0: .category("DE")])
        #expect(german.rows.map { $0[0] } == [.number(1), .number(2)])
        let hostile = try reader.data(of: scatter, in: Self.board, filters: [0: .category("x' OR '1'='1")])
        #expect(hostile.rows.isEmpty)
        let strange = try reader.data(of: scatter, in: Self.board, filters: [0: .category(hostileText.uppercased())])
        #expect(strange.rows.count == 1)
        let choices = try reader.choices(of: Self.board.filters[0])
        #expect(choices.texts.count == 2 && !choices.isCut)
    }

    @Test func aPageHoldsWhatItsFiltersGoBy() throws {
        let shop = try Shop()
        try shop.build()
        let page = try DashboardPage(Self.board, reader: Self.reader(shop)).html
        // The names of the bars are of a relation without NULLs; what filters go by is the same column.
        #expect(page.contains("\"filterColumns\":{\"0\":0}"))
        #expect(page.split(separator: "<script", omittingEmptySubsequences: false).count - 1 == 4)
        #expect(page.split(separator: "</script>", omittingEmptySubsequences: false).count - 1 == 4)
        #expect(!page.contains("<img") && !page.contains("<IMG"))
        let served = try DashboardPage(Self.board, reader: Self.reader(shop), api: "/api/x").html
        #expect(served.contains("\"api\":\"/api/x\"") && !served.contains("\"filterColumns\":"))
    }

    @Test func modelsOfOtherProjectsAreErrors() throws {
        let shop = try Shop()
        let other = Project("other", target: Target(database: "SHOP", schema: "DEV"), [RawOrders.self])
        let reader = DashboardReader(graph: other.graph(), session: shop.warehouse.session, targetPath: nil)
        let error = #expect(throws: WarehouseError.self) { try reader.data(of: Self.board.charts[0], in: Self.board) }
        #expect(error?.message.contains("'Revenue by country'") == true)
    }

    @Test func filesAreSVGAndCSV() throws {
        let shop = try Shop()
        try shop.build()
        let files = try ChartFiles.all(of: Self.board, reader: Self.reader(shop))
        #expect(files.map(\.name).filter { $0.hasSuffix(".svg") }.count == 4)
        let svg = try #require(files.first { $0.name == "shop-more-revenue-by-country.svg" }?.text)
        #expect(svg.hasPrefix("<svg width=\"640\" height=\"106\" xmlns=\"http://www.w3.org/2000/svg\""))
        // It stands alone: a ground and colours of its own, no style sheet, nothing from elsewhere.
        #expect(svg.contains("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>") && svg.hasSuffix("</svg>\n"))
        #expect(!svg.contains("var(") && !svg.contains("<style") && !svg.contains("href") && svg.contains("font-family"))
        #expect(svg.contains("<title>DE: 40</title>") && !svg.contains("<IMG"))
        let csv = try #require(files.first { $0.name == "shop-more-revenue-by-country.csv" }?.text)
        #expect(csv.hasPrefix("COUNTRY,REVENUE\r\nDE,40\r\n"))
    }

    @Test func formulasStayTexts() {
        let data = ChartData(
            columns: [ChartData.Column("A", .text), ChartData.Column("B", .number)],
            rows: [[.text("=1+1"), .number(-2)], [.text("-5"), .null], [.text("a\"b,c"), .number(0.5)], [.text("@x"), .number(1e21)],
                   [.text("-inf"), .number(.infinity)], [.text("＝1"), .number(.nan)], [.text("\n"), .number(0)]])
        #expect(ChartFiles.csv(data) == "A,B\r\n'=1+1,-2\r\n-5,\r\n\"a\"\"b,c\",0.5\r\n'@x,1e+21\r\n"
            + "'-inf,inf\r\n'＝1,NaN\r\n\"'\n\",0\r\n")
        let names = ChartData(columns: [ChartData.Column("=A", .text)], rows: [])
        #expect(ChartFiles.csv(names) == "'=A\r\n")
        let times = ChartData(columns: [ChartData.Column("T", .time)], rows: [[.time(0)], [.time(61_000)], [.time(-1)]])
        #expect(ChartFiles.csv(times) == "T\r\n1970-01-01\r\n1970-01-01 00:01:01\r\n1969-12-31 23:59:59.999\r\n")
    }

    @Test func testResultsComeFromTheHistory() throws {
        let shop = try Shop()
        try shop.build()
        let board = Dashboard("Quality") { TestResultsChart(); TestResultsTable() }
        let overTime = try Self.reader(shop).data(of: board.charts[0], in: board)
        #expect(overTime.rows.count == 1 && overTime.rows[0][1] == .number(2) && overTime.rows[0][2] == .text("passed"))
        let table = try Self.reader(shop).data(of: board.charts[1], in: board)
        #expect(table.rows.count == 2 && table.rows.allSatisfy { $0[1] == .text("passed") && $0[2] == .number(0) })
        #expect(TestResults.milliseconds("1970-01-02T00:00:01.000000Z") == 86_401_000)
        #expect(TestResults.milliseconds("1970-01-01T00:00:01.234567Z") == 1_235)
        #expect(TestResults.milliseconds("soon") == 0)
        #expect(TestResults.name("test.shop.not_null_a_b.0a1b2c3d4e") == "not_null_a_b")
        #expect(TestResults.name("unit_test.shop.orders.paid") == "paid")
    }
}
