"""Stars around representatives (dedup/stars.py) in a graph that no one machine holds, a round at a time.

A document that no undecided one precedes is a representative; the documents after it that it is paired with
are members; these, and all their pairs, are out of the game, and the next round begins. A template page of
ten million copies is one round; a chain in which each is like the next alone takes a round for two of
its documents, so what is left is decided on the driver as soon as it fits there.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup import stars
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.components import Commit


def directed(pairs: DataFrame, keys: DataFrame, order: Sequence[str]) -> DataFrame:
    """Columns src, dst, before (what the order looks at of src, then its id), similarity; src comes first.

    pairs: src, dst (doc_id, in either order), similarity. keys: doc_id and the columns of the order.
    """
    ends = [
        keys.select(F.col("doc_id").alias(end), F.struct(*order, "doc_id").alias(f"{end}_key"))
        for end in ("src", "dst")
    ]
    joined = pairs.join(ends[0], "src").join(ends[1], "dst")
    least, greatest = F.least("src_key", "dst_key"), F.greatest("src_key", "dst_key")
    return joined.select(
        least["doc_id"].alias("src"), greatest["doc_id"].alias("dst"), least.alias("before"), "similarity"
    )


def star_links(edges: DataFrame, driver_pairs: int, commit: Commit) -> DataFrame:
    """Columns doc_id, cluster_id (its representative's id), similarity: of every member.

    Args:
        edges: as `directed` gives them, committed; each pair once.
        driver_pairs: up to so many undecided pairs are decided on the driver.
        commit: how each round is kept.
    """
    live = edges.select("src", "dst")
    decided: list[DataFrame] = []
    while left := live.count():
        if left <= driver_pairs:
            decided.append(from_arrow(edges.sparkSession, _members(to_arrow(live))))
            break
        preceded = live.select(F.col("dst").alias("src")).distinct()
        members = commit(live.join(preceded, "src", "left_anti").select("dst").distinct())
        decided.append(members)
        # Whatever a representative is paired with is a member, so its pairs go with these.
        live = live.join(members, "dst", "left_anti")
        live = commit(live.join(members.withColumnRenamed("dst", "src"), "src", "left_anti"))
    if decided:
        of_members = reduce(DataFrame.unionByName, decided).withColumnRenamed("dst", "src")
        edges = edges.join(of_members, "src", "left_anti")
    # Of a representative to a member, all that are left.
    nearest = edges.groupBy("dst").agg(F.min(F.struct("before", "similarity")).alias("chosen"))
    return nearest.select(
        F.col("dst").alias("doc_id"),
        F.col("chosen.before.doc_id").alias("cluster_id"),
        F.col("chosen.similarity").alias("similarity"),
    )


def _members(pairs: pa.Table) -> pa.Table:
    """dst: the ids that are members, of pairs src, dst."""
    ids = pa.chunked_array([*pairs["src"].chunks, *pairs["dst"].chunks], pa.string()).combine_chunks()
    encoded = ids.dictionary_encode()
    numbers = encoded.indices.to_numpy().astype(np.int64)
    src, dst = numbers[: pairs.num_rows], numbers[pairs.num_rows :]
    is_member = stars.members(len(encoded.dictionary), src, dst)
    return pa.table({"dst": pc.filter(encoded.dictionary, pa.array(is_member))})
