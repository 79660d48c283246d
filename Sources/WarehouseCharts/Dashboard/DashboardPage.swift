import WarehouseBasics
import WarehouseModels

/// A dashboard as an HTML page, with the rows of its charts: a file by itself, or one that asks a server again when
/// filters change.
package struct DashboardPage: Sendable {
    /// Another page that this one links to.
    package struct Link: Sendable {
        var title: String
        var href: String
        var isCurrent: Bool

        package init(title: String, href: String, isCurrent: Bool = false) {
            self.title = title
            self.href = href
            self.isCurrent = isCurrent
        }
    }
    package let page: Page
    package var html: String { page.html }

    /// Reads all charts. `api` is where filtered rows are asked for; nil makes a page that filters its own rows.
    package init(_ dashboard: Dashboard, reader: DashboardReader, links: [Link] = [], api: String? = nil) throws {
        var charts: [JSON] = []
        var figures = ""
        let wide = DashboardPage.wideCharts(dashboard.charts)
        for (index, chart) in dashboard.charts.enumerated() {
            let filters = dashboard.filters.indices.filter { reader.isNarrowed(chart, by: dashboard.filters[$0]) }
            let data = try reader.data(of: chart, in: dashboard, addsFilterColumns: api == nil)
            charts.append(DashboardPage.value(chart, data, filters, isServed: api != nil))
            figures += DashboardPage.figure(chart, data.prefix(chart.limit), index, isWide: wide.contains(index))
        }
        var members = PageMembers()
        members.add("title", text: dashboard.title)
        members.add("api", text: api)
        members.add("filters", .array(try dashboard.filters.map { filter in
            let choices = try reader.choices(of: filter)
            var members = PageMembers()
            members.add("title", text: filter.title)
            members.add("kind", text: filter.kind.rawValue)
            members.add("choices", .strings(choices.texts))
            members.add("isCut", flag: choices.isCut)
            return members.value
        }))
        members.add("charts", .array(charts))
        page = Page(
            title: dashboard.title, styles: [PageResource.theme, PageResource.dashboardStyle],
            scripts: [PageResource.elements, PageResource.charts, PageResource.dashboard],
            data: [("dashboard", members.value)],
            body: DashboardPage.body(dashboard, links, figures))
    }

    /// What a server answers when filters have changed.
    package static func rows(_ data: ChartData) -> JSON {
        var members = PageMembers()
        add(data, to: &members)
        return members.value
    }

    private static func add(_ data: ChartData, to members: inout PageMembers) {
        members.add("rows", .array(data.rows.map { .array($0.map(\.page)) }))
        members.add("isCut", flag: data.isCut)
        members.add("binWidth", number: data.binWidth)
        members.add("figure", number: data.figure)
        members.add("notes", list: data.notes.map(JSON.string))
    }

    /// Of filters that narrow the chart down where it is served, a page by itself may know no more than a part.
    private static func value(_ chart: Chart, _ data: ChartData, _ filters: [Int], isServed: Bool) -> JSON {
        var members = PageMembers()
        members.add("kind", text: chart.kind.rawValue)
        members.add("title", text: chart.title)
        members.add("summary", text: chart.summary.rawValue)
        // A histogram has a column of its own, that of the counts.
        members.add("width", number: chart.kind == .histogram ? 2 : chart.columns.count)
        members.add("limit", number: chart.limit)
        members.add("startsAtZero", flag: chart.startsAtZero)
        members.add("filters", .array(filters.map(JSON.integer)))
        if !isServed, !data.filterColumns.isEmpty {
            members.add("filterColumns", .object(data.filterColumns.sorted { $0.key < $1.key }.map {
                (String($0.key), .integer($0.value))
            }))
        }
        members.add("columns", .array(data.columns.map { column in
            var members = PageMembers()
            members.add("name", .string(column.name))
            members.add("title", .string(column.title))
            members.add("kind", .string(column.kind.rawValue))
            members.add("isName", flag: column.isName)
            return members.value
        }))
        add(data, to: &members)
        return members.value
    }

    // MARK: Markup

    private static func body(_ dashboard: Dashboard, _ links: [Link], _ figures: String) -> String {
        let items = links.map { link in
            let current = link.isCurrent ? " aria-current=\"page\"" : ""
            return "<a href=\"\(MarkupText.escaped(link.href))\"\(current)>\(MarkupText.escaped(link.title))</a>"
        }
        let boards = links.isEmpty ? "" : "<nav id=\"boards\" aria-label=\"Pages\" class=\"no-print\">\(items.joined())</nav>"
        let about = dashboard.about.isEmpty ? "" : "<p class=\"quiet\">\(MarkupText.escaped(dashboard.about))</p>"
        return """
            <header id="head"><div><h1>\(MarkupText.escaped(dashboard.title))</h1>\(about)</div><div id="tools"></div></header>
            \(boards)
            <div id="filters" role="group" aria-label="Filters" class="no-print"></div>
            <main id="charts">
            \(figures)</main>
            """
    }

    /// Charts that would stand alone in a row for two. Bars and heat maps are as high as two others.
    private static func wideCharts(_ charts: [Chart]) -> Set<Int> {
        var found: Set<Int> = []
        for run in charts.indices.split(whereSeparator: { charts[$0].kind == .table || charts[$0].kind == .number }) {
            let isEven = run.allSatisfy { charts[$0].kind != .bar && charts[$0].kind != .heat }
            if isEven, run.count % 2 == 1, let last = run.last { found.insert(last) }
        }
        return found
    }

    private static func figure(_ chart: Chart, _ data: ChartData, _ index: Int, isWide: Bool) -> String {
        let nothing = data.rows.isEmpty ? "No rows" : "No values"
        let other = chart.kind == .table ? table(chart, data) : "<p class=\"quiet\">\(nothing)</p>"
        let drawing = ChartDrawing.svg(chart, data, width: isWide ? 1320 : ChartDrawing.width) ?? other
        let isTall = chart.kind == .heat || chart.kind == .bar && data.rows.count > 14
        let style = chart.kind.rawValue + (isWide ? " wide" : isTall ? " tall" : "")
        let number = chart.kind == .number ? "<p class=\"figure\">\(ChartDrawing(chart, data).summaryText)</p>" : ""
        let about = chart.about.isEmpty ? "" : "<p class=\"about\">\(MarkupText.escaped(chart.about))</p>"
        let notes = (data.isCut ? ["The first \(NumberText.grouped(data.rows.count)) rows."] : [])
            + ChartDrawing(chart, data).notes + data.notes
        let cut = MarkupText.escaped(notes.joined(separator: " "))
        return """
            <figure id="chart-\(index)" class="\(style)" aria-labelledby="title-\(index)">
            <figcaption><h2 id="title-\(index)">\(MarkupText.escaped(chart.title))</h2>
            <div class="tools no-print"></div></figcaption>
            \(about)\(number)<div class="plot">\(drawing)</div><p class="cut">\(cut)</p></figure>

            """
    }

    /// The first rows, until the script puts its table in their place.
    private static func table(_ chart: Chart, _ data: ChartData) -> String {
        let heads = data.columns.prefix(chart.columns.count).map { "<th scope=\"col\">\(MarkupText.escaped($0.title))</th>" }
        let rows = data.rows.prefix(12).map { row in
            "<tr>" + zip(data.columns, row).prefix(chart.columns.count).map { column, value in
                "<td>\(MarkupText.escaped(column.isName ? value.name : value.text))</td>"
            }.joined() + "</tr>"
        }
        return "<div class=\"scroll\"><table><thead><tr>\(heads.joined())</tr></thead>"
            + "<tbody>\(rows.joined())</tbody></table></div>"
    }
}
