"""Rows from shards to the parts that take them: by shuffle and by files, the same rows in one order."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.kernels.assemble import Blob
from ccnet_lite.kernels.packing import to_blob
from ccnet_lite.stages.moving import Part, bundled, move_by_files, move_by_shuffle
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.scratch import scratch_folder

SENT = {
    3: [("de", 1, 0, ["g"]), ("en", 0, 0, ["h", "i"]), ("en", 0, 1, ["j"])],
    0: [("en", 0, 1, ["c", "d"]), ("de", 0, 0, ["a"]), ("en", 0, 0, ["b"])],
    7: [],
    2: [("de", 0, 0, ["e"]), ("en", 0, 0, ["f"])],
}
"""By shard: language, part, number of the blob, rows."""
TAKEN = {
    ("de", 0): ["a", "e"],
    ("de", 1): ["g"],
    ("en", 0): ["b", "c", "d", "f", "h", "i", "j"],
}
TASKS = {("de", 0): 0, ("de", 1): 1, ("en", 0): 0}


def send(reader: ShardReader) -> Iterator[tuple[int, Blob]]:
    for language, part, number, texts in SENT[reader.shard]:
        rows = pa.record_batch({"text": pa.array(texts)})
        yield part, Blob(language, reader.shard, number, to_blob(rows))


def take(part: Part, rows: Iterator[pa.RecordBatch]) -> str:
    return json.dumps([part, [text for batch in rows for text in batch["text"].to_pylist()]])


def by_files(spark: SparkSession, send: Any = send, take: Callable[..., str] = take) -> tuple[list[str], int]:
    return move_by_files(spark.sparkContext, list(SENT), {}, send, take)


def read(said: list[str]) -> dict[Part, list[str]]:
    found = [json.loads(each) for each in said]
    assert len(found) == len(TAKEN)
    return {tuple(part): texts for part, texts in found}


def test_parts_get_their_rows_by_shard_and_number(spark: SparkSession) -> None:
    said, moved = by_files(spark)
    assert read(said) == TAKEN
    assert moved == sum(len(blob.rows) for shard in SENT for _, blob in send(ShardReader({}, shard)))
    assert read(move_by_shuffle(spark, list(SENT), {}, send, take, TASKS, 3)) == TAKEN


def test_files_go_whether_it_succeeds_or_not(spark: SparkSession) -> None:
    def fail(part: Part, rows: Iterator[pa.RecordBatch]) -> str:
        raise ValueError(f"cannot write {part}")

    def seen(part: Part, rows: Iterator[pa.RecordBatch]) -> str:
        return json.dumps([len(list(Path(folder).glob("moved-*/*")))])

    folder = str(scratch_folder())
    said, _ = by_files(spark, take=seen)
    assert [json.loads(each) for each in said] == [[len(SENT)]] * len(TAKEN)
    with pytest.raises(Exception, match="cannot write"):
        by_files(spark, take=fail)
    assert not list(Path(folder).glob("moved-*"))


def test_nothing_to_move(spark: SparkSession) -> None:
    assert by_files(spark, send=lambda reader: iter(())) == ([], 0)


def test_large_parts_alone_and_first_small_ones_together() -> None:
    sizes = {("en", 0): 5, ("en", 1): 30, ("de", 0): 5, ("zh", 0): 4, ("fr", 0): 12, ("it", 0): 2}
    assert bundled(sizes, 10) == [
        [("en", 1)],
        [("fr", 0)],
        [("de", 0), ("en", 0)],
        [("zh", 0), ("it", 0)],
    ]
    assert bundled({}, 10) == []
