import MiniWarehouse
import WarehouseBasics

/// Has the warehouse count the rows of each range of a histogram.
struct HistogramReader {
    let chart: Chart
    /// As it stands in SQL.
    let table: String
    /// Whether the column may hold what is no number.
    let isFloat: Bool
    let condition: [String]
    let parameters: Parameters
    let session: Session

    /// A page holds no more counts of a chart.
    private static let maximumCounts = 20_000
    /// No chart has more ranges.
    private static let maximumBins = 1_000

    private var column: String { Identifiers.quoted(chart.columns[0].name) }
    private var filter: String {
        (condition + ["\(column) IS NOT NULL"] + (isFloat ? [ChartRows.isFinite(column)] : [])).joined(separator: " AND ")
    }

    /// The counts, for each of the values that a page's filters go by apart; filters that would take too many counts are
    /// left out, days first.
    func data(by filters: [(filter: Int, part: ChartRows.Part)]) throws -> ChartData {
        let width = try width()
        var kept = filters
        while true {
            var data = try counts(width, kept.map(\.part))
            guard data.isCut, !kept.isEmpty else {
                for (place, entry) in kept.enumerated() { data.filterColumns[entry.filter] = place + 2 }
                data.binWidth = width
                try addNote(to: &data)
                return data
            }
            kept.remove(at: kept.lastIndex { $0.part.column.kind == .time } ?? kept.count - 1)
        }
    }

    private func width() throws -> Double {
        let range = try session.execute(
            "SELECT MIN(\(column))::FLOAT, MAX(\(column))::FLOAT FROM \(table) WHERE \(filter)", parameters)
        let low = try range[column: 0].values(as: Double?.self).first.flatMap { $0 } ?? 0
        let high = try range[column: 1].values(as: Double?.self).first.flatMap { $0 } ?? 0
        if let width = chart.binWidth, (high / 2 - low / 2) / width * 2 <= Double(HistogramReader.maximumBins) { return width }
        return Ticks.step(low, high, about: 20)
    }

    private func counts(_ width: Double, _ keys: [ChartRows.Part]) throws -> ChartData {
        let most = HistogramReader.maximumCounts
        let bin = "FLOOR(\(column)::FLOAT / \(width)::FLOAT) * \(width)::FLOAT"
        let items = [bin, "COUNT(*)::FLOAT"] + keys.map(\.sql)
        let groups = ([1] + keys.indices.map { $0 + 3 }).map(String.init)
        let sql = "SELECT \(items.joined(separator: ", ")) FROM \(table) WHERE \(filter) "
            + "GROUP BY \(groups.joined(separator: ", ")) ORDER BY \(groups.joined(separator: ", ")) LIMIT \(most + 1)"
        let columns = [
            ChartData.Column(chart.columns[0].name, title: chart.columns[0].title, .number),
            ChartData.Column("ROWS", title: "Rows", .number),
        ] + keys.map(\.column)
        return try ChartRows.data(try session.execute(sql, parameters), columns, limit: most)
    }

    private func addNote(to data: inout ChartData) throws {
        guard isFloat else { return }
        let all = (condition + ["\(column) IS NOT NULL", "NOT (\(ChartRows.isFinite(column)))"]).joined(separator: " AND ")
        let sql = "SELECT COUNT(*)::FLOAT FROM \(table) WHERE \(all)"
        let count = try session.execute(sql, parameters)[column: 0].values(as: Double.self).first ?? 0
        if count > 0 { data.notes.append("\(NumberText.string(count)) more rows hold NaN, inf or -inf.") }
    }
}
