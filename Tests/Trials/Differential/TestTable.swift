/// Kinds of values that both engines hold and compare alike.
enum ValueKind: CaseIterable {
    case integer, decimal, real, text, date

    /// The column type in our dialect; SQLite's `affinity` keeps the same values.
    var type: String {
        switch self {
        case .integer: "NUMBER(18,0)"
        case .decimal: "NUMBER(12,2)"
        case .real: "FLOAT"
        case .text: "VARCHAR"
        case .date: "DATE"
        }
    }

    var affinity: String {
        switch self {
        case .integer: "INTEGER"
        case .decimal, .real: "REAL"
        case .text, .date: "TEXT"
        }
    }
}

/// A column that a query may name.
struct TestColumn {
    var name: String
    var kind: ValueKind
}

/// One table of random rows, the same in both engines.
struct TestTable {
    var name: String
    var rowCount: Int

    static let columns = [
        TestColumn(name: "id", kind: .integer), TestColumn(name: "k", kind: .integer),
        TestColumn(name: "run", kind: .integer), TestColumn(name: "big", kind: .integer),
        TestColumn(name: "none", kind: .integer), TestColumn(name: "n", kind: .decimal),
        TestColumn(name: "x", kind: .real), TestColumn(name: "s", kind: .text), TestColumn(name: "u", kind: .text),
        TestColumn(name: "d", kind: .date),
    ]

    static let words = ["", "a", "b", "ab", "abc", "Zed", "é", "ünï", "日本", "x y", "a%b", "A_c", " lead", "trail ", "😀",
                        "a string longer than a prefix, one", "a string longer than a prefix, two"]

    func create(_ type: (ValueKind) -> String) -> String {
        "CREATE TABLE \(name) (" + TestTable.columns.map { "\($0.name) \(type($0.kind))" }.joined(separator: ", ") + ")"
    }

    /// INSERT statements that both engines read; several, so that the table has several parts.
    func inserts(_ random: inout SeededRandom) -> [String] {
        let size = max(1, rowCount / random.between(1, 3) + 1)
        return stride(from: 0, to: rowCount, by: size).map { start in
            let rows = (start..<min(rowCount, start + size)).map { TestTable.row($0, rowCount, &random) }
            return "INSERT INTO \(name) VALUES " + rows.joined(separator: ", ")
        }
    }

    /// Sorted ids, duplicated keys, runs, far apart numbers, nothing but NULLs, quarters and eighths (exact in
    /// doubles), few words, many words, dates.
    private static func row(_ index: Int, _ count: Int, _ random: inout SeededRandom) -> String {
        func or(_ percent: Int, _ text: String) -> String { random.chance(percent) ? "NULL" : text }
        let far = [random.between(-9_000_000_000_000_000, 9_000_000_000_000_000), random.between(-9, 9),
                   random.between(0, 2_147_483_652), -2_147_483_648]
        let quarters = random.between(-2000, 2000)
        let eighths = random.between(-400, 400)
        return "(" + [
            "\(index)", or(10, "\(random.between(-3, 12))"), (index / 40) % 3 == 1 ? "NULL" : "\(index / 90)",
            or(5, "\(random.pick(far))"), "NULL", or(10, "\(Double(quarters) / 4)"), or(10, "\(Double(eighths) / 8)"),
            or(10, "'\(random.pick(words))'"), or(5, "'u\(random.below(count / 2 + 1))'"),
            or(10, TestTable.date(&random)),
        ].joined(separator: ", ") + ")"
    }

    /// A quoted date.
    static func date(_ random: inout SeededRandom) -> String {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "'\(random.between(1995, 2024))-\(padded(random.between(1, 12)))-\(padded(random.between(1, 28)))'"
    }
}
