import WarehouseModels

/// Of the group that owns films, and of nobody else's reading.
enum FilmGenres: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let genre: Expr<String?>
    }
    static let about = "One row per film and genre."
    static let tags = ["workshop"]
    static let group: String? = "films"
    static let access = Access.private
    static var materialized: Materialization<Columns> { .ephemeral }
    static func query(_ q: inout Query) -> Columns {
        let movies = q.from(DimMovies.self)
        let genre = q.flatten(movies.genreArray)
        return Columns(movieId: movies.movieId, genre: genre.nullIf("(no genres listed)"))
    }
}

/// Films under contract: what others build on keeps its columns, their types and what they say of NULL.
enum FilmCatalog: Model {
    struct Columns: Row {
        let movieId: Expr<Int64>
        let movieTitle: Expr<String>
        let releaseYear: Expr<Int64?>
        let releaseDate: Expr<Day?>
        let genres: Expr<Int64>
    }
    static let about = "One row per film, under contract, for whoever wants it."
    static let tags = ["workshop"]
    static let meta = ["owner": "films", "contains_pii": "false"]
    static let group: String? = "films"
    static let access = Access.public
    static let isContractEnforced = true
    static let grants = ["select": ["PUBLIC"]]
    static var preHooks: [String] {
        ["CREATE TABLE IF NOT EXISTS \(FilmCatalog.log) (relation VARCHAR, built_at TIMESTAMP_LTZ)"]
    }
    static var postHooks: [String] {
        ["INSERT INTO \(FilmCatalog.log) VALUES ('{{ this }}', CURRENT_TIMESTAMP())",
         "COMMENT ON TABLE {{ this }} IS 'One row per film, under contract.'"]
    }
    /// Beside what is built, at each target.
    private static var log: String { "MOVIELENS.\(Variables.target?.schema ?? "DEV").BUILD_LOG" }
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film.", .notNull, .unique),
        .column(\.movieTitle, "Its title without the year.", .notEmpty),
        .column(\.releaseYear, "The year in its title.", .accepted(atLeast: 1870, atMost: 2100).limited(to: 100).warning),
        .column(\.releaseDate, "The day it came out, where that is known."),
        .column(\.genres, "How many genres it has; 0 where none is listed.", .accepted(atLeast: 0)),
    ] }
    static var checks: [Check<Columns>] { [.sameRowCount(as: DimMovies.self)] }
    static func query(_ q: inout Query) -> Columns {
        let genres = q.from(FilmGenres.self)
        let movies = q.join(DimMovies.self) { $0.movieId == genres.movieId }
        let dates = q.leftJoin(SeedMovieReleaseDates.self) { $0.movieId == genres.movieId }
        let movieId = q.require(movies.movieId)
        let title = q.require(movies.movieTitle)
        q.group(by: movieId, title)
        // A piece of SQL in the middle: the title is an expression, so lineage goes through it.
        let year = sql("TRY_TO_NUMBER(REGEXP_SUBSTR(\(title), '[(]([0-9]{4})[)] *$', 1, 1, 'e'))", as: Int64?.self)
        let name = sql("TRIM(REGEXP_REPLACE(\(title), ' *[(][0-9]{4}[)] *$', ''))", as: String.self)
        return Columns(
            movieId: movieId, movieTitle: name, releaseYear: year,
            releaseDate: max(dates.releaseDate), genres: countDistinct(genres.genre))
    }
}

/// What a variable decides: `--vars '{"least_ratings": 50}'`.
enum PopularFilms: Model {
    struct Columns: Row {
        let movieTitle: Expr<String>
        let totalRatings: Expr<Int64>
        let averageRating: Expr<Double?>
    }
    static let about = "Films that many users rated; how many are needed is the variable least_ratings."
    static let tags = ["workshop"]
    static var columns: [Column<Columns>] { [
        .column(\.movieTitle, "The film's title."),
        .column(\.totalRatings, "How many ratings there are."),
        .column(\.averageRating, "Their mean."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(FctRatings.self)
        let films = q.join(FilmCatalog.self) { $0.movieId == ratings.movieId }
        q.group(by: films.movieId, films.movieTitle)
        q.having(count() >= Int64(Variables.int("least_ratings", default: 100)))
        return Columns(movieTitle: films.movieTitle, totalRatings: count(), averageRating: avg(ratings.rating))
    }
}

/// Who reads all that.
enum FilmDashboard: Exposure {
    static let about = "Which films and genres are liked."
    static let tags = ["workshop"]
    static let kind = ExposureKind.dashboard
    static let ownerName = "The film desk"
    static let ownerEmail: String? = "films@example.com"
    static let url: String? = "https://example.com/films"
    static let maturity: String? = "medium"
    static var dependsOn: [any Relation.Type] { [FilmCatalog.self, PopularFilms.self, GenreRatings.self] }
}
