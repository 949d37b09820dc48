"""Reading and writing tables: layouts, conformance, commits."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.store.schema import arrow_schema, difference, schema_json, table_names
from ccnet_lite.store.tables import (
    PartWriter,
    conform,
    load_table,
    move_into_place,
    read,
    read_shard,
    read_table,
    spark_schema,
    write_frame,
    write_manifest,
)


def survivors(shard: int, *ids: str) -> pa.RecordBatch:
    rows = [{"doc_id": i, "shard": shard, "position": n} for n, i in enumerate(ids)]
    return pa.RecordBatch.from_pylist(rows, schema=arrow_schema("survivors"))


@pytest.mark.parametrize("name", table_names())
def test_schema_files(name: str) -> None:
    """Every field has a comment; Spark and Arrow read the same columns out of the file."""
    fields = schema_json(name)["fields"]
    assert schema_json(name)["version"] >= 1
    assert all(field["metadata"]["comment"].endswith(".") for field in fields)
    assert [field.name for field in spark_schema(name)] == arrow_schema(name).names


def test_a_part_appears_when_closed_and_reads_back(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, "survivors", "part-000003.parquet")
    writer.write(survivors(3, "a", "b"))
    assert not list(tmp_path.glob("*.parquet"))
    file = writer.close()
    assert (file.name, file.rows) == ("part-000003.parquet", 2)
    table = write_manifest(tmp_path, "survivors", "f", [file])
    assert read_table(table)["doc_id"].to_pylist() == ["a", "b"]


def test_an_abandoned_part_leaves_nothing(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, "survivors", "part-000000.parquet")
    writer.write(survivors(0, "a"))
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_cannot_be_closed_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_writer: pq.ParquetWriter) -> None:
        raise OSError(28, "No space left on device")

    writer = PartWriter(tmp_path, "survivors", "part-000000.parquet")
    writer.write(survivors(0, "a"))
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr(pq.ParquetWriter, "close", full)
        writer.close()
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_does_not_fit_is_refused_by_column(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, "survivors", "part-000000.parquet")
    wrong = pa.RecordBatch.from_pydict({"doc_id": [1], "shard": pa.array([0], pa.int32()), "more": [2]})
    with pytest.raises(
        RunFailed, match=r"missing position; extra more; mistyped doc_id is int64, not string"
    ):
        writer.write(wrong)
    writer.abandon()


def test_difference_ignores_order_and_list_element_names() -> None:
    left = pa.schema([("a", pa.int32()), ("b", pa.list_(pa.field("element", pa.int64())))])
    right = pa.schema([("b", pa.list_(pa.field("item", pa.int64()))), ("a", pa.int32())])
    assert difference(left, right) == ""
    assert difference(left, pa.schema([("a", pa.int32())])) == "missing b"


def test_conform_names_what_is_wrong(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("a", "0")], "doc_id string, shard string")
    with pytest.raises(RunFailed, match=r"shard: string, not int; position: missing, not int"):
        conform(frame, "survivors")


def test_by_shard_layout_gives_each_shard_its_rows(spark: SparkSession, tmp_path: Path) -> None:
    rows = [(f"d{n}", n % 5, n // 5) for n in range(50)]
    frame = spark.createDataFrame(rows, spark_schema("survivors"))
    laid = frame.repartitionById(2, F.floor(F.col("shard") * 2 / 5).cast("int"))
    files = write_frame(laid, "survivors", tmp_path / "survivors", partitions=2)
    assert [(file.first_shard, file.last_shard) for file in files] == [(0, 2), (3, 4)]
    table = write_manifest(tmp_path / "survivors", "survivors", "f", files)
    for shard in range(5):
        found = [
            row for batch in read_shard(table, shard, ["doc_id", "position"]) for row in batch.to_pylist()
        ]
        assert found == [{"doc_id": f"d{n}", "position": n // 5} for n in range(shard, 50, 5)]
    assert list(read_shard(table, 9)) == []
    assert read(spark, table).count() == 50


def test_an_empty_frame_is_a_whole_table_without_files(spark: SparkSession, tmp_path: Path) -> None:
    files = write_frame(
        spark.createDataFrame([], spark_schema("survivors")), "survivors", tmp_path / "survivors"
    )
    table = write_manifest(tmp_path / "survivors", "survivors", "f", files)
    assert table.files == ()
    assert read(spark, table).count() == 0
    assert read_table(table).num_rows == 0


def test_a_table_without_manifest_is_not_there_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    assert load_table(tmp_path, "survivors") is None
    (tmp_path / "survivors").mkdir()
    for content in (b"{", b"[]", b"{}", b"null", b"\xff", b'{"files": [{"rows": 1}]}'):
        (tmp_path / "survivors" / "_manifest.json").write_bytes(content)
        with pytest.raises(UserError, match=r"survivors/_manifest.json is damaged \(.*delete .*survivors"):
            load_table(tmp_path, "survivors")


def test_what_another_writer_left_is_not_of_the_table(spark: SparkSession, tmp_path: Path) -> None:
    """The JVM of a killed run may go on for a while with the same table under a name of its own."""
    folder, left = tmp_path / "survivors", tmp_path / "survivors.partial-of-a-killed-run"
    left.mkdir()

    def meanwhile(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        folder.mkdir(exist_ok=True)
        (folder / "part-00000-of-another.zstd.parquet").write_bytes(b"")
        yield from batches

    frame = spark.createDataFrame([("a", 0, 0)], spark_schema("survivors"))
    (file,) = write_frame(frame.mapInArrow(meanwhile, frame.schema), "survivors", folder)
    assert [path.name for path in folder.iterdir()] == [file.name]
    assert list(tmp_path.iterdir()) == [folder]


def test_moving_into_place_replaces_the_older_table(tmp_path: Path) -> None:
    for content in ("old", "new"):
        work = tmp_path / "_work" / "step-1"
        (work / "survivors").mkdir(parents=True)
        write_manifest(work / "survivors", "survivors", content, [])
        move_into_place(work, tmp_path, "survivors")
    table = load_table(tmp_path, "survivors")
    assert table is not None and table.fingerprint == "new"
    assert sorted(path.name for path in (tmp_path / "_work").iterdir()) == ["step-1"]


def test_row_groups_follow_bytes_not_batches(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, "survivors", "part-000000.parquet", row_group_bytes=1)
    for doc_id in "abc":
        writer.write(survivors(0, doc_id))
    writer.close()
    assert pq.ParquetFile(tmp_path / "part-000000.parquet").num_row_groups == 3
