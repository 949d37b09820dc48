"""Formulas against hand-worked numbers and the published corpus of XLM-R."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.sampling.probabilities import (
    epochs,
    exponent_sampling,
    factors,
    sampling_rows,
    shares,
    unimax,
)

# GiB by language, XLM-R (Conneau et al. 2020), Table 6: 100 rows, romanised forms apart.
XLM_R_GIB = dict(
    af=1.3, am=0.8, ar=28.0, az=6.5, be=4.3, bg=57.5, bn=8.4, bn_Latn=0.5, br=0.1, bs=0.1, ca=10.1, cs=16.3,
    cy=0.8, da=45.6, de=66.6, el=46.9, en=300.8, eo=0.9, es=53.3, et=6.1, eu=2.0, fa=111.6, fi=54.3, fr=56.8,
    fy=0.2, ga=0.5, gd=0.1, gl=2.9, gu=1.9, ha=0.3, he=31.6, hi=20.2, hi_Latn=0.5, hr=20.5, hu=58.4, hy=5.5,
    id=148.3, it=30.2, ja=69.3, jv=0.2, ka=9.1, kk=6.4, km=1.5, kn=3.3, ko=54.2, ku=0.4, ky=1.2, la=2.5,
    lo=0.6, lt=13.7, lv=8.8, mg=0.2, mk=4.8, ml=7.6, mn=3.0, mr=2.8, ms=8.5, my=1.6, my_zawgyi=0.4, ne=3.8,
    nl=29.3, no=49.0, om=0.1, pa=0.8, pl=44.6, ps=0.7, pt=49.1, ro=61.4, ru=278.0, sa=0.3, sd=0.4, si=3.6,
    sk=23.2, sl=10.3, so=0.4, sq=5.4, sr=9.1, su=0.1, sv=12.1, sw=1.6, ta=12.2, ta_Latn=0.3, te=4.7,
    te_Latn=0.3, th=71.7, tl=3.1, tr=20.9, ug=0.4, uk=84.6, ur=5.7, ur_Latn=0.5, uz=0.7, vi=137.3, xh=0.1,
    yi=0.3, zh=46.9, zh_Hant=16.6, **{"as": 0.1, "is": 3.2, "or": 0.6},
)  # fmt: skip

counts_lists = st.lists(st.integers(0, 2**80), min_size=1, max_size=40)


def test_xlm_r_shares_and_factors_at_its_alpha() -> None:
    languages = list(XLM_R_GIB)
    assert len(languages) == 100
    p = shares(list(XLM_R_GIB.values()))
    q = exponent_sampling(list(XLM_R_GIB.values()), 0.3)
    factor = dict(zip(languages, factors(q, p), strict=True))
    english = languages.index("en")
    assert round(100 * p[english], 2) == 12.56
    assert round(100 * q[english], 2) == 2.96
    rounded = {language: round(factor[language], 2) for language in ("en", "ur", "sw", "as", "om")}
    assert rounded == {"en": 0.24, "ur": 3.78, "sw": 9.2, "as": 64.06, "om": 64.06}


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (0.0, [1 / 3, 1 / 3, 1 / 3]),
        (0.5, [9 / 14, 4 / 14, 1 / 14]),
        (1.0, [81 / 98, 16 / 98, 1 / 98]),
    ],
)
def test_exponent_sampling_by_hand(alpha: float, expected: list[float]) -> None:
    assert exponent_sampling([81, 16, 1], alpha).tolist() == pytest.approx(expected, rel=1e-14)


def test_one_language_is_all_there_is() -> None:
    assert shares([7]).tolist() == [1.0]
    assert exponent_sampling([7], 0.3).tolist() == [1.0]
    probability, repeats = unimax([7], budget=21, max_epochs=4)
    assert (probability.tolist(), repeats.tolist()) == ([1.0], [3.0])


def test_a_language_without_text_gets_no_share_even_at_alpha_zero() -> None:
    assert exponent_sampling([5, 0, 5], 0.0).tolist() == [0.5, 0.0, 0.5]
    p, q = shares([5, 0]), exponent_sampling([5, 0], 0.3)
    assert math.isnan(factors(q, p)[1])
    assert math.isnan(epochs(q, [5, 0], budget=10)[1])
    probability, repeats = unimax([5, 0], budget=10, max_epochs=4)
    assert probability.tolist() == [1.0, 0.0]
    assert repeats[0] == 2.0 and math.isnan(repeats[1])


def test_nothing_anywhere_has_no_shares() -> None:
    assert shares([0, 0]).tolist() == [0.0, 0.0]
    assert exponent_sampling([], 0.3).tolist() == []
    assert unimax([0, 0], budget=10, max_epochs=4)[0].tolist() == [0.0, 0.0]


def test_counts_beyond_64_bits_do_not_overflow() -> None:
    assert shares([3 * 2**200, 2**200]).tolist() == [0.75, 0.25]
    assert shares([1.5e308, 1.5e308]).tolist() == [0.5, 0.5]
    assert exponent_sampling([2**62] * 4, 1.0).tolist() == [0.25] * 4


def test_epochs_at_a_budget() -> None:
    # 1,000 units read, half of them of each language: 500 of 100 is 5 times.
    assert epochs([0.5, 0.5], [100, 1000], budget=1000).tolist() == [5.0, 0.5]


def test_unimax_by_hand() -> None:
    # Budget 100 for four languages, at most 2 epochs. 5: min(10, 100/4) = 10; 10: min(20, 90/3) = 20;
    # 30: min(60, 70/2) = 35; 1000: min(2000, 35) = 35.
    probability, repeats = unimax([1000, 5, 30, 10], budget=100, max_epochs=2)
    assert probability.tolist() == pytest.approx([0.35, 0.10, 0.35, 0.20])
    assert repeats.tolist() == pytest.approx([0.035, 2.0, 35 / 30, 2.0])


def test_unimax_when_the_budget_cannot_be_spent_reads_all_to_the_cap() -> None:
    probability, repeats = unimax([30, 10], budget=10**9, max_epochs=4)
    assert probability.tolist() == [0.75, 0.25]
    assert repeats.tolist() == [4.0, 4.0]


@given(counts_lists, st.floats(0.0, 1.0))
def test_shares_sum_to_one_and_keep_the_order_of_sizes(counts: list[int], alpha: float) -> None:
    for share in (shares(counts), exponent_sampling(counts, alpha)):
        assert share.sum() == pytest.approx(1.0 if any(counts) else 0.0)
        assert np.all(np.diff(share[np.argsort(np.array(counts, dtype=float), kind="stable")]) >= 0.0)


@given(counts_lists, st.integers(1, 2**70), st.floats(0.01, 100.0))
def test_unimax_spends_the_budget_within_the_cap(counts: list[int], budget: int, cap: float) -> None:
    probability, repeats = unimax(counts, budget, cap)
    assert np.all(repeats[~np.isnan(repeats)] <= cap * (1 + 1e-12))
    units = np.nan_to_num(repeats) * np.array(counts, dtype=float)
    assert units.sum() == pytest.approx(min(float(budget), cap * float(sum(counts))))
    assert probability.sum() == pytest.approx(1.0 if any(counts) else 0.0)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=10))
def test_unimax_does_not_depend_on_the_order_of_languages(counts: list[int]) -> None:
    forward, _ = unimax(counts, 5000, 3)
    backward, _ = unimax(counts[::-1], 5000, 3)
    assert forward.tolist() == pytest.approx(backward[::-1].tolist())


@pytest.mark.parametrize("counts", [[-1], [1, float("nan")], [float("inf")], [[1, 2]]])
def test_counts_that_are_none_are_refused(counts: list[float]) -> None:
    with pytest.raises(ValueError, match=r"counts (hold|have)"):
        shares(counts)


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan")])
def test_alpha_outside_its_range_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha is"):
        exponent_sampling([1, 2], alpha)


@pytest.mark.parametrize(("budget", "cap"), [(0, 4.0), (float("inf"), 4.0), (10, 0.0), (10, float("inf"))])
def test_budget_and_cap_must_be_above_zero(budget: float, cap: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        unimax([1, 2], budget, cap)


def test_rows_are_sorted_and_name_their_unit() -> None:
    rows = sampling_rows({"fr": 16, "en": 81}, "documents", (1.0, 0.5), budget=97, max_epochs=4.0)
    assert [(row.language, row.alpha) for row in rows] == [("en", 1.0), ("en", 0.5), ("fr", 1.0), ("fr", 0.5)]
    french = rows[3]
    assert (french.unit, french.n) == ("documents", 16)
    assert french.p == pytest.approx(16 / 97)
    assert french.q == pytest.approx(4 / 13)
    assert french.factor == pytest.approx((4 / 13) / (16 / 97))
    assert french.epochs_at_budget == pytest.approx(97 * (4 / 13) / 16)
    # 48.5 for each; French has 16 * 4 = 64 at most.
    assert french.unimax_probability == pytest.approx(0.5)
    assert french.unimax_epochs == pytest.approx(48.5 / 16)
