"""From runs and a plan to the parts that are read, and how often each is drawn.

A plan's shares q are of *units* (tokens, bytes, documents ...). Documents are drawn so that the units come out by
q: a part whose documents are twice as long is drawn half as often when the unit is bytes or tokens.

Not handled: making a plan. `ccnet-lite sampling` does (sampling/mixture.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.draws import Floats
from ccnet_lite.pretraining.pieces import Run, files_of, pieces_of
from ccnet_lite.pretraining.streams import Part
from ccnet_lite.sampling.mixture import SamplingMix
from ccnet_lite.sampling.plan import SamplingPlan, read_plan
from ccnet_lite.sampling.probabilities import exponent_sampling, unimax
from ccnet_lite.sampling.statistics import BUCKETS, language_counts
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.places import Place

Alpha = float | Literal["unimax"]
Names = Sequence[str] | None


@dataclass(frozen=True)
class Share:
    """A part before its files are looked at."""

    run: Place
    language: str
    buckets: tuple[str, ...]
    q: float
    """Its share of the units read."""
    draw: float
    """The probability that the next document is one of it."""
    documents: int
    """What an epoch draws, by the statistics; -1 where they don't say."""


def language_shares(
    plan: SamplingPlan, alpha: Alpha, buckets: Names, languages: Names, run: Run
) -> dict[str, float]:
    """The shares q over the given buckets and languages; a language without text there is left out.

    Raises:
        UserError: nothing to read, an unknown bucket or language, or a language that was not counted.
    """
    unknown = sorted(set(buckets or ()) - set(BUCKETS))
    if unknown:
        raise UserError(f"bucket {unknown[0]} does not exist: the buckets are {', '.join(BUCKETS)}")
    counts = language_counts(plan.statistics, plan.unit, buckets)
    if languages is not None:
        missing = sorted(set(languages) - set(counts))
        if missing:
            raise UserError(f"{run} holds no {missing[0]}: it holds {', '.join(counts) or 'nothing'}")
        counts = {language: n for language, n in counts.items() if language in languages}
    uncounted = [language for language, n in counts.items() if n is None]
    if uncounted:
        raise UserError(
            f"{run}: {plan.unit} of {', '.join(uncounted)} were not counted (no model): name the languages "
            "to read, or run the sampling step with another sampling.unit"
        )
    names = [language for language, n in counts.items() if n]
    n = [counts[language] or 0 for language in names]
    if not names:
        raise UserError(f"{run} holds no text in the buckets and languages asked for")
    if alpha == "unimax":
        q, _ = unimax(n, plan.budget, plan.unimax_max_epochs)
    else:
        q = exponent_sampling(n, float(alpha))
    return dict(zip(names, q.tolist(), strict=True))


def shares_of_run(run: Place, alpha: Alpha, buckets: Names, languages: Names) -> list[Share]:
    """One share a language, over its buckets."""
    plan = read_plan(run)
    q = language_shares(plan, alpha, buckets, languages, run)
    units = language_counts(plan.statistics, plan.unit, buckets)
    documents = language_counts(plan.statistics, "documents", buckets)
    weights = np.array([share * (documents[name] or 0) / (units[name] or 1) for name, share in q.items()])
    draws = (weights / weights.sum()).tolist()
    read = BUCKETS if buckets is None else tuple(sorted(set(buckets), key=BUCKETS.index))
    return [
        Share(run, name, read, share, draw, documents[name] or 0)
        for (name, share), draw in zip(q.items(), draws, strict=True)
    ]


def shares_of_runs(weights: Mapping[Place, float], alpha: Alpha, buckets: Names, languages: Names) -> list[Share]:
    """Of several runs: each run's units come by its weight, its languages by its own q.

    Raises:
        UserError: a weight is not above 0; the runs count different units; as `language_shares`.
    """
    units = {run: read_plan(run).unit for run in weights}
    if len(set(units.values())) > 1:
        told = ", ".join(f"{unit} in {run}" for run, unit in units.items())
        raise UserError(f"the runs count different units ({told}): run the sampling step of one again")
    if any(weight <= 0 for weight in weights.values()):
        raise UserError(f"weights of runs are {', '.join(map(str, weights.values()))}: each must be above 0")
    total = sum(weights.values())
    found: list[Share] = []
    for run, weight in weights.items():
        shares = shares_of_run(run, alpha, buckets, languages)
        # Documents a unit of this run: with long documents, its weight takes fewer draws.
        plan, names = read_plan(run), [share.language for share in shares]
        n = language_counts(plan.statistics, plan.unit, buckets)
        rate = sum(share.q * share.documents / (n[name] or 1) for share, name in zip(shares, names, strict=True))
        part = weight / total
        found += [
            Share(each.run, each.language, each.buckets, each.q * part, each.draw * part * rate, each.documents)
            for each in shares
        ]
    drawn = sum(share.draw for share in found)
    return [Share(s.run, s.language, s.buckets, s.q, s.draw / drawn, s.documents) for s in found]


def shares_of_mix(mix: SamplingMix) -> list[Share]:
    """One share a part of the plan that is ever drawn."""
    return [
        Share(Place.of(part.run), part.language, (part.bucket,), part.share, part.draw, part.copies)
        for part in mix.parts
        if part.draw > 0.0 and part.copies > 0
    ]


def parts_of(shares: Sequence[Share], split: str, weights: Weights) -> Iterator[tuple[Share, Part]]:
    """The parts with their pieces; one of which this side has nothing is left out.

    Raises:
        UserError: a training side holds something else than was counted.
    """
    columns = {share.run: read_plan(share.run).text_column for share in shares}
    for share in shares:
        run, language = share.run, share.language
        files = files_of(run, language, share.buckets)
        pieces = pieces_of(run, files, split, weights, columns[run])
        if split == "train" and pieces.size != share.documents:
            raise UserError(
                f"{run / 'corpus'} holds {pieces.size} documents of {language}, sampling.json counted "
                f"{share.documents}: call ccnet-lite run again"
            )
        if pieces.size:
            yield share, Part(run, language, share.buckets, pieces, columns[run], split, weights)


def probabilities(shares: Sequence[Share]) -> Floats:
    """The draws' probabilities; they sum to 1."""
    draws: Floats = np.array([share.draw for share in shares])
    draws /= draws.sum()
    return draws
