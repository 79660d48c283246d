import WarehouseModels

/// A page of charts, declared from models.
/// ```swift
/// Dashboard("Ratings", filters: [.category(Top10ByGenre.self, \.genre)]) {
///     BarChart(GenreRatings.self, x: \.genre, y: \.averageRating)
///     LineChart(MonthlyTrends.self, x: \.month, y: \.totalRatings)
/// }
/// ```
/// A misspelt column or a model that is not there does not compile.
public struct Dashboard: Sendable {
    /// What stands above it, and what its address is made of.
    public var title: String
    /// What it is for.
    public var about: String
    /// What people may narrow it down by.
    public var filters: [DashboardFilter]
    /// In the order of the page.
    public var charts: [Chart]
    /// Whom to ask; nil names the project.
    public var owner: String?

    /// Takes what its properties say.
    public init(
        _ title: String, about: String = "", owner: String? = nil, filters: [DashboardFilter] = [],
        @DashboardBuilder _ charts: () -> [Chart]
    ) {
        self.title = title
        self.about = about
        self.owner = owner
        self.filters = filters
        self.charts = charts()
    }

    /// Its title in lower case, with hyphens: what its file and its address are called.
    public var name: String {
        var name = ""
        for character in title.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber { name.append(character) }
            else if !name.isEmpty, !name.hasSuffix("-") { name.append("-") }
        }
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? "dashboard" : name
    }

    /// What the project knows of it: a node of the lineage, which depends on all relations that its charts and filters
    /// read.
    public var exposure: DeclaredExposure {
        var relations: [String] = []
        for case .relation(let declaration) in charts.map(\.source) + filters.map(\.source)
        where !relations.contains(declaration) {
            relations.append(declaration)
        }
        var exposure = DeclaredExposure(String(name.map { $0 == "-" ? "_" : $0 }), dependsOn: relations)
        exposure.label = title
        exposure.about = about
        exposure.ownerName = owner
        return exposure
    }
}

/// What people may narrow a dashboard down by: a column, which narrows down every chart whose relation has a column of
/// that name.
public struct DashboardFilter: Sendable {
    enum Kind: String, Sendable { case category, dates }
    let kind: Kind
    /// For people.
    public var title: String
    let column: ChartColumn
    let source: Chart.Source

    /// One of the values of a column.
    public static func category<R: Relation, X: SQLValue>(
        _ relation: R.Type, _ column: KeyPath<R.Columns, Expr<X>>, title: String? = nil
    ) -> DashboardFilter { DashboardFilter(.category, Chart.column(column, of: relation), Chart.source(relation), title) }

    /// A range of days of a column of dates or times.
    public static func dates<R: Relation, X: SQLValue>(
        _ relation: R.Type, _ column: KeyPath<R.Columns, Expr<X>>, title: String? = nil
    ) -> DashboardFilter { DashboardFilter(.dates, Chart.column(column, of: relation), Chart.source(relation), title) }

    private init(_ kind: Kind, _ column: ChartColumn, _ source: Chart.Source, _ title: String?) {
        self.kind = kind
        self.column = column
        self.source = source
        self.title = title ?? column.title
    }
}

/// Puts the charts of a dashboard together.
@resultBuilder public enum DashboardBuilder {
    /// One chart.
    public static func buildExpression(_ element: any ChartElement) -> [Chart] { [element.chart] }
    /// All in order.
    public static func buildBlock(_ parts: [Chart]...) -> [Chart] { parts.flatMap { $0 } }
    /// Those of a loop.
    public static func buildArray(_ parts: [[Chart]]) -> [Chart] { parts.flatMap { $0 } }
    /// Those of a condition without else.
    public static func buildOptional(_ part: [Chart]?) -> [Chart] { part ?? [] }
    /// Those of a condition.
    public static func buildEither(first part: [Chart]) -> [Chart] { part }
    /// Those of its else.
    public static func buildEither(second part: [Chart]) -> [Chart] { part }
}
