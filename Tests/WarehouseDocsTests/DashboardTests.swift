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
        #expect(try reader.choices(of: Self.board.filters[0]).count == 2)
    }

    @Test func aPageHoldsWhatItsFiltersGoBy() throws {
        let shop = try Shop()
        try shop.build()
        let page = try DashboardPage(Self.board, reader: Self.reader(shop)).html
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
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("<title>DE: 40</title>") && !svg.contains("<IMG"))
        let csv = try #require(files.first { $0.name == "shop-more-revenue-by-country.csv" }?.text)
        #expect(csv.hasPrefix("COUNTRY,REVENUE\r\nDE,40\r\n"))
    }

    @Test func formulasStayTexts() {
        let data = ChartData(
            columns: [ChartData.Column("A", .text), ChartData.Column("B", .number)],
            rows: [[.text("=1+1"), .number(-2)], [.text("-5"), .null], [.text("a\"b,c"), .number(0.5)], [.text("@x"), .number(1e21)]])
        #expect(ChartFiles.csv(data) == "A,B\r\n'=1+1,-2\r\n-5,\r\n\"a\"\"b,c\",0.5\r\n'@x,1e+21\r\n")
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
        #expect(TestResults.milliseconds("soon") == 0)
        #expect(TestResults.name("test.shop.not_null_a_b.0a1b2c3d4e") == "not_null_a_b")
        #expect(TestResults.name("unit_test.shop.orders.paid") == "paid")
    }

    // MARK: Drawing

    @Test func ticksAreRoundNumbers() {
        #expect(Ticks.numbers(0, 97).positions == [0, 20, 40, 60, 80, 100])
        #expect(Ticks.numbers(3.1, 3.9).labels == ["3", "3.2", "3.4", "3.6", "3.8", "4"])
        #expect(Ticks.numbers(0, 2_400_000).labels == ["0", "500k", "1M", "1.5M", "2M", "2.5M"])
        #expect(Ticks.numbers(5, 5).positions == [5, 6])
        let day = 86_400_000.0
        #expect(Ticks.times(0, 3653 * day).labels == ["1970", "1972", "1974", "1976", "1978", "1980"])
        #expect(Ticks.times(0, 150 * day).labels == ["1970-01", "1970-02", "1970-03", "1970-04", "1970-05"])
        #expect(Ticks.times(0, 4 * day).labels == ["1970-01-01", "1970-01-02", "1970-01-03", "1970-01-04", "1970-01-05"])
    }

    @Test func numbersAreReadable() {
        let texts = [0, 1234567, -1234.5, 0.25, 3.14159265, 1e-7, 0.1 + 0.2].map(NumberText.string)
        #expect(texts == ["0", "1,234,567", "-1,234.5", "0.25", "3.14159", "1e-07", "0.3"])
        #expect([1.5, 1, -0.25, 2.004, 0.05].map(SVGText.number) == ["1.5", "1", "-0.25", "2", "0.05"])
        #expect([0, -1, 90_061_000].map { TimeText.string($0) } == ["1970-01-01", "1969-12-31 23:59", "1970-01-02 01:01"])
    }

    @Test func everyKindIsDrawnOfOddValues() {
        let columns = [ChartData.Column("X", .number), ChartData.Column("Y", .number), ChartData.Column("Z", .number)]
        let rows: [[[ChartValue]]] = [
            [], [[.null, .null, .null]], [[.number(1), .number(1), .number(1)]],
            [[.number(-.infinity), .number(.nan), .number(0)], [.number(1e300), .number(-1e300), .number(5)]],
            [[.number(0), .number(0), .number(0)], [.number(0), .number(0), .number(0)]],
        ]
        for kind in [Chart.Kind.bar, .line, .area, .scatter, .histogram, .heat, .number] {
            for part in rows {
                let chart = Chart(
                    kind, .testResults, title: "T", about: "", columns: columns.map { ChartColumn($0.name) }, limit: 10)
                let svg = ChartDrawing.svg(chart, ChartData(columns: columns, rows: part))
                for odd in ["\"nan", "\"inf", "\"-inf", "Mnan", "Lnan", " nan"] { #expect(svg?.contains(odd) != true) }
            }
        }
    }

    @Test func terminalBarsFit() {
        let lines = TerminalChart.bars([("a", 10), ("bb", 5), ("c", -5), ("a very long name indeed", nil)], width: 40) { $0.count }
        #expect(lines.allSatisfy { $0.count <= 40 })
        #expect(abs(lines[0].count { $0 == "█" } - 2 * lines[1].count { $0 == "█" }) <= 1)
        #expect(lines[2].contains("█") && lines[3].hasSuffix("NULL"))
        #expect(TerminalChart.bars([("x", 0)], width: 20) { $0.count }.count == 1)
        #expect(TerminalChart.bars([], width: 20) { $0.count }.isEmpty)
    }
}
