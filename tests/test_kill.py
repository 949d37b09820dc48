"""A run that is killed goes on: the same command finishes it and gives the same tables."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from ccnet_lite.steps import JOBS
from tests.crawl import Page, body, write_crawl

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kill")
    shards = [[Page(f"https://{s}.example/{n}", body("en", 7 * s + n)) for n in range(6)] for s in range(4)]
    write_crawl(folder / "crawl", shards)
    return folder


def start(folder: Path, output: str) -> subprocess.Popen[str]:
    command = [sys.executable, "jobs/run_pipeline.py", "--config", "conf/local.toml"]
    command += ["--set", "spark.master=local[1]", "--input", f"{folder}/crawl/*.gz"]
    command += ["--output", str(folder / output)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def digests(output: Path) -> dict[str, str]:
    tables = json.loads((output / "manifest.json").read_text())["tables"]
    return {name: table["digest"] for name, table in tables.items()}


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    """SIGKILL to the driver, its JVM and its workers as soon as the run got so far."""
    while not reached():
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_killed_between_archives_and_while_exporting(spark: SparkSession, crawl: Path) -> None:
    process = start(crawl, "killed")
    work = crawl / "killed" / "_work"
    kill_when(process, lambda: any(work.glob("ingest-*/_done/*.json")))
    assert not (crawl / "killed" / "documents").exists()

    process = start(crawl, "killed")
    kill_when(process, lambda: any(work.glob("export-*/layout/*")))
    assert (crawl / "killed" / "decisions" / "_manifest.json").exists()
    assert not (crawl / "killed" / "ledger").exists()

    process = start(crawl, "killed")
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert "ingest: nothing changed, kept" in said and "decide: nothing changed, kept" in said
    settings = load_settings(REPOSITORY / "conf" / "local.toml")
    shards = resolve_inputs([f"{crawl}/crawl/*.gz"], settings.source)
    run_pipeline(settings, shards, crawl / "whole", JOBS[0], JOBS[-1])
    assert digests(crawl / "killed") == digests(crawl / "whole")
    assert not work.exists()
