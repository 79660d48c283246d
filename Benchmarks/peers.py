"""Further peers, as far as they are installed: ClickHouse (`pip install chdb`) and DataFusion (`pip install datafusion`).

Each has the suite's tables in its own format, MergeTree and Parquet, and takes DuckDB's texts but for its own
(`clickhouse_texts`, `datafusion_texts`). A query that a peer cannot take is left out for it.
"""
import importlib.util
import math
import os
import shutil
import sys

from engines import Engine, measure
from queries import FILES, GENRES, QUERIES, SCHEMA, as_list, summed

CLICKHOUSE_WORKER = r"""
import json, sys
from chdb import session
s = session.Session(sys.argv[1])
s.query("SET max_threads=%s, max_insert_threads=%s, prefer_column_name_to_alias=1, output_format_json_quote_64bit_integers=0"
        % (sys.argv[2], sys.argv[2]))
for line in sys.stdin:
    try:
        text = str(s.query(json.loads(line)["sql"], "JSONCompact"))
        print(json.dumps({"rows": json.loads(text)["data"] if text else []}), flush=True)
    except Exception as e:
        print(json.dumps({"error": str(e)[:2000]}), flush=True)
"""

DATAFUSION_WORKER = r"""
import glob, json, os, sys
import datafusion
c = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(int(sys.argv[2])))
def register():
    for file in glob.glob(os.path.join(sys.argv[1], "*.parquet")):
        name = os.path.basename(file)[:-8]
        if not c.table_exist(name):
            c.register_parquet(name, file)
register()
for line in sys.stdin:
    try:
        rows = []
        for batch in c.sql(json.loads(line)["sql"]).collect():
            rows += [list(r.values()) for r in batch.to_pylist()]
        register()
        print(json.dumps({"rows": rows}, default=str), flush=True)
    except Exception as e:
        print(json.dumps({"error": str(e)[:2000]}), flush=True)
"""

# As the others, a table that was written is on the disk.
DURABLE = "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
MONTHS = ("SELECT {m} AS m, n, a, u FROM (SELECT {t} AS m, COUNT(*) AS n, AVG(rating) AS a, COUNT(DISTINCT userId) AS u "
          "FROM ratings GROUP BY {t}) t ORDER BY 1")
BY_NAME = {query.name.split()[0]: query for query in QUERIES}


def genres(text, own):
    return text.replace(GENRES["duckdb"], own)


def clickhouse_texts():
    split = "SELECT movieId, arrayJoin(splitByChar('|', genres)) AS genre FROM movies"
    texts = {name: genres(BY_NAME[name].texts["duckdb"][0], split) for name in ("q06", "q07")}
    utc, zoned = "toStartOfMonth(toDateTime(ts, 'UTC'))", "toStartOfMonth(toDateTime(ts, 'America/Los_Angeles'))"
    texts["q05"] = MONTHS.format(m="concat(toString(m), ' 00:00:00.000')", t=utc)
    texts["q05z"] = MONTHS.format(m="formatDateTime(m, '%Y-%m')", t=zoned)
    texts["q12"] = summed("SELECT userId FROM ratings UNION DISTINCT SELECT userId FROM tags", "userId")
    texts["q13"] = (f"CREATE OR REPLACE TABLE out_q13 ENGINE = MergeTree ORDER BY (userId, movieId) {DURABLE} AS SELECT userId, movieId, "
                    "rating, toDateTime(ts, 'UTC') AS rated_at FROM ratings WHERE rating IS NOT NULL")
    texts["q16"] = summed("SELECT movieId, quantileExactInclusive(0.5)(rating) AS md FROM ratings GROUP BY movieId", "md")
    texts["q21"] = (f"CREATE OR REPLACE TABLE out_q21 ENGINE = MergeTree ORDER BY (ts, userId) {DURABLE} AS "
                    "SELECT userId, movieId, rating, ts FROM ratings ORDER BY ts, userId")
    texts["q23"] = ("SELECT COUNT(DISTINCT MD5(concat(toString(userId), '-', toString(movieId)))) AS n FROM "
                    "(SELECT userId, movieId FROM ratings LIMIT 2000000) t")
    texts["q24"] = summed("SELECT movieId, uniq(userId) AS u FROM ratings GROUP BY movieId", "u")
    return texts


def datafusion_texts():
    split = "SELECT movieId, unnest(string_to_array(genres, '|')) AS genre FROM movies"
    texts = {name: genres(BY_NAME[name].texts["duckdb"][0], split) for name in ("q06", "q07")}
    texts["q05"] = MONTHS.format(m="to_char(m, '%Y-%m-%d %H:%M:%S.000')", t="date_trunc('month', to_timestamp_seconds(ts))")
    texts["q24"] = summed("SELECT movieId, approx_distinct(userId) AS u FROM ratings GROUP BY movieId", "u")
    texts["q05z"] = None
    # Tables are files here, which it writes but does not replace.
    texts["q13"] = texts["q14"] = texts["q21"] = None
    return texts


def load_clickhouse(engine, data, folder):
    types = {"INTEGER": "Int32", "BIGINT": "Int64", "DOUBLE": "Float64", "VARCHAR": "String"}
    order = {"ratings": "(userId, movieId)", "movies": "movieId", "tags": "(userId, movieId)",
             "genome_scores": "(movieId, tagId)", "genome_tags": "tagId"}
    for table, schema in SCHEMA.items():
        for name, own in types.items():
            schema = schema.replace(name, own)
        columns = schema.strip("()")
        engine.ask(f"CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY {order[table]}")
        engine.ask(f"INSERT INTO {table} SELECT * FROM file('{data}/{FILES[table]}.csv.gz', 'CSV', '{columns}') "
                   "SETTINGS input_format_csv_skip_first_lines = 1")


def load_datafusion(engine, data, folder):
    for table, schema in SCHEMA.items():
        # Names without quotes are folded to small letters here, and columns of files are not.
        engine.ask(f"CREATE EXTERNAL TABLE source_{table} {schema} STORED AS CSV LOCATION '{data}/{FILES[table]}.csv.gz' "
                   "OPTIONS ('format.has_header' 'true', 'format.compression' 'gzip')")
        engine.ask(f"COPY (SELECT * FROM source_{table}) TO '{folder}/{table}.parquet' STORED AS PARQUET")


class Peer:
    """How to start it, its own texts (None: it cannot take the query), how it loads, and what comes before and after a
    text, untimed."""

    def __init__(self, module, worker, texts, load, before=None, after=None):
        self.module, self.worker, self.texts, self.load = module, worker, texts(), load
        self.before, self.after = before or {}, after or {}

    def is_installed(self):
        return importlib.util.find_spec(self.module) is not None

    def start(self, folder):
        return Engine([sys.executable, "-c", self.worker, folder, str(os.cpu_count())])


PEERS = {
    "ClickHouse": Peer("chdb", CLICKHOUSE_WORKER, clickhouse_texts, load_clickhouse, {"q14": [
        f"CREATE OR REPLACE TABLE out_q14 ENGINE = MergeTree ORDER BY (userId, movieId) {DURABLE} AS SELECT * FROM ratings LIMIT 0"]},
        # It merges what was written in the background: without this, while the other runs.
        {name: [f"OPTIMIZE TABLE out_{name} FINAL"] for name in ("q13", "q14", "q21")}),
    "DataFusion": Peer("datafusion", DATAFUSION_WORKER, datafusion_texts, load_datafusion),
}


def run(mlwh, queries, data, work, repeat):
    """Times each installed peer alternately with `mlwh`, an engine; gives {peer: {query: Measured or None}}."""
    found = {}
    for name, peer in PEERS.items():
        if not peer.is_installed():
            print(f"{name} is not installed: left out", flush=True)
            continue
        folder = os.path.join(work, name.lower())
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        engine = peer.start(folder)
        try:
            peer.load(engine, data, folder)
            found[name] = {query.name: of_peer(query, peer, mlwh, engine, repeat) for query in queries}
        except (RuntimeError, OSError) as failure:
            print(f"{name} is left out: {str(failure)[:300]}", flush=True)
        finally:
            engine.close()
            shutil.rmtree(folder, ignore_errors=True)
    return found


def of_peer(query, peer, mlwh, engine, repeat):
    name = query.name.split()[0]
    text = peer.texts.get(name, query.texts["duckdb"])
    if text is None:
        return None
    pair = Pair(query, as_list(text), peer.before.get(name, []), peer.after.get(name, []))
    try:
        result = measure(pair, {"mlwh": mlwh, "peer": engine}, repeat)
    except RuntimeError as failure:
        if engine.child.poll() is not None:
            raise
        print(f"{query.name}: {str(failure)[:300]}", flush=True)
        return None
    print(f"{query.name:32s} mlwh {result.wall['mlwh'] * 1000:7.1f} ms | peer {result.wall['peer'] * 1000:7.1f} ms | "
          f"{result.wall['peer'] / result.wall['mlwh']:5.1f}x, agree {result.agree}", flush=True)
    return result


class Pair:
    """A query as mlwh and one peer take it."""

    def __init__(self, query, texts, before, after):
        self.name, self.tolerance = query.name, query.tolerance
        self.texts = {"mlwh": query.texts["mlwh"], "peer": texts}
        self.before = {"mlwh": query.before["mlwh"], "peer": before}
        self.after = {"mlwh": query.after["mlwh"], "peer": after + query.after["duckdb"]}


def report(w, found, duckdb):
    """The section on the fastest peer of each query; `duckdb`: what was measured beside DuckDB, by name."""
    if not found:
        return
    w("## The fastest peer")
    w()
    w("Each peer alternately with mlwh, a pair at a time; its milliseconds, and in the last column how many times longer the "
      "fastest of them took than mlwh in the same pair. ClickHouse keeps its tables sorted by their keys; DataFusion reads Parquet.")
    w()
    names = ["DuckDB", *found]
    w("| query | " + " | ".join(names) + " | fastest / mlwh |")
    w("|---|" + "---:|" * (len(names) + 1))
    logs = []
    for query, beside in duckdb.items():
        ratios, cells = {}, []
        for name in names:
            result = beside if name == "DuckDB" else found[name].get(query)
            other = "duckdb" if name == "DuckDB" else "peer"
            if result is None or result.failure:
                cells.append("")
                continue
            if result.agree == "yes":
                ratios[name] = result.wall[other] / result.wall["mlwh"]
            cells.append(f"{result.wall[other] * 1000:.1f}" + ("" if result.agree == "yes" else " (differs)"))
        if not ratios:
            continue
        best = min(ratios, key=ratios.get)
        w(f"| {query} | {' | '.join(cells)} | {ratios[best]:.1f}× {best} |")
        if not query.startswith(("q01", "q20")):
            logs.append(math.log(ratios[best]))
    w()
    if logs:
        w(f"Geometric mean without q01 and q20: {math.exp(sum(logs) / len(logs)):.2f}× the fastest peer's speed.")
        w()
