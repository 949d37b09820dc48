"""Rows from the shards that hold them to the parts that take them, each part's in the order of the shards.

What moves are blobs of rows, one or a few a shard and part. On a cluster Spark shuffles them, and no row of text
is unpacked in the JVM. On one machine they lie in a file a shard, in the scratch folder, and who writes a part
reads its blobs there: no JVM sees them, and Spark need not load its SQL (docs/decisions/0034-export-by-files.md).
"""

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyspark import SparkContext
from pyspark.sql import SparkSession

from ccnet_lite.kernels.assemble import Blob
from ccnet_lite.stages.by_shard import ask_shards, map_shards
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.items import ask_items
from ccnet_lite.stages.telling import ITEMS, teller
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.scratch import scratch_folder
from ccnet_lite.store.tables import Table

Part = tuple[str, int]
"""A language and the number of a part of its."""
Send = Callable[[ShardReader], Iterator[tuple[int, Blob]]]
"""A shard's blobs, each with the number of the part that takes it."""
Take = Callable[[Part, Iterator[pa.RecordBatch]], str]
"""Writes a part of its rows, and says what it wrote."""
MOVED = "task int, language string, part int, shard int, number int, rows binary"
BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
BLOBS_A_BATCH = "16"
BUNDLE_BYTES = 8 << 20
"""Small parts are written by one task until they have so many bytes: a task takes some hundredths of a second."""


class Piece(NamedTuple):
    """Where a blob lies: in the file of its shard, from byte `offset` on, `size` bytes."""

    shard: int
    number: int
    file: str
    offset: int
    size: int


def move_by_files(
    context: SparkContext, shards: Sequence[int], inputs: Mapping[str, Table], send: Send, take: Take
) -> tuple[list[str], int]:
    """What `take` says of every part that is sent something, and how many bytes passed through files.

    For tasks that all run on this machine: the files lie in its scratch folder, and go with this call.
    """
    folder = Path(tempfile.mkdtemp(prefix="moved-", dir=scratch_folder()))

    def spool(reader: ShardReader) -> str:
        pieces = []
        # Another attempt of this task writes a file of its own.
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            for part, blob in send(reader):
                piece = Piece(blob.shard, blob.number, file.name, file.tell(), len(blob.rows))
                pieces.append((blob.language, part, piece))
                file.write(blob.rows)
        return json.dumps(pieces)

    def write(bundle: list[tuple[Part, list[Piece]]]) -> str:
        return json.dumps([take(part, _lying(pieces)) for part, pieces in bundle])

    try:
        parts: dict[Part, list[Piece]] = defaultdict(list)
        for _, said in ask_shards(context, shards, spool, inputs):
            for language, part, piece in json.loads(said):
                parts[language, part].append(Piece(*piece))
        sizes = {part: sum(piece.size for piece in pieces) for part, pieces in parts.items()}
        bundles = [[(part, sorted(parts[part])) for part in bundle] for bundle in bundled(sizes, BUNDLE_BYTES)]
        written = ask_items(context, bundles, write, "tasks")
        return [each for said in written for each in json.loads(said)], sum(sizes.values())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def bundled(sizes: Mapping[Part, int], least: int) -> list[list[Part]]:
    """Parts by their size, the largest first, those that are small together until they have `least` bytes.

    The largest first: or it might be begun when all others have ended.

    >>> bundled({("de", 0): 3, ("en", 0): 9, ("fr", 0): 2, ("it", 0): 1}, least=5)
    [[('en', 0)], [('de', 0), ('fr', 0)], [('it', 0)]]
    """
    bundles: list[list[Part]] = []
    room = 0
    for part in sorted(sizes, key=lambda part: (-sizes[part], part)):
        if room <= 0:
            bundles.append([])
            room = least
        bundles[-1].append(part)
        room -= sizes[part]
    return bundles


def _lying(pieces: Iterable[Piece]) -> Iterator[pa.RecordBatch]:
    for piece in pieces:
        # Not mapped: what was read of a mapped file counts as this process's memory.
        with pa.OSFile(piece.file) as file:
            yield from pa.ipc.open_stream(file.read_at(piece.size, piece.offset))


def move_by_shuffle(
    session: SparkSession,
    shards: Sequence[int],
    inputs: Mapping[str, Table],
    send: Send,
    take: Take,
    tasks: Mapping[Part, int],
    n_tasks: int,
) -> list[str]:
    """What `take` says of every part that is sent something. tasks: which task writes which of these parts."""
    tell = teller("parts", len(tasks))

    def sent(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        for part, blob in send(reader):
            numbers = {"task": tasks[blob.language, part], "part": part}
            numbers |= {"shard": blob.shard, "number": blob.number}
            columns = {name: pa.array([value], pa.int32()) for name, value in numbers.items()}
            columns |= {"language": pa.array([blob.language]), "rows": pa.array([blob.rows], pa.binary())}
            yield pa.RecordBatch.from_pydict(columns)

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part, rows in groupby(_shuffled(batches), key=lambda row: row[0]):
            said = take(part, (batch for _, batch in rows))
            tell({ITEMS: 1})
            yield pa.RecordBatch.from_pydict({"said": pa.array([said])})

    rows = map_shards(session, shards, sent, inputs, MOVED)
    moved = send_to_parts(rows, n_tasks, "task").sortWithinPartitions("language", "part", "shard", "number")
    with _few_rows_a_batch(session):
        return [row["said"] for row in moved.mapInArrow(write, "said string").collect()]


def _shuffled(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[Part, pa.RecordBatch]]:
    """(part, rows) of each blob, in their order."""
    for batch in batches:
        languages, parts = batch["language"].to_pylist(), batch["part"].to_pylist()
        for language, part, rows in zip(languages, parts, batch["rows"], strict=True):
            for unpacked in pa.ipc.open_stream(rows.as_buffer()):
                yield (language, part), unpacked


@contextmanager
def _few_rows_a_batch(session: SparkSession) -> Iterator[None]:
    """Blobs are megabytes each: have Spark hand Python a few at a time, on 3.5 too, which counts rows alone."""
    before = str(session.conf.get(BATCH_ROWS))
    session.conf.set(BATCH_ROWS, BLOBS_A_BATCH)
    try:
        yield
    finally:
        session.conf.set(BATCH_ROWS, before)
