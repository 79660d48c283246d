import Testing
@testable import WarehouseModels

@Test(arguments: [
    ("DimMovies", "dim_movies"), ("Top10ByGenre", "top10_by_genre"), ("imdbID", "imdb_id"), ("URLPath", "url_path"),
    ("userID2", "user_id2"), ("SrcURL", "src_url"), ("movieId", "movie_id"), ("EpMovieWithTags", "ep_movie_with_tags"),
])
func snakeCase(_ name: String, _ expected: String) { #expect(ColumnNaming.snakeCased(name) == expected) }
