"""The documents in question, paragraphs that repeat among them, and the decision about every document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.kernels import lines
from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import by_shard, policy, sections, verdict_on
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import ShardReader, run_by_shard
from ccnet_lite.stages.decide import decide, pick_survivors
from ccnet_lite.stages.masks import drops_repeating, mask_repeated


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

    keys = sections(*(f"paragraphs.{key}" for key in ("policy", "scope", "min_chars")))

    def made_from(run: Run) -> dict[str, Any]:
        return keys(run) | {"several_hosts": drops_repeating(run.settings.paragraphs)}

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
            masks = reader.read("paragraph_masks", [*lines.MASK_COLUMNS, "several_hosts"])
            first = lines.first_copies(held, masks)
            yield "selections", lines.selection_batch(reader.shard, held, verdict, population, first)

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
    made_from = policy(
        *("near_duplicates.similarity", "near_duplicates.crawl"),
        *("paragraphs.policy", "paragraphs.max_repeated_share"),
    )
    return Step("decide", inputs, ("decisions",), made_from, write)
