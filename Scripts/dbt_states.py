#!/usr/bin/env python3
"""Writes what `dbt ls --state` names after changes of a project: the answers that Fixtures/dbt/states.json holds.

    python -m venv /tmp/dbt && /tmp/dbt/bin/pip install dbt-duckdb
    /tmp/dbt/bin/python Scripts/dbt_states.py Fixtures/dbt/states.json

The project is that of Tests/WarehouseModelsTests/DbtStateTests.swift, where a change is a variable.
"""
import json, os, random, shutil, sys, tempfile
from dbt_invocation import invoke, name

CHANGES = ["body", "tags", "ephemeral", "kept", "meta", "about", "group", "hook", "grants", "schema", "seed", "extra", "gone",
           "severity", "where", "singular", "strategy", "owner", "rows", "contract", "freshness", "key"]
SELECTORS = ["state:new", "state:old", "state:unmodified", "state:modified", "state:modified+", "+state:modified",
             "state:modified.body", "state:modified.configs", "state:modified.relation", "state:modified.contract",
             "state:modified,resource_type:model", "state:modified.body+1"]


def files(changed):
    def one(change, without, with_it):
        return with_it if change in changed else without
    # Settings stand apart from the SQL, as in Swift: within it they would be changes of the body.
    summed = ["materialized: " + one("kept", "table", "view"), one("meta", "", "meta: {owner: ann}"),
              one("group", "", "group: finance"), one("tags", "", "tags: [gold]"), one("hook", "", "post_hook: select 1"),
              one("grants", "", "grants: {select: [reader]}"), one("schema", "", "schema: other")]
    typed = one("contract", "true", "false")
    result = {
        "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
        "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n",
        "seeds/codes.csv": "n,code\n1,a\n" + one("seed", "", "2,b\n"),
        "models/doubled.sql": "select n * 2 as n from {{ source('raw', 'numbers') }}" + one("body", "", " where n > 0"),
        "models/positive.sql": "{{ config(materialized='ephemeral') }} select n from {{ ref('doubled') }} where n > "
                               + one("ephemeral", "0", "1"),
        "models/summed.sql": "select sum(n) as n from {{ ref('positive') }} join {{ ref('codes') }} using (n)",
        "models/typed.sql": "select n from {{ ref('summed') }}",
        "models/added.sql": "select n, n as m from {{ ref('typed') }}",
        "tests/none_negative.sql": "select n from {{ ref('summed') }} where n < " + one("singular", "0", "1"),
        "snapshots/history.sql": "{% snapshot history %}select n from {{ ref('doubled') }}{% endsnapshot %}",
        "models/schema.yml": f"""
groups: [{{name: finance, owner: {{name: Ann}}}}]
sources:
  - name: raw
    schema: raw
    config: {{loaded_at_field: at, freshness: {{warn_after: {{count: {one("freshness", "1", "2")}, period: day}}}}}}
    tables: [{{name: numbers, columns: [{{name: n, data_tests: [unique]}}]}}]
models:
  - name: doubled
    columns:
      - name: n
        data_tests: [{{not_null: {{config: {{severity: {one("severity", "error", "warn")}}}}}}}]
  - name: summed
    description: {one("about", "Sums.", "All sums.")}
    config: {{{", ".join(part for part in summed if part)}}}
    columns:
      - name: n
        data_tests: [{{unique: {{config: {{where: {one("where", "n > 0", "n > 1")}}}}}}}]
  - name: typed
    config: {{contract: {{enforced: {typed}}}}}
    columns: [{{name: n, data_type: bigint}}]
  - name: added
    config: {{materialized: incremental, unique_key: {one("key", "[n]", "[n, m]")}}}
snapshots:
  - name: history
    config: {{unique_key: n, strategy: check, check_cols: {one("strategy", "all", "[n]")}}}
unit_tests:
  - name: adds_up
    model: typed
    given: [{{input: ref('summed'), rows: [{{n: {one("rows", "1", "2")}}}]}}]
    expect: {{rows: [{{n: {one("rows", "1", "2")}}}]}}
exposures:
  - name: board
    type: dashboard
    owner: {{name: {one("owner", "Ann", "Ada")}}}
    depends_on: [ref('typed')]
""",
    }
    if "extra" in changed:
        result["models/extra.sql"] = "select n from {{ ref('summed') }}"
        result["models/extra.yml"] = "models: [{name: extra, columns: [{name: n, data_tests: [not_null]}]}]\n"
    if "gone" not in changed:
        result["models/leaving.sql"] = "select n from {{ ref('summed') }}"
    return result


def write(root, changed):
    shutil.rmtree(root, ignore_errors=True)
    for path, text in files(changed).items():
        os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
        with open(f"{root}/{path}", "w") as file:
            file.write(text)


def main():
    chance, root = random.Random(7), tempfile.mkdtemp(prefix="dbt-states-")
    cases = [[change] for change in CHANGES] + [[]]
    cases += [sorted(chance.sample(CHANGES, chance.choice([2, 3, 5]))) for _ in range(12)]
    write(f"{root}/old", [])
    invoke(f"{root}/old", "parse")
    found = []
    for changed in cases:
        write(f"{root}/new", changed)
        for selector in SELECTORS:
            lines = invoke(f"{root}/new", "ls", "--select", selector, "--state", f"{root}/old/target", "--resource-type", "all",
                           "--output", "json", "--output-keys", "unique_id")
            found.append((changed, selector, sorted(name(json.loads(line)["unique_id"]) for line in lines)))
    shutil.rmtree(root)
    nodes = sorted({node for case in found for node in case[2]})
    lines = [json.dumps([*case[:2], [nodes.index(node) for node in case[2]]], separators=(",", ":")) for case in found]
    with open(sys.argv[1], "w") as file:
        file.write('{"nodes":' + json.dumps(nodes, separators=(",", ":")) + ',\n"cases":[\n' + ",\n".join(lines) + "]}\n")


if __name__ == "__main__":
    main()
