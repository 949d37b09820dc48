"""Intermediate results of a long step as files, so that a killed run goes on behind the last one."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from uuid import uuid4

from pyspark.sql import DataFrame, SparkSession


def keeper(spark: SparkSession, folder: Path) -> Callable[[DataFrame], DataFrame]:
    """A function that computes DataFrames once, into numbered folders, and gives back what reads them.

    A later process that asks for the same ones in the same order finds those that are whole already.
    """
    numbers = count()

    def keep(frame: DataFrame) -> DataFrame:
        path = folder / f"{next(numbers):03d}"
        if not path.exists():
            # Under a name of its own: the JVM of a killed run may still be writing the same round.
            partial = folder / f"{path.name}.{uuid4().hex}"
            frame.write.option("compression", "zstd").parquet(str(partial))
            partial.replace(path)
        return spark.read.schema(frame.schema).parquet(str(path))

    return keep
