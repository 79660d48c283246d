import WarehouseBasics

/// A small result under construction: cells by column.
struct RowBuilder {
    private let columns: [ResultColumn]
    private var rows: [[ScalarValue]] = []

    init(_ columns: [(String, LogicalType)]) { self.columns = columns.map { ResultColumn($0.0, $0.1) } }

    /// Text columns of these names.
    init(texts: [String]) { columns = texts.map { ResultColumn($0, .text) } }

    /// Columns written as words: `name` is VARCHAR, `rows#` NUMBER, `scale#9` NUMBER(9,0), `created_on@` TIMESTAMP_LTZ(3).
    init(_ words: String) {
        columns = words.split(separator: " ").map { word in
            if let mark = word.firstIndex(of: "#"), let digits = Int(word[word.index(after: mark)...]) {
                return ResultColumn(String(word[..<mark]), .number(precision: digits, scale: 0))
            }
            return switch word.last {
            case "#": ResultColumn(String(word.dropLast()), .integer)
            case "@": ResultColumn(String(word.dropLast()), .timestampLTZ(scale: 3))
            default: ResultColumn(String(word), .text)
            }
        }
    }

    mutating func add(_ cells: [ScalarValue]) {
        precondition(cells.count == columns.count, "a row of \(cells.count) cells for \(columns.count) columns")
        rows.append(cells)
    }

    var result: ResultSet { .table(columns, rows) }
}

extension ScalarValue {
    static func text(_ text: String) -> ScalarValue { .bytes(Array(text.utf8)) }
    static func text(_ text: String?) -> ScalarValue { text.map { .bytes(Array($0.utf8)) } ?? .null }
    /// NULL for the empty text.
    static func nonEmpty(_ text: String) -> ScalarValue { text.isEmpty ? .null : .text(text) }
    static func count(_ value: Int) -> ScalarValue { .integer(Int128(value)) }
    static func count(_ value: Int64?) -> ScalarValue { value.map { .integer(Int128($0)) } ?? .null }
    /// `Y` or `N`.
    static func yesNo(_ value: Bool) -> ScalarValue { .text(value ? "Y" : "N") }
    /// `true` or `false`.
    static func trueFalse(_ value: Bool?) -> ScalarValue { .text(value == true ? "true" : "false") }
    /// Nanoseconds since the epoch as TIMESTAMP_LTZ(3).
    static func moment(_ nanoseconds: Int64) -> ScalarValue { .integer(Int128(nanoseconds / 1_000_000)) }
}
