import WarehouseBasics
import WarehouseSQL

/// Compares what a model gives of the rows it is given with what it must give.
struct UnitTestRun {
    let test: UnitTestContent
    let graph: ProjectGraph
    let target: any TargetAdapter

    func run(_ result: inout NodeResult) throws {
        let query = try graph.lowering.actual(of: test)
        let actual = try target.rows(of: query)
        // Expected values are printed as the model's own types print them.
        let expected = try target.rows(of: Lowering.rows(of: test.expected, as: actual.columns))
        let difference = RowDifference(
            columns: test.expected.columns.map { $0.name.lowercased() }, expected: expected.rows, actual: actual.rows)
        guard !difference.isEmpty else {
            result.status = .pass
            return
        }
        result.failures = 1
        result.status = .fail
        result.message = "actual differs from expected:\n\n" + difference.text
    }
}

/// How two bags of rows differ, printed as dbt prints it: a header behind `@@`, `---` before rows that are missing,
/// `+++` before rows too many, `→` before rows that differ in some values.
struct RowDifference {
    private enum Line {
        case same([String?])
        case changed(expected: [String?], actual: [String?])
        case missing([String?])
        case extra([String?])
    }
    private let columns: [String]
    private var lines: [Line] = []
    private(set) var isEmpty = true

    init(columns: [String], expected: [[String?]], actual: [[String?]]) {
        self.columns = columns
        var left: [[String?]: Int] = [:]
        for row in actual { left[row, default: 0] += 1 }
        var missing: [[String?]] = []
        for row in expected {
            if let count = left[row], count > 0 {
                left[row] = count - 1
                lines.append(.same(row))
            } else {
                missing.append(row)
            }
        }
        var extra: [[String?]] = []
        for row in actual where left[row, default: 0] > 0 {
            left[row, default: 0] -= 1
            extra.append(row)
        }
        isEmpty = missing.isEmpty && extra.isEmpty
        for row in missing {
            guard let place = RowDifference.nearest(to: row, in: extra) else {
                lines.append(.missing(row))
                continue
            }
            lines.append(.changed(expected: row, actual: extra.remove(at: place)))
        }
        lines += extra.map { .extra($0) }
    }

    /// The row with most values in common, at least half of them.
    private static func nearest(to row: [String?], in rows: [[String?]]) -> Int? {
        var best: (place: Int, common: Int)?
        for (place, other) in rows.prefix(1000).enumerated() {
            let common = zip(row, other).count { $0 == $1 }
            if 2 * common >= row.count, common > 0, common > best?.common ?? 0 { best = (place, common) }
        }
        return best?.place
    }

    /// Lines shown at most.
    private static let shownLines = 100

    var text: String {
        var table = [["@@"] + columns]
        for line in lines.prefix(RowDifference.shownLines) {
            switch line {
            case .same(let row): table.append([""] + row.map(RowDifference.value))
            case .missing(let row): table.append(["---"] + row.map(RowDifference.value))
            case .extra(let row): table.append(["+++"] + row.map(RowDifference.value))
            case .changed(let expected, let actual):
                table.append(["→"] + zip(expected, actual).map { old, new in
                    let (old, new) = (RowDifference.value(old), RowDifference.value(new))
                    return old == new ? old : "\(old)→\(new)"
                })
            }
        }
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        var text = table.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: ",")
        }.joined(separator: "\n")
        if lines.count > RowDifference.shownLines {
            text += "\n… \(lines.count - RowDifference.shownLines) more"
        }
        return text
    }

    private static func value(_ text: String?) -> String { text ?? "NULL" }
}
