"""What a run says it would do, and that it then does just that."""

import json
import os
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.run.models import find_models
from ccnet_lite.run.pipeline import plan, run_pipeline
from ccnet_lite.run.plan import Planned, differences, render_plan
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import load_settings
from tests.crawl import Page, body, write_crawl
from tests.tables import edit_json


def pages(count: int) -> list[Page]:
    return [Page(f"https://a.example/{n}", body("en", n)) for n in range(count)]


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    write_crawl(folder / "crawl", [pages(3), pages(2)])
    run(folder)
    return folder


def run(folder: Path, *overrides: str) -> None:
    settings = load_settings(None, overrides)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    run_pipeline(settings, shards, str(folder / "out"), JOBS[0], JOBS[-1])


def planned(folder: Path, *overrides: str, output: str = "out") -> dict[str, Planned]:
    settings = load_settings(None, overrides)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    return {row.step: row for row in plan(settings, shards, str(folder / output), JOBS[0], JOBS[-1])}


def test_nothing_changed_and_nothing_there(folder: Path) -> None:
    assert all(row.keep for row in planned(folder).values())
    fresh = planned(folder, output="none")
    assert not any(row.keep or row.redo for row in fresh.values())
    assert {row.reasons for row in fresh.values()} == {("not there yet",)}
    assert not (folder / "none").exists()


def test_a_changed_setting_is_named_and_redoes_what_depends_on_it(folder: Path) -> None:
    rows = planned(folder, "sampling.budget=1000")
    assert {name for name, row in rows.items() if row.redo} == {"sampling"}
    assert rows["sampling"].reasons == ("sampling.budget is 1000, was 1000000000000",)
    rows = planned(folder, "language.threshold=0.6")
    assert rows["ingest"].keep and rows["annotate"].keep
    assert len(rows["clusters"].reasons) == 1 and "language_below_threshold" in rows["clusters"].reasons[0]
    assert "clusters is made anew" in rows["paragraphs"].reasons
    assert all(row.redo for name, row in rows.items() if name in ("paragraphs", "decide", "export", "sampling"))


def test_a_changed_archive_and_a_deleted_table_are_named(folder: Path, tmp_path: Path) -> None:
    archive = sorted((folder / "crawl").glob("*.gz"))[1]
    content, seen = archive.read_bytes(), archive.stat()
    archive.write_bytes(content + b"more")
    rows = planned(folder)
    archive.write_bytes(content)
    os.utime(archive, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert rows["ingest"].redo and rows["ingest"].reasons[0].startswith(f"archives.{archive.name} is")
    held = folder / "out" / "sampling"
    held.rename(tmp_path / "sampling")
    rows = planned(folder)
    (tmp_path / "sampling").rename(held)
    assert rows["sampling"].reasons == ("not there yet",)
    assert rows["export"].keep and rows["ingest"].keep
    (lost,) = (folder / "out" / "signals").rglob("part-000001.parquet")
    content = lost.read_bytes()
    lost.unlink()
    rows = planned(folder)
    lost.write_bytes(content[:-1])
    cut = planned(folder)
    lost.write_bytes(content)
    assert rows["annotate"].reasons[0].endswith("part-000001.parquet is missing")
    assert f"has {len(content) - 1:,} bytes, not {len(content):,}" in cut["annotate"].reasons[0]
    assert rows["ingest"].keep and rows["clusters"].reasons == ("signals is made anew",)


def test_a_table_of_another_schema_version_is_made_anew_or_refused(folder: Path) -> None:
    manifest = folder / "out" / "signals" / "_manifest.json"
    whole = manifest.read_text()
    edit_json(manifest, schema_version=0)
    settings = load_settings(None)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    version = json.loads(whole)["schema_version"]
    try:
        rows = planned(folder)
        with pytest.raises(UserError, match=f"the table signals has schema version 0, not {version}"):
            plan(settings, shards, str(folder / "out"), "deduplicate", "deduplicate")
    finally:
        manifest.write_text(whole)
    assert rows["ingest"].keep and rows["annotate"].reasons == (f"signals has schema version 0, now {version}",)


def test_differences_are_by_name() -> None:
    old = {"settings": {"quality": {"lm_dir": "a", "heuristics": True}}, "version": "1"}
    new = {"settings": {"quality": {"lm_dir": "b", "heuristics": True}}, "version": "2", "archives": {"x": 1}}
    assert differences(old, new) == [
        'archives is {"x": 1}, was nothing',
        'quality.lm_dir is "b", was "a"',
        'version is "2", was "1"',
    ]
    assert differences(None, new) == []
    rows = [Planned("ingest", False, True, ("a", "b", "c", "d", "e")), Planned("export", True, False, ())]
    assert render_plan(rows).splitlines() == [
        "[1/2] ingest       redo: a; b; c; and 2 more",
        "[2/2] export       keep",
    ]


def test_the_run_does_what_the_plan_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    expected = {name for name, row in planned(folder, "export.compression_level=5").items() if not row.keep}
    assert expected == {"export", "sampling"}
    capfd.readouterr()
    run(folder, "export.compression_level=5")
    said = capfd.readouterr().err
    assert "export.compression_level is 5, was 3" in said
    lines = [line for line in said.splitlines() if line.endswith(" s")]
    # The statistics came out the same, so the sampling could be kept after all.
    assert {line.split("] ")[1].split(":")[0] for line in lines} == {"export"}


def test_models_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor of a cluster stands in another folder than the driver that the paths were given to."""
    (tmp_path / "lm").mkdir()
    for name in ("lid.bin", "lm/en.sp.model", "lm/en.arpa.bin"):
        (tmp_path / name).write_bytes(b"model")
    monkeypatch.chdir(tmp_path)
    models = find_models(load_settings(None, ["language.model=lid.bin", "quality.lm_dir=lm"]))
    files = models.perplexity["en"]
    assert models.language == tmp_path / "lid.bin"
    assert (files.sp_model, files.lm) == (tmp_path / "lm/en.sp.model", tmp_path / "lm/en.arpa.bin")
