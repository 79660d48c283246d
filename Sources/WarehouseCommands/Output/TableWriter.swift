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

    init(_ result: ResultSet, columns: Int?) throws {
        self.init(try ShownRows(result), isReport: !result.isQuery, columns: columns)
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
        let layout = try TableLayout(shown, maximumColumns: maximumColumns, widest: maximumColumns)
        try output.write(layout.rule("┌", "┬", "┐"))
        try output.write(layout.line(layout.header))
        try output.write(layout.rule("├", "┼", "┤"))
        for (index, row) in shown.rows.enumerated() {
            try shown.check()
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
    /// Columns in the middle are rather left out than the values of others cut to less than this: of a time four digits
    /// of the year tell nobody anything.
    private static let legibleText = 10, legibleNumber = 8

    private struct Column {
        /// Index in the result; nil: stands for those left out.
        let index: Int?
        var width: Int
        let isRightAligned: Bool
        /// The width in which its values tell something; its name may be cut.
        let legibleWidth: Int
        var leastWidth: Int { min(width, TableLayout.minimumWidth) }
    }

    private let shown: ShownRows
    private var columns: [Column]
    /// Columns that did not fit.
    private(set) var hiddenCount = 0

    /// `widest`: beyond this it makes no difference how wide a value is.
    init(_ shown: ShownRows, maximumColumns: Int?, widest: Int? = nil) throws {
        self.shown = shown
        columns = try shown.names.indices.map { index in
            let values = try shown.rows.reduce(0) {
                try shown.check()
                return max($0, VisibleText.columns($1[index], upTo: widest))
            }
            let width = max(1, values, DisplayWidth.columns(shown.names[index])), isNumber = shown.isRightAligned(index)
            let legible = min(values, isNumber ? TableLayout.legibleNumber : TableLayout.legibleText)
            return Column(index: index, width: width, isRightAligned: isNumber,
                          legibleWidth: max(legible, min(width, TableLayout.minimumWidth)))
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
        narrow(total, least: \.legibleWidth) { !$0.isRightAligned }
        narrow(total, least: \.legibleWidth) { _ in true }
        narrow(total, least: \.leastWidth) { _ in true }
    }

    private mutating func dropMiddle(_ total: Int) {
        func least(_ columns: [Column]) -> Int {
            columns.reduce(3 * columns.count + 1) { $0 + $1.legibleWidth }
        }
        guard least(columns) > total, columns.count > 2 else { return }
        let mark = Column(index: nil, width: 1, isRightAligned: false, legibleWidth: 1)
        var kept = columns.count - 1
        while kept > 1, least(picked(kept, mark)) > total { kept -= 1 }
        hiddenCount = columns.count - kept
        columns = picked(kept, mark)
    }

    /// `kept` columns, more of them from the left, with the mark between.
    private func picked(_ kept: Int, _ mark: Column) -> [Column] {
        columns.prefix((kept + 1) / 2) + [mark] + columns.suffix(kept / 2)
    }

    /// Lowers the widest of the chosen columns to one common width, each to its least at most, so that all fit if that is
    /// enough.
    private mutating func narrow(_ total: Int, least: (Column) -> Int, _ isChosen: (Column) -> Bool) {
        let room = room(total)
        let fixed = columns.reduce(0) { isChosen($1) ? $0 : $0 + $1.width }
        let chosen = columns.filter(isChosen)
        func width(_ column: Column, _ level: Int) -> Int { min(column.width, max(level, least(column))) }
        guard fixed + chosen.reduce(0, { $0 + $1.width }) > room, let widest = chosen.map(\.width).max() else { return }
        var low = 1, high = widest
        while low < high {
            let middle = (low + high + 1) / 2
            if fixed + chosen.reduce(0, { $0 + width($1, middle) }) <= room { low = middle } else { high = middle - 1 }
        }
        for index in columns.indices where isChosen(columns[index]) {
            columns[index].width = width(columns[index], low)
        }
    }
}
