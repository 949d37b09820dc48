"""Locality-sensitive hashing, planned: how many bands of how many rows for what is to be found.

A pair of Jaccard similarity s agrees in all r rows of a band with probability s^r, and so becomes a candidate
in at least one of b bands with P(s) = 1 - (1 - s^r)^b (Leskovec, Rajaraman, Ullman, Mining of Massive
Datasets, 3.4.2). Candidates are then verified on b * r permutations, whose estimate of s has the standard
deviation sqrt(s (1 - s) / (b r)): what is found in the end is P(s) times the chance that the estimate
reaches the threshold.
"""

from dataclasses import dataclass
from math import comb, exp, lgamma, log


@dataclass(frozen=True)
class Plan:
    """Bands and rows, and what they find.

    recall: share found of the pairs `margin` above the threshold; false_share: of those `below` it.
    """

    bands: int
    rows: int
    recall: float
    false_share: float


def candidate_probability(similarity: float, bands: int, rows: int) -> float:
    """P(s): the chance that a pair shares a band.

    >>> round(candidate_probability(0.8, 14, 8), 3)
    0.924
    """
    return float(1.0 - (1.0 - similarity**rows) ** bands)


def found_probability(similarity: float, threshold: float, bands: int, rows: int) -> float:
    """The chance that a pair becomes a candidate and that its estimate reaches the threshold.

    The two are not independent (a pair that shares a band agrees in r places), which makes this a slight
    underestimate where it matters, near the threshold.

    >>> round(found_probability(0.85, 0.8, 32, 8), 3)
    0.987
    """
    return candidate_probability(similarity, bands, rows) * estimate_reaches(similarity, threshold, bands * rows)


def estimate_reaches(similarity: float, threshold: float, permutations: int) -> float:
    """The chance that a pair agrees in at least `threshold` of the permutations (binomial tail)."""
    least = _least_count(threshold, permutations)
    if similarity >= 1.0:
        return 1.0
    if similarity <= 0.0:
        return 1.0 if least == 0 else 0.0
    return min(1.0, sum(_binomial(permutations, count, similarity) for count in range(least, permutations + 1)))


def plan(
    threshold: float,
    recall: float,
    false_share: float,
    margin: float = 0.05,
    below: float = 0.1,
    max_permutations: int = 512,
) -> Plan | None:
    """The cheapest bands and rows with the recall and the share of false finds wanted, or None.

    Cheapest: the fewest permutations, then the fewest candidates at a similarity of 0.5.

    Args:
        threshold: similarity from which a pair counts as near-duplicate.
        recall: least share to be found of the pairs at threshold + margin.
        false_share: largest share to be found of the pairs at threshold - below.
        margin: how far above the threshold recall is asked.
        below: how far below the threshold a find is false.
        max_permutations: bands * rows is at most this.
    """
    high, low = min(1.0, threshold + margin), max(0.0, threshold - below)
    for permutations in range(1, max_permutations + 1):
        if estimate_reaches(high, threshold, permutations) < recall:
            continue
        reaches = estimate_reaches(low, threshold, permutations)
        fitting = []
        for rows in range(1, permutations + 1):
            bands, rest = divmod(permutations, rows)
            if rest:
                continue
            found = found_probability(high, threshold, bands, rows)
            false = candidate_probability(low, bands, rows) * reaches
            if found >= recall and false <= false_share:
                fitting.append(Plan(bands, rows, found, false))
        if fitting:
            return min(fitting, key=lambda made: candidate_probability(0.5, made.bands, made.rows))
    return None


def _least_count(threshold: float, permutations: int) -> int:
    """The fewest agreements whose share is the threshold or more, as floating point compares them."""
    count = int(threshold * permutations)
    while count > 0 and (count - 1) / permutations >= threshold:
        count -= 1
    while count / permutations < threshold:
        count += 1
    return count


def _binomial(trials: int, count: int, chance: float) -> float:
    if trials <= 60:
        return float(comb(trials, count) * chance**count * (1.0 - chance) ** (trials - count))
    ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
    return exp(ways + count * log(chance) + (trials - count) * log(1.0 - chance))
