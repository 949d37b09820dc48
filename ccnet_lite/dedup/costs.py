"""What a plan costs, and how many of its candidates are false on a sample: before a crawl is clustered.

Costs are arithmetic from the bytes of a row and from rates measured on one core; a sample gives counts. A
sample's pairs a document are a lower bound for a crawl's: pairs grow faster than documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ccnet_lite.dedup.candidates import candidate_pairs, sketches
from ccnet_lite.dedup.lsh import Plan, candidate_probability
from ccnet_lite.dedup.minhash import band_hashes, estimate, is_empty, jaccard, signatures
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import shingle_hashes

SIGNATURE_VALUES = 4_000_000
"""Documents times permutations a second of one core: benchmarks/minhash.py, 256 permutations, real text."""
BAND_ROWS = 120_000
"""Rows of the band table a second of one core, to verified clusters: benchmarks/cluster_scale.py."""
BAND_ROW_BYTES = 8 + 8 + 8 + 8
"""Hash, document number, sketch and rank: what a band's row carries through the shuffle."""


@dataclass(frozen=True)
class Cost:
    """Bytes that the band tables and signatures move, and core seconds."""

    band_bytes: int
    signature_bytes: int
    signature_seconds: float
    band_seconds: float


@dataclass(frozen=True)
class Measured:
    """Counts on a sample, against exact similarity.

    false_candidates: below the similarity; false_found: found, though below similarity - 0.1.
    """

    documents: int
    candidates: int
    false_candidates: int
    found: int
    false_found: int


def cost(made: Plan, documents: int) -> Cost:
    """What a plan costs over so many documents.

    >>> cost(Plan(32, 8, 1.0, 0.0), 1_000_000).band_bytes
    1024000000
    """
    rows, permutations = documents * made.bands, made.bands * made.rows
    return Cost(
        rows * BAND_ROW_BYTES,
        documents * permutations * 4,
        documents * permutations / SIGNATURE_VALUES,
        rows / BAND_ROWS,
    )


def curve(made: Plan) -> list[tuple[float, float]]:
    """(similarity, chance to become a candidate), from 0.3 to 1."""
    return [
        (percent / 100, candidate_probability(percent / 100, made.bands, made.rows))
        for percent in range(30, 101, 5)
    ]


def measure(texts: Sequence[str], settings: NearDuplicateSettings) -> Measured:
    """Candidates among texts as the run would pair them, each compared exactly; all held at once."""
    values = signatures(texts, settings)
    taken = np.flatnonzero(~is_empty(values))
    bands = band_hashes(values[taken], settings.bands, settings.rows).view(np.int64)
    per_row = {"number": taken, "sketch": sketches(values[taken])}
    rows = {name: np.repeat(column, settings.bands) for name, column in per_row.items()}
    first, second = candidate_pairs(pa.table({"hash": bands.ravel(), **rows}), [])
    sets = {number: shingle_hashes(texts[number], settings.ngram) for number in np.unique([first, second])}
    pairs_of = zip(first.tolist(), second.tolist(), strict=True)
    exact = np.array([jaccard(sets[one], sets[other]) for one, other in pairs_of])
    found = estimate(values[first], values[second]) >= settings.similarity if len(first) else exact > 1
    return Measured(
        len(texts),
        len(exact),
        int((exact < settings.similarity).sum()),
        int(found.sum()),
        int((found & (exact < settings.similarity - 0.1)).sum()),
    )


def describe(made: Plan, documents: int) -> str:
    """A plan, its curve and its cost, for the terminal."""
    spent = cost(made, documents)
    lines = [
        f"{made.bands} bands of {made.rows} rows, {made.bands * made.rows} permutations",
        f"found at similarity + 0.05: {made.recall:.4f}; at similarity - 0.1: {made.false_share:.5f}",
        "similarity  chance to be a candidate",
        *(f"{similarity:10.2f}  {chance:.4f}" for similarity, chance in curve(made)),
        f"{documents:,} documents: band tables shuffle {spent.band_bytes / 1e9:,.2f} GB, "
        f"signatures hold {spent.signature_bytes / 1e9:,.2f} GB",
        f"core hours: signatures {spent.signature_seconds / 3600:,.2f}, bands {spent.band_seconds / 3600:,.2f}",
    ]
    return "\n".join(lines)


def describe_sample(measured: Measured) -> str:
    """What a sample gave, for the terminal."""
    share = measured.false_candidates / max(1, measured.candidates)
    false = measured.false_found / max(1, measured.found)
    return (
        f"sample of {measured.documents:,} documents, whole texts: {measured.candidates:,} candidates, "
        f"{share:.2%} below the similarity; {measured.found:,} found, {false:.2%} of them false"
    )


def as_toml(near: NearDuplicateSettings) -> str:
    """The lines of settings that choose the plan."""
    return f"\n[near_duplicates]\nsimilarity = {near.similarity}\nbands = {near.bands}\nrows = {near.rows}"
