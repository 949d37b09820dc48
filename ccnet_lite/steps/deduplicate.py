"""Near-duplicates, paragraphs that repeat, and the decision about every document."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ccnet_lite.dedup.clusters import cluster_documents, compared_column
from ccnet_lite.kernels import lines
from ccnet_lite.run import Files, Run, Step
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.shardwise import ShardReader, run_by_shard
from ccnet_lite.stages.decide import decide, eligible, pick_survivors
from ccnet_lite.stages.masks import mask_repeated
from ccnet_lite.stages.near_duplicates import (
    clusters,
    empty_signature,
    ranked_documents,
    representative_order,
)
from ccnet_lite.steps.common import by_shard, sections, verdict_on
from ccnet_lite.tables import Table, read_table, write_frame, write_rows

DRIVER_BAND_ROWS = 8_000_000
"""With `components = "auto"`, up to this many rows of bands are clustered on the driver: some 1 GB there."""


def policy(*more: str) -> Callable[[Run], dict[str, Any]]:
    """Settings that say which documents are eligible, and more."""
    thresholds = ("language.threshold", "language.keep", "language.drop", "ingest.min_chars")
    return sections(*thresholds, "quality", "paragraphs.min_document_chars", *more)


def find_clusters() -> Step:
    """Find near-duplicates among the documents that no rule drops."""

    def write(run: Run, work: Path) -> Files:
        near = run.settings.near_duplicates
        staying = eligible(run.frame("signals"), run.settings)
        fits = run.tables["signatures"].rows * near.bands <= DRIVER_BAND_ROWS
        if near.components == "scipy" or (near.components == "auto" and fits):
            found = _clusters_on_driver(staying, run.tables["signatures"], near)
            return {"clusters": write_rows(found, "clusters", work / "clusters")}
        joined = staying.join(run.frame("signatures").drop("shard"), "doc_id")
        return {"clusters": write_frame(clusters(joined, near), "clusters", work / "clusters")}

    return Step("clusters", ("signals", "signatures"), ("clusters",), policy("near_duplicates"), write)


def _clusters_on_driver(staying: DataFrame, signatures: Table, near: NearDuplicateSettings) -> pa.Table:
    """Rows of `clusters`; the signatures are read without Spark."""
    ranked = ranked_documents(staying, near).toArrow()
    names = dict.fromkeys(["doc_id", "signature", "bands", compared_column(near)])
    held = read_table(signatures, list(names))
    full = pc.not_equal(held["signature"], pa.scalar(empty_signature(near)))
    held = held.filter(full)
    at = pc.index_in(held["doc_id"], value_set=ranked["doc_id"])
    held = held.filter(pc.is_valid(at))
    documents = ranked.take(at.drop_null())
    for name in held.column_names[1:]:
        documents = documents.append_column(name, held[name])
    return cluster_documents(documents, list(representative_order(near)), near)


def survive() -> Step:
    """Say which documents are still in question."""

    def write(run: Run, work: Path) -> Files:
        staying = pick_survivors(run.frame("signals"), run.frame("clusters"), run.settings)
        return by_shard(run, staying, "survivors", work)

    return Step("survivors", ("signals", "clusters"), ("survivors",), policy(), write)


def population_of(reader: ShardReader, held: lines.ShardLines, min_chars: int) -> npt.NDArray[np.bool_]:
    """[documents]: the survivors; before there are any, the documents that are long enough."""
    if "survivors" not in reader:
        return held.n_chars >= min_chars
    positions = [batch["position"].to_numpy() for batch in reader.read("survivors", ["position"])]
    return (
        np.isin(held.positions, np.concatenate(positions))
        if positions
        else np.zeros(len(held.positions), bool)
    )


def paragraph_inputs(settings: Settings) -> tuple[str, ...]:
    """The tables that say whose paragraphs are compared."""
    return ("lines", "masks", "survivors") if settings.near_duplicates.enabled else ("lines", "masks")


def count_paragraphs(settings: Settings) -> Step:
    """Count, by shard, the documents in question that hold a line."""
    inputs = paragraph_inputs(settings)

    def write(run: Run, work: Path) -> Files:
        min_chars = run.settings.ingest.min_chars

        def kernel(reader: ShardReader) -> Iterator[tuple[str, pa.RecordBatch]]:
            held = lines.gather_lines(reader.read("lines", lines.LINE_COLUMNS))
            stays = verdict_on(reader, held, ("masks",), False) == lines.STAYS
            population = population_of(reader, held, min_chars)
            for batch in lines.count_keys(reader.shard, held, population, stays):
                yield "paragraph_counts", batch

        tables = {name: run.tables[name] for name in inputs}
        return run_by_shard(run.spark, run.numbers, kernel, tables, ("paragraph_counts",), work)

    return Step("count_paragraphs", inputs, ("paragraph_counts",), sections("ingest.min_chars"), write)


def mask_paragraphs() -> Step:
    """Find the lines that documents in question repeat."""

    def write(run: Run, work: Path) -> Files:
        if run.settings.paragraphs.policy == "none":
            return {}
        masks = mask_repeated(run.frame("paragraph_counts"), run.settings.paragraphs)
        return by_shard(run, masks, "paragraph_masks", work)

    keys = ("policy", "scope", "min_chars")
    made_from = sections(*(f"paragraphs.{key}" for key in keys))
    return Step("mask_paragraphs", ("paragraph_counts",), ("paragraph_masks",), made_from, write)


def select_lines(settings: Settings) -> Step:
    """Say which lines of the documents in question stay."""
    inputs = (*paragraph_inputs(settings), "paragraph_masks")

    def write(run: Run, work: Path) -> Files:
        min_chars = run.settings.ingest.min_chars
        first_within = run.settings.paragraphs.within_document == "keep_first"

        def kernel(reader: ShardReader) -> Iterator[tuple[str, pa.RecordBatch]]:
            held = lines.gather_lines(reader.read("lines", lines.LINE_COLUMNS))
            verdict = verdict_on(reader, held, ("masks", "paragraph_masks"), first_within)
            population = population_of(reader, held, min_chars)
            yield "selections", lines.selection_batch(reader.shard, held, verdict, population)

        tables = {name: run.tables[name] for name in inputs}
        return run_by_shard(run.spark, run.numbers, kernel, tables, ("selections",), work)

    made_from = sections("ingest.min_chars", "paragraphs.within_document")
    return Step("select_lines", inputs, ("selections",), made_from, write)


def judge(settings: Settings) -> Step:
    """Decide about every document."""
    near = settings.near_duplicates.enabled

    def write(run: Run, work: Path) -> Files:
        found = run.frame("clusters") if near else None
        decided = decide(run.frame("signals"), found, run.frame("selections"), run.settings)
        return by_shard(run, decided, "decisions", work)

    inputs = ("signals", *(("clusters",) if near else ()), "selections")
    return Step("decide", inputs, ("decisions",), policy("near_duplicates.similarity"), write)
