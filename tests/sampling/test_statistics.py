"""Both tables against literals, and against the schemas that the run holds them to."""

from dataclasses import replace

import pytest

from ccnet_lite.sampling.statistics import (
    BucketStatistics,
    language_counts,
    sampling_table,
    statistics_rows,
    statistics_table,
    training,
)
from ccnet_lite.settings import SamplingSettings
from ccnet_lite.store.schema import arrow_schema

EN_ALL = BucketStatistics("en", "all", 1, 2, 3, 4, 5, None)
EN_TAIL = BucketStatistics("en", "tail", 2, 20, 200, 210, 40, 50)
EN_HEAD = BucketStatistics("en", "head", 1, 10, 100, 105, 20, 25)
SW = BucketStatistics("sw", "all", 1, 5, 60, 64, 12, None)


def test_statistics_are_sorted_by_language_then_head_to_tail() -> None:
    table = statistics_table([SW, EN_ALL, EN_TAIL, EN_HEAD])
    assert table.schema.equals(arrow_schema("statistics"))
    assert table.column("bucket").to_pylist() == ["head", "tail", "all", "all"]
    assert table.column("bytes").to_pylist() == [105, 210, 4, 64]
    assert table.column("tokens").to_pylist() == [25, 50, None, None]
    assert statistics_rows(table) == [EN_HEAD, EN_TAIL, EN_ALL, SW]


def test_language_counts_add_buckets_up() -> None:
    rows = [EN_TAIL, EN_HEAD, SW]
    assert language_counts(rows, "words") == {"en": 60, "sw": 12}
    assert language_counts(rows, "words", ["head", "all"]) == {"en": 20, "sw": 12}
    assert language_counts(rows, "tokens") == {"en": 75, "sw": None}


def test_one_bucket_without_tokens_leaves_its_language_uncounted() -> None:
    unscored_head = replace(EN_HEAD, tokens=None)
    assert language_counts([unscored_head, EN_TAIL], "tokens") == {"en": None}
    assert language_counts([EN_HEAD, EN_TAIL, EN_ALL], "tokens") == {"en": None}


def test_an_empty_bucket_without_tokens_does_not_leave_its_language_uncounted() -> None:
    empty = BucketStatistics("en", "all", 0, 0, 0, 0, 0, None)
    assert language_counts([EN_HEAD, empty], "tokens") == {"en": 25}


def test_sampling_has_a_row_a_language_and_alpha() -> None:
    settings = SamplingSettings(alphas=(1.0, 0.5), unit="documents", budget=8, unimax_max_epochs=4.0)
    table = sampling_table([EN_HEAD, EN_TAIL, SW], settings)
    assert table.schema.equals(arrow_schema("sampling"))
    rows = table.to_pylist()
    assert [(row["language"], row["alpha"]) for row in rows] == [
        ("en", 1.0),
        ("en", 0.5),
        ("sw", 1.0),
        ("sw", 0.5),
    ]
    assert rows[2] == {
        "language": "sw",
        "unit": "documents",
        "n": 1,
        "p": 0.25,
        "alpha": 1.0,
        "q": 0.25,
        "factor": 1.0,
        "epochs_at_budget": 2.0,
        "unimax_probability": 0.5,
        "unimax_epochs": 4.0,
    }
    assert rows[3]["q"] == pytest.approx(1 / (1 + 3**0.5))


def test_a_language_without_tokens_is_named_with_nulls_and_has_no_part() -> None:
    table = sampling_table([EN_HEAD, SW], SamplingSettings(alphas=(0.3,), unit="tokens"))
    english, swahili = table.to_pylist()
    assert (english["n"], english["p"], english["q"]) == (25, 1.0, 1.0)
    assert swahili.pop("language") == "sw"
    assert (swahili.pop("unit"), swahili.pop("alpha")) == ("tokens", 0.3)
    assert set(swahili.values()) == {None}


def test_the_two_sides_of_a_bucket_are_two_rows() -> None:
    held_out = replace(EN_HEAD, documents=9, split="validation")
    table = statistics_table([held_out, SW, EN_HEAD])
    assert table.column("split").to_pylist() == ["train", "validation", "train"]
    assert statistics_rows(table) == [EN_HEAD, held_out, SW]
    assert language_counts([EN_HEAD, held_out], "documents") == {"en": 10}
    assert training([held_out, SW, EN_HEAD]) == [EN_HEAD, SW]
    (alone,) = training([held_out])
    assert (alone.language, alone.bucket, alone.documents, alone.split) == ("en", "head", 0, "train")


def test_an_empty_run_has_empty_tables() -> None:
    assert statistics_table([]).num_rows == 0
    assert sampling_table([], SamplingSettings()).num_rows == 0


def test_a_language_without_text_has_no_factor() -> None:
    empty = BucketStatistics("sw", "all", 0, 0, 0, 0, 0, 0)
    row = sampling_table([EN_HEAD, empty], SamplingSettings(alphas=(0.0,), unit="documents")).to_pylist()[1]
    assert (row["n"], row["q"], row["factor"], row["epochs_at_budget"]) == (0, 0.0, None, None)


def test_rows_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="language en, bucket head, split train stand there twice"):
        statistics_table([EN_HEAD, EN_TAIL, replace(EN_HEAD, documents=5)])
    with pytest.raises(ValueError, match="language en, bucket head: words is negative"):
        statistics_table([replace(EN_HEAD, words=-1)])
