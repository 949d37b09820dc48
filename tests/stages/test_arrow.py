import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.stages import arrow
from ccnet_lite.stages.arrow import from_arrow, to_arrow

TABLE = pa.table(
    {
        "text": pa.array(["ä", None, ""]),
        "bytes": pa.array([b"\0\1", None, b""]),
        "number": pa.array([1, -(2**63), None], pa.int64()),
        "share": pa.array([0.5, float("nan"), None]),
        "bands": pa.array([[1, 2], [], None], pa.list_(pa.int64())),
        "yes": pa.array([True, False, None]),
        "small": pa.array([1, 2, None], pa.int32()),
    }
)


@pytest.mark.parametrize("built_in", [True, False])
@pytest.mark.parametrize("rows", [3, 0])
def test_there_and_back(spark: SparkSession, built_in: bool, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if not built_in:
        monkeypatch.setattr(arrow, "BUILT_IN", False)
        monkeypatch.setattr(arrow, "ROWS_A_MESSAGE", 2)
    frame = from_arrow(spark, TABLE.slice(0, rows))
    assert [name for name, _ in frame.dtypes] == TABLE.column_names
    assert dict(frame.dtypes)["bands"] == "array<bigint>"
    found = to_arrow(frame)
    assert found.column_names == TABLE.column_names
    assert [field.type for field in found.schema][:4] == [field.type for field in TABLE.schema][:4]
    assert str(found.to_pydict()) == str(TABLE.slice(0, rows).to_pydict())  # nan is not equal to itself


@pytest.mark.parametrize("built_in", [True, False])
def test_rows_keep_the_order_of_partitions(
    spark: SparkSession, built_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow, "BUILT_IN", built_in and arrow.BUILT_IN)
    assert to_arrow(spark.range(0, 1000, 1, 7))["id"].to_pylist() == list(range(1000))
