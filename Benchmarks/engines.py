"""The engines under comparison as child processes, and how their turns are timed."""
import json
import math
import os
import subprocess
import sys
import time

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
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # It ended by itself.
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


def mlwh_engine(mlwh, path):
    return Engine([mlwh, "sql", "--rpc", "-d", path])


def duckdb_engine(path):
    return Engine([sys.executable, "-c", DUCKDB_WORKER, path, str(os.cpu_count())])


def number(value):
    """A number, or a text that is one (DuckDB's decimals arrive as text); else None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return None


def same(a, b, tolerance=1e-9):
    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        if len(x) != len(y):
            return False
        for p, q in zip(x, y):
            m, n = number(p), number(q)
            if m is not None and n is not None:
                if not math.isclose(m, n, rel_tol=tolerance, abs_tol=tolerance):
                    return False
            elif str(p) != str(q):
                return False
    return True


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


class Measured:
    """One query's medians of wall seconds, means of CPU seconds, and whether the answers agree."""

    def __init__(self, name, failure=None):
        self.name, self.failure = name, failure
        self.wall, self.cpu, self.agree = {}, {}, "FAILED" if failure else ""

    @property
    def ratio(self):
        return self.wall["duckdb"] / self.wall["mlwh"]

    def line(self):
        if self.failure:
            return f"{self.name}: FAILED: {self.failure}"
        a, b = self.wall["mlwh"] * 1000, self.wall["duckdb"] * 1000
        return (f"{self.name:32s} mlwh {a:7.1f} ms wall {self.cpu['mlwh'] * 1000:7.1f} CPU | DuckDB {b:7.1f} wall "
                f"{self.cpu['duckdb'] * 1000:7.1f} CPU | {b / a:5.1f}x, agree {self.agree}")


def measure(query, engines, repeat):
    """Asks both engines alternately after a warm-up, until each has run long enough for the clock of CPU time, which
    ticks 100 times a second; whoever goes first changes, since the second finds the caches full of the other's data."""
    result = Measured(query.name)
    samples = {name: [] for name in engines}
    answers, spent = {}, 0.0
    for turn in range(100):
        for name in list(engines) if turn % 2 == 0 else list(reversed(engines)):
            for sql in query.before.get(name, []):
                engines[name].ask(sql)
            wall = cpu = 0.0
            for sql in query.texts[name]:
                w, c, answers[name] = engines[name].ask(sql)
                wall, cpu = wall + w, cpu + c
            for sql in query.after.get(name, []):
                _, _, answers[name] = engines[name].ask(sql)
            if query.after.get(name):
                # Nobody's commit is to wait for what another left to the system.
                os.sync()
            if turn > 0:
                samples[name].append((wall, cpu))
                spent += wall
        if turn >= repeat and (spent > 1.0 or turn >= 20 * repeat):
            break
    result.wall = {name: median([s[0] for s in samples[name]]) for name in engines}
    result.cpu = {name: sum(s[1] for s in samples[name]) / len(samples[name]) for name in engines}
    other = next(name for name in engines if name != "mlwh")
    result.agree = "yes" if same(answers["mlwh"], answers[other], query.tolerance) else "NO"
    if result.agree == "NO":
        print(f"{query.name}: answers differ\n  mlwh {answers['mlwh'][:3]}\n  peer {answers[other][:3]}", flush=True)
    return result


def measure_all(queries, engines, repeat):
    """Times every query; one that fails is told and goes on."""
    results = []
    for query in queries:
        try:
            result = measure(query, engines, repeat)
        except RuntimeError as failure:
            result = Measured(query.name, failure)
        print(result.line(), flush=True)
        results.append(result)
    return results
