"""Perplexity before clustering: for a policy of the representative that looks at it."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, LongType, StringType, StructType

from ccnet_lite.kernels import annotate, lines
from ccnet_lite.kernels.score import Scorer
from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import by_shard, policy, verdict_on
from ccnet_lite.run.steps.export import place_parts
from ccnet_lite.stages.by_shard import ShardReader, map_shards
from ccnet_lite.stages.decide import eligible
from ccnet_lite.stages.export import perplexities
from ccnet_lite.store.tables import write_frame, write_manifest

MOVED = (
    StructType()
    .add("doc_id", StringType(), False)
    .add("raw_content", StringType(), False)
    .add("length", LongType(), False)
    .add("nlines", IntegerType(), False)
    .add("language", StringType(), False)
    .add("shard", IntegerType(), False)
    .add("position", IntegerType(), False)
    .add("part", IntegerType(), False)
    .add("task", IntegerType(), False)
)


def measure_perplexity() -> Step:
    """Score the masked text of every document that may stand for others, by language as the export does."""

    def made_from(run: Run) -> dict[str, Any]:
        return policy()(run) | {"models": run.models.digests}

    return Step(
        "measure_perplexity", ("documents", "lines", "masks", "signals"), ("perplexities",), made_from, _write
    )


def _write(run: Run, work: Path) -> Files:
    staying = eligible(run.frame("signals"), run.settings).withColumn("rule", F.lit(None).cast("string"))
    placed, tasks = place_parts(run, staying)
    tables = {name: run.tables[name] for name in ("documents", "lines", "masks", "signals")}
    for name, frame in (("layout", placed), ("survivors", staying.select("doc_id", "shard", "position"))):
        files = by_shard(run, frame, name, work / "moved")[name]
        tables[name] = write_manifest(work / "moved" / name, name, "unfinished", files)

    def kernel(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        rows = chain.from_iterable(batch.to_pylist() for batch in reader.read("layout", ["language", "part"]))
        parts = {row["language"]: (row["part"], tasks[row["language"], row["part"]]) for row in rows}
        if not parts:
            return iter(())
        held = lines.gather_lines(reader.read("lines", lines.LINE_COLUMNS))
        verdict = verdict_on(reader, held, ("masks",), False)
        return annotate.masked_documents(
            reader.read("documents", annotate.DOCUMENT_COLUMNS),
            held,
            verdict,
            reader.read("signals", ["position", "language"]),
            reader.read("survivors", ["position"]),
            parts,
        )

    moved = map_shards(run.spark, run.numbers, kernel, tables, MOVED)
    scorer = partial(Scorer, run.models.perplexity, run.models.cutoffs, run.settings.quality)
    scores = perplexities(moved, run.settings.spark.shuffle_partitions, scorer)
    return {"perplexities": write_frame(scores, "perplexities", work / "perplexities")}
