"""Rows cut by part and packed into blobs, so that Spark moves a few of these and not every row."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64 = npt.NDArray[np.int64]


def part_of(routes: Int64, parts: int) -> Int64:
    """The part of each route (any 64-bit number): equal ranges of the numbers, in their order."""
    high = (routes.view(np.uint64) ^ np.uint64(1 << 63)) >> np.uint64(32)
    return (high * np.uint64(parts) >> np.uint64(32)).astype(np.int64)


def pack(rows: pa.RecordBatch, part: Int64) -> Iterator[tuple[int, bytes]]:
    """(part, blob) for each part that has rows; rows keep their order. part: [rows]."""
    for number, piece in cut(rows, part):
        yield number, to_blob(piece, "zstd")


def cut(rows: pa.RecordBatch, part: Int64) -> Iterator[tuple[int, pa.RecordBatch]]:
    """(part, its rows) for each part that has some; rows keep their order. part: [rows]."""
    if not rows.num_rows:
        return
    by_part = np.argsort(part, kind="stable")
    rows = rows.take(pa.array(by_part))
    numbers, begins = np.unique(part[by_part], return_index=True)
    for number, begin, end in zip(numbers, begins, [*begins[1:], rows.num_rows], strict=True):
        yield int(number), rows.slice(begin, end - begin)


def to_text(numbers: npt.ArrayLike) -> str:
    """64-bit numbers as text, for JSON: a tenth of what a list of them takes in memory.

    >>> to_numbers(to_text([3, -1])).tolist()
    [3, -1]
    """
    return b64encode(np.asarray(numbers).astype("<i8").tobytes()).decode()


def to_numbers(text: str) -> Int64:
    """The numbers of `to_text`."""
    return np.frombuffer(b64decode(text), "<i8").astype(np.int64)


def to_blob(rows: pa.RecordBatch, compression: str | None = None) -> bytes:
    """A record batch as bytes, its schema included.

    compression: of its buffers; without one, what reads them holds them once.
    """
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, rows.schema, options=options) as writer:
        writer.write_batch(rows)
    blob: bytes = sink.getvalue().to_pybytes()
    return blob


def from_blobs(blobs: Iterable[bytes | pa.Buffer], schema: pa.Schema) -> pa.Table:
    """The rows of blobs, one after another."""
    # Writers differ in the order of columns, and in what they say of nulls.
    tables = [pa.ipc.open_stream(blob).read_all().select(schema.names).cast(schema) for blob in blobs]
    return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()
