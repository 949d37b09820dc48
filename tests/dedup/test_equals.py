import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.dedup.equals import fingerprints, first_of_equals

VALUES = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=12)


def column(values: list[list[int]]) -> pa.Array:
    return pa.array([np.array(value, np.uint32).tobytes() for value in values], pa.binary())


@given(VALUES)
def test_equal_where_the_values_are_and_nowhere_else(values: list[list[int]]) -> None:
    found = fingerprints(column(values))
    for half in found.T:
        same = half[:, None] == half[None, :]
        assert same.tolist() == [[one == other for other in values] for one in values]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_of_chunks_and_slices(kind: pa.DataType) -> None:
    values = [[1, 2], [3], [], [1, 2], [2, 1], [4, 5, 6]]
    whole = fingerprints(column(values).cast(kind))
    assert fingerprints(column(values).cast(kind).slice(1, 4)).tolist() == whole[1:5].tolist()
    chunked = pa.chunked_array([column(values[:2]).cast(kind), column(values[2:]).cast(kind)])
    assert fingerprints(chunked).tolist() == whole.tolist()
    assert fingerprints(column([]).cast(kind)).shape == (0, 2)


def test_the_bits_look_random() -> None:
    random = np.random.default_rng(0).integers(0, 2**32, (50_000, 4), dtype=np.uint32)
    random[:25_000, :3] = 7  # alike but for one value
    found = fingerprints(pa.array([row.tobytes() for row in random], pa.binary()))
    for half in found.T:
        assert len(np.unique(half)) == 50_000
        assert len(np.unique(half >> 32)) > 50_000 - 2 * 50_000**2 / 2**33


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=20), st.randoms())
def test_the_first_of_equals_as_written_plainly(values: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(values)))
    random.shuffle(order)
    found = first_of_equals(np.array(values), np.array(order)).tolist()
    for row, value in enumerate(values):
        equals = [other for other in range(len(values)) if values[other] == value]
        assert found[row] == min(equals, key=order.__getitem__)
