import WarehouseModels

/// Charts as files of their own.
package enum ChartFiles {
    /// SVG and CSV of each chart, by file name; a table has only the second.
    package static func all(of dashboard: Dashboard, reader: DashboardReader) throws -> [(name: String, text: String)] {
        var files: [(name: String, text: String)] = []
        var used: Set<String> = []
        for (index, chart) in dashboard.charts.enumerated() {
            let data = try reader.data(of: chart, in: dashboard)
            var name = "\(dashboard.name)-" + Dashboard(chart.title) {}.name
            if !used.insert(name).inserted { name += "-\(index + 1)" }
            if let svg = ChartDrawing.svg(chart, data, isFile: true) { files.append(("\(name).svg", svg + "\n")) }
            files.append(("\(name).csv", csv(data)))
        }
        return files
    }

    /// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it.
    package static func csv(_ data: ChartData) -> String {
        var out = data.columns.map { quoted(harmless($0.name)) }.joined(separator: ",") + "\r\n"
        for row in data.rows {
            out += row.map { value in
                switch value {
                case .null: ""
                case .number(let number): number.isFinite ? JSON.number(number).pageText : NumberText.string(number)
                case .time(let time): TimeText.exact(time)
                case .text(let text): quoted(harmless(text))
                }
            }.joined(separator: ",") + "\r\n"
        }
        return out
    }

    /// Texts that a spreadsheet would take for a formula, full-width signs too, get an apostrophe before them. Numbers in
    /// digits are none.
    private static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return text }
        let isNumber = text.unicodeScalars.allSatisfy { "0123456789.eE+-".unicodeScalars.contains($0) } && Double(text) != nil
        return isNumber ? text : "'" + text
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [34, 44, 10, 13].contains($0) }) else { return text }
        var out = "\""
        for character in text.unicodeScalars {
            if character == "\"" { out += "\"" }
            out.unicodeScalars.append(character)
        }
        return out + "\""
    }
}
