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

    var page: PageValue {
        switch self {
        case .null: .null
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

    /// Takes as many values a row as columns.
    public init(columns: [Column], rows: [[ChartValue]], isCut: Bool = false) {
        self.columns = columns
        self.rows = rows
        self.isCut = isCut
    }
}
