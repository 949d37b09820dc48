import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.dedup.key_places import places_among

ANY_KEY = st.integers(-(2**63), 2**63 - 1)
FEW = st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)])


@given(st.lists(ANY_KEY | FEW, max_size=60), st.lists(ANY_KEY | FEW, max_size=60))
def test_the_first_place_or_none(held: list[int], other: list[int]) -> None:
    wanted = [*held, *other]
    found = places_among(np.array(held, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == [held.index(key) if key in held else -1 for key in wanted]


def test_many_keys_of_which_half_are_held() -> None:
    keys = np.unique(np.random.default_rng(0).integers(-(2**63), 2**63, 200_000))
    found = places_among(keys[::2], keys)
    assert found[::2].tolist() == list(range(len(keys[::2])))
    assert (found[1::2] == -1).all()


def test_keys_that_all_fall_on_one_slot() -> None:
    """What the multiplier sends to the table's last slot goes on at its first."""
    inverse = pow(0x9E3779B97F4A7C15, -1, 2**64)
    keys = np.array([(-1 - low) * inverse % 2**64 for low in range(50)], np.uint64).view(np.int64)
    assert places_among(keys[:40], keys).tolist() == [*range(40), *[-1] * 10]
