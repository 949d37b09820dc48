"""A new crawl's near-duplicates among themselves and among those of an index.

The result is that of clustering all documents at once: the same candidates are found, of which those that an
earlier crawl compared are not compared again. What a crawl adds to the index is its own: its documents, its
bands, the pairs that it was the first to compare. So an index of fifty crawls holds some fifty times what one
of one holds.
"""

from collections.abc import Callable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.clusters import compared_column
from ccnet_lite.dedup.split import SALT
from ccnet_lite.kernels.policy import policy_columns
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.candidates import KeepNew, ReadKnown, candidate_pairs
from ccnet_lite.stages.components import Commit
from ccnet_lite.stages.equals import SAME
from ccnet_lite.stages.joins import join_evenly
from ccnet_lite.stages.near_duplicates import (
    KEYS,
    cluster_candidates,
    compare_pairs,
    parts_for,
    twins,
)

ENDS = ("src", "dst")


def stored_order(settings: NearDuplicateSettings) -> list[tuple[str, int | None]]:
    """Each column of the order and its place in `ranks`; None for the one that is the archive."""
    found: list[tuple[str, int | None]] = []
    for name in policy_columns(settings):
        is_archive = name == "cc_segment"
        found.append((f"rank_{len(found)}", None if is_archive else sum(p is not None for _, p in found)))
    return found


def packed_order(settings: NearDuplicateSettings) -> tuple[Column, Column]:
    """The order's columns as `ranks` and `segment`."""
    order = stored_order(settings)
    numbers = [F.col(name) for name, place in order if place is not None]
    texts = [F.col(name) for name, place in order if place is None]
    ranks = F.array(*numbers) if numbers else F.array().cast("array<double>")
    return ranks.alias("ranks"), (texts[0] if texts else F.lit("")).alias("segment")


def as_stored(documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Rows of `index_documents`. documents: as for near_duplicates.clusters, with fingerprints."""
    compared = compared_column(settings)
    binaries = [
        F.col(name).alias(name) if name == compared else F.lit(None).cast("binary").alias(name)
        for name in ("signature", "shingles")
    ]
    return documents.select(*KEYS, *packed_order(settings), *SAME, *binaries)


def from_stored(stored: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Documents with fingerprints and what is compared, without bands, of rows of `index_documents`."""
    order = [
        (F.col("segment") if place is None else F.col("ranks")[place]).alias(name)
        for name, place in stored_order(settings)
    ]
    return stored.select(*KEYS, *order, *SAME, compared_column(settings))


def clusters_with_index(
    new: DataFrame,
    earlier: Sequence[DataFrame],
    compared: Sequence[DataFrame],
    order: Sequence[str],
    n_documents: int,
    settings: NearDuplicateSettings,
    commit: Commit,
    read_bands: ReadKnown,
    keep_bands: KeepNew,
    keep_pairs: Callable[[DataFrame], DataFrame],
    parts: int | None = None,
) -> DataFrame:
    """Rows of `clusters` of all documents: those of this crawl and those of the crawls before it.

    Args:
        new: this crawl's documents, as for near_duplicates.clusters, with fingerprints.
        earlier: those of each crawl before, from `from_stored`.
        compared: rows of `index_pairs` of each crawl before: src, dst (doc_id), similarity.
        order: what a representative has least of.
        n_documents: how many documents there are in all.
        settings: those of the index.
        commit: how pairs and rounds are kept once computed.
        read_bands: reads bands of the crawls before.
        keep_bands: is given this crawl's bands, part by part, once or more.
        keep_pairs: is given rows of `index_pairs` of this crawl once, and gives back what reads them.
        parts: into how many parts the bands are cut, where the caller has to know; no result depends on it.
    """
    column = compared_column(settings)
    kept = (*KEYS, *order, *SAME, column)
    documents = reduce(DataFrame.unionByName, earlier, new.select(*kept))
    keys = commit(documents.drop(column))
    if ambiguous := twins(keys):
        new, documents, keys = (frame.where(~F.col("doc_id").isin(ambiguous)) for frame in (new, documents, keys))
    parts = parts or parts_for(new, order, n_documents, settings)
    candidates = commit(candidate_pairs(new, order, parts, read_bands, keep_bands))
    known = reduce(DataFrame.unionByName, compared) if compared else None

    def compare(pairs: DataFrame, key: str) -> DataFrame:
        return compare_new(pairs, key, known, documents, settings, commit, keep_pairs)

    return cluster_candidates(candidates, keys, order, settings, compare, commit)


def compare_new(
    pairs: DataFrame,
    key: str,
    known: DataFrame | None,
    documents: DataFrame,
    settings: NearDuplicateSettings,
    commit: Commit,
    keep_pairs: Callable[[DataFrame], DataFrame],
) -> DataFrame:
    """The pairs, each compared, by an earlier crawl or now: src, dst (doc_id), similarity.

    pairs: src, dst, of the documents' `key`, which is number or doc_id. known: rows of `index_pairs` of the
    crawls before. documents: of all crawls.
    """
    if known is None:
        return keep_pairs(compare_pairs(pairs, documents, settings, key))
    by_key = known.select(
        "*", *((number_of(end) if key == "number" else F.col(end)).alias(f"{end}_key") for end in ENDS)
    )
    wanted = pairs.select(*(F.col(end).alias(f"{end}_key") for end in ENDS))
    on = [f"{end}_key" for end in ENDS]
    before = by_key.join(wanted, on, "left_semi").select(*ENDS, "similarity")
    left = wanted.join(by_key, on, "left_anti").select(*(F.col(f"{end}_key").alias(end) for end in ENDS))
    return before.unionByName(keep_pairs(compare_pairs(commit(left), documents, settings, key)))


def number_of(doc_id: str) -> Column:
    """The number of a document: the first 60 bits of its id."""
    return F.conv(F.substring(doc_id, 1, 15), 16, 10).cast("long")


def split_keys(found: DataFrame, new: DataFrame, earlier: DataFrame, known: DataFrame | None) -> DataFrame:
    """Rows of `split_keys`, and whether each is a representative: this crawl's documents with another's key.

    found: rows of `clusters` of all documents; new, earlier: those of this crawl and of those before it. known:
    rows of `split_keys` of the crawls before. dedup/split.py says what a key is, and which of several is taken.
    """
    before = found.join(earlier.select("doc_id"), "doc_id", "left_semi").select("doc_id", "cluster_id")
    own = F.col("doc_id").alias("split_key")
    if known is None:
        keyed = before.select("cluster_id", own)
    else:
        kept = before.join(known.select("doc_id", "split_key"), "doc_id", "left")
        keyed = kept.select("cluster_id", F.coalesce("split_key", "doc_id").alias("split_key"))
    digest = F.sha2(F.concat(F.lit(SALT), F.col("split_key")), 256)
    greatest = F.max(F.struct(digest.alias("digest"), "split_key"))
    inherited = keyed.groupBy("cluster_id").agg(greatest.getField("split_key").alias("split_key"))
    mine = found.join(new.select("doc_id"), "doc_id", "left_semi")
    mine = mine.select("doc_id", "shard", "representative", "cluster_id")
    rows = join_evenly(mine, inherited, ["cluster_id"], "doc_id", "left")
    key = F.coalesce("split_key", "cluster_id").alias("split_key")
    return rows.select("doc_id", "shard", "representative", key).where("split_key != doc_id")


def superseded(found: DataFrame, before: DataFrame, earlier: DataFrame) -> DataFrame:
    """Rows of `superseded`: documents that stood for their cluster, or alone, and do so no longer.

    found, before: clusters with this crawl and without it; earlier: doc_id, crawl of what was there before.
    """
    others = before.where("not representative").select("doc_id")
    return (
        found.where("not representative")
        .join(earlier.select("doc_id", "crawl"), "doc_id")
        .join(others, "doc_id", "left_anti")
        .select("doc_id", "crawl", "cluster_id", "similarity")
    )
