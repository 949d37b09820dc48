"""The corpus and the ledger."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, StructField, StructType

from ccnet_lite.kernels import assemble
from ccnet_lite.kernels.corpus import CorpusWriter
from ccnet_lite.kernels.score import Scorer
from ccnet_lite.run.checks import check_sums
from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import by_shard, sections
from ccnet_lite.stages.by_shard import ShardReader, map_shards
from ccnet_lite.stages.export import score_and_write
from ccnet_lite.stages.layout import Part, assign_tasks, lay_out
from ccnet_lite.stages.ledger import keep_ledger
from ccnet_lite.store.tables import described, spark_schema, write_frame, write_manifest

MIN_PART_CHARS = 32_000_000
PARTS_OF_A_RUN = 64
FILES_OF_A_PART = 4


def export() -> Step:
    """Write the corpus."""
    inputs = ("documents", "selections", "decisions")

    def made_from(run: Run) -> dict[str, Any]:
        return sections("quality", "export")(run) | {"models": run.models.digests}

    return Step("export", inputs, ("layout", "scores", "corpus"), made_from, write_corpus)


def write_corpus(run: Run, work: Path) -> Files:
    """Lay the kept text out, move it, score it, write it."""
    placed, tasks = place_parts(run, run.frame("decisions"))
    files = by_shard(run, placed, "layout", work)
    layout = write_manifest(work / "layout", "layout", "unfinished", files["layout"])

    def kernel(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        rows = chain.from_iterable(batch.to_pylist() for batch in reader.read("layout", ["language", "part"]))
        parts = {row["language"]: (row["part"], tasks[row["language"], row["part"]]) for row in rows}
        if not parts:
            return iter(())
        return assemble.assemble_shard(
            reader.read("documents", assemble.DOCUMENT_COLUMNS),
            reader.read("decisions", assemble.DECISION_COLUMNS),
            reader.read("selections", assemble.SELECTION_COLUMNS),
            parts,
        )

    tables = {name: run.tables[name] for name in ("documents", "selections", "decisions")} | {
        "layout": layout
    }
    rows = map_shards(run.spark, run.numbers, kernel, tables, _moved_schema())
    scorer = partial(Scorer, run.models.perplexity, run.models.cutoffs, run.settings.quality)
    open_part = partial(CorpusWriter, work / "corpus", settings=run.settings.export)
    scores = score_and_write(rows, run.settings.spark.shuffle_partitions, scorer, open_part)
    files["scores"] = write_frame(scores, "scores", work / "scores")
    files["corpus"] = [
        described(path, work / "corpus") for path in sorted((work / "corpus").rglob("*.parquet"))
    ]
    return files


def place_parts(run: Run, documents: DataFrame) -> tuple[DataFrame, dict[tuple[str, int], int]]:
    """Rows of `layout` of the documents without a rule, and the task that takes each (language, part)."""
    total = documents.where("rule is null").agg(F.sum("n_chars")).first()
    chars = int(total[0] or 0) if total else 0
    part_chars = min(
        max(chars // PARTS_OF_A_RUN, MIN_PART_CHARS), FILES_OF_A_PART * run.settings.export.file_bytes
    )
    placed = lay_out(documents, part_chars).localCheckpoint()
    sizes = placed.groupBy("language", "part").agg(F.sum("chars").alias("chars")).collect()
    parts = (Part(row["language"], row["part"], row["chars"]) for row in sizes)
    return placed, assign_tasks(parts, run.settings.spark.shuffle_partitions)


def _moved_schema() -> StructType:
    """What `assemble_shard` yields: the columns of `corpus` known before scoring, and where the row goes."""
    known = [field for field in spark_schema("corpus").fields if field.name != "perplexity"]
    language = [field for field in spark_schema("scores").fields if field.name == "language"]
    places = [StructField(name, IntegerType(), False) for name in ("shard", "position", "part", "task")]
    return StructType([*known, *language, *places])


def ledger() -> Step:
    """Write every record's fate."""

    def write(run: Run, work: Path) -> Files:
        rows = keep_ledger(run.frame("records"), run.frame("decisions"), run.frame("scores"))
        return {"ledger": write_frame(rows, "ledger", work / "ledger")}

    inputs = ("records", "decisions", "scores")
    return Step("ledger", inputs, ("ledger",), sections(), write, check_sums)
