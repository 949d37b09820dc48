"""What the corpus holds, by language and bucket, and how its languages are to be sampled: two Arrow tables.

    statistics   one row a language, bucket and split: documents, lines, characters, bytes, words, tokens
    sampling     one row a language and alpha: n in one unit, p, q, factor, epochs, UniMax (probabilities.py)

Tokens are null where the language has no SentencePiece model. With tokens as the unit, such a language is
*uncounted*: it stays in `sampling` with its name and unit, every number null, and has no part in the shares
of the others.

Not handled: counting. The rows come from the export, already summed over documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa

from ccnet_lite.sampling.probabilities import sampling_rows
from ccnet_lite.settings import SamplingSettings
from ccnet_lite.store.corpus import TRAIN
from ccnet_lite.store.schema import arrow_schema

UNITS = ("documents", "lines", "characters", "bytes", "words", "tokens")
"""What n may count, in the order of the columns of `statistics`."""
BUCKETS = ("head", "middle", "tail", "all")
"""In the order in which rows and files are listed."""


@dataclass(frozen=True)
class BucketStatistics:
    """What one bucket of one language holds on one side of the split: a row of the `statistics` table."""

    language: str
    bucket: str
    documents: int
    lines: int
    characters: int
    """Code points of raw_content."""
    bytes: int
    """UTF-8 bytes of raw_content."""
    words: int
    """Words; characters in scripts written without spaces."""
    tokens: int | None
    """SentencePiece pieces, None where the language has no model."""
    split: str = TRAIN

    def count(self, unit: str) -> int | None:
        """How much of `unit` the bucket holds; None where it was not counted."""
        value: int | None = getattr(self, unit)
        return value


def statistics_table(rows: Iterable[BucketStatistics]) -> pa.Table:
    """The `statistics` table, sorted by language, then head, middle, tail, all, then split.

    Raises:
        ValueError: a language, bucket and split twice, or a negative count.
    """
    return pa.Table.from_pylist([asdict(row) for row in in_order(rows)], schema=arrow_schema("statistics"))


def statistics_rows(table: pa.Table) -> list[BucketStatistics]:
    """The rows of a `statistics` table, or of any table that has its columns, in order."""
    columns = ["language", "bucket", *UNITS, "split"]
    return in_order(BucketStatistics(**row) for row in table.select(columns).to_pylist())


def sampling_table(rows: Iterable[BucketStatistics], settings: SamplingSettings) -> pa.Table:
    """The `sampling` table: every language at every alpha, over the training side of all of its buckets.

    Example:
        `sampling_table(rows, SamplingSettings(unit="bytes", alphas=(0.3,)))`: one row a language.
    """
    counts = language_counts(training(rows), settings.unit)
    known = {language: n for language, n in counts.items() if n is not None}
    sampled = sampling_rows(known, settings.unit, settings.alphas, settings.budget, settings.unimax_max_epochs)
    by_key = {(row.language, row.alpha): asdict(row) for row in sampled}
    records = [
        by_key.get((language, alpha), {"language": language, "unit": settings.unit, "alpha": alpha})
        for language in counts
        for alpha in settings.alphas
    ]
    schema = arrow_schema("sampling")
    columns = [
        # from_pandas: what is not a number becomes null
        pa.array([record.get(field.name) for record in records], field.type, from_pandas=True)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def language_counts(
    rows: Iterable[BucketStatistics], unit: str, buckets: Sequence[str] | None = None
) -> dict[str, int | None]:
    """Counts (n) by language in `unit`, over the given buckets (None: all), sorted by language.

    None where one of its buckets that holds documents was not counted.
    """
    counts: dict[str, int | None] = {}
    for row in in_order(rows):
        if buckets is not None and row.bucket not in buckets:
            continue
        so_far = counts.get(row.language, 0)
        here = row.count(unit) if row.documents else 0
        counts[row.language] = None if so_far is None or here is None else so_far + here
    return counts


def training(rows: Iterable[BucketStatistics]) -> list[BucketStatistics]:
    """The rows of what may be trained on, in order; one without text where all of a bucket is held out."""
    kept = in_order(rows)
    there = {(row.language, row.bucket) for row in kept if row.split == TRAIN}
    left = (row for row in kept if (row.language, row.bucket) not in there)
    empty = [BucketStatistics(row.language, row.bucket, 0, 0, 0, 0, 0, None) for row in left]
    return in_order([*(row for row in kept if row.split == TRAIN), *empty])


def in_order(rows: Iterable[BucketStatistics]) -> list[BucketStatistics]:
    """Sorted by language, then bucket, then split, checked.

    Raises:
        ValueError: naming the language, bucket and split that stand twice or hold a negative count.
    """
    ordered = sorted(rows, key=lambda row: (row.language, _bucket_rank(row.bucket), row.bucket, row.split))
    for before, row in zip([None, *ordered], ordered, strict=False):
        if before is not None and _key(before) == _key(row):
            where = f"language {row.language}, bucket {row.bucket}, split {row.split}"
            raise ValueError(f"statistics of {where} stand there twice")
        negative = [unit for unit in UNITS if (row.count(unit) or 0) < 0]
        if negative:
            raise ValueError(f"language {row.language}, bucket {row.bucket}: {negative[0]} is negative")
    return ordered


def _key(row: BucketStatistics) -> tuple[str, str, str]:
    return row.language, row.bucket, row.split


def _bucket_rank(bucket: str) -> int:
    return BUCKETS.index(bucket) if bucket in BUCKETS else len(BUCKETS)
