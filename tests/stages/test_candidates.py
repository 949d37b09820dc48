import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.kernels.packing import part_of
from ccnet_lite.stages import candidates, wanted
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.candidates import candidate_pairs, candidate_pairs_by_shard, count_parts, range_of
from ccnet_lite.stages.wanted import in_pairs
from ccnet_lite.store.reading import ShardReader

ORDER = ["rank_0"]
SCHEMA = pa.schema([*((name, pa.int64()) for name in candidates.FIXED), ("rank_0", pa.float64())])


def documents(n_documents: int, seed: int = 0) -> pa.Table:
    """Three bands of a hundred hashes all over the range; a tenth are the same as another."""
    random = np.random.default_rng(seed)
    hashes = random.integers(-(2**63), 2**63, 100)[random.integers(0, 100, (n_documents, 3))]
    same = np.arange(n_documents)
    copies = np.flatnonzero(random.random(n_documents) < 0.1)
    same[copies] = random.integers(0, n_documents, len(copies))
    same = same[same]
    return pa.table(
        {
            "number": random.permutation(n_documents) + seed * 1_000_000,
            "bands": pa.array(hashes[same].tolist(), pa.list_(pa.int64())),
            "signature": pa.array([random.bytes(128)] * n_documents, pa.binary()),
            "same": same + seed * 1_000_000,
            "rank_0": random.integers(0, 5, n_documents).astype(np.float64),
        }
    )


def pairs(table: pa.Table) -> list[tuple[int, int]]:
    return sorted(zip(table["src"].to_pylist(), table["dst"].to_pylist(), strict=True))


def test_parts_and_packing_change_nothing(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    table = documents(500)
    expected = pairs(to_arrow(candidate_pairs(from_arrow(spark, table), ORDER, 1)))
    assert len(expected) > 1000
    monkeypatch.setattr(candidates, "PACKED_BYTES", 5_000)
    found = candidate_pairs(from_arrow(spark, table.take(np.arange(500)[::-1])).repartition(3), ORDER, 11)
    assert pairs(to_arrow(found)) == expected


@pytest.mark.parametrize(("parts", "tasks"), [(1, 1), (11, 3)])
def test_by_shard_as_by_row(spark: SparkSession, parts: int, tasks: int) -> None:
    table = documents(500)
    expected = pairs(to_arrow(candidate_pairs(from_arrow(spark, table), ORDER, 1)))

    def read(reader: ShardReader) -> pa.Table:
        return table.slice(100 * reader.shard, 100)

    # The last has no documents.
    found = candidate_pairs_by_shard(spark, range(6), read, {}, ORDER, parts, 1500, tasks)
    assert pairs(to_arrow(found)) == expected


@pytest.mark.parametrize(("key", "within"), [("number", 22), ("number", 7), ("doc_id", 22)])
def test_documents_in_pairs_are_told_from_others(
    spark: SparkSession, key: str, within: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wanted, "MOST_WITHIN", within)
    numbers = np.random.default_rng(0).integers(0, 1 << 60, 2000)
    names = [f"{number:015x}" for number in numbers]
    values = numbers.tolist() if key == "number" else names
    frame = from_arrow(spark, pa.table({"number": numbers, "doc_id": names}))
    ends = from_arrow(spark, pa.table({"src": values[:100], "dst": values[100:200]}))
    found = to_arrow(in_pairs(frame, ends, key))
    assert found.column_names == ["number", "doc_id"]
    assert set(values[:200]) <= set(found[key].to_pylist())
    assert found.num_rows < 200 + 0.15 * 1800
    assert to_arrow(in_pairs(frame, ends.limit(0), key)).num_rows == 0


def test_blobs_hold_what_a_task_has_of_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gathered over batches, not one blob a batch."""
    table = documents(400)
    batches = table.to_batches(max_chunksize=20)
    whole = list(candidates._pack(SCHEMA, ORDER, 4)(batches))
    assert [batch["part"].to_pylist() for batch in whole] == [[0, 1, 2, 3]]
    rows = [pa.ipc.read_record_batch(pa.py_buffer(blob), SCHEMA) for blob in whole[0]["rows"].to_pylist()]
    for part, held in enumerate(rows):
        assert set(part_of(held["hash"].to_numpy(), 4).tolist()) == {part}
    distinct = len(set(table["same"].to_pylist()))
    assert sum(held.num_rows for held in rows) == 3 * distinct < 3 * 400
    monkeypatch.setattr(candidates, "PACKED_BYTES", 3 * 40 * 100)
    assert len(list(candidates._pack(SCHEMA, ORDER, 4)(batches))) == 4


def test_with_the_bands_of_an_index_as_all_at_once(spark: SparkSession) -> None:
    old, new = documents(200, 1), documents(100, 2)
    batch = candidates.with_sketch(old.combine_chunks().to_batches()[0])
    bands = candidates.band_rows(pa.Table.from_batches([batch]), SCHEMA)
    held = pa.Table.from_batches([bands])

    def known(low: int, high: int) -> pa.Table:
        hashes = held["hash"].to_numpy()
        return held.filter(pa.array((hashes >= low) & (hashes <= high)))

    expected = pairs(to_arrow(candidate_pairs(from_arrow(spark, pa.concat_tables([old, new])), ORDER, 2)))
    found = candidate_pairs(from_arrow(spark, new), ORDER, 5, known)
    assert pairs(to_arrow(found)) == expected


@pytest.mark.parametrize("parts", [1, 3, 8000])
def test_parts_are_ranges_of_hashes(parts: int) -> None:
    edges = [edge for part in (0, parts // 2, parts - 1) for edge in range_of(part, parts)]
    found = part_of(np.array(edges, np.int64), parts).tolist()
    assert found == [part for part in (0, parts // 2, parts - 1) for _ in range(2)]
    assert (edges[0], edges[-1]) == (-(2**63), 2**63 - 1)


def test_how_many_parts() -> None:
    assert count_parts(10**9, 32, 2000) == 8000  # four million rows of 40 bytes each
    assert count_parts(10**9, 32, 2000, text_columns=1) > 3 * 8000
    assert count_parts(240, 32, 2000) == 1
    assert count_parts(100_000, 32, 200) == 32
