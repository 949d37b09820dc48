"""What the steps share: which settings a step depends on, the by-shard layout."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ccnet_lite.kernels import lines
from ccnet_lite.run.engine import Files, Run
from ccnet_lite.stages.by_shard import ShardReader
from ccnet_lite.store.tables import write_frame


def sections(*names: str) -> Callable[[Run], dict[str, Any]]:
    """A step depends on these settings, given as section or section.key."""

    def made_from(run: Run) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for name in names:
            section, _, key = name.partition(".")
            values = getattr(run.settings, section).model_dump(mode="json")
            chosen[name] = values[key] if key else values
        return chosen

    return made_from


def policy(*more: str) -> Callable[[Run], dict[str, Any]]:
    """Settings that say which documents are eligible, and more."""
    thresholds = ("language.threshold", "language.keep", "language.drop", "ingest.min_chars")
    return sections(*thresholds, "quality", "paragraphs.min_document_chars", *more)


def by_shard(run: Run, frame: DataFrame, table: str, work: Path) -> Files:
    """Write a DataFrame in the by-shard layout: contiguous ranges of shards, one file each."""
    partitions = min(len(run.shards), run.settings.spark.shuffle_partitions)
    # Not by hash: hashing n shards into n partitions leaves some empty and doubles others.
    laid = frame.repartitionById(
        partitions, F.floor(F.col("shard") * partitions / len(run.shards)).cast("int")
    )
    return {table: write_frame(laid, table, work / table, partitions)}


def verdict_on(
    reader: ShardReader, held: lines.ShardLines, mask_tables: tuple[str, ...], first_within: bool
) -> npt.NDArray[np.int8]:
    """Which lines of the shard stay under the masks of these tables."""
    masks = chain.from_iterable(reader.read(table, lines.MASK_COLUMNS) for table in mask_tables)
    return lines.judge_lines(held, masks, first_within)
