/// How many rows each file has and how many users and movies there are, from the number of ratings.
struct GenerationScale: Sendable, Hashable {
    let ratings: Int
    let users: Int
    let movies: Int
    let tags: Int
    /// Movies that have genome scores: each has one row per genome tag.
    let genomeMovies: Int
    let genomeTags: Int

    /// ml-20m.
    static let full = GenerationScale(
        ratings: 20_000_263, users: 138_493, movies: 27_278, tags: 465_564, genomeMovies: 10_381, genomeTags: 1_128)

    /// The highest movieId, and so the most movies.
    static let lastMovieID = 131_262

    private init(ratings: Int, users: Int, movies: Int, tags: Int, genomeMovies: Int, genomeTags: Int) {
        self.ratings = ratings
        self.users = users
        self.movies = movies
        self.tags = tags
        self.genomeMovies = genomeMovies
        self.genomeTags = genomeTags
    }

    /// Smaller sets shrink their movies and genome more slowly than their ratings, so that each stays worth joining;
    /// larger ones grow by users, as later MovieLens releases did.
    init(ratings: Int) {
        let full = Self.full
        if ratings == full.ratings {
            self = full
            return
        }
        let share = Double(ratings) / Double(full.ratings)
        let isSmaller = share < 1
        func scaled(_ count: Int, _ exponent: Double) -> Int {
            Int((Double(count) * DeterministicMath.pow(share, exponent)).rounded())
        }
        let movies = min(scaled(full.movies, isSmaller ? 0.3 : 0.15), Self.lastMovieID)
        self.init(
            ratings: ratings,
            users: max(1, min(scaled(full.users, isSmaller ? 0.95 : 1), ratings / 25)),
            movies: movies,
            tags: max(1, scaled(full.tags, 0.9)),
            genomeMovies: max(1, min(movies, scaled(full.genomeMovies, isSmaller ? 0.6 : 0.15))),
            genomeTags: isSmaller ? max(8, scaled(full.genomeTags, 0.15)) : full.genomeTags)
    }
}
