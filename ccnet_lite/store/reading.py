"""Reading a run's tables with pyarrow: by shard, or whole where they are small."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import Table

BATCH_ROWS = 1000


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
        with table.place(file).open() as source:
            parquet = pq.ParquetFile(source, pre_buffer=not table.run.is_local)
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
    place: Place, columns: Sequence[str] | None = None, batch_rows: int = BATCH_ROWS
) -> Iterator[pa.RecordBatch]:
    """A Parquet file's rows as record batches."""
    with place.open() as source:
        parquet = pq.ParquetFile(source, pre_buffer=not place.is_local)
        yield from parquet.iter_batches(batch_size=batch_rows, columns=None if columns is None else list(columns))


def read_table(table: Table, columns: Sequence[str] | None = None) -> pa.Table:
    """A small table whole, or some of its columns."""
    schema = arrow_schema(table.name)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    pieces = [schema.empty_table()]
    for file in table.files:
        with table.place(file).open() as source:
            pieces.append(pq.ParquetFile(source).read(columns=schema.names).cast(schema))
    return pa.concat_tables(pieces)
