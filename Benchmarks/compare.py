"""Times mlwh and DuckDB on the same data, alternately; see `compare`."""
import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import time

from queries import FILES, QUERIES, SCHEMA

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_megabytes(pid):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0


class Engine:
    """A child process that answers one JSON line a request."""

    def __init__(self, command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, sql):
        cpu = cpu_seconds(self.child.pid)
        start = time.perf_counter()
        self.child.stdin.write(json.dumps({"sql": sql}) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        wall = time.perf_counter() - start
        if not line:
            raise RuntimeError(f"the engine ended at: {sql}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{answer['error']}\n  in: {sql}")
        return wall, cpu_seconds(self.child.pid) - cpu, answer.get("rows", [])

    def peak(self):
        return peak_megabytes(self.child.pid)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


DUCKDB_WORKER = r"""
import json, sys, duckdb
c = duckdb.connect(sys.argv[1])
c.execute(f"SET threads={sys.argv[2]}; SET TimeZone='America/Los_Angeles'; SET enable_progress_bar=false")
for line in sys.stdin:
    try:
        sql = json.loads(line)["sql"]
        rows = c.execute(sql).fetchall()
        if sql.startswith(("CREATE", "INSERT", "COPY")):
            c.execute("CHECKPOINT")
        print(json.dumps({"rows": [list(r) for r in rows]}, default=str), flush=True)
    except Exception as e:
        print(json.dumps({"error": str(e)}), flush=True)
"""


def same(a, b):
    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        for p, q in zip(x, y):
            if isinstance(p, (int, float)) and isinstance(q, (int, float)):
                if not math.isclose(p, q, rel_tol=1e-9, abs_tol=1e-9):
                    return False
            elif str(p) != str(q):
                return False
    return True


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


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
    ours = Engine([mlwh, "sql", "--rpc", "-d", ours_path])
    theirs = Engine([sys.executable, "-c", DUCKDB_WORKER, theirs_path, str(os.cpu_count())])
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


def run_queries(ours, theirs, repeat, wanted):
    """Times every query, or those wanted; one that fails is told and left out."""
    rows = []
    for name in QUERIES:
        if wanted and name.split()[0] not in wanted:
            continue
        try:
            rows.append(run_query(name, ours, theirs, repeat))
        except RuntimeError as failure:
            print(f"{name}: FAILED: {failure}", flush=True)
            rows.append((name, None, None, None, None, "FAILED"))
    return rows


def run_query(name, ours, theirs, repeat):
    ours_sql, theirs_sql = QUERIES[name]
    samples = {"mlwh": [], "duckdb": []}
    answers = {}
    pairs = [("mlwh", ours, ours_sql), ("duckdb", theirs, theirs_sql or ours_sql)]
    # A warm-up, then turns until each engine has run long enough for the clock of CPU time, which ticks 100 times
    # a second; whoever goes first changes, since the second finds the caches full of the other's data.
    spent = 0.0
    for turn in range(100):
        for engine, process, sql in pairs if turn % 2 == 0 else reversed(pairs):
            wall, cpu, answers[engine] = process.ask(sql)
            if turn > 0:
                samples[engine].append((wall, cpu))
                spent += wall
        if turn >= repeat and (spent > 1.0 or turn >= 20 * repeat):
            break
    writes = ours_sql.startswith("CREATE")
    if not writes and not same(answers["mlwh"], answers["duckdb"]):
        print(f"{name}: answers differ\n  mlwh   {answers['mlwh'][:3]}\n  DuckDB {answers['duckdb'][:3]}", flush=True)
        agree = "NO"
    else:
        agree = "–" if writes else "yes"
    wall = lambda engine: median([s[0] for s in samples[engine]])
    cpu = lambda engine: sum(s[1] for s in samples[engine]) / len(samples[engine])
    row = (name, wall("mlwh"), cpu("mlwh"), wall("duckdb"), cpu("duckdb"), agree)
    _, a, ac, b, bc, _ = row
    print(f"{name:32s} mlwh {a * 1000:7.1f} ms wall {ac * 1000:7.1f} CPU | DuckDB {b * 1000:7.1f} wall "
          f"{bc * 1000:7.1f} CPU | {b / a:5.1f}x, agree {agree}", flush=True)
    return row


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


def report(path, arguments, loads, queries, peaks, sizes, duckdb_version, demo):
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
        w("## Queries, hot")
        w()
        w("| query | mlwh ms | mlwh CPU ms | DuckDB ms | DuckDB CPU ms | DuckDB / mlwh | answers agree |")
        w("|---|---:|---:|---:|---:|---:|---|")
        logs = []
        for name, a, ac, b, bc, agree in queries:
            if a is None:
                w(f"| {name} | | | | | | {agree} |")
                continue
            w(f"| {name} | {milliseconds(a)} | {milliseconds(ac)} | {milliseconds(b)} | {milliseconds(bc)} | {b / a:.1f}× "
              f"| {agree} |")
            if not name.startswith(("q01", "q20")):
                logs.append(math.log(b / a))
        w()
        if logs:
            w(f"Geometric mean without q01 and q20: {math.exp(sum(logs) / len(logs)):.2f}× DuckDB's speed.")
        w()
        w(f"Peak memory after all queries: mlwh {peaks[2]:.0f} MB, DuckDB {peaks[3]:.0f} MB.")
        w()
        if demo is None:
            return
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
    p.add_argument("--work", required=True)
    p.add_argument("--results", required=True)
    p.add_argument("--ratings", type=int, default=20_000_263)
    p.add_argument("--data", help="a folder of gzip CSV files; generated when absent")
    p.add_argument("--repeat", type=int, default=5)
    p.add_argument("--queries", default="")
    a = p.parse_args()
    data = os.path.abspath(a.data or os.path.join(a.work, f"ml-{a.ratings}"))
    if not os.path.exists(os.path.join(data, "ratings.csv.gz")):
        subprocess.run([a.mlwh, "generate", data, "--ratings", str(a.ratings), "--gzip"], check=True)
    ours, theirs, loads = load(a.mlwh, data, a.work, gzip=True)
    peaks = [ours.peak(), theirs.peak()]
    theirs.ask("CREATE TABLE mark AS SELECT 1")  # checkpoints, so that the file has its final size
    sizes = (folder_megabytes(os.path.join(a.work, "bench.mlwh", "segments")),
             folder_megabytes(os.path.join(a.work, "bench.duckdb")))
    a.rows = ours.ask("SELECT COUNT(*) FROM ratings")[2][0][0]
    version = theirs.ask("SELECT version()")[2][0][0]
    queries = run_queries(ours, theirs, a.repeat, set(filter(None, a.queries.split(","))))
    peaks += [ours.peak(), theirs.peak()]
    ours.close()
    theirs.close()
    demo = run_demo(a.mlwh, data, a.work)
    report(a.results, a, loads, queries, peaks, sizes, version, demo)
    print(f"written: {a.results}")
    if any(q[5] in ("NO", "FAILED") for q in queries):
        sys.exit("some queries failed or their answers differ")


if __name__ == "__main__":
    main()
