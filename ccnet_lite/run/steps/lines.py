"""Lines that are boilerplate, and paragraphs that repeat among the documents in question."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ccnet_lite.kernels import counting
from ccnet_lite.kernels.decide import population_of
from ccnet_lite.kernels.lines import (
    CUT_COLUMNS,
    LINE_COLUMNS,
    STAYS,
    gather_cuts,
    gather_lines,
    judge_lines,
    read_masks,
)
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import ask_of, chosen_settings, policy_of, rule_inputs, standing_inputs
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.stages.masks import RANGE_ROWS, Compare, compare_on_cluster, compare_on_driver
from ccnet_lite.stages.sifting import Count, Reach
from ccnet_lite.store.reading import ShardReader

DRIVER_LINES = 40_000_000
"""Up to so many lines of documents are compared on the driver.

Of 14 million, 3 million of them masked, that took some 30 bytes each besides what a driver of a small run has, and
100 in files.
"""


def mask_lines() -> Step:
    """Find the lines that are boilerplate."""

    def depends_on(run: Run) -> dict[str, Any]:
        if not run.settings.lines.enabled:
            return {"lines.enabled": False}
        names = ("enabled", "host_documents", "common_hosts", "common_max_chars")
        return chosen_settings(run, *(f"lines.{name}" for name in names), "ingest.min_chars")

    def write(run: Run, work: Work) -> Written:
        settings, least = run.settings.lines, run.settings.ingest.min_chars
        if not settings.enabled:
            return Written({})

        def count(reader: ShardReader) -> Sequence[pa.RecordBatch]:
            held = gather_lines(reader.whole("documents", LINE_COLUMNS))
            return counting.count_boilerplate(reader.shard, held, held.n_chars >= least, settings)

        def compare(by_host: pa.Table, by_key: pa.Table) -> pa.Table:
            return counting.mask_boilerplate(by_host, by_key, settings)

        kinds = (counting.HOST_COUNTS, counting.KEY_COUNTS)
        reaches = (Reach(settings.host_documents, "documents"), Reach(settings.common_hosts))
        return _compared(run, ("documents",), count, kinds, reaches, compare, "masks", work)

    return Step("masks", ("documents",), ("masks",), depends_on, write)


def mask_paragraphs(settings: Settings) -> Step:
    """Find the lines that documents in question repeat."""
    near = settings.near_duplicates.enabled
    inputs = ("documents", "masks", *((*rule_inputs(settings), *standing_inputs(settings)) if near else ()))

    def depends_on(run: Run) -> dict[str, Any]:
        if run.settings.paragraphs.policy == "none":
            return {"paragraphs.policy": "none"}
        names = (f"paragraphs.{key}" for key in ("policy", "scope", "min_chars"))
        chosen = chosen_settings(run, *names)
        chosen["several_hosts"] = counting.drops_repeating(run.settings.paragraphs)
        return chosen | (policy_of(run) if near else chosen_settings(run, "ingest.min_chars"))

    def write(run: Run, work: Work) -> Written:
        settings, paragraphs = run.settings, run.settings.paragraphs
        if paragraphs.policy == "none":
            return Written({})

        def count(reader: ShardReader) -> Sequence[pa.RecordBatch]:
            held = gather_lines(reader.whole("documents", LINE_COLUMNS))
            masks = read_masks(reader)  # of paragraphs there are none yet
            cuts = gather_cuts(reader.whole("signals", CUT_COLUMNS))  # without near-duplicates none yet
            stays = judge_lines(held, masks, False, cuts) == STAYS
            population = population_of(reader, held, settings)
            return [counting.count_paragraphs(reader.shard, held, population, stays, paragraphs)]

        def compare(counts: pa.Table) -> pa.Table:
            return counting.mask_paragraphs(counts, paragraphs)

        kinds, reaches = (counting.PARAGRAPH_COUNTS,), (Reach(2, "documents"),)
        return _compared(run, inputs, count, kinds, reaches, compare, "paragraph_masks", work)

    return Step("paragraphs", inputs, ("paragraph_masks",), depends_on, write)


def _compared(
    run: Run,
    inputs: tuple[str, ...],
    count: Count,
    kinds: Sequence[pa.Schema],
    reaches: Sequence[Reach],
    compare: Compare,
    table: str,
    work: Work,
) -> Written:
    tables = {name: run.tables[name] for name in inputs}
    lines = int(run.tally("documents")["lines"])
    if not run.on_cluster(lines, DRIVER_LINES):
        files = compare_on_driver(
            *(ask_of(run), run.numbers, count, kinds, compare, tables, table, work, reaches, lines)
        )
        return Written({table: files})
    ranges = max(run.partitions, -(-lines // RANGE_ROWS))
    writers = min(len(run.numbers), run.partitions)
    files = compare_on_cluster(
        *(run.spark, run.numbers, count, kinds, compare, tables, table, work, ranges, writers, reaches, lines)
    )
    return Written({table: files})
