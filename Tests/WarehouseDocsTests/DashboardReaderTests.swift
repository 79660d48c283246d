import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseCharts
import WarehouseModels

private enum RawMeasures: Source {
    struct Columns: Row {
        let id: Expr<Int64?>
        let kind: Expr<String?>
        let code: Expr<Decimal128?>
        let at: Expr<LocalDateTime?>
        let price: Expr<Double?>
    }
    static let table = "SHOP.RAW.MEASURES"
}

/// What charts read where rows are many, odd or exact.
@Suite struct DashboardReaderTests {
    private static let project = Project("lab", target: Target(database: "SHOP", schema: "DEV"), [RawMeasures.self])
    private static let filters: [DashboardFilter] = [
        .category(RawMeasures.self, \.code), .dates(RawMeasures.self, \.at), .category(RawMeasures.self, \.kind),
    ]

    /// A reader of a table that a query fills.
    private static func reader(_ shop: Shop, _ rows: String) throws -> DashboardReader {
        try shop.warehouse.execute(
            "CREATE TABLE SHOP.RAW.MEASURES (ID INT, KIND STRING, CODE NUMBER(10, 2), AT TIMESTAMP_NTZ, PRICE FLOAT)")
        try shop.warehouse.execute("INSERT INTO SHOP.RAW.MEASURES " + rows)
        return DashboardReader(graph: project.graph(), session: shop.warehouse.session, targetPath: nil)
    }

    private static func board(_ chart: any ChartElement) -> Dashboard { Dashboard("B", filters: filters) { chart.chart } }

    /// 2⁵³ + 1 is no FLOAT: a table shows it to the last digit, and orders by the number.
    @Test func tablesAreExact() throws {
        let shop = try Shop()
        let reader = try Self.reader(shop, "VALUES (9007199254740993, 'a', 1, NULL, 'NaN'), (10, 'b', 2.5, NULL, 'inf'), (9, 'c', 3, NULL, 1)")
        let board = Self.board(DataTable(RawMeasures.self, \.id, \.code, \.price, title: "All"))
        let data = try reader.data(of: board.charts[0], in: board)
        #expect(data.rows.map { $0[0] } == [.number(9), .number(10), .text("9007199254740993")])
        #expect(data.rows.map { $0[1] } == [.number(3), .number(2.5), .number(1)])
        #expect(ChartFiles.csv(data) == "ID,CODE,PRICE\r\n9,3,1\r\n10,2.5,inf\r\n9007199254740993,1,NaN\r\n")
        let page = try DashboardPage(board, reader: reader).html
        #expect(page.contains("[\"9007199254740993\",1,\"NaN\""))
    }

    /// The sum of 1 to 3,000 is that of all rows, and not of those that the line shows.
    @Test(arguments: [(ChartSummary.sum, 4_501_500.0), (.average, 1_500.5), (.count, 3_000), (.last, 3_000)])
    func numbersAreOfAllRows(summary: ChartSummary, right: Double) throws {
        let shop = try Shop()
        let reader = try Self.reader(
            shop, "SELECT SEQ4() + 1, 'k', 1, NULL, SEQ4() + 1 FROM TABLE(GENERATOR(ROWCOUNT => 3000))")
        let board = Self.board(NumberTile(RawMeasures.self, \.price, summary, trend: \.id))
        let data = try reader.data(of: board.charts[0], in: board)
        #expect(data.isCut && data.rows.count == 2_000 && data.figure == right)
        #expect(ChartDrawing(board.charts[0], data).summaryText == NumberText.short(right))
        // A page that filters by itself has all of them, and sums up what is left.
        let whole = try reader.data(of: board.charts[0], in: board, addsFilterColumns: true)
        #expect(whole.rows.count == 3_000 && !whole.isCut && whole.filterColumns.count == 3)
    }

    /// A category is compared as text, a day as time, whatever the chart itself reads of the column.
    @Test func filtersHaveColumnsOfTheirOwn() throws {
        let shop = try Shop()
        let reader = try Self.reader(
            shop, "VALUES (1, 'a', 1.5, '2024-03-31 01:30:00', 1), (2, NULL, 2, '2024-03-31 03:30:00', 2), (3, 'b', 2, NULL, 3)")
        let board = Self.board(BarChart(RawMeasures.self, x: \.code, y: \.price))
        let data = try reader.data(of: board.charts[0], in: board, addsFilterColumns: true)
        let code = try #require(data.filterColumns[0]), at = try #require(data.filterColumns[1])
        #expect(data.rows.map { $0[code] } == [.text("2.00"), .text("2.00"), .text("1.50")])
        #expect(data.rows.map { $0[at] } == [.null, .time(1_711_855_800_000), .time(1_711_848_600_000)])
        #expect(try reader.choices(of: Self.filters[0]).texts == ["1.50", "2.00"])
        #expect(try reader.choices(of: Self.filters[1]).texts == ["2024-03-31", "2024-03-31"])
        let one = try reader.data(of: board.charts[0], in: board, filters: [0: .category("1.50")])
        #expect(one.rows.map { $0[1] } == [.number(1)])
        let day = try reader.data(of: board.charts[0], in: board, filters: [1: .dates(from: "2024-03-31", to: "2024-03-31")])
        #expect(day.rows.count == 2)
        #expect(try reader.data(of: board.charts[0], in: board, filters: [1: .dates(from: "2024-04-01", to: nil)]).rows.isEmpty)
    }

    /// Days are counted apart where they are few, so that a page can narrow a histogram down by them; where they are too
    /// many, the filter is left out and not the counts.
    @Test func histogramsAreNarrowedDownByDays() throws {
        let shop = try Shop()
        let reader = try Self.reader(shop, """
            SELECT SEQ4(), 'k' || MOD(SEQ4(), 3), 1, DATEADD(HOUR, SEQ4(), '2024-01-01'::TIMESTAMP_NTZ), MOD(SEQ4(), 10)
            FROM TABLE(GENERATOR(ROWCOUNT => 2400))
            """)
        let board = Self.board(Histogram(RawMeasures.self, \.price, width: 1))
        let data = try reader.data(of: board.charts[0], in: board, addsFilterColumns: true)
        #expect(data.filterColumns == [0: 2, 1: 3, 2: 4] && data.binWidth == 1)
        let days = Set(data.rows.map { $0[3] })
        #expect(days.count == 100)
        #expect(days.contains(ChartValue.time(1_704_067_200_000)))
        #expect(data.rows.reduce(0) { $0 + ($1[1].magnitude ?? 0) } == 2_400)
        try shop.warehouse.execute("""
            INSERT INTO SHOP.RAW.MEASURES SELECT SEQ4(), 'k', 1, DATEADD(DAY, SEQ4(), '1900-01-01'::TIMESTAMP_NTZ), MOD(SEQ4(), 10)
            FROM TABLE(GENERATOR(ROWCOUNT => 30000))
            """)
        let many = try reader.data(of: board.charts[0], in: board, addsFilterColumns: true)
        #expect(many.filterColumns == [0: 2, 2: 3] && !many.isCut)
        #expect(many.rows.reduce(0) { $0 + ($1[1].magnitude ?? 0) } == 32_400)
        let page = try DashboardPage(board, reader: reader).html
        #expect(page.contains("\"filters\":[0,1,2]") && page.contains("\"filterColumns\":{\"0\":2,\"2\":3}"))
    }

    @Test func histogramsTellOfWhatIsNoNumber() throws {
        let shop = try Shop()
        let reader = try Self.reader(
            shop, "SELECT 1, 'k', 1, NULL, COLUMN1::FLOAT FROM VALUES ('NaN'), ('inf'), ('-inf'), ('1'), ('2'), (NULL)")
        let board = Self.board(Histogram(RawMeasures.self, \.price))
        let data = try reader.data(of: board.charts[0], in: board)
        #expect(data.rows.reduce(0) { $0 + ($1[1].magnitude ?? 0) } == 2)
        #expect(data.notes == ["3 more rows hold NaN, inf or -inf."])
        // A width that would make a million ranges is left for a fitting one.
        try shop.warehouse.execute("INSERT INTO SHOP.RAW.MEASURES VALUES (1, 'k', 1, NULL, 1000000), (1, 'k', 1, NULL, -1.7e308)")
        let fine = Self.board(Histogram(RawMeasures.self, \.price, width: 1))
        let wide = try reader.data(of: fine.charts[0], in: fine)
        #expect((wide.binWidth ?? 0) > 1e306 && wide.rows.reduce(0) { $0 + ($1[1].magnitude ?? 0) } == 4)
        #expect(ChartDrawing.svg(fine.charts[0], wide) != nil)
    }

    @Test func chartsThatWouldDrawNothingAreErrors() throws {
        let shop = try Shop()
        let reader = try Self.reader(shop, "VALUES (1, 'a', 1, '2024-01-01', 1)")
        let charts: [(any ChartElement, String)] = [
            (Histogram(RawMeasures.self, \.at), "a histogram counts numbers"),
            (BarChart(RawMeasures.self, x: \.id, y: \.kind), "bars are as long as numbers say"),
            (LineChart(RawMeasures.self, x: \.kind, y: \.price), "a line goes along numbers or times"),
            (ScatterChart(RawMeasures.self, x: \.id, y: \.kind, label: \.id), "a scatter draws numbers"),
            (HeatMap(RawMeasures.self, x: \.id, y: \.kind, value: \.at), "colours are as dark as numbers say"),
            (NumberTile(RawMeasures.self, \.kind, trend: \.at), "a number draws numbers"),
        ]
        for (chart, message) in charts {
            let board = Self.board(chart)
            let error = #expect(throws: WarehouseError.self) { try reader.data(of: board.charts[0], in: board) }
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }

    /// A page stays small enough whatever texts there are.
    @Test func longTextsAreCut() throws {
        let shop = try Shop()
        let reader = try Self.reader(
            shop, "SELECT SEQ4(), REPEAT('ä', 20000), 1, NULL, 1 FROM TABLE(GENERATOR(ROWCOUNT => 200))")
        let board = Self.board(DataTable(RawMeasures.self, \.id, \.kind, title: "Texts"))
        let data = try reader.data(of: board.charts[0], in: board)
        #expect(data.isCut && (40...60).contains(data.rows.count) && data.notes.count == 1)
        #expect(data.rows[0][1] == .text(String(repeating: "ä", count: 10_000) + "…"))
        #expect(try reader.choices(of: Self.filters[2]).texts.isEmpty)
    }
}
