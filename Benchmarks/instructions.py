"""Counts the instructions of every query of the suite on 100,000 ratings and holds them against `instructions.json`.

    python3 Benchmarks/instructions.py --mlwh .build/release/mlwh [--accept] [--tolerance 5]

Times say little on a machine that others use; instructions of one thread hardly change from run to run. What is counted
is the work of a query alone: a run of it 21 times less a run of it once, over 20. Counted by `perf stat`, or where the
system forbids that by valgrind's callgrind. Another compiler, processor family or counter makes other code: then nothing
is counted unless it is to be written down. Exit code 1 where a query takes more than the tolerance, in per
cent, over what is written down; `--accept` writes down what was counted.
"""
import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from queries import FILES, QUERIES, SCHEMA

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "instructions.json")
REPEATS = 20
# Swift seeds its hash tables anew in every process, unless it is told not to.
ENVIRONMENT = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1")


def perf_works():
    if not shutil.which("perf"):
        return False
    probe = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True)
    return probe.returncode == 0 and re.search(r"^\d+,", probe.stderr, re.M) is not None


def count_by_perf(command):
    run = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", *command], capture_output=True, text=True,
                         env=ENVIRONMENT)
    if run.returncode != 0:
        sys.exit(f"failed: {' '.join(command)}\n{run.stderr[-2000:]}")
    return int(re.search(r"^(\d+),", run.stderr, re.M).group(1))


def count_by_valgrind(command):
    with tempfile.NamedTemporaryFile() as out:
        run = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", *command],
                             capture_output=True, text=True, env=ENVIRONMENT)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"failed: {' '.join(command)}\n{run.stderr[-2000:]}")
    return int(found.group(1))


def valgrind_works(mlwh):
    """Older ones cannot read the program's debug information."""
    if not shutil.which("valgrind"):
        return False
    with tempfile.NamedTemporaryFile() as out:
        return subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", mlwh, "--version"],
                              capture_output=True, env=ENVIRONMENT).returncode == 0


def load(mlwh, work):
    """Makes the ratings and a warehouse of them; gives its path."""
    data, path = os.path.join(work, "data"), os.path.join(work, "bench.mlwh")
    subprocess.run([mlwh, "generate", data, "--ratings", "100000", "--gzip"], check=True, stdout=subprocess.DEVNULL)
    script = ["CREATE FILE FORMAT f TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"'",
              f"CREATE STAGE s URL = 'file://{data}/' FILE_FORMAT = f"]
    for table, schema in SCHEMA.items():
        script += [f"CREATE TABLE {table} {schema}", f"COPY INTO {table} FROM @s FILES = ('{FILES[table]}.csv.gz')"]
    subprocess.run([mlwh, "sql", "-d", path, "-c", ";".join(script)], check=True, stdout=subprocess.DEVNULL)
    return path


def count_query(mlwh, path, query, count, work):
    texts = query.before["mlwh"] + query.texts["mlwh"]
    counts = []
    for times in (1, 1 + REPEATS):
        script = os.path.join(work, "query.sql")
        with open(script, "w") as f:
            f.write((";\n".join(texts) + ";\n") * times)
        counts.append(count([mlwh, "sql", "-d", path, "--threads", "1", "--format", "csv", "-f", script]))
    return (counts[1] - counts[0]) // REPEATS


def circumstances(counter):
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"Swift version (\S+)", swift)
    # The C library copies memory with the widest registers there are.
    with open("/proc/cpuinfo") as f:
        flags = f.read()
    registers = next((name for name in ("avx512f", "avx2") if name in flags), "plain")
    return {"counter": counter, "swift": version.group(1) if version else "unknown", "machine": platform.machine(),
            "registers": registers}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--mlwh", required=True)
    p.add_argument("--accept", action="store_true")
    p.add_argument("--tolerance", type=float, default=5)
    a = p.parse_args()
    counter = "perf" if perf_works() else "valgrind" if valgrind_works(a.mlwh) else None
    if not counter:
        print("SKIPPED: neither perf nor valgrind can count here.")
        return
    # On one core nothing is made ready beside the first statement: what that does would be counted too.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    count = count_by_perf if counter == "perf" else count_by_valgrind
    here, known = circumstances(counter), {}
    if os.path.exists(BASELINE):
        with open(BASELINE) as f:
            known = json.load(f)
    comparable = all(known.get(key) == value for key, value in here.items())
    if not comparable and not a.accept:
        print(f"SKIPPED: {here} cannot be compared with {({k: v for k, v in known.items() if k != 'queries'})}.")
        return
    worse, counted = [], {}
    with tempfile.TemporaryDirectory() as work:
        path = load(a.mlwh, work)
        for query in QUERIES:
            name = query.name.split()[0]
            counted[name] = count_query(a.mlwh, path, query, count, work)
            before = known.get("queries", {}).get(name) if comparable else None
            change = 100 * (counted[name] / before - 1) if before else 0
            print(f"{name:5} {counted[name]:14,}" + (f"  {change:+6.1f} %" if before else ""), flush=True)
            if change > a.tolerance:
                worse.append(f"{name} {change:+.1f} %")
    if a.accept:
        with open(BASELINE, "w") as f:
            json.dump({**here, "queries": counted}, f, indent=1)
            f.write("\n")
        print(f"written: {BASELINE}")
    elif worse:
        sys.exit("more instructions than written down: " + ", ".join(worse))


if __name__ == "__main__":
    main()
