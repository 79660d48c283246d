#!/usr/bin/env python3
"""Writes what `dbt ls` names for a few hundred selections: the answers that Fixtures/dbt/selections.json holds.

    python -m venv /tmp/dbt && /tmp/dbt/bin/pip install dbt-duckdb
    /tmp/dbt/bin/python Scripts/dbt_selections.py Fixtures/dbt/selections.json

The project is that of Tests/WarehouseModelsTests/Shop.swift. Left out are sources by their bare names, which dbt wants
with `source:`, and the package of macros that stands for dbt_utils has only what the tests need.
"""
import json, os, random, shutil, sys, tempfile
from dbt_invocation import invoke, name

FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n",
    "packages.yml": "packages: [{local: utils}]\n",
    "utils/dbt_project.yml": "name: dbt_utils\nversion: '1.0'\n",
    "utils/macros/tests.sql":
        "{% test unique_combination_of_columns(model, combination_of_columns) %}select 1 from {{ model }}{% endtest %}\n"
        "{% test expression_is_true(model, expression) %}select 1 from {{ model }}{% endtest %}\n",
    "seeds/country_regions.csv": "country,region\nDE,EMEA\n",
    "models/raw.yml": "sources:\n  - name: raw\n    tables: [{name: raw_order_lines, identifier: order_lines}]\n",
    "models/stg_products.sql": "{{ config(tags=['staging']) }} select 1 as id from {{ source('raw', 'raw_order_lines') }}",
    "models/paid_lines.sql": "{{ config(materialized='ephemeral') }} select 1 as id from {{ source('raw', 'raw_order_lines') }}",
    "models/fct_lines.sql": "{{ config(materialized='incremental', tags=['fct'], unique_key=['order_id', 'line_no']) }} "
                            "select 1 as product_id from {{ ref('paid_lines') }}",
    "models/revenue_by_tag.sql": "{{ config(materialized='table', tags=['gold']) }} select 1 as id from {{ ref('fct_lines') }} "
                                 "join {{ ref('stg_products') }} using (id) join {{ ref('country_regions') }} using (id)",
    "snapshots/product_history.sql":
        "{% snapshot product_history %}{{ config(unique_key='id', strategy='check', check_cols=['name', 'country'], "
        "hard_deletes='new_record') }}select * from {{ ref('stg_products') }}{% endsnapshot %}",
    "tests/no_refunds.sql": "select * from {{ ref('fct_lines') }} where false",
    "analyses/big_orders.sql": "select * from {{ ref('fct_lines') }}",
    "models/schema.yml": """
models:
  - name: fct_lines
    data_tests:
      - dbt_utils.unique_combination_of_columns: {arguments: {combination_of_columns: [order_id, line_no]}}
      - dbt_utils.expression_is_true: {arguments: {expression: amount_is_not_negative}}
    columns:
      - name: product_id
        data_tests: [not_null, {relationships: {arguments: {to: ref('stg_products'), field: id}}}]
      - name: amount
        data_tests: [{not_null: {config: {severity: warn}}}]
unit_tests:
  - name: counts_once
    model: fct_lines
    given: [{input: ref('paid_lines'), rows: [{id: 1}]}]
    expect: {rows: [{product_id: 1}]}
exposures:
  - name: shop_board
    type: dashboard
    owner: {name: Ann}
    depends_on: [ref('revenue_by_tag')]
""",
}
ATOMS = """
    fct_lines stg_products source:raw source:raw.raw_order_lines source:shop.raw.raw_order_lines source:* tag:gold tag:fct tag:*
    config.materialized:table config.materialized:incremental config.severity:warn config.tags:fct resource_type:model
    resource_type:seed resource_type:test resource_type:unit_test resource_type:source resource_type:snapshot
    resource_type:exposure resource_type:analysis test_type:generic test_type:singular test_type:unit test_type:data
    test_name:not_null test_name:unique_combination_of_columns test_name:dbt_utils.expression_is_true exposure:shop_board
    exposure:* unit_test:counts_once unit_test:* package:shop package:this package:dbt_utils shop shop.fct_lines fqn:fct_lines
    fqn:shop.* fqn:* *_lines [a-c]* no_refunds relationships_fct_lines_product_id__id__ref_stg_products_ not_null_* big_orders
    product_history country_regions paid_lines revenue_by_tag access:protected access:public counts_once shop_board nowhere
    group:x version:latest dbt_utils_unique* unique*""".split()
MODES = ["eager", "cautious", "buildable", "empty"]


def main():
    chance, root, cases = random.Random(5), tempfile.mkdtemp(prefix="dbt-selections-"), []
    for path, text in FILES.items():
        os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
        with open(f"{root}/{path}", "w") as file:
            file.write(text)
    invoke(root, "deps")

    def criterion():
        atom = chance.choice(ATOMS)
        return chance.choice([atom, "+" + atom, atom + "+", "1+" + atom, atom + "+1", "@" + atom, f"2+{atom}+1", f"+{atom}+"])
    words = list(ATOMS)
    for _ in range(110):
        words.append(" ".join(",".join(criterion() for _ in range(chance.choice([1, 1, 2])))
                              for _ in range(chance.choice([1, 1, 1, 2, 2, 3]))))
    for index, word in enumerate(words):
        exclude = [] if index < len(ATOMS) or chance.random() < 0.7 else [
            chance.choice(ATOMS), "+" + chance.choice(ATOMS)][:chance.choice([1, 2])]
        for mode in MODES if index < 40 or chance.random() < 0.5 else MODES[:1]:
            found = invoke(root, "ls", "--select", *word.split(" "), "--resource-type", "all", "--output", "json",
                           "--output-keys", "unique_id", "--indirect-selection", mode,
                           *(["--exclude", *exclude] if exclude else []))
            cases.append((word, exclude, mode, sorted(name(json.loads(line)["unique_id"]) for line in found)))
    shutil.rmtree(root)
    nodes = sorted({node for case in cases for node in case[3]})
    lines = [json.dumps([*case[:3], [nodes.index(node) for node in case[3]]], separators=(",", ":")) for case in cases]
    with open(sys.argv[1], "w") as file:
        file.write('{"nodes":' + json.dumps(nodes, separators=(",", ":")) + ',\n"cases":[\n' + ",\n".join(lines) + "]}\n")


if __name__ == "__main__":
    main()
