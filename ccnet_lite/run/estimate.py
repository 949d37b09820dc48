"""What a whole run would take, from runs on two samples of its archives, one within the other.

Times and bytes are a line through what both took; starts are what the smaller took more when it was run first.
The share that duplicates take grows with the number of records, too: by the power with which it grew from the one
sample to the other. Every figure is a span, (least, likely, most).

Not handled: how samples are drawn and run (dry_run.py); the time of a network; what a cluster's tasks wait for.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DRIFT = 0.2
"""How far times on one machine differ from one hour to the next, as a share."""
MOST_DUPLICATE = 0.9
DEDUPLICATION = ("near_duplicates", "paragraphs")
"""Stages of the funnel that drop a document for what other documents hold."""


class Span(NamedTuple):
    """A guess: at the least, the likely value, at the most."""

    low: float
    likely: float
    high: float

    def times(self, factor: float) -> "Span":
        """All three, multiplied."""
        return Span(self.low * factor, self.likely * factor, self.high * factor)


def about(value: float, share: float = DRIFT) -> Span:
    """A value, more or less by a share of it."""
    return Span(value / (1 + share), value, value * (1 + share))


@dataclass(frozen=True)
class StepTook:
    """A step of a run on a sample: seconds by the clock, of CPU, and of Spark's tasks; bytes."""

    seconds: float
    cpu_seconds: float
    task_seconds: float
    shuffled_bytes: int
    written_bytes: int


@dataclass(frozen=True)
class OfLanguage:
    """Documents of a language in a sample. tokens: None where it has no model."""

    read: int
    duplicates: int
    kept: int
    characters: int
    tokens: int | None


@dataclass(frozen=True)
class SampleRun:
    """What a run on a sample took and gave. cores: how many had work."""

    records: int
    cores: int
    steps: Mapping[str, StepTook]
    languages: Mapping[str, OfLanguage]
    corpus_bytes: int
    worker_bytes: int
    java_bytes: int
    driver_bytes: int


@dataclass(frozen=True)
class LanguageGuess:
    """A language of the whole: documents read and kept; characters, and tokens where it has a model, kept."""

    read: Span
    kept: Span
    characters: Span
    tokens: Span | None


@dataclass(frozen=True)
class Estimate:
    """What the whole would take. Seconds by the clock, on so many cores; bytes; hours of CPU."""

    records: float
    cores: int
    seconds: Span
    cpu_hours: Span
    shuffled_bytes: Span
    disk_bytes: Span
    corpus_bytes: Span
    worker_bytes: Span
    java_bytes: Span
    driver_bytes: Span
    documents: Span
    duplicate_share: Span
    languages: Mapping[str, LanguageGuess]


def estimate(cold: SampleRun, small: SampleRun, large: SampleRun, records: float, cores: int) -> Estimate:
    """What a run on so many records would take, on so many cores.

    cold, small: on one sample, the first before anything else was run in the process; large: on a sample that
    holds it. All are of one process.
    """
    scale = records / large.records
    counts = (small.records, large.records)

    def grown(of: Callable[[StepTook], float]) -> float:
        return _line(counts, [sum(map(of, run.steps.values())) for run in (small, large)])(records)

    start_cpu = max(0.0, _sum(cold, "cpu_seconds") - _sum(small, "cpu_seconds"))
    start_seconds = max(0.0, _sum(cold, "seconds") - _sum(small, "seconds"))
    # What tasks did is shared out among cores, what the driver did is not.
    on_driver = _line(counts, [_on_driver(run) for run in (small, large)])(records)
    in_tasks = grown(lambda step: step.task_seconds)
    duplicates = duplicate_share(small, large, records)
    share = _share(large)
    languages = {code: _language(of, scale, duplicates, share) for code, of in large.languages.items()}
    kept = _added([each.kept for each in languages.values()])
    sampled = [sum(of.kept for of in run.languages.values()) for run in (small, large)]
    corpus_bytes = _line(sampled, (small.corpus_bytes, large.corpus_bytes))
    # Nearly all that is shuffled is text on its way to the corpus.
    shuffled = _line(sampled, [_sum(run, "shuffled_bytes") for run in (small, large)])
    return Estimate(
        records=records,
        cores=cores,
        seconds=about(start_seconds + on_driver + in_tasks / cores),
        cpu_hours=about((start_cpu + grown(lambda step: step.cpu_seconds)) / 3600),
        shuffled_bytes=about(shuffled(kept.likely)),
        disk_bytes=about(grown(lambda step: step.written_bytes)),
        corpus_bytes=Span(*(corpus_bytes(count) for count in kept)),
        # A worker holds a shard's keys and hashes, of which a sample has a part.
        worker_bytes=Span(large.worker_bytes, large.worker_bytes * 1.25, large.worker_bytes * 2.5),
        java_bytes=Span(large.java_bytes, large.java_bytes * 1.25, large.java_bytes * 2.5),
        driver_bytes=Span(large.driver_bytes, large.driver_bytes * 1.25, large.driver_bytes * 4),
        documents=kept,
        duplicate_share=duplicates,
        languages=languages,
    )


def _sum(run: SampleRun, name: str) -> float:
    return float(sum(getattr(step, name) for step in run.steps.values()))


def _on_driver(run: SampleRun) -> float:
    return sum(max(0.0, step.seconds - step.task_seconds / run.cores) for step in run.steps.values())


def _line(counts: Sequence[int], sizes: Sequence[float]) -> Callable[[float], float]:
    """What so many take, from two samples: steps have a beginning, files have heads."""
    (few, many), (small, large) = counts, sizes
    of_one = max(0.0, (large - small) / (many - few)) if many > few else large / max(many, 1)
    fixed = max(0.0, large - of_one * many)
    return lambda count: fixed + of_one * count


def _share(run: SampleRun) -> float:
    """Of documents that come so far, those that go as duplicates."""
    languages = run.languages.values()
    candidates = sum(of.kept + of.duplicates for of in languages)
    return sum(of.duplicates for of in languages) / max(candidates, 1)


def duplicate_share(small: SampleRun, large: SampleRun, records: float) -> Span:
    """The share of documents that duplicates take among so many records."""
    before, now = _share(small), _share(large)
    if now == 0:
        # Three of so many would hardly have been missed.
        most = 3 / max(sum(of.kept for of in large.languages.values()), 1)
        return Span(0.0, 0.0, min(MOST_DUPLICATE, most * records / large.records))
    grew = math.log(large.records / small.records) if large.records > small.records else 0.0
    power = math.log(now / before) / grew if before > 0 and grew > 0 else 1.0
    # Each power of ten that is not seen is less sure.
    unseen = math.log10(max(records / large.records, 1.0))
    likely = min(max(power, 0.0), 1.0)
    powers = (max(likely - 0.5 * unseen, 0.0), likely, min(likely + 0.5 * unseen, 1.0))
    factor = max(records / large.records, 1e-9)
    low, middle, high = (min(MOST_DUPLICATE, now * factor**power) for power in powers)
    return Span(low, middle, high)


def _language(of: OfLanguage, scale: float, duplicates: Span, all_share: float) -> LanguageGuess:
    """A language of the whole. Its own duplicates grow as all do, from what its sample has."""
    candidates = of.kept + of.duplicates
    own = of.duplicates / candidates if candidates else 0.0

    def kept_share(share: float) -> float:
        grown = own * share / all_share if all_share else share
        return 1 - min(MOST_DUPLICATE, grown)

    chance = 2 / math.sqrt(max(candidates, 1))  # two standard errors of a count
    likely = candidates * kept_share(duplicates.likely)
    kept = Span(
        max(0.0, candidates * kept_share(duplicates.high) * (1 - chance)),
        likely,
        candidates * kept_share(duplicates.low) * (1 + chance),
    ).times(scale)
    a_document = of.characters / of.kept if of.kept else 0.0
    a_token = of.tokens / of.kept if of.tokens is not None and of.kept else None
    return LanguageGuess(
        read=about(of.read * scale, 2 / math.sqrt(max(of.read, 1))),
        kept=kept,
        characters=kept.times(a_document),
        tokens=None if a_token is None else kept.times(a_token),
    )


def _added(spans: list[Span]) -> Span:
    """The sum of spans whose errors have nothing to do with each other, but for their likely values."""
    likely = sum(span.likely for span in spans)
    below = math.sqrt(sum((span.likely - span.low) ** 2 for span in spans))
    above = math.sqrt(sum((span.high - span.likely) ** 2 for span in spans))
    return Span(max(0.0, likely - below), likely, likely + above)
