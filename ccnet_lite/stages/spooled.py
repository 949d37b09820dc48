"""Rows of shards in files, cut by part, to be read back part by part."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa


class RowsFile(NamedTuple):
    """A file of rows, and of each of its batches part, shard and number."""

    path: str
    batches: list[tuple[int, int, int]]


class PartsWriter:
    """Writes rows of one schema to a file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(str(path), schema)
        self._file = RowsFile(str(path), [])

    def add(self, shard: int, rows: Iterable[tuple[int, pa.RecordBatch]]) -> None:
        """Take a shard's rows, by part."""
        for part, batch in rows:
            self._file.batches.append((part, shard, len(self._file.batches)))
            self._writer.write_batch(batch)

    def close(self) -> RowsFile:
        """What can be read from now on."""
        self._writer.close()
        return self._file


def read_part(
    files: Sequence[RowsFile], part: int | None = None, columns: Sequence[int] = ()
) -> Iterator[pa.RecordBatch]:
    """A part's rows, by shard; of all parts where none is given. columns: by number, where not all are."""
    wanted = sorted(
        (shard, at, number)
        for at, file in enumerate(files)
        for part_of_batch, shard, number in file.batches
        if part is None or part_of_batch == part
    )
    options = pa.ipc.IpcReadOptions(included_fields=list(columns))
    at_file = -1
    for _, at, number in wanted:
        if at != at_file:
            # Not mapped: what was read of a mapped file counts as this process's memory.
            opened, at_file = pa.ipc.open_file(pa.OSFile(files[at].path), options=options), at
        yield opened.get_batch(number)
