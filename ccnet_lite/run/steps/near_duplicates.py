"""Clusters of near-duplicates: on the driver where they fit, else in DataFrames, or with an index."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ccnet_lite.dedup.clusters import cluster_documents, compared_column
from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import policy
from ccnet_lite.run.steps.index import add_to_index, crawls_before
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.decide import eligible
from ccnet_lite.stages.near_duplicates import (
    clusters,
    empty_signature,
    ranked_documents,
    representative_order,
)
from ccnet_lite.store.tables import Table, read_table, write_frame, write_rows

DRIVER_BAND_ROWS = 8_000_000
"""With `components = "auto"`, up to this many rows of bands are clustered on the driver: some 1 GB there."""


def find_clusters(settings: Settings) -> Step:
    """Find near-duplicates among the documents that no rule drops."""
    near = settings.near_duplicates
    inputs = ("signals", "signatures", *(("perplexities",) if near.by_perplexity else ()))
    outputs = ("clusters", *(("superseded",) if near.index else ()))

    def made_from(run: Run) -> dict[str, Any]:
        chosen = policy("near_duplicates")(run)
        # Where an index lies, and on how many machines it is searched, changes nothing.
        del chosen["near_duplicates"]["index"], chosen["near_duplicates"]["components"]
        if near.index:
            chosen["index"] = [each.name for each in crawls_before(run)[0]]
        return chosen

    return Step("clusters", inputs, outputs, made_from, _write)


def _staying(run: Run) -> DataFrame:
    """Signals of the documents that no rule drops, with their perplexity where the policy looks at it."""
    staying = eligible(run.frame("signals"), run.settings)
    if not run.settings.near_duplicates.by_perplexity:
        return staying
    return staying.join(run.frame("perplexities"), "doc_id", "left")


def _write(run: Run, work: Path) -> Files:
    near = run.settings.near_duplicates
    staying = _staying(run)
    if near.index:
        return add_to_index(run, work, staying)
    fits = run.tables["signatures"].rows * near.bands <= DRIVER_BAND_ROWS
    if near.components == "scipy" or (near.components == "auto" and fits):
        found = _clusters_on_driver(staying, run.tables["signatures"], near)
        return {"clusters": write_rows(found, "clusters", work / "clusters")}
    joined = staying.join(run.frame("signatures").drop("shard"), "doc_id")
    kept = clusters(joined, near, keeper(run.spark, work / "rounds"))
    return {"clusters": write_frame(kept, "clusters", work / "clusters")}


def _clusters_on_driver(staying: DataFrame, signatures: Table, near: NearDuplicateSettings) -> pa.Table:
    """Rows of `clusters`; the signatures are read without Spark."""
    ranked = ranked_documents(staying, near).toArrow()
    names = dict.fromkeys(["doc_id", "signature", "bands", compared_column(near)])
    held = read_table(signatures, list(names))
    held = held.filter(pc.not_equal(held["signature"], pa.scalar(empty_signature(near))))
    at = pc.index_in(held["doc_id"], value_set=ranked["doc_id"])
    held = held.filter(pc.is_valid(at))
    documents = ranked.take(at.drop_null())
    for name in held.column_names[1:]:
        documents = documents.append_column(name, held[name])
    return cluster_documents(documents, list(representative_order(near)), near)
