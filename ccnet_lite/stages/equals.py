"""Documents that are the same by what is compared (dedup/equals.py), over a cluster."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ccnet_lite.stages.components import Commit
from ccnet_lite.stages.joins import join_evenly

SAME = ("same", "same_too")
"""128 bits of what is compared; the first 64 go with the bands."""


def with_fingerprints(documents: DataFrame, compared: str) -> DataFrame:
    """Add `same` and `same_too` (long), equal where `compared` (binary) is. Kept as they are if there."""
    if SAME[0] in documents.columns:
        return documents
    # The second has the first argument's hash as its seed.
    return documents.withColumns({SAME[0]: F.xxhash64(compared), SAME[1]: F.xxhash64(F.lit("same_too"), compared)})


def equal_groups(keys: DataFrame, order: Sequence[str]) -> DataFrame:
    """same, same_too, first (doc_id of the first by the order, then the id), rows: of two documents or more.

    Each task finds the first and the number of its own before anything is shuffled, so that of a value which
    ten million documents share a row for each task arrives.
    """
    return (
        keys.groupBy(*SAME)
        .agg(F.min(F.struct(*order, "doc_id")).alias("least"), F.count(F.lit(1)).alias("rows"))
        .where("rows > 1")
        .select(*SAME, F.col("least.doc_id").alias("first"), "rows")
    )


def with_equals(links: DataFrame, keys: DataFrame, order: Sequence[str], commit: Commit) -> DataFrame:
    """The links, and those of documents that are the same as one before them.

    links: doc_id, cluster_id, similarity of documents that belong to another, which is its own first.
    keys: doc_id, same, same_too and the columns of the order, of all documents.
    """
    groups = commit(equal_groups(keys, order))
    others = join_evenly(keys.select("doc_id", *SAME), groups.drop("rows"), SAME, "doc_id", counts=groups)
    others = others.where("doc_id != first").select("doc_id", "first")
    of_first = links.withColumnRenamed("doc_id", "first")
    joined = join_evenly(
        others, of_first, ["first"], "doc_id", "left", counts=groups.select("first", "rows")
    ).select(
        "doc_id",
        F.coalesce("cluster_id", "first").alias("cluster_id"),
        F.coalesce("similarity", F.lit(1.0)).alias("similarity"),
    )
    return links.select("doc_id", "cluster_id", "similarity").unionByName(joined)
