"""A user's own scores to the documents that they are of, over all files and shards: both sent by their keys.

A file is read by one task, some rows at a time, so that many files are read at once and none is held.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
from pyspark.sql import SparkSession

from ccnet_lite.kernels.own_scores import (
    DOCUMENTS,
    SCORES,
    TABLE,
    document_keys,
    meet,
    routes_of,
    score_rows,
)
from ccnet_lite.kernels.packing import from_blobs, pack, part_of
from ccnet_lite.kernels.score_files import ScoreFile, read_scores
from ccnet_lite.stages.by_shard import Work, map_shards
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.items import map_items
from ccnet_lite.stages.masks import write_by_shard
from ccnet_lite.stages.sifting import BLOBS
from ccnet_lite.store.json_files import Stored, read_whole, write_json
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import DataFile, Table

COUNTS = "counts"
"""Where what a part counted lies in the step's work folder."""


class Counted(Stored):
    """What a part counted: rows of scores, those that met a document, documents that have a score."""

    scores: int
    met: int
    documents: int


def join_scores(
    spark: SparkSession,
    shards: Sequence[int],
    inputs: Mapping[str, Table],
    files: Sequence[ScoreFile],
    key: str,
    columns: Sequence[str],
    work: Work,
    parts: int,
    writers: int,
) -> tuple[list[DataFile], Counted]:
    """Files of `own_scores`, and what was counted. parts, writers: tasks that join and that write; change no row.

    Raises:
        UserError: a file is not as it should be, or has a key twice; from a task, as text.
    """
    numbered = list(enumerate(files))
    place = {shard: index for index, shard in enumerate(shards)}

    def of_shard(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        yield from _sent(document_keys(reader, key), 0, parts)

    def of_file(one: tuple[int, ScoreFile]) -> Iterator[pa.RecordBatch]:
        number, file = one
        for some in read_scores(file, key, columns):
            yield from _sent(score_rows(some, number, key), 1, parts)

    def joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: list[list[pa.Buffer]] = [[], []]
        number = -1
        for batch in batches:
            for part, kind, rows in zip(
                batch["part"].to_pylist(), batch["kind"].to_pylist(), batch["rows"], strict=True
            ):
                number = part
                held[kind].append(rows.as_buffer())
        if number < 0:
            return
        found = meet(from_blobs(held[0], DOCUMENTS), from_blobs(held[1], SCORES), files, key)
        counted = Counted(scores=found.scores, met=found.met, documents=found.rows.num_rows)
        write_json(work.folder / COUNTS / f"{number:06d}.json", counted)
        for rows in found.rows.combine_chunks().to_batches():
            writer = pa.array([place[shard] * writers // len(shards) for shard in rows["shard"].to_pylist()])
            yield from _blobs(pack(rows, writer.to_numpy()), 0)

    documents = map_shards(spark, shards, of_shard, inputs, BLOBS)
    scores = map_items(spark, numbered, of_file, BLOBS)
    met = send_to_parts(documents.unionAll(scores), parts, "part").mapInArrow(joined, BLOBS)
    written = write_by_shard(met, TABLE, work, writers)
    folder = work.folder / COUNTS
    found = [each for name in folder.files() if (each := read_whole(folder / name, Counted)) is not None]
    sums = (sum(getattr(each, name) for each in found) for name in Counted.model_fields)
    return written, Counted(**dict(zip(Counted.model_fields, sums, strict=True)))


def _sent(rows: pa.RecordBatch, kind: int, parts: int) -> Iterator[pa.RecordBatch]:
    if rows.num_rows:
        yield from _blobs(pack(rows, part_of(routes_of(rows["key"]), parts)), kind)


def _blobs(packed: Iterable[tuple[int, bytes]], kind: int) -> Iterator[pa.RecordBatch]:
    for part, blob in packed:
        yield pa.RecordBatch.from_pydict(
            {
                "part": pa.array([part], pa.int32()),
                "kind": pa.array([kind], pa.int32()),
                "rows": pa.array([blob], pa.binary()),
            }
        )
