import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ccnet_lite.stages import joins
from ccnet_lite.stages.joins import for_each_task, frequent, join_evenly, with_task


def rows(frame: DataFrame) -> list[tuple[object, ...]]:
    return sorted(map(tuple, frame.collect()), key=str)


@pytest.mark.parametrize("how", ["inner", "left"])
@pytest.mark.parametrize("counted", [True, False])
def test_as_a_join(spark: SparkSession, how: str, counted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joins, "KEY_ROWS", 10)
    left = spark.range(500).selectExpr("if(id < 300, 7, id % 40) as key", "id as row")
    right = spark.range(0, 40, 3).selectExpr("cast(id as long) as key", "id * 10 as value")
    right = right.unionByName(spark.sql("select 7L as key, 70L as value"))
    counts = left.groupBy("key").agg(F.count(F.lit(1)).alias("rows")) if counted else None
    found = join_evenly(left, right, ["key"], "row", how, counts)
    assert rows(found.select("key", "row", "value")) == rows(
        left.join(right, "key", how).select("key", "row", "value")
    )
    assert set(found.columns) == {"key", "row", "value"}


def test_a_frequent_key_goes_to_several_tasks(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joins, "KEY_ROWS", 100)
    counts = spark.createDataFrame([(1, 100), (2, 101), (3, 1000)], "key int, rows long")
    dealt = frequent(counts, ["key"])
    assert dealt is not None
    assert rows(dealt) == [(2, 2), (3, 10)]
    assert frequent(counts.where("rows = 100"), ["key"]) is None
    left = spark.range(1100).selectExpr("if(id < 100, 1, 3) as key", "id as row")
    by_task = with_task(left, dealt, ["key"], "row").groupBy("key", "_salt").count().collect()
    assert sorted((row["key"], row["_salt"]) for row in by_task) == [(1, 0), *((3, n) for n in range(10))]
    assert max(row["count"] for row in by_task) < 150
    right = spark.createDataFrame([(1, "x"), (3, "y")], "key int, value string")
    copies = for_each_task(right, dealt, ["key"])
    assert rows(copies.groupBy("key").count()) == [(1, 1), (3, 10)]
