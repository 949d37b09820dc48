"""Hashes of tokens and runs: what they are by Python's integers, and how good they are as hashes."""

import os
import subprocess
import sys
import time

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.hashes import run_hashes, token_hashes
from ccnet_lite.text.shingles import shingle_hash
from ccnet_lite.text.tokens import Tokens

UInt64 = npt.NDArray[np.uint64]
M = 2**64
LENGTH, BASE = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


def stafford(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % M
    value = (value ^ value >> 27) * 0x94D049BB133111EB % M
    return value ^ value >> 31


def token_by_hand(token: bytes) -> int:
    value = len(token) * LENGTH % M
    for at in range(0, len(token), 8):
        value = stafford(value ^ int.from_bytes(token[at : at + 8], "little"))
    return value


def run_by_hand(hashes: list[int]) -> int:
    total = sum(each * pow(BASE, len(hashes) - 1 - place, M) for place, each in enumerate(hashes))
    return stafford((total + len(hashes) * LENGTH) % M)


def shingle_by_hand(shingle: bytes) -> int:
    return run_by_hand([token_by_hand(token) for token in shingle.split(b" ")]) >> 32


def tokens_of(strings: list[bytes], gap: bytes = b" ") -> Tokens:
    data = np.frombuffer(gap.join(strings), np.uint8).copy()
    sizes = np.array([len(string) for string in strings], np.int64)
    ends = np.cumsum(sizes + len(gap)) - len(gap)
    return Tokens(data, ends - sizes, ends, np.array([0, len(strings)]))


def words_of(strings: list[bytes]) -> UInt64:
    return token_hashes(tokens_of(strings))


def runs(hashes: UInt64, length: int) -> UInt64:
    return run_hashes(hashes, np.zeros(1, np.int64), np.array([len(hashes)]), length)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20), st.sampled_from([b"", b" ", b"\xff" * 9]))
def test_tokens_as_by_hand_whatever_stands_around_them(strings: list[bytes], gap: bytes) -> None:
    assert token_hashes(tokens_of(strings, gap)).tolist() == [token_by_hand(each) for each in strings]


@given(st.lists(st.lists(st.integers(0, M - 1), max_size=12), max_size=5), st.integers(1, 14))
def test_runs_as_by_hand(stretches: list[list[int]], length: int) -> None:
    ends = np.cumsum([len(each) for each in stretches], dtype=np.int64)
    begins = ends - np.array([len(each) for each in stretches], np.int64)
    hashes = np.array([value for each in stretches for value in each], np.uint64)
    expected = [
        run_by_hand(each[at : at + length])
        for each in stretches
        for at in range(max(len(each) - length + 1, min(len(each), 1)))
    ]
    assert run_hashes(hashes, begins, ends, length).tolist() == expected


@given(st.lists(st.text("ab\u6771\u0e01", min_size=1, max_size=30), min_size=1, max_size=9))
def test_a_shingle_by_its_bytes(words: list[str]) -> None:
    shingle = " ".join(words).encode()
    assert shingle_hash(shingle) == shingle_by_hand(shingle)


def test_they_stay_what_they_are() -> None:
    """Worked out with Python's integers: an index of other hashes is worth nothing."""
    found = [f"{value:016x}" for value in words_of([b"to", b"abcdefgh", b"abcdefghi"]).tolist()]
    assert found == ["e8ab36761a645363", "d4dd856cbbcf0ba6", "d4045ddab25902b8"]
    assert shingle_hash(b"to be or not to") == 540062775


def test_equal_in_a_process_without_compiler() -> None:
    """As they are on machines whose compiler makes something else of it."""
    program = "from ccnet_lite.text.shingles import shingle_hash; print(shingle_hash(b'to be, or not to be'))"
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == shingle_hash(b"to be, or not to be")


def test_order_and_borders_count() -> None:
    shingles = [
        b"a b",
        b"b a",
        b"ab c",
        b"a bc",
        b"abc",
        b"a b c",
        b"c b a",
        b"a",
        b"a a",
        b"a a a",
        b"b b a",
        b"a b b",
    ]
    shingles += [
        b"a b b a",
        b"b a a b",
        b"\x00",
        b"\x00\x00",
        b"a\x00",
        b"abcdefgh",
        b"abcdefgh\x00",
        b"abcdefgh \x00",
    ]
    assert len({shingle_hash(each) for each in shingles}) == len(shingles)


@pytest.fixture(scope="module")
def million() -> npt.NDArray[np.uint32]:
    """Hashes of a million distinct shingles that are as like one another as numbers are: n, n, n + 1, n, n."""
    text = " ".join(f"{n} {n} {n + 1} {n} {n}" for n in range(1_000_000)).split(" ")
    hashes = words_of([word.encode() for word in text])
    begins = np.arange(0, len(hashes), 5)
    return (run_hashes(hashes, begins, begins + 5, 5) >> np.uint64(32)).astype(np.uint32)


def test_as_few_collide_as_of_random_numbers(million: npt.NDArray[np.uint32]) -> None:
    n = len(million)
    assert n == 1_000_000
    expected = n * (n - 1) / 2 / 2**32  # 116 pairs, Poisson
    assert abs((n - len(np.unique(million))) - expected) < 4.5 * expected**0.5


def test_bits_are_balanced_and_do_not_go_together(million: npt.NDArray[np.uint32]) -> None:
    bits = (million[:, None] >> np.arange(32, dtype=np.uint32)) & np.uint32(1)
    centred = bits.astype(np.float32) * 2 - 1
    assert np.abs(centred.mean(axis=0)).max() < 5 / 1000  # the standard deviation is 1 / 1000
    together = centred.T @ centred / len(centred) - np.eye(32)
    assert np.abs(together).max() < 5 / 1000


def test_by_bucket_of_the_highest_bits_as_many(million: npt.NDArray[np.uint32]) -> None:
    for shift in (0, 22):
        counts = np.bincount(million >> np.uint32(shift) & np.uint32(1023), minlength=1024)
        chi = ((counts - len(million) / 1024) ** 2 / (len(million) / 1024)).sum()
        assert abs(chi - 1023) < 5 * (2 * 1023) ** 0.5


@pytest.mark.parametrize("size", [1, 4, 8, 13, 16, 24])
def test_one_bit_of_a_token_changes_half_of_the_shingle_s(size: int) -> None:
    random = np.random.default_rng(size)
    n_trials = 4000
    words = [random.bytes(size) for _ in range(5 * n_trials)]
    before = words_of(words)
    begins = np.arange(0, len(words), 5)
    old = run_hashes(before, begins, begins + 5, 5)
    for place in (0, 2, 4):
        for bit in {0, 7, 8 * size // 2, 8 * size - 1}:
            changed = list(words)
            for at in range(place, len(words), 5):
                changed[at] = (int.from_bytes(words[at], "little") ^ 1 << bit).to_bytes(size, "little")
            new = run_hashes(words_of(changed), begins, begins + 5, 5)
            flipped = ((old ^ new)[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
            # Half of each of the 64 bits; the standard deviation of a share is 0.008.
            assert np.abs(flipped.mean(axis=0) - 0.5).max() < 5 * 0.5 / n_trials**0.5


@pytest.mark.parametrize("length", [2, 5, 13])
def test_few_tokens_in_any_order_do_not_meet(length: int) -> None:
    """Runs over two tokens, where a polynomial has the most structure: all their orders are told apart."""
    two = words_of([b"a", b"b"])
    numbers = np.arange(2**length)
    picked = two[(numbers[:, None] >> np.arange(length)) & 1].ravel()
    begins = np.arange(0, len(picked), length)
    assert len(np.unique(run_hashes(picked, begins, begins + length, length))) == 2**length


def test_long_runs_cost_what_short_ones_cost() -> None:
    hashes = words_of([b"%d" % n for n in range(200_000)])

    def seconds(length: int) -> float:
        start = time.process_time()
        assert len(runs(hashes, length)) == len(hashes) - length + 1
        return time.process_time() - start

    # Each run by itself, the long ones would take ten thousand times as long.
    assert min(seconds(50_000) for _ in range(3)) < 20 * min(seconds(5) for _ in range(3)) + 0.01
