"""Documents that another stands for, though bands don't propose the two: likely pairs are measured. No Spark.

dedup/containment.py and dedup/templates.py say which pairs are looked at, and what is measured of them. Of those
that hold stars are made (dedup/stars.py), so whoever is dropped was compared with the document that stays.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.candidates import Int64
from ccnet_lite.dedup.pairs import Float64
from ccnet_lite.dedup.stars import stars

PAIRS_AT_ONCE = 50_000

Measure = Callable[[pa.Array | pa.ChunkedArray, pa.Array | pa.ChunkedArray], Float64]
"""Of pairs, the first ones by the order and the second ones, a number each."""
ReadHashes = Callable[[pa.Table], pa.Array]
"""Takes documents (doc_id, shard, position); gives, in their order, what is measured, binary: uint32 each."""


class Way(NamedTuple):
    """A way in which one document stands for another."""

    known: str
    """The column of what is known of all documents, on which a pair is seen to be likely."""
    likely: Measure
    least_likely: float
    held: str
    """What is read of the documents in likely pairs."""
    measure: Measure
    columns: tuple[str, str, str]
    """In the table of those found: the document that stays, what was measured, for how many one stands."""

    @property
    def rows(self) -> pa.Schema:
        """Rows of that table: documents that go, and those that stay for some."""
        named, measured, count = self.columns
        return pa.schema(
            [
                pa.field("doc_id", pa.string(), nullable=False),
                pa.field("shard", pa.int32(), nullable=False),
                pa.field("position", pa.int32(), nullable=False),
                pa.field(named, pa.string()),
                pa.field(measured, pa.float64()),
                pa.field(count, pa.int64(), nullable=False),
            ]
        )


def stand_ins(documents: pa.Table, src: Int64, dst: Int64, way: Way, least: float, read: ReadHashes) -> pa.Table:
    """Rows of the way's table, sorted by doc_id.

    documents: doc_id, shard, position and way.known, in the order in which the first stays. src, dst: [pairs] of
    their numbers, src before dst. least: what has to be measured of a pair.
    """
    likely = _measured(documents[way.known], src, dst, way.likely) >= way.least_likely
    src, dst = src[likely], dst[likely]
    wanted = np.unique(np.concatenate((src, dst)))
    held = read(documents.select(["doc_id", "shard", "position"]).take(pa.array(wanted)))
    found = _measured(held, np.searchsorted(wanted, src), np.searchsorted(wanted, dst), way.measure)
    holds = found >= least
    centre, found = stars(documents.num_rows, src[holds], dst[holds], found[holds])
    return _as_rows(documents, centre, found, way)


def _measured(column: pa.Array | pa.ChunkedArray, src: Int64, dst: Int64, measure: Measure) -> Float64:
    parts = [np.zeros(0)]
    for at in range(0, len(src), PAIRS_AT_ONCE):
        some = slice(at, at + PAIRS_AT_ONCE)
        parts.append(measure(column.take(pa.array(src[some])), column.take(pa.array(dst[some]))))
    return np.concatenate(parts)


def _as_rows(documents: pa.Table, centre: Int64, found: Float64, way: Way) -> pa.Table:
    goes = centre != np.arange(len(centre))
    count = np.bincount(centre[goes], minlength=len(centre))
    chosen = np.flatnonzero(goes | (count > 0))
    rows = documents.select(["doc_id", "shard", "position"]).take(pa.array(chosen))
    going = pa.array(goes[chosen])
    others = documents["doc_id"].take(pa.array(centre[chosen]))
    columns = (
        pc.if_else(going, others, pa.scalar(None, pa.string())),
        pa.array(found[chosen], mask=~goes[chosen]),
        pa.array(count[chosen]),
    )
    for name, column in zip(way.columns, columns, strict=True):
        rows = rows.append_column(name, column)
    return rows.cast(way.rows).sort_by("doc_id")
