"""conf/ccnet.toml against what CCNet's own code gave: every document's fate, lines, language, perplexity."""

import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset as ds
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.finished.minify import minify
from ccnet_lite.finished.rebuild import rebuild
from ccnet_lite.quality.buckets import percentiles, read_cutoffs
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import SourceSettings, SparkSettings, load_settings
from tests.run.test_run import table
from tests.running import job

CONF = Path(__file__).parent.parent.parent / "conf" / "ccnet.toml"


def golden(path: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {row["url"]: row for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def mined(spark: SparkSession, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in CCNet's mode on the archives that CCNet read, with its models and cutoffs."""
    folder = shared_data / "ccnet_golden"
    output = tmp_path_factory.mktemp("ccnet") / "run"
    models = [f"quality.lm_dir={folder / 'models'}", f"quality.cutoffs={folder / 'cutoff.csv'}"]
    settings = load_settings(CONF, [*models, f"language.model={shared_data / 'lid' / 'lid.176.ftz'}"])
    shards = resolve_inputs([str(folder / "wet" / "*.gz")], settings.source)
    run_pipeline(settings, shards, str(output), JOBS[0], JOBS[-1])
    return output


def test_documents_are_ccnet_s(mined: Path, shared_data: Path) -> None:
    expected = golden(shared_data / "ccnet_golden" / "1_documents.jsonl.gz")
    documents = table(mined, "documents").query("n_chars >= 300").set_index("url")
    assert set(documents.index) == set(expected)
    for url, row in expected.items():
        found = documents.loc[url]
        names = (
            "date_download",
            "digest",
            "length",
            "nlines",
            "source_domain",
            "title",
            "cc_segment",
            "n_chars",
        )
        assert [found[name] for name in names] == [row[name] for name in names], url
        assert hashlib.sha1(found.raw_content.encode()).hexdigest() == row["raw_content_sha1"], url


def test_every_fate_is_ccnet_s(mined: Path, shared_data: Path) -> None:
    expected = golden(shared_data / "ccnet_golden" / "3_mined.jsonl.gz")
    rows = table(mined, "ledger").query("url != '' and rule != 'too_short'")
    names = {"language_below_threshold": "language_score_below", None: "kept"}
    fates = {row.url: names.get(row.rule, row.rule) for row in rows.itertuples()}
    assert Counter(fates.values()) == Counter(row["outcome"] for row in expected.values())
    assert fates == {url: row["outcome"] for url, row in expected.items()}


def test_kept_documents_are_ccnet_s(mined: Path, shared_data: Path) -> None:
    expected = golden(shared_data / "ccnet_golden" / "3_mined.jsonl.gz")
    kept = {url: row for url, row in expected.items() if row["outcome"] == "kept"}
    corpus = pd.read_parquet(mined / "corpus")
    assert set(corpus.url) == set(kept)
    for found in corpus.itertuples():
        row = kept[found.url]
        assert list(found.line_ids) == row["line_ids"], found.url
        for name in (
            "nlines",
            "length",
            "original_nlines",
            "original_length",
            "language",
            "language_score",
            "bucket",
        ):
            assert getattr(found, name) == row[name], (found.url, name)
        assert (None if pd.isna(found.perplexity) else found.perplexity) == row["perplexity"], found.url
        assert hashlib.sha1(found.raw_content.encode()).hexdigest() == row["raw_content_sha1"], found.url


def test_pieces_are_ccnet_s(mined: Path, shared_data: Path) -> None:
    """Of each language and bucket, summed: nothing else keeps them."""
    expected: Counter[tuple[str, str]] = Counter()
    for row in golden(shared_data / "ccnet_golden" / "3_mined.jsonl.gz").values():
        if row["outcome"] == "kept" and row["pieces"] is not None:
            expected[row["language"], row["bucket"]] += row["pieces"]
    statistics = pd.concat(map(pd.read_parquet, (mined / "statistics").rglob("*.parquet")))
    found = {(row.language, row.bucket): row.tokens for row in statistics.itertuples() if not pd.isna(row.tokens)}
    assert len(expected) > 3 and found == expected


def test_cutoffs_over_the_run_are_the_percentiles_of_its_perplexities(
    mined: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = pd.read_parquet(mined / "corpus").query("perplexity.notna()")
    assert job("cutoffs.py", mined, "--output", tmp_path / "cutoffs.json") == 0
    found = read_cutoffs(tmp_path / "cutoffs.json")
    again = ("--output", tmp_path / "again.json", "--earlier", tmp_path / "cutoffs.json")
    assert job("cutoffs.py", mined, *again) == 0
    assert "distance" in capsys.readouterr().out
    assert job("cutoffs.py", mined, *again[:3], tmp_path / "none.json") == 2
    assert {language: entry["documents"] for language, entry in found.items()} == dict(
        scores.groupby("language", observed=True).size()
    )
    for language, entry in found.items():
        expected = percentiles(scores[scores.language == language].perplexity.to_numpy())
        assert entry["percentiles"] == pytest.approx(expected, abs=0.11)
        assert len(entry["lm_sha256"]) == 64
        assert re.fullmatch(r"crawl, downloaded 20\d\d-\d\d-\d\d to 20\d\d-\d\d-\d\d", entry["source"])


def test_the_minified_corpus_is_made_again_from_the_archives(
    mined: Path, shared_data: Path, tmp_path: Path
) -> None:
    minify(mined, tmp_path / "min", SparkSettings())
    shards = resolve_inputs([str(shared_data / "ccnet_golden" / "wet" / "*.gz")], SourceSettings())
    _, lost = rebuild(tmp_path / "min", shards, tmp_path / "again", SparkSettings())
    assert lost.rows == 0
    first, again = (
        ds.dataset(folder / "corpus", partitioning="hive").to_table().sort_by("doc_id")
        for folder in (mined, tmp_path / "again")
    )
    assert again.equals(first)
