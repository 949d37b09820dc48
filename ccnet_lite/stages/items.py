"""Work on items that the driver holds a list of (shards, files), a Spark task for some of them each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from ccnet_lite.stages.telling import ITEMS, teller

Item = TypeVar("Item")

MAX_TASKS = 10_000


def map_items(
    spark: SparkSession,
    items: Sequence[Item],
    work: Callable[[Item], Iterator[pa.RecordBatch]],
    schema: str | StructType,
    unit: str = "files",
) -> DataFrame:
    """The rows that `work` yields for every item, as a DataFrame; one task an item up to `MAX_TASKS`.

    The items travel by broadcast, once an executor. A range, and no RDD of items: that would start one more pool
    of Python workers. unit: what items are, for those who watch (telling.py).
    """
    tell = teller(unit, len(items))
    held = spark.sparkContext.broadcast(list(items))
    names = schema.fieldNames() if isinstance(schema, StructType) else [c.split()[0] for c in schema.split(", ")]

    def work_on(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for index in batch["id"].to_pylist():
                for rows in work(held.value[index]):
                    yield rows.select(names)
                tell({ITEMS: 1})

    return spark.range(0, len(items), 1, max(1, min(len(items), MAX_TASKS))).mapInArrow(work_on, schema)


def ask_items(
    spark: SparkSession, items: Sequence[Item], ask: Callable[[Item], str], unit: str = "files"
) -> list[str]:
    """What `ask` says of each item, in the order of the items."""

    def answer(numbered: tuple[int, Item]) -> Iterator[pa.RecordBatch]:
        number, item = numbered
        said = pa.array([ask(item)], pa.string())
        yield pa.RecordBatch.from_pydict({"number": pa.array([number], pa.int64()), "said": said})

    if not items:
        return []
    rows = map_items(spark, list(enumerate(items)), answer, "number long, said string", unit).collect()
    return [row["said"] for row in sorted(rows, key=lambda row: row["number"])]
