extension ChartDrawing {
    /// The values of the third column that get colours of their own, in their order; one nameless series where there is
    /// none.
    private var series: [String] {
        guard chart.kind != .scatter, chart.columns.count > 2 else { return [""] }
        var seen: [String] = []
        for row in data.rows where !seen.contains(row[2].name) && seen.count < ChartDrawing.maximumSeries {
            seen.append(row[2].name)
        }
        return seen
    }

    /// Lines, areas and points.
    mutating func drawPoints() {
        let isTime = data.columns[0].kind == .time
        let names = series
        let xs = data.rows.map { $0[0].magnitude }
        let known = xs.compactMap { $0 }
        guard let low = known.min(), let high = known.max() else { return }
        var least = values(1).min() ?? 0
        let greatest = values(1).max() ?? 0
        if chart.kind == .area || chart.startsAtZero { least = min(0, least) }
        // A line that never comes near zero is drawn larger.
        if chart.kind != .scatter, least > 0, greatest > 0, least < greatest * 0.5 { least = 0 }
        let ticks = Ticks.numbers(least, greatest)
        var plot = PlotArea(width: width, height: ChartDrawing.height, ticks: ticks)
        if names.count > 1 { plot.top = 34 }
        func x(_ value: Double) -> Double {
            high > low ? plot.left + Ticks.share(value, low, high) * plot.width : plot.left + plot.width / 2
        }
        open(height: ChartDrawing.height)
        drawLevels(ticks, plot)
        let along = isTime ? Ticks.times(low, high) : Ticks.numbers(low, high, about: 7)
        for (position, label) in zip(along.positions, along.labels) where position >= low && position <= high {
            // What would not fit beside the last mark ends at the edge.
            let isCut = x(position) + Double(label.count) * 3.4 > plot.right + 17
            svg.label(label, isCut ? plot.right + 17 : x(position), plot.bottom + 18, anchor: isCut ? "end" : "middle")
        }
        for (index, name) in names.enumerated() {
            let rows = zip(data.rows, xs).filter { names.count == 1 || $0.0[2].name == name }
            let points = rows.map { row, at in at.flatMap { at in row[1].magnitude.map { (x(at), plot.y($0), row) } } }
            drawSeries(points, index, floor: plot.y(max(plot.low, min(0, plot.high))))
        }
        if names.count > 1 { drawLegend(names, plot) }
        svg.close("svg")
    }

    /// nil where a value is missing: there a line has a gap.
    private mutating func drawSeries(_ points: [(Double, Double, [ChartValue])?], _ index: Int, floor: Double) {
        let colour = ChartColours.series[index]
        let style = "s\(index + 1)"
        if chart.kind != .scatter {
            var path = "", area = ""
            for run in points.split(omittingEmptySubsequences: true, whereSeparator: { $0 == nil }) {
                let known = run.compactMap { $0 }
                let line = known.enumerated().map {
                    "\($0 == 0 ? "M" : "L")\(SVGText.number($1.0)) \(SVGText.number($1.1))"
                }.joined()
                path += line
                if let first = known.first, let last = known.last {
                    area += line + "L\(SVGText.number(last.0)) \(SVGText.number(floor))"
                        + "L\(SVGText.number(first.0)) \(SVGText.number(floor))Z"
                }
            }
            if chart.kind == .area {
                svg.add("path", [("d", area), ("class", "fill \(style)"), ("fill", colour), ("fill-opacity", "0.25")])
            }
            svg.add("path", [
                ("d", path), ("class", "stroke \(style)"), ("fill", "none"), ("stroke", colour), ("stroke-width", "2"),
                ("stroke-linejoin", "round"),
            ])
        }
        // Points of long lines can be pointed at, but are not seen.
        let isSeen = chart.kind == .scatter || points.count <= 40
        for case let (x, y, row)? in points {
            let name = chart.columns.count > 2 ? row[2].name + ", " : ""
            svg.add("circle", [
                ("cx", SVGText.number(x)), ("cy", SVGText.number(y)), ("r", isSeen ? "3" : "6"),
                ("class", isSeen ? "mark \(style)" : "hidden-mark"), ("fill", colour),
                ("fill-opacity", isSeen ? (chart.kind == .scatter ? "0.6" : "1") : "0"),
            ], title: "\(name)\(chart.kind == .scatter ? row[0].text : row[0].name): \(row[1].text)")
        }
    }

    private mutating func drawLegend(_ names: [String], _ plot: PlotArea) {
        var x = plot.left
        for (index, name) in names.enumerated() {
            let shown = ChartDrawing.cut(name, 18)
            svg.add("rect", [
                ("x", SVGText.number(x)), ("y", "6"), ("width", "12"), ("height", "12"), ("class", "mark s\(index + 1)"),
                ("fill", ChartColours.series[index]), ("rx", "2"),
            ])
            svg.label(shown, x + 18, 16, style: "value")
            x += ChartDrawing.extent(shown) + 38
        }
    }

    // MARK: Heat

    mutating func drawHeat() {
        func keys(_ column: Int) -> [ChartValue] {
            var seen: Set<ChartValue> = []
            return data.rows.map { $0[column] }.filter { seen.insert($0).inserted }
        }
        let across = keys(0), down = keys(1)
        let longest = min(24, down.map { $0.name.count }.max() ?? 0)
        let left = ChartDrawing.extent(String(repeating: "m", count: longest)) + 14
        let step = (width - left - 14) / Double(across.count), rise = max(20, min(30, step))
        let low = values(2).min() ?? 0, high = values(2).max() ?? 0
        let bottom = 8 + rise * Double(down.count)
        open(height: bottom + (high > low ? 54 : 30))
        let columns = Dictionary(uniqueKeysWithValues: across.enumerated().map { ($1, $0) })
        let lines = Dictionary(uniqueKeysWithValues: down.enumerated().map { ($1, $0) })
        var drawn: Set<[ChartValue]> = []
        for row in data.rows where drawn.insert([row[0], row[1]]).inserted {
            guard let value = row[2].magnitude, let column = columns[row[0]], let line = lines[row[1]] else { continue }
            let share = high > low ? Ticks.share(value, low, high) : 1
            svg.add("rect", [
                ("x", SVGText.number(left + Double(column) * step)), ("y", SVGText.number(8 + Double(line) * rise)),
                ("width", SVGText.number(max(step - 1, 0.5))), ("height", SVGText.number(rise - 1)), ("class", "mark s1"),
                ("fill", ChartColours.series[0]), ("fill-opacity", SVGText.number(0.08 + 0.92 * share)),
            ], title: "\(row[0].name), \(row[1].name): \(row[2].text)")
        }
        for (index, value) in down.enumerated() {
            svg.label(ChartDrawing.cut(value.name, longest), left - 8, 12 + (Double(index) + 0.5) * rise, anchor: "end",
                      style: "value")
        }
        // As many names across as there is room for.
        let widest = across.map { ChartDrawing.extent(ChartDrawing.cut($0.name, 14)) + 8 }.max() ?? 1
        let every = max(1, Int((widest / step).rounded(.up)))
        for (index, value) in across.enumerated() where index % every == 0 {
            svg.label(ChartDrawing.cut(value.name, 14), left + (Double(index) + 0.5) * step, bottom + 18, anchor: "middle")
        }
        if high > low { drawScale(low, high, below: bottom) }
        svg.close("svg")
    }

    /// What the lightest and the darkest field stand for.
    private mutating func drawScale(_ low: Double, _ high: Double, below bottom: Double) {
        let texts = [NumberText.short(low), NumberText.short(high)]
        let start = width - 14 - ChartDrawing.extent(texts[1]) - 116
        svg.label(texts[0], start - 6, bottom + 44, anchor: "end")
        svg.label(texts[1], start + 116, bottom + 44)
        for step in 0..<5 {
            svg.add("rect", [
                ("x", SVGText.number(start + Double(step) * 22)), ("y", SVGText.number(bottom + 34)), ("width", "21"),
                ("height", "11"), ("class", "s1 fill"), ("fill", ChartColours.series[0]),
                ("fill-opacity", SVGText.number(0.08 + 0.92 * Double(step) / 4)),
            ])
        }
    }

    // MARK: Trend

    /// The line of a number, without axes.
    mutating func drawTrend() {
        let points = data.rows.compactMap { row in row[0].magnitude.flatMap { x in row[1].magnitude.map { (x, $0) } } }
        let height = 70.0
        open(height: height, isStretched: true)
        if let low = points.map(\.0).min(), let high = points.map(\.0).max(), high > low,
           let least = points.map(\.1).min(), let greatest = points.map(\.1).max() {
            let path = points.enumerated().map { index, point in
                let x = 2 + Ticks.share(point.0, low, high) * (width - 4)
                let y = greatest > least ? height - 4 - Ticks.share(point.1, least, greatest) * (height - 8) : height / 2
                return "\(index == 0 ? "M" : "L")\(SVGText.number(x)) \(SVGText.number(y))"
            }.joined()
            svg.add("path", [
                ("d", path), ("class", "stroke s1"), ("fill", "none"), ("stroke", ChartColours.series[0]),
                ("stroke-width", "2"), ("stroke-linejoin", "round"), ("vector-effect", "non-scaling-stroke"),
            ])
        }
        svg.close("svg")
    }

    /// The number itself: sum, mean, last or count of the rows.
    package var summaryText: String {
        let values = self.values(1)
        guard !values.isEmpty else { return "–" }
        let own = switch chart.summary {
        case .sum: values.reduce(0, +)
        case .average: values.reduce(0, +) / Double(values.count)
        case .last: data.rows.last { $0[0].magnitude != nil && $0[1].magnitude != nil }?[1].magnitude ?? .nan
        case .count: Double(values.count)
        }
        let value = data.figure ?? own
        return NumberText.short(value)
    }
}
