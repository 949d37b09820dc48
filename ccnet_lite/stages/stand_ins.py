"""Documents that another stands for, over a cluster: dedup/stand_ins.py, with Spark's joins; the same rows.

Shuffles carry ids and hashes, no text: keys of all documents, and of the few that are in a likely pair what is
measured.
"""

from collections.abc import Callable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.stand_ins import Way
from ccnet_lite.stages.candidates import candidate_pairs
from ccnet_lite.stages.components import Commit
from ccnet_lite.stages.near_duplicates import DRIVER_PAIRS, measure_pairs, twins
from ccnet_lite.stages.stars import directed, star_links

ReadHashes = Callable[[DataFrame], DataFrame]
"""Takes doc_id, shard, position; gives doc_id and the way's column of what is measured, binary: uint32 each."""


def stand_ins(
    documents: DataFrame,
    order: Sequence[str],
    keys: str,
    way: Way,
    least: float,
    parts: int,
    read: ReadHashes,
    commit: Commit,
) -> DataFrame:
    """Rows of the way's table.

    Args:
        documents: doc_id, shard, position, number (long: the first 60 bits of the id), the columns of `order`
            (double or string), `keys`, way.known; read three times.
        order: what the document that stays has least of, first name first; ties go to the smaller id.
        keys: the column (array<long>) of which two documents share a value if they are to be compared.
        way: what is looked at of pairs.
        least: what has to be measured of a pair.
        parts: into how many the table of keys is cut; no result depends on it.
        read: called once.
        commit: how results are kept once computed.
    """
    known = commit(documents.select([*("doc_id", "shard", "position", "number"), *order]))
    if ambiguous := twins(known):
        documents, known = (frame.where(~F.col("doc_id").isin(ambiguous)) for frame in (documents, known))
    # All documents stand, so no two are the same; without a sketch, a large bucket gives pairs with its first.
    in_buckets = documents.select(
        *(F.col(name) for name in ("number", *order)),
        *(F.col("number").alias("same"), F.col(keys).alias("bands")),
        F.expr("unhex('0000000000000000')").alias("signature"),
    )
    candidates = commit(candidate_pairs(in_buckets, order, parts))
    found = measure_pairs(candidates, documents, way.known, "number", way.likely)
    likely = commit(found.where(F.col("similarity") >= way.least_likely).select("src", "dst"))
    ends = likely.select(F.col("src").alias("doc_id")).unionByName(likely.select(F.col("dst").alias("doc_id")))
    wanted = ends.distinct().join(known.select("doc_id", "shard", "position"), "doc_id")
    held = commit(read(wanted)).withColumn("key", F.col("doc_id"))
    measured = measure_pairs(likely, held, way.held, "key", way.measure)
    holding = commit(measured.where(F.col("similarity") >= least))
    links = commit(star_links(commit(directed(holding, known, order)), DRIVER_PAIRS, commit))
    return _rows(links, known, way)


def _rows(links: DataFrame, known: DataFrame, way: Way) -> DataFrame:
    """links: doc_id, cluster_id, similarity of documents that go."""
    named, measured, count = way.columns
    going = links.select(
        "doc_id",
        F.col("cluster_id").alias(named),
        F.col("similarity").alias(measured),
        F.lit(0).cast("long").alias(count),
    )
    staying = links.groupBy(F.col("cluster_id").alias("doc_id")).agg(F.count(F.lit(1)).alias(count))
    staying = staying.select(
        "doc_id",
        F.lit(None).cast("string").alias(named),
        F.lit(None).cast("double").alias(measured),
        count,
    )
    rows = going.unionByName(staying).join(known.select("doc_id", "shard", "position"), "doc_id")
    return rows.select("doc_id", "shard", "position", *way.columns)
