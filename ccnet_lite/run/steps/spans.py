"""Runs of tokens that stand in an earlier document, too: two comparisons over all shards, then their spans."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.spans import COUNTS, WINDOWS, compare_windows, shared_runs
from ccnet_lite.kernels.spans import runs_of_shard, spans_of_shard, windows_of_shard
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import ask_of, settings_of
from ccnet_lite.stages.by_shard import Tally, Work, files_by_table, run_by_shard
from ccnet_lite.stages.masks import RANGE_ROWS, Compare, compare_on_cluster, compare_on_driver
from ccnet_lite.stages.sifting import Count
from ccnet_lite.store.reading import ShardReader, read_table
from ccnet_lite.store.tables import Table, put_table

DRIVER_RUNS = 12_000_000
"""Up to so many runs are compared on the driver, in some 600 MB."""
DRIVER_WINDOWS = 3_000_000
"""Up to so many windows are, in as much."""
INPUTS = ("documents", "decisions", "layout")


def find_spans() -> Step:
    """Find what documents that no rule drops share with earlier ones, on the lines that stay of them."""
    return Step("spans", INPUTS, ("spans",), settings_of("spans.min_tokens"), _write)


def _write(run: Run, work: Work) -> Written:
    least = run.settings.spans.min_tokens
    tables = {name: run.tables[name] for name in ("documents", "decisions")}
    chars = pc.sum(read_table(run.tables["layout"], ["characters"])["characters"]).as_py() or 0

    def count(reader: ShardReader) -> Sequence[pa.RecordBatch]:
        return [runs_of_shard(reader, least)]

    def windows(reader: ShardReader) -> Sequence[pa.RecordBatch]:
        return [windows_of_shard(reader, least)]

    # Of a window one run in its half is taken, two in three a window: about one in `least` characters.
    size = chars // least
    tables["span_runs"] = _compared(run, work, "span_runs", tables, count, COUNTS, shared_runs, size, DRIVER_RUNS)
    size = tables["span_runs"].rows * least // 2
    tables["span_windows"] = _compared(
        run, work, "span_windows", tables, windows, WINDOWS, compare_windows, size, DRIVER_WINDOWS
    )

    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        return spans_of_shard(reader, least, tally)

    done, _ = run_by_shard(run.spark_context, run.numbers, kernel, tables, ("spans",), work)
    tally: dict[str, Any] = {
        name: sum(each.tally[name] for each in done.values()) for name in ("documents", "chars")
    }
    return Written(files_by_table(done.values(), ("spans",)), tally)


def _compared(
    run: Run,
    work: Work,
    table: str,
    inputs: dict[str, Table],
    count: Count,
    kind: pa.Schema,
    compare: Compare,
    rows: int,
    at_most: int,
) -> Table:
    """A table that only this step reads, in its own folder. rows: about how many are compared."""
    own = Work(work.folder / "compared", work.step, work.fingerprint)
    if not run.on_cluster(rows, at_most):
        files = compare_on_driver(
            *(ask_of(run), run.numbers, count, [kind], compare, inputs, table, own), n_rows=rows
        )
    else:
        ranges, writers = max(run.partitions, -(-rows // RANGE_ROWS)), min(len(run.numbers), run.partitions)
        files = compare_on_cluster(
            run.spark, run.numbers, count, [kind], compare, inputs, table, own, ranges, writers
        )
    return put_table(own.run, table, own.fingerprint, files)
