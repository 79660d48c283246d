import Testing
import WarehouseModels
@testable import MovieLens

@Suite struct ModelsCompileTests {
    let graph = MovieLens.pipeline.graph()

    @Test func nothingIsWrong() { #expect(graph.problems == []) }

    @Test func everythingIsThere() {
        let counts = Dictionary(grouping: graph.nodes, by: \.kind).mapValues(\.count)
        #expect(counts == [.model: 21, .snapshot: 1, .analysis: 1, .test: 15, .seed: 1, .source: 6])
    }

    @Test func incrementalModelReadsItselfInAScalarSubquery() throws {
        let node = try #require(graph["model.movielens.fct_ratings"])
        #expect(try graph.compiledSQL(of: node, isIncremental: true) == """
            SELECT
                SRC_RATINGS.USER_ID AS USER_ID,
                SRC_RATINGS.MOVIE_ID AS MOVIE_ID,
                SRC_RATINGS.RATING AS RATING,
                SRC_RATINGS.RATING_TIMESTAMP AS RATING_TIMESTAMP
            FROM MOVIELENS.DEV.SRC_RATINGS AS SRC_RATINGS
            WHERE SRC_RATINGS.RATING IS NOT NULL
              AND SRC_RATINGS.RATING_TIMESTAMP > (
                SELECT MAX(THIS.RATING_TIMESTAMP)
                FROM MOVIELENS.DEV.FCT_RATINGS AS THIS
            )
            """)
        #expect(node.dependencies == ["model.movielens.src_ratings"])
    }

    @Test func ephemeralModelIsInlinedAtTheHead() throws {
        let node = try #require(graph["model.movielens.ep_movie_with_tags"])
        let sql = try #require(try graph.compiledSQL(of: node))
        #expect(sql.hasPrefix("WITH __DBT__CTE__DIM_MOVIES_WITH_TAGS AS (\n    SELECT\n        DIM_MOVIES.MOVIE_ID"))
        #expect(sql.hasSuffix("FROM __DBT__CTE__DIM_MOVIES_WITH_TAGS AS DIM_MOVIES_WITH_TAGS"))
    }

    @Test func genericTestsAreNamedAsDbtNamesThem() {
        let names = graph.nodes.filter { $0.kind == .test }.map(\.name)
        #expect(names == [
            "not_null_dim_movies_movie_id", "not_null_dim_movies_movie_title", "unique_dim_users_user_id",
            "not_null_dim_users_user_id", "unique_dim_genome_tags_tag_id", "not_null_dim_genome_tags_tag_id",
            "not_null_dim_genome_tags_tag_name", "not_null_fct_ratings_user_id", "not_null_fct_ratings_movie_id",
            "relationships_fct_ratings_movie_id__movie_id__ref_dim_movies_", "not_null_fct_ratings_rating",
            "not_null_fct_genome_scores_movie_id", "not_null_fct_genome_scores_tag_id",
            "not_null_fct_genome_scores_relevance_score", "relevance_score_test",
        ])
    }

    @Test func singularTestUsesTheReusableCheck() throws {
        let node = try #require(graph["test.movielens.relevance_score_test"])
        #expect(try graph.compiledSQL(of: node)?.hasSuffix("""
            WHERE FCT_GENOME_SCORES.MOVIE_ID IS NULL OR FCT_GENOME_SCORES.TAG_ID IS NULL \
            OR FCT_GENOME_SCORES.RELEVANCE_SCORE IS NULL
            """) == true)
    }
}
