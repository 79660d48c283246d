"""TPC-H: the package's own data, the 22 queries of the parser's corpus, both engines."""
import os
import re
import shutil
import subprocess
import sys

from engines import duckdb_engine, measure_all, mlwh_engine
from queries import Query

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Scripts"))
from tpch_answers import TABLES  # noqa: E402


# Snowflake's AVG of a decimal keeps six digits more than its argument; DuckDB's is a double.
TOLERANCE = 1e-6


def queries():
    with open(f"{ROOT}/Tests/Trials/Parser/Corpus/tpch.sql") as f:
        parts = re.split(r"(?m)^-- TPC-H Q(\d+) ([^(\n]*).*$", f.read())
    return [Query(f"tpch{int(n):02d} {title.strip()}", sql.strip().rstrip(";"), tolerance=TOLERANCE)
            for n, title, sql in zip(parts[1::3], parts[2::3], parts[3::3])]


def generated(arguments):
    """The folder of the tables, made when it is missing."""
    folder = os.path.join(os.path.abspath(arguments.work), f"tpch-{arguments.tpch:g}")
    if not os.path.exists(os.path.join(folder, "lineitem.tbl")):
        os.makedirs(folder, exist_ok=True)
        subprocess.run([arguments.torture, "tpch-data", folder, str(arguments.tpch)], check=True)
    return folder


def run(arguments, selected):
    if not selected:
        return []
    folder = generated(arguments)
    ours_path, theirs_path = (os.path.join(arguments.work, name) for name in ("tpch.mlwh", "tpch.duckdb"))
    shutil.rmtree(ours_path, ignore_errors=True)
    for name in (theirs_path, theirs_path + ".wal"):
        if os.path.exists(name):
            os.unlink(name)
    engines = {"mlwh": mlwh_engine(arguments.mlwh, ours_path), "duckdb": duckdb_engine(theirs_path)}
    engines["mlwh"].ask(f"CREATE STAGE s URL = 'file://{os.path.abspath(folder)}/' "
                        "FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = '|')")
    for table, columns in TABLES.items():
        for engine in engines.values():
            engine.ask(f"CREATE TABLE {table} ({columns})")
        engines["mlwh"].ask(f"COPY INTO {table} FROM @s FILES = ('{table}.tbl')")
        engines["duckdb"].ask(f"COPY {table} FROM '{folder}/{table}.tbl' (DELIMITER '|', HEADER false, QUOTE '')")
    results = measure_all(selected, engines, arguments.repeat)
    for engine in engines.values():
        engine.close()
    return results
