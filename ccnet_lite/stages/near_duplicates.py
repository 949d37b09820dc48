"""Near-duplicates: candidate pairs by band, verified, clustered into stars around a representative.

Shuffles carry ids, hashes and signatures, no text. Candidates grow linearly with the documents of a band
bucket, so a template page with a million copies costs some million pairs. Where the documents lie, in how
many partitions and in which order changes nothing of the result.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ccnet_lite.dedup.minhash import EMPTY, estimate, jaccard
from ccnet_lite.dedup.stars import cluster_pairs
from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.components import Commit, checkpoint, connected_components

DRIVER_PAIRS = 2_000_000
"""With `components = "auto"`, up to this many pairs are clustered on the driver."""
NEIGHBOURS = 4
"""How many documents before it in a band bucket a document is paired with, besides the bucket's first."""
TASK_ROWS = 200_000
"""Pairs of whole components that are clustered in one go within a task."""

MEMBERS = "doc_id string, cluster_id string, cluster_size long, representative boolean, similarity double"
Batches = Iterator[pa.RecordBatch]


def clusters(signals: DataFrame, settings: NearDuplicateSettings, commit: Commit = checkpoint) -> DataFrame:
    """Rows of `clusters`: every document of a cluster of two or more.

    doc_id; cluster_id, the representative's doc_id; cluster_size; representative; similarity to it.

    Args:
        signals: doc_id; signature (binary: uint32, little-endian); bands (array<long>, from
            dedup.minhash.band_hashes); what the policy looks at: n_chars, language_score, or cc_segment and
            record_offset. With verify = "exact" also shingles (binary: distinct uint32, ascending).
        settings: as they are; seed and ngram play no part here.
        commit: how pairs, and the rounds of connected components, are kept once computed.
    """
    compared = "shingles" if settings.verify == "exact" else "signature"
    if compared not in signals.columns:
        raise UserError(
            f"near_duplicates.verify = {settings.verify} needs {compared}, which this run does not keep"
        )
    order = representative_order(settings)
    documents = signals.where(F.col("signature") != F.lit(_empty(settings))).select(
        "doc_id",
        # Candidates are found between 64-bit numbers. Two documents that share one only make candidates more.
        F.xxhash64("doc_id").alias("number"),
        *(column.alias(name) for name, column in order.items()),
        compared,
        "bands",
    )
    bands = documents.select(F.col("number").alias("doc_id"), *order, F.explode("bands").alias("hash"))
    candidates = candidate_pairs(bands, list(order))
    whole = settings.verify == "none"
    least = 0.0 if whole else settings.similarity
    pairs = commit(verified_pairs(candidates, documents.drop("bands"), least, "number", list(order)))
    if settings.components == "scipy" or (settings.components == "auto" and pairs.count() <= DRIVER_PAIRS):
        found = signals.sparkSession.createDataFrame(
            cluster_pairs(pairs.toArrow(), list(order), whole), MEMBERS
        )
    else:
        components = connected_components(pairs.select("src", "dst"), commit)
        grouped = pairs.join(components.withColumnRenamed("doc_id", "src"), "src").repartition("component")
        in_order = grouped.sortWithinPartitions("component")
        found = in_order.mapInArrow(_cluster_by_component(list(order), whole), MEMBERS)
    return _fill_similarity(found, documents) if whole else found


def representative_order(settings: NearDuplicateSettings) -> dict[str, Column]:
    """What the representative of a cluster has least of, by name; ties go to the smaller doc_id."""
    if settings.representative == "longest":
        return {"rank": -F.col("n_chars")}
    if settings.representative == "best_language_score":
        return {"rank": -F.col("language_score")}
    if settings.representative == "custom":
        return {
            f"rank_{place}": _least_first(name) for place, name in enumerate(settings.representative_order)
        }
    return {"rank": F.col("cc_segment"), "rank_in_segment": F.col("record_offset")}


def _least_first(name: str) -> Column:
    return -F.col(name[1:]) if name.startswith("-") else F.col(name)


def _empty(settings: NearDuplicateSettings) -> bytes:
    """The signature of a text without shingles, which is like no other."""
    return np.full(settings.bands * settings.rows, EMPTY, np.uint32).tobytes()


def candidate_pairs(bands: DataFrame, order: Sequence[str] = ()) -> DataFrame:
    """Columns src, dst: distinct pairs of documents that share a band; src is the first by `order`, then id.

    A document is paired with the first of its bucket, which is the likeliest to represent it, and with the
    few before it: at most 1 + NEIGHBOURS pairs a document and band, whatever the size of the bucket.

    bands: doc_id, hash (of the band and its number: dedup.minhash.band_hashes), and the columns of `order`.
    """
    bucket = Window.partitionBy("hash").orderBy(*order, "doc_id")
    others = [F.first("doc_id").over(bucket)]
    others += [F.lag("doc_id", back).over(bucket) for back in range(1, NEIGHBOURS + 1)]
    return (
        bands.select(F.col("doc_id").alias("dst"), F.array(*others).alias("others"))
        .where("others[1] is not null")
        .select(F.explode(F.array_distinct(F.array_compact("others"))).alias("src"), "dst")
        .where("src <> dst")
        .distinct()
    )


def verified_pairs(
    pairs: DataFrame,
    documents: DataFrame,
    similarity: float,
    key: str = "doc_id",
    carried: Sequence[str] = (),
) -> DataFrame:
    """The pairs that are alike enough: src, dst (doc_ids), similarity, and src_*, dst_* of `carried`.

    Args:
        pairs: src, dst, of the documents' `key`.
        documents: doc_id, key, carried, and signature (similarity is estimated) or shingles (it is exact).
        similarity: the least a pair must have.
        key: the column that src and dst hold.
        carried: further columns to give for both ends.
    """
    compared = "shingles" if "shingles" in documents.columns else "signature"
    names = ("doc_id", compared, *carried)
    ends = [
        documents.select(F.col(key).alias(end), *(F.col(name).alias(f"{end}_{name}") for name in names))
        for end in ("src", "dst")
    ]
    types = dict(documents.dtypes)
    result = ["src string", "dst string", "similarity double"]
    result += [f"{end}_{name} {types[name]}" for end in ("src", "dst") for name in carried]
    joined = pairs.join(ends[0], "src").join(ends[1], "dst").drop("src", "dst")
    return joined.mapInArrow(_compare(compared, similarity, carried), ", ".join(result))


def _compare(
    compared: str, least: float, carried: Sequence[str]
) -> Callable[[Iterable[pa.RecordBatch]], Batches]:
    def compare(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            first, second = (_uint32_rows(batch[f"{end}_{compared}"]) for end in ("src", "dst"))
            if compared == "signature":
                size = batch.num_rows
                matrices = (
                    [np.concatenate(rows).reshape(size, -1) for rows in (first, second)] if size else []
                )
                similarity = estimate(matrices[0], matrices[1]) if size else np.zeros(0)
            else:
                similarity = np.array([jaccard(one, other) for one, other in zip(first, second, strict=True)])
            columns = {
                "src": batch["src_doc_id"],
                "dst": batch["dst_doc_id"],
                "similarity": pa.array(similarity),
            }
            names = [f"{end}_{name}" for end in ("src", "dst") for name in carried]
            kept = pa.RecordBatch.from_pydict(columns | {name: batch[name] for name in names})
            yield kept.filter(pa.array(similarity >= least))

    return compare


def _uint32_rows(column: pa.Array) -> list[np.ndarray[tuple[int], np.dtype[np.uint32]]]:
    return [np.frombuffer(value.as_buffer(), "<u4") for value in column]


def _cluster_by_component(order: list[str], whole: bool) -> Callable[[Iterable[pa.RecordBatch]], Batches]:
    """Cluster rows that come sorted by component, as many whole components at a time as make TASK_ROWS."""

    def cluster(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: list[pa.RecordBatch] = []
        for batch in batches:
            held.append(batch)
            if sum(part.num_rows for part in held) < TASK_ROWS:
                continue
            table = pa.Table.from_batches(held)
            component = table["component"].combine_chunks()
            unfinished = component.index(component[-1]).as_py()
            yield from cluster_pairs(table.slice(0, unfinished), order, whole).to_batches()
            held = table.slice(unfinished).to_batches()
        if held:
            yield from cluster_pairs(pa.Table.from_batches(held), order, whole).to_batches()

    return cluster


def _fill_similarity(found: DataFrame, documents: DataFrame) -> DataFrame:
    """Compare the members that nobody has compared with their representative."""
    missing = found.where("similarity is null").select(
        F.col("cluster_id").alias("src"), F.col("doc_id").alias("dst")
    )
    measured = verified_pairs(missing, documents, 0.0).select(
        F.col("dst").alias("doc_id"), F.col("similarity").alias("measured")
    )
    filled = F.coalesce("similarity", "measured").alias("similarity")
    columns = [name for name in found.columns if name != "similarity"]
    return found.join(measured, "doc_id", "left").select(*columns, filled)
