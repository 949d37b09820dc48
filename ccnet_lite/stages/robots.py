"""Archives of robots.txt records to one table: of each host the newest, sorted, written as it comes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.kernels.packing import from_blobs, to_blob
from ccnet_lite.kernels.robots import robots_rows
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

    read = map_items(spark, list(shards), work, "host string, date string, policy string", "archives")
    newest = read.groupBy("host").agg(F.max(F.struct("date", "policy")).alias("said"))
    rows = newest.select("host", "said.date", "said.policy").filter("policy != ''").sort("host")
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
