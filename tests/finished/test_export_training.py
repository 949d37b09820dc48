"""Exports of finished runs: all documents once, the same bytes however the work is cut, also when killed."""

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished import export_training as exporting
from ccnet_lite.finished.export_training import ExportOptions, export_training
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.places import Place
from tests.finished.test_train_vocab import run_of, texts
from tests.pretraining.test_vocabulary import make
from tests.running import job

pytest.importorskip("sentencex", reason="needs the extra pretraining")
SPARK = SparkSettings()


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_of(tmp_path_factory.mktemp("export"), "run", 50, 20)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make("xlm-r", tmp_path_factory.mktemp("vocabulary"))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seen(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(folder).items() if not name.startswith("_done")}


FORMATS = ("fairseq", "jsonl", "mds", "megatron")


@pytest.mark.parametrize("format", FORMATS)
def test_every_document_is_there_once_and_bytes_do_not_depend_on_tasks(
    format: str, run: Path, vocabulary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ExportOptions(format, vocabulary)  # type: ignore[arg-type]
    done = export_training([run], tmp_path / "a", SPARK, options)
    assert done.documents == sum(
        len(some) for split in ("train", "validation") for some in texts(run, split).values()
    )
    monkeypatch.setattr("ccnet_lite.stages.items.MAX_TASKS", 1)
    assert export_training([run], tmp_path / "b", SPARK, options) == done and done.kept == 0
    assert files(tmp_path / "a") == files(tmp_path / "b")
    stored = json.loads((tmp_path / "a" / "training.json").read_text())
    found = {name: len(content) for name, content in seen(tmp_path / "a").items() if name != "training.json"}
    assert stored["files"] == found and done.files == len(found)
    counts = stored["languages"]
    assert {language: counts[language]["valid"]["documents"] for language in counts} == {
        language: len(some) for language, some in texts(run, "validation").items()
    }
    before = {
        path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*") if path.name != "training.json"
    }
    again = export_training([run], tmp_path / "a", SPARK, options)
    assert (again.kept, again.parts) == (done.parts, done.parts) and again.documents == done.documents
    after = {path: path.stat().st_mtime_ns for path in before if path.is_file()}
    parts = [
        path for path in after if path.suffix in (".txt", ".jsonl", ".bin", ".mds") and path.name != "dict.txt"
    ]
    assert parts and all(before[path] == after[path] for path in parts)


def test_fairseq_s_files_hold_the_texts(run: Path, tmp_path: Path) -> None:
    export_training([run], tmp_path, SPARK, ExportOptions("fairseq"))
    for split, name in (("train", "train"), ("validation", "valid")):
        for language, some in texts(run, split).items():
            found = (tmp_path / language / f"{name}.txt").read_text().removesuffix("\n\n").split("\n\n")
            squeezed = sorted("".join(text.split()) for text in some)
            assert sorted("".join(document.split()) for document in found) == squeezed
    assert set(seen(tmp_path)) == {"training.json"} | {
        f"{language}/{name}.txt" for language in ("de", "en") for name in ("train", "valid")
    }


@pytest.mark.parametrize("format", ["jsonl", "fairseq"])
def test_a_killed_one_goes_on_and_leaves_the_same(
    format: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ExportOptions(format)  # type: ignore[arg-type]
    whole = export_training([run], tmp_path / "whole", SPARK, options)

    def killed(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "join_parts" if format == "fairseq" else "_counts", killed)
        with pytest.raises(KeyboardInterrupt):
            export_training([run], tmp_path / "cut", SPARK, options)
    assert not (tmp_path / "cut" / "training.json").exists()
    some = sorted(path for path in (tmp_path / "cut" / "_done" / "en").glob("*.json"))
    some[0].unlink()
    damaged = json.loads(some[1].read_text())["files"]
    (tmp_path / "cut" / sorted(damaged)[0]).write_bytes(b"half")
    done = export_training([run], tmp_path / "cut", SPARK, options)
    assert done.kept == whole.parts - 2 and files(tmp_path / "cut") == files(tmp_path / "whole")


def test_what_a_changed_corpus_has_no_more_goes(run: Path, tmp_path: Path) -> None:
    other = run_of(tmp_path, "other", 10, 0, first=900)
    export_training([run, other], tmp_path / "out", SPARK, ExportOptions("jsonl"))
    both = set(seen(tmp_path / "out"))
    (tmp_path / "out" / "mine.txt").write_text("")
    done = export_training([run], tmp_path / "out", SPARK, ExportOptions("jsonl"))
    assert done.kept == 0  # one run's parts have other names
    left = set(seen(tmp_path / "out"))
    assert "mine.txt" in left and not left & {name for name in both if "/00-" in name or "/01-" in name}


def test_languages_and_buckets_are_chosen(run: Path, tmp_path: Path) -> None:
    done = export_training([run], tmp_path / "de", SPARK, ExportOptions("jsonl", languages=("de",)))
    assert done.documents == sum(len(texts(run, split).get("de", [])) for split in ("train", "validation"))
    with pytest.raises(UserError, match="nothing to export"):
        export_training([run], tmp_path / "none", SPARK, ExportOptions("jsonl", buckets=("head",)))
    with pytest.raises(UserError, match="with another --languages: give another folder"):
        export_training([run], tmp_path / "de", SPARK, ExportOptions("jsonl"))


def test_mistakes_are_named(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert job("export_training.py", run, "--as", "megatron", "--to", tmp_path / "m") == 2
    assert "--as megatron needs the folder of a vocabulary: give --vocab" in capsys.readouterr().err
    with pytest.raises(UserError, match="--by sentence does not go with --as jsonl"):
        export_training([run], tmp_path / "j", SPARK, ExportOptions("jsonl", unit="sentence"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("")
    with pytest.raises(UserError, match="neither empty nor an export"):
        export_training([run], tmp_path / "mine", SPARK, ExportOptions("jsonl"))
    assert job("export_training.py", run, "--as", "jsonl", "--to", tmp_path / "j") == 0
    assert f"70 documents, {len(seen(tmp_path / 'j')) - 1} files of" in capsys.readouterr().out


def test_a_document_that_is_lost_is_an_error(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ExportOptions("jsonl")
    part = exporting._parts([run], options, {})[0]
    rows = list(exporting._rows(part))
    shape = exporting.Shape("jsonl", "document", None)
    monkeypatch.setattr(exporting, "_rows", lambda part: rows[1:])
    with pytest.raises(RunFailed, match=rf"holds {len(rows)} documents, {len(rows) - 1} were exported"):
        exporting._write_part(part, Place.of(tmp_path), shape)
