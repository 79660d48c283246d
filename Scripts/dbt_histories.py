#!/usr/bin/env python3
"""Writes what dbt makes of random changes of a source over several days: the answers that Fixtures/dbt holds.

    python -m venv /tmp/dbt && /tmp/dbt/bin/pip install dbt-duckdb
    /tmp/dbt/bin/python Scripts/dbt_histories.py Fixtures/dbt/histories.json [WORLDS DAYS SEED]

Each world is a table `items` that changes from day to day, and what snapshots and incremental models hold after each
day. The models read `events`: the items with rows that have no key, no time, or come days late. dbt runs on DuckDB, with the statements that it has for Snowflake in place of DuckDB's own (one MERGE for a
snapshot, DELETE with IN for delete+insert) and with a clock that the script sets. Times have three digits of a second,
the last of them not 0, so that DuckDB writes them into hashes as Snowflake does.

Left out is what differs on purpose: keys that are NULL, keys that come back with a stamp they had, and keys that change
without a new stamp where the stamp is part of the hash. dbt loses such rows, or writes them again each day.
"""
import contextlib, datetime, io, json, os, random, shutil, sys, tempfile
import duckdb
from dbt.cli.main import dbtRunner

META = "{'dbt_valid_from': 'since', 'dbt_valid_to': 'until', 'dbt_scd_id': 'version', " \
       "'dbt_updated_at': 'stamped', 'dbt_is_deleted': 'gone'}"
END = "cast('9999-12-31 00:00:00' as timestamp)"
SNAPSHOTS = {}
for deletes in ("ignore", "invalidate", "new_record"):
    SNAPSHOTS["by_stamp_" + deletes] = f"strategy='timestamp', updated_at='touched', unique_key='id', hard_deletes='{deletes}'"
    SNAPSHOTS["by_values_" + deletes] = f"strategy='check', check_cols=['value', 'note'], unique_key='id', hard_deletes='{deletes}'"
    SNAPSHOTS["by_all_" + deletes] = f"strategy='check', check_cols='all', updated_at='touched', unique_key=['id', 'part'], hard_deletes='{deletes}'"
    SNAPSHOTS["to_end_" + deletes] = f"strategy='timestamp', updated_at='touched', unique_key=['id', 'part'], " \
        f"hard_deletes='{deletes}', dbt_valid_to_current=\"{END}\""
    SNAPSHOTS["renamed_" + deletes] = f"strategy='check', check_cols=['value'], unique_key='id', hard_deletes='{deletes}', " \
        f"snapshot_meta_column_names={META}, dbt_valid_to_current=\"{END}\""
SNAPSHOTS["by_late_stamp"] = "strategy='timestamp', updated_at='stamp', unique_key='id', hard_deletes='ignore'"

KEYED = "select id, part, value, note, touched from {{ source('raw', 'events') }}"
NEWER = KEYED + " {% if is_incremental() %}where touched > (select max(touched) from {{ this }}){% endif %}"
MODELS = {
    "appended": ("incremental_strategy='append'", NEWER),
    "merged": ("incremental_strategy='merge', unique_key='id'", NEWER),
    "merged_by_two": ("incremental_strategy='merge', unique_key=['id', 'part']", KEYED),
    "merged_some": ("incremental_strategy='merge', unique_key='id', merge_update_columns=['value']", KEYED),
    "merged_but": ("incremental_strategy='merge', unique_key='id', merge_exclude_columns=['value', 'note']", KEYED),
    "merged_where": ("incremental_strategy='merge', unique_key='id', "
                     "incremental_predicates=['DBT_INTERNAL_DEST.value >= 5']", KEYED),
    "replaced": ("incremental_strategy='delete+insert', unique_key='id'", KEYED),
    "replaced_by_two": ("incremental_strategy='delete+insert', unique_key=['part', 'value']", NEWER),
    "replaced_where": ("incremental_strategy='delete+insert', unique_key='part', "
                       "incremental_predicates=['value >= 5']", KEYED),
    "batched": ("incremental_strategy='microbatch', event_time='touched', begin='2026-01-01', batch_size='day'", KEYED),
}
# From the second day on these models give other columns, from the third the first again.
CHANGES = [(name, on, "incremental_strategy='append'") for name, on in (
    ("appended_ignoring", "ignore"), ("appended_failing", "fail"), ("appended_growing", "append_new_columns"),
    ("appended_synced", "sync_all_columns"))] + [
    ("merged_growing", "append_new_columns", "incremental_strategy='merge', unique_key='id'"),
    ("replaced_synced", "sync_all_columns", "incremental_strategy='delete+insert', unique_key='id'")]
SHAPES = ["id, value, note", "id, note, part", "id, part, value, note"]

MACROS = """
{% macro duckdb__snapshot_get_time() %}(select now from raw.today){% endmacro %}
{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) %}{{ default__snapshot_merge_sql(target, source, insert_cols) }}{% endmacro %}
{% macro duckdb__get_delete_insert_merge_sql(t, s, k, d, p) %}{{ default__get_delete_insert_merge_sql(t, s, k, d, p) }}{% endmacro %}
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def make_project(root):
    write(root + "/dbt_project.yml", "name: days\nversion: '1.0'\nprofile: days\nflags: {send_anonymous_usage_stats: false}\n")
    write(root + "/profiles.yml", f"days:\n  target: dev\n  outputs:\n    dev: {{type: duckdb, path: {root}/days.duckdb, threads: 1}}\n")
    write(root + "/macros/snowflake.sql", MACROS)
    write(root + "/models/raw.yml", "sources:\n  - name: raw\n    tables:\n      - name: items\n      - name: events\n        config: {event_time: touched}\n")
    for name, config in SNAPSHOTS.items():
        columns = "id, part, value, note, touched" + (", stamp" if name == "by_late_stamp" else "")
        write(f"{root}/snapshots/{name}.sql",
              f"{{% snapshot {name} %}}{{{{ config({config}) }}}}select {columns} from {{{{ source('raw', 'items') }}}}{{% endsnapshot %}}")
    for name, (config, sql) in MODELS.items():
        write(f"{root}/models/{name}.sql", f"{{{{ config(materialized='incremental', {config}) }}}}{sql}")


def write_changes(root, day):
    for name, on, config in CHANGES:
        write(f"{root}/models/{name}.sql", f"{{{{ config(materialized='incremental', on_schema_change='{on}', {config}) }}}}"
              f"select {SHAPES[day % 3]} from {{{{ source('raw', 'events') }}}} where value is not null or note is not null")


def stamp(day, chance):
    return f"2026-01-{day:02} {chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}.{chance.randrange(100):02}{chance.randrange(1, 10)}"


def new_row(key, day, chance):
    return {"id": key, "part": chance.choice(["a", "b", "c"]), "value": chance.choice([None, *range(10)]),
            "note": chance.choice([None, "", "x", "Zürich", "it's | odd"]),
            "stamp": chance.choice([None, stamp(day, chance), stamp(day, chance)]), "touched": stamp(day, chance)}


def next_day(rows, gone, day, chance):
    """Some rows go, some change, some come back, some are new."""
    result = []
    for row in rows:
        kind = chance.random()
        if kind < 0.2:
            gone.append(row["id"])
            continue
        row = dict(row)
        if kind < 0.5:
            other = new_row(row["id"], day, chance)
            row["touched"] = other["touched"]
            for column in ("value", "note", "stamp"):
                if chance.random() < 0.6:
                    row[column] = other[column]
            if chance.random() < 0.2:
                row["stamp"] = stamp(max(1, day - 2), chance)
        result.append(row)
    for key in list(gone):
        if chance.random() < 0.4:
            gone.remove(key)
            result.append(new_row(key, day, chance))
    top = max([row["id"] for row in result] + gone + [0])
    for key in range(top + 1, top + 1 + chance.randrange(3)):
        result.append(new_row(key, day, chance))
    return result


def events_of(rows, day, chance):
    """The items, and rows whose key is NULL, whose time is NULL, and that come late."""
    result = list(rows)
    for number in range(chance.randrange(4)):
        row = new_row(None, chance.randrange(max(1, day - 3), day + 1), chance)
        row["part"] = chance.choice([None, row["part"]])
        if chance.random() < 0.2:
            row["touched"] = None
        result.append(row)
    if chance.random() < 0.7:
        result.append(new_row(100 + day, max(1, day - chance.randrange(4)), chance))
    return result


def text(value):
    return value.isoformat(" ", "milliseconds") if isinstance(value, datetime.datetime) else None if value is None else str(value)


def world(seed, days):
    chance = random.Random(seed)
    root = tempfile.mkdtemp(prefix="dbt-days-")
    make_project(root)
    rows, gone, result = [new_row(key, 1, chance) for key in range(1, 6)], [], []
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    for day in range(1, days + 1):
        if day > 1:
            rows = next_day(rows, gone, day, chance)
        events = events_of(rows, day, chance)
        write_changes(root, day)
        now = f"2026-01-{day:02} 23:59:59.{chance.randrange(100):02}{chance.randrange(1, 10)}"
        with duckdb.connect(root + "/days.duckdb") as connection:
            connection.execute("create schema if not exists raw")
            connection.execute("create or replace table raw.today as select cast(? as timestamp) as now", [now])
            for table, content in (("items", rows), ("events", events)):
                connection.execute(f"create or replace table raw.{table} (id integer, part varchar, value integer, "
                                   "note varchar, stamp timestamp, touched timestamp)")
                for row in content:
                    connection.execute(f"insert into raw.{table} values (?, ?, ?, ?, ?, ?)", list(row.values()))
        with contextlib.redirect_stdout(io.StringIO()):
            outcome = dbtRunner().invoke(["build", "--project-dir", root, "--profiles-dir", root, "--quiet",
                "--event-time-start", "2026-01-01" if day == 1 else f"2026-01-{max(1, day - 1):02}",
                "--event-time-end", f"2026-01-{day + 1:02}"])
        if outcome.exception:
            raise outcome.exception
        failed = {r.node.name: r.message for r in outcome.result if r.status not in ("success",)}
        relations = {}
        with duckdb.connect(root + "/days.duckdb") as connection:
            for name in [*SNAPSHOTS, *MODELS, *(c[0] for c in CHANGES)]:
                found = connection.execute(f"select * from main.{name}")
                names = [column[0] for column in found.description]
                order = sorted(range(len(names)), key=lambda place: names[place])
                table = [[text(row[place]) for place in order] for row in found.fetchall()]
                table.sort(key=lambda row: [value or "" for value in row])
                relations[name] = {"columns": [names[place] for place in order], "rows": table}
                if name in failed:
                    relations[name]["fails"] = True
                    print(seed, day, name, failed[name].replace("\n", " ")[:150], file=sys.stderr)
        sources = {"items": rows, "events": events}
        result.append({"now": now, "relations": relations, "sources": {
            name: [[text(value) for value in row.values()] for row in content] for name, content in sources.items()}})
    shutil.rmtree(root)
    return {"seed": seed, "days": result}


def main():
    path, (worlds, days, first) = sys.argv[1], map(int, sys.argv[2:] or ["2", "4", "1"])
    answers = [world(first + number, days) for number in range(worlds)]
    def compact(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    lines = []
    for answer in answers:
        parts = []
        for day in answer["days"]:
            relations = ",\n".join(f"   {compact(name)}:{compact(table)}" for name, table in day["relations"].items())
            parts.append(f'  {{"now":{compact(day["now"])},"sources":{compact(day["sources"])},"relations":{{\n{relations}}}}}')
        lines.append(f' {{"seed":{answer["seed"]},"days":[\n' + ",\n".join(parts) + "]}")
    write(os.path.abspath(path), "[\n" + ",\n".join(lines) + "]\n")


if __name__ == "__main__":
    main()
