"""Order-free digests of tables: equal content, equal digest, however it is cut into files."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def table_digest(frame: DataFrame, name: str) -> DataFrame:
    """One row: table, the two sums that make its digest, rows.

    A row's hash is xxhash64 over its columns by name, twice with different first values. Nulls
    change xxhash64 nothing, so which columns are null is hashed along.
    """
    columns = sorted(frame.columns)
    nulls = F.concat_ws("", *(F.col(column).isNull().cast("int").cast("string") for column in columns))

    def summed(salt: str) -> Column:
        row = F.xxhash64(F.lit(salt), nulls, *columns).cast("decimal(38,0)")
        return F.coalesce(F.sum(row), F.lit(0).cast("decimal(38,0)")).cast("string")

    return frame.agg(
        F.lit(name).alias("table"),
        summed("a").alias("a"),
        summed("b").alias("b"),
        F.count(F.lit(1)).alias("rows"),
    )


def table_digests(frames: dict[str, DataFrame]) -> dict[str, dict[str, str | int]]:
    """All tables' digests in one Spark job: name -> {"digest": ..., "rows": ...}.

    A digest is the two sums modulo 2^64, as 32 hexadecimal digits.
    """
    if not frames:
        return {}
    one_each = [table_digest(frame, name) for name, frame in sorted(frames.items())]
    rows = reduce(DataFrame.unionByName, one_each).collect()
    return {
        row["table"]: {
            "digest": f"{int(row['a']) % 2**64:016x}{int(row['b']) % 2**64:016x}",
            "rows": row["rows"],
        }
        for row in rows
    }
