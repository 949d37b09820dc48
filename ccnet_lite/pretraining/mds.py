"""Samples in MDS shards, version 2, as mosaicml-streaming reads them, without its dependencies.

A shard: the number of samples (uint32), the place of each and of the end (uint32 each), the columns as JSON, then
the samples. A sample: the sizes of its columns that have none of their own (uint32 each), then the columns, by
name. str is UTF-8; ndarray:int32 of one dimension is a byte (4, plus 0, 1 or 2 where its length takes 1, 2 or 4
bytes), its length, and its values. index.json of a folder lists its shards. Little-endian.
"""

import json
from collections.abc import Callable, Mapping
from typing import IO, Any

import numpy as np

SHARD_BYTES = 1 << 26
INDEX = "index.json"
DONE = "_done"
"""Folder of an export for what says how far it is."""


class ShardWriter:
    """Writes the samples of one part into shards of up to `SHARD_BYTES`; a larger sample has one of its own.

    columns: str or ndarray:int32, by name. folder, part: name the shards. open_file: opens a file by its name.
    """

    def __init__(
        self, columns: Mapping[str, str], folder: str, part: str, open_file: Callable[[str], IO[bytes]]
    ) -> None:
        self.shards: list[dict[str, Any]] = []
        """Of each shard, what index.json says of it."""
        self._columns = dict(sorted(columns.items()))
        self._folder, self._part, self._open = folder, part, open_file
        self._samples: list[bytes] = []
        self._bytes = 0

    def write(self, sample: Mapping[str, Any]) -> None:
        """Take a sample: a value a column."""
        values = [_encode(kind, sample[name]) for name, kind in self._columns.items()]
        data = np.asarray([len(value) for value in values], "<u4").tobytes() + b"".join(values)
        if self._samples and self._bytes + len(data) > SHARD_BYTES:
            self._flush()
        self._samples.append(data)
        self._bytes += len(data) + 4

    def finish(self) -> None:
        """Write the last shard, and what index.json says of all of them as a file of its own beside the parts."""
        if self._samples:
            self._flush()
        with self._open(index_part(self._folder, self._part)) as file:
            file.write(json.dumps(self.shards, sort_keys=True).encode())

    def _flush(self) -> None:
        config = {
            "column_encodings": list(self._columns.values()),
            "column_names": list(self._columns),
            "column_sizes": [None] * len(self._columns),
            "compression": None,
            "format": "mds",
            "hashes": [],
            "size_limit": SHARD_BYTES,
            "version": 2,
        }
        columns = json.dumps(config, sort_keys=True).encode()
        count = len(self._samples)
        places = np.cumsum([0, *map(len, self._samples)]) + 4 + 4 * (count + 1) + len(columns)
        head = np.asarray([count], "<u4").tobytes() + places.astype("<u4").tobytes()
        name = f"{self._part}.{len(self.shards):03d}.mds"
        with self._open(f"{self._folder}/{name}") as file:
            for block in (head, columns, *self._samples):
                file.write(block)
        raw = {"basename": name, "bytes": int(places[-1]), "hashes": {}}
        self.shards.append({**config, "raw_data": raw, "samples": count, "zip_data": None})
        self._samples, self._bytes = [], 0


def index_part(folder: str, part: str) -> str:
    """Where a part's entries for index.json lie until all are joined."""
    return f"{DONE}/index/{folder}/{part}.json"


def index_text(parts: list[list[dict[str, Any]]]) -> bytes:
    """index.json of a folder: the entries of all its parts."""
    shards = [shard for part in parts for shard in part]
    return json.dumps({"version": 2, "shards": shards}, sort_keys=True).encode()


def _encode(kind: str, value: Any) -> bytes:
    if kind == "str":
        return str(value).encode()
    array = np.asarray(value, "<i4")
    width = 0 if len(array) < 1 << 8 else 1 if len(array) < 1 << 16 else 2
    return bytes([4 | width]) + np.asarray([len(array)], f"<u{1 << width}").tobytes() + array.tobytes()
