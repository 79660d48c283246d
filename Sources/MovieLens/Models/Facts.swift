import WarehouseModels

/// Ratings, added to run by run.
enum FctRatings: Model {
    typealias Columns = SrcRatings.Columns
    static let about = "One row per rating; each run adds those newer than the newest that is there."
    static let tags = ["fct"]
    static var materialized: Materialization<Columns> { .incremental(.append, onSchemaChange: .fail) }
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who rated.", .notNull),
        .column(\.movieId, "The film rated.", .notNull, .relationship(to: DimMovies.self, \.movieId)),
        .column(\.rating, "Stars, 0.5 to 5 by halves.", .notNull),
        .column(\.ratingTimestamp, "When."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(SrcRatings.self)
        q.filter(ratings.rating.isNotNull)
        // Late ratings are left to a full refresh, as in the pipeline that this follows.
        q.whenIncremental(Self.self, skipsLateRows: true) { this in ratings.ratingTimestamp > max(this.ratingTimestamp) }
        return ratings
    }
}

/// Genome scores above zero.
enum FctGenomeScores: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let tagId: Expr<Int64?>
        let relevanceScore: Expr<Double?>
    }
    static let about = "One row per film and tag of the genome that fits it at all."
    static let tags = ["fct"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film.", .notNull),
        .column(\.tagId, "The tag.", .notNull),
        .column(\.relevanceScore, "How well the tag fits, rounded to four digits.", .notNull),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let scores = q.from(SrcGenomeScores.self)
        q.filter(scores.relevance > 0)
        return Columns(
            movieId: scores.movieId, tagId: scores.tagId, relevanceScore: scores.relevance.rounded(4))
    }
}

/// Films with tags, kept as a table.
enum EpMovieWithTags: Model {
    typealias Columns = DimMoviesWithTags.Columns
    static let about = "Films with each of their tags: the ephemeral dim_movies_with_tags, kept."
    static let tags = ["fct"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { DimMoviesWithTags.columns }
    static func query(_ q: inout Query) -> Columns { q.from(DimMoviesWithTags.self) }
}
