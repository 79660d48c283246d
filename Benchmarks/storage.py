"""Times commits, bulk inserts, MERGE, scans after small inserts, and opening; see `storage`."""
import argparse
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

from engines import Engine, mlwh_engine

# Every statement is a transaction that is durable when it answers: both are the engines' own defaults.
DUCKDB_WORKER = r"""
import json, sys, duckdb
c = duckdb.connect(sys.argv[1])
c.execute("SET enable_progress_bar = false")
for line in sys.stdin:
    try:
        rows = c.execute(json.loads(line)["sql"]).fetchall()
        print(json.dumps({"rows": [list(r) for r in rows]}, default=str), flush=True)
    except Exception as e:
        print(json.dumps({"error": str(e)}), flush=True)
"""


class SQLite:
    """SQLite in this process: no pipe to cross, which is some 50 µs less a statement."""

    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = FULL")

    def ask(self, sql):
        start = time.perf_counter()
        rows = self.connection.execute(sql).fetchall()
        return time.perf_counter() - start, 0, rows

    def close(self):
        self.connection.close()


def fresh(work, name):
    path = os.path.join(work, f"storage.{name}")
    shutil.rmtree(path, ignore_errors=True)
    for suffix in ("", ".wal", "-wal", "-journal", "-shm"):
        if os.path.isfile(path + suffix):
            os.unlink(path + suffix)
    return path


class Bench:
    def __init__(self, options):
        self.options = options
        self.lines = []
        self.paths = {name: fresh(options.work, name) for name in ("mlwh", "duckdb", "sqlite")}
        self.engines = self.connect()

    def connect(self):
        return {
            "mlwh": mlwh_engine(self.options.mlwh, self.paths["mlwh"]),
            "DuckDB": Engine([sys.executable, "-c", DUCKDB_WORKER, self.paths["duckdb"]]),
            "SQLite": SQLite(self.paths["sqlite"]),
        }

    def line(self, title, times, form):
        cells = [form(times[name]) if name in times else "" for name in ("mlwh", "DuckDB", "SQLite")]
        self.lines.append(f"| {title} | " + " | ".join(cells) + " |")
        print(self.lines[-1], flush=True)

    def all(self, sql, engines=None):
        return {name: engine.ask(sql)[0] for name, engine in (engines or self.engines).items()}

    def commits(self):
        count = self.options.commits
        self.all("CREATE TABLE small (n INTEGER, s VARCHAR)")
        latencies = {name: [] for name in self.engines}
        for n in range(count):
            for name, engine in self.engines.items():
                latencies[name].append(engine.ask(f"INSERT INTO small VALUES ({n}, 'text {n % 100}')")[0])
        micro = lambda seconds: f"{seconds * 1e6:.0f} µs"
        self.line("durable commit of one row, median", {k: statistics.median(v) for k, v in latencies.items()}, micro)
        self.line("…, 99th of 100", {k: sorted(v)[len(v) * 99 // 100] for k, v in latencies.items()}, micro)
        self.all("CREATE TABLE bulk AS SELECT * FROM small")
        query = "SELECT COUNT(*), SUM(n), MIN(s), COUNT(DISTINCT s) FROM "
        best = lambda table: {name: min(engine.ask(query + table)[0] for _ in range(30))
                              for name, engine in self.engines.items()}
        answers = {name: [str(v) for v in engine.ask(query + "small")[2][0]] for name, engine in self.engines.items()}
        assert len(set(map(tuple, answers.values()))) == 1, answers
        small, bulk = best("small"), best("bulk")
        self.line(f"scan after {count} inserts of one row", small, micro)
        self.line("scan of the same rows written at once", bulk, micro)
        self.line("ratio", {name: small[name] / bulk[name] for name in small}, lambda r: f"{r:.2f}")
        files = len(os.listdir(os.path.join(self.paths["mlwh"], "segments")))
        self.lines.append(f"| files after {count} inserts | {files} | 1 | 1 |")

    def bulk(self):
        rows = self.options.rows
        engines = {name: self.engines[name] for name in ("mlwh", "DuckDB")}
        times = {
            "mlwh": engines["mlwh"].ask("CREATE TABLE facts AS SELECT i AS id, (i * 7919) % 138493 AS user_id, "
                                        "((i % 10) / 2.0)::FLOAT AS rating FROM (SELECT SEQ8() AS i FROM "
                                        f"TABLE(GENERATOR(ROWCOUNT => {rows})))")[0],
            "DuckDB": engines["DuckDB"].ask("CREATE TABLE facts AS SELECT i AS id, (i * 7919) % 138493 AS user_id, "
                                            f"((i % 10) / 2.0)::DOUBLE AS rating FROM range({rows}) t(i)")[0],
        }
        self.line(f"insert of {rows:,} rows by a query, rows/s", times, lambda s: f"{rows / s / 1e6:.1f} M")
        engines["mlwh"].ask("CREATE TABLE changes AS SELECT id * 97 AS id, 9.5::FLOAT AS rating FROM facts "
                            f"WHERE id < {rows // 100}")
        engines["DuckDB"].ask("CREATE TABLE changes AS SELECT id * 97 AS id, 9.5::DOUBLE AS rating FROM facts "
                              f"WHERE id < {rows // 100}")
        merge = ("MERGE INTO facts USING changes ON facts.id = changes.id WHEN MATCHED THEN UPDATE SET "
                 "rating = changes.rating WHEN NOT MATCHED THEN INSERT VALUES (changes.id, 0, changes.rating)")
        self.line(f"MERGE of {rows // 100:,} changed rows into {rows:,}", self.all(merge, engines),
                  lambda s: f"{s * 1000:.0f} ms")
        sums = {name: [float(v) for v in engine.ask("SELECT COUNT(*), SUM(rating) FROM facts")[2][0]]
                for name, engine in engines.items()}
        assert sums["mlwh"] == sums["DuckDB"], sums

    def opening(self):
        for engine in self.engines.values():
            engine.close()
        def run(command):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - start
        query = "SELECT id FROM facts LIMIT 1"
        repeat = range(self.options.repeat)
        mlwh = [self.options.mlwh, "sql", "-d", self.paths["mlwh"], "-c", query]
        code = f"import duckdb; duckdb.connect({self.paths['duckdb']!r}).execute('{query}').fetchall()"
        none = min(run([sys.executable, "-c", "import duckdb"]) for _ in repeat)
        times = {"mlwh": min(run(mlwh) for _ in repeat),
                 "DuckDB": min(run([sys.executable, "-c", code]) for _ in repeat) - none}
        self.line("open, to the first row (mlwh: with the process; DuckDB: without Python's start)", times,
                  lambda s: f"{s * 1000:.1f} ms")
        self.engines = {}

    def run(self):
        before = os.getloadavg()[0]
        self.commits()
        self.bulk()
        self.opening()
        with open(self.options.results, "w") as f:
            f.write("# Storage, measured\n\nWritten by `Benchmarks/storage`.\n\n")
            f.write(f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; directory on the disk "
                    f"of the working copy. Load when it began {before:.1f}, when it ended {os.getloadavg()[0]:.1f}.\n\n"
                    "| | mlwh | DuckDB | SQLite |\n|---|---|---|---|\n")
            f.write("\n".join(self.lines) + "\n")


parser = argparse.ArgumentParser()
parser.add_argument("--mlwh", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--results", required=True)
parser.add_argument("--rows", type=int, default=20_000_000)
parser.add_argument("--commits", type=int, default=10_000)
parser.add_argument("--repeat", type=int, default=5)
Bench(parser.parse_args()).run()
