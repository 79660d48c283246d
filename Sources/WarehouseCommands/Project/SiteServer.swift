import Dispatch
import MiniWarehouse
import WarehouseBasics
import WarehouseCharts
import WarehouseDocs
import WarehouseModels
import WarehouseServer

/// Answers browsers with the documentation and the dashboards of a project. It opens the warehouse for reading only,
/// and takes no SQL: a request names a chart and values to narrow it down by, which are bound.
struct SiteServer: Sendable {
    let warehouse: Warehouse
    let graph: ProjectGraph
    let dashboards: [Dashboard]
    let targetPath: String
    /// The documentation; nil where it is not asked for.
    let site: ServedSite?
    /// Seconds that a request may take of the warehouse.
    let seconds: Double

    /// Its own, so that a busy machine does not keep it waiting.
    private static let clock = DispatchQueue(label: "requests' limits")

    static func path(of dashboard: Dashboard) -> String { "/dashboards/\(dashboard.name)" }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        if request.path == "/" {
            if let site {
                return timed { session in
                    let page = try site.current(session)
                    return .html(page.html, policy: page.contentSecurityPolicy)
                }
            }
            if let first = dashboards.first { return .redirect(to: SiteServer.path(of: first)) }
        }
        let parts = request.path.split(separator: "/").map(String.init)
        if parts.count == 2, parts[0] == "dashboards", let dashboard = dashboard(parts[1]) {
            return timed { try page(dashboard, $0) }
        }
        if parts.count == 3, parts[0] == "api", parts[1] == "dashboards", let dashboard = dashboard(parts[2]) {
            return timed { try rows(dashboard, request, $0) }
        }
        return .text(404, "There is no such page.")
    }

    private func dashboard(_ name: String) -> Dashboard? { dashboards.first { $0.name == name } }

    /// Runs what needs the warehouse in a session of its own, which is stopped when it takes too long.
    private func timed(_ body: (Session) throws -> HTTPResponse) -> HTTPResponse {
        let session = warehouse.makeSession()
        let timer = DispatchSource.makeTimerSource(queue: SiteServer.clock)
        // Again and again, since a page runs several statements.
        timer.schedule(deadline: .now() + seconds, repeating: 0.1)
        timer.setEventHandler { session.cancel() }
        timer.activate()
        defer { timer.cancel() }
        do {
            return try body(session)
        } catch {
            let wrong = error as? WarehouseError
            let isLate = wrong?.code == ErrorKind.cancelled.code
            let text = isLate ? "The warehouse took longer than \(Int(seconds)) seconds." : wrong?.message ?? "\(error)"
            let status = isLate ? 503 : wrong?.code == ErrorKind.usage.code ? 400 : 500
            return .json(JSON.object([("error", .string(text))]).pageText, status: status)
        }
    }

    private func page(_ dashboard: Dashboard, _ session: Session) throws -> HTTPResponse {
        let reader = DashboardReader(graph: graph, session: session, targetPath: targetPath)
        var links = site == nil ? [] : [DashboardPage.Link(title: "Documentation", href: "/")]
        links += dashboards.map {
            DashboardPage.Link(title: $0.title, href: SiteServer.path(of: $0), isCurrent: $0.name == dashboard.name)
        }
        let page = try DashboardPage(dashboard, reader: reader, links: links, api: "/api" + SiteServer.path(of: dashboard))
        return .html(page.html, policy: page.page.contentSecurityPolicy)
    }

    private func rows(_ dashboard: Dashboard, _ request: HTTPRequest, _ session: Session) throws -> HTTPResponse {
        guard let number = request[query: "chart"].flatMap({ Int($0) }), dashboard.charts.indices.contains(number) else {
            throw WarehouseError(.usage, "The page has no such chart.")
        }
        var filters: [Int: FilterValue] = [:]
        for index in dashboard.filters.indices {
            if let text = request[query: "f\(index)"] {
                guard text.utf8.count <= FilterValue.maximumText * 4 else {
                    throw WarehouseError(.usage, "A filter's value is too long.")
                }
                filters[index] = .category(text)
                continue
            }
            let from = try day(request[query: "f\(index).from"]), to = try day(request[query: "f\(index).to"])
            if from != nil || to != nil { filters[index] = .dates(from: from, to: to) }
        }
        let reader = DashboardReader(graph: graph, session: session, targetPath: targetPath)
        let data = try reader.data(of: dashboard.charts[number], in: dashboard, filters: filters)
        return .json(DashboardPage.rows(data).pageText)
    }

    /// A day as `2001-12-31`, and nothing else.
    private func day(_ text: String?) throws -> String? {
        guard let text, !text.isEmpty else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
              parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
              let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
              CivilDate(checkedYear: year, month: month, day: day) != nil
        else { throw WarehouseError(.usage, "A day is written as 2001-12-31.") }
        return text
    }
}
