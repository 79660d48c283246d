"""Runs the MovieLens pipeline in dbt-duckdb and in mlwh on the same files, and prints wall times side by side.

    python3 Benchmarks/dbt.py DIR [--mlwh .build/release/mlwh]

DIR holds MovieLens files (`mlwh generate DIR --ratings 100000`, or ml-20m). dbt-duckdb must be installed for this
python: `python3 -m venv V && V/bin/pip install 'dbt-core<1.12' 'dbt-duckdb<1.11'`. Loading the CSVs is not timed:
compared are seed, run, test, a snapshot, and then an incremental run of fct_ratings with all tests.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

INITCAP = ("array_to_string(list_transform(string_split(lower(trim({0})), ' '), "
           "lambda x: upper(x[1]) || x[2:]), ' ')")
VIEW, TABLE = "{{ config(materialized='view') }}\n", "{{ config(materialized='table') }}\n"
MODELS = {
    "src_movies": VIEW + "select movieId as movie_id, title, genres from {{ source('raw', 'raw_movies') }}",
    "src_ratings": TABLE + "select userId as user_id, movieId as movie_id, rating, "
    "to_timestamp(timestamp) as rating_timestamp from {{ source('raw', 'raw_ratings') }}",
    "src_tags": TABLE + "select userId as user_id, movieId as movie_id, tag, "
    "to_timestamp(timestamp) as tag_timestamp from {{ source('raw', 'raw_tags') }}",
    "src_links": VIEW + "select movieId as movie_id, imdbId as imdb_id, tmdbId as tmdb_id "
    "from {{ source('raw', 'raw_links') }}",
    "src_genome_tags": VIEW + "select tagId as tag_id, tag from {{ source('raw', 'raw_genome_tags') }}",
    "src_genome_scores": VIEW + "select movieId as movie_id, tagId as tag_id, relevance "
    "from {{ source('raw', 'raw_genome_scores') }}",
    "dim_movies": TABLE + f"select movie_id, {INITCAP.format('title')} as movie_title, "
    "string_split(genres, '|') as genre_array, genres from {{ ref('src_movies') }}",
    "dim_users": TABLE + "select user_id from {{ ref('src_ratings') }} union select user_id from {{ ref('src_tags') }}",
    "dim_genome_tags": TABLE + f"select tag_id, {INITCAP.format('tag')} as tag_name from {{{{ ref('src_genome_tags') }}}}",
    "dim_movies_with_tags": "{{ config(materialized='ephemeral') }}\n"
    "select m.movie_id, m.movie_title, m.genres, t.tag_name, s.relevance_score from {{ ref('dim_movies') }} m "
    "left join {{ ref('fct_genome_scores') }} s on m.movie_id = s.movie_id "
    "left join {{ ref('dim_genome_tags') }} t on t.tag_id = s.tag_id",
    "fct_ratings": "{{ config(materialized='incremental', on_schema_change='fail') }}\n"
    "select user_id, movie_id, rating, rating_timestamp from {{ ref('src_ratings') }} where rating is not null "
    "{% if is_incremental() %} and rating_timestamp > (select max(rating_timestamp) from {{ this }}) {% endif %}",
    "fct_genome_scores": TABLE + "select movie_id, tag_id, round(relevance, 4) as relevance_score "
    "from {{ ref('src_genome_scores') }} where relevance > 0",
    "ep_movie_with_tags": TABLE + "select * from {{ ref('dim_movies_with_tags') }}",
    "genre_ratings": VIEW + "select genre, avg(rating) as average_rating, count(distinct movie_id) as total_movies "
    "from (select r.rating, m.movie_id, unnest(m.genre_array) as genre from {{ ref('fct_ratings') }} r "
    "join {{ ref('dim_movies') }} m on r.movie_id = m.movie_id) group by genre order by 2 desc",
    "user_engagement": VIEW + "select user_id, count(*) as number_of_ratings, avg(rating) as average_rating_given "
    "from {{ ref('fct_ratings') }} group by user_id",
    "tag_relevance": VIEW + "select t.tag_name, avg(s.relevance_score) as avg_relevance, "
    "count(distinct s.movie_id) as movie_tagged from {{ ref('fct_genome_scores') }} s "
    "join {{ ref('dim_genome_tags') }} t on s.tag_id = t.tag_id group by t.tag_name",
    "monthly_trends": VIEW + "select date_trunc('month', rating_timestamp) as month, count(*) as total_ratings, "
    "avg(rating) as avg_rating from {{ ref('fct_ratings') }} group by 1 order by 1",
    "movie_analysis": VIEW + "with s as (select movie_id, avg(rating) as average_rating, count(*) as total_ratings "
    "from {{ ref('fct_ratings') }} group by movie_id) select m.movie_title, s.average_rating, s.total_ratings "
    "from s join {{ ref('dim_movies') }} m on m.movie_id = s.movie_id",
    "top10_by_genre": VIEW + "with g as (select r.rating, m.movie_id, m.movie_title, unnest(m.genre_array) as genre "
    "from {{ ref('fct_ratings') }} r join {{ ref('dim_movies') }} m on r.movie_id = m.movie_id), "
    "a as (select genre, movie_id, movie_title, avg(rating) as average_rating from g group by all) "
    "select *, row_number() over (partition by genre order by average_rating desc, movie_id) as rank from a "
    "qualify rank <= 10",
    "release_trends": VIEW + "select year(release_date) as release_year, count(distinct movie_id) as movies_released "
    "from {{ ref('seed_movie_release_dates') }} group by 1",
    "mart_movie_releases": TABLE + "select r.*, case when d.release_date is null then 'unknown' else 'known' end "
    "as release_info_available from {{ ref('fct_ratings') }} r "
    "left join {{ ref('seed_movie_release_dates') }} d on d.movie_id = r.movie_id",
}
TESTS = {
    "dim_movies": {"movie_id": ["not_null"], "movie_title": ["not_null"]},
    "dim_users": {"user_id": ["unique", "not_null"]},
    "dim_genome_tags": {"tag_id": ["unique", "not_null"], "tag_name": ["not_null"]},
    "fct_ratings": {"user_id": ["not_null"], "rating": ["not_null"], "movie_id": ["not_null", "relationships"]},
    "fct_genome_scores": {"movie_id": ["not_null"], "tag_id": ["not_null"], "relevance_score": ["not_null"]},
}
SNAPSHOT = """{% snapshot snap_tags %}
{{ config(target_schema='snapshots', unique_key=['user_id', 'movie_id', 'tag'], strategy='timestamp',
          updated_at='tag_timestamp', invalidate_hard_deletes=True) }}
select * from {{ ref('src_tags') }}
{% endsnapshot %}
"""
FILES = {"raw_movies": "movies", "raw_ratings": "ratings", "raw_tags": "tags", "raw_links": "links",
         "raw_genome_tags": "genome-tags", "raw_genome_scores": "genome-scores"}


def write_project(folder, database):
    for name in ["models", "seeds", "snapshots", "tests"]:
        (folder / name).mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: movielens\nversion: '1.0'\nprofile: movielens\n")
    (folder / "profiles.yml").write_text(
        f"movielens:\n  target: dev\n  outputs:\n    dev: {{type: duckdb, path: '{database}', schema: dev, threads: 4}}\n")
    for name, text in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(text + "\n")
    lines = ["version: 2", "sources:", "  - name: raw", "    schema: raw", "    tables:"]
    lines += [f"      - name: {name}" for name in FILES] + ["models:"]
    for model, columns in TESTS.items():
        lines += [f"  - name: {model}", "    columns:"]
        for column, tests in columns.items():
            lines += [f"      - name: {column}", "        data_tests:"]
            for test in tests:
                lines.append(f"          - {test}" if test != "relationships" else
                             "          - relationships: {to: ref('dim_movies'), field: movie_id}")
    (folder / "models" / "schema.yml").write_text("\n".join(lines) + "\n")
    (folder / "snapshots" / "snap_tags.sql").write_text(SNAPSHOT)
    (folder / "tests" / "relevance_score_test.sql").write_text(
        "select * from {{ ref('fct_genome_scores') }} "
        "where movie_id is null or tag_id is null or relevance_score is null\n")
    (folder / "seeds" / "seed_movie_release_dates.csv").write_text(
        "movie_id,release_date\n" + "".join(f"{n},19{60 + n % 40}-01-01\n" for n in range(1, 315)))


def timed(times, name, command, cwd=None):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    times[name] = times.get(name, 0) + time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


STEPS = [("seed", ["seed"]), ("run", ["run"]), ("test", ["test"]), ("snapshot", ["snapshot"]),
         ("incremental + tests", ["run", "--select", "fct_ratings"]), ("incremental + tests", ["test"])]


def run_dbt(data, work):
    import duckdb
    database = work / "dbt.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw")
        for table, name in FILES.items():
            path = next(data.glob(f"{name}.csv*"))
            connection.execute(f"create table raw.{table} as from read_csv('{path}', header = true)")
    write_project(work / "project", database)
    dbt = pathlib.Path(sys.executable).parent / "dbt"
    times = {}
    for name, command in STEPS:
        timed(times, name, [dbt, *command, "--profiles-dir", "."], work / "project")
    return times


def run_mlwh(data, work, mlwh):
    database = work / "mlwh.mlwh"
    timed({}, "load", [mlwh, "demo", "--data", data, "-d", database])
    for schema in ["dev", "snapshots"]:
        timed({}, "drop", [mlwh, "sql", "-d", database, "-c", f"drop schema movielens.{schema}"])
    timed({}, "make", [mlwh, "sql", "-d", database, "-c", "create schema movielens.dev"])
    times = {}
    for name, command in STEPS:
        # What dbt has no counterpart of here is left out.
        published = [] if "--select" in command else ["--selector", "published"]
        timed(times, name, [mlwh, *command, *published, "-d", database, "--target-path", work / "target"])
    return times


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("--mlwh", type=pathlib.Path, default=pathlib.Path(".build/release/mlwh"))
    options = arguments.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="mlwh-dbt-"))
    try:
        ours = run_mlwh(options.data.resolve(), work, options.mlwh.resolve())
        theirs = run_dbt(options.data.resolve(), work)
    finally:
        shutil.rmtree(work)
    ours["all"], theirs["all"] = sum(ours.values()), sum(theirs.values())
    print(f"{'step':22}{'dbt-duckdb s':>14}{'mlwh s':>10}{'times':>8}")
    for name, seconds in ours.items():
        print(f"{name:22}{theirs[name]:14.2f}{seconds:10.2f}{theirs[name] / seconds:8.1f}")


main()
