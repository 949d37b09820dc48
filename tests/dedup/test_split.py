"""The validation split's draw: the share that is asked for, nested, the same for ever; whose key is taken over."""

import hashlib

import numpy as np
import pytest

from ccnet_lite.dedup.split import greatest_key, is_validation, split_digest

KEYS = [hashlib.md5(str(number).encode()).hexdigest() for number in range(40_000)]


@pytest.mark.parametrize("share", [0.005, 0.1, 0.5])
def test_the_share_is_that_asked_for_within_chance(share: float) -> None:
    held_out = sum(is_validation(key, share) for key in KEYS)
    expected, deviation = share * len(KEYS), (share * (1 - share) * len(KEYS)) ** 0.5
    assert abs(held_out - expected) < 4 * deviation


def test_none_and_all() -> None:
    assert not any(is_validation(key, 0.0) for key in KEYS[:1000])
    assert all(is_validation(key, 1.0) for key in KEYS[:1000])


def test_a_greater_share_takes_from_training_alone() -> None:
    small = {key for key in KEYS if is_validation(key, 0.01)}
    assert small and small < {key for key in KEYS if is_validation(key, 0.02)}


def test_the_draw_is_the_same_in_every_version() -> None:
    """A change would move documents of corpora that lie there. SHA-256 of "split " and the key, 64 bits of it."""
    assert split_digest("a" * 32) == hashlib.sha256(b"split " + b"a" * 32).hexdigest()
    assert [is_validation(f"{n:032x}", 0.1) for n in range(12)] == [
        int.from_bytes(hashlib.sha256(f"split {n:032x}".encode()).digest()[:8], "big") < 2**64 // 10
        for n in range(12)
    ]


def test_the_draw_has_nothing_to_do_with_the_id_s_own_digits() -> None:
    """Ids are cut into parts by their first digits elsewhere: a part must not be all of one side."""
    by_digit = np.bincount([int(key[0], 16) for key in KEYS if is_validation(key, 0.2)], minlength=16)
    assert by_digit.min() > 0.8 * by_digit.mean()


def test_of_several_keys_one_of_training_is_taken_over() -> None:
    share = 0.3
    training = [key for key in KEYS if not is_validation(key, share)][:50]
    held_out = [key for key in KEYS if is_validation(key, share)][:50]
    for train, validation in zip(training, held_out, strict=True):
        assert greatest_key([train, validation]) == greatest_key([validation, train]) == train
    assert is_validation(greatest_key(held_out), share)
