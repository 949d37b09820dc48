"""Job scripts and pipelines, run as a user runs them but in this process, on the session that the tests share."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings

JOBS_FOLDER = Path(__file__).parent.parent / "jobs"


def job(name: str, *arguments: str | Path) -> int:
    """Run jobs/NAME; its exit status."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(JOBS_FOLDER / name), run_name="__main__")
    return int(ended.value.code or 0)


def digests_of_run(inputs: str, output: Path, *overrides: str) -> dict[str, str]:
    """A run; the digests of its tables."""
    settings = load_settings(None, overrides)
    run = run_pipeline(settings, resolve_inputs([inputs], settings.source), str(output))
    return {name: table.digest for name, table in run.tables.items()}


def ledger_by_url(output: Path) -> dict[str, dict[str, Any]]:
    """The rows of a run's ledger."""
    return {row["url"]: row for row in pq.read_table(output / "ledger").to_pylist()}
