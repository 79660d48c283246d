#!/usr/bin/env python3
"""Writes Tests/Torture/TPCH/tpch.slt: the 22 queries of TPC-H with DuckDB's answers on the data of
`torture tpch-data DIR` at scale factor 0.1. Needs the duckdb package.

    .build/release/torture tpch-data /tmp/tpch-data
    python3 Scripts/tpch_answers.py /tmp/tpch-data
"""
import hashlib, os, re, sys
import duckdb

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLES = {
    "region": "r_regionkey INTEGER, r_name VARCHAR(25), r_comment VARCHAR(152)",
    "nation": "n_nationkey INTEGER, n_name VARCHAR(25), n_regionkey INTEGER, n_comment VARCHAR(152)",
    "supplier": "s_suppkey INTEGER, s_name VARCHAR(25), s_address VARCHAR(40), s_nationkey INTEGER, "
                "s_phone VARCHAR(15), s_acctbal DECIMAL(15,2), s_comment VARCHAR(101)",
    "part": "p_partkey INTEGER, p_name VARCHAR(55), p_mfgr VARCHAR(25), p_brand VARCHAR(10), p_type VARCHAR(25), "
            "p_size INTEGER, p_container VARCHAR(10), p_retailprice DECIMAL(15,2), p_comment VARCHAR(23)",
    "partsupp": "ps_partkey INTEGER, ps_suppkey INTEGER, ps_availqty INTEGER, ps_supplycost DECIMAL(15,2), "
                "ps_comment VARCHAR(199)",
    "customer": "c_custkey INTEGER, c_name VARCHAR(25), c_address VARCHAR(40), c_nationkey INTEGER, "
                "c_phone VARCHAR(15), c_acctbal DECIMAL(15,2), c_mktsegment VARCHAR(10), c_comment VARCHAR(117)",
    "orders": "o_orderkey INTEGER, o_custkey INTEGER, o_orderstatus VARCHAR(1), o_totalprice DECIMAL(15,2), "
              "o_orderdate DATE, o_orderpriority VARCHAR(15), o_clerk VARCHAR(15), o_shippriority INTEGER, "
              "o_comment VARCHAR(79)",
    "lineitem": "l_orderkey INTEGER, l_partkey INTEGER, l_suppkey INTEGER, l_linenumber INTEGER, "
                "l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), l_discount DECIMAL(15,2), "
                "l_tax DECIMAL(15,2), l_returnflag VARCHAR(1), l_linestatus VARCHAR(1), l_shipdate DATE, "
                "l_commitdate DATE, l_receiptdate DATE, l_shipinstruct VARCHAR(25), l_shipmode VARCHAR(10), "
                "l_comment VARCHAR(44)",
}


def letter(kind):
    kind = str(kind)
    if kind.startswith("DECIMAL") or kind in ("DOUBLE", "FLOAT"):
        return "R"
    return "I" if "INT" in kind else "T"


def text(value, letter):
    if value is None:
        return "NULL"
    return "%.3f" % value if letter == "R" else str(value)


def main(data):
    out = ["# All 22 queries of TPC-H on this package's own data of scale factor 0.1, with DuckDB's answers.",
           "# Written by Scripts/tpch_answers.py; ${TPCH} is the folder of `torture tpch-data`.", "",
           "hash-threshold 400", "", "statement ok",
           "CREATE STAGE tpch URL = 'file://${TPCH}/' FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = '|')", ""]
    database = duckdb.connect()
    for name, columns in TABLES.items():
        database.execute(f"CREATE TABLE {name} ({columns})")
        database.execute(f"COPY {name} FROM '{data}/{name}.tbl' (DELIMITER '|', HEADER false, QUOTE '')")
        count = database.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]
        out += ["statement ok", f"CREATE TABLE {name} ({columns})", "",
                "statement ok", f"COPY INTO {name} FROM @tpch/{name}.tbl", "",
                "query I", f"SELECT COUNT(*) FROM {name}", "----", str(count), ""]
    queries = open(f"{ROOT}/Tests/Trials/Parser/Corpus/tpch.sql").read()
    for part in re.split(r"(?m)^(?=-- TPC-H Q)", queries):
        if not part.startswith("-- TPC-H"):
            continue
        head, sql = part.split("\n", 1)
        sql = sql.strip().rstrip(";")
        answer = database.execute(sql)
        letters = [letter(column[1]) for column in answer.description]
        rows = [[text(value, kind) for value, kind in zip(row, letters)] for row in answer.fetchall()]
        assert rows, head + " answers no rows"
        # Rows that the ORDER BY leaves equal may come in any order.
        order = "nosort" if re.search(r"order by (?!value desc)", sql) else "rowsort"
        sorted_rows = sorted(rows, key=lambda row: [value.encode() for value in row]) if order == "rowsort" else rows
        out += ["# " + head[3:], f"query {''.join(letters)} {order}", sql, "----"]
        count = len(rows) * len(letters)
        if count > 400:
            digest = hashlib.md5("".join(value + "\n" for row in sorted_rows for value in row).encode()).hexdigest()
            out.append(f"{count} values hashing to {digest}")
        else:
            out += ["\t".join(row) for row in sorted_rows]
        out.append("")
    open(f"{ROOT}/Tests/Torture/TPCH/tpch.slt", "w").write("\n".join(out))


if __name__ == "__main__":
    main(sys.argv[1])
