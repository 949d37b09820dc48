"""Cutoffs of a run: the same whether the documents of a bucket stayed or were dropped for it."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.cutoffs import crawl_cutoffs
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import SparkSettings, load_settings
from tests.crawl import Page, body, write_crawl
from tests.models.conftest import lm_dir

__all__ = ["lm_dir"]
DATES = ("2024-05-18T01:02:03Z", "2024-05-21T23:59:59Z", "2024-05-19T00:00:00Z")
PAGES = [Page(f"https://a.example/{n}", body("en", n), date=DATES[n % 3]) for n in range(12)]


def run_of(folder: Path, name: str, *settings: str) -> str:
    made = load_settings(None, list(settings))
    run_pipeline(made, resolve_inputs([f"{folder}/crawl/*.gz"], made.source), str(folder / name))
    return str(folder / name)


def test_what_a_bucket_dropped_counts_as_what_stayed(spark: SparkSession, lm_dir: Path, tmp_path: Path) -> None:
    write_crawl(tmp_path / "crawl", [PAGES])
    models = f"quality.lm_dir={lm_dir}"
    plain = run_of(tmp_path, "all", models)
    values = sorted(
        value
        for path in (tmp_path / "all" / "corpus").rglob("*.parquet")
        for value in pq.ParquetFile(path).read()["perplexity"].to_pylist()
    )
    assert len(values) == 12
    rows = "".join(f"{percent},{values[percent * 12 // 100]}\n" for percent in range(100))
    (tmp_path / "cutoff.csv").write_text(f"id,en\n{rows}")
    cuts = [f"quality.cutoffs={tmp_path}/cutoff.csv", "quality.head_percentile=30", "quality.tail_percentile=60"]
    part = run_of(tmp_path, "part", models, *cuts, 'quality.keep_buckets=["head"]')
    kept = sum(pq.ParquetFile(path).metadata.num_rows for path in (tmp_path / "part/corpus").rglob("*.parquet"))
    assert 0 < kept < 12
    whole, found = (crawl_cutoffs(run, SparkSettings())["en"] for run in (plain, part))
    assert whole["source"] == "crawl, downloaded 2024-05-18 to 2024-05-21"
    assert (found["documents"], found["percentiles"]) == (12, whole["percentiles"])
    assert (whole["percentiles"][0], whole["lm_sha256"]) == (values[0], found["lm_sha256"])


def test_a_run_without_a_model_has_none(spark: SparkSession, tmp_path: Path) -> None:
    write_crawl(tmp_path / "crawl", [PAGES[:2]])
    with pytest.raises(UserError, match=r"scored nothing: it had no language model \(quality.lm_dir\)"):
        crawl_cutoffs(run_of(tmp_path, "run"), SparkSettings())
