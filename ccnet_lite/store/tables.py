"""The one place that reads and writes tables.

A table is a folder of Parquet files under the run's output folder, with `_manifest.json` beside them that
is written last. A step writes its tables under `_work/STEP-FINGERPRINT/` and moves each into place when all
of them are whole, so a killed run leaves no half table that reads as a whole one.

Two layouts. *By shard*: one row group or more a shard, and the manifest says which shards a file holds, so
that the task that works on a shard reads just its rows. *Plain*: rows wherever they fell.

Not handled: object stores. The output folder is a path that the driver and every worker mount.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from ccnet_lite.errors import RunFailed
from ccnet_lite.store.json_files import intact, read_json, write_json
from ccnet_lite.store.schema import arrow_schema, difference, schema_json

MANIFEST = "_manifest.json"


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of a table. `first_shard` and `last_shard` are -1 in the plain layout."""

    name: str
    rows: int
    bytes: int
    first_shard: int = -1
    last_shard: int = -1


@dataclass(frozen=True)
class Table:
    """A table that is whole: where it lies, what it was made from (`fingerprint`), its files."""

    name: str
    folder: str
    fingerprint: str
    schema_version: int
    files: tuple[DataFile, ...]

    @property
    def is_current(self) -> bool:
        """Whether its schema is of the version that this code reads."""
        return bool(self.schema_version == schema_json(self.name)["version"])

    @property
    def rows(self) -> int:
        """Over all files."""
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        """Over all files, as stored."""
        return sum(file.bytes for file in self.files)


def spark_schema(table: str) -> StructType:
    """The table's schema for Spark."""
    fields = [dict(field) for field in schema_json(table)["fields"]]
    return StructType.fromJson({"type": "struct", "fields": fields})


def conform(frame: DataFrame, table: str) -> DataFrame:
    """The table's columns in the table's order; a missing or mistyped one is an error that names them all."""
    wanted = spark_schema(table)
    found = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    problems = [
        f"{field.name}: {found.get(field.name, 'missing')}, not {field.dataType.simpleString()}"
        for field in wanted.fields
        if found.get(field.name) != field.dataType.simpleString()
    ]
    if problems:
        raise RunFailed(f"table {table} does not fit schemas/{table}.json: {'; '.join(problems)}")
    return frame.select(*(field.name for field in wanted.fields))


# ---- reading -------------------------------------------------------------------------------------------


def load_table(run: Path, name: str) -> Table | None:
    """The table's manifest, or None when the table is not there or not whole."""
    path = run / name / MANIFEST
    try:
        with intact(path, f"delete {run / name} and run again"):
            stored = read_json(path)
            files = tuple(DataFile(**file) for file in stored["files"])
            return Table(name, str(run / name), stored["fingerprint"], stored["schema_version"], files)
    except FileNotFoundError:
        return None


def read(spark: SparkSession, table: Table) -> DataFrame:
    """The table as a DataFrame, with the schema of its file whatever Parquet says of nullability."""
    paths = [f"{table.folder}/{file.name}" for file in table.files]
    schema = spark_schema(table.name)
    if table.name == "corpus":
        schema = schema.add("language", "string", False).add("bucket", "string", False)
    if not paths:
        # Not of an empty list: that would start Python workers to say nothing.
        return spark.range(0).select(*(F.lit(None).cast(f.dataType).alias(f.name) for f in schema))
    return spark.read.schema(schema).option("basePath", table.folder).parquet(*paths)


def read_table(table: Table, columns: Sequence[str] | None = None) -> pa.Table:
    """A small table whole, or some of its columns, without Spark."""
    schema = arrow_schema(table.name)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    paths = [f"{table.folder}/{file.name}" for file in table.files]
    pieces = [pq.ParquetFile(path).read(columns=schema.names).cast(schema) for path in paths]
    return pa.concat_tables(pieces) if pieces else schema.empty_table()


def read_shard(
    table: Table, shard: int, columns: Sequence[str] | None = None, batch_rows: int = 1000
) -> Iterator[pa.RecordBatch]:
    """The rows of one shard as record batches, in the order they were written. No Spark needed."""
    for file in table.files:
        if not file.first_shard <= shard <= file.last_shard:
            continue
        parquet = pq.ParquetFile(f"{table.folder}/{file.name}", memory_map=False)
        groups = _row_groups_of(parquet, shard)
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


# ---- writing -------------------------------------------------------------------------------------------


class PartWriter:
    """Writes one Parquet file of a table: conforms every batch, appears under its name only when closed.

    Small batches are gathered until `row_group_bytes` of Arrow memory, so row groups do not depend on how
    the rows were batched by Spark.
    """

    def __init__(self, folder: Path, table: str, name: str, level: int = 1, row_group_bytes: int = 64 << 20):
        self.path = folder / name
        self.table = table
        self.rows = 0
        self._schema = arrow_schema(table)
        self._partial = folder / f".{name}.{os.getpid()}.tmp"
        self._row_group_bytes = row_group_bytes
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(
            self._partial, self._schema, compression="zstd", compression_level=level, write_statistics=True
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
            raise RunFailed(f"table {self.table} does not fit schemas/{self.table}.json: {problem}")
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
            table = pa.table(columns, schema=self._schema)
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._pending, self._pending_bytes = [], 0

    def close(self) -> DataFile:
        """Make the file appear; gives its name, rows and bytes (no shards)."""
        try:
            self._flush()
            self._writer.close()
        except BaseException:
            self.abandon()
            raise
        size = self._partial.stat().st_size
        self._partial.replace(self.path)
        return DataFile(self.path.name, self.rows, size)

    def abandon(self) -> None:
        """Leave no file: after an error. On a full disk closing fails too, and what is held has to go."""
        with suppress(OSError):
            self._writer.close()
        with suppress(FileNotFoundError):
            os.truncate(self._partial, 0)  # frees the space though the writer may hold the file open
            self._partial.unlink()


def write_rows(rows: pa.Table, table: str, folder: Path) -> list[DataFile]:
    """Write rows that the driver holds as one Parquet file into `folder`; no file for no rows."""
    if not rows.num_rows:
        return []
    writer = PartWriter(folder, table, "part-000000.parquet")
    for batch in rows.to_batches():
        writer.write(batch)
    return [writer.close()]


def write_frame(frame: DataFrame, table: str, folder: Path, partitions: int | None = None) -> list[DataFile]:
    """Write a DataFrame as Parquet files into `folder`.

    With `partitions`, the by-shard layout: rows of one shard lie together in one file, files in the order
    of their shards.
    """
    frame = conform(frame, table)
    if partitions is not None:
        frame = frame.sortWithinPartitions(
            "shard", *(c for c in ("position", "doc_id", "key") if c in frame.columns)
        )
    write_parquet(frame, folder)
    files = [
        described(path, folder, by_shard=partitions is not None) for path in sorted(folder.glob("*.parquet"))
    ]
    for leftover in [*folder.glob(".*.crc"), *folder.glob("_SUCCESS")]:
        leftover.unlink()
    for file in files:
        if not file.rows:  # Spark writes a file for an empty partition
            (folder / file.name).unlink()
    return [file for file in files if file.rows]


def write_parquet(frame: DataFrame, folder: Path) -> None:
    """Put a DataFrame's Parquet files into `folder`, which is whole once it is there.

    Until then they lie under a name of their own: the JVM of a killed run may still be writing the same.
    What such runs left is deleted.
    """
    for left in folder.parent.glob(f"{folder.name}.partial-*"):
        shutil.rmtree(left, ignore_errors=True)
    partial = folder.with_name(f"{folder.name}.partial-{uuid4().hex}")
    frame.write.option("compression", "zstd").parquet(str(partial))
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)


def described(path: Path, folder: Path, by_shard: bool = False) -> DataFile:
    """A Parquet file under a table's folder, its rows counted from the file itself."""
    name = path.relative_to(folder).as_posix()
    metadata = pq.read_metadata(path)
    size = path.stat().st_size
    if not by_shard or not metadata.num_rows:
        return DataFile(name, metadata.num_rows, size)
    index = metadata.schema.to_arrow_schema().get_field_index("shard")
    bounds = [metadata.row_group(i).column(index).statistics for i in range(metadata.num_row_groups)]
    return DataFile(name, metadata.num_rows, size, min(b.min for b in bounds), max(b.max for b in bounds))


def write_manifest(
    folder: Path, name: str, fingerprint: str, files: Iterable[DataFile], made_from: Any = None
) -> Table:
    """Write the table's manifest: from here on the folder reads as a whole table.

    made_from: what the fingerprint is of, kept so that a later plan can say what has changed.
    """
    table = Table(name, str(folder), fingerprint, schema_json(name)["version"], tuple(files))
    stored: dict[str, Any] = {
        "table": name,
        "fingerprint": fingerprint,
        "schema_version": table.schema_version,
        "rows": table.rows,
        "bytes": table.bytes,
        "files": [asdict(file) for file in table.files],
        "made_from": made_from or {},
    }
    write_json(folder / MANIFEST, stored)
    return table


def move_into_place(work: Path, run: Path, name: str) -> None:
    """Put a finished table where it belongs, in place of an older one."""
    target = run / name
    if target.exists():
        retired = work.parent / f"{work.name}.old-{name}"
        shutil.rmtree(retired, ignore_errors=True)
        target.replace(retired)
        shutil.rmtree(retired)
    (work / name).replace(target)
