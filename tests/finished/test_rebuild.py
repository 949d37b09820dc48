"""A corpus without its text, and the text again: equal where the archives are as they were."""

import shutil
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.minify import minify
from ccnet_lite.finished.rebuild import archives_of, rebuild
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import Settings, SourceSettings, SparkSettings, load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl, write_wet
from tests.running import job

MENU = "Home and news | Products we sell | Contact us by mail"
FIRST = [Page(f"https://a.example/{n}", f"{MENU}\n{body('en', n)}") for n in range(4)]
SECOND = [Page(f"https://b.example/{n}", f"{body('de', n)}\n\n{body('de', n + 50)}") for n in range(4)]
THIRD = [Page("https://c.example/", body("en", 40))]


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """crawl/, run/ and its minified form, min/."""
    folder = tmp_path_factory.mktemp("rebuild")
    write_crawl(folder / "crawl", [FIRST, SECOND, THIRD])
    settings: Settings = load_settings(None, ["export.file_bytes=3000"])
    run_pipeline(settings, shards_of(folder / "crawl"), str(folder / "run"), JOBS[0], JOBS[-1])
    assert job("minify.py", folder / "run", "--output", folder / "min") == 0
    return folder


def shards_of(crawl: Path) -> list[Shard]:
    return resolve_inputs([f"{crawl}/*.gz"], SourceSettings())


def corpus(folder: Path) -> list[dict[str, object]]:
    rows = ds.dataset(folder / "corpus", partitioning="hive").to_table()
    return sorted(rows.to_pylist(), key=lambda row: str(row["doc_id"]))


def test_the_minified_form_holds_no_text_and_keeps_the_files(made: Path) -> None:
    minified = ds.dataset(made / "min" / "minified", partitioning="hive").to_table()
    assert not {"title", "text"} & set(minified.column_names)
    assert minified.num_rows == len(corpus(made / "run")) == 9
    of_run, of_minified = (
        sorted(path.relative_to(root).as_posix() for path in root.rglob("*.parquet"))
        for root in (made / "run" / "corpus", made / "min" / "minified")
    )
    assert of_run == of_minified
    assert len(of_run) > 2
    stored = b"".join(path.read_bytes() for path in (made / "min").rglob("*") if path.is_file())
    assert MENU.encode() not in stored and b"A title" not in stored


def test_what_is_rebuilt_is_equal_wherever_the_archives_lie(made: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "moved" / "deeper"
    shutil.copytree(made / "crawl", elsewhere)
    arguments = ("--minified", made / "min", "--input", f"{elsewhere}/*.gz", "--output", tmp_path / "out")
    assert job("rebuild.py", *arguments) == 0
    found, lost = (load_table(Place.of(tmp_path / "out"), name) for name in ("corpus", "not_rebuilt"))
    assert found and lost and (found.rows, lost.rows) == (9, 0)
    assert corpus(tmp_path / "out") == corpus(made / "run")
    names = [file.name for file in found.files]
    assert names == sorted(
        p.relative_to(made / "run/corpus").as_posix() for p in (made / "run/corpus").rglob("*.parquet")
    )


def test_missing_and_changed_archives_are_named_document_by_document(made: Path, tmp_path: Path) -> None:
    paths = sorted((made / "crawl").glob("*.gz"))
    changed = [FIRST[0], *(Page(p.url, p.text.replace("The", "A"), p.title) for p in FIRST[1:2]), FIRST[2]]
    write_wet(tmp_path / "crawl" / paths[0].name, changed)
    (tmp_path / "crawl" / paths[2].name).write_bytes(b"no archive")
    given = f"{tmp_path}/crawl/*.gz"
    assert job("rebuild.py", "--minified", made / "min", "--input", given, "--output", tmp_path / "out") == 1
    rows = ds.dataset(tmp_path / "out" / "not_rebuilt").to_table().to_pylist()
    causes = {row["url"]: row["cause"] for row in rows}
    assert causes == {
        "https://a.example/1": "text_changed",
        "https://a.example/3": "record_missing",
        **{page.url: "archive_missing" for page in SECOND},
        "https://c.example/": "record_missing",
    }
    assert len(rows) == 7
    before = {row["doc_id"]: row for row in corpus(made / "run")}
    assert [row["url"] for row in corpus(tmp_path / "out")] == sorted(
        ("https://a.example/0", "https://a.example/2"),
        key=lambda url: next(i for i, row in before.items() if row["url"] == url),
    )
    assert all(before[row["doc_id"]] == row for row in corpus(tmp_path / "out"))
    place = next(row for row in rows if row["url"] == "https://b.example/1")
    original = ds.dataset(made / "run" / place["corpus_file"]).to_table().to_pylist()
    assert original[place["corpus_row"]]["url"] == "https://b.example/1"


def test_archives_are_found_by_the_longest_name_that_fits() -> None:
    segments = ["crawl-data/CC-MAIN-2024-22/x/wet/a.warc.wet.gz", "a.warc.wet.gz"]
    given = [
        Shard(
            0,
            "/mirror/crawl-data/CC-MAIN-2024-22/x/wet/a.warc.wet.gz",
            "crawl-data/CC-MAIN-2024-22/x/wet/a.warc.wet.gz",
            1,
        ),
        Shard(1, "/other/a.warc.wet.gz", "other/a.warc.wet.gz", 1),
        Shard(2, "/other/b.warc.wet.gz", "b.warc.wet.gz", 1),
    ]
    found = archives_of(given, segments)
    assert [(s.index, s.uri, s.segment) for s in found] == [
        (0, given[1].uri, segments[1]),
        (1, given[0].uri, segments[0]),
    ]


def test_mistakes_are_named(made: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no finished run"):
        minify(tmp_path, tmp_path / "out", SparkSettings())
    with pytest.raises(UserError, match="holds no minified corpus"):
        rebuild(tmp_path, shards_of(made / "crawl"), tmp_path / "out", SparkSettings())
    with pytest.raises(UserError, match="not an empty folder"):
        minify(made / "run", made / "crawl", SparkSettings())
