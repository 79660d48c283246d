import WarehouseBasics

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
        var charts: [PageValue] = []
        var figures = ""
        for (index, chart) in dashboard.charts.enumerated() {
            let filters = dashboard.filters.indices.filter { reader.isNarrowed(chart, by: dashboard.filters[$0]) }
            let data = try reader.data(of: chart, in: dashboard, addsFilterColumns: api == nil)
            charts.append(DashboardPage.value(chart, data, dashboard, filters, isServed: api != nil))
            figures += DashboardPage.figure(chart, data, index)
        }
        var members = PageMembers()
        members.add("title", text: dashboard.title)
        members.add("api", text: api)
        members.add("filters", .array(try dashboard.filters.map { filter in
            .object([
                ("title", .string(filter.title)), ("kind", .string(filter.kind.rawValue)),
                ("choices", .strings(try reader.choices(of: filter))),
            ])
        }))
        members.add("charts", .array(charts))
        page = Page(
            title: dashboard.title, styles: [PageResource.theme, PageResource.dashboardStyle],
            scripts: [PageResource.elements, PageResource.charts, PageResource.dashboard],
            data: [("dashboard", members.value)],
            body: DashboardPage.body(dashboard, links, figures))
    }

    /// What a server answers when filters have changed.
    package static func rows(_ data: ChartData) -> PageValue {
        var members = PageMembers()
        members.add("rows", .array(data.rows.map { .array($0.map(\.page)) }))
        members.add("isCut", flag: data.isCut)
        members.add("binWidth", number: data.binWidth)
        return members.value
    }

    private static func value(
        _ chart: Chart, _ data: ChartData, _ dashboard: Dashboard, _ filters: [Int], isServed: Bool
    ) -> PageValue {
        var columns: [(String, PageValue)] = []
        for index in filters {
            let name = dashboard.filters[index].column.name
            if let place = data.columns.firstIndex(where: { $0.name == name }) {
                columns.append((String(index), .integer(place)))
            }
        }
        let narrowing = isServed ? filters.map(PageValue.integer) : columns.compactMap { Int($0.0).map(PageValue.integer) }
        var members = PageMembers()
        members.add("kind", text: chart.kind.rawValue)
        members.add("title", text: chart.title)
        members.add("summary", text: chart.summary.rawValue)
        // A histogram has a column of its own, that of the counts.
        members.add("width", number: chart.kind == .histogram ? 2 : chart.columns.count)
        members.add("binWidth", number: data.binWidth)
        members.add("startsAtZero", flag: chart.startsAtZero)
        members.add("isCut", flag: data.isCut)
        members.add("filters", .array(narrowing))
        if !isServed, !columns.isEmpty { members.add("filterColumns", .object(columns)) }
        members.add("columns", .array(data.columns.map {
            .object([("name", .string($0.name)), ("title", .string($0.title)), ("kind", .string($0.kind.rawValue))])
        }))
        members.add("rows", .array(data.rows.map { .array($0.map(\.page)) }))
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

    private static func figure(_ chart: Chart, _ data: ChartData, _ index: Int) -> String {
        let other = chart.kind == .table ? table(chart, data) : "<p class=\"quiet\">No rows</p>"
        let drawing = ChartDrawing.svg(chart, data) ?? other
        let number = chart.kind == .number ? "<p class=\"figure\">\(ChartDrawing(chart, data).summaryText)</p>" : ""
        let about = chart.about.isEmpty ? "" : "<p class=\"about\">\(MarkupText.escaped(chart.about))</p>"
        let cut = data.isCut ? "The first \(NumberText.grouped(data.rows.count)) rows." : ""
        return """
            <figure id="chart-\(index)" class="\(chart.kind.rawValue)" aria-labelledby="title-\(index)">
            <figcaption><h2 id="title-\(index)">\(MarkupText.escaped(chart.title))</h2>
            <div class="tools no-print"></div></figcaption>
            \(about)\(number)<div class="plot">\(drawing)</div><p class="cut">\(cut)</p></figure>

            """
    }

    /// The first rows, until the script puts its table in their place.
    private static func table(_ chart: Chart, _ data: ChartData) -> String {
        let heads = data.columns.prefix(chart.columns.count).map { "<th scope=\"col\">\(MarkupText.escaped($0.title))</th>" }
        let rows = data.rows.prefix(12).map { row in
            "<tr>" + row.prefix(chart.columns.count).map { "<td>\(MarkupText.escaped($0.text))</td>" }.joined() + "</tr>"
        }
        return "<div class=\"scroll\"><table><thead><tr>\(heads.joined())</tr></thead>"
            + "<tbody>\(rows.joined())</tbody></table></div>"
    }
}
