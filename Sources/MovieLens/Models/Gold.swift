import WarehouseModels

/// Ratings by genre.
enum GenreRatings: Model {
    struct Columns: Row {
        let genre: Expr<String?>
        let averageRating: Expr<Double?>
        let totalMovies: Expr<Int64>
    }
    static let about = "Average rating and number of films of each genre, best first."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.genre, "The genre."),
        .column(\.averageRating, "Mean of all ratings of its films."),
        .column(\.totalMovies, "How many of its films were rated."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(FctRatings.self)
        let movies = q.join(DimMovies.self) { $0.movieId == ratings.movieId }
        let genre = q.flatten(movies.genreArray)
        q.group(by: genre)
        q.order(by: avg(ratings.rating).descending)
        return Columns(genre: genre, averageRating: avg(ratings.rating), totalMovies: countDistinct(movies.movieId))
    }
}

/// Ratings by user.
enum UserEngagement: Model {
    struct Columns: Row {
        let userId: Expr<Int64?>
        let numberOfRatings: Expr<Int64>
        let averageRatingGiven: Expr<Double?>
    }
    static let about = "How much each user rates, and how kindly."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.userId, "The user."),
        .column(\.numberOfRatings, "How many films the user rated."),
        .column(\.averageRatingGiven, "Mean of the user's ratings."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(FctRatings.self)
        q.group(by: ratings.userId)
        return Columns(userId: ratings.userId, numberOfRatings: count(), averageRatingGiven: avg(ratings.rating))
    }
}

/// Genome scores by tag.
enum TagRelevance: Model {
    struct Columns: Row {
        let tagName: Expr<String?>
        let avgRelevance: Expr<Double?>
        let movieTagged: Expr<Int64>
    }
    static let about = "How relevant each tag of the genome is, over the films it fits."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.tagName, "The tag."),
        .column(\.avgRelevance, "Mean relevance over its films."),
        .column(\.movieTagged, "How many films it fits."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let scores = q.from(FctGenomeScores.self)
        let tags = q.join(DimGenomeTags.self) { $0.tagId == scores.tagId }
        q.group(by: tags.tagName)
        return Columns(
            tagName: tags.tagName, avgRelevance: avg(scores.relevanceScore), movieTagged: countDistinct(scores.movieId))
    }
}

/// Ratings by month.
enum MonthlyTrends: Model {
    struct Columns: Row {
        let month: Expr<Instant?>
        let totalRatings: Expr<Int64>
        let avgRating: Expr<Double?>
    }
    static let about = "Number and mean of the ratings of each month, oldest first."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.month, "The month's first moment, in the session's time zone."),
        .column(\.totalRatings, "How many ratings were given."),
        .column(\.avgRating, "Their mean."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let ratings = q.from(FctRatings.self)
        let month = ratings.ratingTimestamp.truncated(to: .month)
        q.group(by: month)
        q.order(by: month.ascending)
        return Columns(month: month, totalRatings: count(), avgRating: avg(ratings.rating))
    }
}

/// Ratings by film.
enum MovieAnalysis: Model {
    struct Summary: Row {
        let movieId: Expr<Int64?>
        let averageRating: Expr<Double?>
        let totalRatings: Expr<Int64>
    }
    struct Columns: Row {
        let movieTitle: Expr<String?>
        let averageRating: Expr<Double?>
        let totalRatings: Expr<Int64>
    }
    static let about = "How often and how well each film was rated."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.movieTitle, "The film's title."),
        .column(\.averageRating, "Mean of its ratings."),
        .column(\.totalRatings, "How many there are."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let summary = q.from { (s: inout Query) -> Summary in
            let ratings = s.from(FctRatings.self)
            s.group(by: ratings.movieId)
            return Summary(movieId: ratings.movieId, averageRating: avg(ratings.rating), totalRatings: count())
        }
        let movies = q.join(DimMovies.self) { $0.movieId == summary.movieId }
        return Columns(
            movieTitle: movies.movieTitle, averageRating: summary.averageRating, totalRatings: summary.totalRatings)
    }
}

/// The ten best films of each genre.
enum Top10ByGenre: Model {
    struct GenreMovie: Row {
        let genre: Expr<String?>
        let movieId: Expr<Int64?>
        let movieTitle: Expr<String?>
        let averageRating: Expr<Double?>
    }
    struct Columns: Row {
        let genre: Expr<String?>
        let movieTitle: Expr<String?>
        let averageRating: Expr<Double?>
        let rank: Expr<Int64>
    }
    static let about = "The ten films of each genre with the best mean rating; of equals the smaller number first."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.genre, "The genre."),
        .column(\.movieTitle, "The film's title."),
        .column(\.averageRating, "Mean of its ratings."),
        .column(\.rank, "1 to 10 within the genre."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let movie = q.from { (s: inout Query) -> GenreMovie in
            let ratings = s.from(FctRatings.self)
            let movies = s.join(DimMovies.self) { $0.movieId == ratings.movieId }
            let genre = s.flatten(movies.genreArray)
            s.group(by: genre, movies.movieId, movies.movieTitle)
            return GenreMovie(
                genre: genre, movieId: movies.movieId, movieTitle: movies.movieTitle,
                averageRating: avg(ratings.rating))
        }
        let best = Window.partition(by: movie.genre).order(by: movie.averageRating.descending, movie.movieId.ascending)
        let rank = rowNumber(over: best)
        q.qualify(rank <= 10)
        return Columns(genre: movie.genre, movieTitle: movie.movieTitle, averageRating: movie.averageRating, rank: rank)
    }
}

/// Films by year of release.
enum ReleaseTrends: Model {
    struct Columns: Row {
        let releaseYear: Expr<Int64?>
        let moviesReleased: Expr<Int64>
    }
    static let about = "How many films came out each year, as far as their dates are known."
    static let tags = ["gold"]
    static var columns: [Column<Columns>] { [
        .column(\.releaseYear, "The year."),
        .column(\.moviesReleased, "How many films came out."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let dates = q.from(SeedMovieReleaseDates.self)
        let year = dates.releaseDate.part(.year)
        q.group(by: year)
        return Columns(releaseYear: year, moviesReleased: countDistinct(dates.movieId))
    }
}
