"""DataFrames to and from Arrow tables, on Spark 3.5 as on 4, which alone does it by itself."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

BUILT_IN = hasattr(DataFrame, "toArrow")
"""Whether this Spark has `toArrow` and makes a DataFrame of a table."""
ROWS_A_MESSAGE = 100_000

Batches = Iterator[pa.RecordBatch]


def to_arrow(frame: DataFrame) -> pa.Table:
    """All rows on the driver, in the order of the partitions."""
    if BUILT_IN:
        return frame.toArrow()
    messages = frame.mapInArrow(_serialize, "rows binary").collect()
    batches = [batch for row in messages for batch in pa.ipc.open_stream(row.rows)]
    if not batches:
        return to_arrow_schema(frame.schema).empty_table()
    return pa.Table.from_batches(batches)


def from_arrow(session: SparkSession, table: pa.Table) -> DataFrame:
    """A DataFrame of rows that lie on the driver. Spark has no unsigned numbers."""
    if BUILT_IN:
        return session.createDataFrame(table)
    schema = from_arrow_schema(table.schema)
    messages = [
        (message,)
        for start in range(0, table.num_rows, ROWS_A_MESSAGE)
        for batch in _serialize(table.slice(start, ROWS_A_MESSAGE).to_batches())
        for message in batch["rows"].to_pylist()
    ]
    if not messages:
        return session.createDataFrame([], schema)
    return session.createDataFrame(messages, "rows binary").mapInArrow(_deserialize, schema)


def _serialize(batches: Iterable[pa.RecordBatch]) -> Batches:
    """One row a batch, which holds it as an Arrow stream with its schema."""
    for batch in batches:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        yield pa.RecordBatch.from_pydict({"rows": pa.array([sink.getvalue().to_pybytes()], pa.binary())})


def _deserialize(batches: Iterable[pa.RecordBatch]) -> Batches:
    for messages in batches:
        for message in messages["rows"]:
            yield from pa.ipc.open_stream(message.as_buffer())
