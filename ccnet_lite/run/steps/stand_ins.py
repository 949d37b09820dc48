"""Documents inside longer ones and of one template: on the driver where these fit there, else on the cluster."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from ccnet_lite.dedup.containment import CONTAINED, contained_documents
from ccnet_lite.dedup.each import THREADS
from ccnet_lite.dedup.pairs import as_matrix
from ccnet_lite.dedup.stand_ins import ReadHashes, Way
from ccnet_lite.dedup.templates import KEYS, TEMPLATE, keys, template_documents, word_hashes
from ccnet_lite.kernels.policy import order_of
from ccnet_lite.kernels.stand_ins import HashesOf, hashes_of, with_anchors, with_skeleton
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import chosen_settings, policy_of, rule_inputs
from ccnet_lite.run.steps.ranked import rank_types, write_frame_by_shard
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import Work, map_shards
from ccnet_lite.stages.candidates import count_parts
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.stand_ins import stand_ins
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import put_table
from ccnet_lite.store.writing import write_rows
from ccnet_lite.text.shingles import shingle_hashes

DRIVER_KEYS = 8_000_000
"""Up to so many anchors, or keys of templates three times, are compared on the driver, in some 500 MB."""
ANCHORS_A_DOCUMENT = 20
"""About."""


@dataclass(frozen=True)
class Search:
    """How documents of one kind are looked for. least: the setting's value."""

    table: str
    way: Way
    least: float
    inputs: tuple[str, ...]
    keys_a_document: int
    from_texts: bool
    """Whether what is compared is made from texts, and so is kept, to be made once."""
    documents: Callable[[ShardReader, Settings], pa.Table]
    """A shard's documents that stand, with what is compared."""
    made: HashesOf
    """What is measured, of texts."""
    on_driver: Callable[[pa.Table, ReadHashes], pa.Table]
    order: list[str]
    order_types: str
    """Of these, of what is compared and of the keys, in Spark's words."""
    keys: str
    keyed: Callable[[pa.Table], pa.Table]
    """The documents with the columns of the order and the keys, as a cluster compares them."""


def find_contained(settings: Settings) -> Step:
    """Find documents inside longer ones, among those that no rule drops and no other stands for."""

    def depends_on(run: Run) -> dict[str, Any]:
        return policy_of(run) | chosen_settings(run, "near_duplicates.containment", "near_duplicates.ngram")

    search = _contained(settings)
    return Step("contained", search.inputs, ("contained",), depends_on, partial(_write, search))


def find_templates(settings: Settings) -> Step:
    """Find documents of one template, among those that are not inside others, either."""

    def depends_on(run: Run) -> dict[str, Any]:
        names = ("templates", "representative", "representative_order", "seed")
        return policy_of(run) | chosen_settings(run, *(f"near_duplicates.{name}" for name in names))

    search = _templates(settings)
    return Step("templates", search.inputs, ("templates",), depends_on, partial(_write, search))


def _contained(settings: Settings) -> Search:
    near = settings.near_duplicates

    def keyed(held: pa.Table) -> pa.Table:
        fewer = -held["n_chars"].to_numpy().astype(np.float64)
        return held.append_column("fewer", pa.array(fewer)).drop_columns(["n_chars"])

    return Search(
        table="contained",
        way=CONTAINED,
        least=near.containment,
        inputs=("documents", "masks", *rule_inputs(settings), "clusters"),
        keys_a_document=ANCHORS_A_DOCUMENT,
        from_texts=False,
        documents=with_anchors,
        made=lambda texts: [shingle_hashes(text, near.ngram) for text in texts],
        on_driver=lambda documents, read: contained_documents(documents, near.containment, read),
        order=["fewer"],
        order_types="fewer double, anchors array<bigint>",
        keys="anchors",
        keyed=keyed,
    )


def _templates(settings: Settings) -> Search:
    near = settings.near_duplicates
    order = order_of(near)

    def keyed(held: pa.Table) -> pa.Table:
        found = keys(as_matrix(held["skeleton"]), held["language"]).view(np.int64)
        bounds = pa.array(np.arange(0, found.size + 1, found.shape[1], dtype=np.int32))
        lists = pa.ListArray.from_arrays(bounds, pa.array(found.ravel()))
        return held.select([*order, "skeleton"]).append_column("keys", lists)

    return Search(
        table="templates",
        way=TEMPLATE,
        least=near.templates,
        inputs=(
            *("documents", "masks", *rule_inputs(settings), "clusters"),
            *(("contained",) if near.containment else ()),
            *(("perplexities",) if near.by_perplexity else ()),
        ),
        keys_a_document=KEYS,
        from_texts=True,
        documents=with_skeleton,
        made=lambda texts: [word_hashes(text) for text in texts],
        on_driver=lambda documents, read: template_documents(documents, order, near.templates, read),
        order=order,
        order_types=f"{rank_types(near)}, skeleton binary, keys array<bigint>",
        keys="keys",
        keyed=keyed,
    )


def _write(search: Search, run: Run, work: Work) -> Written:
    table = search.table
    held_at_once = run.tables["signals"].rows * min(search.keys_a_document, 32)
    if run.on_cluster(held_at_once, DRIVER_KEYS):
        run.size_shuffles()
        return Written({table: write_frame_by_shard(run, _on_cluster(search, run, work), table, work)})
    rows = _on_driver(search, run).select(arrow_schema(table).names)
    rows = rows.sort_by([("shard", "ascending"), ("position", "ascending")])
    return Written({table: write_rows(rows, run.folder, table, work.fingerprint, by_shard=True)})


def _on_driver(search: Search, run: Run) -> pa.Table:
    tables, settings = {name: run.tables[name] for name in search.inputs}, run.settings
    with ThreadPoolExecutor(THREADS) as pool:

        def read(chosen: pa.Table) -> pa.Array:
            by_shard: dict[int, list[str]] = {}
            for shard, doc_id in zip(chosen["shard"].to_pylist(), chosen["doc_id"].to_pylist(), strict=True):
                by_shard.setdefault(shard, []).append(doc_id)

            def of_shard(shard: int) -> list[pa.RecordBatch]:
                asked = pa.array(by_shard[shard], pa.string())
                return list(hashes_of(ShardReader(tables, shard), asked, search.way.held, search.made))

            found = [batch for batches in pool.map(of_shard, sorted(by_shard)) for batch in batches]
            held = {
                doc_id: value for batch in found for doc_id, value in zip(*batch.to_pydict().values(), strict=True)
            }
            return pa.array([held[doc_id] for doc_id in chosen["doc_id"].to_pylist()], pa.binary())

        pieces = pool.map(lambda shard: search.documents(ShardReader(tables, shard), settings), run.numbers)
        documents = pa.concat_tables([*pieces, search.documents(ShardReader(tables, -1), settings)])
        return search.on_driver(documents, read)


def _on_cluster(search: Search, run: Run, work: Work) -> DataFrame:
    tables, settings = {name: run.tables[name] for name in search.inputs}, run.settings
    spark, way, table = run.spark, search.way, search.table
    named, measured, count = way.columns

    def documents_of(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        held = search.documents(reader, settings)
        if not held.num_rows:
            return
        ids = held["doc_id"].to_pylist()
        columns = {name: held[name] for name in ("doc_id", "shard", "position")}
        columns["number"] = pa.array([int(doc_id[:15], 16) for doc_id in ids], pa.int64())
        keyed = search.keyed(held)
        columns |= {name: keyed[name] for name in names}
        yield from pa.table(columns).combine_chunks().to_batches(max_chunksize=10_000)

    def read(wanted: DataFrame) -> DataFrame:
        # By shard, so that each reads its own texts; rows of the table itself, as yet without an answer.
        asked = wanted.selectExpr(
            *("doc_id", "shard", "position", f"cast(null as string) {named}"),
            *(f"cast(null as double) {measured}", f"0L {count}"),
        )
        own = Work(work.folder / "wanted", work.step, work.fingerprint)
        files = write_frame_by_shard(run, asked, table, own)
        with_asked = tables | {table: put_table(own.run, table, own.fingerprint, files)}

        def of_shard(reader: ShardReader) -> Iterator[pa.RecordBatch]:
            asked_here = reader.whole(table, ["doc_id"])["doc_id"].combine_chunks()
            return hashes_of(reader, asked_here, way.held, search.made)

        return map_shards(spark, run.numbers, of_shard, with_asked, f"doc_id string, {way.held} binary")

    names = [each.split()[0] for each in search.order_types.split(", ")]
    schema = f"doc_id string, shard int, position int, number long, {search.order_types}"
    documents = map_shards(spark, run.numbers, documents_of, tables, schema)
    tasks = int(spark.conf.get("spark.sql.shuffle.partitions") or 1)
    parts = count_parts(run.tables["signals"].rows, search.keys_a_document, tasks)
    commit = keeper(spark, work.folder / "rounds")
    documents = commit(documents) if search.from_texts else documents
    return stand_ins(documents, search.order, search.keys, way, search.least, parts, read, commit)
