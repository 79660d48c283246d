import ArgumentParser
import MiniWarehouse
import WarehouseColumns
import WarehouseIngest

/// How results are printed: `--format`.
public enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    case table, csv, json, jsonl, markdown

    /// Prints a result. `columns` is the width that a table must fit; nil: any width.
    public func write(_ result: ResultSet, to output: TextOutput, columns: Int? = nil) throws {
        guard !result.columns.isEmpty else { return }
        switch self {
        case .table: try TableWriter(result, columns: columns).write(to: output)
        case .csv: try writeCSV(result, to: output)
        case .json, .jsonl: try JSONResultWriter(result, isLines: self == .jsonl).write(to: output)
        case .markdown: try MarkdownWriter(result).write(to: output)
        }
    }

    /// Whether an empty line keeps results apart.
    var needsSeparator: Bool { self == .table || self == .csv || self == .markdown }

    private func writeCSV(_ result: ResultSet, to output: TextOutput) throws {
        let writer = CSVWriter(columns: result.columns.map { (name: $0.name, type: $0.type) }, formats: result.formats)
        let buffer = ByteBuffer()
        writer.appendHeader(to: buffer)
        var piece = OutputFormat.fewestRows
        try result.forEachBatch { batch in
            var row = 0
            while row < batch.rowCount {
                try StatementCancellation.check()
                let end = min(batch.rowCount, row + piece)
                writer.append(batch.vectors, rows: row..<end, to: buffer)
                piece = OutputFormat.rows(after: piece, bytes: buffer.count)
                row = end
                try output.write(buffer)
            }
        }
        try output.write(buffer)
    }

    private static let fewestRows = 16

    /// How many rows to write next: whoever wants no more waits for a megabyte at most, however long the texts are.
    private static func rows(after rows: Int, bytes: Int) -> Int {
        bytes > 1 << 20 ? max(1, rows / 4) : bytes < 1 << 17 ? min(Vector.standardCapacity, rows * 4) : rows
    }
}
