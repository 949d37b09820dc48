"""Percentiles from counts against numpy's of all values; drift between known distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.quality.buckets import percentiles
from ccnet_lite.quality.drift import drift, drift_table, percentiles_of_counts, share_below


@given(st.lists(st.integers(10, 400).map(lambda n: n / 10), min_size=1, max_size=300))
def test_percentiles_of_counts_are_those_of_the_values(values: list[float]) -> None:
    distinct, counts = np.unique(values, return_counts=True)
    # To one decimal both ways; a tie may fall either way.
    assert percentiles_of_counts(distinct, counts) == pytest.approx(percentiles(values), abs=0.11)


def entry(percentile_values: np.ndarray, model: str | None = "a") -> dict:
    return {"documents": 1000, "percentiles": list(percentile_values)} | ({"lm_sha256": model} if model else {})


def test_a_crawl_that_did_not_move() -> None:
    values = np.arange(100.0, 200.0)
    (row,) = drift({"en": entry(values)}, {"en": entry(values), "de": entry(values)}, 30, 60)
    assert row.language == "en" and row.same_model is True
    assert row.head == (130.0, 130.0) and row.tail == (160.0, 160.0)
    assert row.shares == pytest.approx((0.3, 0.3, 0.4))
    assert row.distance == pytest.approx(0.0)


def test_a_crawl_that_moved_by_twenty_percentiles() -> None:
    old, new = np.arange(100.0, 200.0), np.arange(120.0, 220.0)
    moved = {"en": entry(new, "b"), "fr": entry(old, None)}
    rows = drift({"en": entry(old), "fr": entry(old)}, moved, 30, 60)
    assert [(row.language, row.same_model) for row in rows] == [("en", False), ("fr", None)]
    assert rows[0].shares == pytest.approx((0.1, 0.3, 0.6))
    assert rows[0].distance == pytest.approx(0.2)
    table = drift_table(rows).splitlines()
    assert "130 > 150" in table[1] and "10.0%" in table[1] and table[1].endswith("not comparable")


def test_shares_where_many_documents_share_a_value() -> None:
    values = np.array([5.0] * 40 + [6.0] * 60)
    assert share_below(values, 4.0) == 0.0
    assert share_below(values, 5.5) == pytest.approx(0.395)
    assert share_below(values, 7.0) == 1.0
    assert share_below(values, 5.0) == pytest.approx(0.195)
