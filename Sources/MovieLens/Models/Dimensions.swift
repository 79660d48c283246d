import WarehouseModels

/// Films, with clean titles and genres as an array.
enum DimMovies: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let movieTitle: Expr<String?>
        let genreArray: Expr<[String]?>
        let genres: Expr<String?>
    }
    static let about = "One row per film, with clean title and its genres as an array."
    static let tags = ["dim"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film.", .notNull),
        .column(\.movieTitle, "Title without outer spaces, each word capitalised.", .notNull),
        .column(\.genreArray, "Genres, one an element."),
        .column(\.genres, "Genres divided by |."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let movies = q.from(SrcMovies.self)
        return Columns(
            movieId: movies.movieId, movieTitle: movies.title.trimmed.initcapped,
            genreArray: movies.genres.split(on: "|"), genres: movies.genres)
    }
}

/// Everybody who rated or tagged.
enum DimUsers: Model {
    struct Columns: Row {
        let userId: Expr<Int64?>
    }
    static let about = "One row per user who rated or tagged a film."
    static let tags = ["dim"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.userId, "The user.", .unique, .notNull),
    ] }
    static func query(_ q: inout Query) -> Columns {
        q.from(
            union: { Columns(userId: $0.from(SrcRatings.self).userId) },
            { Columns(userId: $0.from(SrcTags.self).userId) })
    }
}

/// The genome's tags, with clean names.
enum DimGenomeTags: Model {
    struct Columns: Row {
        let tagId: Expr<Int64?>
        let tagName: Expr<String?>
    }
    static let about = "One row per tag of the genome, with its clean name."
    static let tags = ["dim"]
    static var materialized: Materialization<Columns> { .table }
    static var columns: [Column<Columns>] { [
        .column(\.tagId, "The tag.", .unique, .notNull),
        .column(\.tagName, "The tag without outer spaces, each word capitalised.", .notNull),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let tags = q.from(SrcGenomeTags.self)
        return Columns(tagId: tags.tagId, tagName: tags.tag.trimmed.initcapped)
    }
}

/// Films with their genome scores and tags; inlined into its readers.
enum DimMoviesWithTags: Model {
    struct Columns: Row {
        let movieId: Expr<Int64?>
        let movieTitle: Expr<String?>
        let genres: Expr<String?>
        let tagName: Expr<String?>
        let relevanceScore: Expr<Double?>
    }
    static let about = "Films with each of their tags and its relevance; a film without tags once."
    static let tags = ["dim"]
    static var materialized: Materialization<Columns> { .ephemeral }
    static var columns: [Column<Columns>] { [
        .column(\.movieId, "The film."),
        .column(\.movieTitle, "Its title."),
        .column(\.genres, "Its genres divided by |."),
        .column(\.tagName, "A tag, NULL where the film has none."),
        .column(\.relevanceScore, "How well the tag fits, 0 to 1."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let movies = q.from(DimMovies.self)
        let scores = q.leftJoin(FctGenomeScores.self) { $0.movieId == movies.movieId }
        let tags = q.leftJoin(DimGenomeTags.self) { $0.tagId == scores.tagId }
        return Columns(
            movieId: movies.movieId, movieTitle: movies.movieTitle, genres: movies.genres,
            tagName: tags.tagName, relevanceScore: scores.relevanceScore)
    }
}
