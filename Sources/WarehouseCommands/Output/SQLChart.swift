import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseCharts

/// How a result is drawn in a terminal: `--chart`.
public enum SQLChart: String, CaseIterable, Sendable, ExpressibleByArgument {
    case bar

    /// Draws a result: a bar for each row, named by its first column that holds no numbers (of none the first), as long
    /// as its first further column of numbers says. Throws `usage` when there is no such column.
    public func write(_ result: ResultSet, to output: TextOutput, columns: Int? = nil) throws {
        let numeric = result.columns.indices.filter { result.columns[$0].type.isNumeric }
        let label = result.columns.indices.first { !numeric.contains($0) } ?? 0
        guard let value = numeric.first(where: { $0 != label || result.columns.count == 1 }) else {
            throw WarehouseError(
                .usage, "--chart bar needs a column of numbers; the result has "
                    + result.columns.map { "\($0.name) (\($0.type))" }.joined(separator: ", ") + ".")
        }
        let names = try result[column: label].values(as: String?.self).map { VisibleText.escaped($0 ?? "NULL") }
        let values = try result[column: value].values(as: Double?.self)
        let lines = TerminalChart.bars(
            zip(names, values).map { ($0, $1) }, width: max(20, columns ?? 100), extent: { DisplayWidth.columns($0) })
        try output.write("\(result.columns[value].name) by \(result.columns[label].name)\n")
        for line in lines { try output.write(line + "\n") }
        if result.rowCount > lines.count {
            try output.write("\(grouped(result.rowCount)) rows, the first \(grouped(lines.count)) drawn\n")
        }
    }
}
