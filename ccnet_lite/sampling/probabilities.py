"""How often each language is read in pretraining: p, q at an exponent alpha, epochs at a budget, UniMax.

Terms, all of one language l of a corpus, n counted in one unit (documents, bytes, tokens ...):

    n_l           units of text in the corpus
    p_l           n_l / sum(n): its share of the corpus
    q_l           p_l^alpha / sum(p^alpha): its share of what is read. alpha = 1 reads the corpus as it is,
                  alpha = 0 every language equally (XLM 0.5 on sentences, mBERT 0.7, XLM-R and mT5 0.3)
    factor_l      q_l / p_l: above 1 the language is up-sampled
    epochs_l      budget * q_l / n_l: times its text is read when `budget` units are read in all

A language with n = 0 has nothing to read: its p, q and UniMax share are 0 (at alpha = 0 too), its factor
and epochs are NaN. Where no language has any text, every share is 0.

Not handled: what the unit is. Counts of different units must not be mixed; see statistics.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LanguageSampling:
    """One language at one alpha: a row of the `sampling` table."""

    language: str
    unit: str
    """What `n` and the budget count."""
    n: int
    p: float
    alpha: float
    q: float
    factor: float
    """q / p, NaN where n is 0."""
    epochs_at_budget: float
    """budget * q / n, NaN where n is 0."""
    unimax_probability: float
    unimax_epochs: float
    """Times the text is read under UniMax, never above its cap; NaN where n is 0."""


def shares(counts: ArrayLike) -> Floats:
    """The shares p = n / sum(n), for counts of any size.

    >>> shares([3, 1]).tolist()
    [0.75, 0.25]

    Raises:
        ValueError: a count is negative or not a number.
    """
    n = _checked(counts)
    largest = n.max(initial=0.0)
    if largest == 0.0:
        return np.zeros_like(n)
    scaled: Floats = n / largest  # so that the sum cannot overflow
    scaled /= scaled.sum()
    return scaled


def exponent_sampling(counts: ArrayLike, alpha: float) -> Floats:
    """The shares q = p^alpha / sum(p^alpha) (Lample and Conneau 2019, section 3.1; XLM-R, section 3).

    >>> exponent_sampling([81, 16], alpha=0.5).round(4).tolist()
    [0.6923, 0.3077]

    Raises:
        ValueError: alpha is not in 0..1, or a count is negative or not a number.
    """
    if not 0.0 <= alpha <= 1.0:
        raise ValueError(f"alpha is {alpha}: it must lie between 0 and 1")
    n = _checked(counts)
    largest = n.max(initial=0.0)
    if largest == 0.0:
        return np.zeros_like(n)
    # n / max(n) in place of p: a constant factor cancels out, and nothing underflows at the top.
    weights: Floats = np.where(n > 0.0, np.power(n / largest, alpha), 0.0)
    weights /= weights.sum()
    return weights


def factors(q: ArrayLike, p: ArrayLike) -> Floats:
    """The factors q / p: above 1 the language is up-sampled, below 1 down-sampled; NaN where p is 0."""
    return _ratio(np.asarray(q, dtype=np.float64), np.asarray(p, dtype=np.float64))


def epochs(q: ArrayLike, counts: ArrayLike, budget: float) -> Floats:
    """How many times each language's text is read when `budget` units are read in all; NaN where n is 0.

    >>> epochs([0.5, 0.5], [100, 1000], budget=1000).tolist()
    [5.0, 0.5]
    """
    return _ratio(np.asarray(q, dtype=np.float64) * _checked_budget(budget), _checked(counts))


def unimax(counts: ArrayLike, budget: float, max_epochs: float) -> tuple[Floats, Floats]:
    """UniMax (Chung et al. 2023, algorithm 1): as even as a cap on repeats allows.

    From the smallest language to the largest, each is given an equal part of the budget that is left, but
    not more than `max_epochs` times its text. Equal languages get equal parts, in whatever order.

    Returns:
        The sampling probabilities (they sum to 1) and the epochs, U / n, of each language, in the order of
        `counts`. Where max_epochs * sum(n) is below the budget, the budget can't be spent: epochs are then
        those of the max_epochs * sum(n) units that can be read.

    >>> unimax([10, 100, 1000], budget=300, max_epochs=4)[1].tolist()
    [4.0, 1.3, 0.13]

    Raises:
        ValueError: the budget or max_epochs is not above 0, or a count is negative or not a number.
    """
    if not (max_epochs > 0.0 and isfinite(max_epochs)):
        raise ValueError(f"max_epochs is {max_epochs}: it must be above 0")
    n = _checked(counts)
    remaining = _checked_budget(budget)
    units = np.zeros_like(n)
    order = np.argsort(n, kind="stable")
    for position, index in enumerate(order):
        units[index] = min(max_epochs * n[index], remaining / (len(order) - position))
        remaining = max(remaining - units[index], 0.0)
    return shares(units), _ratio(units, n)


def sampling_rows(
    counts: Mapping[str, int], unit: str, alphas: Sequence[float], budget: int, max_epochs: float
) -> list[LanguageSampling]:
    """Every language at every alpha, sorted by language, then alpha as given.

    `counts` is n by language, in `unit`; `budget` is in the same unit, `max_epochs` is UniMax's cap.
    """
    languages = sorted(counts)
    n = [counts[language] for language in languages]
    p = shares(n)
    unimax_p, unimax_epochs = unimax(n, budget, max_epochs)
    columns = []
    for alpha in alphas:
        q = exponent_sampling(n, alpha)
        columns.append((alpha, q, factors(q, p), epochs(q, n, budget)))
    return [
        LanguageSampling(
            language=language,
            unit=unit,
            n=int(n[i]),
            p=float(p[i]),
            alpha=float(alpha),
            q=float(q[i]),
            factor=float(factor[i]),
            epochs_at_budget=float(at_budget[i]),
            unimax_probability=float(unimax_p[i]),
            unimax_epochs=float(unimax_epochs[i]),
        )
        for i, language in enumerate(languages)
        for alpha, q, factor, at_budget in columns
    ]


def _checked(counts: ArrayLike) -> Floats:
    """Counts as floats: exact to 2^53, and no sum of them overflows."""
    n = np.asarray(counts, dtype=np.float64)
    if n.ndim != 1:
        raise ValueError(f"counts have {n.ndim} dimensions: give one number a language")
    wrong = n[~(np.isfinite(n) & (n >= 0.0))]
    if wrong.size:
        raise ValueError(f"counts hold {wrong[0]}: each must be a number of units, 0 or more")
    return n


def _checked_budget(budget: float) -> float:
    if not (budget > 0 and isfinite(budget)):
        raise ValueError(f"budget is {budget}: it must be a number of units above 0")
    return float(budget)


def _ratio(above: Floats, below: Floats) -> Floats:
    """The quotients, NaN where `below` is 0."""
    return np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0.0)
