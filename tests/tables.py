"""Real tables of a run, made of literal rows: what a row leaves out is blank."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from ccnet_lite.store.json_files import SEAL
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import Table, put_table
from ccnet_lite.store.writing import PartWriter

Row = Mapping[str, Any]


def batch_of(table: str, rows: Sequence[Row], columns: Sequence[str] | None = None) -> pa.RecordBatch:
    """Rows of a table; columns that must not be null are 0, empty or false where a row does not say."""
    schema = arrow_schema(table)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"{table} has no column {unknown}"
    blank = {field.name: _blank(field) for field in schema}
    return pa.RecordBatch.from_pylist([blank | dict(row) for row in rows], schema=schema)


def _blank(field: pa.Field) -> Any:
    if field.nullable:
        return None
    if pa.types.is_list(field.type):
        return []
    if pa.types.is_string(field.type):
        return ""
    return False if pa.types.is_boolean(field.type) else 0


def put(run: Place, table: str, rows: Sequence[Row], fingerprint: str = "f", batch_rows: int = 1000) -> Table:
    """A table in the by-shard layout, a file a shard, rows in the order given."""
    files = []
    for shard, of_shard in groupby(rows, key=lambda row: row.get("shard", 0)):
        held = list(of_shard)
        writer = PartWriter(run, table, fingerprint, f"part-{shard:06d}.parquet")
        for begin in range(0, len(held), batch_rows):
            writer.write(batch_of(table, held[begin : begin + batch_rows]))
        file = writer.close()
        files.append(file.model_copy(update={"first_shard": shard, "last_shard": shard}))
    return put_table(run, table, fingerprint, files)


def edit_json(path: Path, **changes: Any) -> None:
    """Write other values into a JSON file of a run, as if it had been written with them."""
    value = json.loads(path.read_text()) | changes
    value.pop(SEAL, None)
    path.write_text(json.dumps(value))


def reader(run: Place, shard: int = 0, **tables: Sequence[Row]) -> ShardReader:
    """A shard's reader over tables made of these rows."""
    return ShardReader({name: put(run, name, rows) for name, rows in tables.items()}, shard)
