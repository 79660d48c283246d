import MiniWarehouse
import WarehouseBasics
import WarehouseColumns

/// The rows of a result that a table shows, as texts: all of them, or of many the first and last.
struct ShownRows {
    /// More rows than this are cut in the middle.
    static let maximum = 1_000

    let columns: [ResultColumn]
    /// Headers as shown.
    let names: [String]
    /// Rows in order, a text a column; `NULL` for null.
    private(set) var rows: [[String]] = []
    /// Behind how many of `rows` others are left out; nil when none are.
    let gapIndex: Int?
    let rowCount: Int
    /// How to see the others.
    var advice = "--format csv, json or jsonl prints all"

    /// Throws when nobody wants to see more; asked of every row, as one may have megabytes.
    let check: () throws -> Void

    /// `null` stands for NULL.
    init(_ result: ResultSet, maximum: Int? = ShownRows.maximum, null: String = "NULL",
         check: @escaping () throws -> Void = {}) throws {
        self.check = check
        columns = result.columns
        names = result.columns.map { VisibleText.escaped($0.name) }
        rowCount = result.rowCount
        var left = 0..<0
        if let maximum, result.rowCount > maximum {
            left = (maximum + 1) / 2 ..< result.rowCount - maximum / 2
        }
        gapIndex = left.isEmpty ? nil : left.lowerBound
        let formatters = result.formatters(variant: .compact)
        var start = 0
        try result.forEachBatch { batch in
            defer { start += batch.rowCount }
            if left.contains(start), left.contains(start + batch.rowCount - 1) { return }
            for row in 0..<batch.rowCount where !left.contains(start + row) {
                try check()
                rows.append(formatters.indices.map { column in
                    formatters[column].string(batch.vectors[column], row).map(VisibleText.escaped) ?? null
                })
            }
        }
    }

    /// Which row of the result, from 1, is that of `rows` at `index`.
    func number(ofRow index: Int) -> Int {
        index + 1 + (gapIndex.map { index >= $0 ? rowCount - rows.count : 0 } ?? 0)
    }

    /// Whether column `index` is set to the right.
    func isRightAligned(_ index: Int) -> Bool { columns[index].type.isNumeric }

    /// `3 rows`, or what of how many is shown.
    var summary: String {
        let count = rowCount == 1 ? "1 row" : "\(grouped(rowCount)) rows"
        guard gapIndex != nil else { return count }
        return "\(count), \(grouped(rows.count)) shown; \(advice)"
    }
}

/// `number` with commas between thousands.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return text
}
