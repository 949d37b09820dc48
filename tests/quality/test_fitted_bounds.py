"""Bounds fitted to a language's documents: by hand, on both sides, with their limits."""

from typing import Any

import numpy as np
import pytest

from ccnet_lite.quality.fitted_bounds import Method, fitted_bound
from ccnet_lite.settings import PolicyRule


def rule(comparison: str, bound: float, **more: Any) -> PolicyRule:
    return PolicyRule.model_validate(
        {"name": "r", "column": "n_words", "comparison": comparison, "bound": bound, "source": "s"} | more
    )


HUNDRED = np.arange(1.0, 101.0)


@pytest.mark.parametrize(
    ("given", "method", "bound"),
    [
        (rule("below", 50), "percentile", 6.0),  # 1 to 5 are below
        (rule("above", 50), "percentile", 95.0),
        (rule("below", 2), "percentile", 2.0),  # no stricter than its own bound
        (rule("above", 99), "percentile", 99.0),
        (rule("below", 2, strictest=90), "percentile", 6.0),
        (rule("above", 99, strictest=97), "percentile", 97.0),
        (rule("below", 50, loosest=20), "percentile", 20.0),
        (rule("above", 50, loosest=80), "percentile", 80.0),
        (rule("below", 40), "median", 50.5 - 28.8661),
        (rule("above", 60), "median", 50.5 + 28.8661),
        (rule("above", 90), "median", 90.0),
    ],
)
def test_by_hand(given: PolicyRule, method: Method, bound: float) -> None:
    for values in (HUNDRED, HUNDRED[::-1], np.random.default_rng(1).permutation(HUNDRED)):
        found = fitted_bound(values, given, method, 0.05, 1.0)
        assert found == pytest.approx(bound, abs=1e-4) and type(found) is float


@pytest.mark.parametrize("comparison", ["below", "above"])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.1])
def test_a_percentile_drops_no_more_than_its_share(comparison: str, share: float) -> None:
    values = np.random.default_rng(2).normal(0, 1, 777).round(3)
    given = rule(comparison, 9 if comparison == "below" else -9)
    bound = fitted_bound(values, given, "percentile", share, 0)
    dropped = values < bound if comparison == "below" else values > bound
    assert dropped.mean() <= share and (share == 0 or dropped.any())


def test_bounds_are_rounded_so_that_what_they_are_from_stays() -> None:
    assert fitted_bound(np.array([0.123456]), rule("above", 0), "percentile", 0, 0) == 0.1235
    assert fitted_bound(np.array([0.123456]), rule("below", 1), "percentile", 0, 0) == 0.1234
