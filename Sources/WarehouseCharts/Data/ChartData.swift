import WarehouseModels

/// A value that a chart draws.
public enum ChartValue: Hashable, Sendable {
    case null
    case number(Double)
    case text(String)
    /// Milliseconds since 1970-01-01 00:00:00 by the clock on the wall.
    case time(Double)

    /// What it is on an axis; nil of texts and NULL.
    var magnitude: Double? {
        switch self {
        case .number(let value), .time(let value): value.isFinite ? value : nil
        case .null, .text: nil
        }
    }

    var page: JSON {
        switch self {
        case .null: .null
        // JSON has no numbers that are none.
        case .number(let value) where !value.isFinite: .string(NumberText.string(value))
        case .number(let value), .time(let value): .number(value)
        case .text(let text): .string(text)
        }
    }
}

/// What the values of a column of a chart are.
public enum ChartColumnKind: String, Sendable { case number, text, time }

/// The rows of a chart.
public struct ChartData: Sendable {
    /// A column: what it is called in the warehouse and for people, and what its values are.
    public struct Column: Hashable, Sendable {
        /// As stored.
        public var name: String
        /// For people.
        public var title: String
        /// What its values are.
        public var kind: ChartColumnKind

        /// Whether its numbers are names, such as of years and users, which people write without commas.
        var isName: Bool { kind == .number && (name == "ID" || name.hasSuffix("_ID") || name.hasSuffix("YEAR")) }

        /// Takes what its properties say.
        public init(_ name: String, title: String? = nil, _ kind: ChartColumnKind) {
            self.name = name
            self.title = title ?? ChartColumn.title(of: name)
            self.kind = kind
        }
    }
    /// In order.
    public var columns: [Column]
    /// As many values a row as columns.
    public var rows: [[ChartValue]]
    /// Whether there are more rows than these.
    public var isCut = false
    /// Of a histogram: how wide the ranges are.
    public var binWidth: Double?
    /// Of a number of more rows than these: what the warehouse says.
    var figure: Double?
    /// What else people should know, a sentence each.
    var notes: [String] = []
    /// Columns that filters go by, by the numbers of the filters.
    var filterColumns: [Int: Int] = [:]

    /// Takes as many values a row as columns.
    public init(columns: [Column], rows: [[ChartValue]], isCut: Bool = false) {
        self.columns = columns
        self.rows = rows
        self.isCut = isCut
    }

    /// The same without the rows behind the first `count`.
    func prefix(_ count: Int) -> ChartData {
        guard rows.count > count else { return self }
        var copy = self
        copy.rows.removeLast(rows.count - count)
        copy.isCut = true
        return copy
    }
}
