import WarehouseModels

/// Ratings, with whether the film's release date is known.
enum MartMovieReleases: Model {
    struct Columns: Row {
        let rating: FctRatings.Columns
        let releaseInfoAvailable: Expr<String>
    }
    static let about = "One row per rating, with whether the film's release date is known."
    static let tags = ["mart"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.rating.userId, "Who rated."),
        .column(\.rating.movieId, "The film rated."),
        .column(\.rating.rating, "Stars, 0.5 to 5 by halves."),
        .column(\.rating.ratingTimestamp, "When."),
        .column(\.releaseInfoAvailable, "known or unknown."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(FctRatings.self)
        let dates = q.leftJoin(SeedMovieReleaseDates.self) { $0.movieId == ratings.movieId }
        return Columns(
            rating: ratings, releaseInfoAvailable: when(dates.releaseDate.isNull, "unknown", else: "known"))
    }
}
