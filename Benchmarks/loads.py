"""Loads of the two large files beside DuckDB and Polars (where they are installed), each time in a process of its own."""
import gzip
import importlib.util
import os
import shutil
import subprocess
import sys
import time

from engines import median
from queries import FILES, SCHEMA

CASES = [("ratings", ".csv.gz"), ("genome_scores", ".csv.gz"), ("ratings", ".csv")]

DUCKDB_LOAD = r"""
import sys, time, duckdb
path, threads, table, schema, file = sys.argv[1:]
c = duckdb.connect(path + ".duckdb")
c.execute(f"SET threads={threads}; SET enable_progress_bar=false")
c.execute(f"CREATE TABLE {table} {schema}")
start = time.perf_counter()
c.execute(f"COPY {table} FROM '{file}' (HEADER, QUOTE '\"', ESCAPE '\"')")
c.execute("CHECKPOINT")
print(time.perf_counter() - start)
"""

# Its durable tables are Parquet files.
POLARS_LOAD = r"""
import sys, time, polars as pl
path, threads, table, schema, file = sys.argv[1:]
types = {"INTEGER": pl.Int32, "BIGINT": pl.Int64, "DOUBLE": pl.Float64}
columns = dict(column.split() for column in schema.strip("()").split(", "))
schema = {name: types[kind] for name, kind in columns.items()}
start = time.perf_counter()
pl.scan_csv(file, has_header=False, skip_rows=1, schema=schema).sink_parquet(path + ".parquet")
print(time.perf_counter() - start)
"""


def run(command, environment=None):
    """The process's own wall seconds, CPU seconds and peak MB, and what it printed."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        raise RuntimeError(f"{command[0]} failed: {text[-500:]}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def load_ours(mlwh, path, table, file):
    """The whole process: its start, the table, COPY, durably."""
    folder, name = os.path.split(file)
    sql = (f"CREATE FILE FORMAT f TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"'; "
           f"CREATE STAGE s URL = 'file://{folder}/' FILE_FORMAT = f; CREATE TABLE {table} {SCHEMA[table]}; "
           f"COPY INTO {table} FROM @s FILES = ('{name}')")
    wall, cpu, peak, _ = run([mlwh, "sql", "-d", path + ".mlwh", "-c", sql])
    return wall, cpu, peak


def load_theirs(code, path, table, file):
    """Without the start of Python."""
    threads = str(os.cpu_count())
    _, cpu, peak, text = run([sys.executable, "-c", code, path, threads, table, SCHEMA[table], file],
                             dict(os.environ, POLARS_MAX_THREADS=threads))
    return float(text.split()[-1]), cpu, peak


def plain_copy(data, work, table):
    """The file without compression: in the data's folder, or made beside the stores."""
    name = FILES[table] + ".csv"
    if os.path.exists(os.path.join(data, name)):
        return os.path.join(data, name)
    plain = os.path.join(work, "plain", name)
    if not os.path.exists(plain):
        os.makedirs(os.path.dirname(plain), exist_ok=True)
        with gzip.open(os.path.join(data, name + ".gz")) as source, open(plain + ".part", "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        os.rename(plain + ".part", plain)
    return plain


def measure(mlwh, data, work, repeat):
    """[(file, {engine: (wall, cpu, peak)})], medians by wall time; engines that are not installed are left out."""
    engines = {"mlwh": lambda *a: load_ours(mlwh, *a)}
    for name, code in (("duckdb", DUCKDB_LOAD), ("polars", POLARS_LOAD)):
        if importlib.util.find_spec(name):
            engines[name] = lambda *a, code=code: load_theirs(code, *a)
    results = []
    for table, suffix in CASES:
        file = plain_copy(data, work, table) if suffix == ".csv" else os.path.join(data, FILES[table] + suffix)
        samples = {name: [] for name in engines}
        for turn in range(repeat + 1):
            for name, load in engines.items():
                folder = os.path.join(work, "loads")
                shutil.rmtree(folder, ignore_errors=True)
                os.makedirs(folder)
                sample = load(os.path.join(folder, "store"), table, file)
                if turn > 0:
                    samples[name].append(sample)
        shutil.rmtree(folder, ignore_errors=True)
        result = {name: next(s for s in taken if s[0] == median([t[0] for t in taken])) for name, taken in samples.items()}
        print(f"load {os.path.basename(file)}: " + ", ".join(f"{n} {r[0]:.2f} s" for n, r in result.items()), flush=True)
        results.append((os.path.basename(file), result))
    return results


TITLES = {"mlwh": "mlwh", "duckdb": "DuckDB", "polars": "Polars"}


def report(w, results):
    """Writes the table, line by line, with `w`."""
    peers = [name for name in results[0][1] if name != "mlwh"]
    w("## Loading the large files, each in a process of its own")
    w()
    w("mlwh's time is that of the whole process, its start and the making of the table included; the others' without the "
      "start of Python. Polars writes Parquet.")
    w()
    w("| file | mlwh wall s | mlwh CPU s | mlwh peak MB | "
      + " | ".join(f"{TITLES[p]} wall s | {TITLES[p]} CPU s | {TITLES[p]} peak MB | mlwh / {TITLES[p]}" for p in peers) + " |")
    w("|---|---:|---:|---:|" + "---:|---:|---:|---:|" * len(peers))
    for file, result in results:
        wall, cpu, peak = result["mlwh"]
        w(f"| {file} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | " + " | ".join(
            f"{r[0]:.2f} | {r[1]:.2f} | {r[2]:.0f} | {wall / r[0]:.2f}×" for r in (result[p] for p in peers)) + " |")
    w()
