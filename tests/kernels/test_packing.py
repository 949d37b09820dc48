"""Blobs give back the rows that went in; ranges of hashes cover every number once."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.kernels.packing import from_blobs, pack, part_of, to_blob

SCHEMA = pa.schema([("a", pa.int64()), ("b", pa.list_(pa.string()))])
int64s = st.integers(-(2**63), 2**63 - 1)


def rows(count: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"a": n, "b": ["x"] * (n % 3)} for n in range(count)], schema=SCHEMA)


def test_rows_of_a_part_keep_their_order() -> None:
    blobs = dict(pack(rows(6), np.array([2, 0, 2, 0, 2, 7])))
    assert list(blobs) == [0, 2, 7]
    assert from_blobs([blobs[2]], SCHEMA)["a"].to_pylist() == [0, 2, 4]
    assert from_blobs([blobs[0]], SCHEMA)["a"].to_pylist() == [1, 3]
    assert from_blobs([blobs[7]], SCHEMA).to_pylist() == [{"a": 5, "b": ["x", "x"]}]


def test_no_rows_are_no_blob_and_no_blobs_no_rows() -> None:
    assert list(pack(rows(0), np.zeros(0, np.int64))) == []
    empty = from_blobs([], SCHEMA)
    assert (empty.num_rows, empty.schema) == (0, SCHEMA)


def test_blobs_are_read_one_after_another_in_one_piece() -> None:
    table = from_blobs([to_blob(rows(4).slice(1, 2)), pa.py_buffer(to_blob(rows(1)))], SCHEMA)
    assert table["a"].to_pylist() == [1, 2, 0]
    assert table["a"].num_chunks == 1


@given(st.lists(st.tuples(int64s, st.integers(0, 4))))
def test_packing_loses_nothing(drawn: list[tuple[int, int]]) -> None:
    batch = pa.RecordBatch.from_pydict({"a": pa.array([value for value, _ in drawn], pa.int64())})
    blobs = dict(pack(batch, np.array([part for _, part in drawn], np.int64)))
    schema = pa.schema([("a", pa.int64())])
    found = {part: from_blobs([blob], schema)["a"].to_pylist() for part, blob in blobs.items()}
    assert found == {part: [value for value, its in drawn if its == part] for part in {part for _, part in drawn}}


def test_parts_are_equal_ranges_of_the_numbers() -> None:
    ends = np.array([-(2**63), -(2**62) - 1, -(2**62), -1, 0, 2**62 - 1, 2**62, 2**63 - 1])
    assert part_of(ends, 4).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert part_of(ends, 1).tolist() == [0] * 8
    assert part_of(ends, 100_000).tolist()[-1] == 99_999


@given(st.lists(int64s, min_size=1), st.integers(1, 200_000))
def test_a_part_is_the_number_s_share_of_all(routes: list[int], parts: int) -> None:
    expected = [((route + 2**63) >> 32) * parts >> 32 for route in routes]
    assert part_of(np.array(routes, np.int64), parts).tolist() == expected
