"""Near-duplicates of documents that fit one process: candidates, verified, clustered. No Spark."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.candidates import Int64, candidate_pairs, sketches
from ccnet_lite.dedup.pairs import Float64, as_matrix, similarities
from ccnet_lite.dedup.stars import cluster_pairs
from ccnet_lite.settings import NearDuplicateSettings

PAIRS_AT_ONCE = 50_000
"""Pairs whose signatures are taken side by side in one go: 100 MB at 256 permutations."""


def compared_column(settings: NearDuplicateSettings) -> str:
    """The column on which pairs are compared: `signature`, or `shingles`."""
    return "shingles" if settings.verify == "exact" else "signature"


def least_similarity(settings: NearDuplicateSettings) -> float:
    """What a pair must reach to count: nothing where nothing is verified."""
    return 0.0 if settings.verify == "none" else settings.similarity


def cluster_documents(documents: pa.Table, order: list[str], settings: NearDuplicateSettings) -> pa.Table:
    """Rows of `clusters`: every document of a cluster of two or more.

    documents: doc_id; crawl; number (int64, ties go to the smaller one while candidates are found);
        the columns of `order` (least first); bands (list<int64>); signature, and shingles (binary) if the
        settings compare these. Documents with an empty signature must not be here.
    """
    documents = documents.combine_chunks()
    whole = settings.verify == "none"
    bands = documents["bands"].combine_chunks()
    row = pa.array(np.repeat(np.arange(len(bands)), bands.value_lengths().to_numpy()))
    sketch = sketches(as_matrix(documents["signature"])) if len(bands) else np.empty(0, np.int64)
    rows = documents.select(["number", *order]).append_column("sketch", pa.array(sketch)).take(row)
    rows = rows.append_column("hash", bands.flatten())
    src, dst = candidate_pairs(rows, order)
    by_number = np.argsort(documents["number"].to_numpy(), kind="stable")
    numbers = documents["number"].to_numpy()[by_number]
    src, dst = (by_number[np.searchsorted(numbers, side)] for side in (src, dst))
    similarity = _compare(documents, src, dst, compared_column(settings))
    alike = similarity >= least_similarity(settings)
    pairs = {"similarity": pa.array(similarity[alike])}
    for end, places in (("src", src[alike]), ("dst", dst[alike])):
        taken = documents.select(["doc_id", *order]).take(pa.array(places))
        pairs[end] = taken["doc_id"]
        pairs |= {f"{end}_{name}": taken[name] for name in order}
    found = cluster_pairs(pa.table(pairs), order, whole)
    return with_crawls(_fill_similarity(found, documents, settings) if whole else found, documents)


def with_crawls(found: pa.Table, documents: pa.Table) -> pa.Table:
    """Add to each representative the crawls of its cluster, sorted, and how many documents each holds."""
    if not found.num_rows:
        return found.append_column("crawls", pa.array([], pa.list_(pa.string()))).append_column(
            "crawl_copies", pa.array([], pa.list_(pa.int64()))
        )
    place = pc.index_in(found["doc_id"], value_set=documents["doc_id"])
    crawl_of = found.select(["cluster_id"]).append_column("crawl", documents["crawl"].take(place))
    counted = crawl_of.group_by(["cluster_id", "crawl"]).aggregate([([], "count_all")])
    in_order = counted.sort_by([("cluster_id", "ascending"), ("crawl", "ascending")])
    lists = in_order.group_by("cluster_id", use_threads=False).aggregate(
        [("crawl", "list"), ("count_all", "list")]
    )
    at = pc.index_in(found["doc_id"], value_set=lists["cluster_id"])
    for name, column in (("crawls", "crawl_list"), ("crawl_copies", "count_all_list")):
        found = found.append_column(name, lists[column].take(at))
    return found


def _compare(documents: pa.Table, src: Int64, dst: Int64, compared: str) -> Float64:
    """[pairs]: similarity of the documents at the places given."""
    column = documents[compared]

    def taken(places: Int64) -> pa.Array:
        return column.take(pa.array(places)).combine_chunks()

    parts = [np.zeros(0)]
    for at in range(0, len(src), PAIRS_AT_ONCE):
        some = slice(at, at + PAIRS_AT_ONCE)
        parts.append(similarities(taken(src[some]), taken(dst[some]), compared))
    return np.concatenate(parts)


def _fill_similarity(found: pa.Table, documents: pa.Table, settings: NearDuplicateSettings) -> pa.Table:
    """Compare the members that nobody has compared with their representative."""
    missing = np.flatnonzero(found["similarity"].is_null().to_numpy())

    def places(name: str) -> Int64:
        at = pc.index_in(found[name].take(pa.array(missing)), value_set=documents["doc_id"])
        return np.asarray(at).astype(np.int64)

    filled = found["similarity"].to_numpy().copy()
    filled[missing] = _compare(documents, places("cluster_id"), places("doc_id"), compared_column(settings))
    at = found.schema.get_field_index("similarity")
    return found.set_column(at, found.schema.field(at), pa.array(filled))
