"""Clusters of near-duplicates: on the driver where they fit, else on the cluster, or with an index."""

from functools import partial
from typing import Any

from pyspark.sql import DataFrame

from ccnet_lite.dedup.clusters import cluster_documents, compared_column
from ccnet_lite.kernels.policy import order_of
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import chosen_settings, policy_of, rule_inputs
from ccnet_lite.run.steps.index import add_to_index, crawls_before
from ccnet_lite.run.steps.ranked import (
    ranked_on_cluster,
    ranked_on_driver,
    ranked_tables,
    with_same,
    write_frame_by_shard,
)
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.stages.candidates import candidate_pairs_by_shard, count_parts
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.near_duplicates import clusters
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.writing import write_rows

DRIVER_BAND_ROWS = 64_000_000
"""Up to so many rows of bands, of two million documents, are clustered on the driver.

Of 640,000 documents that took some 0.3 KB each besides what a driver of a small run has, and 1.3 KB in files.
"""


def find_clusters(settings: Settings) -> Step:
    """Find near-duplicates among the documents that no rule drops."""
    near = settings.near_duplicates
    inputs = (
        *rule_inputs(settings),
        *(("perplexities",) if near.by_perplexity else ()),
        *(("archives",) if near.index else ()),
    )
    outputs = ("clusters", *(("superseded", "split_keys") if near.index else ()))

    def depends_on(run: Run) -> dict[str, Any]:
        chosen = policy_of(run) | chosen_settings(run, "near_duplicates")
        # Where an index lies changes nothing; what is inside what, or of one template, is another step's.
        for name in ("index", "containment", "templates"):
            chosen["near_duplicates"].pop(name)
        if near.index:
            chosen["index"] = [each.name for each in crawls_before(run)[0]]
        return chosen

    return Step("clusters", inputs, outputs, depends_on, _write)


def _write(run: Run, work: Work) -> Written:
    near = run.settings.near_duplicates
    if near.index:
        run.size_shuffles()
        return add_to_index(run, work)
    rows = run.tables["signals"].rows * near.bands
    if not run.on_cluster(rows, DRIVER_BAND_ROWS):
        with ranked_on_driver(run) as (documents, compared, each):
            found = cluster_documents(documents, order_of(near), near, compared, each)
        found = found.select(arrow_schema("clusters").names).sort_by(
            [("shard", "ascending"), ("position", "ascending")]
        )
        return Written({"clusters": write_rows(found, run.folder, "clusters", work.fingerprint, by_shard=True)})
    run.size_shuffles()
    commit = keeper(run.spark, work.folder / "rounds")
    order = order_of(near)
    columns = [compared_column(near)]

    def find(without: list[str]) -> DataFrame:
        parts = count_parts(run.tables["signals"].rows, near.bands, run.partitions)
        writers = min(len(run.numbers), run.partitions)
        read = partial(with_same, settings=run.settings, without=without)
        numbers, tables = run.numbers, ranked_tables(run)
        return candidate_pairs_by_shard(run.spark, numbers, read, tables, order, parts, rows, writers)

    frame = ranked_on_cluster(run, columns)
    found_rows = clusters(frame, order, run.tables["signals"].rows, near, commit, find)
    return Written({"clusters": write_frame_by_shard(run, found_rows, "clusters", work)})
