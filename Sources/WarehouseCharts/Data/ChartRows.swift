import MiniWarehouse
import WarehouseBasics

/// Rows of results as rows of charts.
enum ChartRows {
    /// A column as SQL, and what its values are.
    struct Part {
        var sql: String
        var column: ChartData.Column
    }
    /// Longer texts are cut.
    static let maximumText = 10_000
    /// Of the texts of a chart, in bytes; rows behind that are left out.
    static let maximumBytes = 1 << 20

    static func kind(_ type: LogicalType) -> ChartColumnKind {
        switch type {
        case .number, .float: .number
        case .date, .timestampNTZ, .timestampLTZ, .timestampTZ: .time
        default: .text
        }
    }

    static func text(_ name: String) -> String { "LEFT(\(name)::VARCHAR, \(maximumText + 1))" }

    /// A condition that leaves NaN and the infinite out.
    static func isFinite(_ name: String) -> String {
        "\(name)::FLOAT NOT IN ('NaN'::FLOAT, 'inf'::FLOAT, '-inf'::FLOAT)"
    }

    /// The first `limit` rows; of long texts fewer.
    static func data(_ result: ResultSet, _ columns: [ChartData.Column], limit: Int) throws -> ChartData {
        var rows = Array(repeating: [ChartValue](), count: result.rowCount)
        for (index, column) in columns.enumerated() {
            let isText = if case .varchar = result.columns[index].type { true } else { false }
            if isText {
                for (row, value) in try result[column: index].values(as: String?.self).enumerated() {
                    rows[row].append(value.map { column.kind == .number ? number($0) : .text(cut($0)) } ?? .null)
                }
                continue
            }
            for (row, value) in try result[column: index].values(as: Double?.self).enumerated() {
                rows[row].append(value.map { column.kind == .time ? .time($0) : .number($0) } ?? .null)
            }
        }
        var data = ChartData(columns: columns, rows: rows)
        let count = min(limit, fitting(&data))
        return data.prefix(count)
    }

    /// How many rows have no more text than a chart may have.
    private static func fitting(_ data: inout ChartData) -> Int {
        var bytes = 0
        for (index, row) in data.rows.enumerated() {
            for case .text(let text) in row { bytes += text.utf8.count }
            if bytes > maximumBytes, index > 0 {
                data.notes.append("Further rows have more text than a page takes.")
                return index
            }
        }
        return data.rows.count
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count > maximumText && text.unicodeScalars.count > maximumText
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(maximumText))) + "…" : text
    }

    /// A number that fifteen digits tell; of more digits its text, since a page's numbers have no more.
    private static func number(_ text: String) -> ChartValue {
        guard text.utf8.count(where: { (48...57).contains($0) }) <= 15, let value = Double(text) else { return .text(text) }
        return .number(value)
    }
}
