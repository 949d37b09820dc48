"""Connected components of a graph that no one machine holds: alternating large-star and small-star.

Kiveris et al., Connected Components in MapReduce and Beyond (SoCC 2014). Every round keeps the components and
moves edges towards the smallest id of each; it ends with a star around that id. The rounds grow with the
logarithm of the longest path; a node with a million edges costs what a million edges cost.
"""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

Commit = Callable[[DataFrame], DataFrame]
"""Computes a DataFrame once and gives back one that reads the result: a checkpoint, or a table written."""

MAX_ROUNDS = 100


def checkpoint(frame: DataFrame) -> DataFrame:
    """Compute now and cut the lineage; the result lives as long as the executors do."""
    return frame.localCheckpoint(eager=True)


def connected_components(edges: DataFrame, commit: Commit = checkpoint) -> DataFrame:
    """Columns doc_id, component (the smallest id of the component) of every document that has an edge.

    edges: columns src, dst, of any one type that has an order; direction means nothing; loops and repeats
    are allowed, but a document whose only edge is a loop is not in the result.
    """
    pairs = edges.select(F.greatest("src", "dst").alias("src"), F.least("src", "dst").alias("dst"))
    pairs = commit(pairs.where("src > dst").distinct())
    before = _fingerprint(pairs)
    for _ in range(MAX_ROUNDS):
        pairs = commit(pairs.transform(large_star).transform(small_star))
        after = _fingerprint(pairs)
        if after == before:
            break
        before = after
    else:
        raise RuntimeError(f"connected components did not settle in {MAX_ROUNDS} rounds")
    roots = pairs.select(F.col("dst").alias("doc_id"), F.col("dst").alias("component")).distinct()
    return pairs.select(F.col("src").alias("doc_id"), F.col("dst").alias("component")).unionByName(roots)


def large_star(pairs: DataFrame) -> DataFrame:
    """Tie a node's larger neighbours to the least of it and its neighbours. src > dst throughout."""
    both = pairs.unionByName(pairs.select(F.col("dst").alias("src"), F.col("src").alias("dst")))
    least = F.least("src", F.min("dst").over(Window.partitionBy("src")))
    return (
        both.withColumn("least", least)
        .where("dst > src")
        .select(F.col("dst").alias("src"), "least")
        .select("src", F.col("least").alias("dst"))
        .distinct()
    )


def small_star(pairs: DataFrame) -> DataFrame:
    """Tie a node and its smaller neighbours to the least of them. src > dst throughout."""
    least = pairs.withColumn("least", F.min("dst").over(Window.partitionBy("src")))
    node_itself = F.struct(F.col("src"), F.col("least").alias("dst"))
    neighbour = F.struct(F.col("dst").alias("src"), F.col("least").alias("dst"))
    tied = F.when(F.col("dst") > F.col("least"), F.array(node_itself, neighbour)).otherwise(F.array(node_itself))
    return least.select(F.inline(tied)).distinct()


def _fingerprint(pairs: DataFrame) -> tuple[int, int, int]:
    """How many edges, and two order-free hashes of them."""
    edge = F.xxhash64("src", "dst")
    row = pairs.agg(F.count(F.lit(1)), F.bit_xor(edge), F.sum(edge.bitwiseAND(0xFFFFFFFF))).first()
    assert row is not None
    return row[0], row[1] or 0, row[2] or 0
