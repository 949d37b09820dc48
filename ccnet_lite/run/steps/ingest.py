"""Archives to documents, their line keys, and the lines that are boilerplate."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ccnet_lite.kernels import lines
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.quarantine import FOLDER, with_quarantine
from ccnet_lite.run.checks import check_bad_share
from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import by_shard, sections
from ccnet_lite.stages.by_shard import ShardReader, run_by_shard
from ccnet_lite.stages.masks import mask_boilerplate


def ingest() -> Step:
    """Read the archives."""

    def write(run: Run, work: Path) -> Files:
        shards = {shard.index: shard for shard in run.shards}
        settings, folder = run.settings, run.folder
        if not (work / "_done").exists():
            shutil.rmtree(folder / FOLDER, ignore_errors=True)

        def kernel(reader: ShardReader) -> Iterator[tuple[str, pa.RecordBatch]]:
            shard = shards[reader.shard]
            rows = ingest_shard(shard, settings)
            return with_quarantine(rows, shard, settings, folder) if settings.ingest.quarantine else rows

        return run_by_shard(run.spark, run.numbers, kernel, {}, outputs, work)

    outputs = ("documents", "records", "bad_records", "lines")
    return Step("ingest", (), outputs, sections("ingest"), write, check_bad_share)


def count_lines() -> Step:
    """Count, by shard, the documents of a host that hold a line."""

    def write(run: Run, work: Path) -> Files:
        least = run.settings.ingest.min_chars
        if not run.settings.lines.enabled:  # nobody asks
            return {}

        def kernel(reader: ShardReader) -> Iterator[tuple[str, pa.RecordBatch]]:
            held = lines.gather_lines(reader.read("lines", lines.LINE_COLUMNS))
            for batch in lines.count_lines(reader.shard, held, held.n_chars >= least):
                yield "line_counts", batch

        return run_by_shard(
            run.spark, run.numbers, kernel, {"lines": run.tables["lines"]}, ("line_counts",), work
        )

    return Step(
        "count_lines", ("lines",), ("line_counts",), sections("ingest.min_chars", "lines.enabled"), write
    )


def mask_lines() -> Step:
    """Find the lines that are boilerplate."""

    def write(run: Run, work: Path) -> Files:
        counts = run.frame("line_counts")
        if not run.settings.lines.enabled:
            return {}
        return by_shard(run, mask_boilerplate(counts, run.settings.lines), "masks", work)

    return Step("mask_lines", ("line_counts",), ("masks",), sections("lines"), write)
