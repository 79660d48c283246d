import Testing
@testable import WarehouseCharts

/// Pictures of whatever rows there are.
@Suite struct ChartDrawingTests {
    @Test func ticksAreRoundNumbers() {
        #expect(Ticks.numbers(0, 97).positions == [0, 20, 40, 60, 80, 100])
        #expect(Ticks.numbers(3.1, 3.9).labels == ["3", "3.2", "3.4", "3.6", "3.8", "4"])
        #expect(Ticks.numbers(0, 2_400_000).labels == ["0", "500k", "1M", "1.5M", "2M", "2.5M"])
        #expect(Ticks.numbers(5, 5).positions == [5, 6])
        #expect(Ticks.numbers(1995, 2005).labels == ["1994", "1996", "1998", "2000", "2002", "2004", "2006"])
        #expect(Ticks.numbers(1_000_001, 1_000_003).labels == ["1,000,001", "1,000,001.5", "1,000,002", "1,000,002.5", "1,000,003"])
        #expect(Ticks.numbers(0, 4e15).labels == ["0", "1e+15", "2e+15", "3e+15", "4e+15"])
        #expect(Ticks.numbers(0, 3e12).labels == ["0", "500G", "1T", "1.5T", "2T", "2.5T", "3T"])
        let day = 86_400_000.0
        #expect(Ticks.times(0, 3653 * day).labels == ["1970", "1972", "1974", "1976", "1978", "1980"])
        #expect(Ticks.times(0, 150 * day).labels == ["1970-01", "1970-02", "1970-03", "1970-04", "1970-05"])
        #expect(Ticks.times(0, 4 * day).labels == ["1970-01-01", "1970-01-02", "1970-01-03", "1970-01-04", "1970-01-05"])
    }

    @Test func numbersAreReadable() {
        let texts = [0, 1234567, -1234.5, 0.25, 3.14159265, 1e-7, 0.1 + 0.2].map(NumberText.string)
        #expect(texts == ["0", "1,234,567", "-1,234.5", "0.25", "3.14159", "1e-7", "0.3"])
        #expect([1.7976931e308, 1e15, -1234567e10, 9.9999999e-5].map(NumberText.string)
            == ["1.79769e+308", "1e+15", "-1.23457e+16", "1e-4"])
        #expect([1.5, 1, -0.25, 2.004, 0.05].map(SVGText.number) == ["1.5", "1", "-0.25", "2", "0.05"])
        #expect([0, -1, 90_061_000].map { TimeText.string($0) } == ["1970-01-01", "1969-12-31 23:59", "1970-01-02 01:01"])
    }

    @Test func everyKindIsDrawnOfOddValues() {
        let columns = [ChartData.Column("X", .number), ChartData.Column("Y", .number), ChartData.Column("Z", .number)]
        let tiny = Double.leastNonzeroMagnitude
        let rows: [[[ChartValue]]] = [
            [], [[.null, .null, .null]], [[.number(1), .number(1), .number(1)]],
            [[.number(-.infinity), .number(.nan), .number(0)], [.number(1e300), .number(-1e300), .number(5)]],
            [[.number(0), .number(0), .number(0)], [.number(0), .number(0), .number(0)]],
            [[.number(1e300), .number(1e300), .number(1e300)]], [[.number(1e17), .number(-1e17), .number(1e17)]],
            [[.number(-1.7e308), .number(-1.7e308), .number(-1.7e308)], [.number(1.7e308), .number(1.7e308), .number(1.7e308)]],
            [[.number(tiny), .number(tiny), .number(1)], [.number(0), .number(-tiny), .number(0)]],
            [[.null, .number(1), .number(1)], [.number(1), .null, .null]],
        ]
        for kind in [Chart.Kind.bar, .line, .area, .scatter, .histogram, .heat, .number] {
            for part in rows {
                let chart = Chart(
                    kind, .testResults, title: "T", about: "", columns: columns.map { ChartColumn($0.name) }, limit: 10)
                let svg = ChartDrawing.svg(chart, ChartData(columns: columns, rows: part))
                for odd in ["\"nan", "\"inf", "\"-inf", "Mnan", "Lnan", " nan", "inf ", "L0 0L0 0"] { #expect(svg?.contains(odd) != true) }
            }
        }
    }

    private static let ranges: [ClosedRange<Double>] = [
        0...0, 1e17...1e17, 1e17...(1e17 + 16), 1e300...1e300, -1.7e308...1.7e308, 0...1.7e308, 0...Double.leastNonzeroMagnitude, -1e-300...1e-300,
        -3...(-3), 0.1...0.1, (1e15 + 1)...(1e15 + 3), -7...100_000,
    ]

    @Test(arguments: ranges)
    func ticksOfAnyNumbersAreFewAndEncloseThem(range: ClosedRange<Double>) {
        let low = range.lowerBound, high = range.upperBound
        for count in [1, 5, 20] {
            let ticks = Ticks.numbers(low, high, about: count)
            #expect((2...51).contains(ticks.positions.count) && ticks.labels.count == ticks.positions.count)
            #expect(ticks.positions.allSatisfy { $0.isFinite })
            #expect(zip(ticks.positions, ticks.positions.dropFirst()).allSatisfy { $0 < $1 }, "\(ticks.positions)")
            #expect(ticks.positions[0] <= low && (ticks.positions.last ?? 0) >= high, "\(ticks.positions)")
            #expect(Set(ticks.labels).count == ticks.labels.count, "\(ticks.labels)")
        }
    }

    @Test func figuresAreShort() {
        #expect([3.42281, 420.1722, 1_234_567, 0.654543, -0.000123456, 12345.678, 9.9999].map(NumberText.short)
            == ["3.423", "420.2", "1,234,567", "0.6545", "-0.0001235", "12,345.7", "10"])
    }

    @Test func namesHaveNoCommas() {
        #expect(ChartValue.number(1995).name == "1995" && ChartValue.number(1_234_567).name == "1234567")
        #expect(ChartValue.number(1_234_567).text == "1,234,567" && ChartValue.number(.nan).text == "NaN")
        #expect(ChartData.Column("RELEASE_YEAR", .number).isName && ChartData.Column("ID", .number).isName)
        #expect(!ChartData.Column("PAID", .number).isName && !ChartData.Column("COUNTRY_ID", .text).isName)
    }

    /// What is not drawn is told.
    @Test func picturesTellWhatTheyLeaveOut() {
        let columns = ["X", "Y", "Z"].map { ChartData.Column($0, $0 == "Z" ? .text : .number) }
        func chart(_ kind: Chart.Kind) -> Chart {
            Chart(kind, .testResults, title: "T", about: "", columns: columns.map { ChartColumn($0.name) }, limit: 100)
        }
        let lines = (0..<9).map { [ChartValue.number(Double($0)), .number(1), .text("s\($0)")] }
        #expect(ChartDrawing(chart(.line), ChartData(columns: columns, rows: lines)).notes == ["Drawn are 6 of 9 lines."])
        #expect(ChartDrawing(chart(.line), ChartData(columns: columns, rows: Array(lines.prefix(6)))).notes.isEmpty)
        let fields: [[ChartValue]] = [[.number(1), .number(1), .number(5)], [.number(1), .number(1), .number(9)]]
        let heat = ChartData(columns: columns, rows: fields)
        #expect(ChartDrawing(chart(.heat), heat).notes == ["Of 2 rows each field shows the first."])
        let svg = ChartDrawing.svg(chart(.heat), heat)
        #expect(svg?.contains("<title>1, 1: 5</title>") == true && svg?.contains("1, 1: 9") == false)
        #expect(ChartDrawing.svg(chart(.line), ChartData(columns: columns, rows: [[.null, .null, .null]])) == nil)
        #expect(ChartDrawing.svg(chart(.histogram), ChartData(columns: columns, rows: [[.null, .null, .null]])) == nil)
    }

    /// As many as a chart takes, in less than a second each.
    @Test func manyCategoriesAreDrawn() {
        let columns = [ChartData.Column("X", .text), ChartData.Column("Y", .text), ChartData.Column("Z", .number)]
        let rows = (0..<5_000).map { [ChartValue.text("category \($0)"), .text("line \($0 % 50)"), .number(Double($0 % 97))] }
        let start = ContinuousClock.now
        for kind in [Chart.Kind.bar, .heat] {
            let own = kind == .bar ? rows.map { [$0[0], $0[2]] } : rows
            let chart = Chart(
                kind, .testResults, title: "T", about: "", columns: columns.map { ChartColumn($0.name) }, limit: 5_000)
            let svg = ChartDrawing.svg(chart, ChartData(columns: columns, rows: own))
            #expect((svg?.split(separator: "<title>", omittingEmptySubsequences: false).count ?? 0) - 1 == 5_000)
        }
        #expect(start.duration(to: .now) < .seconds(20))
    }

    /// In the night when clocks go back an hour of the wall clock comes twice; the line goes on, and labels say the clock.
    @Test func timesAreTheWallClocks() {
        let hour = 3_600_000.0, night = 1_761_436_800_000.0
        #expect(TimeText.string(night) == "2025-10-26")
        let ticks = Ticks.times(night, night + 5 * hour)
        #expect(ticks.labels == ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"])
        #expect(Ticks.times(-62_135_596_800_000, -62_009_366_400_000).labels.first == "1")
        #expect(Ticks.times(0, 1e18).labels.isEmpty)
        // Runs of one minute, and a single one.
        #expect(Ticks.times(night + 7_400, night + 10_200).labels == ["00:00:08", "00:00:09", "00:00:10"])
        #expect(Ticks.times(night + 61_500, night + 61_500).labels == ["2025-10-26 00:01"])
    }

    @Test func terminalBarsFit() {
        let lines = TerminalChart.bars([("a", 10), ("bb", 5), ("c", -5), ("a very long name indeed", nil)], width: 40) { $0.count }
        #expect(lines.allSatisfy { $0.count <= 40 })
        #expect(abs(lines[0].count { $0 == "█" } - 2 * lines[1].count { $0 == "█" }) <= 1)
        #expect(lines[2].contains("█") && lines[3].hasSuffix("NULL"))
        #expect(TerminalChart.bars([("x", 0)], width: 20) { $0.count }.count == 1)
        #expect(TerminalChart.bars([], width: 20) { $0.count }.isEmpty)
    }

    @Test(arguments: [8, 12, 20, 33, 80, 200])
    func terminalBarsFitAnyWidth(width: Int) {
        let wide = { (text: String) in text.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) } }
        let series: [[(label: String, value: Double?)]] = [
            [("名前が長い", 3), ("b", -1), ("", nil)], [("x", -1000), ("y", 1)], [("x", -1), ("y", 1000)], [("x", -5), ("y", -10)],
            [("nan", .nan), ("inf", .infinity), ("one", 1)], [("big", 1.7e308), ("small", -1.7e308)], [("z", 0), ("n", nil)],
            [(String(repeating: "long ", count: 2_000), 999_999_999_999_999)],
        ]
        for rows in series {
            let lines = TerminalChart.bars(rows, width: width, extent: wide)
            #expect(lines.count == rows.count)
            let numbers = rows.map { $0.value.map(NumberText.string)?.count ?? 4 }.max() ?? 0
            // The number itself is always whole.
            for line in lines { #expect(wide(line) <= max(width, numbers + 6), "\(width): '\(line)'") }
        }
        let lines = TerminalChart.bars([("a", -10), ("b", 10)], width: width, extent: wide)
        #expect(lines.allSatisfy { $0.contains("█") || width < 12 })
    }
}
