"""Reads the artifacts in a folder with dbt-artifacts-parser, as tools of dbt's ecosystem do: artifacts.py DIR."""

import json
import pathlib
import sys

from dbt_artifacts_parser import parser

folder = pathlib.Path(sys.argv[1])


def load(name):
    return json.loads((folder / name).read_text())


manifest = parser.parse_manifest_v12(load("manifest.json"))
results = parser.parse_run_results_v6(load("run_results.json"))
catalog = parser.parse_catalog_v1(load("catalog.json"))
sources = parser.parse_sources_v3(load("sources.json"))

known = set(manifest.nodes) | set(manifest.sources) | set(manifest.unit_tests or {})
assert manifest.nodes and manifest.sources, "the manifest names no nodes"
assert results.results, "the run has no results"
for result in results.results:
    assert result.unique_id in known, f"{result.unique_id} is not in the manifest"
    assert result.status.value in {"success", "pass", "no-op"}, f"{result.unique_id} came out as {result.status}"
for identity, table in {**catalog.nodes, **catalog.sources}.items():
    assert identity in known, f"{identity} is not in the manifest"
    assert table.columns, f"{identity} has no columns"
for result in sources.results:
    assert result.unique_id in manifest.sources, f"{result.unique_id} is not in the manifest"
# The site of dbt docs walks these.
for identity in known:
    assert identity in manifest.parent_map and identity in manifest.child_map, f"{identity} is in no map"
print(f"artifacts: {len(manifest.nodes)} nodes, {len(results.results)} results, {len(catalog.nodes)} relations: ok")
