"""Intermediate results of a long step as files, so that a killed run goes on behind the last one.

Written and read by pyarrow, so that they lie wherever the run does.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.stages.items import map_items
from ccnet_lite.store.json_files import Stored, read_whole, write_json
from ccnet_lite.store.places import Place, publishing
from ccnet_lite.store.reading import read_file


class Checkpoint(Stored):
    """The files of a result, and its rows."""

    files: tuple[str, ...]
    rows: int


def keeper(spark: SparkSession, folder: Place) -> Callable[[DataFrame], DataFrame]:
    """A function that computes DataFrames once, into numbered folders, and gives back what reads them.

    A later process that asks for the same ones in the same order finds those that are whole already.
    """
    numbers = count()

    def keep(frame: DataFrame) -> DataFrame:
        place = folder / f"{next(numbers):03d}"
        kept = read_whole(place / "checkpoint.json", Checkpoint)
        if kept is None:
            kept = _write(frame, place)
            write_json(place / "checkpoint.json", kept)
        return _read(spark, frame, place, kept)

    return keep


def _write(frame: DataFrame, place: Place) -> Checkpoint:
    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        name, rows = f"{uuid4().hex}.parquet", 0
        batches = iter(batches)
        first = next((batch for batch in batches if batch.num_rows), None)
        if first is None:
            return
        with (
            publishing(place / name, place / "tmp") as stream,
            pq.ParquetWriter(
                stream, first.schema, compression="zstd", compression_level=1, write_page_checksum=True
            ) as writer,
        ):
            for batch in chain([first], batches):
                writer.write_batch(batch)
                rows += batch.num_rows
        yield pa.RecordBatch.from_pydict({"name": pa.array([name]), "rows": pa.array([rows], pa.int64())})

    said = frame.mapInArrow(write, "name string, rows long").collect()
    return Checkpoint(files=tuple(sorted(row["name"] for row in said)), rows=sum(row["rows"] for row in said))


def _read(spark: SparkSession, frame: DataFrame, place: Place, kept: Checkpoint) -> DataFrame:
    files = [place / name for name in kept.files]
    return map_items(spark, files, lambda file: read_file(file, batch_rows=10_000), frame.schema)
