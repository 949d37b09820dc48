"""Move the text that stays once, by language; score it where it lands, write the corpus and its ledger.

What Spark moves are blobs of rows, one or a few a shard and language, sorted by part and shard: no row of text
is unpacked in the JVM. A part that is done says so by a marker and is neither sent nor written again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import groupby
from threading import Thread

import pyarrow as pa
from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.kernels.assemble import assemble_shard
from ccnet_lite.kernels.corpus import PartSink
from ccnet_lite.stages.by_shard import DONE, Done, Work, map_shards
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.items import map_items
from ccnet_lite.stages.layout import Layout
from ccnet_lite.stages.telling import ITEMS, teller
from ccnet_lite.store.json_files import read_whole, write_json
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import Table

MOVED = "task int, language string, part int, shard int, number int, rows binary"
BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
BLOBS_A_BATCH = "16"
READERS = 16
"""Markers of an earlier try that are read at once."""
_loaded: set[str] = set()
"""Applications whose Spark has loaded what the query needs, or is about to."""
OpenPart = Callable[[str, int], PartSink]


def export_parts(
    spark: SparkSession,
    shards: list[int],
    layout: Layout,
    inputs: Mapping[str, Table],
    open_part: OpenPart,
    work: Work,
    cut: bool = False,
    own_scores: Sequence[str] = (),
) -> list[Done]:
    """Write every part of the layout that has no marker; gives what all of them hold, by language and part.

    cut: whether spans are cut, where there is a table of them. own_scores: names of the user's own.
    """
    there = set((work.folder / DONE).children())
    marked = sorted(part for part in layout.tasks if f"{unit(*part)}.json" in there)
    with ThreadPoolExecutor(READERS) as pool:
        read = list(pool.map(lambda part: read_whole(work.marker(unit(*part)), Done), marked))
    found = [each for each in read if each is not None]
    done = {part for part, each in zip(marked, read, strict=True) if each is not None}
    held = spark.sparkContext.broadcast((layout, done))

    def send(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        layout, done = held.value
        parts = {language: (language, layout.part(language, reader.shard)) for language in layout.languages}
        wanted = {language: part not in done for language, part in parts.items()}
        for blob in assemble_shard(reader, wanted, cut, own_scores):
            part = parts[blob.language]
            yield _row(layout.tasks[part], blob.language, part[1], blob.shard, blob.number, blob.rows)

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for (language, part), rows in groupby(_sent(batches), key=lambda row: row[:2]):
            marker = work.marker(unit(language, part))
            # Another attempt of this task may have written it.
            said = read_whole(marker, Done)
            if said is None:
                sink = open_part(language, part)
                try:
                    for _, _, batch in rows:
                        sink.write(batch)
                    files, tally = sink.close()
                except BaseException:
                    sink.abandon()
                    raise
                said = Done(files=files, tally=tally)
                write_json(marker, said)
            tell({ITEMS: 1, "documents": sum(file.rows for file in said.files.get("ledger", []))})
            yield pa.RecordBatch.from_pydict({"said": pa.array([said.model_dump_json()])})

    if len(done) < len(layout.tasks):
        sent = map_shards(spark, shards, send, inputs, MOVED)
        tell = teller("parts", len(layout.tasks) - len(done))
        with few_rows_a_batch(spark):
            rows = _moved(sent, layout.n_tasks).mapInArrow(write, "said string").collect()
        found += [Done.model_validate_json(row["said"]) for row in rows]
    held.destroy()
    return sorted(found, key=lambda each: (each.tally["language"], each.tally["part"]))


def load_ahead(context: SparkContext, session: Callable[[], SparkSession], group: str) -> None:
    """Have Spark load what the query of `export_parts` needs, some seconds of one core, while other steps work.

    session: gives it. group: of the job that is run for it. Done once for a context.
    """
    if context.applicationId in _loaded:
        return
    _loaded.add(str(context.applicationId))

    def send(_: int) -> Iterator[pa.RecordBatch]:
        yield _row(0, "", 0, 0, 0, b"")

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield pa.RecordBatch.from_pydict({"said": pa.array([""])})

    def load() -> None:
        with suppress(Exception):  # what is wrong the query itself will tell
            context.setJobGroup(group, "loads what a later query needs")
            _moved(map_items(session(), [0], send, MOVED), 1).mapInArrow(write, "said string").collect()

    Thread(target=load, daemon=True).start()


def _row(task: int, language: str, part: int, shard: int, number: int, rows: pa.Buffer | bytes) -> pa.RecordBatch:
    """One row of MOVED."""
    numbers = {"task": task, "part": part, "shard": shard, "number": number}
    columns = {name: pa.array([value], pa.int32()) for name, value in numbers.items()}
    return pa.RecordBatch.from_pydict(
        columns | {"language": pa.array([language]), "rows": pa.array([rows], pa.binary())}
    )


def _moved(sent: DataFrame, n_tasks: int) -> DataFrame:
    """Rows of MOVED where they are written, in their order."""
    return send_to_parts(sent, n_tasks, "task").sortWithinPartitions("language", "part", "shard", "number")


@contextmanager
def few_rows_a_batch(spark: SparkSession) -> Iterator[None]:
    """Blobs are megabytes each: have Spark hand Python a few at a time, on 3.5 too, which counts rows alone."""
    before = str(spark.conf.get(BATCH_ROWS))
    spark.conf.set(BATCH_ROWS, BLOBS_A_BATCH)
    try:
        yield
    finally:
        spark.conf.set(BATCH_ROWS, before)


def unit(language: str, part: int) -> str:
    """The name of a part's marker."""
    return f"{language}-{part:05d}"


def _sent(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, int, pa.RecordBatch]]:
    """(language, part, rows) of each blob, in their order."""
    for batch in batches:
        languages, parts = batch["language"].to_pylist(), batch["part"].to_pylist()
        for language, part, rows in zip(languages, parts, batch["rows"], strict=True):
            for unpacked in pa.ipc.open_stream(rows.as_buffer()):
                yield language, part, unpacked
