"""The proof's intervals, against scipy's paired t-test and numbers by hand."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))
from pretraining_proof import interval, rows_of


def test_of_one_piece_it_is_the_paired_t_test() -> None:
    stats = pytest.importorskip("scipy.stats")
    one, other = np.array([[1.0], [1.2], [0.9], [1.4]]), np.array([[1.3], [1.4], [1.4], [1.5]])
    found = interval([(one, other)])
    expected = stats.ttest_rel(other[:, 0], one[:, 0]).confidence_interval(0.95)
    assert found["difference"] - found["half"] == pytest.approx(expected.low)
    assert found["difference"] + found["half"] == pytest.approx(expected.high)
    assert found["of"] == pytest.approx(1.125)


def test_pieces_that_differ_widen_it_and_languages_share_their_seeds() -> None:
    one = np.zeros((3, 4))
    seeds, pieces = np.array([[0.1], [0.2], [0.3]]), np.array([[0.0, 1.0, 2.0, 3.0]])
    narrow, wide = interval([(one, one + seeds)]), interval([(one, one + seeds + pieces)])
    assert wide["half"] > narrow["half"] > 0
    # Seeds move both languages alike: two of them are as unsure as one. Pieces are each language's own.
    assert interval([(one, one + seeds)] * 2)["half"] == pytest.approx(narrow["half"])
    assert interval([(one, one + pieces)] * 2)["half"] < 0.8 * interval([(one, one + pieces)])["half"]


def test_rows_are_full_and_in_order() -> None:
    rows = rows_of([list(range(100)), list(range(100, 130))])
    assert [len(row) for row in rows] == [64, 64] and rows[1][0] == 64
