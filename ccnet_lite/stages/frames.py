"""Tables as DataFrames and DataFrames as tables, by pyarrow on either side, so that they lie in any store."""

from collections.abc import Iterable, Iterator
from itertools import chain
from uuid import uuid4

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from ccnet_lite.errors import RunFailed
from ccnet_lite.stages.items import map_items
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.schema import arrow_schema, schema_json
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import PartWriter

READ_ROWS = 10_000


def spark_schema(table: str) -> StructType:
    """The table's schema for Spark."""
    fields = [dict(field) for field in schema_json(table)["fields"]]
    return StructType.fromJson({"type": "struct", "fields": fields})


def read_frame(spark: SparkSession, table: Table) -> DataFrame:
    """The table as a DataFrame, a task a file."""
    schema = arrow_schema(table.name)

    def read(file: DataFile) -> Iterator[pa.RecordBatch]:
        for batch in read_file(table.folder / file.name, schema.names, READ_ROWS, file):
            yield batch.cast(schema)

    return map_items(spark, table.files, read, spark_schema(table.name))


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


def write_frame(frame: DataFrame, table: str, run: Place, fingerprint: str) -> list[DataFile]:
    """Write a DataFrame as files of a table, one a task, in no order: names are made up anew for every try."""
    schema = arrow_schema(table)

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        filled = (batch for batch in batches if batch.num_rows)
        first = next(filled, None)
        if first is None:
            return
        writer = PartWriter(run, table, fingerprint, f"part-{uuid4().hex}.parquet")
        try:
            for batch in chain([first], filled):
                arrays = [batch[field.name].cast(field.type) for field in schema]
                writer.write(pa.RecordBatch.from_arrays(arrays, schema=schema))
        except BaseException:
            writer.abandon()
            raise
        yield pa.RecordBatch.from_pydict({"file": pa.array([writer.close().model_dump_json()])})

    said = conform(frame, table).mapInArrow(write, "file string").collect()
    return [DataFile.model_validate_json(row["file"]) for row in said]
