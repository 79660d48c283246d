import WarehouseModels

/// A bar for each row of a relation.
/// ```swift
/// BarChart(GenreRatings.self, x: \.genre, y: \.averageRating)
/// ```
public struct BarChart: ChartElement {
    public let chart: Chart

    /// Takes the relation, the column of the bars' names and that of their lengths. By default the longest come first.
    public init<R: Relation, X: SQLValue, Y: SQLValue>(
        _ relation: R.Type, x: KeyPath<R.Columns, Expr<X>>, y: KeyPath<R.Columns, Expr<Y>>, title: String? = nil,
        about: String = "", order: ChartOrder = .valueDescending, limit: Int = 30
    ) {
        chart = Chart(
            .bar, Chart.source(relation), title: title, about: about,
            columns: [Chart.column(x, of: relation), Chart.column(y, of: relation)], order: order, limit: limit)
    }
}

/// A line through the rows of a relation, from left to right.
public struct LineChart: ChartElement {
    public let chart: Chart

    /// Takes the relation, the column along (numbers or times) and the column upwards.
    public init<R: Relation, X: SQLValue, Y: SQLValue>(
        _ relation: R.Type, x: KeyPath<R.Columns, Expr<X>>, y: KeyPath<R.Columns, Expr<Y>>, title: String? = nil,
        about: String = "", limit: Int = 2_000
    ) {
        chart = Chart(
            .line, Chart.source(relation), title: title, about: about,
            columns: [Chart.column(x, of: relation), Chart.column(y, of: relation)], order: .key, limit: limit)
    }

    /// A line for each value of `series`.
    public init<R: Relation, X: SQLValue, Y: SQLValue, S: SQLValue>(
        _ relation: R.Type, x: KeyPath<R.Columns, Expr<X>>, y: KeyPath<R.Columns, Expr<Y>>,
        series: KeyPath<R.Columns, Expr<S>>, title: String? = nil, about: String = "", limit: Int = 2_000
    ) {
        chart = Chart(
            .line, Chart.source(relation), title: title, about: about,
            columns: [Chart.column(x, of: relation), Chart.column(y, of: relation), Chart.column(series, of: relation)],
            order: .key, limit: limit)
    }
}

/// The area below a line.
public struct AreaChart: ChartElement {
    public let chart: Chart

    /// Takes the relation, the column along (numbers or times) and the column upwards.
    public init<R: Relation, X: SQLValue, Y: SQLValue>(
        _ relation: R.Type, x: KeyPath<R.Columns, Expr<X>>, y: KeyPath<R.Columns, Expr<Y>>, title: String? = nil,
        about: String = "", limit: Int = 2_000
    ) {
        chart = Chart(
            .area, Chart.source(relation), title: title, about: about,
            columns: [Chart.column(x, of: relation), Chart.column(y, of: relation)], order: .key, limit: limit)
    }
}

/// A point for each row.
public struct ScatterChart: ChartElement {
    public let chart: Chart

    /// Takes the relation, the columns along and upwards, and the column that names the points.
    public init<R: Relation, X: SQLValue, Y: SQLValue, L: SQLValue>(
        _ relation: R.Type, x: KeyPath<R.Columns, Expr<X>>, y: KeyPath<R.Columns, Expr<Y>>,
        label: KeyPath<R.Columns, Expr<L>>, title: String? = nil, about: String = "", limit: Int = 1_500
    ) {
        chart = Chart(
            .scatter, Chart.source(relation), title: title, about: about,
            columns: [Chart.column(x, of: relation), Chart.column(y, of: relation), Chart.column(label, of: relation)],
            limit: limit)
    }
}

/// How many rows have values in each range of equal width. The warehouse counts; any number of rows will do.
public struct Histogram: ChartElement {
    public let chart: Chart

    /// Takes the relation and the column of numbers. Without `width` there are about twenty ranges.
    public init<R: Relation, X: SQLValue>(
        _ relation: R.Type, _ x: KeyPath<R.Columns, Expr<X>>, width: Double? = nil, title: String? = nil,
        about: String = ""
    ) {
        let column = Chart.column(x, of: relation)
        var chart = Chart(
            .histogram, Chart.source(relation), title: title ?? "\(column.title): how often", about: about,
            columns: [column], order: .key, limit: Chart.maximumRows)
        if let width, width > 0, width.isFinite { chart.binWidth = width }
        self.chart = chart
    }
}

/// A coloured field for each pair of values: the darker, the greater.
public struct HeatMap: ChartElement {
    public let chart: Chart

    /// Takes the relation, the columns across and down, and the column of the colour.
    public init<R: Relation, X: SQLValue, Y: SQLValue, V: SQLValue>(
        _ relation: R.Type, x: KeyPath<R.Columns, Expr<X>>, y: KeyPath<R.Columns, Expr<Y>>,
        value: KeyPath<R.Columns, Expr<V>>, title: String? = nil, about: String = "", limit: Int = 1_000
    ) {
        let columns = [Chart.column(x, of: relation), Chart.column(y, of: relation), Chart.column(value, of: relation)]
        chart = Chart(
            .heat, Chart.source(relation),
            title: title ?? "\(columns[2].title) by \(columns[0].title.lowercased()) and \(columns[1].title.lowercased())",
            about: about, columns: columns, order: .key, limit: limit)
    }
}

/// The rows themselves, to be sorted and leafed through.
public struct DataTable: ChartElement {
    public let chart: Chart

    /// Takes the relation and its columns in the order wanted; by default rows come in the order of the first two.
    public init<R: Relation>(
        _ relation: R.Type, _ columns: PartialKeyPath<R.Columns>..., title: String, about: String = "",
        order: ChartOrder = .key, limit: Int = 1_000
    ) {
        chart = Chart(
            .table, Chart.source(relation), title: title, about: about,
            columns: columns.map { Chart.column($0, of: relation) }, order: order, limit: limit)
    }
}

/// One number, with the line that led to it.
public struct NumberTile: ChartElement {
    public let chart: Chart

    /// Takes the relation, the column that is summed up, how, and the column along the trend.
    public init<R: Relation, Y: SQLValue, X: SQLValue>(
        _ relation: R.Type, _ value: KeyPath<R.Columns, Expr<Y>>, _ summary: ChartSummary = .sum,
        trend: KeyPath<R.Columns, Expr<X>>, title: String? = nil, about: String = "", limit: Int = 2_000
    ) {
        let column = Chart.column(value, of: relation)
        var chart = Chart(
            .number, Chart.source(relation), title: title ?? column.title, about: about,
            columns: [Chart.column(trend, of: relation), column], order: .key, limit: limit)
        chart.summary = summary
        self.chart = chart
    }
}

/// How many tests passed, warned and failed, by day: from the history of runs, not from a relation.
public struct TestResultsChart: ChartElement {
    public let chart: Chart

    /// Takes what stands above and below the title.
    public init(title: String = "Test results", about: String = "") {
        var chart = Chart(
            .line, .testResults, title: title, about: about,
            columns: [ChartColumn("AT", title: "Run"), ChartColumn("TESTS"), ChartColumn("RESULT")], order: .key, limit: 2_000)
        chart.startsAtZero = true
        self.chart = chart
    }
}

/// The last result of each test, as a table: from the history of runs, not from a relation.
public struct TestResultsTable: ChartElement {
    public let chart: Chart

    /// Takes what stands above and below the title.
    public init(title: String = "Tests", about: String = "") {
        chart = Chart(
            .table, .testResults, title: title, about: about,
            columns: [ChartColumn("TEST"), ChartColumn("RESULT"), ChartColumn("FAILURES"), ChartColumn("AT", title: "Run")],
            limit: 1_000)
    }
}
