import MiniWarehouse

/// Prints a result as a Markdown table, all rows: numbers to the right, `|` escaped, line ends as `<br>`.
struct MarkdownWriter {
    private let result: ResultSet

    init(_ result: ResultSet) { self.result = result }

    func write(to output: TextOutput) throws {
        try output.write(line(result.columns.map { MarkdownWriter.cell($0.name) }))
        try output.write(line(result.columns.map { $0.type.isNumeric ? "---:" : "---" }))
        let formatters = result.formatters(variant: .compact)
        try result.forEachBatch { batch in
            try StatementCancellation.check()
            for row in 0..<batch.rowCount {
                try output.write(line(formatters.indices.map { column in
                    formatters[column].string(batch.vectors[column], row).map(MarkdownWriter.cell) ?? "NULL"
                }))
            }
        }
    }

    private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

    static func cell(_ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.map { line in
            var result = ""
            for scalar in VisibleText.escaped(String(line)).unicodeScalars {
                if scalar == "|" { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
            return result
        }.joined(separator: "<br>")
    }
}
