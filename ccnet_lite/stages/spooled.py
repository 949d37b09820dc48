"""Rows of shards in a file, cut by part, to be read back part by part."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

import pyarrow as pa


class SpooledParts:
    """Rows of one schema. First all are added, then they are read; the file is the caller's to delete."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._writer = pa.ipc.new_file(str(path), schema)
        self._batches: dict[int, list[tuple[int, int]]] = {}
        self._count = 0
        self._lock = Lock()

    def add(self, shard: int, rows: Iterable[tuple[int, pa.RecordBatch]]) -> None:
        """Take a shard's rows, by part. From several threads, too."""
        with self._lock:
            for part, batch in rows:
                self._writer.write_batch(batch)
                self._batches.setdefault(part, []).append((shard, self._count))
                self._count += 1

    def read(self, part: int) -> Iterator[pa.RecordBatch]:
        """A part's rows, by shard."""
        self._writer.close()
        # Not mapped: what was read of a mapped file counts as this process's memory.
        with pa.OSFile(str(self._path)) as source:
            file = pa.ipc.open_file(source)
            for _, number in sorted(self._batches.get(part, ())):
                yield file.get_batch(number)
