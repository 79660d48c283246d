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
        try result.forEachBatch { batch in
            try StatementCancellation.check()
            writer.append(batch.vectors, rows: 0..<batch.rowCount, to: buffer)
            try output.write(buffer)
        }
        try output.write(buffer)
    }
}
