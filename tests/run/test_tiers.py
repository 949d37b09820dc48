"""A run with quality scores and tiers: what stands where, what is dropped, and what answers about it."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.commands.reported import report_again
from ccnet_lite.errors import UserError
from ccnet_lite.finished.explain import explain
from ccnet_lite.finished.mixture import plan_of
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.search import find
from ccnet_lite.finished.train_quality import of_run, train_on
from ccnet_lite.finished.verify import verify
from ccnet_lite.finished.what_if import what_if
from ccnet_lite.models.quality_scores import QualityClassifier
from ccnet_lite.models.train_quality import QualityOptions
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.sampling.mixture import mix_of_json
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.finished.test_compare import run_of
from tests.models.conftest import lm_dir

__all__ = ["lm_dir"]
JUNK = ("Buy the {0} now and win a cheap {0} price", "Click here for the best {0} offer in the shop today")


def junk(number: int) -> str:
    """Sentences of advertising, different for every number."""
    return "\n".join(JUNK[(number + i) % 2].format(f"{number} item {i}") + "!" for i in range(9))


PAGES = [
    [Page(f"https://g{s}{n}.example/", body("en", 10 * s + n)) for n in range(6)]
    + [Page(f"https://j{s}{n}.example/", junk(10 * s + n)) for n in range(4)]
    for s in range(3)
]
ALL = ("quality.heuristics=false", "paragraphs.policy=none", "language.threshold=0.3")
"""No other rule drops any of these."""
TIERS = ("quality.tiers=5", "quality.scores=quality_score", *ALL)


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl, and classifiers that know its two kinds."""
    folder = tmp_path_factory.mktemp("tiers")
    write_crawl(folder / "crawl", PAGES)
    for name, text in (("good", lambda n: body("en", n)), ("bad", junk)):
        (folder / name).mkdir()
        lines = [json.dumps({"text": text(1000 + n)}) for n in range(200)]
        (folder / name / "en.jsonl").write_text("\n".join(lines))
    train_on(*([folder / "good"], [str(folder / "bad")], folder / "quality"), options=QualityOptions(held_out=0.2))
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    return run_of(folder, "out", f"quality.score_dir={folder}/quality", *TIERS)


def table(run: Path, name: str, *columns: str) -> pa.Table:
    rows = ds.dataset(run / name, format="parquet", exclude_invalid_files=True).to_table(columns=[*columns])
    return rows.sort_by(columns[0])


def test_scores_are_measured_and_tiers_follow_them(folder: Path, run: Path) -> None:
    signals = table(run, "signals", "doc_id", "quality_score")
    corpus = table(run, "corpus", "doc_id", "url", "text", "quality_score", "quality_tier", "language_code")
    classifier = QualityClassifier(folder / "quality" / "en.quality.bin")
    english = corpus.filter(pa.compute.equal(corpus["language_code"], "en"))
    assert english.num_rows == 30
    measured = dict(zip(signals["doc_id"].to_pylist(), signals["quality_score"].to_pylist(), strict=True))
    scores = classifier.score(english["text"].to_pylist())
    for score, doc_id in zip(scores, english["doc_id"].to_pylist(), strict=True):
        assert measured[doc_id] == pytest.approx(score)
    rows = sorted(english.to_pylist(), key=lambda row: measured[row["doc_id"]])
    tiers = [row["quality_tier"] for row in rows]
    assert tiers == sorted(tiers) and tiers[0] == 0 and tiers[-1] == 4
    kinds = {row["url"][8]: [r["quality_tier"] for r in rows if r["url"][8] == row["url"][8]] for row in rows}
    assert max(kinds["j"]) <= min(kinds["g"])
    ranks = [row["quality_score"] for row in rows]
    assert ranks == sorted(ranks) and 0 < ranks[0] < 0.1 and 0.9 < ranks[-1] < 1


@pytest.mark.parametrize("more", [("spark.global_steps=cluster",), ("spark.shuffle_partitions=1",)])
def test_another_partitioning_gives_the_same(folder: Path, run: Path, more: tuple[str, ...]) -> None:
    name = f"other-{more[0][6]}"
    if more == ("spark.global_steps=cluster",):  # only this step: what the others give there is test_run.py's
        shutil.copytree(run, folder / name)
        shutil.rmtree(folder / name / "tiers")
    other = run_of(folder, name, f"quality.score_dir={folder}/quality", *TIERS, *more)
    names = "doc_id", "quality_score", "quality_tier"
    assert table(other, "corpus", *names) == table(run, "corpus", *names)


def test_low_tiers_are_dropped_and_told(folder: Path) -> None:
    run = run_of(
        *(folder, "dropped", f"quality.score_dir={folder}/quality", *TIERS),
        *("quality.min_tier=2", "export.write_rejected=true"),
    )
    tiers = dict(zip(*(c.to_pylist() for c in table(run, "tiers", "doc_id", "quality_tier").columns), strict=True))
    ledger = table(run, "ledger", "doc_id", "url", "outcome", "stage", "rule", "value", "threshold").to_pylist()
    gone = [row for row in ledger if row["rule"] == "quality_tier_below"]
    assert gone and all(row["url"][8] == "j" for row in gone)
    assert {(row["stage"], row["value"], row["threshold"]) for row in gone} == {
        ("quality", 0.0, 2.0),
        ("quality", 1.0, 2.0),
    }
    low = {key for key, tier in tiers.items() if tier is not None and tier < 2}
    assert {row["doc_id"] for row in gone} == low
    assert not low & set(table(run, "corpus", "doc_id")["doc_id"].to_pylist())
    assert set(table(run, "rejected", "doc_id")["doc_id"].to_pylist()) == low
    assert len(of_run(str(run), "rejected", {"en"}, 100)["en"]) == len(low)
    opened = open_run(run)
    life = explain(opened, find(opened, gone[0]["doc_id"])[0])
    (asked,) = (each for each in life.rules if each.rule == "quality_tier_below")
    assert (asked.value, asked.needs, asked.passed) == (gone[0]["value"], "at least 2", False)
    kept = next(row for row in ledger if row["outcome"] == "kept" and row["doc_id"] in tiers)
    life = explain(opened, find(opened, kept["doc_id"])[0])
    assert [each.passed for each in life.rules if each.stage == "quality"] == [True, True]
    told = what_if(run, ["language.threshold=0.2"], 2)
    assert not told["gained"] and not told["lost"] and not told["moved"]
    page = report_again(Place.of(run), True).page.read_bytes().decode()
    assert "in which it lies among all that go on in its language" in page
    assert verify(run, SparkSettings()).ok


def test_perplexity_is_known_before_and_both_count(folder: Path, lm_dir: Path) -> None:
    both = ["quality.tiers=4", "quality.scores=perplexity,quality_score", "quality.combine=mean_rank"]
    more = [f"quality.score_dir={folder}/quality", f"quality.lm_dir={lm_dir}", *ALL]
    for near in ("true", "false"):
        run = run_of(folder, f"both-{near}", *more, *both, f"near_duplicates.enabled={near}")
        corpus = table(run, "corpus", "doc_id", "perplexity", "quality_tier", "language_code").to_pylist()
        scored = table(run, "perplexities", "doc_id", "perplexity")
        measured = dict(zip(*(c.to_pylist() for c in scored.columns), strict=True))
        assert {row["quality_tier"] for row in corpus if row["language_code"] == "en"} == {0, 1, 2, 3}
        for row in corpus:
            assert row["doc_id"] in measured
            if near == "false":
                assert row["perplexity"] == measured[row["doc_id"]]
    alone = run_of(folder, "alone", *more, "quality.tiers=4")
    rows = [row for row in table(alone, "corpus", "perplexity", "quality_tier").to_pylist() if row["perplexity"]]
    tiers = [row["quality_tier"] for row in rows]
    assert tiers == sorted(tiers, reverse=True) and len(set(tiers)) == 4


def test_a_plan_by_tiers_is_read_as_it_says(run: Path, tmp_path: Path) -> None:
    mix = plan_of([run], tier_weights={0: 0, 4: 3})
    again = mix_of_json(mix.to_json())
    assert again == mix and '"version": 2' in mix.to_json()
    assert '"version": 1' in plan_of([run]).to_json() and "tier_weights" not in plan_of([run]).to_json()
    rows = table(run, "corpus", "doc_id", "quality_tier", "split").to_pylist()
    times = {row["doc_id"]: {0: 0, 4: 3}.get(row["quality_tier"], 1) for row in rows if row["split"] == "train"}
    reader = PretrainingReader(again)
    n_epoch = sum(times.values())
    assert sum(reader.sizes.values()) == sum(part.copies for part in mix.parts) == n_epoch
    read = Counter(next(reader).doc_id for _ in range(n_epoch))
    assert read == {key: count for key, count in times.items() if count}
    with pytest.raises(UserError, match="has tiers 0 to 4, but no 5"):
        plan_of([run], tier_weights={5: 2})


def test_what_is_learnt_from_a_run(run: Path) -> None:
    taken = of_run(str(run), "corpus", {"en", "de"}, 100)
    pages = {page.url.split("/")[2]: page.text for shard in PAGES for page in shard}
    assert {sample.host: sample.text for sample in taken["en"]} == pages and taken["de"] == []
    assert [len(each) for each in of_run(str(run), "corpus", {"en"}, 7).values()] == [7]
    with pytest.raises(UserError, match="holds no rejected documents"):
        of_run(str(run), "rejected", {"en"}, 100)
