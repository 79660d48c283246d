import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// What people have narrowed a dashboard down to: by the number of the filter.
package enum FilterValue: Hashable, Sendable {
    case category(String)
    /// Days as `2001-12-31`, both inclusive; nil is no bound.
    case dates(from: String?, to: String?)
}

/// Reads what charts draw out of a warehouse. Names come from the project, values are bound: nothing that a page says
/// ever becomes SQL.
package struct DashboardReader {
    let graph: ProjectGraph
    let session: Session
    /// The folder of the history of runs.
    let targetPath: String?

    package init(graph: ProjectGraph, session: Session, targetPath: String?) {
        self.graph = graph
        self.session = session
        self.targetPath = targetPath
    }

    /// The rows of a chart, of those that the filters let through; then, in further columns, what filters go by, for a
    /// page that filters by itself.
    package func data(
        of chart: Chart, in dashboard: Dashboard, filters: [Int: FilterValue] = [:], addsFilterColumns: Bool = false
    ) throws -> ChartData {
        guard case .relation(let declaration) = chart.source else {
            return TestResults(history: targetPath.map { RunHistory(folder: $0).runs } ?? []).data(of: chart)
        }
        let node = try node(declaration, of: chart)
        var added: [(filter: Int, column: ChartColumn)] = []
        if addsFilterColumns {
            for (index, filter) in dashboard.filters.enumerated() where isNarrowed(chart, by: filter, node) {
                added.append((index, filter.column))
            }
        }
        var parameters = Parameters(positional: [])
        let condition = conditions(filters, dashboard, node, &parameters)
        if chart.kind == .histogram {
            // Days are too many to count rows by.
            let categories = added.filter { dashboard.filters[$0.filter].kind == .category }.map(\.column)
            return try histogram(chart, node, condition, parameters, by: categories)
        }
        let columns = chart.columns + added.map(\.column)
        let parts = columns.map { part($0, of: node) }
        var sql = "SELECT \(parts.map(\.sql).joined(separator: ", ")) FROM \(name(node))"
        if !condition.isEmpty { sql += " WHERE " + condition.joined(separator: " AND ") }
        switch chart.order {
        case .none: break
        case .key: sql += chart.columns.count > 1 ? " ORDER BY 1, 2" : " ORDER BY 1"
        case .valueDescending: sql += " ORDER BY 2 DESC NULLS LAST, 1"
        }
        let result = try session.execute(sql + " LIMIT \(chart.limit + 1)", parameters)
        var data = try ChartData(
            columns: parts.map(\.column), rows: DashboardReader.rows(result, parts.map(\.column.kind)))
        if data.rows.count > chart.limit {
            data.rows.removeLast(data.rows.count - chart.limit)
            data.isCut = true
        }
        return data
    }

    /// What a filter can be set to: the values of a category, or the first and the last day.
    package func choices(of filter: DashboardFilter) throws -> [String] {
        guard case .relation(let declaration) = filter.source else { return [] }
        let node = try node(declaration, of: nil)
        let column = Identifiers.quoted(filter.column.name)
        switch filter.kind {
        case .category:
            let sql = "SELECT DISTINCT \(column)::VARCHAR FROM \(name(node)) WHERE \(column) IS NOT NULL ORDER BY 1 LIMIT 500"
            return try session.execute(sql)[column: 0].values(as: String.self)
        case .dates:
            let sql = "SELECT MIN(\(column))::DATE::VARCHAR, MAX(\(column))::DATE::VARCHAR FROM \(name(node))"
            return try session.execute(sql).textRows().first?.compactMap { $0 } ?? []
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

    /// A column as it is read: times as milliseconds, numbers as FLOAT, all else as text.
    private func part(_ column: ChartColumn, of node: Node) -> (sql: String, column: ChartData.Column) {
        let name = Identifiers.quoted(column.name)
        let type = node.columns.first { $0.name == column.name }?.type ?? .text
        switch type {
        case .number, .float:
            return ("\(name)::FLOAT", ChartData.Column(column.name, title: column.title, .number))
        case .date, .timestampNTZ, .timestampLTZ, .timestampTZ:
            return ("DATE_PART(EPOCH_MILLISECOND, \(name)::TIMESTAMP_NTZ)::FLOAT",
                    ChartData.Column(column.name, title: column.title, .time))
        default:
            return ("\(name)::VARCHAR", ChartData.Column(column.name, title: column.title, .text))
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

    private func histogram(
        _ chart: Chart, _ node: Node, _ condition: [String], _ parameters: Parameters, by categories: [ChartColumn]
    ) throws -> ChartData {
        let column = Identifiers.quoted(chart.columns[0].name)
        let filter = (condition + ["\(column) IS NOT NULL"]).joined(separator: " AND ")
        var width = chart.binWidth ?? 0
        if width == 0 {
            let range = try session.execute(
                "SELECT MIN(\(column))::FLOAT, MAX(\(column))::FLOAT FROM \(name(node)) WHERE \(filter)", parameters)
            let low = try range[column: 0].values(as: Double?.self).first.flatMap { $0 } ?? 0
            let high = try range[column: 1].values(as: Double?.self).first.flatMap { $0 } ?? 0
            width = Ticks.step(low, high, about: 20)
        }
        let keys = categories.map { part($0, of: node) }
        let bin = "FLOOR(\(column)::FLOAT / \(width)::FLOAT) * \(width)::FLOAT"
        let items = [bin, "COUNT(*)::FLOAT"] + keys.map(\.sql)
        let groups = [1] + keys.indices.map { $0 + 3 }
        let sql = "SELECT \(items.joined(separator: ", ")) FROM \(name(node)) WHERE \(filter) "
            + "GROUP BY \(groups.map(String.init).joined(separator: ", ")) ORDER BY 1 LIMIT \(Chart.maximumRows)"
        let result = try session.execute(sql, parameters)
        let columns = [
            ChartData.Column(chart.columns[0].name, title: chart.columns[0].title, .number),
            ChartData.Column("ROWS", title: "Rows", .number),
        ] + keys.map(\.column)
        var data = try ChartData(columns: columns, rows: DashboardReader.rows(result, columns.map(\.kind)))
        data.binWidth = width
        return data
    }

    private static func rows(_ result: ResultSet, _ kinds: [ChartColumnKind]) throws -> [[ChartValue]] {
        var rows = Array(repeating: [ChartValue](), count: result.rowCount)
        for (index, kind) in kinds.enumerated() {
            let column = result[column: index]
            switch kind {
            case .text:
                for (row, value) in try column.values(as: String?.self).enumerated() {
                    rows[row].append(value.map(ChartValue.text) ?? .null)
                }
            case .number, .time:
                for (row, value) in try column.values(as: Double?.self).enumerated() {
                    rows[row].append(value.map { kind == .time ? .time($0) : .number($0) } ?? .null)
                }
            }
        }
        return rows
    }
}
