"""A sampling plan (mixture.py) from what runs hold: how the budget is shared among languages, buckets and runs.

Terms, of a language l whose parts are its buckets in all runs, n counted in one unit:

    n_l       sum of its parts' n, parts of weight 0 left out; by weights, a document counts as often
    w_l       n_l^alpha ("alpha"; alpha = 1/T of a temperature T), or 1 ("unimax")
    low_l     max(minimum share, minimum epochs * r_l / budget)
    high_l    min(maximum share, maximum epochs * r_l / budget); r_l: n_l where a part counts by its weight over
              the greatest of the language's, so that no part is read more often than the maximum says
    q_l       clip(c * w_l, low_l, high_l), c such that they sum to 1; all at high_l where these sum to less
    q_part    q_l, shared out by the parts' weight * n
    draw      q_part * documents / n, scaled to sum to 1: the next document's part

With weights of 1 and maximum epochs this is UniMax's algorithm (Chung et al. 2023). What the highs leave of the
budget stays unspent, and the plan says so.

Not handled: reading runs (finished/mixture.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.sampling.mixture import MixPart, SamplingMix
from ccnet_lite.sampling.probabilities import Floats, shares
from ccnet_lite.sampling.statistics import BUCKETS, BucketStatistics, language_counts
from ccnet_lite.sampling.weights import Weights

EVERY = ""
"""Among minima and maxima, the language that stands for all that are not named."""
USEFUL_BYTES = 256 << 20
"""Below a few hundred MiB, XLM-R found a language's text too little to learn from (section 3.1)."""
MANY_EPOCHS = 4.0
"""Up to so many epochs, repeated text is almost as good as new (Muennighoff et al. 2023)."""


@dataclass(frozen=True)
class Held:
    """What one bucket of one language of one run holds to train on."""

    run: str
    once: BucketStatistics
    """Every document once."""
    weighted: BucketStatistics
    """Every document as often as an epoch reads it: as `once`, or by its cluster weight."""


@dataclass(frozen=True)
class Wish:
    """What a plan is asked for. Shares are of the budget; EVERY stands for languages that are not named."""

    unit: str
    budget: int
    method: str = "alpha"
    """alpha or unimax."""
    alpha: float = 0.3
    max_epochs: float | None = None
    min_epochs: float = 0.0
    max_share: Mapping[str, float] = field(default_factory=dict)
    min_share: Mapping[str, float] = field(default_factory=dict)
    bucket_weights: Mapping[str, float] = field(default_factory=dict)
    """1 where a bucket is not named; 0 leaves it out."""
    cluster_weights: bool = False
    tier_weights: Mapping[int, int] = field(default_factory=dict)
    """How often an epoch reads a document of a tier: 1 where it is not named; 0 leaves it out."""
    languages: tuple[str, ...] = ()
    """Empty: all."""
    useful_bytes: int = USEFUL_BYTES
    many_epochs: float = MANY_EPOCHS

    @property
    def weights(self) -> Weights:
        """How often an epoch reads a document."""
        return Weights(self.cluster_weights, tuple(sorted(self.tier_weights.items())))

    def described(self) -> dict[str, object]:
        """The plan's `method`."""
        own: dict[str, object] = {"name": self.method}
        if self.method == "alpha":
            own |= {"alpha": float(self.alpha)}
        given = {
            "max_epochs": self.max_epochs,
            "min_epochs": self.min_epochs,
            "max_share": dict(self.max_share),
            "min_share": dict(self.min_share),
            "bucket_weights": dict(self.bucket_weights),
            "languages": list(self.languages),
        }
        return own | {name: value for name, value in given.items() if value}


def mix(held: Sequence[Held], wish: Wish) -> SamplingMix:
    """The plan for what runs hold.

    Raises:
        UserError: nothing to read, a language that is not there or not counted, minima of more than the budget, a
            number out of its range.
    """
    _check(wish)
    parts, uncounted = _chosen(held, wish)
    languages = sorted({part.once.language for part in parts})
    n = np.array([sum(_n(p, wish) for p in parts if p.once.language == name) for name in languages])
    reach = np.array([_reach([p for p in parts if p.once.language == name], wish) for name in languages])
    low, high, unmet = _bounds(languages, reach, wish)
    weights = np.ones(len(n)) if wish.method == "unimax" else np.power(n / n.max(), wish.alpha)
    given = bounded(weights, low, high)
    spent = float(given.sum()) * wish.budget
    q = dict(zip(languages, shares(given).tolist(), strict=True))
    mixed = _parts(parts, q, spent, wish)
    warnings = [*uncounted, *unmet, *_warnings(held, mixed, spent, wish)]
    made = wish.unit, wish.budget, spent, wish.described(), wish.cluster_weights, mixed, tuple(warnings)
    return SamplingMix(*made, wish.weights.tiers)


def bounded(weights: Floats, low: Floats, high: Floats) -> Floats:
    """The shares clip(c * weights, low, high) that sum to 1, or `high` where that sums to less.

    low: at most high each, at most 1 in all.

    >>> bounded(np.array([8.0, 1.0, 1.0]), np.array([0.0, 0.0, 0.3]), np.array([0.5, 1.0, 1.0])).round(3).tolist()
    [0.5, 0.2, 0.3]
    """
    if high.sum() <= 1.0:
        return high.copy()
    found = np.zeros_like(weights)
    free = np.ones(len(weights), bool)
    while True:
        left = 1.0 - found[~free].sum()
        found[free] = left * weights[free] / weights[free].sum()
        over, under = free & (found > high), free & (found < low)
        if not over.any() and not under.any():
            return found
        # Those go first which c has to make room for: it rises or falls with what they are cut by.
        excess = (found - high)[over].sum() - (low - found)[under].sum()
        fixed, bound = (over, high) if excess >= 0.0 else (under, low)
        found[fixed] = bound[fixed]
        free &= ~fixed
        if not free.any():
            return found


def _check(wish: Wish) -> None:
    ranges = {
        "alpha": (0.0 <= wish.alpha <= 1.0, f"alpha is {wish.alpha}: give 0 to 1, or a temperature of 1 or more"),
        "budget": (wish.budget > 0, f"the budget is {wish.budget}: give a number of {wish.unit} above 0"),
        "epochs": (
            wish.min_epochs >= 0 and (wish.max_epochs is None or wish.max_epochs > 0),
            "epochs: give a maximum above 0 and a minimum of 0 or more",
        ),
        "UniMax": (wish.method != "unimax" or wish.max_epochs is not None, "UniMax needs a maximum of epochs"),
    }
    for fine, message in ranges.values():
        if not fine:
            raise UserError(message)
    for what, given in (("minimum", wish.min_share), ("maximum", wish.max_share)):
        wrong = [f"{name or 'all'}: {share}" for name, share in given.items() if not 0.0 <= share <= 1.0]
        if wrong:
            raise UserError(f"the {what} share of {wrong[0]} is none: give 0 to 1")
    wrong_tier = [tier for tier, times in wish.tier_weights.items() if tier < 0 or times < 0]
    if wrong_tier:
        raise UserError(f"tier weight {wrong_tier[0]}: give a tier and a whole number, 0 or more of each")
    for name, weight in wish.bucket_weights.items():
        if name not in BUCKETS or not 0.0 <= weight < float("inf"):
            raise UserError(f"bucket weight {name}={weight}: give one of {', '.join(BUCKETS)} and 0 or more")


def _chosen(held: Iterable[Held], wish: Wish) -> tuple[list[Held], list[str]]:
    """The parts with text that are read, sorted; warnings of languages that were not counted in the unit."""
    there = [each for each in held if wish.bucket_weights.get(each.once.bucket, 1.0) > 0.0]
    counts: dict[str, int | None] = {}
    for run in {each.run for each in there}:
        of_run = [each.weighted for each in there if each.run == run]
        for language, count in language_counts(of_run, wish.unit).items():
            before = counts.get(language, 0)
            counts[language] = None if before is None or count is None else before + count
    named = {*wish.languages, *wish.min_share, *wish.max_share} - {EVERY}
    missing = sorted(named - counts.keys())
    if missing:
        raise UserError(f"no run holds {missing[0]}: they hold {', '.join(sorted(counts)) or 'nothing'}")
    wanted = set(wish.languages or counts)
    uncounted = sorted(name for name in wanted if counts[name] is None)
    if uncounted and wish.languages:
        raise UserError(
            f"{wish.unit} of {', '.join(uncounted)} were not counted, for want of a model: leave them out or "
            "choose another unit"
        )
    parts = [p for p in there if p.once.language in wanted and counts[p.once.language] and _n(p, wish)]
    if not parts:
        raise UserError("the runs hold no text to train on in the languages and buckets asked for")
    parts.sort(key=lambda part: (part.run, part.once.language, BUCKETS.index(part.once.bucket)))
    why = f"left out, as their {wish.unit} were not counted, for want of a model: {', '.join(uncounted)}"
    return parts, [why] if uncounted else []


def _n(part: Held, wish: Wish) -> int:
    return part.weighted.count(wish.unit) or 0


def _weight(part: Held, wish: Wish) -> float:
    return wish.bucket_weights.get(part.once.bucket, 1.0)


def _reach(parts: Sequence[Held], wish: Wish) -> float:
    """Units of a language that are read when its most favoured part has been read once."""
    most = max(_weight(part, wish) for part in parts)
    return sum(_n(part, wish) * (_weight(part, wish) / most) for part in parts)


def _bounds(languages: Sequence[str], reach: Floats, wish: Wish) -> tuple[Floats, Floats, list[str]]:
    """The least and the greatest share of each language, and warnings where the two don't go together."""

    def of_each(given: Mapping[str, float], otherwise: float) -> Floats:
        every = given.get(EVERY, otherwise)
        return np.array([given.get(name, every) for name in languages])

    high = of_each(wish.max_share, 1.0)
    if wish.max_epochs is not None:
        high = np.minimum(high, wish.max_epochs * reach / wish.budget)
    low = np.maximum(of_each(wish.min_share, 0.0), wish.min_epochs * reach / wish.budget)
    unmet = [
        f"{name}: its minimum, {100 * low[i]:.3g} % of the budget, is above its maximum, {100 * high[i]:.3g} %: "
        "it gets the maximum"
        for i, name in enumerate(languages)
        if low[i] > high[i]
    ]
    low = np.minimum(low, high)
    if low.sum() > 1.0 + 1e-9:
        raise UserError(
            f"the minima of {len(languages)} languages sum to {100 * low.sum():.3g} % of the budget: lower the "
            "minimum share or epochs, or raise the budget"
        )
    return low, high, unmet


def _parts(parts: Sequence[Held], q: Mapping[str, float], spent: float, wish: Wish) -> tuple[MixPart, ...]:
    sums: dict[str, float] = {}
    for part in parts:
        sums[part.once.language] = sums.get(part.once.language, 0.0) + _weight(part, wish) * _n(part, wish)
    share = [q[p.once.language] * _weight(p, wish) * _n(p, wish) / sums[p.once.language] for p in parts]
    draws = np.array(
        [each * part.weighted.documents / _n(part, wish) for each, part in zip(share, parts, strict=True)]
    )
    draws = draws / draws.sum()
    made = []
    for part, own, draw in zip(parts, share, draws.tolist(), strict=True):
        n, tokens = _n(part, wish), part.weighted.tokens
        made.append(
            MixPart(
                run=part.run,
                language=part.once.language,
                bucket=part.once.bucket,
                documents=part.once.documents,
                copies=part.weighted.documents,
                n=n,
                share=own,
                draw=draw,
                units=own * spent,
                tokens=None if tokens is None else own * spent * tokens / n,
                epochs=own * spent / n,
            )
        )
    return tuple(made)


def _warnings(held: Iterable[Held], parts: Sequence[MixPart], spent: float, wish: Wish) -> list[str]:
    """Sentences on what is small, repeated or left over."""
    sizes: dict[str, int] = {}
    for each in held:
        sizes[each.once.language] = sizes.get(each.once.language, 0) + each.once.bytes
    said = []
    most: dict[str, float] = {}
    for part in parts:
        most[part.language] = max(most.get(part.language, 0.0), part.epochs)
    small = [f"{name} ({_size(sizes[name])})" for name in sorted(most) if sizes[name] < wish.useful_bytes]
    if small:
        least = f"{wish.useful_bytes / 2**20:,.0f} MiB"
        said.append(f"below {least} of text, too little to learn much from: {', '.join(small)}")
    often = [f"{name} ({times:,.1f})" for name, times in sorted(most.items()) if times > wish.many_epochs]
    if often:
        said.append(f"read more than {wish.many_epochs:g} times, which maximum epochs prevent: {', '.join(often)}")
    if spent < wish.budget * (1.0 - 1e-9):
        left = wish.budget - spent
        said.append(
            f"{left:,.0f} of {wish.budget:,} {wish.unit} ({100 * left / wish.budget:.1f} %) stay unspent: every "
            "language is at its maximum"
        )
    return said


def _size(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB" if size >= 2**20 / 10 else f"{size / 2**10:,.1f} KiB"
