import WarehouseModels

/// The films that more than a hundred users rated, best first: compiled with the project, run by hand.
enum MovieAnalysisQuery: Analysis {
    struct Columns: Row {
        let movieTitle: Expr<String?>
        let averageRating: Expr<Double?>
        let totalRatings: Expr<Int64>
    }
    static let name = "movie_analysis"
    static let about = "Films with more than a hundred ratings, best first."
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(FctRatings.self)
        let movies = q.join(DimMovies.self) { $0.movieId == ratings.movieId }
        q.group(by: movies.movieTitle)
        q.having(count() > 100)
        q.order(by: avg(ratings.rating).descending)
        return Columns(movieTitle: movies.movieTitle, averageRating: avg(ratings.rating), totalRatings: count())
    }
}
