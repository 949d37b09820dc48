"""Scoring a part and writing it: buckets, files, the ledger's pointers, sums. Small real models, no JVM."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.dedup.split import is_validation
from ccnet_lite.kernels.corpus import PartSink, middle_of, octaves
from ccnet_lite.kernels.packing import to_numbers
from ccnet_lite.kernels.score import Scorer
from ccnet_lite.models.perplexity import Measured, PerplexityModels, available_models
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.settings import ExportSettings, load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import DataFile, put_table
from tests.models.conftest import prose

TEXTS = sorted(prose("en", 4, seed) for seed in range(3))
COLUMNS = {"record_length": 5, "record_id": "<r>", "record_type": "conversion", "member_offset": 0}


def batch(*texts: str, shard: int = 0, first: int = 1) -> pa.RecordBatch:
    """Rows as the assembly gives them."""
    rows = []
    for number, text in enumerate(texts, first):
        row = {
            "doc_id": f"{number:016x}{'0' * 16}",
            "split_key": f"key {number}",
            "shard": shard,
            "raw_content": text,
            "length": len(text),
            "nlines": text.count("\n") + 1,
            "url": f"u/{number}",
            "cc_segment": "s",
            "record_offset": number,
            "line_ids": [0],
            "language_score": 0.9,
            "cluster_size": 1,
            "cluster_weight": 1,
            "crawls": ["c"],
            "crawl_copies": [1],
            "original_length": 9,
            "original_nlines": 1,
        }
        rows.append(
            row | dict.fromkeys(("date_download", "digest", "source_domain", "title", "top_langs"), "x") | COLUMNS
        )
    table = pa.Table.from_pylist(rows)
    kinds = {"nlines": pa.int32(), "original_nlines": pa.int32(), "cluster_weight": pa.int32()}
    for name, kind in kinds.items():
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))
    table = table.append_column("cluster_id", pa.nulls(len(rows), pa.string()))
    table = table.append_column("quality_score", pa.nulls(len(rows), pa.float64()))
    table = table.append_column("quality_tier", pa.nulls(len(rows), pa.int32()))
    table = table.append_column("own_scores", pa.nulls(len(rows), pa.string()))
    table = table.append_column("n_words", pa.nulls(len(rows), pa.int64()))
    table = table.append_column("script", pa.nulls(len(rows), pa.string()))
    line_ids = pa.array([[0]] * len(rows), pa.list_(pa.int32()))
    table = table.set_column(table.schema.get_field_index("line_ids"), "line_ids", line_ids)
    return table.combine_chunks().to_batches()[0]


@pytest.fixture(scope="module")
def perplexities(lm_dir: Path) -> list[float]:
    values, _ = PerplexityModels(available_models(lm_dir), "script_safe").score(TEXTS, "en")
    assert values is not None and len(set(values)) == 3
    return sorted(values.tolist())


def scorer(lm_dir: Path | None, edges: list[float] | None = None, *overrides: str) -> Scorer:
    """edges: the perplexities of the percentiles 30 and 60 of English."""
    cutoffs = Cutoffs({})
    if edges is not None:
        cutoffs = Cutoffs({"en": [*([1.0] * 30), *([edges[0]] * 30), *([edges[1]] * 40)]})
    models = available_models(lm_dir) if lm_dir is not None else {}
    return Scorer(models, cutoffs, load_settings(None, overrides).quality)


def scored(found: pa.RecordBatch) -> list[tuple[Any, ...]]:
    """bucket, rule, value, threshold"""
    return [(r["bucket"], r["rule"], r["value"], r["threshold"]) for r in found.to_pylist()]


def test_documents_get_the_bucket_of_their_perplexity(lm_dir: Path, perplexities: list[float]) -> None:
    head, middle, tail = perplexities
    rows, scores = scorer(lm_dir, [middle, tail]).score(batch(*TEXTS), "en")
    buckets = {head: "head", middle: "middle", tail: "tail"}
    assert rows["bucket"].to_pylist() == [buckets[value] for value in rows["perplexity"].to_pylist()]
    assert sorted(rows["perplexity"].to_pylist()) == perplexities
    assert scores.select(["perplexity", "bucket"]).equals(rows.select(["perplexity", "bucket"]))
    for row, text in zip(scores.to_pylist(), TEXTS, strict=True):
        assert (row["rule"], row["value"], row["threshold"]) == (None, None, None)
        assert (row["language"], row["n_chars"], row["n_lines"], row["n_words"]) == ("en", len(text), 4, 48)
        assert row["pieces"] > 48 and row["n_bytes"] == len(text.encode())


@pytest.mark.parametrize(
    ("keep", "gone"),
    [
        ("head", {"middle", "tail"}),
        ("middle", {"head", "tail"}),
        ("tail,head", {"middle"}),
        ("middle,tail", {"head"}),
    ],
)
def test_buckets_that_are_not_kept_are_dropped_with_their_edge(
    lm_dir: Path, perplexities: list[float], keep: str, gone: set[str]
) -> None:
    head, middle, tail = perplexities
    _, scores = scorer(lm_dir, [middle, tail], f"quality.keep_buckets={keep}").score(batch(*TEXTS), "en")
    edge = {"head": (head, middle), "middle": (middle, middle), "tail": (tail, tail)}
    expected = {
        (bucket, f"bucket_{bucket}", *edge[bucket]) if bucket in gone else (bucket, None, None, None)
        for bucket in edge
    }
    assert set(scored(scores)) == expected


def test_a_tier_below_the_least_is_dropped_before_any_bucket(lm_dir: Path, perplexities: list[float]) -> None:
    _, middle, tail = perplexities
    rows = batch(*TEXTS)
    tiers = pa.array([1, 2, None], pa.int32())
    rows = rows.set_column(rows.schema.get_field_index("quality_tier"), "quality_tier", tiers)
    given = ("quality.tiers=9", "quality.scores=n_words", "quality.min_tier=2", "quality.keep_buckets=all")
    _, scores = scorer(lm_dir, [middle, tail], *given).score(rows, "en")
    first, *others = scored(scores)
    assert first[1:] == ("quality_tier_below", 1.0, 2.0)
    assert all(rule.startswith("bucket_") for _, rule, _, _ in others)
    _, scores = scorer(None, None, *given).score(rows, "en")
    assert [rule for _, rule, _, _ in scored(scores)] == ["quality_tier_below", None, None]


class Given:
    """In place of language models: context gains that are given, perplexities of 1."""

    def __init__(self, gains: list[float]) -> None:
        self.gains = np.array(gains)

    def measure(self, texts: list[str], language: str) -> Measured:
        assert language == "en"
        return Measured(np.ones(len(texts)), np.full(len(texts), 5, np.int32), self.gains)


PROSE = "The sea was calm that day. Nobody had been out on it."
ROLL = "Smith, Anna. Jones, Peter. Brown, Tom. Miller, Eva."


def test_texts_in_sentences_are_dropped_for_a_low_context_gain() -> None:
    rows = batch(PROSE, PROSE, PROSE, ROLL, PROSE, PROSE)
    tiers = pa.array([None, None, None, None, None, 1], pa.int32())
    rows = rows.set_column(rows.schema.get_field_index("quality_tier"), "quality_tier", tiers)
    given = ("quality.tiers=9", "quality.scores=n_words", "quality.min_tier=2")
    gains = [0.199, 0.2, float("nan"), 0.0, -0.3, 0.0]
    its = scorer(None, None, *given)
    its._models = Given(gains)  # type: ignore[assignment]
    found, scores = its.score(rows, "en")
    low = "context_gain_below"
    assert [row[1:] for row in scored(scores)] == [
        *((low, 0.199, 0.2), (None, None, None), (None, None, None), (None, None, None)),
        *((low, -0.3, 0.2), ("quality_tier_below", 1.0, 2.0)),
    ]
    assert found["context_gain"].to_pylist() == [0.199, 0.2, None, 0.0, -0.3, 0.0]
    its = scorer(None, None, "quality.min_context_gain=0", "quality.keep_buckets=head")
    its._models = Given(gains)  # type: ignore[assignment]
    assert {rule for _, rule, _, _ in scored(its.score(rows, "en")[1])} == {"bucket_all"}
    its = scorer(None, None, "quality.keep_buckets=head")
    its._models = Given(gains)  # type: ignore[assignment]
    rules = [rule for _, rule, _, _ in scored(its.score(rows, "en")[1])]
    assert rules == [low, "bucket_all", "bucket_all", "bucket_all", low, low]


def test_without_models_or_cutoffs_all_go_to_one_bucket(lm_dir: Path) -> None:
    _, scores = scorer(None).score(batch("é", "b"), "en")
    assert scored(scores) == [("all", None, None, None)] * 2
    rows = scores.to_pylist()
    assert [(row["perplexity"], row["pieces"], row["n_bytes"]) for row in rows] == [
        (None, None, 2),
        (None, None, 1),
    ]
    _, scores = scorer(lm_dir).score(batch("a b c"), "en")
    assert scored(scores) == [("all", None, None, None)] and scores["perplexity"][0].as_py() > 1
    _, scores = scorer(lm_dir).score(batch("a b c"), "fr")
    assert scores["perplexity"].to_pylist() == [None]
    _, scores = scorer(None, None, "quality.keep_buckets=head").score(batch("a"), "en")
    assert scored(scores) == [("all", "bucket_all", None, None)]
    _, scores = scorer(lm_dir, [5.0, 6.0], "quality.keep_buckets=head").score(batch("a"), "fr")
    assert scored(scores) == [("all", "bucket_all", None, None)]


def write(
    folder: Path, batches: list[pa.RecordBatch], its: Scorer | None = None, **settings: Any
) -> tuple[Place, dict[str, list[DataFile]], dict[str, Any]]:
    run = Place(str(folder))
    sink = PartSink(run, "f", "en", 7, its or scorer(None), ExportSettings(**settings), "named")
    for each in batches:
        sink.write(each)
    files, tally = sink.close()
    return run, files, tally


def read(run: Place, table: str, files: list[DataFile]) -> list[dict[str, Any]]:
    folder = put_table(run, table, "f", files).folder.path
    rows: list[dict[str, Any]] = []
    for file in files:
        found = pq.ParquetFile(folder / file.name).read().to_pylist()
        assert (len(found), (folder / file.name).stat().st_size) == (file.rows, file.bytes)
        rows += found
    return rows


def test_the_ledger_points_at_each_text_whatever_file_it_lies_in(
    tmp_path: Path, lm_dir: Path, perplexities: list[float]
) -> None:
    texts = [TEXTS[n % 3] for n in range(12)]
    batches = [batch(*texts[:5]), batch(*texts[5:6], first=6), batch(*texts[6:], shard=2, first=7)]
    bound = 2 * max(len(text) for text in TEXTS)
    run, files, _ = write(tmp_path, batches, scorer(lm_dir, perplexities[1:]), file_bytes=bound)
    rows = read(run, "ledger", files["ledger"])
    assert [row["doc_id"] for row in rows] == [f"{n:016x}{'0' * 16}" for n in range(1, 13)]
    assert {row["outcome"] for row in rows} == {"kept"} and {row["stage"] for row in rows} == {None}
    for row, text in zip(rows, texts, strict=True):
        found = pq.ParquetFile(tmp_path / row["corpus_file"]).read().to_pylist()[row["corpus_row"]]
        assert (found["doc_id"], found["text"]) == (row["doc_id"], text)
        assert f"/subset=eng_Latn/quality={row['bucket']}/part-en_00007-" in row["corpus_file"]
        assert row["n_chars"] == len(text)
    # Two texts fit a file, four go to each bucket.
    names = sorted(file.name for file in files["corpus"])
    assert names == sorted(
        f"subset=eng_Latn/quality={bucket}/part-en_00007-{number:03d}.parquet"
        for bucket in ("head", "middle", "tail")
        for number in (0, 1)
    )
    assert {file.rows for file in files["corpus"]} == {2}
    assert [file.name for file in files["ledger"]] == ["f/en-00007.parquet"]
    assert files["rejected"] == []


@pytest.mark.parametrize(
    ("file_bytes", "sizes"), [(9, [3, 1]), (8, [2, 2]), (11, [3, 1]), (12, [4]), (1, [1] * 4)]
)
def test_a_file_ends_before_the_text_that_would_pass_its_bound(
    tmp_path: Path, file_bytes: int, sizes: list[int]
) -> None:
    for cut in ([4], [2, 2], [1, 1, 1, 1]):
        texts, batches = ["abc", "éa", "abc", "abc"], []
        for count in cut:
            batches.append(batch(*texts[:count], first=5 - len(texts)))
            texts = texts[count:]
        _, files, _ = write(tmp_path / str(len(cut)), batches, file_bytes=file_bytes)
        assert [file.rows for file in files["corpus"]] == sizes


def test_what_is_dropped_after_scoring_is_in_the_ledger_and_where_asked_kept_aside(
    tmp_path: Path, lm_dir: Path, perplexities: list[float]
) -> None:
    _head, middle, tail = perplexities
    its = scorer(lm_dir, [middle, tail], "quality.keep_buckets=head,tail")
    run, files, tally = write(tmp_path, [batch(*TEXTS)], its, write_rejected=True)
    (row,) = read(run, "rejected", files["rejected"])
    assert (row["bucket"], row["perplexity"], row["rule"]) == ("middle", middle, "bucket_middle")
    assert (row["value"], row["threshold"], row["language"]) == (middle, middle, "en")
    assert row["raw_content"] in TEXTS and row["url"] == f"u/{TEXTS.index(row['raw_content']) + 1}"
    gone = [each for each in read(run, "ledger", files["ledger"]) if each["outcome"] == "dropped"]
    assert [(r["doc_id"], r["stage"], r["rule"]) for r in gone] == [(row["doc_id"], "quality", "bucket_middle")]
    assert [(r["bucket"], r["corpus_file"], r["corpus_row"]) for r in gone] == [(None, None, None)]
    assert gone[0]["reason"] == f"bucket middle: {middle:.2f} against {middle:.2f}"
    assert sum(file.rows for file in files["corpus"]) == 2
    assert {(r[0], r[1], r[2], r[3], r[4]) for r in tally["funnel"]} == {
        ("en", "kept", None, None, 2),
        ("en", "dropped", "quality", "bucket_middle", 1),
    }
    assert [row[:2] for row in tally["statistics"]] == [["head", "train"], ["tail", "train"]]
    assert sum(tally["perplexities"].values()) == 3
    _, unasked, _ = write(tmp_path / "unasked", [batch(*TEXTS)], its)
    assert unasked["rejected"] == [] and not (tmp_path / "unasked" / "rejected").exists()
    kept = scorer(lm_dir, [middle, tail])
    _, nothing, _ = write(tmp_path / "nothing", [batch(*TEXTS)], kept, write_rejected=True)
    assert nothing["rejected"] == [] and not list((tmp_path / "nothing").rglob("*rejected*"))


def test_a_part_tells_what_it_held(tmp_path: Path, lm_dir: Path, perplexities: list[float]) -> None:
    batches = [batch(TEXTS[0], "é b"), batch(TEXTS[1], shard=3, first=3), batch(TEXTS[0], first=9)]
    _, _, tally = write(tmp_path, batches)
    assert (tally["language"], tally["part"]) == ("en", 7)
    assert [to_numbers(tally[name]).tolist() for name in ("shards", "documents", "hashes")] == [
        [0, 3],
        [3, 1],
        [1 + 2 + 9, 3],
    ]
    texts = [TEXTS[0], "é b", TEXTS[1], TEXTS[0]]
    chars, size = sum(map(len, texts)), sum(len(text.encode()) for text in texts)
    assert tally["statistics"] == [["all", "train", 4, 13, chars, size, 146, None]]
    assert tally["perplexities"] == {}
    assert tally["funnel"] == [["en", "kept", None, None, 4, chars]]
    _, _, with_models = write(tmp_path / "models", batches, scorer(lm_dir))
    values, pieces = PerplexityModels(available_models(lm_dir), "script_safe").score(texts, "en")
    assert values is not None and pieces is not None
    ((*_, counted_pieces),) = with_models["statistics"]
    assert counted_pieces == sum(pieces)
    counted = {int(step): count for step, count in with_models["perplexities"].items()}
    assert sum(counted.values()) == 4
    for value in values:
        assert any(abs(middle_of(step) / value - 1) < 0.006 for step in counted)


def test_what_is_held_out_is_said_in_the_corpus_and_counted_apart(tmp_path: Path) -> None:
    texts = [f"Text {n}" for n in range(1, 41)]
    run, files, tally = write(tmp_path, [batch(*texts)], validation_share=0.25)
    rows = read(run, "corpus", files["corpus"])
    held_out = [row["text"] for row in rows if row["split"] == "validation"]
    assert held_out == [f"Text {n}" for n in range(1, 41) if is_validation(f"key {n}", 0.25)]
    assert 4 <= len(held_out) <= 16
    assert {row["split"] for row in rows} == {"train", "validation"}
    assert [row[:4] for row in tally["statistics"]] == [
        ["all", "train", 40 - len(held_out), 40 - len(held_out)],
        ["all", "validation", len(held_out), len(held_out)],
    ]
    assert sum(row[4] for row in tally["statistics"]) == sum(map(len, texts))
    _, _, whole = write(tmp_path / "whole", [batch(*texts)], validation_share=0.0)
    assert [row[:3] for row in whole["statistics"]] == [["all", "train", 40]]


def test_perplexities_are_counted_by_their_logarithm() -> None:
    assert list(octaves(pa.array([1.0, 2.0, 4.0, 2.0**0.5, None, 0.0, float("nan"), float("inf")]))) == [
        0,
        64,
        128,
        32,
    ]
    assert [step for value in (1.0, 9.9, 250.0) for step in octaves(pa.array([middle_of(int(value))]))] == [
        1,
        9,
        250,
    ]


def test_a_part_that_fails_leaves_nothing(tmp_path: Path) -> None:
    sink = PartSink(Place(str(tmp_path)), "f", "en", 0, scorer(None), ExportSettings(), "named")
    sink.write(batch("a", "b"))
    sink.abandon()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
