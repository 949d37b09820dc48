"""Spark tasks that work on whole shards, so that a document's text never passes through the JVM.

A task is handed shard numbers; Python reads those shards' rows with pyarrow, calls a kernel on record
batches and writes that shard's part of each output table. A shard is done when `_done/SHARD.json` stands,
written after its files: a killed run repeats only the shards without one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from ccnet_lite.store.json_files import intact, read_json, write_json
from ccnet_lite.store.tables import DataFile, PartWriter, Table, read_shard

MAX_TASKS = 10_000


class ShardReader:
    """A shard's rows of the tables that a step reads."""

    def __init__(self, tables: Mapping[str, Table], shard: int):
        self.shard = shard
        self._tables = tables

    def __contains__(self, table: str) -> bool:
        return table in self._tables

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The shard's rows of a table as record batches, in the order they were written."""
        return read_shard(self._tables[table], self.shard, columns)


Kernel = Callable[[ShardReader], Iterator[tuple[str, pa.RecordBatch]]]
RowKernel = Callable[[ShardReader], Iterator[pa.RecordBatch]]


def run_by_shard(
    spark: SparkSession,
    shards: Sequence[int],
    kernel: Kernel,
    inputs: Mapping[str, Table],
    outputs: Sequence[str],
    work: Path,
) -> dict[str, list[DataFile]]:
    """Run a kernel on every shard that is not done yet; gives the files of each output table, by shard.

    The kernel yields (output table, batch). Files are written under `work`/TABLE.
    """
    done = work / "_done"
    done.mkdir(parents=True, exist_ok=True)
    waiting = [shard for shard in shards if not (done / f"{shard:06d}.json").exists()]
    if waiting:
        held = spark.sparkContext.broadcast(dict(inputs))
        targets = tuple(outputs)

        def work_on(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for index in batch["id"].to_pylist():
                    write_shard(ShardReader(held.value, waiting[index]), kernel, targets, work)
                    yield batch.slice(0, 0)

        # collect, not count: count would let Spark prune the tasks' work away.
        frame = shard_frame(spark, waiting)
        frame.mapInArrow(work_on, frame.schema).collect()
    files: dict[str, list[DataFile]] = {name: [] for name in outputs}
    for shard in shards:
        path = done / f"{shard:06d}.json"
        with intact(path, "delete it and run again"):
            for name, file in read_json(path).items():
                files[name].append(DataFile(**file))
    return files


def write_shard(reader: ShardReader, kernel: Kernel, outputs: Sequence[str], work: Path) -> None:
    """Run the kernel on one shard, write its files, then say that it is done."""
    writers: dict[str, PartWriter] = {}
    try:
        for name, batch in kernel(reader):
            if name not in writers:
                if name not in outputs:
                    raise ValueError(f"the step does not declare its output table {name}")
                writers[name] = PartWriter(work / name, name, f"part-{reader.shard:06d}.parquet")
            writers[name].write(batch)
        files = {name: asdict(writer.close()) for name, writer in writers.items()}
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise
    for file in files.values():
        file["first_shard"] = file["last_shard"] = reader.shard
    write_json(work / "_done" / f"{reader.shard:06d}.json", files)


def map_shards(
    spark: SparkSession,
    shards: Sequence[int],
    kernel: RowKernel,
    inputs: Mapping[str, Table],
    schema: StructType,
) -> DataFrame:
    """The rows that a kernel yields for every shard, as a DataFrame."""
    held: Broadcast[dict[str, Table]] = spark.sparkContext.broadcast(dict(inputs))
    names = schema.fieldNames()

    def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for index in batch["id"].to_pylist():
                for rows in kernel(ShardReader(held.value, shards[index])):
                    yield rows.select(names)

    return shard_frame(spark, shards).mapInArrow(rows_of, schema)


def shard_frame(spark: SparkSession, shards: Sequence[int]) -> DataFrame:
    """One row a shard (`id`: its place in `shards`), one task a shard up to `MAX_TASKS`.

    A range, and no RDD of shard numbers: that would start one more pool of Python workers.
    """
    return spark.range(0, len(shards), 1, max(1, min(len(shards), MAX_TASKS)))
