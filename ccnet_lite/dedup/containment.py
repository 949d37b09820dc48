"""Documents wholly inside longer ones: candidates by anchors, verified on all shingles, longest first. No Spark.

A short page in a long one has a small Jaccard similarity, so bands do not propose the two. Here documents are
taken in the order of their length, the longest first; in each bucket of an anchor one is paired with the
bucket's longest and the few next longer (dedup/candidates.py, whose bounds hold). A pair goes on if the longer has
half of the shorter's anchors, and holds if it has `near_duplicates.containment` of the shorter's shingles.
Of what holds, stars are made (dedup/stars.py): whoever is dropped is inside a document that stays.

Not handled: a document that is spread over several others; one inside a longer one with which it shares only
anchors that a hundred documents or more share, if that is not the longest of them.
"""

import numpy as np
import pyarrow as pa

from ccnet_lite.dedup.anchors import shares_in
from ccnet_lite.dedup.candidates import Int64, candidate_pairs
from ccnet_lite.dedup.pairs import Float64, uint32_rows
from ccnet_lite.dedup.stand_ins import ReadHashes, Way, stand_ins

ANCHOR_SHARE = 0.5
"""Of the shorter's anchors, what the longer has to have at least: text cut into other lines loses some."""


def contained_documents(documents: pa.Table, least: float, read_shingles: ReadHashes) -> pa.Table:
    """Rows of `contained`, sorted by doc_id.

    documents: doc_id, shard, position, n_chars, anchors (list<int64>, ascending). least: what share of its
    shingles a document must have in a longer one. read_shingles: distinct, ascending. Ties in length go to the
    smaller id.
    """
    documents = documents.sort_by([("n_chars", "descending"), ("doc_id", "ascending")]).combine_chunks()
    # From here on a document is its place in this order.
    anchors = documents["anchors"].combine_chunks()
    place = np.repeat(np.arange(len(anchors)), anchors.value_lengths().to_numpy())
    rows = {"hash": anchors.flatten(), "number": place, "sketch": np.zeros(len(place), np.int64)}
    src, dst = candidate_pairs(pa.table(rows), [])
    return stand_ins(documents, src, dst, CONTAINED, least, read_shingles)


def shares_of(longer: pa.Array | pa.ChunkedArray, shorter: pa.Array | pa.ChunkedArray) -> Float64:
    """[pairs]: the share of the shorter's values (anchors, or binary shingles) that the longer has."""
    theirs, ours = _values(longer), _values(shorter)
    return np.asarray(shares_in(ours[1], ours[0], theirs[1], theirs[0]))


def _values(column: pa.Array | pa.ChunkedArray) -> tuple[Int64, Int64]:
    """Where each row begins, and the values of all."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        bounds, values = uint32_rows(column)
        return bounds, values.astype(np.int64)
    bounds = np.zeros(len(column) + 1, np.int64)
    np.cumsum(column.value_lengths().to_numpy(), out=bounds[1:])
    return bounds, column.flatten().to_numpy().copy()


CONTAINED = Way(
    *("anchors", shares_of, ANCHOR_SHARE, "shingles", shares_of),
    ("contained_in", "containment", "holds"),
)
