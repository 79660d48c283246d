import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// What people have narrowed a dashboard down to: by the number of the filter.
package enum FilterValue: Hashable, Sendable {
    case category(String)
    /// Days as `2001-12-31`, both inclusive; nil is no bound.
    case dates(from: String?, to: String?)

    /// Longer texts are not offered.
    package static let maximumText = 1_000
}

/// Reads what charts draw out of a warehouse. Names come from the project, values are bound: nothing that a page says
/// ever becomes SQL.
package struct DashboardReader {
    let graph: ProjectGraph
    let session: Session
    /// The folder of the history of runs.
    let targetPath: String?
    private static let maximumChoices = 500

    package init(graph: ProjectGraph, session: Session, targetPath: String?) {
        session.serveProgram()
        self.graph = graph
        self.session = session
        self.targetPath = targetPath
    }

    /// The rows of a chart, of those that the filters let through; then, in further columns, what filters go by, for a
    /// page that filters by itself. Such a page gets more rows than the chart draws, so that enough are left.
    package func data(
        of chart: Chart, in dashboard: Dashboard, filters: [Int: FilterValue] = [:], addsFilterColumns: Bool = false
    ) throws -> ChartData {
        guard case .relation(let declaration) = chart.source else {
            return TestResults(history: targetPath.map { RunHistory(folder: $0).runs } ?? []).data(of: chart)
        }
        let node = try node(declaration, of: chart)
        try check(chart, node)
        var parameters = Parameters(positional: [])
        let condition = conditions(filters, dashboard, node, &parameters)
        let added = addsFilterColumns ? filterParts(chart, dashboard, node) : []
        if chart.kind == .histogram {
            return try HistogramReader(
                chart: chart, table: name(node), isFloat: type(of: chart.columns[0], node) == .float, condition: condition,
                parameters: parameters, session: session).data(by: added)
        }
        var parts = chart.columns.map { part($0, of: node, isExact: chart.kind == .table) }
        var filterColumns: [Int: Int] = [:]
        for (filter, part) in added {
            let place = parts.firstIndex { $0.sql == part.sql } ?? parts.count
            if place == parts.count { parts.append(part) }
            filterColumns[filter] = place
        }
        let limit = added.isEmpty ? chart.limit : max(chart.limit, Chart.maximumRows)
        var sql = "SELECT \(parts.map(\.sql).joined(separator: ", ")) FROM \(name(node))"
        if !condition.isEmpty { sql += " WHERE " + condition.joined(separator: " AND ") }
        let names = chart.columns.map { Identifiers.quoted($0.name) }
        switch chart.order {
        case .none: break
        case .key: sql += " ORDER BY " + names.prefix(2).joined(separator: ", ")
        case .valueDescending: sql += " ORDER BY \(names[min(1, names.count - 1)]) DESC NULLS LAST, \(names[0])"
        }
        let result = try session.execute(sql + " LIMIT \(limit + 1)", parameters)
        var data = try ChartRows.data(result, parts.map(\.column), limit: limit)
        data.filterColumns = filterColumns
        if chart.kind == .number, data.rows.count > chart.limit || data.isCut {
            data.figure = try figure(of: chart, node, condition, parameters)
        }
        return data
    }

    /// What stands in large figures, of all rows.
    private func figure(
        of chart: Chart, _ node: Node, _ condition: [String], _ parameters: Parameters
    ) throws -> Double? {
        let along = Identifiers.quoted(chart.columns[0].name), value = Identifiers.quoted(chart.columns[1].name)
        var filter = condition + ["\(value) IS NOT NULL"]
        if type(of: chart.columns[1], node) == .float { filter.append(ChartRows.isFinite(value)) }
        let source = " FROM \(name(node)) WHERE "
        let sql = switch chart.summary {
        case .sum: "SELECT SUM(\(value))::FLOAT" + source + filter.joined(separator: " AND ")
        case .average: "SELECT AVG(\(value))::FLOAT" + source + filter.joined(separator: " AND ")
        case .count: "SELECT COUNT(\(value))::FLOAT" + source + filter.joined(separator: " AND ")
        case .last:
            "SELECT \(value)::FLOAT" + source + (filter + ["\(along) IS NOT NULL"]).joined(separator: " AND ")
                + " ORDER BY \(along) DESC, \(value) DESC LIMIT 1"
        }
        return try session.execute(sql, parameters)[column: 0].values(as: Double?.self).first.flatMap { $0 }
    }

    /// What a filter can be set to: the values of a category, or the first and the last day.
    /// `isCut` says that a category has more values.
    package func choices(of filter: DashboardFilter) throws -> (texts: [String], isCut: Bool) {
        guard case .relation(let declaration) = filter.source else { return ([], false) }
        let node = try node(declaration, of: nil)
        let column = Identifiers.quoted(filter.column.name)
        switch filter.kind {
        case .category:
            let most = DashboardReader.maximumChoices
            let sql = "SELECT DISTINCT \(column)::VARCHAR FROM \(name(node)) WHERE \(column) IS NOT NULL "
                + "AND LENGTH(\(column)::VARCHAR) <= \(FilterValue.maximumText) ORDER BY 1 LIMIT \(most + 1)"
            let texts = try session.execute(sql)[column: 0].values(as: String.self)
            return (Array(texts.prefix(most)), texts.count > most)
        case .dates:
            let sql = "SELECT MIN(\(column))::DATE::VARCHAR, MAX(\(column))::DATE::VARCHAR FROM \(name(node))"
            return (try session.execute(sql).textRows().first?.compactMap { $0 } ?? [], false)
        }
    }

    /// Whether a filter narrows a chart down: its relation has the filter's column.
    package func isNarrowed(_ chart: Chart, by filter: DashboardFilter) -> Bool {
        guard case .relation(let declaration) = chart.source, let node = try? node(declaration, of: chart) else {
            return false
        }
        return isNarrowed(chart, by: filter, node)
    }

    private func isNarrowed(_ chart: Chart, by filter: DashboardFilter, _ node: Node) -> Bool {
        node.columns.contains { $0.name == filter.column.name }
    }

    // MARK: Queries

    private func node(_ declaration: String, of chart: Chart?) throws -> Node {
        let place = chart.map { "The chart '\($0.title)'" } ?? "A filter"
        guard let node = graph.nodes.first(where: { $0.declaration == declaration && !$0.kind.isTest }) else {
            throw WarehouseError(.model, "\(place) reads \(declaration), which is not in the project \(graph.name).")
        }
        guard node.relation != nil else {
            throw WarehouseError(
                .model, "\(place) reads \(node.name), which is \(node.materialization ?? "no relation"): nothing is kept of it.")
        }
        return node
    }

    private func name(_ node: Node) -> String {
        guard let name = node.relation else { return "" }
        return [name.database, name.schema, name.name].map { Identifiers.quoted($0) }.joined(separator: ".")
    }

    private func type(of column: ChartColumn, _ node: Node) -> LogicalType {
        node.columns.first { $0.name == column.name }?.type ?? .text
    }

    /// Refuses charts that would draw nothing, whatever the rows are.
    private func check(_ chart: Chart, _ node: Node) throws {
        func refuse(_ column: ChartColumn, _ need: String) -> WarehouseError {
            WarehouseError(
                .model, "The chart '\(chart.title)' reads \(node.name).\(column.name.lowercased()), which is "
                    + "\(type(of: column, node)); \(need).")
        }
        func kind(_ place: Int) -> ChartColumnKind { ChartRows.kind(type(of: chart.columns[place], node)) }
        switch chart.kind {
        case .table: break
        case .histogram:
            if kind(0) != .number { throw refuse(chart.columns[0], "a histogram counts numbers") }
        case .bar:
            if kind(1) != .number { throw refuse(chart.columns[1], "bars are as long as numbers say") }
        case .heat:
            if kind(2) != .number { throw refuse(chart.columns[2], "colours are as dark as numbers say") }
        case .line, .area, .scatter, .number:
            if kind(0) == .text { throw refuse(chart.columns[0], "a \(chart.kind.rawValue) goes along numbers or times") }
            if kind(1) != .number { throw refuse(chart.columns[1], "a \(chart.kind.rawValue) draws numbers") }
        }
    }

    /// A column as it is read: times as milliseconds, numbers as FLOAT, all else as text. What is exact comes as text, of
    /// which `ChartRows` makes numbers where nothing is lost by it.
    private func part(_ column: ChartColumn, of node: Node, isExact: Bool = false) -> ChartRows.Part {
        let name = Identifiers.quoted(column.name), type = type(of: column, node)
        let sql = switch ChartRows.kind(type) {
        case .number: isExact && type != .float ? "\(name)::VARCHAR" : "\(name)::FLOAT"
        case .time: "DATE_PART(EPOCH_MILLISECOND, \(name)::TIMESTAMP_NTZ)::FLOAT"
        case .text: ChartRows.text(name)
        }
        return ChartRows.Part(
            sql: sql, column: ChartData.Column(column.name, title: column.title, ChartRows.kind(type)))
    }

    /// What the filters of a page without a server go by: texts of categories, times of days.
    private func filterParts(
        _ chart: Chart, _ dashboard: Dashboard, _ node: Node
    ) -> [(filter: Int, part: ChartRows.Part)] {
        dashboard.filters.enumerated().filter { isNarrowed(chart, by: $1, node) }.map { index, filter in
            let name = Identifiers.quoted(filter.column.name), title = filter.column.title
            if filter.kind == .category {
                return (index, ChartRows.Part(
                    sql: ChartRows.text(name), column: ChartData.Column(filter.column.name, title: title, .text)))
            }
            return (index, ChartRows.Part(
                sql: chart.kind == .histogram
                    ? "DATE_PART(EPOCH_MILLISECOND, DATE_TRUNC(DAY, \(name)::TIMESTAMP_NTZ))::FLOAT"
                    : "DATE_PART(EPOCH_MILLISECOND, \(name)::TIMESTAMP_NTZ)::FLOAT",
                column: ChartData.Column(filter.column.name, title: title, .time)))
        }
    }

    private func conditions(
        _ filters: [Int: FilterValue], _ dashboard: Dashboard, _ node: Node, _ parameters: inout Parameters
    ) -> [String] {
        var found: [String] = []
        for (index, filter) in dashboard.filters.enumerated() {
            guard let value = filters[index], node.columns.contains(where: { $0.name == filter.column.name }) else { continue }
            let column = Identifiers.quoted(filter.column.name)
            switch (filter.kind, value) {
            case (.category, .category(let text)):
                found.append("\(column)::VARCHAR = ?")
                parameters.positional.append(text.constant)
            case (.dates, .dates(let from, let to)):
                if let from {
                    found.append("\(column)::TIMESTAMP_NTZ >= ?::DATE")
                    parameters.positional.append(from.constant)
                }
                if let to {
                    found.append("\(column)::TIMESTAMP_NTZ < DATEADD(DAY, 1, ?::DATE)")
                    parameters.positional.append(to.constant)
                }
            default: continue
            }
        }
        return found
    }
}
