"""A rule's bound for one language, from what its signal is in that language's documents.

Two ways, as FineWeb-2 has them (Penedo et al. 2025): a percentile, which costs that share of the documents however
they lie; or so many standard deviations from the median. A fitted bound is not stricter than the rule's strictest
(its own bound, where it gives none), nor looser than its loosest: clean reference prose is more even than good
pages are.

Not handled: where the documents come from (finished/fit_rules.py).
"""

from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccnet_lite.settings import PolicyRule

Float64 = npt.NDArray[np.float64]
Method = Literal["percentile", "median"]
DIGITS = 4
"""Decimals of a fitted bound, rounded to the looser side."""


def fitted_bound(values: Float64, rule: PolicyRule, method: Method, share: float, deviations: float) -> float:
    """The bound that some documents give.

    values: the rule's signal in documents of a language, at least one; share: of the documents that a percentile
    drops, at most; deviations: how many from the median.

    >>> rule = PolicyRule(name="few", column="n_words", comparison="below", bound=50, source="mine")
    >>> fitted_bound(np.arange(20.0, 120.0), rule, "percentile", 0.05, 3)
    25.0
    >>> fitted_bound(np.arange(90.0, 120.0), rule, "percentile", 0.05, 3)
    50.0
    """
    sign = 1.0 if rule.comparison == "above" else -1.0  # so that more is worse
    worse = np.sort(values * sign)
    if method == "percentile":
        found = float(worse[len(worse) - 1 - int(share * len(worse))])
    else:
        found = float(np.median(worse) + deviations * np.std(worse))
    strictest = sign * (rule.bound if rule.strictest is None else rule.strictest)
    found = max(found, strictest)
    if rule.loosest is not None:
        found = min(found, sign * rule.loosest)
    bound: float = sign * ceil(found * 10**DIGITS - 1e-6) / 10**DIGITS + 0.0
    return bound
