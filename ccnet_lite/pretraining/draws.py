"""Seeded draws as hashes of a counter: the draw of step 10^9 needs none before it.

No generator's state stands behind them, so that they are the same on every machine and in every version of every
library, and a rank can tell what all the others draw. The hash is SplitMix64's (Steele, Lea and Flood 2014); its
key is BLAKE2b of what the draw is for.

Not handled: secrecy. Who knows the seed knows the order.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]
_GAMMA = np.uint64(0x9E3779B97F4A7C15)


def key(*names: object) -> int:
    """64 bits for what `names` say.

    >>> key(0, "draw") == key(0, "draw") != key(1, "draw")
    True
    """
    digest = blake2b("\t".join(map(str, names)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def hashes(of: int, counters: Ints) -> Hashes:
    """SplitMix64 of the state `of`: its outputs number `counters`, each 0 or more.

    >>> [hex(n) for n in hashes(0, np.arange(2)).tolist()]
    ['0xe220a8397b1dcdaf', '0x6e789e6aa1b965f4']
    """
    z = (counters.astype(np.uint64) + np.uint64(1)) * _GAMMA + np.uint64(of)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = z ^ (z >> np.uint64(31))
    return mixed


def uniforms(of: int, counters: Ints) -> Floats:
    """The same as numbers in [0, 1), of 53 bits."""
    return (hashes(of, counters) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def permutation(of: int, n: int) -> Ints:
    """A seeded order of 0 .. n - 1.

    >>> permutation(key("a"), 5).tolist()
    [3, 1, 2, 0, 4]
    """
    order: Ints = np.argsort(hashes(of, np.arange(n, dtype=np.int64)), kind="stable")
    return order


def ranks_within(labels: NDArray[np.int16], kinds: int) -> tuple[Ints, Ints]:
    """How many of its own kind stand before each label, and how many there are of each kind.

    >>> [found.tolist() for found in ranks_within(np.array([1, 0, 1, 1], np.int16), 3)]
    [[0, 0, 1, 2], [1, 3, 0]]
    """
    order = np.argsort(labels, kind="stable")  # a radix sort: linear
    counts = np.bincount(labels, minlength=kinds)
    firsts = np.cumsum(counts) - counts
    found = np.empty(len(labels), np.int64)
    found[order] = np.arange(len(labels)) - firsts[labels[order]]
    return found, counts
