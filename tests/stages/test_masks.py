"""Counts compared on the driver, range by range out of files: the rows of all counts compared at once."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.kernels import counting
from ccnet_lite.settings import ParagraphSettings
from ccnet_lite.stages import asking, masks
from ccnet_lite.stages.asking import Ask
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.stages.masks import compare_on_driver
from ccnet_lite.stages.sifting import Reach
from ccnet_lite.stages.spooled import PartsWriter, read_part
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema

SETTINGS = ParagraphSettings.model_validate({"policy": "keep_first", "scope": "all"})


def counted(shard: int) -> pa.RecordBatch:
    """A thousand lines of the crawl's 5,000; one shard has none."""
    random = np.random.default_rng(shard)
    keys = np.random.default_rng(0).integers(-(2**63), 2**63, 5000)
    keys = random.choice(keys, 0 if shard == 2 else 1000, replace=False)
    columns = {name: np.full(len(keys), shard) for name in counting.PARAGRAPH_COUNTS.names}
    columns |= {"route": keys, "key": keys, "documents": random.integers(1, 3, len(keys))}
    arrays = [pa.array(columns[field.name], field.type) for field in counting.PARAGRAPH_COUNTS]
    return pa.RecordBatch.from_arrays(arrays, schema=counting.PARAGRAPH_COUNTS)


@pytest.mark.parametrize("range_rows", [1_000_000, 700])
@pytest.mark.parametrize("reaches", [(), (Reach(2, "documents"),)])
def test_ranges_change_nothing(
    tmp_path: Path, range_rows: int, reaches: tuple[Reach, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    shards = [5, 1, 2, 7]
    at_once = counting.mask_paragraphs(pa.Table.from_batches([counted(shard) for shard in shards]), SETTINGS)
    monkeypatch.setattr(masks, "DRIVER_RANGE_ROWS", range_rows)
    compared = []

    def count(reader: ShardReader) -> list[pa.RecordBatch]:
        return [counted(reader.shard)]

    def compare(counts: pa.Table) -> pa.Table:
        compared.append(counts.num_rows)
        return counting.mask_paragraphs(counts, SETTINGS)

    work = Work(Place.of(str(tmp_path)), "paragraphs", "0" * 16)
    files = compare_on_driver(
        *(
            Ask(None),
            shards,
            count,
            [counting.PARAGRAPH_COUNTS],
            compare,
            {},
            "paragraph_masks",
            work,
            reaches,
            3000,
        )
    )
    found = pq.read_table(tmp_path / "paragraph_masks" / files[0].name)
    keys = [("shard", "ascending"), ("key", "ascending")]
    assert found.to_pylist() == at_once.select(arrow_schema("paragraph_masks").names).sort_by(keys).to_pylist()
    assert found.num_rows > 1000
    assert len(compared) == -(-3000 // range_rows)
    # A third of the lines stand in one document, and few of these are held.
    assert sum(compared) <= found.num_rows + 300 if reaches else sum(compared) == 3000


def test_a_file_has_its_shards_in_order_a_row_group_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the order in which they were given and compared, and whichever were counted together."""
    monkeypatch.setattr(asking, "MOST_FILES", 2)
    monkeypatch.setattr(masks, "DRIVER_RANGE_ROWS", 700)

    def count(reader: ShardReader) -> list[pa.RecordBatch]:
        return [counted(reader.shard)]

    def compare(counts: pa.Table) -> pa.Table:
        return counting.mask_paragraphs(counts, SETTINGS)

    work = Work(Place.of(str(tmp_path)), "paragraphs", "0" * 16)
    files = compare_on_driver(
        *(Ask(None), [5, 1, 2, 7], count, [counting.PARAGRAPH_COUNTS], compare, {}, "paragraph_masks", work),
        n_rows=3000,
    )
    file = pq.ParquetFile(tmp_path / "paragraph_masks" / files[0].name)
    groups = [set(file.read_row_group(n)["shard"].to_pylist()) for n in range(file.num_row_groups)]
    assert groups == [{1}, {5}, {7}]
    assert files[0].first_shard == 1
    assert files[0].last_shard == 7


def test_no_mask_is_no_file(tmp_path: Path) -> None:
    work = Work(Place.of(str(tmp_path)), "paragraphs", "0" * 16)
    nothing = arrow_schema("paragraph_masks").empty_table()
    kinds = [counting.PARAGRAPH_COUNTS]
    given = Ask(None), [2], lambda reader: [counted(2)], kinds, lambda counts: nothing, {}, "paragraph_masks", work
    assert compare_on_driver(*given) == []


def test_rows_come_back_part_by_part_in_the_order_of_shards(tmp_path: Path) -> None:
    schema = pa.schema([("value", pa.int64()), ("more", pa.int64())])

    def rows(*values: int) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(
            [pa.array(values, pa.int64()), pa.array(values, pa.int64())], schema=schema
        )

    one, other = (PartsWriter(tmp_path / name, schema) for name in ("one", "other"))
    one.add(9, [(0, rows(90)), (2, rows(92, 93))])
    other.add(4, [(2, rows(42))])
    one.add(1, [(2, rows(12))])
    files = [one.close(), other.close()]
    found = [[n for batch in read_part(files, part) for n in batch["value"].to_pylist()] for part in range(3)]
    assert found == [[90], [], [12, 42, 92, 93]]
    assert [batch.to_pydict() for batch in read_part(files, columns=[1])] == [
        *({"more": [12]}, {"more": [42]}, {"more": [90]}, {"more": [92, 93]}),
    ]
