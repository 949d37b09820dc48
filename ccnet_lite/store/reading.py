"""Reading a run's tables with pyarrow: by shard, or whole where they are small.

What was changed since it was written does not pass for rows: a small file's sum has to hold, of a large one
that of each page. Not handled: footers of large files, of which only `verify` reads every byte.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite.errors import UnreadFile
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import DataFile, Table

BATCH_ROWS = 1000
WHOLE_BYTES = 1 << 20
"""Up to so many, all of a file is read to look for one shard in it."""
BLOCK = 4 << 20


@contextmanager
def readable(place: Place) -> Iterator[pa.NativeFile]:
    """A file's bytes, for pyarrow to make rows of in the block.

    Raises:
        UnreadFile: it cannot be read, or no rows can be made of it.
    """
    try:
        with place.open() as source:
            yield source
    except (OSError, pa.ArrowException, ValueError) as error:
        raise UnreadFile(str(place), f"cannot be read: {(str(error).splitlines() or [''])[0][:300]}") from None


@contextmanager
def open_parquet(place: Place, file: DataFile | None = None) -> Iterator[pq.ParquetFile]:
    """A Parquet file, for reading in the block. file: what was written there, where that is known.

    Raises:
        UnreadFile: it cannot be read, or holds something else; from the block, too.
    """
    with readable(place) as source:
        ahead = not place.is_local
        if file is not None and file.crc32 is not None and file.bytes <= WHOLE_BYTES:
            content, ahead = source.read(), False
            if zlib.crc32(content) != file.crc32:
                raise UnreadFile(str(place), "has changed since it was written")
            source = pa.BufferReader(content)
        yield pq.ParquetFile(source, pre_buffer=ahead, page_checksum_verification=True)


def content_problem(place: Place, file: DataFile) -> str:
    """What is wrong with a file, of which all is read; empty where it is as it was written.

    Raises:
        OSError: its bytes cannot be had, which tells nothing of what they are.
    """
    try:
        with place.open() as source:
            if source.size() != file.bytes:
                return f"has {source.size():,} bytes, not {file.bytes:,}"
            if file.crc32 is not None:
                return "" if sum_of(source) == file.crc32 else "has changed since it was written"
    except FileNotFoundError:
        return "is missing"
    except OSError:
        if place.is_local and place.path.is_dir():
            return "is a folder"
        raise
    try:
        rows = sum(batch.num_rows for batch in read_file(place))
    except UnreadFile as error:
        return error.reason
    return "" if rows == file.rows else f"has {rows:,} rows, not {file.rows:,}"


def sum_of(source: pa.NativeFile) -> int:
    """The CRC-32 of a file from where it stands."""
    crc32 = 0
    while block := source.read(BLOCK):
        crc32 = zlib.crc32(block, crc32)
    return crc32


class ShardReader:
    """One shard's rows of the tables that a step reads."""

    def __init__(self, tables: Mapping[str, Table], shard: int):
        self.shard = shard
        self._tables = tables

    def __contains__(self, table: str) -> bool:
        return table in self._tables

    def read(
        self, table: str, columns: Sequence[str] | None = None, batch_rows: int = BATCH_ROWS
    ) -> Iterator[pa.RecordBatch]:
        """The shard's rows of a table as record batches, in the order they were written."""
        return read_shard(self._tables[table], self.shard, columns, batch_rows)

    def whole(self, table: str, columns: Sequence[str]) -> pa.Table:
        """The shard's rows of some columns, in one piece; no rows where the step has no such table."""
        schema = pa.schema([arrow_schema(table).field(name) for name in columns])
        if table not in self._tables:
            return schema.empty_table()
        batches = [batch.cast(schema) for batch in self.read(table, columns, 1 << 20)]
        return pa.Table.from_batches(batches, schema).combine_chunks()


def read_shard(
    table: Table, shard: int, columns: Sequence[str] | None = None, batch_rows: int = BATCH_ROWS
) -> Iterator[pa.RecordBatch]:
    """The rows of one shard as record batches, in the order they were written."""
    for file in table.by_shard.get(shard, ()):
        with open_parquet(table.place(file), file) as parquet:
            groups = _row_groups_of(parquet, shard)
            if not groups:
                continue
            wanted = None if columns is None else list(dict.fromkeys([*columns, "shard"]))
            for batch in parquet.iter_batches(batch_size=batch_rows, row_groups=groups, columns=wanted):
                if file.first_shard != file.last_shard:
                    batch = batch.filter(pc.equal(batch["shard"], shard))
                if batch.num_rows:
                    yield batch if columns is None else batch.select(list(columns))


def _row_groups_of(parquet: pq.ParquetFile, shard: int) -> list[int]:
    """The row groups whose statistics do not rule the shard out."""
    index = parquet.schema_arrow.get_field_index("shard")
    groups = []
    for number in range(parquet.num_row_groups):
        statistics = parquet.metadata.row_group(number).column(index).statistics
        if statistics is None or not statistics.has_min_max or statistics.min <= shard <= statistics.max:
            groups.append(number)
    return groups


def read_file(
    place: Place,
    columns: Sequence[str] | None = None,
    batch_rows: int = BATCH_ROWS,
    file: DataFile | None = None,
) -> Iterator[pa.RecordBatch]:
    """A Parquet file's rows as record batches. file: as for `open_parquet`, which see for what is raised."""
    with open_parquet(place, file) as parquet:
        yield from parquet.iter_batches(batch_size=batch_rows, columns=None if columns is None else list(columns))


def read_table(table: Table, columns: Sequence[str] | None = None) -> pa.Table:
    """A small table whole, or some of its columns."""
    schema = arrow_schema(table.schema)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    pieces = [schema.empty_table()]
    for file in table.files:
        with open_parquet(table.place(file), file) as parquet:
            pieces.append(parquet.read(columns=schema.names).cast(schema))
    return pa.concat_tables(pieces)
