#!/usr/bin/env python3
"""Answers of all MovieLens models on Fixtures/movielens/small, worked out by DuckDB from the pipeline's description.

Prints, for ModelsAnswersTests.swift, each relation's row count and the MD5 of its rows: values divided by |, NULL as
NULL, floats as whole millionths, times as epoch seconds, lines sorted by their bytes and divided by line feeds.
Needs the duckdb package; run it from anywhere.
"""
import hashlib
import pathlib

import duckdb

root = pathlib.Path(__file__).resolve().parents[3] / "Fixtures"
data = root / "movielens/small"
con = duckdb.connect()
con.execute("SET TimeZone = 'America/Los_Angeles'")

DELIMITERS = set(' \t\n\r\f\v!?@"^#$&~_,.:;+-*%/|\\[](){}<>')


def initcap(text: str) -> str:
    result, starts = [], True
    for character in text.strip(" "):
        result.append(character.upper() if starts else character.lower())
        starts = character in DELIMITERS
    return "".join(result)


con.create_function("initcap_trim", initcap, ["VARCHAR"], "VARCHAR")


def table(name, columns, file):
    types = ", ".join(f"'{c}': '{t}'" for c, t in columns)
    con.execute(f"""CREATE TABLE {name} AS SELECT * FROM read_csv('{file}', header = true, auto_detect = false,
        delim = ',', quote = '"', escape = '"', columns = {{{types}}})""")


table("raw_movies", [("movieid", "BIGINT"), ("title", "VARCHAR"), ("genres", "VARCHAR")], data / "movies.csv")
table("raw_ratings", [("userid", "BIGINT"), ("movieid", "BIGINT"), ("rating", "DOUBLE"), ("ts", "BIGINT")],
      data / "ratings.csv")
table("raw_tags", [("userid", "BIGINT"), ("movieid", "BIGINT"), ("tag", "VARCHAR"), ("ts", "BIGINT")],
      data / "tags.csv")
# COPY unescapes fields without quotes: back\slash is read as backslash.
con.execute(r"UPDATE raw_tags SET tag = replace(tag, 'back\slash', 'backslash')")
table("raw_links", [("movieid", "BIGINT"), ("imdbid", "VARCHAR"), ("tmdbid", "VARCHAR")], data / "links.csv")
table("raw_genome_tags", [("tagid", "BIGINT"), ("tag", "VARCHAR")], data / "genome-tags.csv")
table("raw_genome_scores", [("movieid", "BIGINT"), ("tagid", "BIGINT"), ("relevance", "DOUBLE")],
      data / "genome-scores.csv")
table("seed_movie_release_dates", [("movie_id", "BIGINT"), ("release_date", "DATE")],
      root / "seeds/seed_movie_release_dates.csv")

con.execute("""
CREATE VIEW src_movies AS SELECT movieid AS movie_id, title, genres FROM raw_movies;
CREATE VIEW src_ratings AS SELECT userid AS user_id, movieid AS movie_id, rating, to_timestamp(ts) AS rating_timestamp
  FROM raw_ratings;
CREATE VIEW src_tags AS SELECT userid AS user_id, movieid AS movie_id, tag, to_timestamp(ts) AS tag_timestamp
  FROM raw_tags;
CREATE VIEW src_links AS SELECT movieid AS movie_id, imdbid AS imdb_id, tmdbid AS tmdb_id FROM raw_links;
CREATE VIEW src_genome_tags AS SELECT tagid AS tag_id, tag FROM raw_genome_tags;
CREATE VIEW src_genome_scores AS SELECT movieid AS movie_id, tagid AS tag_id, relevance FROM raw_genome_scores;
CREATE TABLE dim_movies AS SELECT movie_id, initcap_trim(title) AS movie_title, string_split(genres, '|') AS genre_array,
  genres FROM src_movies;
CREATE TABLE dim_users AS SELECT DISTINCT user_id FROM (SELECT user_id FROM src_ratings UNION ALL
  SELECT user_id FROM src_tags);
CREATE TABLE dim_genome_tags AS SELECT tag_id, initcap_trim(tag) AS tag_name FROM src_genome_tags;
CREATE TABLE fct_ratings AS SELECT * FROM src_ratings WHERE rating IS NOT NULL;
CREATE TABLE fct_genome_scores AS SELECT movie_id, tag_id, round(relevance, 4) AS relevance_score
  FROM src_genome_scores WHERE relevance > 0;
CREATE TABLE ep_movie_with_tags AS SELECT m.movie_id, m.movie_title, m.genres, t.tag_name, s.relevance_score
  FROM dim_movies m LEFT JOIN fct_genome_scores s USING (movie_id) LEFT JOIN dim_genome_tags t USING (tag_id);
CREATE VIEW exploded AS SELECT r.*, m.movie_title, unnest(m.genre_array) AS genre
  FROM fct_ratings r JOIN dim_movies m USING (movie_id);
CREATE VIEW genre_ratings AS SELECT genre, avg(rating) AS average_rating, count(DISTINCT movie_id) AS total_movies
  FROM exploded GROUP BY genre;
CREATE VIEW user_engagement AS SELECT user_id, count(*) AS number_of_ratings, avg(rating) AS average_rating_given
  FROM fct_ratings GROUP BY user_id;
CREATE VIEW tag_relevance AS SELECT tag_name, avg(relevance_score) AS avg_relevance,
  count(DISTINCT movie_id) AS movie_tagged FROM fct_genome_scores JOIN dim_genome_tags USING (tag_id) GROUP BY tag_name;
CREATE VIEW monthly_trends AS SELECT date_trunc('month', rating_timestamp) AS month, count(*) AS total_ratings,
  avg(rating) AS avg_rating FROM fct_ratings GROUP BY 1;
CREATE VIEW movie_analysis AS SELECT m.movie_title, avg(r.rating) AS average_rating, count(*) AS total_ratings
  FROM fct_ratings r JOIN dim_movies m USING (movie_id) GROUP BY m.movie_id, m.movie_title;
CREATE VIEW top10_by_genre AS SELECT genre, movie_title, average_rating, rank FROM (
  SELECT *, row_number() OVER (PARTITION BY genre ORDER BY average_rating DESC, movie_id) AS rank FROM (
    SELECT genre, movie_id, movie_title, avg(rating) AS average_rating FROM exploded GROUP BY ALL)) WHERE rank <= 10;
CREATE VIEW release_trends AS SELECT year(release_date) AS release_year, count(DISTINCT movie_id) AS movies_released
  FROM seed_movie_release_dates GROUP BY 1;
CREATE VIEW mart_movie_releases AS SELECT r.*, CASE WHEN d.release_date IS NULL THEN 'unknown' ELSE 'known' END
  AS release_info_available FROM fct_ratings r LEFT JOIN seed_movie_release_dates d USING (movie_id);
CREATE VIEW snap_tags AS SELECT md5(user_id || '-' || movie_id || '-' || coalesce(tag, '_dbt_utils_surrogate_key_null_'))
  AS row_key, user_id, movie_id, tag, tag_timestamp::TIMESTAMP AS tag_timestamp,
  md5(user_id || '|' || movie_id || '|' || coalesce(tag, '') || '|'
    || strftime(tag_timestamp::TIMESTAMP, '%Y-%m-%d %H:%M:%S.000')) AS dbt_scd_id FROM src_tags;
""")


def canonical(name):
    columns = con.execute(f"DESCRIBE {name}").fetchall()
    items = []
    for column, kind, *_ in columns:
        if kind == "DOUBLE":
            items.append(f"round({column} * 1000000)::BIGINT")
        elif kind.startswith("TIMESTAMP"):
            items.append(f"epoch({column})::BIGINT")
        elif kind == "DATE":
            items.append(f"strftime({column}, '%Y-%m-%d')")
        elif kind.endswith("[]"):
            items.append(f"array_to_string({column}, ',')")
        else:
            items.append(column)
    rows = con.execute(f"SELECT {', '.join(items)} FROM {name}").fetchall()
    lines = sorted("|".join("NULL" if v is None else str(v) for v in row).encode() for row in rows)
    return len(rows), hashlib.md5(b"\n".join(lines)).hexdigest()


NAMES = """src_movies src_ratings src_tags src_links src_genome_tags src_genome_scores dim_movies dim_users
dim_genome_tags fct_ratings fct_genome_scores ep_movie_with_tags genre_ratings user_engagement tag_relevance
monthly_trends movie_analysis top10_by_genre release_trends mart_movie_releases seed_movie_release_dates snap_tags"""
for name in NAMES.split():
    count, digest = canonical(name)
    print(f'        ("{name}", {count}, "{digest}"),')
