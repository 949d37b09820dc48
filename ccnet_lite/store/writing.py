"""Writing a table's Parquet files: conformed to the schema, digested on the way, there only when whole."""

import io
import zlib
from contextlib import suppress
from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite.errors import RunFailed
from ccnet_lite.store.digest import MODULUS, digest_batches
from ccnet_lite.store.places import Place, abandon
from ccnet_lite.store.schema import arrow_schema, difference
from ccnet_lite.store.tables import DataFile, file_name, files_folder

WORK = "_work"
FOR_OTHERS = ("corpus", "clean")
"""Tables that other tools read: with a page index, so that they find rows, and pages cut by content, so that a
store which knows the chunks it holds takes little of a corpus that changed little."""

RANDOM = ("signature", "bands")
"""Columns of hashes of which each is another: compressed they would lose a tenth, for a third of the time."""


def scratch_of(run: Place) -> Place:
    """Where files of a run lie until they are whole."""
    return run / WORK / "tmp"


class Summed(io.RawIOBase):
    """A stream to write to, with the CRC-32 and the number of the bytes that have passed."""

    def __init__(self, stream: pa.NativeFile) -> None:
        super().__init__()
        self.crc32 = self.bytes = 0
        self._stream = stream

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Bytes so far."""
        return self.bytes

    def write(self, data: Any, /) -> int:
        """All of the data."""
        self._stream.write(data)
        self.crc32 = zlib.crc32(data, self.crc32)
        self.bytes += len(data)
        return len(data)


class PartWriter:
    """Writes one Parquet file of a table of a run.

    Small batches are gathered until `row_group_bytes` of Arrow memory, so that row groups do not depend on
    how the rows were batched; with `by_shard` a row group ends with its shard, too. schema_name: of the rows'
    schema, where that is not the table's own.
    """

    def __init__(
        self,
        run: Place,
        table: str,
        fingerprint: str,
        name: str,
        *,
        level: int = 1,
        row_group_bytes: int = 64 << 20,
        by_shard: bool = False,
        schema_name: str = "",
    ):
        self.table = table
        self.rows = 0
        self.name = file_name(table, fingerprint, name)
        """Under the table's folder."""
        self._target = files_folder(run, table, fingerprint) / name
        self._schema_name = schema_name or table
        self._schema = arrow_schema(self._schema_name)
        self._row_group_bytes = row_group_bytes
        self._by_shard = by_shard
        self._shards = [-1, -1]
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        self._digest = (0, 0)
        self._partial = scratch_of(run) / uuid4().hex
        self._stream = self._partial.create()
        self._summed = Summed(self._stream)
        self._writer = pq.ParquetWriter(
            self._summed,
            self._schema,
            **_compression(self._schema, level),
            write_statistics=True,
            write_page_checksum=True,
            write_page_index=table in FOR_OTHERS,
            use_content_defined_chunking=table in FOR_OTHERS,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch, in the order to be written.

        Raises:
            RunFailed: the batch does not fit the schema file; names the columns.
        """
        if not batch.num_rows:
            return
        problem = difference(self._schema, batch.schema)
        if problem:
            raise RunFailed(f"table {self.table} does not fit schemas/{self._schema_name}.json: {problem}")
        if "shard" in self._schema.names:
            shards = batch["shard"]
            first, last = shards[0].as_py(), shards[-1].as_py()
            if self._by_shard and first != self._shards[1]:
                self._flush()
            self._shards = [first if self._shards[0] < 0 else self._shards[0], last]
        self._pending.append(batch.select(self._schema.names))
        self._pending_bytes += batch.nbytes
        self.rows += batch.num_rows
        if self._pending_bytes >= self._row_group_bytes:
            self._flush()

    def _flush(self) -> None:
        if self._pending:
            arrays = zip(*(batch.columns for batch in self._pending), strict=True)
            columns = [pa.chunked_array(list(chunks)) for chunks in arrays]
            columns = [c.cast(f.type) for c, f in zip(columns, self._schema, strict=True)]
            # In one piece: hashing some thousand rows takes little more time than hashing ten.
            table = pa.table(columns, schema=self._schema).combine_chunks()
            first, second, _ = digest_batches(table.to_batches())
            self._digest = (self._digest[0] + first) % MODULUS, (self._digest[1] + second) % MODULUS
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._pending, self._pending_bytes = [], 0

    def close(self) -> DataFile:
        """Make the file appear; gives what it holds."""
        try:
            self._flush()
            self._writer.close()
            size, crc32 = self._summed.bytes, self._summed.crc32
            self._stream.close()
            self._partial.move_to(self._target)
        except BaseException:
            self.abandon()
            raise
        first, last = self._shards
        return DataFile(
            name=self.name,
            rows=self.rows,
            bytes=size,
            first_shard=first,
            last_shard=last,
            digest=self._digest,
            crc32=crc32,
        )

    def abandon(self) -> None:
        """Leave no file: after an error, or where there was nothing to write."""
        with suppress(OSError, ValueError):  # a full disk, a lost connection: what is there goes
            self._writer.close()
        self._writer.is_open = False  # or it is closed again, in vain, when it is collected
        abandon(self._stream, self._partial)


def _compression(schema: pa.Schema, level: int) -> dict[str, Any]:
    """How columns are stored, as of `ParquetWriter`: by zstd, but for RANDOM."""
    if not set(RANDOM) & set(schema.names):
        return {"compression": "zstd", "compression_level": level}
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    held = pq.ParquetFile(pa.BufferReader(sink.getvalue())).schema
    columns = [held.column(number).path for number in range(len(held))]  # of a list: "bands.list.element"
    packed = [column for column in columns if column.partition(".")[0] not in RANDOM]
    return {
        "compression": {column: "zstd" if column in packed else "none" for column in columns},
        "compression_level": dict.fromkeys(packed, level),
        "use_dictionary": packed,
    }


def write_rows(rows: pa.Table, run: Place, table: str, fingerprint: str, by_shard: bool = False) -> list[DataFile]:
    """Write rows that the driver holds as one file; no file for no rows. by_shard: they come in that order."""
    if not rows.num_rows:
        return []
    writer = PartWriter(run, table, fingerprint, "part-000000.parquet", by_shard=by_shard)
    for batch in rows.combine_chunks().to_batches():
        for piece in cut_by_shard(batch) if by_shard else (batch,):
            writer.write(piece)
    return [writer.close()]


def cut_by_shard(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    """A batch whose rows come by shard, cut where the shard changes."""
    shards = batch["shard"].to_numpy()
    if not len(shards):
        return []
    edges = [0, *(np.flatnonzero(shards[1:] != shards[:-1]) + 1).tolist(), len(shards)]
    return [batch.slice(a, b - a) for a, b in pairwise(edges)]
