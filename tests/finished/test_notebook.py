"""A finished run from a notebook: the same rows in Arrow, DuckDB and Spark, and mistakes are told."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

import ccnet_lite
from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.notebook import FinishedRun
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from ccnet_lite.store.schema import arrow_schema
from tests.crawl import Page, body, write_crawl
from tests.s3 import put_folder

PAGES = [
    [
        Page("https://a.example/1", body("en", 1)),
        Page("https://a.example/2", "Too short a text"),
        Page("https://twice.example/", body("en", 2), date="2024-05-19T00:00:00Z"),
    ],
    [
        Page("https://b.example/copy", body("en", 1) + " More."),
        Page("https://de.example/3", body("de", 3, 16)),
        Page("https://twice.example/", body("en", 4, 20), date="2024-05-20T00:00:00Z"),
    ],
]


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("notebook")
    paths = write_crawl(made / "crawl", PAGES)
    settings = load_settings(None)
    run_pipeline(settings, resolve_inputs([str(path) for path in paths], settings.source), str(made / "run"))
    return made / "run"


@pytest.fixture
def run(folder: Path) -> FinishedRun:
    return ccnet_lite.open_run(folder)


def counted(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(repr(sorted(row.items())) for row in rows)


@pytest.mark.parametrize("table", ["ledger", "corpus", "clusters", "statistics", "archives"])
def test_a_table_is_the_same_in_arrow_duckdb_and_spark(run: FinishedRun, spark: SparkSession, table: str) -> None:
    rows = run.arrow(table)
    assert rows.num_rows == run.tables[table] > 0
    assert rows.schema.names == arrow_schema(table).names
    names = [name for name in rows.column_names if rows.schema.field(name).type not in ("float", "double")]
    plain = counted(rows.select(names).to_pylist())
    assert counted(run.dataset(table).to_table(columns=names).to_pylist()) == plain
    listed = ", ".join(f'"{name}"' for name in names)
    assert counted(run.duckdb().sql(f"SELECT {listed} FROM {table}").to_arrow_table().to_pylist()) == plain
    frame = run.spark(table, spark)
    assert frame.columns == rows.column_names
    assert counted([row.asDict() for row in frame.select(names).collect()]) == plain


def test_every_table_is_there_in_duckdb(run: FinishedRun) -> None:
    sql = run.duckdb()
    assert {name: sql.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in run.tables} == run.tables
    assert min(run.tables.values()) == 0, "an empty one is among them"
    joined = "SELECT l.url, c.text FROM ledger l JOIN corpus c USING (doc_id) WHERE l.url LIKE '%b.example%'"
    assert sql.sql(joined).fetchall() == [("https://b.example/copy", body("en", 1) + " More.")]


def test_the_ledger_and_the_counts(run: FinishedRun) -> None:
    ledger = run.ledger(["url", "outcome", "rule"])
    assert ledger.column_names == ["url", "outcome", "rule"]
    fates = {row["url"]: (row["outcome"], row["rule"]) for row in ledger.to_pylist() if row["url"]}
    assert fates["https://a.example/1"] == ("dropped", "near_duplicate")
    assert fates["https://a.example/2"] == ("dropped", "too_short")
    assert sum(row.count for row in run.funnel) == ledger.num_rows == 8
    by_language = {row["language"]: row["documents"] for row in run.statistics().to_pylist()}
    assert by_language == {"de": 1, "en": 3}
    assert {row["language"] for row in run.sampling().to_pylist()} == {"de", "en"}
    assert run.settings == load_settings(None) and len(run.manifest.archives) == 2


def test_a_part_of_the_corpus(run: FinishedRun) -> None:
    assert run.corpus().num_rows == 4 == run.tables["corpus"]
    german = run.corpus("de", columns=["text", "language"])
    assert german.to_pylist() == [{"text": body("de", 3, 16), "language": "deu"}]
    assert run.corpus(bucket="all").num_rows == 4
    with pytest.raises(UserError, match=r"has no sw: it has de/all, en/all"):
        run.corpus("sw")
    with pytest.raises(UserError, match=r"has no en/head: it has de/all, en/all"):
        run.corpus("en", "head")


def test_a_document_s_life(run: FinishedRun) -> None:
    life = run.explain("https://a.example/1")
    assert (life.fate["rule"], life.language) == ("near_duplicate", "en")
    assert run.explain(life.read["doc_id"]) == life
    first, second = run.find("https://twice.example/")
    assert run.explain("https://twice.example/") == run.explain(first) != run.explain(second)
    with pytest.raises(UserError, match=r"near it: https://a\.example/1"):
        run.explain("https://a.example/1x")


def test_what_there_is_not_is_told(run: FinishedRun, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="has no table legder: it has archives, clusters, corpus"):
        run.arrow("legder")
    with pytest.raises(UserError, match="the table ledger has no column uri: it has doc_id, "):
        run.ledger(["uri"])
    with pytest.raises(UserError, match=r"its table rejected has no row"):
        run.spark("rejected")
    with pytest.raises(UserError, match=r"holds no finished run: manifest\.json is missing"):
        ccnet_lite.open_run(str(folder / "corpus"))
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UserError, match=r"pip install 'ccnet_lite\[duckdb\]'"):
        run.duckdb()


def test_it_names_itself(run: FinishedRun, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert repr(run) == "FinishedRun('run')"


def test_a_run_in_a_store(folder: Path, s3: str) -> None:
    put_folder(folder, f"{s3}/run")
    stored, local = ccnet_lite.open_run(f"{s3}/run"), ccnet_lite.open_run(folder)
    assert stored.tables == local.tables
    assert stored.ledger().equals(local.ledger())
    count = "SELECT count(*) FROM ledger WHERE outcome = 'kept'"
    assert stored.duckdb().sql(count).fetchall() == [(4,)]
    assert stored.explain("https://a.example/1").fate == local.explain("https://a.example/1").fate
