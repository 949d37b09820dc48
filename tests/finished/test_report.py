"""The report of a finished run, told of, made where it is missing, and made anew as the run made it."""

import json
import shutil
from pathlib import Path

import pytest

from ccnet_lite.finished.opened import open_run
from ccnet_lite.report import of_run
from ccnet_lite.run.folder import held_shards
from ccnet_lite.run.manifest import read_manifest, small_file
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.store.json_files import write_json
from ccnet_lite.store.places import Place
from tests.finished.test_explain import finished, lm_dir
from tests.running import job

__all__ = ["finished", "lm_dir"]


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of the run, with the report that a run itself makes."""
    folder = Path(shutil.copytree(finished, tmp_path / "run"))
    shards = held_shards(Place.of(folder))
    assert shards is not None
    run_pipeline(open_run(folder).settings, shards, str(folder), finish=of_run.report)
    return folder


def report(run: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert job("report.py", str(run), "--json", *words) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_it_is_found_made_where_it_is_missing_and_made_anew_the_same(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = run / "report" / "index.html"
    first = page.read_bytes()
    found = report(run, capsys)
    assert (found["report"], found["made"]) == (str(page), False)
    assert found["funnel"] == json.loads((run / "manifest.json").read_text())["funnel"]
    page.unlink()
    assert report(run, capsys)["made"] is True
    assert page.read_bytes() == first, "as the run itself made it"
    page.write_text("of an older version")
    manifest = read_manifest(Place.of(run))
    files = {**(manifest.files or {}), "report/index.html": small_file(Place.of(page))}
    write_json(Place.of(run) / "manifest.json", manifest.model_copy(update={"files": files}))
    assert report(run, capsys)["made"] is False
    assert report(run, capsys, "--again")["made"] is True
    assert page.read_bytes() == first
    assert job("verify.py", str(run)) == 0


def test_it_is_told_of_in_words_and_copied(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert job("report.py", str(run), "--copy", tmp_path / "page.html") == 0
    said = capsys.readouterr().out
    assert "language  " in said and said.rstrip().endswith("report/index.html")
    assert (tmp_path / "page.html").read_bytes() == (run / "report" / "index.html").read_bytes()
    assert job("report.py", str(run), "--copy", tmp_path / "none" / "page.html") == 2
    assert "cannot be written: No such file" in capsys.readouterr().err
    assert job("report.py", str(tmp_path)) == 2


def test_a_language_or_rule_that_was_meant_is_named(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["--language", "english"], "its corpus has no language english: did you mean en?"),
        (["--dropped-by", "language_droped"], "was dropped by language_droped: did you mean language_dropped?"),
        (["--dropped-by", "too_short", "--language", "German"], "did you mean de?"),
    ):
        assert job("sample.py", str(run), *words) == 2
        assert said in capsys.readouterr().err
