"""Digests are of the content: not of its order, its batches or its columns' order."""

from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.store.digest import MODULUS, digest_batches, digest_text

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


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1), st.randoms(use_true_random=False))
def test_any_strings_in_any_order(values: list[str], random: Random) -> None:
    schema = pa.schema([("a", pa.string())])
    shuffled = random.sample(values, len(values))
    assert digest_batches([batch([{"a": v} for v in values], schema)]) == digest_batches(
        [batch([{"a": v} for v in shuffled], schema)]
    )


def test_zero_has_one_hash_and_any_other_number_its_own() -> None:
    schema = pa.schema([("c", pa.float64())])
    hashes = [digest_batches([batch([{"c": c}], schema)])[0] for c in (0.0, -0.0, None, 1.0, -1.0, 5e-324)]
    assert hashes[0] == hashes[1] and len(set(hashes)) == 5


def test_integers_of_other_widths_and_strings_of_a_dictionary_are_the_same_values() -> None:
    narrow, wide = (pa.record_batch({"a": pa.array([1, None, -3], kind)}) for kind in (pa.int32(), pa.int64()))
    assert digest_batches([narrow]) == digest_batches([wide])
    plain = pa.array(["x", None, "y", "x"])
    coded = pa.record_batch({"a": plain.dictionary_encode()})
    assert digest_batches([coded]) == digest_batches([pa.record_batch({"a": plain})])


def test_bytes_are_not_padded() -> None:
    schema = pa.schema([("d", pa.binary())])
    values = [b"", b"\0", b"\0" * 8, b"\0" * 9, b"a" * 8, b"a" * 9, b"a" * 7 + b"\0"]
    assert len({digest_batches([batch([{"d": d}], schema)]) for d in values}) == len(values)


def test_parts_add_up_and_text_has_32_digits() -> None:
    whole, one, two = (
        digest_batches([batch(ROWS)]),
        digest_batches([batch(ROWS[:1])]),
        digest_batches([batch(ROWS[1:])]),
    )
    assert [(a + b) % MODULUS for a, b in zip(one[:2], two[:2], strict=True)] == list(whole[:2])
    assert digest_text(1, 2**64 - 1) == "0000000000000001ffffffffffffffff"


def test_digests_of_runs_made_before_hold() -> None:
    strings = pa.record_batch({"a": ["\u00e9" * n + "x" for n in range(24)]})
    assert digest_text(*digest_batches([strings])[:2]) == "b888923acd279c1c612c641e65130977"
