"""What is noted of the commands that worked on a run: beside the manifest, which equal runs have in common."""

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.errors import RunFailed
from ccnet_lite.run.history import HISTORY_FILE, MOST, read_history, without_secrets
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.running import job

PAGES = [Page(f"https://a.example/{n}", body("en", n)) for n in range(3)]


def run(folder: Path, output: str = "out", *overrides: str) -> Place:
    settings = load_settings(None, overrides)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    run_pipeline(settings, shards, str(folder / output))
    return Place.of(folder / output)


def test_every_command_is_entered_with_its_end_and_surroundings(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_crawl(tmp_path / "crawl", [PAGES])
    monkeypatch.setattr(sys, "argv", ["/x/ccnet-lite", "run", "--input", "https://me:secret@h/a?sig=hidden"])
    with pytest.raises(RunFailed):
        (tmp_path / "crawl" / "broken.warc.wet.gz").write_bytes(b"\x1f\x8b" + bytes(range(256)) * 40)
        run(tmp_path, "out", "ingest.max_bad_fraction=0")
    out = run(tmp_path, "out", "ingest.max_bad_fraction=1")
    failed, done = read_history(out)
    assert failed.outcome.startswith("RunFailed: ingest: ") and done.outcome == "done"
    assert done.command == "ccnet-lite run --input 'https://h/a?...'"
    assert "secret" not in (out / HISTORY_FILE).read_bytes().decode() + without_secrets("x https://a:secret@h y")
    began, ended = (datetime.fromisoformat(each) for each in (done.began, done.ended))
    assert began <= ended and abs((datetime.now(UTC) - ended).total_seconds()) < 60
    assert {"masks", "export"} <= set(done.steps) and "ingest" not in done.steps, "ingest was kept"
    assert done.versions["Python"] == platform.python_version()
    assert done.versions["pyarrow"] == pyarrow.__version__ and "Java" in done.versions
    assert (done.machine.name, done.master) == (platform.node(), spark.sparkContext.master)
    assert done.machine.cores > 0 and done.machine.memory_bytes > 1 << 28


def test_it_is_no_part_of_what_equal_runs_have_in_common(spark: SparkSession, tmp_path: Path) -> None:
    write_crawl(tmp_path / "crawl", [PAGES])
    out = run(tmp_path)
    manifest = (out / "manifest.json").read_bytes()
    assert HISTORY_FILE.encode() not in manifest
    run(tmp_path)
    assert (out / "manifest.json").read_bytes() == manifest and len(read_history(out)) == 2
    for content in (b"no json", b""):  # damaged, it is begun anew
        (out / HISTORY_FILE).write_bytes(content)
        assert job("verify.py", out.uri) == 0
    run(tmp_path)
    (entry,) = read_history(out)
    held = json.loads((out / HISTORY_FILE).read_bytes())
    many = {"commands": held["commands"] * (MOST + 5)}
    (out / HISTORY_FILE).write_bytes(json.dumps(many).encode())
    run(tmp_path)
    assert len(read_history(out)) == MOST and entry.outcome == "done"
