"""A new crawl's near-duplicates among themselves and among those of an index.

The result is that of clustering all documents at once: the same candidates are found, of which those that an
earlier crawl compared are not compared again.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.clusters import compared_column
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.near_duplicates import compare_pairs, policy_columns


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
    """Rows of `index_documents` of compared documents."""
    compared = compared_column(settings)
    binaries = [
        F.col(name).alias(name) if name == compared else F.lit(None).cast("binary").alias(name)
        for name in ("signature", "shingles")
    ]
    return documents.select("doc_id", "number", "crawl", *packed_order(settings), *binaries)


def from_stored(stored: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Compared documents, bands aside, of rows of `index_documents`."""
    order = [
        (F.col("segment") if place is None else F.col("ranks")[place]).alias(name)
        for name, place in stored_order(settings)
    ]
    return stored.select("doc_id", "number", "crawl", *order, compared_column(settings))


def compare_new(
    candidates: DataFrame, known: DataFrame | None, documents: DataFrame, settings: NearDuplicateSettings
) -> DataFrame:
    """Rows of `index_pairs`: the candidates, each compared, by an earlier crawl or now.

    known: rows of `index_pairs` of the crawl before. documents: all of them, bands aside.
    """
    if known is None:
        return compare_pairs(candidates, documents, settings)
    ends: Sequence[str] = ("src", "dst")
    compared = known.join(candidates, list(ends), "left_semi")
    new = candidates.join(known, list(ends), "left_anti")
    return compared.unionByName(compare_pairs(new, documents, settings))


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
