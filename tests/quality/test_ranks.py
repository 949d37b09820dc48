"""Percentiles, their combination, tiers and AUC, against counts made by hand."""

import numpy as np
import pytest

from ccnet_lite.quality.ranks import (
    Scale,
    auc,
    combined,
    log_odds,
    percentiles_of,
    steps_of,
    steps_of_percentiles,
    tiers_of,
)


def test_steps_rise_with_the_number_on_both_sides_of_zero() -> None:
    values = np.array([-1e9, -3.0, -1e-3, 0.0, 1e-3, 2.0, 2.02, 1e12])
    steps = steps_of(values)
    assert (np.diff(steps) > 0).all()
    drawn = np.sort(np.random.default_rng(1).lognormal(5, 1, 5000))
    assert (np.diff(steps_of(drawn)) >= 0).all()
    assert steps_of(np.array([-5.0]))[0] == -steps_of(np.array([5.0]))[0]


def test_log_odds_tell_probabilities_near_one_apart() -> None:
    values = np.array([0.0, 0.5, 0.999, 0.9999, 1.0])
    odds = log_odds(values)
    assert np.isfinite(odds).all() and odds[1] == 0.0
    assert len(set(steps_of(odds).tolist())) == 5


def test_percentiles_are_of_the_own_language_and_unknown_ones_are_none() -> None:
    languages = np.array(["de", "en", "de", "en", "de"], object)
    scales = {"de": Scale(np.array([1, 7]), np.array([1, 1])), "en": Scale(np.array([7]), np.array([4]))}
    known = np.array([True, True, True, True, False])
    found = percentiles_of(languages, np.array([1, 7, 7, 7, 0]), known, scales)
    assert found.tolist()[:4] == [0.25, 0.5, 0.75, 0.5] and np.isnan(found[4])


def test_the_greatest_and_the_mean() -> None:
    both = np.array([[0.1, 0.9, np.nan], [0.5, 0.2, np.nan]])
    assert combined(both, "max")[:2].tolist() == [0.5, 0.9]
    assert combined(both, "mean_rank")[:2].tolist() == pytest.approx([0.3, 0.55])
    assert np.isnan(combined(both, "max")[2])


def test_tiers_are_of_equal_size_and_the_last_is_the_best() -> None:
    ranks = (np.arange(60) + 0.5) / 60
    tiers = tiers_of(ranks, 20)
    assert np.bincount(tiers).tolist() == [3] * 20 and tiers[-1] == 19
    assert steps_of_percentiles(np.array([0.0, 1.0])).tolist() == [0, 65536]


def test_auc_counts_pairs() -> None:
    rng = np.random.default_rng(3)
    good, bad = rng.integers(0, 9, 40).astype(float), rng.integers(0, 7, 30).astype(float)
    pairs = [(g > b) + (g == b) / 2 for g in good for b in bad]
    assert auc(good, bad) == pytest.approx(sum(pairs) / len(pairs))
    assert auc([1.0], [0.0]) == 1.0 and auc([0.0], [1.0]) == 0.0
