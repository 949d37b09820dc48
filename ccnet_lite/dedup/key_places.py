"""Where each of many keys stands among others: a table of places (linear probing).

A lookup takes some 12 nanoseconds where a binary search takes 100 (20,000 keys held, 300,000 wanted).
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]

SPARE = 2
"""Slots of the table for a key, at least."""


def places_among(held: Int64, wanted: Int64) -> Int64:
    """[wanted]: the first place of each key among the held ones, -1 where it is none of them.

    >>> places_among(np.array([30, 10, 30]), np.array([10, 20, 30])).tolist()
    [1, -1, 0]
    """
    if not len(held):
        return np.full(len(wanted), -1, np.int64)
    bits = (SPARE * len(held)).bit_length()
    return _places(np.ascontiguousarray(held), np.ascontiguousarray(wanted), np.zeros(1 << bits, np.int32), bits)


@compiled
def _places(held: Int64, wanted: Int64, slots: Int32, bits: int) -> Int64:
    """slots: zeros, 2 to the power of `bits` of them; filled with places + 1."""
    last, shift = len(slots) - 1, np.uint64(64 - bits)
    for place in range(len(held)):
        slot = np.int64(np.uint64(held[place]) * np.uint64(0x9E3779B97F4A7C15) >> shift)
        while slots[slot] and held[slots[slot] - 1] != held[place]:
            slot = (slot + 1) & last
        if not slots[slot]:
            slots[slot] = place + 1
    found = np.empty(len(wanted), np.int64)
    for number in range(len(wanted)):
        slot = np.int64(np.uint64(wanted[number]) * np.uint64(0x9E3779B97F4A7C15) >> shift)
        while slots[slot] and held[slots[slot] - 1] != wanted[number]:
            slot = (slot + 1) & last
        found[number] = slots[slot] - 1
    return found
