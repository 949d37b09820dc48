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
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import SparkSettings, load_settings
from tests.crawl import Page, body, write_crawl


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    pages = [Page(f"https://a.example/{n}", body("en", n)) for n in range(3)]
    paths = write_crawl(folder / "crawl", [pages])
    settings = load_settings(None)
    shards = resolve_inputs([str(path) for path in paths], settings.source)
    run_pipeline(settings, shards, folder / "run", JOBS[0], JOBS[-1])
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


def test_a_changed_text_a_missing_file_and_a_stray_one_are_named(finished: Path, tmp_path: Path) -> None:
    changed = copy_of(finished, tmp_path / "changed")
    path = next((changed / "corpus").rglob("*.parquet"))
    table = pq.ParquetFile(path).read()
    place = table.schema.get_field_index("raw_content")
    texts = [text.as_py().replace("The", "A", 1) for text in table["raw_content"]]
    pq.write_table(table.set_column(place, "raw_content", pa.array(texts)), path)
    assert any(
        p.startswith("corpus: its content has changed") for p in verify(changed, SparkSettings()).problems
    )

    missing = copy_of(finished, tmp_path / "missing")
    next((missing / "ledger").glob("*.parquet")).unlink()
    shutil.copy(next((missing / "signals").glob("*.parquet")), missing / "signals" / "stray.parquet")
    problems = verify(missing, SparkSettings()).problems
    assert any(p.startswith("ledger: ") and "cannot be read" in p for p in problems)
    assert any("stray.parquet lies there" in p for p in problems)


def test_a_folder_without_a_finished_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no finished run"):
        verify(tmp_path, SparkSettings())


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "null", '{"format": "other"}', '{"format": "ccnet_lite.run", "tables": {"a": {}}}'],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UserError, match=r"manifest.json is damaged \(.*run jobs/run_pipeline.py again"):
        verify(tmp_path, SparkSettings())
