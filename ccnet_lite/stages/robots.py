"""Archives to one table of what hosts' files say: of each file the newest, sorted by host, written as it comes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.kernels.packing import from_blobs, to_blob
from ccnet_lite.kernels.robots import COLUMNS, robots_rows
from ccnet_lite.quality.robots_table import SCHEMA, schema_for
from ccnet_lite.settings import SourceSettings
from ccnet_lite.stages.items import map_items


def write_robots(
    spark: SparkSession,
    shards: Sequence[Shard],
    source: SourceSettings,
    agents: Sequence[str],
    wildcard: bool,
    output: Path,
) -> int:
    """Write the table to a file, whole or not at all; gives the number of hosts that shut somebody out.

    The driver holds a batch of rows at a time.

    Raises:
        UnreadArchive: an archive cannot be read.
    """

    def work(shard: Shard) -> Iterator[pa.RecordBatch]:
        return robots_rows(shard, source, agents, wildcard)

    def pack(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_pydict({"rows": pa.array([to_blob(batch)], pa.binary())})

    read = map_items(spark, list(shards), work, ", ".join(f"{name} string" for name in COLUMNS), "archives")
    newest = read.groupBy("host", "path").agg(F.max(F.struct("date", "policy")).alias("said"))
    said = newest.select("host", "said.date", "said.policy").filter("policy != ''")
    # Policies are lists in JSON: those of a host's files become one.
    lists = F.array_join(F.array_sort(F.collect_set(F.expr("substr(policy, 2, length(policy) - 2)"))), ",")
    policy = F.concat(F.lit("["), lists, F.lit("]")).alias("policy")
    rows = said.groupBy("host").agg(F.max("date").alias("date"), policy).sort("host")
    partial, count = output.with_name(f".{output.name}.part"), 0
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        with pq.ParquetWriter(partial, schema_for(agents), compression="zstd") as writer:
            for row in rows.mapInArrow(pack, "rows binary").toLocalIterator():
                table = from_blobs([bytes(row["rows"])], SCHEMA)
                count += table.num_rows
                writer.write_table(table)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return count
