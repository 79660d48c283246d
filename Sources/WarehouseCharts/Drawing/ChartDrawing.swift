/// A chart as SVG. `chart.js` draws the same from the same rows, when a page's filters change.
package struct ChartDrawing {
    let chart: Chart
    let data: ChartData
    let width: Double
    /// Whether it is a file of its own, which has a size and a ground.
    let isFile: Bool
    var svg = SVGText()

    package static let width = 640.0
    static let height = 320.0
    static let maximumSeries = 6

    package init(_ chart: Chart, _ data: ChartData, width: Double = ChartDrawing.width, isFile: Bool = false) {
        self.isFile = isFile
        self.chart = chart
        self.data = data
        self.width = width
    }

    /// The picture; nil of tables, and where there is nothing to draw.
    package static func svg(
        _ chart: Chart, _ data: ChartData, width: Double = ChartDrawing.width, isFile: Bool = false
    ) -> String? {
        var drawing = ChartDrawing(chart, data, width: width, isFile: isFile)
        guard !data.rows.isEmpty else { return nil }
        switch chart.kind {
        case .table: return nil
        case .bar: drawing.drawBars()
        case .line, .area, .scatter: drawing.drawPoints()
        case .histogram: drawing.drawHistogram()
        case .heat: drawing.drawHeat()
        case .number: drawing.drawTrend()
        }
        return drawing.svg.text.isEmpty ? nil : drawing.svg.text
    }

    /// What the picture leaves out, a sentence each.
    var notes: [String] {
        switch chart.kind {
        case .line, .area:
            let count = chart.columns.count > 2 ? Set(data.rows.map { $0[2] }).count : 0
            guard count > ChartDrawing.maximumSeries else { return [] }
            return ["Drawn are \(ChartDrawing.maximumSeries) of \(NumberText.grouped(count)) lines."]
        case .heat:
            let fields = Set(data.rows.map { [$0[0], $0[1]] }).count
            guard fields < data.rows.count else { return [] }
            return ["Of \(NumberText.grouped(data.rows.count)) rows each field shows the first."]
        case .bar, .scatter, .histogram, .table, .number: return []
        }
    }

    // MARK: Frame

    mutating func open(height: Double, isStretched: Bool = false) {
        let size = isFile ? [("width", SVGText.number(width)), ("height", SVGText.number(height))] : []
        svg.open("svg", size + [
            ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 \(SVGText.number(width)) \(SVGText.number(height))"),
            ("role", "img"), ("aria-label", summary), ("class", "chart"),
            ("font-family", "system-ui, sans-serif"),
        ] + (isStretched ? [("preserveAspectRatio", "none")] : []))
        if isFile { svg.add("rect", [("width", "100%"), ("height", "100%"), ("fill", ChartColours.page)]) }
    }

    /// What a screen reader says of the picture.
    private var summary: String {
        let names = data.columns.prefix(chart.columns.count).map { $0.title.lowercased() }.joined(separator: ", ")
        let word = chart.kind == .heat ? "heat map" : chart.kind == .number ? "trend" : "\(chart.kind.rawValue) chart"
        return "\(chart.title): \(word) of \(NumberText.grouped(data.rows.count)) rows (\(names))"
    }

    /// How wide a text of 12 pixels is, about.
    static func extent(_ text: String) -> Double { Double(text.count) * 6.8 }

    static func cut(_ text: String, _ count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }

    func values(_ column: Int) -> [Double] { data.rows.compactMap { $0[column].magnitude } }

    // MARK: Bars

    private mutating func drawBars() {
        let rows = data.rows.map { (label: $0[0].name, value: $0[1].magnitude) }
        let longest = rows.map { $0.label.count }.max() ?? 0
        if rows.count > 8 || longest > 12 { return drawLyingBars(rows, longest) }
        let ticks = Ticks.numbers(min(0, values(1).min() ?? 0), max(0, values(1).max() ?? 0))
        let plot = PlotArea(width: width, height: ChartDrawing.height, ticks: ticks)
        open(height: ChartDrawing.height)
        drawLevels(ticks, plot)
        let step = plot.width / Double(rows.count)
        for (index, row) in rows.enumerated() {
            let x = plot.left + Double(index) * step
            svg.label(ChartDrawing.cut(row.label, Int(step / 6.8)), x + step / 2, plot.bottom + 18, anchor: "middle")
            guard let value = row.value else { continue }
            bar(x + step * 0.15, plot.y(max(value, 0)), step * 0.7, abs(plot.y(value) - plot.y(0)), row.label, value)
        }
        svg.close("svg")
    }

    private mutating func drawLyingBars(_ rows: [(label: String, value: Double?)], _ longest: Int) {
        let height = Double(rows.count) * 24 + 34
        let ticks = Ticks.numbers(min(0, values(1).min() ?? 0), max(0, values(1).max() ?? 0))
        let shown = min(longest, 26)
        var plot = PlotArea(width: width, height: height, ticks: ticks)
        plot.left = ChartDrawing.extent(String(repeating: "m", count: shown)) + 14
        plot.right = width - 64
        plot.top = 4
        plot.bottom = height - 28
        func x(_ value: Double) -> Double { plot.left + Ticks.share(value, plot.low, plot.high) * plot.width }
        open(height: height)
        for (position, label) in zip(ticks.positions, ticks.labels) {
            svg.line(x(position), plot.top, x(position), plot.bottom, style: position == 0 ? "axis" : "grid")
            svg.label(label, x(position), plot.bottom + 18, anchor: "middle")
        }
        for (index, row) in rows.enumerated() {
            let y = plot.top + Double(index) * 24 + 3
            svg.label(ChartDrawing.cut(row.label, shown), plot.left - 8, y + 13, anchor: "end", style: "value")
            guard let value = row.value else { continue }
            bar(min(x(value), x(0)), y, abs(x(value) - x(0)), 18, row.label, value)
            svg.label(NumberText.short(value), max(x(value), x(0)) + 6, y + 13)
        }
        svg.close("svg")
    }

    private mutating func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ label: String, _ value: Double) {
        svg.add("rect", [
            ("x", SVGText.number(x)), ("y", SVGText.number(y)), ("width", SVGText.number(max(width, 0.5))),
            ("height", SVGText.number(max(height, 0.5))), ("class", "mark s1"), ("fill", ChartColours.series[0]), ("rx", "1.5"),
        ], title: "\(label): \(NumberText.string(value))")
    }

    /// Lines across with what they stand for.
    mutating func drawLevels(_ ticks: Ticks, _ plot: PlotArea) {
        for (position, label) in zip(ticks.positions, ticks.labels) {
            svg.line(plot.left, plot.y(position), plot.right, plot.y(position), style: position == 0 ? "axis" : "grid")
            svg.label(label, plot.left - 8, plot.y(position) + 4, anchor: "end")
        }
    }

    // MARK: Histogram

    private mutating func drawHistogram() {
        let bins = ChartDrawing.bins(data)
        guard let first = bins.first, let last = bins.last else { return }
        let step = data.binWidth ?? chart.binWidth ?? 1
        let ticks = Ticks.numbers(0, bins.map(\.count).max() ?? 0)
        let plot = PlotArea(width: width, height: ChartDrawing.height, ticks: ticks)
        func x(_ value: Double) -> Double { plot.left + Ticks.share(value, first.low, last.low + step) * plot.width }
        open(height: ChartDrawing.height)
        drawLevels(ticks, plot)
        for bin in bins {
            svg.add("rect", [
                ("x", SVGText.number(x(bin.low) + 0.5)), ("y", SVGText.number(plot.y(bin.count))),
                ("width", SVGText.number(max(x(bin.low + step) - x(bin.low) - 1, 0.5))),
                ("height", SVGText.number(plot.y(0) - plot.y(bin.count))), ("class", "mark s1"),
                ("fill", ChartColours.series[0]),
            ], title: "\(NumberText.string(bin.low)) to \(NumberText.string(bin.low + step)): \(NumberText.string(bin.count))")
        }
        for (position, label) in Ticks.marks(first.low, last.low + step) {
            svg.label(label, x(position), plot.bottom + 18, anchor: "middle")
        }
        svg.close("svg")
    }

    /// The ranges of a histogram, those of several values of a category together.
    static func bins(_ data: ChartData) -> [(low: Double, count: Double)] {
        var counts: [Double: Double] = [:]
        for row in data.rows {
            if let low = row[0].magnitude, let count = row[1].magnitude { counts[low, default: 0] += count }
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension Ticks {
    /// Marks of numbers that lie within low and high.
    static func marks(_ low: Double, _ high: Double, about count: Int = 8) -> [(Double, String)] {
        let ticks = numbers(low, high, about: count)
        return zip(ticks.positions, ticks.labels).filter { $0.0 >= low - 1e-9 && $0.0 <= high + 1e-9 }
    }
}

/// Where a plot lies in its picture, and which values its height stands for.
struct PlotArea {
    var left: Double
    var right: Double
    var top = 12.0
    var bottom: Double
    let low: Double
    let high: Double
    var width: Double { right - left }

    init(width: Double, height: Double, ticks: Ticks) {
        low = ticks.positions.first ?? 0
        high = max(ticks.positions.last ?? 1, low)
        left = (ticks.labels.map(ChartDrawing.extent).max() ?? 0) + 16
        right = width - 18
        bottom = height - 34
    }

    func y(_ value: Double) -> Double { bottom - Ticks.share(value, low, high) * (bottom - top) }
}
