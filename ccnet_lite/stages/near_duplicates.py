"""Near-duplicates: candidate pairs by band, verified, clustered into stars around a representative.

Shuffles carry ids, hashes and signatures, no text. Candidates grow linearly with the documents of a band
bucket (dedup/candidates.py). Where the documents lie, in how many partitions and in which order changes
nothing of the result, nor does `components`: on the driver and in DataFrames the same functions work.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.clusters import cluster_documents, compared_column, least_similarity
from ccnet_lite.dedup.minhash import EMPTY
from ccnet_lite.dedup.pairs import similarities
from ccnet_lite.dedup.stars import cluster_pairs
from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.candidates import candidate_pairs, count_parts
from ccnet_lite.stages.components import Commit, checkpoint, connected_components

DRIVER_PAIRS = 2_000_000
"""With `components = "auto"`, up to this many pairs are clustered on the driver."""
TASK_ROWS = 200_000
"""Pairs of whole components that are clustered in one go within a task."""

MEMBERS = "doc_id string, cluster_id string, cluster_size long, representative boolean, similarity double"
Batches = Iterator[pa.RecordBatch]


def clusters(signals: DataFrame, settings: NearDuplicateSettings, commit: Commit = checkpoint) -> DataFrame:
    """Rows of `clusters`: every document of a cluster of two or more.

    doc_id; cluster_id, the representative's doc_id; cluster_size; representative; similarity to it; for a
    representative also crawls and crawl_copies.

    Args:
        signals: doc_id (hexadecimal); cc_segment; signature (binary: uint32, little-endian); bands
            (array<long>, from dedup.minhash.band_hashes); what the policy looks at, as `policy_columns` says.
            With verify = "exact" also shingles (binary: distinct uint32, ascending).
        settings: as they are; seed and ngram play no part here.
        commit: how pairs, and the rounds of connected components, are kept once computed.
    """
    documents, order = compared_documents(signals, settings)
    session = signals.sparkSession
    if settings.components == "scipy":
        return session.createDataFrame(cluster_documents(documents.toArrow(), order, settings))
    least = int(session.conf.get("spark.sql.shuffle.partitions") or 1)
    parts = count_parts(documents.count(), settings.bands, least)
    candidates = candidate_pairs(documents, order, parts)
    pairs = commit(alike(compare_pairs(candidates, documents, settings), settings))
    return with_crawls(cluster_pairs_anywhere(pairs, documents, order, settings, commit), documents)


def compared_documents(signals: DataFrame, settings: NearDuplicateSettings) -> tuple[DataFrame, list[str]]:
    """The documents that have a signature: doc_id, number, bands, what is compared, and the order's columns.

    Candidates are found between numbers of 60 bits that sort as the ids do, so that both break ties alike.
    Two documents that share one only make candidates more.
    """
    compared = compared_column(settings)
    if compared not in signals.columns:
        raise UserError(
            f"near_duplicates.verify = {settings.verify} needs {compared}, which this run does not keep"
        )
    full = signals.where(F.col("signature") != F.lit(empty_signature(settings)))
    columns = dict.fromkeys([compared, "signature", "bands"])
    return ranked_documents(full, settings, *columns), list(representative_order(settings))


def ranked_documents(signals: DataFrame, settings: NearDuplicateSettings, *more: str) -> DataFrame:
    """doc_id, its number, what the policy looks at, and more columns as they are."""
    order = [column.alias(name) for name, column in representative_order(settings).items()]
    number = F.conv(F.substring("doc_id", 1, 15), 16, 10).cast("long").alias("number")
    crawl = crawl_of(F.col("cc_segment"), settings.crawl).alias("crawl")
    return signals.select("doc_id", number, crawl, *order, *more)


def cluster_pairs_anywhere(
    pairs: DataFrame,
    documents: DataFrame,
    order: list[str],
    settings: NearDuplicateSettings,
    commit: Commit = checkpoint,
) -> DataFrame:
    """Rows of `clusters` from pairs that are alike: on the driver where they are few, else by component.

    pairs: src, dst (numbers), similarity. documents: as `compared_documents` gives them.
    """
    whole = settings.verify == "none"
    # Asked for twice by either way below, which must not read all signatures twice.
    names = commit(documents.select("doc_id", "number", *order))
    named = name_pairs(pairs, names, order)
    if settings.components != "dataframe" and pairs.count() <= DRIVER_PAIRS:
        found = pairs.sparkSession.createDataFrame(cluster_pairs(named.toArrow(), order, whole), MEMBERS)
    else:
        components = connected_components(pairs.select("src", "dst"), commit)
        of_source = components.withColumnRenamed("doc_id", "src")
        grouped = name_pairs(pairs.join(of_source, "src"), names, order, "component")
        in_order = grouped.repartition("component").sortWithinPartitions("component")
        found = in_order.mapInArrow(_cluster_by_component(order, whole), MEMBERS)
    # Callers read it more than once, and so does what fills in similarities.
    found = commit(found)
    return commit(_fill_similarity(found, documents, settings)) if whole else found


def with_crawls(found: DataFrame, documents: DataFrame) -> DataFrame:
    """Add crawls and crawl_copies to the representatives. documents: doc_id, crawl."""
    counted = (
        found.join(documents.select("doc_id", "crawl"), "doc_id")
        .groupBy("cluster_id", "crawl")
        .agg(F.count(F.lit(1)).alias("copies"))
        .groupBy(F.col("cluster_id").alias("doc_id"))
        .agg(F.sort_array(F.collect_list(F.struct("crawl", "copies"))).alias("counts"))
        .select("doc_id", F.col("counts.crawl").alias("crawls"), F.col("counts.copies").alias("crawl_copies"))
    )
    return found.join(counted, "doc_id", "left")


def crawl_of(segment: Column, otherwise: str) -> Column:
    """The crawl that an archive belongs to: CC-MAIN-2024-30 where its path says so, else its folder."""
    named = F.regexp_extract(segment, r"CC-MAIN-\d{4}-\d{2}(?!\d)", 0)
    folder = F.regexp_extract(segment, r"([^/]+)/[^/]+$", 1)
    return F.when(named != "", named).when(folder != "", folder).otherwise(otherwise)


def representative_order(settings: NearDuplicateSettings) -> dict[str, Column]:
    """What the representative of a cluster has least of, by name, double or string; then the doc_id."""
    return {f"rank_{place}": _least_first(name) for place, name in enumerate(policy_columns(settings))}


def policy_columns(settings: NearDuplicateSettings) -> tuple[str, ...]:
    """The columns of signals that the policy looks at, the first one first; a minus: most comes first."""
    by_policy = {
        "longest": ("-n_chars",),
        "earliest": ("cc_segment", "record_offset"),
        "best_language_score": ("-language_score",),
        "lowest_perplexity": ("perplexity", "-n_chars"),
        "custom": settings.representative_order,
    }
    return by_policy[settings.representative]


def _least_first(name: str) -> Column:
    """A column whose least value comes first; what was not measured comes last."""
    if name == "cc_segment":
        return F.col(name)
    value = F.col(name.removeprefix("-")).cast("double")
    return F.coalesce(-value if name.startswith("-") else value, F.lit(float("inf")))


def empty_signature(settings: NearDuplicateSettings) -> bytes:
    """The signature of a text without shingles, which is like no other."""
    return np.full(settings.bands * settings.rows, EMPTY, np.uint32).tobytes()


def compare_pairs(
    pairs: DataFrame, documents: DataFrame, settings: NearDuplicateSettings, key: str = "number"
) -> DataFrame:
    """The pairs with their similarity: src, dst, similarity.

    pairs: src, dst, of the documents' `key`. documents: key, and signature or shingles, as the settings say.
    """
    compared = compared_column(settings)
    ends = [
        documents.select(F.col(key).alias(end), F.col(compared).alias(f"{end}_{compared}"))
        for end in ("src", "dst")
    ]

    def compare(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            found = similarities(batch[f"src_{compared}"], batch[f"dst_{compared}"], compared)
            yield pa.RecordBatch.from_arrays([batch["src"], batch["dst"], pa.array(found)], names)

    names = ["src", "dst", "similarity"]
    kind = dict(documents.dtypes)[key]
    joined = pairs.select("src", "dst").join(ends[0], "src").join(ends[1], "dst")
    return joined.mapInArrow(compare, f"src {kind}, dst {kind}, similarity double")


def alike(pairs: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """The pairs that are near-duplicates; all of them where nothing is verified."""
    return pairs.where(F.col("similarity") >= least_similarity(settings))


def name_pairs(pairs: DataFrame, documents: DataFrame, order: Sequence[str], *more: str) -> DataFrame:
    """Pairs of numbers as pairs of doc_ids, with src_*, dst_* of the order's columns, for dedup.stars."""
    ends = [
        documents.select(
            F.col("number").alias(f"{end}_number"),
            F.col("doc_id").alias(end),
            *(F.col(name).alias(f"{end}_{name}") for name in order),
        )
        for end in ("src", "dst")
    ]
    numbered = pairs.select(
        F.col("src").alias("src_number"), F.col("dst").alias("dst_number"), "similarity", *more
    )
    return numbered.join(ends[0], "src_number").join(ends[1], "dst_number").drop("src_number", "dst_number")


def _cluster_by_component(order: list[str], whole: bool) -> Callable[[Iterable[pa.RecordBatch]], Batches]:
    """Cluster rows that come sorted by component, as many whole components at a time as make TASK_ROWS."""

    def cluster(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: list[pa.RecordBatch] = []
        rows, enough = 0, TASK_ROWS
        for batch in batches:
            held.append(batch)
            rows += batch.num_rows
            if rows < enough:
                continue
            table = pa.Table.from_batches(held)
            component = table["component"].combine_chunks()
            unfinished = component.index(component[-1]).as_py()
            yield from cluster_pairs(table.slice(0, unfinished), order, whole).to_batches()
            held = table.slice(unfinished).to_batches()
            rows -= unfinished
            # A component larger than that is looked at again when it has doubled, not with every batch.
            enough = max(TASK_ROWS, 2 * rows)
        if held:
            yield from cluster_pairs(pa.Table.from_batches(held), order, whole).to_batches()

    return cluster


def _fill_similarity(found: DataFrame, documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Compare the members that nobody has compared with their representative."""
    missing = found.where("similarity is null").select(
        F.col("cluster_id").alias("src"), F.col("doc_id").alias("dst")
    )
    measured = compare_pairs(missing, documents, settings, "doc_id").select(
        F.col("dst").alias("doc_id"), F.col("similarity").alias("measured")
    )
    filled = F.coalesce("similarity", "measured").alias("similarity")
    columns = [name for name in found.columns if name != "similarity"]
    return found.join(measured, "doc_id", "left").select(*columns, filled)
