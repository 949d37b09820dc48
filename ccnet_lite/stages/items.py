"""Work on items that the driver holds a list of (shards, files), a Spark task for some of them each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import pyarrow as pa
from pyspark import SparkContext
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

    The items travel by broadcast, once an executor. unit: what items are, for those who watch (telling.py).
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
    context: SparkContext, items: Sequence[Item], ask: Callable[[Item], str], unit: str = "files"
) -> list[str]:
    """What `ask` says of each item, in the order of the items; tasks and unit as of `map_items`.

    An RDD, in the workers of queries (run/session.py): for a first query, Spark loads its SQL for two seconds.
    """
    if not items:
        return []
    tell = teller(unit, len(items))

    def answer(item: Item) -> str:
        said = ask(item)
        tell({ITEMS: 1})
        return said

    return context.parallelize(list(items), min(len(items), MAX_TASKS)).map(answer).collect()
