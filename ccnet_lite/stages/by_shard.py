"""Spark tasks that work on whole shards, so that a document's text never passes through the JVM.

A task is handed shard numbers; Python reads those shards' rows with pyarrow, calls a kernel and writes that
shard's part of each output table. When all its files stand, a marker says so and what they hold; a task looks
for it before it begins, so a killed run repeats only the shards without one. What the marker says is also the
task's result: the driver lists, opens and asks for nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.errors import UnreadArchive
from ccnet_lite.stages.items import ask_items, map_items
from ccnet_lite.stages.telling import teller
from ccnet_lite.store.json_files import Stored, read_whole, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import WORK, PartWriter

DONE = "done"
"""Where the markers lie in a step's work folder."""


@dataclass(frozen=True)
class Work:
    """Where a step writes: the run's folder, and what its tables are made from."""

    run: Place
    step: str
    fingerprint: str

    @property
    def folder(self) -> Place:
        """What only this step needs while it is under way; it goes when the step's tables stand."""
        return self.run / WORK / f"{self.step}-{self.fingerprint}"

    def marker(self, unit: str) -> Place:
        """Says that a unit of the step is done."""
        return self.folder / DONE / f"{unit}.json"


class Done(Stored):
    """A unit of a step that is done: its files by table, and what was summed while they were written."""

    files: dict[str, list[DataFile]]
    tally: dict[str, Any]


@dataclass(frozen=True)
class Unread:
    """A shard whose archive could not be read, and why."""

    shard: int
    reason: str


Tally = dict[str, Any]
Kernel = Callable[[ShardReader, Tally], Iterator[tuple[str, pa.RecordBatch]]]
"""Yields (output table, rows) of a shard, and leaves its sums in the tally."""


class StartAnew(Exception):
    """Raised by a kernel: what it yielded does not hold, and `kernel` is to be run in its place."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self.kernel = kernel


def run_by_shard(
    context: SparkContext,
    shards: Sequence[int],
    kernel: Kernel,
    inputs: Mapping[str, Table],
    outputs: Sequence[str],
    work: Work,
) -> tuple[dict[int, Done], list[Unread]]:
    """Run a kernel on every shard that is not done yet; gives what each shard's files hold, by shard.

    Those whose archive could not be read are given apart; of them nothing is written.
    """
    targets = tuple(outputs)
    tell = teller("", 0)

    def work_on(reader: ShardReader) -> str:
        marker = work.marker(f"{reader.shard:06d}")
        done = read_whole(marker, Done)
        if done is None:
            try:
                done = write_shard(reader, kernel, targets, work)
            except UnreadArchive as error:
                return f"unread {error}"
            write_json(marker, done)
        tell(_told(done, targets[0]))
        return done.model_dump_json()

    found: dict[int, Done] = {}
    unread = []
    for shard, said in ask_shards(context, shards, work_on, inputs):
        if said.startswith("unread "):
            unread.append(Unread(shard, said.removeprefix("unread ")))
        else:
            found[shard] = Done.model_validate_json(said)
    return dict(sorted(found.items())), sorted(unread, key=lambda each: each.shard)


def _told(done: Done, first: str) -> dict[str, int]:
    """What those who wait want to know of a shard: an archive's own sums, or else the rows of the first table."""
    if "archive_bytes" in done.tally:
        return {
            "documents": done.tally["documents"],
            "bytes": done.tally["archive_bytes"],
            "bad": done.tally["bad"],
        }
    return {"documents": sum(file.rows for file in done.files.get(first, []))}


def write_shard(reader: ShardReader, kernel: Kernel, outputs: Sequence[str], work: Work) -> Done:
    """Run the kernel on one shard and write its files; once more, where it starts anew."""
    try:
        return _write_shard(reader, kernel, outputs, work)
    except StartAnew as anew:
        return _write_shard(reader, anew.kernel, outputs, work)


def _write_shard(reader: ShardReader, kernel: Kernel, outputs: Sequence[str], work: Work) -> Done:
    writers: dict[str, PartWriter] = {}
    tally: Tally = {}
    try:
        for name, batch in kernel(reader, tally):
            if not batch.num_rows:
                continue
            if name not in writers:
                if name not in outputs:
                    raise ValueError(f"the step does not declare its output table {name}")
                writers[name] = PartWriter(work.run, name, work.fingerprint, f"part-{reader.shard:06d}.parquet")
            writers[name].write(batch)
        files = {}
        for name in list(writers):
            file = writers.pop(name).close()
            files[name] = [file.model_copy(update={"first_shard": reader.shard, "last_shard": reader.shard})]
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise
    return Done(files=files, tally=tally)


def ask_shards(
    context: SparkContext, shards: Sequence[int], task: Callable[[ShardReader], str], inputs: Mapping[str, Table]
) -> list[tuple[int, str]]:
    """(shard, what the task says of it) for every shard."""
    held = context.broadcast(dict(inputs))
    said = ask_items(context, shards, lambda shard: task(ShardReader(held.value, shard)), "shards")
    return list(zip(shards, said, strict=True))


def map_shards(
    spark: SparkSession,
    shards: Sequence[int],
    kernel: Callable[[ShardReader], Iterator[pa.RecordBatch]],
    inputs: Mapping[str, Table],
    schema: str,
) -> DataFrame:
    """The rows that a kernel yields for every shard, as a DataFrame of a schema in Spark's words."""
    held = spark.sparkContext.broadcast(dict(inputs))
    return map_items(spark, shards, lambda shard: kernel(ShardReader(held.value, shard)), schema, "shards")


def files_by_table(done: Iterable[Done], outputs: Sequence[str]) -> dict[str, list[DataFile]]:
    """All files of each output table."""
    found: dict[str, list[DataFile]] = {name: [] for name in outputs}
    for each in done:
        for name, files in each.files.items():
            found[name] += files
    return found
