"""Times mlwh and DuckDB on the same data, alternately; see `compare`."""
import argparse
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import loads as single_loads
import peers as further_peers
import startup
import tpch
from engines import duckdb_engine, measure_all, mlwh_engine
from queries import FILES, QUERIES, SCHEMA


def milliseconds(seconds):
    return f"{seconds * 1000:.1f}" if seconds < 0.01 else f"{seconds * 1000:.0f}"


def folder_megabytes(path):
    if os.path.isfile(path):
        return os.path.getsize(path) / 1e6
    return sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(path) for f in fs) / 1e6


def load(mlwh, data, work, gzip):
    """Times COPY of each file into fresh stores; gives {file: {engine: (wall, cpu)}} and leaves the stores open."""
    suffix = ".csv.gz" if gzip else ".csv"
    ours_path, theirs_path = os.path.join(work, "bench.mlwh"), os.path.join(work, "bench.duckdb")
    shutil.rmtree(ours_path, ignore_errors=True)
    for name in (theirs_path, theirs_path + ".wal"):
        if os.path.exists(name):
            os.unlink(name)
    ours, theirs = mlwh_engine(mlwh, ours_path), duckdb_engine(theirs_path)
    ours.ask("CREATE FILE FORMAT f TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"'")
    ours.ask(f"CREATE STAGE s URL = 'file://{data}/' FILE_FORMAT = f")
    times = {}
    for table, schema in SCHEMA.items():
        file = FILES[table] + suffix
        ours.ask(f"CREATE TABLE {table} {schema}")
        theirs.ask(f"CREATE TABLE {table} {schema}")
        a = ours.ask(f"COPY INTO {table} FROM @s FILES = ('{file}')")
        b = theirs.ask(f"COPY {table} FROM '{data}/{file}' (HEADER, QUOTE '\"', ESCAPE '\"')")
        times[file] = {"mlwh": a[:2], "duckdb": b[:2]}
        print(f"load {file}: mlwh {a[0]:.2f} s, DuckDB {b[0]:.2f} s", flush=True)
    return ours, theirs, times


def run_demo(mlwh, data, work):
    """Runs the whole demo on the data; gives its timings as printed and the peak memory of its process in MB."""
    path = os.path.join(work, "demo.mlwh")
    child = subprocess.Popen([mlwh, "demo", "--data", data, "-d", path, "--overwrite"], stdout=subprocess.PIPE, text=True)
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        print(f"the demo failed:\n{text[-2000:]}")
        return None
    shutil.rmtree(path, ignore_errors=True)
    lines = text[text.index("==> timings"):].splitlines()[1:]
    steps = [line.rsplit(None, 2)[:2] for line in lines if line.endswith(" s")]
    return steps, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def query_table(w, results):
    """The lines of a table of queries; gives the logarithms of the ratios by name."""
    w("| query | mlwh ms | mlwh CPU ms | DuckDB ms | DuckDB CPU ms | DuckDB / mlwh | answers agree |")
    w("|---|---:|---:|---:|---:|---:|---|")
    logs = {}
    for r in results:
        if r.failure:
            w(f"| {r.name} | | | | | | {r.agree} |")
            continue
        cells = [milliseconds(t[engine]) for engine in ("mlwh", "duckdb") for t in (r.wall, r.cpu)]
        w(f"| {r.name} | {' | '.join(cells)} | {r.ratio:.1f}× | {r.agree} |")
        logs[r.name] = math.log(r.ratio)
    w()
    return logs


def scaling(bench, path):
    """What `bench` prints of a second thread's gain; it fails where answers depend on the number of threads."""
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        subprocess.run([sys.executable, os.path.join(here, "queries.py")], check=True, stdout=f)
        answers = subprocess.run([bench, "answers", path, f.name], check=True, capture_output=True, text=True).stdout
        table = subprocess.run([bench, "scaling", path, f.name], check=True, capture_output=True, text=True).stdout
    return f"{table}\n{answers}"


def linear(bench, sizes):
    """What `bench` prints of the cost of a row in tables of several sizes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [bench, "linear", os.path.join(folder, "linear.mlwh"), sizes]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def peaks_alone(mlwh, path, queries):
    """The peak memory in MB of a process that opens the data and runs one query twice, by the query's name."""
    found = {}
    for query in queries:
        engine = mlwh_engine(mlwh, path)
        for text in 2 * (query.before["mlwh"] + query.texts["mlwh"]):
            engine.ask(text)
        found[query.name] = engine.peak()
        engine.close()
    return found


def write_peaks(w, peaks, by_query):
    """The section on memory; `peaks`: of both engines after all queries."""
    w("## Memory")
    w()
    w(f"Peak of the process after all queries: mlwh {peaks[0]:.0f} MB, DuckDB {peaks[1]:.0f} MB. Of a process of mlwh that runs "
      "one query twice, in MB:")
    w()
    names = [name.split()[0] for name in by_query]
    for start in range(0, len(names), 9):
        w("| " + " | ".join(names[start:start + 9]) + " |")
        w("|" + "---:|" * len(names[start:start + 9]))
        w("| " + " | ".join(f"{mb:.0f}" for mb in list(by_query.values())[start:start + 9]) + " |")
        w()


def report(path, arguments, loads, alone, queries, peaks, by_query, sizes, duckdb_version, demo, tpch_results, started, scaled, rows, beside):
    with open(path, "w") as f:
        w = lambda text="": f.write(text + "\n")
        w("# Results")
        w()
        w("Written by `Benchmarks/compare`: mlwh and DuckDB in one run, alternately, medians. Times hold for one machine and one")
        w("hour; the ratios are what counts. The query texts stand in `queries.py`; large results are summed up within the engine.")
        w()
        w(f"- {arguments.rows:,} ratings; {arguments.repeat} repeats after one warm-up; {time.strftime('%Y-%m-%d')}")
        w(f"- {platform.system()} {platform.machine()}, {os.cpu_count()} cores; DuckDB {duckdb_version}, all cores")
        w()
        w("## Loading gzip CSV into durable tables")
        w()
        w("| file | mlwh wall s | mlwh CPU s | DuckDB wall s | DuckDB CPU s | DuckDB / mlwh |")
        w("|---|---:|---:|---:|---:|---:|")
        for file, t in loads.items():
            (a, ac), (b, bc) = t["mlwh"], t["duckdb"]
            w(f"| {file} | {a:.2f} | {ac:.2f} | {b:.2f} | {bc:.2f} | {b / a:.1f}× |")
        w()
        w(f"On disk: mlwh {sizes[0]:.0f} MB, DuckDB {sizes[1]:.0f} MB. Peak memory of the loading process: mlwh "
          f"{peaks[0]:.0f} MB, DuckDB {peaks[1]:.0f} MB.")
        w()
        if alone:
            single_loads.report(w, alone)
        w("## Queries, hot")
        w()
        logs = [v for name, v in query_table(w, queries).items() if not name.startswith(("q01", "q20"))]
        if logs:
            w(f"Geometric mean without q01 and q20: {math.exp(sum(logs) / len(logs)):.2f}× DuckDB's speed.")
            w()
        further_peers.report(w, beside, {r.name: r for r in queries if not r.failure})
        write_peaks(w, peaks[2:], by_query)
        startup.write(w, *started)
        if scaled:
            w("## A second thread")
            w()
            w("The gain of two threads over one, and that of a loop that touches registers only, run between.")
            w()
            f.write(scaled)
        if rows:
            w()
            w("## As tables grow")
            w()
            w("What a row costs in tables of several sizes, which the engine makes, on all cores.")
            w()
            f.write(rows)
        if tpch_results:
            w()
            w(f"## TPC-H, scale factor {arguments.tpch:g}")
            w()
            w("The tables are this package's own (`torture tpch-data`), loaded into durable tables of both.")
            w()
            query_table(w, tpch_results)
            done = [r for r in tpch_results if not r.failure]
            a, b = (sum(r.wall[engine] for r in done) for engine in ("mlwh", "duckdb"))
            w(f"All: mlwh {a:.2f} s, DuckDB {b:.2f} s.")
        if demo:
            w()
            w("## The whole demo on the same data")
            w()
            steps, peak, cpu = demo
            w("| step | wall s |")
            w("|---|---:|")
            for step, seconds in steps:
                w(f"| {step} | {seconds} |")
            w()
            w(f"{cpu:.1f} CPU s in all, showing the results included; peak memory {peak:.0f} MB.")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--mlwh", required=True)
    p.add_argument("--torture", required=True)
    p.add_argument("--bench", help="the program of this folder's package; without it scaling is left out")
    p.add_argument("--work", required=True)
    p.add_argument("--results", required=True)
    p.add_argument("--ratings", type=int, default=20_000_263)
    p.add_argument("--data", help="a folder of gzip CSV files; generated when absent")
    p.add_argument("--repeat", type=int, default=5)
    p.add_argument("--queries", default="")
    p.add_argument("--linear", default="1000000,10000000,50000000,100000000",
                   help="rows of the tables that grow; '' leaves them out")
    p.add_argument("--tpch", type=float, default=1, help="the scale factor of TPC-H; 0 leaves it out")
    a = p.parse_args()
    wanted = set(filter(None, a.queries.split(",")))
    selected = lambda queries: [q for q in queries if not wanted or q.name.split()[0] in wanted]
    data = os.path.abspath(a.data or os.path.join(a.work, f"ml-{a.ratings}"))
    if not os.path.exists(os.path.join(data, "ratings.csv.gz")):
        subprocess.run([a.mlwh, "generate", data, "--ratings", str(a.ratings), "--gzip"], check=True)
    alone = [] if wanted else single_loads.measure(a.mlwh, data, a.work, 3)
    ours, theirs, loads = load(a.mlwh, data, a.work, gzip=True)
    peaks = [ours.peak(), theirs.peak()]
    theirs.ask("CREATE TABLE mark AS SELECT 1")  # checkpoints, so that the file has its final size
    sizes = (folder_megabytes(os.path.join(a.work, "bench.mlwh", "segments")),
             folder_megabytes(os.path.join(a.work, "bench.duckdb")))
    a.rows = ours.ask("SELECT COUNT(*) FROM ratings")[2][0][0]
    version = theirs.ask("SELECT version()")[2][0][0]
    queries = measure_all(selected(QUERIES), {"mlwh": ours, "duckdb": theirs}, a.repeat)
    peaks += [ours.peak(), theirs.peak()]
    theirs.close()
    beside = further_peers.run(ours, selected(QUERIES), data, a.work, a.repeat)
    ours.close()
    ours_path, theirs_path = os.path.join(a.work, "bench.mlwh"), os.path.join(a.work, "bench.duckdb")
    by_query = peaks_alone(a.mlwh, ours_path, selected(QUERIES))
    hot = {r.name: r.wall["mlwh"] for r in queries if not r.failure}
    started = (startup.cold_starts(a.mlwh, ours_path, theirs_path, 2 * a.repeat),
               startup.first_runs(a.mlwh, ours_path, selected(QUERIES)), hot, startup.stripped_megabytes(a.mlwh))
    scaled = scaling(a.bench, ours_path) if a.bench and not wanted else ""
    rows = linear(a.bench, a.linear) if a.bench and a.linear and not wanted else ""
    tpch_results = tpch.run(a, selected(tpch.queries())) if a.tpch else []
    demo = run_demo(a.mlwh, data, a.work)
    report(a.results, a, loads, alone, queries, peaks, by_query, sizes, version, demo, tpch_results, started, scaled, rows, beside)
    print(f"written: {a.results}")
    if any(r.agree in ("NO", "FAILED") for r in queries + tpch_results):
        sys.exit("some queries failed or their answers differ")


if __name__ == "__main__":
    main()
