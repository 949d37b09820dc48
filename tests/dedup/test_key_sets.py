import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.dedup.key_sets import KeySums, bits_for, from_bits, places_of, to_bits, which_reach


@pytest.mark.parametrize(("count", "shards", "most"), [(10_000, 8, 1.7), (10_000, 64, 2.1), (100, 90_000, 3.5)])
def test_places_come_back_from_some_bytes_each(count: int, shards: int, most: float) -> None:
    """A shard that has one in so many of a range's keys."""
    bits = bits_for(count * shards)
    places = np.unique(np.random.default_rng(count).integers(0, 1 << bits, count))
    blob = to_bits(places, bits)
    assert from_bits(blob).tolist() == places.tolist()
    assert len(blob) / len(places) < most


@pytest.mark.parametrize("places", [[], [0], [1023], [0, 1, 2, 3], [0, 1023], list(range(1024))])
def test_places_at_the_edges(places: list[int]) -> None:
    assert from_bits(to_bits(np.array(places, np.int64), 10)).tolist() == places


def test_few_keys_share_a_place() -> None:
    keys = np.random.default_rng(0).integers(-(2**63), 2**63, 100_000)
    places = places_of(keys, bits_for(100_000))
    assert 0 <= places.min() <= places.max() < 1 << bits_for(100_000)
    assert len(keys) - len(np.unique(places)) < len(keys) / 256


def test_which_reach_over_all_shards() -> None:
    random = np.random.default_rng(1)
    places = [np.unique(random.integers(0, 300, 100)) for _ in range(4)] + [np.zeros(0, np.int64)]
    rows = [random.integers(1, 4, len(each)).astype(np.uint8) for each in places]
    for least in (1, 2, 5, 9, 1000):
        sums = np.zeros(300, np.int64)
        for where, how_many in zip(places, rows, strict=True):
            sums[where] += how_many
        found = which_reach(places, rows, least)
        assert [each.tolist() for each in found] == [(sums[where] >= least).tolist() for where in places]


def test_more_rows_than_are_counted_reach() -> None:
    """Rows of a shard are counted to 255: a key that has so many may reach anything."""
    assert which_reach([np.array([3])], [np.array([255], np.uint8)], 10_000)[0].tolist() == [True]


def test_sums_miss_none_and_tell_most_apart() -> None:
    random = np.random.default_rng(2)
    keys = random.integers(-(2**63), 2**63, 20_000)
    counts = np.where(np.arange(len(keys)) < 1000, 3, 1)
    sums = KeySums(len(keys))
    for _ in range(2):
        sums.add(keys[:1000], np.ones(1000, np.int64))
    sums.add(keys, np.ones(len(keys), np.int64))
    found = sums.reach(keys, 3)
    assert found[counts == 3].all()
    assert found[counts == 1].mean() < 0.1


@given(st.binary(max_size=60))
def test_a_blob_that_is_none_is_refused_or_read_within_itself(blob: bytes) -> None:
    try:
        found = from_bits(blob)
    except ValueError:
        return
    assert len(found) <= 8 * len(blob)


def test_a_blob_cut_short_is_refused() -> None:
    blob = to_bits(np.arange(0, 1000, 7), 10)
    for size in range(len(blob)):
        with pytest.raises(ValueError, match="blob of"):
            from_bits(blob[:size])
