import Testing
import WarehouseBasics
import WarehouseSQL
@testable import WarehousePlan

/// The MovieLens pipeline's models, as people write them, bind and optimize.
@Suite struct PipelineTests {
    static let views: [String: (text: String, columns: [String])] = [
        "SRC_MOVIES": ("SELECT movieId AS movie_id, title, genres FROM raw_movies", []),
        "SRC_RATINGS": ("""
            WITH raw_ratings AS (SELECT * FROM RAW_RATINGS)
            SELECT userId AS user_id, movieId AS movie_id, rating, TO_TIMESTAMP_LTZ(timestamp) AS rating_timestamp
            FROM raw_ratings
            """, []),
        "SRC_TAGS": ("""
            SELECT userId AS user_id, movieId AS movie_id, tag, TO_TIMESTAMP_LTZ(timestamp) AS tag_timestamp
            FROM raw_tags
            """, []),
        "SRC_GENOME_TAGS": ("SELECT tagId AS tag_id, tag FROM raw_genome_tags", []),
        "SRC_GENOME_SCORES": ("SELECT movieId AS movie_id, tagId AS tag_id, relevance FROM raw_genome_scores", []),
        "DIM_MOVIES": ("""
            WITH src_movies AS (SELECT * FROM SRC_MOVIES)
            SELECT movie_id, INITCAP(TRIM(title)) AS movie_title, SPLIT(genres, '|') AS genre_array, genres
            FROM src_movies
            """, []),
        "DIM_USERS": ("""
            WITH ratings AS (SELECT DISTINCT user_id FROM src_ratings), tags AS (SELECT DISTINCT user_id FROM src_tags)
            SELECT DISTINCT user_id FROM (SELECT * FROM ratings UNION SELECT * FROM tags)
            """, []),
        "DIM_GENOME_TAGS": ("SELECT tag_id, INITCAP(TRIM(tag)) AS tag_name FROM src_genome_tags", []),
        "FCT_RATINGS": ("SELECT user_id, movie_id, rating, rating_timestamp FROM src_ratings WHERE rating IS NOT NULL",
            []),
        "FCT_GENOME_SCORES": ("""
            SELECT movie_id, tag_id, ROUND(relevance, 4) AS relevance_score FROM src_genome_scores WHERE relevance > 0
            """, []),
        "SEED_MOVIE_RELEASE_DATES": ("SELECT 1 AS movie_id, '2006-10-20'::DATE AS release_date", []),
    ]

    static let queries: [(sql: String, columns: String)] = [
        ("SELECT * FROM dim_movies", "MOVIE_ID NUMBER(38,0), MOVIE_TITLE VARCHAR(16777216), GENRE_ARRAY ARRAY, "
            + "GENRES VARCHAR(16777216)"),
        ("SELECT * FROM dim_users", "USER_ID NUMBER(38,0)"),
        ("""
            SELECT m.movie_id, m.movie_title, m.genres, t.tag_name, s.relevance_score FROM dim_movies m
            LEFT JOIN fct_genome_scores s ON m.movie_id = s.movie_id
            LEFT JOIN dim_genome_tags t ON t.tag_id = s.tag_id
            """, "MOVIE_ID NUMBER(38,0), MOVIE_TITLE VARCHAR(16777216), GENRES VARCHAR(16777216), "
            + "TAG_NAME VARCHAR(16777216), RELEVANCE_SCORE FLOAT"),
        ("""
            SELECT user_id, movie_id, rating, rating_timestamp FROM src_ratings
            WHERE rating IS NOT NULL AND rating_timestamp > (SELECT MAX(rating_timestamp) FROM fct_ratings)
            """, "USER_ID NUMBER(38,0), MOVIE_ID NUMBER(38,0), RATING FLOAT, RATING_TIMESTAMP TIMESTAMP_LTZ(9)"),
        ("""
            SELECT genre.value::STRING AS genre, AVG(r.rating) AS average_rating,
                COUNT(DISTINCT m.movie_id) AS total_movies
            FROM fct_ratings r JOIN dim_movies m ON r.movie_id = m.movie_id,
                LATERAL FLATTEN(INPUT => m.genre_array) AS genre
            GROUP BY genre ORDER BY average_rating DESC
            """, "GENRE VARCHAR(16777216), AVERAGE_RATING FLOAT, TOTAL_MOVIES NUMBER(18,0)"),
        ("SELECT user_id, COUNT(*) AS n, AVG(rating) AS mean FROM fct_ratings GROUP BY user_id ORDER BY n DESC",
         "USER_ID NUMBER(38,0), N NUMBER(18,0), MEAN FLOAT"),
        ("""
            SELECT t.tag_name, AVG(gs.relevance_score) AS avg_relevance, COUNT(DISTINCT gs.movie_id) AS movies
            FROM fct_genome_scores gs JOIN dim_genome_tags t ON gs.tag_id = t.tag_id GROUP BY t.tag_name
            """, "TAG_NAME VARCHAR(16777216), AVG_RELEVANCE FLOAT, MOVIES NUMBER(18,0)"),
        ("""
            SELECT DATE_TRUNC(month, rating_timestamp) AS month, COUNT(*) AS n, AVG(rating) AS mean
            FROM fct_ratings GROUP BY month ORDER BY month
            """, "MONTH TIMESTAMP_LTZ(9), N NUMBER(18,0), MEAN FLOAT"),
        ("""
            WITH ratings_summary AS (SELECT movie_id, AVG(rating) AS average_rating, COUNT(*) AS total_ratings
                FROM fct_ratings GROUP BY movie_id HAVING COUNT(*) > 100)
            SELECT m.movie_title, rs.average_rating, rs.total_ratings FROM ratings_summary rs
            JOIN dim_movies m ON m.movie_id = rs.movie_id ORDER BY rs.average_rating DESC LIMIT 20
            """, "MOVIE_TITLE VARCHAR(16777216), AVERAGE_RATING FLOAT, TOTAL_RATINGS NUMBER(18,0)"),
        ("""
            WITH genre_movies AS (SELECT movie_id, movie_title, f.value::string AS genre FROM dim_movies,
                LATERAL FLATTEN(input => genre_array) f),
            ranked AS (SELECT g.genre, g.movie_title, AVG(r.rating) AS mean,
                ROW_NUMBER() OVER (PARTITION BY g.genre ORDER BY AVG(r.rating) DESC, g.movie_id) AS rn
                FROM fct_ratings r JOIN genre_movies g ON g.movie_id = r.movie_id 
                GROUP BY g.genre, g.movie_title, g.movie_id)
            SELECT genre, movie_title, mean, rn FROM ranked WHERE rn <= 10 ORDER BY genre, rn
            """, "GENRE VARCHAR(16777216), MOVIE_TITLE VARCHAR(16777216), MEAN FLOAT, RN NUMBER(18,0)"),
        ("""
            SELECT EXTRACT(YEAR FROM release_date) AS release_year, COUNT(DISTINCT movie_id) AS n
            FROM seed_movie_release_dates GROUP BY release_year
            """, "RELEASE_YEAR NUMBER(4,0), N NUMBER(18,0)"),
        ("""
            SELECT r.*, CASE WHEN d.release_date IS NULL THEN 'unknown' ELSE 'known' END AS release_info_available
            FROM fct_ratings r LEFT JOIN seed_movie_release_dates d ON r.movie_id = d.movie_id
            """, "USER_ID NUMBER(38,0), MOVIE_ID NUMBER(38,0), RATING FLOAT, RATING_TIMESTAMP TIMESTAMP_LTZ(9), "
            + "RELEASE_INFO_AVAILABLE VARCHAR(7)"),
        ("""
            SELECT MD5(CAST(COALESCE(CAST(user_id AS TEXT), '_dbt_utils_surrogate_key_null_') || '-' ||
                COALESCE(CAST(movie_id AS TEXT), '_dbt_utils_surrogate_key_null_') || '-' ||
                COALESCE(CAST(tag AS TEXT), '_dbt_utils_surrogate_key_null_') AS TEXT)) AS row_key,
                user_id, movie_id, tag, CAST(tag_timestamp AS TIMESTAMP_NTZ) AS tag_timestamp FROM src_tags
            """, "ROW_KEY VARCHAR(32), USER_ID NUMBER(38,0), MOVIE_ID NUMBER(38,0), TAG VARCHAR(16777216), "
            + "TAG_TIMESTAMP TIMESTAMP_NTZ(9)"),
        ("SELECT CURRENT_ACCOUNT(), CURRENT_REGION()", "CURRENT_ACCOUNT() VARCHAR(5), CURRENT_REGION() VARCHAR(5)"),
        ("""
            SELECT movie_id AS from_field FROM fct_ratings WHERE movie_id IS NOT NULL
            AND movie_id NOT IN (SELECT movie_id FROM dim_movies WHERE movie_id IS NOT NULL)
            """, "FROM_FIELD NUMBER(38,0)"),
        ("SELECT user_id AS unique_field, COUNT(*) AS n_records FROM dim_users WHERE user_id IS NOT NULL "
            + "GROUP BY user_id HAVING COUNT(*) > 1", "UNIQUE_FIELD NUMBER(38,0), N_RECORDS NUMBER(18,0)"),
    ]

    @Test(arguments: queries.indices) func binds(_ index: Int) throws {
        let (sql, expected) = Self.queries[index]
        let catalog = TestCatalog(views: Self.views)
        let bound = try Planner.plan(query: try Parser.parseQuery(sql), catalog: catalog)
        #expect(bound.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ") == expected)
        #expect(bound.plan.freeColumns.isEmpty)
        #expect(bound.plan.columns.map(\.id) == bound.columns.map(\.id))
    }

    @Test func genreRatingsReadsElementsAndFewColumns() throws {
        let catalog = TestCatalog(views: Self.views)
        let bound = try Planner.plan(query: try Parser.parseQuery(Self.queries[4].sql), catalog: catalog)
        let text = PlanPrinter.text(bound.plan)
        #expect(text.contains("[ELEMENT AS "))
        #expect(!text.contains("TITLE"))
        #expect(!text.contains("TIMESTAMP"))
    }

    /// Statements as deep as the parser lets through must not overflow the stack of a thread.
    @Test func deepStatementsBind() throws {
        let deep = "SELECT " + String(repeating: "(", count: 200) + "1" + String(repeating: " + 1)", count: 200)
        let bound = try Planner.plan(query: try Parser.parseQuery(deep), catalog: TestCatalog())
        #expect(bound.columns.count == 1)
        let nested = String(repeating: "SELECT * FROM (", count: 100) + "SELECT 1 AS a"
            + String(repeating: ")", count: 100)
        #expect(try Planner.plan(query: try Parser.parseQuery(nested), catalog: TestCatalog()).columns.count == 1)
        let wide = "SELECT a FROM t WHERE " + (0..<5000).map { "a = \($0)" }.joined(separator: " OR ")
        #expect(try Planner.plan(query: try Parser.parseQuery(wide), catalog: TestCatalog()).columns.count == 1)
    }
}
