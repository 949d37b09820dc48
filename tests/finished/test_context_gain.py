"""Pages in random order in a run whose language has a model: dropped for it, told by the ledger, explain, what-
if.
"""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.commands.reported import report_again
from ccnet_lite.finished.explain import explain
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.search import find
from ccnet_lite.finished.verify import verify
from ccnet_lite.finished.what_if import what_if
from ccnet_lite.models.train import TrainOptions, train_languages
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.places import Place
from tests.crawl import Page, write_crawl
from tests.finished.test_compare import run_of
from tests.models.test_context_gain import grammar, mixed

LOW = "context_gain_below"


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gain")
    lines = [json.dumps({"text": grammar(6, seed)}) for seed in range(300)]
    (folder / "en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    train_languages([folder / "en.jsonl"], folder / "lm", options=TrainOptions())
    texts = [grammar(10, 1000 + seed) for seed in range(6)] + [
        mixed(grammar(10, 2000 + seed)) for seed in range(3)
    ]
    write_crawl(folder / "crawl", [[Page(f"https://a{n}.example/", text) for n, text in enumerate(texts)]])
    others = ("near_duplicates.enabled=false", "quality.heuristics=false", "language.threshold=0")
    return run_of(
        *(folder, "run", f"quality.lm_dir={folder}/lm", "quality.min_context_gain=1", *others),
        *("paragraphs.scope=all", "export.write_rejected=true"),
    )


def test_a_run_drops_and_tells_them(run: Path) -> None:
    opened = open_run(run)
    rows = [row for file in (run / "ledger").rglob("*.parquet") for row in pq.ParquetFile(file).read().to_pylist()]
    gone = [row for row in rows if row["rule"] == LOW]
    assert {row["url"] for row in gone} == {f"https://a{n}.example/" for n in (6, 7, 8)}
    assert all(row["stage"] == "quality" and row["value"] < row["threshold"] == 1 for row in gone)
    kept = [row for row in rows if row["outcome"] == "kept"]
    corpus = [
        row for file in (run / "corpus").rglob("*.parquet") for row in pq.ParquetFile(file).read().to_pylist()
    ]
    gains = {row["doc_id"]: row["context_gain"] for row in corpus}
    assert len(kept) == 6 and gains.keys() == {row["doc_id"] for row in kept} and min(gains.values()) > 1.5
    (rejected,) = (run / "rejected").rglob("*.parquet")
    assert sorted(pq.ParquetFile(rejected).read()["context_gain"].to_pylist()) == sorted(r["value"] for r in gone)
    for row, passed in ((gone[0], False), (kept[0], True)):
        life = explain(opened, find(opened, row["doc_id"])[0])
        (asked,) = (each for each in life.rules if each.rule == LOW)
        assert (asked.passed, asked.value) == (passed, gains.get(row["doc_id"], row["value"]))
        assert asked.needs == "at least 1, if it is written in sentences"
        assert (life.perplexity.value is None) == (not passed)
    told = what_if(run, ["language.threshold=0.01"])
    assert not told["gained"] and not told["lost"] and not told["moved"]
    page = report_again(Place.of(run), True).page.read_bytes().decode()
    assert "What a word&#x27;s context says of it" in page or "What a word's context says of it" in page
    assert verify(run, SparkSettings()).ok
