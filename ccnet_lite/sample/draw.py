"""Seeded draws that come out the same on every machine and Python version.

Only `random.Random.random()` is promised to give the same sequence from one Python to the next
(its other methods are not), so every draw here is built from it. Not for cryptography or statistics.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *names: object) -> Random:
    """An independent generator for the thing that `names` names: `stream(0, "page", 17)`.

    Seeding with a string goes through SHA-512, so Python's hash seed has no part in it.
    """
    return Random("/".join(str(part) for part in (seed, *names)))


def chance(rng: Random, probability: float) -> bool:
    """True with the given probability."""
    return rng.random() < probability


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of the items, all equally likely."""
    return items[int(rng.random() * len(items))]


def shuffled(rng: Random, items: Sequence[T]) -> list[T]:
    """The items in a random order (Fisher and Yates)."""
    out = list(items)
    for last in range(len(out) - 1, 0, -1):
        other = between(rng, 0, last)
        out[last], out[other] = out[other], out[last]
    return out
