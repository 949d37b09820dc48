"""Near-duplicates of documents that fit one process: candidates, verified, clustered. No Spark."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.candidates import Int64, candidate_pairs, distinct, sketches
from ccnet_lite.dedup.each import Each, on_threads
from ccnet_lite.dedup.equals import fingerprints, first_of_equals
from ccnet_lite.dedup.pairs import Float64, as_matrix, estimates, similarities
from ccnet_lite.dedup.stars import stars, whole_components
from ccnet_lite.settings import NearDuplicateSettings

PAIRS_AT_ONCE = 50_000
"""Pairs whose shingles are taken side by side in one go."""
PAIRS_HELD = 2_000_000
"""Pairs of several bands that are held before those that came before are left out."""

MEMBERS = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("shard", pa.int32(), nullable=False),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("cluster_size", pa.int64(), nullable=False),
        pa.field("representative", pa.bool_(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
        pa.field("crawls", pa.list_(pa.string())),
        pa.field("crawl_copies", pa.list_(pa.int64())),
    ]
)
"""Rows of `clusters`. cluster_id: the representative's doc_id. similarity: to the representative, 1 for that
itself. For a representative also the crawls of its cluster, sorted, and how many documents each holds."""


def compared_column(settings: NearDuplicateSettings) -> str:
    """The column on which pairs are compared: `signature`, or `shingles`."""
    return "shingles" if settings.verify == "exact" else "signature"


def least_similarity(settings: NearDuplicateSettings) -> float:
    """What a pair must reach to count: nothing where nothing is verified."""
    return 0.0 if settings.verify == "none" else settings.similarity


class Compared(Protocol):
    """What is compared of documents, wherever it lies; rows are those of a table of them (dedup/spooled.py)."""

    n_bands: int

    @property
    def same(self) -> Int64:
        """[documents, 2]: equal where what is compared is."""

    @property
    def sketches(self) -> Int64:
        """[documents]: of their signatures."""

    @property
    def band(self) -> Callable[[int], Int64]:
        """Gives [documents], the hash of a band of some number. It may be called elsewhere, as `Each` does."""

    def similarity(self, src: Int64, dst: Int64) -> Float64:
        """[pairs]: similarity of the documents of two rows."""


class Held:
    """`Compared` of documents that are held: bands (list<int64>), signature, and the column that is compared."""

    def __init__(self, documents: pa.Table, column: str) -> None:
        self._column = column
        self._compared = documents[column]
        self._bands = documents["bands"].combine_chunks().flatten().to_numpy().reshape(documents.num_rows, -1)
        self.n_bands = self._bands.shape[1]
        self.sketches = sketches(as_matrix(documents["signature"]))
        self.same = fingerprints(self._compared)

    def band(self, number: int) -> Int64:
        """[documents]: the hash of a band."""
        hashes: Int64 = self._bands[:, number]
        return hashes

    def similarity(self, src: Int64, dst: Int64) -> Float64:
        """[pairs]: similarity of the documents of two rows."""
        if self._column == "signature":
            return estimates(self._compared, src, dst)

        def taken(rows: Int64) -> pa.Array:
            return self._compared.take(pa.array(rows)).combine_chunks()

        parts = [np.zeros(0)]
        for at in range(0, len(src), PAIRS_AT_ONCE):
            some = slice(at, at + PAIRS_AT_ONCE)
            parts.append(similarities(taken(src[some]), taken(dst[some]), self._column))
        return np.concatenate(parts)


def cluster_documents(
    documents: pa.Table,
    order: list[str],
    settings: NearDuplicateSettings,
    compared: Compared | None = None,
    each: Each = on_threads,
) -> pa.Table:
    """Rows of `clusters`, sorted by doc_id: every document of a cluster of two or more.

    documents: doc_id; shard, position; crawl; the columns of `order` (least first, ties go to the smaller
        doc_id). Documents with an empty signature must not be here.
    compared: what is compared of them; if not given, bands (list<int64>), signature, and shingles (binary) if the
        settings compare these, are columns, too.
    each: has bands looked at.
    """
    if not documents.num_rows:
        return MEMBERS.empty_table()
    keys = [(name, "ascending") for name in (*order, "doc_id")]
    row_of = pc.sort_indices(documents, sort_keys=keys).to_numpy().astype(np.int64)
    place = np.empty(len(row_of), np.int64)
    place[row_of] = np.arange(len(row_of))
    compared = compared or Held(documents, compared_column(settings))
    # From here on a document is its place in the policy's order.
    first = np.empty(len(row_of), np.int64)
    first[place] = place[first_of_equals(compared.same, place)]
    src, dst = _candidates(compared, place, first, each)
    if settings.verify == "none":
        centre = whole_components(len(row_of), src, dst)
        similarity = np.ones(len(row_of))
        apart = np.flatnonzero((centre != np.arange(len(centre))) & (first == np.arange(len(first))))
        similarity[apart] = compared.similarity(row_of[centre[apart]], row_of[apart])
    else:
        found = compared.similarity(row_of[src], row_of[dst])
        alike = found >= settings.similarity
        centre, similarity = stars(len(row_of), src[alike], dst[alike], found[alike])
    return _as_rows(documents, row_of, centre[first], similarity[first])


def _candidates(compared: Compared, place: Int64, first: Int64, each: Each) -> tuple[Int64, Int64]:
    """Pairs of places, sorted, of documents that are the first of their equals."""
    kept = np.flatnonzero(first[place] == place)
    shared = kept, place[kept], compared.sketches[kept]
    found = np.zeros(0, np.int64)
    more: list[Int64] = []
    # Hashes of two bands are never the same: band by band they stay in a processor's cache.
    for pairs in each(partial(_of_band, compared.band), shared, compared.n_bands):
        more.append(pairs)
        # Most bands give the same pairs, so that all of them together are many more than are distinct.
        if sum(map(len, more)) > max(len(found), PAIRS_HELD):
            found, more = distinct(np.concatenate([found, *more])), []
    found = distinct(np.concatenate([found, *more]))
    return found >> 32, found & 0xFFFFFFFF


def _of_band(band: Callable[[int], Int64], number: int, kept: Int64, numbers: Int64, sketch: Int64) -> Int64:
    """The pairs of a band, of two numbers each. kept: rows that are looked at; numbers, sketch: theirs."""
    src, dst = candidate_pairs(pa.table({"hash": band(number)[kept], "number": numbers, "sketch": sketch}), [])
    return src << 32 | dst


def _as_rows(documents: pa.Table, row_of: Int64, centre: Int64, similarity: Float64) -> pa.Table:
    """Rows of `clusters`. centre, similarity: by place in the policy's order; a centre is its own."""
    sizes = np.bincount(centre, minlength=len(centre))
    places = np.flatnonzero(sizes[centre] > 1)
    centre = centre[places]
    is_centre = centre == places
    found = documents.select(["doc_id", "shard", "position", "crawl"]).take(pa.array(row_of[places]))
    rows = pa.table(
        {
            **{name: found[name] for name in ("doc_id", "shard", "position")},
            "cluster_id": documents["doc_id"].take(pa.array(row_of[centre])),
            "cluster_size": sizes[centre],
            "representative": is_centre,
            "similarity": np.where(is_centre, 1.0, similarity[places]),
        }
    )
    by_crawl = _crawls(rows["cluster_id"], found["crawl"])
    at = pc.index_in(rows["doc_id"], value_set=by_crawl["cluster_id"])
    for name in ("crawls", "crawl_copies"):
        rows = rows.append_column(name, by_crawl[name].take(at))
    return rows.cast(MEMBERS).sort_by("doc_id")


def _crawls(cluster_id: pa.ChunkedArray, crawl: pa.ChunkedArray) -> pa.Table:
    """cluster_id, crawls, crawl_copies: a row a cluster."""
    held = pa.table({"cluster_id": cluster_id, "crawl": crawl})
    counted = held.group_by(["cluster_id", "crawl"]).aggregate([([], "count_all")])
    in_order = counted.sort_by([("cluster_id", "ascending"), ("crawl", "ascending")])
    lists = in_order.group_by("cluster_id", use_threads=False).aggregate(
        [("crawl", "list"), ("count_all", "list")]
    )
    return pa.table(
        {
            "cluster_id": lists["cluster_id"],
            "crawls": lists["crawl_list"],
            "crawl_copies": lists["count_all_list"],
        }
    )
