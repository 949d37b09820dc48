"""What the report shows, as plain values: filled by the run, drawn by html.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from ccnet_lite.run.figures import Figures
from ccnet_lite.run.funnel import Funnel, FunnelRow
from ccnet_lite.run.glimpses import Glimpse
from ccnet_lite.run.rules_told import RuleTold


class StatisticsRow(TypedDict):
    """A row of the `statistics` table, as `to_pylist` gives it."""

    language: str
    bucket: str
    documents: int
    lines: int
    characters: int
    bytes: int
    words: int
    tokens: int | None
    split: str


class SamplingRow(TypedDict):
    """A row of the `sampling` table: a language at one alpha. Numbers are None where n was not counted."""

    language: str
    unit: str
    n: int | None
    p: float | None
    alpha: float
    q: float | None
    factor: float | None
    epochs_at_budget: float | None
    unimax_probability: float | None
    unimax_epochs: float | None


@dataclass(frozen=True)
class Perplexities:
    """The perplexities of one language's documents, for its histogram."""

    language: str
    values: Sequence[float] | NDArray[np.float64]
    """One a document, or a sample of them."""
    head_below: float | None = None
    """Below it a document is head; None where there are no cutoffs."""
    tail_from: float | None = None
    """From it on a document is tail."""
    documents: int | None = None
    """How many there are, where the values are a sample."""

    @property
    def count(self) -> int:
        """How many documents there are."""
        return len(self.values) if self.documents is None else self.documents


@dataclass(frozen=True)
class BadRecord:
    """A record or stretch of an archive that could not be read."""

    file: str
    offset: int
    error: str
    message: str


@dataclass(frozen=True)
class Cluster:
    """A near-duplicate cluster."""

    cluster_id: str
    size: int
    """Documents in it, the one that stayed included."""
    language: str
    url: str
    """Of the representative."""
    excerpt: str
    """How its text begins, or its title."""
    lowest_similarity: float | None
    """Of the members to the representative; None where pairs were not verified."""


class CutLines(NamedTuple):
    """Lines of a language that were cut for one reason, by a rule of a policy where that is the reason."""

    language: str
    reason: str
    """Of kernels.cut_lines.REASONS; `read` for all that were asked."""
    rule: str
    lines: int
    characters: int


@dataclass(frozen=True)
class ReportData:
    """A run, as the report shows it. A part that is empty is left out of the page."""

    run: str
    """The run's name: its output folder."""
    version: str
    """Of ccnet_lite."""
    settings_digest: str
    """Of all settings, as manifest.json has it."""
    settings: Mapping[str, Mapping[str, object]]
    """Section, key, value."""
    funnel: Funnel
    shards: int
    """Input archives."""
    low: Sequence[FunnelRow] = ()
    """Documents below the language threshold, by the language that is likeliest; in the funnel they are `und`."""
    names: Mapping[str, str] = field(default_factory=dict)
    """English names of languages, by code."""
    rules: Sequence[RuleTold] = ()
    """What each rule asks, in the order in which a document meets them."""
    glimpse: Glimpse | None = None
    """Hosts and single documents of some archives."""
    input_bytes: int | None = None
    """Their size, as stored."""
    statistics: Sequence[StatisticsRow] = ()
    sampling: Sequence[SamplingRow] = ()
    budget: int = 0
    """Units that the epochs are reckoned for."""
    perplexities: Sequence[Perplexities] = ()
    bad_records: Sequence[BadRecord] = ()
    """In the order to show them; the first 100 are shown."""
    bad_records_total: int | None = None
    """How many there are, when not all are given."""
    clusters: Sequence[Cluster] = ()
    """The largest first; the first 25 are shown."""
    clusters_total: int | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    """Model file to SHA-256."""
    figures: Mapping[str, Figures] = field(default_factory=dict)
    """What each step took, by its name."""
    cuts: Sequence[CutLines] = ()
    """Lines cut; of a run by an earlier version none."""
    line_rules: Mapping[str, str] = field(default_factory=dict)
    """What each rule over lines cuts, in words, in their order."""
