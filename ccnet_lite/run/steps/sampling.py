"""What the corpus holds and how its languages are to be sampled."""

from pathlib import Path

import pyarrow as pa

from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import sections
from ccnet_lite.sampling.plan import FILE_NAME, plan_text, sampling_plan
from ccnet_lite.sampling.statistics import BucketStatistics, sampling_table, statistics_rows
from ccnet_lite.stages.statistics import count_corpus
from ccnet_lite.store.tables import PartWriter, read_table, write_frame


def statistics() -> Step:
    """Counts by language and bucket."""

    def write(run: Run, work: Path) -> Files:
        rows = count_corpus(run.frame("scores")).orderBy("language", "bucket").coalesce(1)
        return {"statistics": write_frame(rows, "statistics", work / "statistics")}

    return Step("statistics", ("scores",), ("statistics",), sections(), write)


def sampling() -> Step:
    """p, q, factors, epochs and UniMax by language: a table, and sampling.json for the trainer."""

    def write(run: Run, work: Path) -> Files:
        writer = PartWriter(work / "sampling", "sampling", "part-000000.parquet")
        for batch in sampling_table(corpus_statistics(run), run.settings.sampling).to_batches():
            writer.write(batch)
        return {"sampling": [writer.close()]}

    return Step("sampling", ("statistics",), ("sampling",), sections("sampling"), write, write_plan)


def write_plan(run: Run) -> None:
    """Write sampling.json beside the tables."""
    plan = sampling_plan(corpus_statistics(run), run.settings.sampling)
    (run.folder / FILE_NAME).write_text(plan_text(plan), encoding="utf-8")


def corpus_statistics(run: Run) -> list[BucketStatistics]:
    """The rows of `statistics`."""
    table: pa.Table = read_table(run.tables["statistics"])
    return statistics_rows(table)
