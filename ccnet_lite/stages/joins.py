"""Joins in which no task gets all rows of a key that very many rows have."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

KEY_ROWS = 100_000
"""So many rows of one key, about, go to one task."""


def join_evenly(
    left: DataFrame,
    right: DataFrame,
    keys: Sequence[str],
    spread_by: str,
    how: str = "inner",
    counts: DataFrame | None = None,
) -> DataFrame:
    """As left.join(right, keys, how).

    Rows of a key that has many are dealt out to several tasks, each of which gets the key's row of the right.
    Keys with more than KEY_ROWS are few, whatever the size of `left`: the driver holds them.

    Args:
        left: read twice, unless `counts` is given.
        right: each key once.
        keys: columns of both.
        spread_by: column of the left that tells rows of a key apart.
        how: inner or left.
        counts: the keys and `rows`, how many rows of the left have them; counted if not given.
    """
    if counts is None:
        counts = left.groupBy(*keys).agg(F.count(F.lit(1)).alias("rows"))
    dealt = frequent(counts, keys)
    if dealt is None:
        return left.join(right, list(keys), how)
    left = with_task(left, dealt, keys, spread_by)
    return left.join(for_each_task(right, dealt, keys), [*keys, "_salt"], how).drop("_salt")


def frequent(counts: DataFrame, keys: Sequence[str]) -> DataFrame | None:
    """Keys that have too many rows for one task, and among how many tasks they are dealt: `_tasks`.

    None where there are none, as is mostly so. counts: the keys, and `rows`.
    """
    many = counts.where(F.col("rows") > KEY_ROWS)
    found = many.select(*keys, F.ceil(F.col("rows") / KEY_ROWS).cast("long").alias("_tasks"))
    rows = found.collect()
    if not rows:
        return None
    return F.broadcast(counts.sparkSession.createDataFrame(rows, found.schema))


def with_task(left: DataFrame, dealt: DataFrame, keys: Sequence[str], spread_by: str) -> DataFrame:
    """Add `_salt`, to which of the tasks of its key a row goes; 0 where the key has one."""
    salt = F.pmod(F.xxhash64(spread_by), F.coalesce("_tasks", F.lit(1).cast("long")))
    return left.join(dealt, list(keys), "left").withColumn("_salt", salt).drop("_tasks")


def for_each_task(right: DataFrame, dealt: DataFrame, keys: Sequence[str]) -> DataFrame:
    """The rows of `right`, those of a frequent key once for each of its tasks: `_salt` from 0."""
    salts = F.sequence(F.lit(0).cast("long"), F.coalesce("_tasks", F.lit(1).cast("long")) - 1)
    return right.join(dealt, list(keys), "left").withColumn("_salt", F.explode(salts)).drop("_tasks")
