"""Rows sent to the hash range of their key, of such keys alone as reach a number of rows over all shards.

Most lines of a crawl stand in it once, and so do most bands of signatures; a row of one is not worth sending. So
each shard first asks which of its keys may reach, in some two bytes a key (dedup/key_sets.py), the ranges answer
with a bit a key, and the shard, looked at a second time, sends the rows of those that do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup.key_sets import MOST_ROWS, bits_for, from_bits, places_of, to_bits, which_reach
from ccnet_lite.kernels.packing import pack, part_of
from ccnet_lite.stages.by_shard import map_shards
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import Table

Int64 = npt.NDArray[np.int64]
Batches = Iterator[pa.RecordBatch]
Count = Callable[[ShardReader], Sequence[pa.RecordBatch]]
"""A shard's rows, one batch of each kind; a column says by which key a row goes to a range."""

BLOBS = "part int, kind int, rows binary"
ASKED = "part int, shard int, kind int, places binary, rows binary"
ANSWERED = "task int, shard int, part int, kind int, reached binary"
PACKED_BYTES = 64_000_000
"""Of rows that a task gathers before it cuts them into parts, so that blobs are not all head."""


class Reach(NamedTuple):
    """Of which keys of a kind rows are sent: at `least` so many over all shards; of none where that is 0.

    rows: column of how many rows a row stands for; without one, for one. route: column of the key.
    """

    least: int
    rows: str = ""
    route: str = "route"


class Keys(NamedTuple):
    """The keys of a shard, as places: ascending by part, then place, each once.

    part, place, rows: [keys]; of_row: [rows of the batch], which key is a row's.
    """

    part: Int64
    place: Int64
    rows: npt.NDArray[np.uint8]
    of_row: Int64


def keys_of(batch: pa.RecordBatch, reach: Reach, parts: int, bits: int) -> Keys:
    """The keys of a shard's rows of a kind."""
    routes = batch[reach.route].to_numpy()
    found, of_row = np.unique(part_of(routes, parts) << bits | places_of(routes, bits), return_inverse=True)
    amounts = batch[reach.rows].to_numpy() if reach.rows else None
    rows = np.minimum(np.bincount(of_row, amounts, len(found)), MOST_ROWS).astype(np.uint8)
    return Keys(found >> bits, found & (1 << bits) - 1, rows, of_row)


def send_what_reaches(
    spark: SparkSession,
    shards: Sequence[int],
    count: Count,
    reaches: Sequence[Reach],
    inputs: Mapping[str, Table],
    parts: int,
    n_keys: int,
    tasks: int,
) -> DataFrame:
    """Blobs (kernels/packing.py) of the shards' rows by part and kind, as `send_to_parts` wants them.

    Args:
        spark: the session.
        shards: their numbers.
        count: a shard's rows; called twice, and must give the same.
        reaches: of each kind, which rows are sent. All that reach are, and a few others.
        inputs: the tables that `count` reads.
        parts: ranges of the keys.
        n_keys: about how many rows of a kind there are over all shards.
        tasks: by how many tasks of neighbouring shards the rows are sent.
    """
    bits = bits_for(-(-n_keys // parts))
    task_of = {shard: index * tasks // len(shards) for index, shard in enumerate(shards)}
    held = spark.sparkContext.broadcast(dict(inputs))

    def ask(reader: ShardReader) -> Batches:
        for kind, (batch, reach) in enumerate(zip(count(reader), reaches, strict=True)):
            if reach.least and batch.num_rows:
                yield _asked(reader.shard, kind, keys_of(batch, reach, parts, bits), bits)

    def answer(batches: Iterable[pa.RecordBatch]) -> Batches:
        by_kind: dict[tuple[int, int], list[tuple[int, bytes, bytes]]] = {}
        for batch in batches:
            for part, shard, kind, places, rows in zip(*batch.to_pydict().values(), strict=True):
                by_kind.setdefault((part, kind), []).append((shard, places, rows))
        for part, kind in sorted(by_kind):
            asking, places, rows = zip(*by_kind.pop((part, kind)), strict=True)
            counted = [np.frombuffer(each, np.uint8) for each in rows]
            found = which_reach([from_bits(each) for each in places], counted, reaches[kind].least)
            yield _answered([task_of[shard] for shard in asking], asking, part, kind, found)

    def send(batches: Iterable[pa.RecordBatch]) -> Batches:
        answers: dict[int, dict[int, dict[int, bytes]]] = {}
        for batch in batches:
            for _, shard, part, kind, reached in zip(*batch.to_pydict().values(), strict=True):
                answers.setdefault(shard, {}).setdefault(kind, {})[part] = reached
        gathered: dict[int, list[pa.RecordBatch]] = {}
        n_bytes = 0
        for shard in sorted(answers):
            counted = count(ShardReader(held.value, shard))
            for kind, by_part in answers.pop(shard).items():
                keys = keys_of(counted[kind], reaches[kind], parts, bits)
                rows = counted[kind].filter(pa.array(_unpacked(keys.part, by_part)[keys.of_row]))
                gathered.setdefault(kind, []).append(rows)
                n_bytes += rows.nbytes
            if n_bytes >= PACKED_BYTES:
                yield from _cut(gathered, reaches, parts)
                gathered, n_bytes = {}, 0
        yield from _cut(gathered, reaches, parts)

    asked = map_shards(spark, shards, ask, inputs, ASKED)
    answered = send_to_parts(asked, parts, "part").mapInArrow(answer, ANSWERED)
    return send_to_parts(answered, tasks, "task").mapInArrow(send, BLOBS)


def _asked(shard: int, kind: int, keys: Keys, bits: int) -> pa.RecordBatch:
    numbers, begins = np.unique(keys.part, return_index=True)
    bounds = list(zip(begins, [*begins[1:], len(keys.part)], strict=True))
    return pa.RecordBatch.from_pydict(
        {
            "part": pa.array(numbers, pa.int32()),
            "shard": pa.array([shard] * len(numbers), pa.int32()),
            "kind": pa.array([kind] * len(numbers), pa.int32()),
            "places": pa.array([to_bits(keys.place[begin:end], bits) for begin, end in bounds], pa.binary()),
            "rows": pa.array([keys.rows[begin:end].tobytes() for begin, end in bounds], pa.binary()),
        }
    )


def _answered(
    tasks: list[int], shards: Sequence[int], part: int, kind: int, reached: list[npt.NDArray[np.bool_]]
) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "task": pa.array(tasks, pa.int32()),
            "shard": pa.array(shards, pa.int32()),
            "part": pa.array([part] * len(shards), pa.int32()),
            "kind": pa.array([kind] * len(shards), pa.int32()),
            "reached": pa.array([np.packbits(each).tobytes() for each in reached], pa.binary()),
        }
    )


def _unpacked(part: Int64, by_part: dict[int, bytes]) -> npt.NDArray[np.bool_]:
    """[keys]: whether each reaches. part: [keys], ascending."""
    numbers, counts = np.unique(part, return_counts=True)
    pieces = [
        np.unpackbits(np.frombuffer(by_part[int(number)], np.uint8), count=int(count))
        for number, count in zip(numbers, counts, strict=True)
    ]
    return np.concatenate(pieces).astype(np.bool_)


def _cut(gathered: Mapping[int, list[pa.RecordBatch]], reaches: Sequence[Reach], parts: int) -> Batches:
    for kind, batches in gathered.items():
        rows = pa.Table.from_batches(batches).combine_chunks()
        for batch in rows.to_batches():  # one, as it is combined
            yield blobs(kind, pack(batch, part_of(batch[reaches[kind].route].to_numpy(), parts)))


def blobs(kind: int, packed: Iterable[tuple[int, bytes]]) -> pa.RecordBatch:
    """Rows of BLOBS. packed: (part, blob) each."""
    held = list(packed)
    return pa.RecordBatch.from_pydict(
        {
            "part": pa.array([part for part, _ in held], pa.int32()),
            "kind": pa.array([kind] * len(held), pa.int32()),
            "rows": pa.array([blob for _, blob in held], pa.binary()),
        }
    )
