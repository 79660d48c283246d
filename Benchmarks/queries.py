"""The suite: each query as mlwh (Snowflake's dialect) and DuckDB take it.

A query gives one row or a few: large results are summed up within the engine, so that what is timed is the query and
not the transfer. `None` for DuckDB means the same text.
"""


class Query:
    """A name and what each engine is asked: texts that are timed, some before and some after them that are not. The
    last answer is compared."""

    def __init__(self, name, mlwh, duckdb=None, before=(), after=(), tolerance=1e-9):
        lists = lambda ours, theirs: {"mlwh": as_list(ours), "duckdb": as_list(theirs or ours)}
        self.name, self.tolerance = name, tolerance
        self.texts, self.before, self.after = lists(mlwh, duckdb), lists(before, None), lists(after, None)


def as_list(texts):
    return [texts] if isinstance(texts, str) else list(texts)


T0, T1 = 1262304000, 1264982400  # January 2010, UTC

GENRES = {
    "mlwh": "SELECT movieId, f.value::STRING AS genre FROM movies, LATERAL FLATTEN(input => SPLIT(genres, '|')) f",
    "duckdb": "SELECT movieId, unnest(string_split(genres, '|')) AS genre FROM movies",
}


def summed(query, *columns):
    sums = "".join(f", SUM({c}) AS {c}" for c in columns)
    return f"SELECT COUNT(*) AS row_count{sums} FROM ({query}) t"


BY_MOVIE = "SELECT movieId, AVG(rating) AS a, COUNT(*) AS n FROM ratings GROUP BY movieId"
BY_USER = ("SELECT userId, COUNT(*) AS n, AVG(rating) AS a, MIN(ts) AS lo, MAX(ts) AS hi FROM ratings GROUP BY userId")
GENRE_RATINGS = ("WITH g AS (@G@) SELECT g.genre, AVG(r.rating) AS a, COUNT(*) AS n, COUNT(DISTINCT r.movieId) AS m "
                 "FROM ratings r JOIN g ON r.movieId = g.movieId GROUP BY g.genre ORDER BY g.genre")
TOP10 = ("WITH s AS (" + BY_MOVIE + " HAVING COUNT(*) >= 50), g AS (@G@) SELECT genre, mid, a, n, rn FROM (SELECT g.genre AS genre, "
         "s.movieId AS mid, s.a AS a, s.n AS n, ROW_NUMBER() OVER (PARTITION BY g.genre ORDER BY s.a DESC, s.movieId) AS rn "
         "FROM s JOIN g ON s.movieId = g.movieId) t WHERE rn <= 10 ORDER BY genre, rn")
LATEST = ("SELECT userId, movieId, rating, ts FROM (SELECT userId, movieId, rating, ts, ROW_NUMBER() OVER "
          "(PARTITION BY userId ORDER BY ts DESC, movieId) AS rn FROM ratings) t WHERE rn = 1")
TOP_TAGS = ("SELECT movieId, tagId, relevance FROM (SELECT movieId, tagId, relevance, ROW_NUMBER() OVER (PARTITION BY movieId "
            "ORDER BY relevance DESC, tagId) AS rn FROM genome_scores) t WHERE rn <= 5")
MONTHS = ("SELECT {m} AS m, n, a, u FROM (SELECT DATE_TRUNC('month', {t}) AS m, COUNT(*) AS n, AVG(rating) AS a, "
          "COUNT(DISTINCT userId) AS u FROM ratings GROUP BY 1) t ORDER BY 1")
LATE = "(SELECT MAX(ts) - 30 * 86400 FROM ratings)"


def written(name):
    """What a table that was written holds, summed up."""
    return f"SELECT COUNT(*), SUM(userId), SUM(movieId), SUM(rating) FROM {name}"


QUERIES = [
    Query("q01 count(*)", "SELECT COUNT(*) AS n FROM ratings"),
    Query("q02 avg, count by movie", summed(BY_MOVIE, "a", "n")),
    Query("q03 movie analysis",
        "WITH s AS (" + BY_MOVIE + " HAVING COUNT(*) > 100) SELECT s.movieId, m.title, s.a, s.n FROM s JOIN movies m "
        "ON s.movieId = m.movieId ORDER BY s.a DESC, s.movieId LIMIT 50"),
    Query("q04 user engagement", summed(BY_USER, "n", "a", "lo", "hi")),
    Query("q05 monthly trends (UTC)", MONTHS.format(m="m::VARCHAR", t="TO_TIMESTAMP_NTZ(ts)"),
          MONTHS.format(m="strftime(m, '%Y-%m-%d %H:%M:%S.%g')", t="make_timestamp(ts * 1000000)")),
    Query("q05z monthly trends (zoned)", MONTHS.format(m="TO_CHAR(m, 'YYYY-MM')", t="TO_TIMESTAMP_LTZ(ts)"),
          MONTHS.format(m="strftime(m, '%Y-%m')", t="to_timestamp(ts)")),
    Query("q06 genre ratings", GENRE_RATINGS.replace("@G@", GENRES["mlwh"]), GENRE_RATINGS.replace("@G@", GENRES["duckdb"])),
    Query("q07 top 10 by genre", TOP10.replace("@G@", GENRES["mlwh"]), TOP10.replace("@G@", GENRES["duckdb"])),
    Query("q08 rating histogram", "SELECT rating, COUNT(*) AS n FROM ratings GROUP BY rating ORDER BY rating"),
    Query("q09 tag relevance",
        "SELECT t.tag AS tag, AVG(s.relevance) AS a FROM genome_scores s JOIN genome_tags t ON s.tagId = t.tagId "
        "GROUP BY t.tag ORDER BY tag"),
    Query("q10 one month, rating >= 4",
        f"SELECT COUNT(*) AS n, AVG(rating) AS a FROM ratings WHERE ts >= {T0} AND ts < {T1} AND rating >= 4"),
    Query("q11 distinct users, movies", "SELECT COUNT(DISTINCT userId) AS u, COUNT(DISTINCT movieId) AS m FROM ratings"),
    Query("q12 dim_users", summed("SELECT userId FROM ratings UNION SELECT userId FROM tags", "userId")),
    Query("q13 CREATE TABLE AS (durable)",
        "CREATE OR REPLACE TABLE out_q13 AS SELECT userId, movieId, rating, TO_TIMESTAMP_LTZ(ts) AS rated_at FROM ratings "
        "WHERE rating IS NOT NULL",
        "CREATE OR REPLACE TABLE out_q13 AS SELECT userId, movieId, rating, to_timestamp(ts) AS rated_at FROM ratings "
        "WHERE rating IS NOT NULL", after=written("out_q13")),
    Query("q14 append the newest (durable)",
        f"INSERT INTO out_q14 SELECT userId, movieId, rating, ts FROM ratings WHERE ts > {LATE}",
        before="CREATE OR REPLACE TABLE out_q14 AS SELECT userId, movieId, rating, ts FROM ratings LIMIT 0",
        after=written("out_q14")),
    Query("q15 top 100 by time",
        "SELECT userId, movieId, rating, ts FROM ratings ORDER BY ts DESC, userId, movieId LIMIT 100"),
    Query("q16 median by movie", summed("SELECT movieId, MEDIAN(rating) AS md FROM ratings GROUP BY movieId", "md")),
    Query("q17 latest rating per user", summed(LATEST, "movieId", "rating", "ts")),
    Query("q18 title ILIKE '%love%'",
        "SELECT AVG(r.rating) AS a, COUNT(*) AS n FROM ratings r JOIN movies m ON r.movieId = m.movieId "
        "WHERE m.title ILIKE '%love%'"),
    Query("q19 avg(rating - user's avg)",
        "WITH u AS (SELECT userId, AVG(rating) AS ua FROM ratings GROUP BY userId) SELECT m.movieId AS mid, m.title AS title, "
        "ROUND(AVG(r.rating - u.ua), 9) AS d, COUNT(*) AS n FROM ratings r JOIN movies m ON r.movieId = m.movieId "
        "JOIN u ON r.userId = u.userId GROUP BY m.movieId, m.title ORDER BY d DESC, mid LIMIT 100"),
    Query("q20 one user's ratings", "SELECT userId, movieId, rating, ts FROM ratings WHERE userId = 69045 ORDER BY movieId"),
    Query("q21 CREATE TABLE AS … ORDER BY",
        "CREATE OR REPLACE TABLE out_q21 AS SELECT userId, movieId, rating, ts FROM ratings ORDER BY ts, userId",
        after=written("out_q21")),
    Query("q22 top 5 tags per movie", summed(TOP_TAGS, "tagId", "relevance")),
    Query("q23 distinct md5 keys (2M)",
        "SELECT COUNT(DISTINCT MD5(userId::VARCHAR || '-' || movieId::VARCHAR)) AS n FROM (SELECT userId, movieId FROM ratings "
        "LIMIT 2000000) t"),
    # Each engine has its own sketch: the sums of the estimates may differ by a few per cent.
    Query("q24 approximate distinct users", summed(
        "SELECT movieId, APPROX_COUNT_DISTINCT(userId) AS u FROM ratings GROUP BY movieId", "u"), tolerance=0.03),
]

SCHEMA = {
    "ratings": "(userId INTEGER, movieId INTEGER, rating DOUBLE, ts BIGINT)",
    "movies": "(movieId INTEGER, title VARCHAR, genres VARCHAR)",
    "tags": "(userId INTEGER, movieId INTEGER, tag VARCHAR, ts BIGINT)",
    "genome_scores": "(movieId INTEGER, tagId INTEGER, relevance DOUBLE)",
    "genome_tags": "(tagId INTEGER, tag VARCHAR)",
}
FILES = {"ratings": "ratings", "movies": "movies", "tags": "tags", "genome_scores": "genome-scores",
         "genome_tags": "genome-tags"}


if __name__ == "__main__":
    import json
    print(json.dumps([{"name": q.name, "before": q.before["mlwh"], "texts": q.texts["mlwh"]} for q in QUERIES]))
