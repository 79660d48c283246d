import MiniWarehouse
import WarehouseBasics
import WarehouseColumns

/// Prints a result as a table of box-drawing characters for people: numbers to the right, NULL spelled out, control
/// characters made visible, cut to the terminal's width, of many rows the first and last.
///
/// DDL's one-line report is printed as that line.
struct TableWriter {
    private let shown: ShownRows
    private let isReport: Bool
    private let maximumColumns: Int?

    init(_ result: ResultSet, columns: Int?) {
        self.init(ShownRows(result), isReport: !result.isQuery, columns: columns)
    }

    /// `isReport`: what DDL or DML answers.
    init(_ shown: ShownRows, isReport: Bool = false, columns: Int?) {
        self.shown = shown
        self.isReport = isReport
        maximumColumns = columns
    }

    /// The one line that DDL answers; nil for tables.
    var report: String? {
        guard isReport, shown.columns.count == 1, shown.rows.count == 1, shown.columns[0].type.isText else { return nil }
        return shown.rows[0][0]
    }

    func write(to output: TextOutput) throws {
        if let report { return try output.write(report + "\n") }
        let layout = TableLayout(shown, maximumColumns: maximumColumns)
        try output.write(layout.rule("┌", "┬", "┐"))
        try output.write(layout.line(layout.header))
        try output.write(layout.rule("├", "┼", "┤"))
        for (index, row) in shown.rows.enumerated() {
            if index == shown.gapIndex { try output.write(layout.line(layout.gap)) }
            try output.write(layout.line(layout.cells(row)))
        }
        try output.write(layout.rule("└", "┴", "┘"))
        var summary = shown.summary
        if layout.hiddenCount > 0 {
            summary += "; \(shown.columns.count) columns, \(shown.columns.count - layout.hiddenCount) shown"
        }
        try output.write(summary + "\n")
    }
}

/// Widths and order of a table's columns.
struct TableLayout {
    /// No column is made narrower than this.
    private static let minimumWidth = 6

    private struct Column {
        /// Index in the result; nil: stands for those left out.
        let index: Int?
        var width: Int
        let isRightAligned: Bool
    }

    private let shown: ShownRows
    private var columns: [Column]
    /// Columns that did not fit.
    private(set) var hiddenCount = 0

    init(_ shown: ShownRows, maximumColumns: Int?) {
        self.shown = shown
        columns = shown.names.indices.map { index in
            let widest = shown.rows.reduce(DisplayWidth.columns(shown.names[index])) {
                max($0, DisplayWidth.columns($1[index]))
            }
            return Column(index: index, width: max(1, widest), isRightAligned: shown.isRightAligned(index))
        }
        if let maximumColumns { fit(maximumColumns) }
    }

    /// Columns of the terminal that all of it takes.
    var width: Int { columns.reduce(3 * columns.count + 1) { $0 + $1.width } }

    var header: [String] { columns.map { $0.index.map { shown.names[$0] } ?? "…" } }
    var gap: [String] { columns.map { _ in "⋮" } }
    func cells(_ row: [String]) -> [String] { columns.map { $0.index.map { row[$0] } ?? "…" } }

    func rule(_ left: String, _ middle: String, _ right: String) -> String {
        left + columns.map { String(repeating: "─", count: $0.width + 2) }.joined(separator: middle) + right + "\n"
    }

    func line(_ cells: [String]) -> String {
        var text = ""
        for (column, cell) in zip(columns, cells) {
            let fitted = VisibleText.fitted(cell, columns: column.width)
            let padding = String(repeating: " ", count: max(0, column.width - DisplayWidth.columns(fitted)))
            text += column.isRightAligned ? "│ \(padding)\(fitted) " : "│ \(fitted)\(padding) "
        }
        return text + "│\n"
    }

    // MARK: Fitting

    private func room(_ total: Int) -> Int { total - 3 * columns.count - 1 }

    /// Narrows texts first, then numbers too, then leaves out columns in the middle.
    private mutating func fit(_ total: Int) {
        dropMiddle(total)
        narrow(total) { !$0.isRightAligned }
        narrow(total) { _ in true }
    }

    private mutating func dropMiddle(_ total: Int) {
        func least(_ columns: [Column]) -> Int {
            columns.reduce(3 * columns.count + 1) { $0 + min($1.width, TableLayout.minimumWidth) }
        }
        guard least(columns) > total, columns.count > 2 else { return }
        let mark = Column(index: nil, width: 1, isRightAligned: false)
        var kept = columns.count - 1
        while kept > 1, least(picked(kept, mark)) > total { kept -= 1 }
        hiddenCount = columns.count - kept
        columns = picked(kept, mark)
    }

    /// `kept` columns, more of them from the left, with the mark between.
    private func picked(_ kept: Int, _ mark: Column) -> [Column] {
        columns.prefix((kept + 1) / 2) + [mark] + columns.suffix(kept / 2)
    }

    /// Lowers the widest of the chosen columns to one common width, so that all fit if that is enough.
    private mutating func narrow(_ total: Int, _ isChosen: (Column) -> Bool) {
        let room = room(total)
        let fixed = columns.reduce(0) { isChosen($1) ? $0 : $0 + $1.width }
        let chosen = columns.filter(isChosen).map(\.width)
        guard fixed + chosen.reduce(0, +) > room, let widest = chosen.max() else { return }
        var low = min(TableLayout.minimumWidth, widest), high = widest
        while low < high {
            let middle = (low + high + 1) / 2
            if fixed + chosen.reduce(0, { $0 + min($1, middle) }) <= room { low = middle } else { high = middle - 1 }
        }
        for index in columns.indices where isChosen(columns[index]) {
            columns[index].width = min(columns[index].width, low)
        }
    }
}
