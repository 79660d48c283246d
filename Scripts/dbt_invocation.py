"""Runs dbt within the process, for the scripts that record what it selects."""
import contextlib
import io

from dbt.cli.main import dbtRunner


def invoke(root, *arguments):
    with contextlib.redirect_stdout(io.StringIO()):
        result = dbtRunner().invoke([*arguments, "--project-dir", root, "--profiles-dir", root, "--quiet"])
    if result.exception:
        raise result.exception
    return result.result or []


def name(unique_id):
    parts = unique_id.split(".")
    return parts[3] if parts[0] in ("source", "unit_test") else parts[2]
