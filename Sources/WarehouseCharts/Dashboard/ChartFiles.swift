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
            if let svg = ChartDrawing.svg(chart, data) { files.append(("\(name).svg", svg + "\n")) }
            files.append(("\(name).csv", csv(data)))
        }
        return files
    }

    /// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it.
    package static func csv(_ data: ChartData) -> String {
        var out = data.columns.map { quoted($0.name) }.joined(separator: ",") + "\r\n"
        for row in data.rows {
            out += row.map { value in
                switch value {
                case .null: ""
                case .number(let number): PageValue.number(number).text
                case .time(let time): TimeText.string(time)
                case .text(let text): quoted(isFormula(text) ? "'" + text : text)
                }
            }.joined(separator: ",") + "\r\n"
        }
        return out
    }

    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else { return false }
        return Double(text) == nil
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
