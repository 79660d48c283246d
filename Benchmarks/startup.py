"""What comes before the first answer: the start of a process, the first run of each query, the size of the program."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from engines import median, mlwh_engine

AVERAGE = "SELECT AVG(rating) FROM ratings"


def cold_starts(mlwh, ours_path, theirs_path, repeat):
    """Median seconds of a process that starts, opens the data and averages a column; files are in the system's cache."""
    duckdb = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchall())"
    commands = {
        "mlwh": [mlwh, "sql", "-d", ours_path, "-c", AVERAGE],
        "duckdb": [sys.executable, "-c", duckdb, theirs_path, AVERAGE],
    }
    times = {name: [] for name in commands}
    for turn in range(repeat + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if turn > 0:
                times[name].append(time.perf_counter() - start)
    return {name: median(taken) for name, taken in times.items()}


def first_runs(mlwh, path, queries, processes=3):
    """Median seconds of each reading query as the first of a process that has opened the data."""
    firsts = {}
    for query in queries:
        texts = query.before["mlwh"] + query.texts["mlwh"]
        if any(text.startswith(("CREATE", "INSERT")) for text in texts):
            continue
        times = []
        for _ in range(processes):
            engine = mlwh_engine(mlwh, path)
            engine.ask("SELECT 1")
            times.append(sum(engine.ask(text)[0] for text in texts))
            engine.close()
        firsts[query.name] = median(times)
    return firsts


def stripped_megabytes(program):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "program")
        shutil.copy(program, copy)
        if subprocess.run(["strip", copy], capture_output=True).returncode != 0:
            return None
        return os.path.getsize(copy) / 1e6


def static_sizes():
    """What `Scripts/static` has built: a sentence of their sizes; empty where it has not run."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    built = [(os.path.join(root, folder, "mlwh"), name)
             for folder, name in ((".build-static", ""), (".build-static-s3", " and stages on S3"))]
    sizes = [f"{os.path.getsize(path) / 1e6:.1f} MB with Swift's libraries{name} in it" for path, name in built
             if os.path.exists(path)]
    return f" `Scripts/static` makes {'; '.join(sizes)}." if sizes else ""


def write(w, starts, firsts, hot, size):
    """The section of the report; `hot`: seconds of each query by name."""
    w("## Before the first answer")
    w()
    w(f"A process that starts, opens the data and answers `{AVERAGE}`: mlwh {starts['mlwh'] * 1000:.0f} ms, DuckDB in Python "
      f"{starts['duckdb'] * 1000:.0f} ms.")
    if size:
        w(f"The program, stripped, the Swift runtime apart: {size:.1f} MB.{static_sizes()}")
    w()
    rows = [(name, first, hot[name]) for name, first in firsts.items() if name in hot]
    slow = [f"{name} {first / warm:.1f}×" for name, first, warm in rows if first > 2 * warm]
    w(f"First runs after opening, over hot ones: median {median([first / warm for _, first, warm in rows]):.2f}×; more than "
      f"twice: {', '.join(slow) or 'none'}.")
    w()
