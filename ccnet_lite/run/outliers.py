"""Rules that take unusually much of one language: where a rule is wrong for a language, it shows there first."""

from typing import NamedTuple

import numpy as np

from ccnet_lite.run.funnel import NAMELESS, Funnel

LEAST_DOCUMENTS = 100
"""Languages with fewer say nothing."""
LEAST_LANGUAGES = 3
"""With fewer there are no others to be held against."""
LEAST_SHARE = 0.05
DEVIATIONS = 5.0
"""Median absolute deviations over the median of all languages, from which a share stands out."""
NOT_ASKED = ("ingest", "language", "urls", "opt_out")
"""Stages whose rules are about languages, archives and owners: no two languages have to be alike there."""


class Outlier(NamedTuple):
    """A rule that takes more of a language than of others."""

    language: str
    stage: str
    rule: str
    dropped: int
    documents: int
    """Of the language, all that were read."""
    share: float
    median: float
    """Of the shares that the rule takes of all languages."""


def outliers(funnel: Funnel) -> list[Outlier]:
    """The rules that stand out, the largest shares first."""
    parts = [
        part for part in funnel.languages if part.language not in NAMELESS and part.documents >= LEAST_DOCUMENTS
    ]
    if len(parts) < LEAST_LANGUAGES:
        return []
    rules = {(fate.stage, fate.rule) for part in parts for fate in part.reasons if fate.stage not in NOT_ASKED}
    found = []
    for stage, rule in sorted(rules):
        dropped = [
            sum(fate.count for fate in part.reasons if (fate.stage, fate.rule) == (stage, rule)) for part in parts
        ]
        shares = np.array([count / part.documents for count, part in zip(dropped, parts, strict=True)])
        median = float(np.median(shares))
        bound = median + DEVIATIONS * float(np.median(np.abs(shares - median)))
        for part, count, share in zip(parts, dropped, shares.tolist(), strict=True):
            if share >= LEAST_SHARE and share > bound:
                found.append(Outlier(part.language, stage, rule, count, part.documents, share, median))
    return sorted(found, key=lambda each: (-each.share, each.language, each.rule))
