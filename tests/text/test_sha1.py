from hashlib import sha1

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.sha1 import sha1_keys


def keys_of(strings: list[bytes]) -> list[int]:
    data = np.frombuffer(b"".join(strings), np.uint8).copy()
    ends = np.cumsum([len(string) for string in strings], dtype=np.int64)
    begins = ends - np.array([len(string) for string in strings], np.int64)
    return sha1_keys(data, begins, ends).tolist()


def by_hashlib(strings: list[bytes]) -> list[int]:
    return [int.from_bytes(sha1(string).digest()[:8], "little", signed=True) for string in strings]


def test_every_length_around_the_block_borders() -> None:
    strings = [bytes(range(256))[-length:] if length else b"" for length in range(256)]
    assert keys_of(strings) == by_hashlib(strings)
    assert keys_of(strings[::-1]) == by_hashlib(strings[::-1])


def test_long_and_short_side_by_side() -> None:
    strings = [b"x" * 10_000, b"", b"abc", b"y" * 64] * 9
    assert keys_of(strings) == by_hashlib(strings)


def test_none() -> None:
    assert keys_of([]) == []


@given(st.lists(st.binary(max_size=130), min_size=1, max_size=70))
def test_as_hashlib(strings: list[bytes]) -> None:
    assert keys_of(strings) == by_hashlib(strings)
