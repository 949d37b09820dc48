"""Intermediate results of a long step as files, so that a killed run goes on behind the last one."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.store.tables import write_parquet


def keeper(spark: SparkSession, folder: Path) -> Callable[[DataFrame], DataFrame]:
    """A function that computes DataFrames once, into numbered folders, and gives back what reads them.

    A later process that asks for the same ones in the same order finds those that are whole already.
    """
    numbers = count()

    def keep(frame: DataFrame) -> DataFrame:
        path = folder / f"{next(numbers):03d}"
        if not path.exists():
            write_parquet(frame, path)
        return spark.read.schema(frame.schema).parquet(str(path))

    return keep
