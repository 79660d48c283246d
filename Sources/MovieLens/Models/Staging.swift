import WarehouseModels

// The RAW tables under the names and types that the rest of the project speaks of.

/// Films.
enum SrcMovies: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let title: Expr<String?>
        let genres: Expr<String?>
    }
    static let about = "Films with title and genres."
    static let tags = ["staging"]
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film."),
        .column(\.title, "Title with the year in parentheses."),
        .column(\.genres, "Genres divided by |."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let movies = q.from(RawMovies.self)
        return Columns(movieId: movies.movieId, title: movies.title, genres: movies.genres)
    }
}

/// Ratings, with a time in place of epoch seconds. A table, so that rows can be added by hand.
enum SrcRatings: Model {
    struct Columns: Row {
        let userId: Expr<Int64?>
        let movieId: Expr<Int64?>
        let rating: Expr<Double?>
        let ratingTimestamp: Expr<Instant?>
    }
    static let about = "Ratings of films by users."
    static let tags = ["staging"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who rated."),
        .column(\.movieId, "The film rated."),
        .column(\.rating, "Stars, 0.5 to 5 by halves."),
        .column(\.ratingTimestamp, "When."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(RawRatings.self)
        return Columns(
            userId: ratings.userId, movieId: ratings.movieId, rating: ratings.rating,
            ratingTimestamp: ratings.timestamp.asInstant)
    }
}

/// Tags, with a time in place of epoch seconds. A table, so that rows can be changed by hand.
enum SrcTags: Model {
    struct Columns: Row {
        let userId: Expr<Int64?>
        let movieId: Expr<Int64?>
        let tag: Expr<String?>
        let tagTimestamp: Expr<Instant?>
    }
    static let about = "Words that users gave to films."
    static let tags = ["staging"]
    static var eventTime: PartialKeyPath<Columns>? { \.tagTimestamp }
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who tagged."),
        .column(\.movieId, "The film tagged."),
        .column(\.tag, "The word or phrase."),
        .column(\.tagTimestamp, "When."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let tags = q.from(RawTags.self)
        return Columns(
            userId: tags.userId, movieId: tags.movieId, tag: tags.tag, tagTimestamp: tags.timestamp.asInstant)
    }
}

/// Keys of films elsewhere.
enum SrcLinks: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let imdbId: Expr<String?>
        let tmdbId: Expr<String?>
    }
    static let about = "What IMDb and TMDB call each film."
    static let tags = ["staging"]
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film."),
        .column(\.imdbId, "IMDb's number, with leading zeros."),
        .column(\.tmdbId, "TMDB's number; some films have none."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let links = q.from(RawLinks.self)
        return Columns(movieId: links.movieId, imdbId: links.imdbId, tmdbId: links.tmdbId)
    }
}

/// The genome's tags.
enum SrcGenomeTags: Model {
    struct Columns: Row {
        let tagId: Expr<Int64?>
        let tag: Expr<String?>
    }
    static let about = "Tags of the tag genome."
    static let tags = ["staging"]
    static var columns: [Column<Columns>] { [
        .column(\.tagId, "The tag."),
        .column(\.tag, "The word or phrase."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let tags = q.from(RawGenomeTags.self)
        return Columns(tagId: tags.tagId, tag: tags.tag)
    }
}

/// The genome's scores.
enum SrcGenomeScores: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let tagId: Expr<Int64?>
        let relevance: Expr<Double?>
    }
    static let about = "How well each tag of the genome fits each film."
    static let tags = ["staging"]
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film."),
        .column(\.tagId, "The tag."),
        .column(\.relevance, "0 (not at all) to 1."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let scores = q.from(RawGenomeScores.self)
        return Columns(movieId: scores.movieId, tagId: scores.tagId, relevance: scores.relevance)
    }
}
