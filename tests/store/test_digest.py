"""Digests are of the content: not of its order, its batches or its columns' order."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.store.digest import digest_batches

SCHEMA = pa.schema([("a", pa.string()), ("b", pa.list_(pa.int32())), ("c", pa.float64()), ("d", pa.binary())])
ROWS = [
    {"a": "x", "b": [1, 2], "c": None, "d": b""},
    {"a": "y", "b": [], "c": 0.5, "d": b"z"},
    {"a": None, "b": [3], "c": 1.0, "d": None},
]


def batch(rows: list[dict[str, object]], schema: pa.Schema = SCHEMA) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=schema)


def test_order_and_batches_do_not_matter() -> None:
    whole = digest_batches([batch(ROWS)])
    assert whole == digest_batches([batch(ROWS[2:]), batch(ROWS[:2][::-1])])
    assert whole == digest_batches([batch(ROWS).select(["d", "b", "a", "c"])])
    assert whole[2] == 3
    assert digest_batches([]) == (0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"a": ""},  # null is not the empty string
        {"b": [3, 0]},
        {"b": []},
        {"c": 1.5},
        {"d": b""},
        {"a": "1.0", "c": None},
    ],
)
def test_every_value_matters(change: dict[str, object]) -> None:
    changed = [*ROWS[:2], ROWS[2] | change]
    one, other = digest_batches([batch(ROWS)]), digest_batches([batch(changed)])
    assert one[0] != other[0] and one[1] != other[1]


def test_values_do_not_trade_places() -> None:
    two = pa.schema([("a", pa.string()), ("b", pa.string())])
    left, right = ([{"a": "x", "b": None}], [{"a": None, "b": "x"}])
    assert digest_batches([batch(left, two)]) != digest_batches([batch(right, two)])
    lists = pa.schema([("b", pa.list_(pa.int32()))])
    one = digest_batches([batch([{"b": [1, 2]}, {"b": [3]}], lists)])
    assert one != digest_batches([batch([{"b": [2, 1]}, {"b": [3]}], lists)])
    assert one != digest_batches([batch([{"b": [1]}, {"b": [2, 3]}], lists)])


def test_a_row_twice_is_not_no_row() -> None:
    assert digest_batches([batch(ROWS + ROWS)])[:2] != digest_batches([batch([])])[:2]


def test_slices_of_lists_read_their_own_values() -> None:
    assert digest_batches([batch(ROWS).slice(1, 2)]) == digest_batches([batch(ROWS[1:])])


@given(st.lists(st.text(), min_size=1), st.randoms(use_true_random=False))
def test_any_strings_in_any_order(values: list[str], random: object) -> None:
    schema = pa.schema([("a", pa.string())])
    values = [value.encode("utf-8", "ignore").decode() for value in values]
    shuffled = sorted(values)
    assert digest_batches([batch([{"a": v} for v in values], schema)]) == digest_batches(
        [batch([{"a": v} for v in shuffled], schema)]
    )
