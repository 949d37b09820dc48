"""Near-duplicates: candidate pairs by band, verified, clustered into stars around a representative.

Shuffles carry ids, hashes and signatures, no text. Documents with equal signatures are one until they have a
cluster; candidates grow linearly with the documents of a band bucket (dedup/candidates.py). Where the
documents lie, in how many partitions and in which order changes nothing of the result, which is that of
dedup/clusters.py on the driver.

The big columns are read three times: signatures for their fingerprints, bands and signatures for candidates,
signatures to compare pairs.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.clusters import compared_column, least_similarity
from ccnet_lite.dedup.pairs import similarities
from ccnet_lite.dedup.shrunk import coarse, grown, most_similar, shrunk
from ccnet_lite.dedup.stars import whole_components
from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.candidates import candidate_pairs, count_parts, is_text
from ccnet_lite.stages.components import Commit, checkpoint, connected_components
from ccnet_lite.stages.equals import SAME, with_equals, with_fingerprints
from ccnet_lite.stages.joins import for_each_task, frequent, join_evenly, with_task
from ccnet_lite.stages.stars import directed, star_links
from ccnet_lite.stages.wanted import in_pairs

DRIVER_PAIRS = 2_000_000
"""Up to this many pairs that are undecided are clustered on the driver."""

KEYS = ("doc_id", "shard", "position", "number", "crawl")
"""What is known of a document besides the order's columns, the fingerprint and the big columns."""

Batches = Iterator[pa.RecordBatch]
Compare = Callable[[DataFrame, str], DataFrame]
"""Takes pairs src, dst of a key of the documents and its name; gives src, dst (doc_id), similarity."""


def clusters(
    documents: DataFrame,
    order: Sequence[str],
    n_documents: int,
    settings: NearDuplicateSettings,
    commit: Commit = checkpoint,
    find: Callable[[list[str]], DataFrame] | None = None,
) -> DataFrame:
    """Rows of `clusters` (dedup.clusters.MEMBERS): every document of a cluster of two or more.

    Args:
        documents: doc_id (hexadecimal); shard, position; number (long: the first 60 bits of the id); crawl;
            the columns of `order` (double or string); signature (binary: uint32, little-endian), which is
            not empty; bands (array<long>, from dedup.minhash.band_hashes). With verify = "exact" also
            shingles (binary: distinct uint32, ascending).
        order: what a representative has least of, first name first; ties go to the smaller id.
        n_documents: about how many documents there are.
        settings: as they are; seed and ngram play no part here.
        commit: how pairs and the rounds of clustering are kept once computed.
        find: gives the candidate pairs of all documents but those of some ids, where there is a better way than
            by these rows, of which bands are then not needed.
    """
    compared = compared_column(settings)
    if compared not in documents.columns:
        raise UserError(
            f"near_duplicates.verify = {settings.verify} needs {compared}, which this run does not keep"
        )
    documents = with_fingerprints(documents, compared)
    keys = commit(documents.select(*KEYS, *order, *SAME))
    if ambiguous := twins(keys):
        documents, keys = (frame.where(~F.col("doc_id").isin(ambiguous)) for frame in (documents, keys))
    if find is not None:
        candidates = commit(find(ambiguous))
    else:
        parts = parts_for(documents, order, n_documents, settings)
        candidates = commit(candidate_pairs(documents, order, parts))

    def compare(pairs: DataFrame, key: str) -> DataFrame:
        if settings.verify == "estimate":
            pairs = commit(likely_pairs(pairs, documents, settings, key))
        return compare_pairs(pairs, documents, settings, key)

    return cluster_candidates(candidates, keys, order, settings, compare, commit)


def cluster_candidates(
    candidates: DataFrame,
    keys: DataFrame,
    order: Sequence[str],
    settings: NearDuplicateSettings,
    compare: Compare,
    commit: Commit,
) -> DataFrame:
    """Rows of `clusters`. candidates: src, dst (numbers). keys: KEYS, SAME, the order, of all documents."""
    if settings.verify == "none":
        links = component_links(candidates, keys, order, compare, commit)
    else:
        pairs = commit(alike(compare(candidates, "number"), settings))
        links = verified_links(pairs, keys, order, commit)
    return cluster_rows(links, keys, order, commit)


def twins(keys: DataFrame) -> list[str]:
    """Ids of documents that share their number with one of a smaller id: some three in 2.6 thousand million.

    Pairs name documents by number, so these take part in nothing and stay, rather than be taken for another.
    """
    shared = keys.groupBy("number").count().where("count > 1").collect()
    if not shared:
        return []
    found = keys.where(F.col("number").isin([row.number for row in shared])).select("number", "doc_id")
    rows = sorted((row.number, row.doc_id) for row in found.collect())
    return [doc_id for (before, _), (number, doc_id) in pairwise(rows) if number == before]


def parts_for(
    documents: DataFrame, order: Sequence[str], n_documents: int, settings: NearDuplicateSettings
) -> int:
    """Into how many parts the band table of so many documents is cut."""
    tasks = int(documents.sparkSession.conf.get("spark.sql.shuffle.partitions") or 1)
    return count_parts(n_documents, settings.bands, tasks, sum(is_text(documents, name) for name in order))


def compare_pairs(
    pairs: DataFrame, documents: DataFrame, settings: NearDuplicateSettings, key: str = "number"
) -> DataFrame:
    """The pairs with their similarity: src, dst (doc_id), similarity.

    pairs: as for `measure_pairs`. documents: doc_id, key, and signature or shingles, as the settings say.
    """
    compared = compared_column(settings)
    held = in_pairs(documents.select(*{key, "doc_id"}, compared), pairs, key)
    if compared != "signature":
        return measure_pairs(pairs, held, compared, key, lambda one, other: similarities(one, other, compared))
    n_values = settings.bands * settings.rows

    def shrink(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            if batch.num_rows:
                at = batch.schema.get_field_index(compared)
                yield batch.set_column(at, compared, shrunk(batch[compared]))

    def measure(one: pa.Array, other: pa.Array) -> Any:
        return similarities(grown(one, n_values), grown(other, n_values), compared)

    return measure_pairs(pairs, held.mapInArrow(shrink, held.schema), compared, key, measure)


def likely_pairs(pairs: DataFrame, documents: DataFrame, settings: NearDuplicateSettings, key: str) -> DataFrame:
    """The pairs that may be near-duplicates, by an eighth of their signatures; all that are, and some others.

    As for `compare_pairs`.
    """
    n_values = settings.bands * settings.rows

    def with_coarse(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            if batch.num_rows:
                columns = [batch[key], batch[key], coarse(batch["signature"])]
                yield pa.RecordBatch.from_arrays(columns, [key, "doc_id", "coarse"])

    kind = documents.schema[key].dataType.simpleString()
    held = in_pairs(documents.select(key, "signature"), pairs, key)
    held = held.mapInArrow(with_coarse, f"{key} {kind}, doc_id {kind}, coarse binary")
    found = measure_pairs(pairs, held, "coarse", key, lambda one, other: most_similar(one, other, n_values))
    return alike(found, settings).select("src", "dst")


def measure_pairs(
    pairs: DataFrame, documents: DataFrame, compared: str, key: str, measure: Callable[[pa.Array, pa.Array], Any]
) -> DataFrame:
    """The pairs with what `measure` says of a column of both ends: src, dst (their doc_id), similarity.

    A document that is in very many pairs, as src, is sent to several tasks. The documents are shuffled once
    for both ends.

    pairs: src, dst, of the documents' `key`; read twice. documents: doc_id, key, compared.
    """
    held = documents.select(F.col(key).alias("_key"), F.col("doc_id").alias("_id"), compared)
    salted = pairs.select(F.col("src").alias("_key"), "dst")
    dealt = frequent(salted.groupBy("_key").agg(F.count(F.lit(1)).alias("rows")), ["_key"])
    if dealt is None:
        held, salted = (frame.withColumn("_salt", F.lit(0)) for frame in (held, salted))
    else:
        held, salted = for_each_task(held, dealt, ["_key"]), with_task(salted, dealt, ["_key"], "dst")
    # Shuffled by itself, so that both ends read the same.
    held = held.repartition("_key", "_salt")

    def end(name: str) -> DataFrame:
        renamed = {"_key": name, "_salt": f"{name}_salt", "_id": f"{name}_id", compared: f"{name}_{compared}"}
        return held.select(*(F.col(old).alias(new) for old, new in renamed.items()))

    first_copy = F.lit(0).cast(held.schema["_salt"].dataType)
    salted = salted.select(
        F.col("_key").alias("src"), F.col("_salt").alias("src_salt"), "dst", first_copy.alias("dst_salt")
    )
    joined = salted.join(end("src"), ["src", "src_salt"]).join(end("dst"), ["dst", "dst_salt"])

    def compare(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            found = measure(batch[f"src_{compared}"], batch[f"dst_{compared}"])
            ends = [batch["src_id"], batch["dst_id"]]
            yield pa.RecordBatch.from_arrays([*ends, pa.array(found)], ["src", "dst", "similarity"])

    columns = joined.select("src_id", "dst_id", f"src_{compared}", f"dst_{compared}")
    kind = documents.schema["doc_id"].dataType.simpleString()
    return columns.mapInArrow(compare, f"src {kind}, dst {kind}, similarity double")


def alike(pairs: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """The pairs that are near-duplicates."""
    return pairs.where(F.col("similarity") >= least_similarity(settings))


def verified_links(pairs: DataFrame, keys: DataFrame, order: Sequence[str], commit: Commit) -> DataFrame:
    """doc_id, cluster_id, similarity of the members of stars. pairs: src, dst (doc_id), similarity, alike."""
    edges = commit(directed(pairs, in_pairs(keys, pairs, "doc_id"), order))
    return commit(star_links(edges, DRIVER_PAIRS, commit))


def component_links(
    candidates: DataFrame,
    keys: DataFrame,
    order: Sequence[str],
    compare: Compare,
    commit: Commit,
) -> DataFrame:
    """doc_id, cluster_id, similarity where clusters are components of candidates (numbers), none verified."""
    if candidates.count() <= DRIVER_PAIRS:
        components = from_arrow(keys.sparkSession, _components(to_arrow(candidates)))
    else:
        components = connected_components(candidates, commit)
    named = commit(
        keys.select("number", "doc_id", *order).join(components.withColumnRenamed("doc_id", "number"), "number")
    )
    first = named.groupBy("component").agg(
        F.min(F.struct(*order, "doc_id")).alias("least"), F.count(F.lit(1)).alias("rows")
    )
    first = commit(first.select("component", F.col("least.doc_id").alias("cluster_id"), "rows"))
    joined = join_evenly(
        named.select("component", "doc_id"), first.drop("rows"), ["component"], "doc_id", counts=first
    )
    apart = joined.where("doc_id != cluster_id")
    ends = commit(apart.select(F.col("cluster_id").alias("src"), F.col("doc_id").alias("dst")))
    compared = compare(ends, "doc_id")
    return commit(compared.select(F.col("dst").alias("doc_id"), F.col("src").alias("cluster_id"), "similarity"))


def cluster_rows(links: DataFrame, keys: DataFrame, order: Sequence[str], commit: Commit) -> DataFrame:
    """Rows of `clusters` from the links of members to representatives, one of each equal documents' first.

    links: doc_id, cluster_id, similarity, committed. keys: KEYS, the order's columns and SAME, of all
    documents.
    """
    members = with_equals(links, keys, order, commit)
    of_members = members.withColumn("representative", F.lit(False))
    found = commit(of_members)
    ids = found.select(F.col("cluster_id").alias("doc_id")).distinct()
    themselves = ids.select(
        "doc_id",
        F.col("doc_id").alias("cluster_id"),
        F.lit(1.0).alias("similarity"),
        F.lit(True).alias("representative"),
    )
    placed = commit(
        found.unionByName(themselves).join(keys.select("doc_id", "shard", "position", "crawl"), "doc_id")
    )
    sizes = commit(_sizes(placed))
    rows = join_evenly(placed, sizes.drop("rows"), ["cluster_id"], "doc_id", counts=sizes)
    of_representative = [F.when(F.col("representative"), F.col(name)) for name in ("crawls", "crawl_copies")]
    return rows.select(
        *("doc_id", "shard", "position", "cluster_id", "cluster_size", "representative", "similarity"),
        of_representative[0].alias("crawls"),
        of_representative[1].alias("crawl_copies"),
    )


def _sizes(placed: DataFrame) -> DataFrame:
    """cluster_id, rows, cluster_size, crawls, crawl_copies."""
    by_crawl = placed.groupBy("cluster_id", "crawl").agg(F.count(F.lit(1)).alias("copies"))
    counted = by_crawl.groupBy("cluster_id").agg(
        F.sum("copies").alias("rows"),
        F.sort_array(F.collect_list(F.struct("crawl", "copies"))).alias("counts"),
    )
    return counted.select(
        "cluster_id",
        "rows",
        F.col("rows").alias("cluster_size"),
        F.col("counts.crawl").alias("crawls"),
        F.col("counts.copies").alias("crawl_copies"),
    )


def _components(pairs: pa.Table) -> pa.Table:
    """doc_id, component (the least number of it), of every number in a pair src, dst."""
    ends = np.concatenate([pairs[end].to_numpy() for end in ("src", "dst")])
    ids, number = np.unique(ends, return_inverse=True)
    least = whole_components(len(ids), number[: pairs.num_rows], number[pairs.num_rows :])
    return pa.table({"doc_id": ids, "component": ids[least]})
