"""Scores of documents as percentiles within a language, combined, and cut into tiers of equal size.

A score is counted on a scale of steps, so that the counts of many parts of a crawl add up to those of all of it,
however it was cut. A document's percentile is the share of documents on lower steps and half of those on its own.

Not handled: where scores come from (kernels/tiers.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Int16 = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]

STEPS_AN_OCTAVE = 256
"""Numbers that lie within 0.3 % of each other may be on one step, and no others."""
STEPS_OF_PERCENTILES = 1 << 16
_LEAST = 2.0**-60
"""Numbers nearer to 0 than this are on the step of 0."""
_NEAREST = 2.0**-24
"""Probabilities nearer to 0 or 1 than this, a 32-bit number's precision, are on one step."""


@dataclass(frozen=True)
class Scale:
    """How many documents lie on each step. steps: int64 [steps], rising; documents: int64 [steps]."""

    steps: Int64
    documents: Int64

    def percentiles(self, steps: Int64) -> Float64:
        """[n] the percentile, 0..1, of documents on these steps, each of which is one of the scale's.

        >>> Scale(np.array([3, 5]), np.array([1, 3])).percentiles(np.array([5, 3])).tolist()
        [0.625, 0.125]
        """
        middles = np.cumsum(self.documents) - self.documents / 2
        found: Float64 = (middles / self.documents.sum())[np.searchsorted(self.steps, steps)]
        return found


def steps_of(values: Float64) -> Int64:
    """[n] the step of each number, which rises with it.

    >>> steps_of(np.array([-8.0, 0.0, 2.0, 4.0, 4.004])).tolist()
    [-16128, 0, 15616, 15872, 15872]
    """
    sizes = np.maximum(np.abs(values), _LEAST)
    steps: Int64 = np.floor((np.log2(sizes) - np.log2(_LEAST)) * STEPS_AN_OCTAVE).astype(np.int64)
    return np.where(values < 0, -steps, steps)


def log_odds(probabilities: Float64) -> Float64:
    """[n] log(p / (1 - p)): tells apart what lies near to 0 and 1, where most of a classifier's scores lie."""
    inside = np.clip(probabilities, _NEAREST, 1 - _NEAREST)
    found: Float64 = np.log(inside) - np.log1p(-inside)
    return found


def steps_of_percentiles(values: Float64) -> Int64:
    """[n] the step of each number of 0..1."""
    found: Int64 = np.floor(values * STEPS_OF_PERCENTILES).astype(np.int64)
    return found


def percentiles_of(
    languages: npt.NDArray[np.object_], steps: Int64, known: Bools, scales: Mapping[str, Scale]
) -> Float64:
    """[documents] the percentile of each within its language; not a number where it is not known.

    languages: of each; steps: of each, of its score; known: whether it has one. scales: by language.
    """
    found = np.full(len(steps), np.nan)
    for language in np.unique(languages[known].astype(str)).tolist():
        own = known & (languages == language)
        found[own] = scales[language].percentiles(steps[own])
    return found


def combined(percentiles: Float64, how: Literal["max", "mean_rank"]) -> Float64:
    """[documents] the greatest of each document's percentiles, or their mean; of those that are known.

    percentiles: [scores, documents], not a number where the document has no such score.

    >>> combined(np.array([[0.2, 0.9, np.nan], [0.6, np.nan, np.nan]]), "mean_rank").tolist()
    [0.4, 0.9, nan]
    """
    known = ~np.isnan(percentiles)
    if how == "max":
        best = np.where(known, percentiles, -1.0).max(axis=0)
        return np.where(known.any(axis=0), best, np.nan)
    sums = np.where(known, percentiles, 0.0).sum(axis=0)
    found: Float64 = np.divide(sums, known.sum(axis=0), out=np.full(len(sums), np.nan), where=known.any(axis=0))
    return found


def tiers_of(percentiles: Float64, n_tiers: int) -> Int16:
    """[documents] the tier of each, n_tiers - 1 the best; -1 where its percentile is not a number.

    >>> tiers_of(np.array([0.0, 0.33, 0.34, 1.0, np.nan]), 3).tolist()
    [0, 0, 1, 2, -1]
    """
    known = ~np.isnan(percentiles)
    found = np.full(len(percentiles), -1, np.int16)
    found[known] = np.minimum(np.floor(percentiles[known] * n_tiers), n_tiers - 1).astype(np.int16)
    return found


def auc(good: Sequence[float] | Float64, bad: Sequence[float] | Float64) -> float:
    """The probability that a good document scores higher than a bad one, equal scores counting half.

    >>> auc([0.9, 0.5], [0.5, 0.1])
    0.875
    """
    values = np.concatenate([np.asarray(good, np.float64), np.asarray(bad, np.float64)])
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[at]
    n_good, n_bad = len(good), len(bad)
    return float((ranks[:n_good].sum() - n_good * (n_good + 1) / 2) / (n_good * n_bad))
