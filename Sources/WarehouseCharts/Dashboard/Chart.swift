import WarehouseBasics
import WarehouseModels

/// A column that a chart reads.
public struct ChartColumn: Hashable, Sendable {
    /// As stored.
    public var name: String
    /// For people: `AVERAGE_RATING` is "Average rating".
    public var title: String

    init(_ name: String, title: String? = nil) {
        self.name = name
        self.title = title ?? ChartColumn.title(of: name)
    }

    static func title(of name: String) -> String {
        let words = name.lowercased().split(separator: "_", omittingEmptySubsequences: true).joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

/// In which order a chart takes its rows.
public enum ChartOrder: String, Sendable {
    /// By the value drawn, greatest first.
    case valueDescending
    /// By the key (the column drawn along), least first.
    case key
    /// As the relation gives them.
    case none
}

/// What stands in large figures.
public enum ChartSummary: String, Sendable {
    case sum, average, last, count
}

/// One picture of a dashboard, whatever it draws: what `BarChart` and its kin make.
public struct Chart: Sendable {
    /// How it draws.
    public enum Kind: String, Sendable { case bar, line, area, scatter, histogram, heat, table, number }
    enum Source: Hashable, Sendable {
        /// The name of the type that declares the relation, with its module.
        case relation(String)
        /// How tests came out, by day.
        case testResults
    }
    /// How it draws.
    public var kind: Kind
    /// What stands above it.
    public var title: String
    /// What stands below the title.
    public var about = ""
    let source: Source
    /// By their parts: x, y, series; of a table all in order.
    var columns: [ChartColumn]
    var order = ChartOrder.none
    /// At most so many rows are drawn.
    var limit: Int
    var binWidth: Double?
    var summary = ChartSummary.sum
    /// Whether the axis of values begins at zero in any case.
    var startsAtZero = false

    init(
        _ kind: Kind, _ source: Source, title: String?, about: String, columns: [ChartColumn],
        order: ChartOrder = .none, limit: Int
    ) {
        self.kind = kind
        self.source = source
        self.columns = columns
        self.about = about
        self.order = order
        self.limit = max(1, min(limit, Chart.maximumRows))
        self.title = title ?? Chart.defaultTitle(columns)
    }

    /// No chart draws more rows.
    static let maximumRows = 5_000

    private static func defaultTitle(_ columns: [ChartColumn]) -> String {
        guard columns.count > 1 else { return columns.first?.title ?? "" }
        return "\(columns[1].title) by \(columns[0].title.lowercased())"
    }

    static func source<R: Relation>(_ relation: R.Type) -> Source { .relation(String(reflecting: relation)) }

    /// The column that a key path leads to.
    static func column<R: Relation>(_ path: PartialKeyPath<R.Columns>, of relation: R.Type) -> ChartColumn {
        ChartColumn(R.Columns.columnName(path, naming: R.naming) ?? "?")
    }
}

/// What a dashboard is declared from.
public protocol ChartElement {
    /// The chart that it stands for.
    var chart: Chart { get }
}

extension Chart: ChartElement {
    public var chart: Chart { self }
}
