import MiniWarehouse
import WarehouseBasics

/// Prints rows one below the other, a line a column: for results that are wider than a screen.
struct RecordWriter {
    private let shown: ShownRows
    private let maximumColumns: Int?

    init(_ shown: ShownRows, columns: Int?) {
        self.shown = shown
        maximumColumns = columns
    }

    func write(to output: TextOutput) throws {
        let width = shown.names.map(DisplayWidth.columns).max() ?? 0
        let room = maximumColumns.map { max(8, $0 - width - 3) }
        for (index, row) in shown.rows.enumerated() {
            try shown.check()
            if index == shown.gapIndex { try output.write("⋮\n") }
            try output.write(heading(shown.number(ofRow: index), width) + "\n")
            for (name, cell) in zip(shown.names, row) {
                let padding = String(repeating: " ", count: width - DisplayWidth.columns(name))
                let text = room.map { VisibleText.fitted(cell, columns: $0) } ?? cell
                try output.write("\(name)\(padding) │ \(text)\n")
            }
        }
        try output.write(shown.summary + "\n")
    }

    /// `─[ row 3 ]──┬────────`
    private func heading(_ number: Int, _ width: Int) -> String {
        let label = "─[ row \(number) ]"
        let bar = label + String(repeating: "─", count: max(0, width + 1 - DisplayWidth.columns(label)))
        return bar + (DisplayWidth.columns(label) <= width + 1 ? "┬" : "") + String(repeating: "─", count: 12)
    }
}
