"""Whatever befalls a file of a finished run, verify answers, and names it; edits of what is of no table, too."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.verify import verify
from ccnet_lite.report.of_run import report
from ccnet_lite.run.manifest import RunManifest, read_manifest
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import SparkSettings, load_settings
from ccnet_lite.store.json_files import SEAL, write_json
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, truncated, write_crawl
from tests.damage import copies_damaged
from tests.running import job
from tests.tables import edit_json


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two archives, one of them cut short, with all that a run may hold."""
    folder = tmp_path_factory.mktemp("damage")
    pages = [Page(f"https://a.example/{n}", body("en", n)) for n in range(6)]
    paths = write_crawl(folder / "crawl", [pages[:3], pages[3:]])
    truncated(paths[1], 40)
    overrides = ("ingest.quarantine=true", "ingest.max_bad_fraction=1", "export.write_rejected=true")
    settings = load_settings(None, overrides)
    shards = resolve_inputs([str(path) for path in paths], settings.source)
    run_pipeline(settings, shards, str(folder / "run"), finish=report)
    return folder / "run"


def problems(run: Path) -> tuple[str, ...]:
    return verify(run, SparkSettings()).problems


def copied(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "run")
    return tmp_path / "run"


def test_an_untouched_run_is_ok_and_holds_all_kinds_of_files(finished: Path) -> None:
    assert problems(finished) == ()
    manifest = read_manifest(Place.of(finished))
    assert manifest.files is not None
    assert {"run.json", "sampling.json", "report/index.html", "ledger/_manifest.ledger_decided.json"} <= set(
        manifest.files
    )
    assert [path.name for path in (finished / "quarantine").iterdir()] == ["000001.warc.gz"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_any_accident_is_told_with_the_file_s_name(finished: Path, tmp_path: Path, seed: int) -> None:
    for run, what, names in copies_damaged(finished, tmp_path, seed, 20):
        try:
            said = "\n".join(problems(run))
        except UserError as error:
            assert names == ["manifest.json"], what
            # Where it is not there at all, the folder is told to hold no finished run.
            assert str(run) in str(error) and "manifest.json" in str(error), f"{what}: {error}"
            continue
        for name in names:
            assert str(run / name) in said, f"{what}: {said}"


def test_a_byte_of_quarantine_is_told(finished: Path, tmp_path: Path) -> None:
    run = copied(finished, tmp_path)
    path = run / "quarantine" / "000001.warc.gz"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)
    assert problems(run) == (f"quarantine/000001.warc.gz: {path} has changed since it was written",)
    path.unlink()
    assert problems(run) == (f"quarantine/000001.warc.gz: {path} is missing",)


def test_what_was_set_aside_by_other_settings_goes(finished: Path, tmp_path: Path) -> None:
    run = copied(finished, tmp_path)
    (run / "quarantine" / "notes.txt").write_text("somebody's own")
    settings = load_settings(None, ["ingest.quarantine=false", "ingest.max_bad_fraction=1"])
    shards = resolve_inputs([f"{finished.parent}/crawl/*.gz"], settings.source)
    run_pipeline(settings, shards, str(run), "ingest", "ingest")
    assert [path.name for path in (run / "quarantine").iterdir()] == ["notes.txt"]


def test_a_byte_of_a_footer_that_changes_no_row_is_told(finished: Path, tmp_path: Path) -> None:
    run = copied(finished, tmp_path)
    path = min((run / "signals").rglob("*.parquet"))
    content = path.read_bytes()
    assert content.count(b"parquet-cpp-arrow") == 1
    path.write_bytes(content.replace(b"parquet-cpp-arrow", b"parquet-cpp-arrox"))
    assert problems(run) == (f"signals: {path} has changed, though no row of it has",)


def edited(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """An edit that leaves the digest as it was."""

    def edit(run: Path) -> None:
        manifest = json.loads((run / "manifest.json").read_text())
        change(manifest)
        (run / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))

    return edit


def other(**changes: Any) -> Callable[[Path], None]:
    """An edit with a digest to fit."""

    def edit(run: Path) -> None:
        edit_json(run / "manifest.json", **changes)
        manifest = read_manifest(Place.of(run))
        write_json(Place.of(run / "manifest.json"), manifest)

    return edit


ARCHIVES = {"CC-MAIN-20240518-00000.warc.wet.gz": "0" * 64}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (edited(lambda m: m["settings"]["language"].update(threshold=0.7)), "manifest.json has changed since"),
        (edited(lambda m: m["settings"]["language"].update(threshold=0.7)), "its settings are not those of"),
        (edited(lambda m: m["settings"]["spark"].update(master="local[7]")), "manifest.json has changed since"),
        (edited(lambda m: m["models"].update({"language.model": "0"})), "manifest.json has changed since"),
        (edited(lambda m: m.update(version="9")), "manifest.json has changed since"),
        (edited(lambda m: m["funnel"][0].update(count=99)), "manifest.json has changed since"),
        (edited(lambda m: m["files"].pop("run.json")), "run.json lies there and is no file of the run"),
        (other(funnel=[]), "the funnel in manifest.json is not that of the ledger"),
        (other(archives=ARCHIVES), "00000.warc.wet.gz has SHA-256 000000"),
        (other(archives=ARCHIVES), "00001.warc.wet.gz has SHA-256 None there, "),
        (other(unread_archives={"x.gz": "refused"}), "its unread archives are not those"),
        (lambda run: (run / "sampling.json").write_text("{}"), "sampling.json has changed since it was written"),
        (lambda run: (run / "sampling.json").write_text("{}"), "sampling.json is not what the table statistics"),
        (lambda run: (run / "report" / "index.html").unlink(), "report/index.html is missing"),
        (lambda run: (run / "report" / "more.html").write_text("x"), "report/more.html lies there and is no file"),
        (lambda run: (run / "notes.txt").write_text("x"), "notes.txt lies there and is no file of the run"),
        (
            lambda run: (run / "quarantine" / "000000.warc.gz").write_text("x"),
            "quarantine/000000.warc.gz lies there and is no file of the run",
        ),
        (lambda run: edit_json(run / "run.json", shards=[]), "run.json has changed since it was written"),
        (
            lambda run: edit_json(run / "masks" / "_manifest.json", tally={"a": 1}),
            "masks/_manifest.json has",
        ),
    ],
)
def test_edits_that_matter_are_told(
    finished: Path, tmp_path: Path, edit: Callable[[Path], None], told: str
) -> None:
    run = copied(finished, tmp_path)
    edit(run)
    said = problems(run)
    assert any(told in problem for problem in said), said


def test_another_layout_of_the_same_json_is_no_change(finished: Path, tmp_path: Path) -> None:
    run = copied(finished, tmp_path)
    (run / "manifest.json").write_text(json.dumps(json.loads((run / "manifest.json").read_text())))
    assert problems(run) == ()


def test_a_run_of_before_files_had_sums_is_ok_for_what_it_says(finished: Path, tmp_path: Path) -> None:
    run = copied(finished, tmp_path)
    for path in [run / "manifest.json", *run.rglob("_manifest*.json")]:
        value = json.loads(path.read_text())
        del value[SEAL]
        value.pop("files") if path.name == "manifest.json" else [file.pop("crc32") for file in value["files"]]
        path.write_text(json.dumps(value))
    assert problems(run) == ()
    assert read_manifest(Place.of(run)).files is None
    path = min((run / "signals").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    assert any(str(path) in problem for problem in problems(run))


@pytest.mark.skipif(os.getuid() == 0, reason="root reads whatever it likes")
def test_a_file_that_may_not_be_read_is_told(finished: Path, tmp_path: Path) -> None:
    run = copied(finished, tmp_path)
    for path in (run / "sampling.json", min((run / "corpus").rglob("*.parquet"))):
        path.chmod(0)
        assert any(f"{path} cannot be read" in problem for problem in problems(run))
        path.chmod(0o600)


def test_the_command_answers_in_json_though_the_manifest_is_damaged(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = copied(finished, tmp_path)
    assert job("verify.py", run, "--json") == 0
    verdict = json.loads(capsys.readouterr().out)
    tables: dict[str, Any] = json.loads((run / "manifest.json").read_text())["tables"]
    assert verdict["ok"] is True and set(verdict["tables"]) == set(tables)
    assert set(verdict["tables"]["corpus"]) == {"digest", "rows"}
    (run / "manifest.json").write_text("{")
    assert job("verify.py", run, "--json") == 1
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["ok"] is False and "manifest.json is damaged (" in verdict["problems"][0]
    assert RunManifest.model_fields.keys() >= {"files"}
