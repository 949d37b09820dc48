"""Scores to counts, percentiles and tiers, on literal rows, and the same however the rows are parted."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ccnet_lite.kernels.tiers import count_combined, count_scores, scales_of, tier_shard
from ccnet_lite.settings import QualitySettings, load_settings
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema

# doc_id, language, rule, quality_score, n_words, perplexity
ROWS: list[tuple[Any, ...]] = [
    ("a", "en", None, 0.999999, 10, 300.0),
    ("b", "en", None, 0.9999, 20, 200.0),
    ("c", "en", None, 0.1, 30, 100.0),
    ("d", "en", None, None, 40, None),
    ("e", "de", None, 0.2, 50, 900.0),
    ("f", "de", None, 0.1, 60, 800.0),
    ("g", "en", "too_short", 0.99999, 1, 1.0),
    ("h", "fr", None, None, 70, None),
]


class Rows(ShardReader):
    """Rows in memory in place of a shard's files."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        super().__init__({}, 0)
        ids, languages, rules, scores, words, perplexities = (list(each) for each in zip(*rows, strict=True))
        own = {"doc_id": ids, "shard": [0] * len(ids), "position": list(range(len(ids)))}
        self._rows: dict[str, dict[str, Any]] = {
            "decisions": own | {"language": languages, "rule": rules},
            "signals": {"doc_id": ids[::-1], "quality_score": scores[::-1], "n_words": words[::-1]},
            "perplexities": {"doc_id": ids, "perplexity": perplexities},
        }

    def whole(self, table: str, columns: Any) -> pa.Table:
        schema = pa.schema([arrow_schema(table).field(name) for name in columns])
        return pa.table({name: self._rows[table][name] for name in columns}, schema)


def quality(*overrides: str) -> QualitySettings:
    given = ["quality.score_dir=models", "quality.lm_dir=lm", *overrides]
    return load_settings(None, given).quality


def ranked(parts: list[list[tuple[Any, ...]]], settings: QualitySettings) -> dict[str, tuple[Any, Any]]:
    """quality_score and quality_tier by doc_id, of rows in several parts."""
    sums: dict[tuple[str, int, int], int] = {}

    def add(batches: Any) -> None:
        for batch in batches:
            for row in batch.to_pylist():
                key = row["language"], row["score"], row["step"]
                sums[key] = sums.get(key, 0) + row["documents"]

    for part in parts:
        add(count_scores(Rows(part), settings))
    scales = scales_of((*key, count) for key, count in sums.items())
    for part in parts:
        add(count_combined(Rows(part), settings, scales))
    scales = scales_of((*key, count) for key, count in sums.items())
    found = {}
    for part in parts:
        for batch in tier_shard(Rows(part), settings, scales):
            for row in batch.to_pylist():
                found[row["doc_id"]] = row["quality_score"], row["quality_tier"]
    return found


def test_a_score_is_ranked_within_its_language_among_what_goes_on() -> None:
    found = ranked([ROWS], quality("quality.tiers=3", "quality.scores=quality_score"))
    assert found == {
        "a": (pytest.approx(5 / 6), 2),
        "b": (pytest.approx(3 / 6), 1),
        "c": (pytest.approx(1 / 6), 0),
        "d": (None, None),
        "e": (0.75, 2),
        "f": (0.25, 0),
        "h": (None, None),
    }


def test_low_perplexity_is_good_and_a_minus_turns_a_column_round() -> None:
    by_perplexity = ranked([ROWS], quality("quality.tiers=3"))
    assert [by_perplexity[name][1] for name in "abcdef"] == [0, 1, 2, None, 0, 2]
    up = ranked([ROWS], quality("quality.tiers=4", "quality.scores=n_words"))
    down = ranked([ROWS], quality("quality.tiers=4", "quality.scores=-n_words"))
    assert [up[name][1] for name in "abcd"] == [0, 1, 2, 3] == [down[name][1] for name in "dcba"]
    assert up["h"] == (0.5, 2)


def test_the_best_of_two_scores_or_their_mean() -> None:
    both = "quality.scores=perplexity,quality_score"
    best = ranked([ROWS], quality("quality.tiers=3", both))
    # a and c lead one list each and close the other, b is in the middle of both.
    assert best["a"] == best["c"] == (pytest.approx(2 / 3), 2) and best["b"] == (pytest.approx(1 / 6), 0)
    mean = ranked([ROWS], quality("quality.tiers=3", both, "quality.combine=mean_rank"))
    assert {mean[name] for name in "abc"} == {(0.5, 1)}


@pytest.mark.parametrize("combine", ["max", "mean_rank"])
def test_parts_change_nothing(combine: str) -> None:
    settings = quality("quality.tiers=7", "quality.scores=perplexity,n_words", f"quality.combine={combine}")
    whole = ranked([ROWS], settings)
    assert ranked([ROWS[:3], ROWS[3:4], ROWS[4:]], settings) == whole
    assert ranked([[row] for row in ROWS], settings) == whole


def test_what_is_no_score_is_refused(tmp_path: Path) -> None:
    for given, said in (
        (["quality.tiers=3", "quality.min_tier=3"], r"quality\.min_tier \(3\) is no tier"),
        (["quality.min_tier=1"], "is no tier"),
        (["quality.tiers=3", "quality.scores="], "needs a score"),
        (["quality.scores=n_words,-n_words"], "names one twice"),
        (["quality.scores=-perplexity"], "leave out the minus"),
    ):
        with pytest.raises(Exception, match=said):
            quality(*given)
    with pytest.raises(Exception, match=r"set quality\.score_dir"):
        load_settings(None, ["quality.tiers=3", "quality.scores=quality_score"])
    with pytest.raises(Exception, match=r"set quality\.lm_dir"):
        load_settings(None, ["quality.tiers=3"])
