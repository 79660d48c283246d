import WarehouseModels

// The six RAW tables that COPY INTO fills from the CSVs. Every column may be NULL: nothing has checked them yet.

/// Films, as movies.csv has them.
enum RawMovies: Source {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let title: Expr<String?>
        let genres: Expr<String?>
    }
    static let table = "MOVIELENS.RAW.RAW_MOVIES"
    static let about = "Films with title and genres, as movies.csv has them."
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film's number."),
        .column(\.title, "Title with the year in parentheses."),
        .column(\.genres, "Genres divided by |, or (no genres listed)."),
    ] }
}

/// Ratings, as ratings.csv has them.
enum RawRatings: Source {
    struct Columns: Row {
        let userId: Expr<Int64?>
        let movieId: Expr<Int64?>
        let rating: Expr<Double?>
        let timestamp: Expr<Int64?>
    }
    static let table = "MOVIELENS.RAW.RAW_RATINGS"
    static let about = "Ratings of films by users, as ratings.csv has them."
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who rated."),
        .column(\.movieId, "The film rated."),
        .column(\.rating, "Stars, 0.5 to 5 by halves."),
        .column(\.timestamp, "When, in seconds since 1970 UTC."),
    ] }
}

/// Tags, as tags.csv has them.
enum RawTags: Source {
    struct Columns: Row {
        let userId: Expr<Int64?>
        let movieId: Expr<Int64?>
        let tag: Expr<String?>
        let timestamp: Expr<Int64?>
    }
    static let table = "MOVIELENS.RAW.RAW_TAGS"
    static let about = "Words that users gave to films, as tags.csv has them."
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who tagged."),
        .column(\.movieId, "The film tagged."),
        .column(\.tag, "The word or phrase."),
        .column(\.timestamp, "When, in seconds since 1970 UTC."),
    ] }
}

/// Keys of films elsewhere, as links.csv has them.
enum RawLinks: Source {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let imdbId: Expr<String?>
        let tmdbId: Expr<String?>
    }
    static let table = "MOVIELENS.RAW.RAW_LINKS"
    /// By when the table was last changed: nothing in it says when it was loaded.
    static let freshness: Freshness? = Freshness(warnAfter: .days(30))
    static let about = "What IMDb and TMDB call each film, as links.csv has it."
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film's number."),
        .column(\.imdbId, "IMDb's number, with leading zeros."),
        .column(\.tmdbId, "TMDB's number; some films have none."),
    ] }
}

/// The genome's tags, as genome-tags.csv has them.
enum RawGenomeTags: Source {
    struct Columns: Row {
        let tagId: Expr<Int64?>
        let tag: Expr<String?>
    }
    static let table = "MOVIELENS.RAW.RAW_GENOME_TAGS"
    static let about = "Tags of the tag genome, as genome-tags.csv has them."
    static var columns: [Column<Columns>] { [
        .column(\.tagId, "The tag's number."),
        .column(\.tag, "The word or phrase."),
    ] }
}

/// The genome's scores, as genome-scores.csv has them.
enum RawGenomeScores: Source {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let tagId: Expr<Int64?>
        let relevance: Expr<Double?>
    }
    static let table = "MOVIELENS.RAW.RAW_GENOME_SCORES"
    static let about = "How well each tag of the genome fits each film, as genome-scores.csv has it."
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film's number."),
        .column(\.tagId, "The tag's number."),
        .column(\.relevance, "0 (not at all) to 1."),
    ] }
}
