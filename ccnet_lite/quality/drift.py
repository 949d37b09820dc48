"""Percentiles from counts, which add up over shards and crawls, and how far a crawl has moved from another.

Perplexities are kept to one decimal, so a language has few distinct values and their counts are exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.buckets import N_PERCENTILES

Float64 = npt.NDArray[np.float64]


def percentiles_of_counts(values: Float64, counts: npt.NDArray[np.int64]) -> list[float]:
    """Percentiles 0 to 99, as `buckets.percentiles` of every value as often as it was counted.

    Args:
        values: [n], rising, distinct.
        counts: [n], at least one each.
    """
    ends = np.cumsum(counts)
    places = np.arange(N_PERCENTILES) / N_PERCENTILES * (ends[-1] - 1)
    below = np.floor(places).astype(np.int64)
    low, high = (values[np.searchsorted(ends, place, side="right")] for place in (below, np.ceil(places)))
    return [round(float(value), 1) for value in low + (high - low) * (places - below)]


@dataclass(frozen=True)
class Drift:
    """How a language's perplexities moved between two crawls."""

    language: str
    documents: int
    """Of the later crawl."""
    head: tuple[float, float]
    """The head's upper bound, earlier and later."""
    tail: tuple[float, float]
    shares: tuple[float, float, float]
    """Of the later crawl's documents in head, middle and tail, if the earlier cutoffs were kept."""
    distance: float
    """Largest difference between the two distributions (Kolmogorov and Smirnov), to one percentile."""
    same_model: bool | None
    """Whether both were measured by one language model; None where a file does not say."""


def drift(
    earlier: Mapping[str, Mapping[str, Any]], later: Mapping[str, Mapping[str, Any]], head: int, tail: int
) -> list[Drift]:
    """The languages that both files of cutoffs have (buckets.read_cutoffs), the furthest moved first."""
    found = []
    for language in sorted(earlier.keys() & later.keys()):
        old, new = (np.asarray(side[language]["percentiles"], np.float64) for side in (earlier, later))
        models = [side[language].get("lm_sha256") for side in (earlier, later)]
        first, second = share_below(new, old[head]), share_below(new, old[tail])
        found.append(
            Drift(
                language,
                int(later[language].get("documents", 0)),
                (float(old[head]), float(new[head])),
                (float(old[tail]), float(new[tail])),
                (first, second - first, 1.0 - second),
                max(abs(share_below(new, value) - rank / N_PERCENTILES) for rank, value in enumerate(old)),
                None if None in models else models[0] == models[1],
            )
        )
    return sorted(found, key=lambda row: (-row.distance, row.language))


def share_below(percentiles: Float64, value: float) -> float:
    """The share of documents below a perplexity, from their percentiles 0 to 99."""
    ranks = np.arange(N_PERCENTILES) / N_PERCENTILES
    if value > percentiles[-1]:
        return 1.0
    # The middle of a run of equal percentiles: where many documents share a value, neither end is right.
    left, right = (np.searchsorted(percentiles, value, side=side) for side in ("left", "right"))
    if right > left:
        return float((ranks[left] + ranks[right - 1]) / 2)
    return float(np.interp(value, percentiles, ranks))


def drift_table(rows: Sequence[Drift]) -> str:
    """The rows for a terminal."""
    lines = ["language  documents  head below       tail from        head   middle  tail   distance"]
    for row in rows:
        note = "" if row.same_model is not False else "  another model: not comparable"
        shares = "  ".join(f"{share:5.1%}" for share in row.shares)
        cells = [f"{row.language:<8} {row.documents:>10,}"]
        cells += [f"{before:>6,.0f} > {after:<6,.0f}" for before, after in (row.head, row.tail)]
        lines.append(f"{'  '.join(cells)}  {shares}  {row.distance:8.3f}{note}")
    return "\n".join(lines)
