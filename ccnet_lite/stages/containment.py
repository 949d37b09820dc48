"""Documents inside longer ones over a cluster: dedup/containment.py, with Spark's joins; the same rows.

Shuffles carry ids and hashes, no text: anchors of all documents, shingles of the few that are in a likely pair.
"""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.containment import ANCHOR_SHARE, shares_of
from ccnet_lite.stages.candidates import candidate_pairs
from ccnet_lite.stages.components import Commit
from ccnet_lite.stages.near_duplicates import DRIVER_PAIRS, measure_pairs, twins
from ccnet_lite.stages.stars import directed, star_links

ORDER = ("fewer",)
STANDING = "doc_id string, shard int, position int, number long, fewer double, anchors array<bigint>"
"""What is known of a document: number, the first 60 bits of its id; fewer, its length below nought."""

ReadShingles = Callable[[DataFrame], DataFrame]
"""Takes doc_id, shard, position; gives doc_id, shingles (binary: distinct uint32, ascending)."""


def contained_documents(
    documents: DataFrame, least: float, parts: int, read_shingles: ReadShingles, commit: Commit
) -> DataFrame:
    """Rows of `contained` (dedup.containment.ROWS).

    Args:
        documents: STANDING; read three times.
        least: what share of its shingles a document must have in a longer one.
        parts: into how many the table of anchors is cut; no result depends on it.
        read_shingles: called once.
        commit: how results are kept once computed.
    """
    keys = commit(documents.select("doc_id", "shard", "position", "number", "fewer"))
    if ambiguous := twins(keys):
        documents, keys = (frame.where(~F.col("doc_id").isin(ambiguous)) for frame in (documents, keys))
    # All documents stand, so no two are the same; without a sketch, a large bucket gives pairs with its first.
    in_buckets = documents.select(
        *("number", "fewer", F.col("number").alias("same"), F.col("anchors").alias("bands")),
        F.expr("unhex('0000000000000000')").alias("signature"),
    )
    candidates = commit(candidate_pairs(in_buckets, ORDER, parts))
    found = measure_pairs(candidates, documents, "anchors", "number", shares_of)
    likely = commit(found.where(F.col("similarity") >= ANCHOR_SHARE).select("src", "dst"))
    ends = likely.select(F.col("src").alias("doc_id")).unionByName(likely.select(F.col("dst").alias("doc_id")))
    wanted = ends.distinct().join(keys.select("doc_id", "shard", "position"), "doc_id")
    held = commit(read_shingles(wanted)).withColumn("key", F.col("doc_id"))
    shares = measure_pairs(likely, held, "shingles", "key", shares_of)
    holding = commit(shares.where(F.col("similarity") >= least))
    links = commit(star_links(commit(directed(holding, keys, ORDER)), DRIVER_PAIRS, commit))
    return _rows(links, keys)


def _rows(links: DataFrame, keys: DataFrame) -> DataFrame:
    """links: doc_id, cluster_id, similarity of what is inside others."""
    inside = links.select(
        "doc_id",
        F.col("cluster_id").alias("contained_in"),
        F.col("similarity").alias("containment"),
        F.lit(0).cast("long").alias("holds"),
    )
    longer = links.groupBy(F.col("cluster_id").alias("doc_id")).agg(F.count(F.lit(1)).alias("holds"))
    longer = longer.select(
        "doc_id",
        F.lit(None).cast("string").alias("contained_in"),
        F.lit(None).cast("double").alias("containment"),
        "holds",
    )
    rows = inside.unionByName(longer).join(keys.select("doc_id", "shard", "position"), "doc_id")
    return rows.select("doc_id", "shard", "position", "contained_in", "containment", "holds")
