"""A finished run is checked against its manifest; whatever was changed since is named."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.verify import verify
from ccnet_lite.run.manifest import read_manifest
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import SparkSettings, load_settings
from ccnet_lite.store.json_files import write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import load_table, pointer, put_table
from ccnet_lite.store.writing import PartWriter
from tests.crawl import Page, body, write_crawl


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    pages = [Page(f"https://a.example/{n}", body("en", n)) for n in range(3)]
    paths = write_crawl(folder / "crawl", [pages])
    settings = load_settings(None)
    shards = resolve_inputs([str(path) for path in paths], settings.source)
    run_pipeline(settings, shards, str(folder / "run"), JOBS[0], JOBS[-1])
    return folder / "run"


def copy_of(run: Path, to: Path) -> Path:
    shutil.copytree(run, to)
    return to


def test_an_untouched_run_is_ok(finished: Path) -> None:
    verdict = verify(finished, SparkSettings())
    said = json.loads((finished / "manifest.json").read_text())["tables"]
    assert verdict.problems == ()
    assert verdict.tables == {n: {"digest": t["digest"], "rows": t["rows"]} for n, t in said.items()}
    assert verdict.tables["corpus"]["rows"] == 3


def changed_text(path: Path) -> None:
    """Write a corpus file again with another text of the same length."""
    table = pq.ParquetFile(path).read()
    place = table.schema.get_field_index("text")
    texts = [text.as_py().replace("The", "Teh", 1) for text in table["text"]]
    pq.write_table(table.set_column(place, "text", pa.array(texts)), path)


def first_file(run: Path, table: str) -> Path:
    return min((run / table).rglob("*.parquet"))


def told(run: Path, path: Path) -> None:
    """Have the table's manifest say the size that the file has now."""
    where = pointer(Place.of(run), path.relative_to(run).parts[0]).path
    manifest = json.loads(where.read_text())
    name = "/".join(path.relative_to(run).parts[1:])
    for file in manifest["files"]:
        if file["name"] == name:
            file["bytes"] = path.stat().st_size
    where.write_text(json.dumps(manifest))


def test_what_happened_to_a_file_is_said_with_its_name(finished: Path, tmp_path: Path) -> None:
    run = copy_of(finished, tmp_path / "run")
    damaged = ("signals", "decisions", "documents", "corpus")
    missing, cut, flipped, grown = (first_file(run, name) for name in damaged)
    stray = run / "clusters" / "stray.parquet"
    missing.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 3] ^= 64
    flipped.write_bytes(content)
    changed_text(grown)
    shutil.copy(first_file(run, "others"), stray)
    problems = verify(run, SparkSettings()).problems
    assert [problem.partition(" ")[0] for problem in sorted(problems)] == [
        "clusters:",
        "corpus:",
        "decisions:",
        "documents:",
        "signals:",
    ]
    said = {problem.partition(":")[0]: problem for problem in problems}
    assert f"{stray} lies there and is no file of the table" in said["clusters"]
    assert f"{grown} has {grown.stat().st_size:,} bytes, not " in said["corpus"]
    assert str(flipped) in said["documents"]
    assert f"{cut} has {cut.stat().st_size:,} bytes, not {cut.stat().st_size + 1:,}" in said["decisions"]
    assert f"{missing} is missing" in said["signals"]


def test_a_text_of_the_same_length_is_told_by_its_digest(finished: Path, tmp_path: Path) -> None:
    run = copy_of(finished, tmp_path / "run")
    path = first_file(run, "corpus")
    changed_text(path)
    told(run, path)
    verdict = verify(run, SparkSettings())
    assert any(p.startswith(f"corpus: {path} has changed: 3 rows, not 3") for p in verdict.problems)
    assert "corpus" not in verdict.tables and verdict.tables["signals"]["rows"] == 3


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_no_flipped_byte_of_a_file_ends_in_anything_but_a_verdict(
    finished: Path, tmp_path: Path, place: int
) -> None:
    run = copy_of(finished, tmp_path / "run")
    path = first_file(run, "ledger")
    content = bytearray(path.read_bytes())
    content[len(content) * place // 100] ^= 255
    path.write_bytes(content)
    found = {problem.partition(":")[0] for problem in verify(run, SparkSettings()).problems}
    assert found <= {"ledger", "ledger_decided"}


def test_a_ledger_that_was_made_up_anew_does_not_pass_for_the_runs(finished: Path, tmp_path: Path) -> None:
    """Every digest is right, and a document is kept by the ledger that does not lie in the corpus."""
    run = copy_of(finished, tmp_path / "run")
    place, manifest = Place.of(run), read_manifest(Place.of(run))
    path = next(
        p for p in sorted((run / "ledger").rglob("*.parquet")) if "kept" in str(pq.read_table(p)["outcome"])
    )
    rows = pq.ParquetFile(path).read().to_pylist()
    rows[0]["doc_id"] = "0" * 32
    fingerprint = manifest.tables["ledger"].fingerprint
    writer = PartWriter(place, "ledger", fingerprint, path.name)
    writer.write(pa.RecordBatch.from_pylist(rows, arrow_schema("ledger")))
    again = writer.close()
    ledger = load_table(place, "ledger")
    assert ledger is not None
    files = [again if file.name == again.name else file for file in ledger.files]
    made = put_table(place, "ledger", fingerprint, files)
    told_of = manifest.tables["ledger"].model_copy(update={"digest": made.digest, "bytes": made.manifest.bytes})
    tables = manifest.tables | {"ledger": told_of}
    write_json(place / "manifest.json", manifest.model_copy(update={"tables": tables}))
    problems = verify(run, SparkSettings()).problems
    assert problems[0] == f"ledger/_manifest.json: {run}/ledger/_manifest.json has changed since it was written"
    assert "the sums do not meet: ledger: sum of ids, of documents" in problems[1]
    assert len(problems) == 2


def test_a_folder_without_a_finished_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no finished run"):
        verify(tmp_path, SparkSettings())


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "null", '{"format": "other"}', '{"format": "ccnet_lite.run", "tables": {"a": {}}}'],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UserError, match=r"manifest.json is damaged \(.*call ccnet-lite run again"):
        verify(tmp_path, SparkSettings())
