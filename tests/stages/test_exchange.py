import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.exchange import partition_keys, send_to_parts, spark_hash

INTS = np.array([0, 1, -1, 42, 2**31 - 1, -(2**31), 123_456_789, -987_654_321], np.int32)


def test_the_hash_is_that_of_spark(spark: SparkSession) -> None:
    random = np.random.default_rng(0).integers(-(2**31), 2**31, 1000).astype(np.int32)
    values = np.concatenate((INTS, random))
    frame = from_arrow(spark, pa.table({"value": values})).select("value", F.hash("value").alias("hash"))
    found = to_arrow(frame)
    assert found["value"].to_numpy().tolist() == values.tolist()
    assert spark_hash(values).tolist() == found["hash"].to_pylist()


@given(st.integers(1, 100_000))
def test_a_key_hashes_to_its_part(parts: int) -> None:
    assert (spark_hash(partition_keys(parts)) % parts).tolist() == list(range(parts))


@pytest.mark.parametrize("parts", [1, 2, 7, 200])
def test_one_part_a_partition(spark: SparkSession, parts: int) -> None:
    frame = spark.range(0, 3 * parts, 1, 3).select((F.col("id") % parts).alias("part"), "id")
    sent = send_to_parts(frame, parts, "part")
    assert sent.rdd.getNumPartitions() == parts
    found = sent.groupBy("part", F.spark_partition_id().alias("partition")).count().collect()
    assert sorted(tuple(row) for row in found) == [(part, part, 3) for part in range(parts)]
    assert sent.columns == ["part", "id"]


def test_it_stays_so_under_adaptive_execution(spark: SparkSession) -> None:
    """Small partitions are not put together: a task would write two parts to one file."""
    assert spark.conf.get("spark.sql.adaptive.enabled") == "true"
    kernel = "partition int, part long"

    def look(batches):  # type: ignore[no-untyped-def]
        from pyspark import TaskContext

        for batch in batches:
            number = TaskContext.get().partitionId()  # type: ignore[union-attr]
            yield pa.RecordBatch.from_pydict(
                {"partition": pa.array([number] * batch.num_rows, pa.int32()), "part": batch["part"]}
            )

    frame = spark.range(50).select((F.col("id") % 10).alias("part"))
    found = send_to_parts(frame, 10, "part").mapInArrow(look, kernel).distinct().collect()
    assert sorted(tuple(row) for row in found) == [(part, part) for part in range(10)]
