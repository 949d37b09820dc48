"""The digests of a run's tables, all in one Spark job over their files."""

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from ccnet_lite.store.digest import MODULUS, digest_batches, digest_text
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import Table

FILES_A_TASK = 64


def table_digests(spark: SparkSession, tables: Mapping[str, Table]) -> dict[str, dict[str, str | int]]:
    """By table: {"digest": 32 hexadecimal digits, "rows": n}, of what the files hold now."""
    files = [(name, f"{table.folder}/{file.name}") for name, table in tables.items() for file in table.files]
    sums = {name: [0, 0, 0] for name in tables}
    if files:
        slices = max(1, min(len(files), max(4, len(files) // FILES_A_TASK)))

        def digest_files(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for index in batch["id"].to_pylist():
                    yield _digest_file(*files[index])

        schema = "name string, first string, second string, rows long"
        for row in spark.range(0, len(files), 1, slices).mapInArrow(digest_files, schema).collect():
            held = sums[row["name"]]
            held[0] = (held[0] + int(row["first"])) % MODULUS
            held[1] = (held[1] + int(row["second"])) % MODULUS
            held[2] += row["rows"]
    return {name: {"digest": digest_text(a, b), "rows": rows} for name, (a, b, rows) in sums.items()}


def _digest_file(name: str, path: str) -> pa.RecordBatch:
    schema = arrow_schema(name)
    rows = (
        pa.RecordBatch.from_arrays([part[name] for name in schema.names], schema.names)
        for part in pq.ParquetFile(path).iter_batches(batch_size=4096, columns=schema.names)
    )
    first, second, count = digest_batches(rows)
    # As text: a sum is unsigned and Spark's long is not.
    return pa.RecordBatch.from_pylist(
        [{"name": name, "first": str(first), "second": str(second), "rows": count}]
    )
