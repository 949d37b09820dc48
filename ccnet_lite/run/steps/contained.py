"""Documents inside longer ones: on the driver where anchors fit there, else on the cluster."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame

from ccnet_lite.dedup.containment import contained_documents
from ccnet_lite.kernels.contained import shingles_of, standing
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import chosen_settings, policy_of, rule_inputs
from ccnet_lite.run.steps.ranked import write_frame_by_shard
from ccnet_lite.settings import Settings
from ccnet_lite.stages import containment
from ccnet_lite.stages.by_shard import Work, map_shards
from ccnet_lite.stages.candidates import count_parts
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.masks import THREADS
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import put_table
from ccnet_lite.store.writing import write_rows

DRIVER_ANCHORS = 8_000_000
"""Up to so many anchors are compared on the driver, in some 500 MB."""
ANCHORS_A_DOCUMENT = 20
"""About."""


def _inputs(settings: Settings) -> tuple[str, ...]:
    return ("documents", "masks", *rule_inputs(settings), "clusters")


def find_contained(settings: Settings) -> Step:
    """Find documents inside longer ones, among those that no rule drops and no other stands for."""

    def depends_on(run: Run) -> dict[str, Any]:
        return policy_of(run) | chosen_settings(run, "near_duplicates.containment", "near_duplicates.ngram")

    return Step("contained", _inputs(settings), ("contained",), depends_on, _write)


def _write(run: Run, work: Work) -> Written:
    anchors = run.tables["signals"].rows * ANCHORS_A_DOCUMENT
    if run.on_cluster(anchors, DRIVER_ANCHORS):
        run.size_shuffles()
        return Written({"contained": write_frame_by_shard(run, _on_cluster(run, work), "contained", work)})
    rows = _on_driver(run).select(arrow_schema("contained").names)
    rows = rows.sort_by([("shard", "ascending"), ("position", "ascending")])
    return Written({"contained": write_rows(rows, run.folder, "contained", work.fingerprint, by_shard=True)})


def _on_driver(run: Run) -> pa.Table:
    settings = run.settings
    tables = {name: run.tables[name] for name in _inputs(settings)}
    near = settings.near_duplicates
    with ThreadPoolExecutor(THREADS) as pool:

        def read_shingles(chosen: pa.Table) -> pa.Array:
            by_shard: dict[int, list[str]] = {}
            for shard, doc_id in zip(chosen["shard"].to_pylist(), chosen["doc_id"].to_pylist(), strict=True):
                by_shard.setdefault(shard, []).append(doc_id)

            def of_shard(shard: int) -> list[pa.RecordBatch]:
                asked = pa.array(by_shard[shard], pa.string())
                return list(shingles_of(ShardReader(tables, shard), asked, near.ngram))

            found = [batch for batches in pool.map(of_shard, sorted(by_shard)) for batch in batches]
            held = {
                doc_id: value for batch in found for doc_id, value in zip(*batch.to_pydict().values(), strict=True)
            }
            return pa.array([held[doc_id] for doc_id in chosen["doc_id"].to_pylist()], pa.binary())

        pieces = pool.map(lambda shard: standing(ShardReader(tables, shard), settings), run.numbers)
        documents = pa.concat_tables([*pieces, standing(ShardReader(tables, -1), settings)])
        return contained_documents(documents, near.containment, read_shingles)


def _on_cluster(run: Run, work: Work) -> DataFrame:
    settings = run.settings
    tables = {name: run.tables[name] for name in _inputs(settings)}
    near, spark = settings.near_duplicates, run.spark

    def documents_of(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        held = standing(reader, settings)
        ids = held["doc_id"].to_pylist()
        held = held.append_column("number", pa.array([int(doc_id[:15], 16) for doc_id in ids], pa.int64()))
        fewer = pa.array([-float(chars) for chars in held["n_chars"].to_pylist()], pa.float64())
        held = held.append_column("fewer", fewer).drop_columns(["n_chars"])
        yield from held.combine_chunks().to_batches(max_chunksize=10_000)

    def read_shingles(wanted: DataFrame) -> DataFrame:
        # By shard, so that each reads its own texts; rows of the table itself, as yet without an answer.
        asked = wanted.selectExpr(
            *("doc_id", "shard", "position", "cast(null as string) contained_in"),
            *("cast(null as double) containment", "0L holds"),
        )
        own = Work(work.folder / "wanted", work.step, work.fingerprint)
        files = write_frame_by_shard(run, asked, "contained", own)
        with_asked = tables | {"contained": put_table(own.run, "contained", own.fingerprint, files)}

        def of_shard(reader: ShardReader) -> Iterator[pa.RecordBatch]:
            asked_here = reader.whole("contained", ["doc_id"])["doc_id"].combine_chunks()
            return shingles_of(reader, asked_here, near.ngram)

        return map_shards(spark, run.numbers, of_shard, with_asked, "doc_id string, shingles binary")

    documents = map_shards(spark, run.numbers, documents_of, tables, containment.STANDING)
    tasks = int(spark.conf.get("spark.sql.shuffle.partitions") or 1)
    parts = count_parts(run.tables["signals"].rows, ANCHORS_A_DOCUMENT, tasks)
    commit = keeper(spark, work.folder / "rounds")
    return containment.contained_documents(documents, near.containment, parts, read_shingles, commit)
