"""Rows of keys that reach, over all shards: each comes once to its part, and few others do."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.kernels.packing import from_blobs, part_of
from ccnet_lite.stages import sifting
from ccnet_lite.stages.arrow import to_arrow
from ccnet_lite.stages.sifting import Reach, send_what_reaches
from ccnet_lite.store.reading import ShardReader

SHARDS = [3, 4, 9, 12]
SCHEMA = pa.schema([("route", pa.int64()), ("shard", pa.int32()), ("documents", pa.int32())])


def counted(shard: int) -> list[pa.RecordBatch]:
    """Two kinds: 2,000 of the crawl's 20,000 keys, with one document or two; of the second 50, in a shard none."""
    random = np.random.default_rng(shard)
    keys = np.random.default_rng(0).integers(-(2**63), 2**63, 20_000)
    kinds = []
    for size in (2000, 0 if shard == 9 else 50):
        routes = keys[random.integers(0, len(keys), size)]
        rows = {"route": routes, "shard": np.full(size, shard), "documents": random.integers(1, 3, size)}
        kinds.append(pa.RecordBatch.from_arrays([pa.array(rows[f.name], f.type) for f in SCHEMA], schema=SCHEMA))
    return kinds


@pytest.mark.parametrize(("parts", "tasks", "packed"), [(1, 1, 1 << 26), (7, 3, 4000), (5, 4, 1 << 26)])
@pytest.mark.parametrize("reaches", [(Reach(3, "documents"), Reach(0)), (Reach(2), Reach(1))])
def test_rows_of_keys_that_reach(
    *,
    spark: SparkSession,
    parts: int,
    tasks: int,
    packed: int,
    reaches: tuple[Reach, Reach],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sifting, "PACKED_BYTES", packed)

    def count(reader: ShardReader) -> list[pa.RecordBatch]:
        return counted(reader.shard)

    sent = to_arrow(send_what_reaches(spark, SHARDS, count, reaches, {}, parts, 8000, tasks)).to_pylist()
    for kind, reach in enumerate(reaches):
        rows = pa.Table.from_batches([counted(shard)[kind] for shard in SHARDS]).to_pylist()
        sums: Counter[int] = Counter()
        for row in rows:
            sums[row["route"]] += row[reach.rows] if reach.rows else 1
        expected = [tuple(row.values()) for row in rows if reach.least and sums[row["route"]] >= reach.least]
        found = []
        for blob in (row for row in sent if row["kind"] == kind):
            held = from_blobs([blob["rows"]], SCHEMA)
            assert set(part_of(held["route"].to_numpy(), parts).tolist()) == {blob["part"]}
            found += [tuple(row.values()) for row in held.to_pylist()]
        assert not Counter(expected) - Counter(found)
        assert len(found) <= len(expected) + 0.02 * len(rows)
        assert len(expected) < len(rows) or reach.least == 1
