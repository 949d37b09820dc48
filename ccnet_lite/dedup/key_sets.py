"""Which keys reach a number of rows over all shards, asked with some two bytes a key in place of the rows.

A shard says of its keys of a hash range where they lie in it: distinct places, ascending, whose gaps are
written as bits (Rice 1979: what a power of two divides out as ones, then the rest). Who gets all shards' places
adds up the rows and answers with a bit a place. Two keys may share a place, so a few too many are said to reach
(`SPARE_BITS`), and their rows are sent in vain. None that reaches is missed.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

SPARE_BITS = 8
"""So many times two places there are for a key: one in 256 keys lies where another does."""
MOST_ROWS = 255
"""What a place's rows are counted to."""
MOST_BITS = 62
"""Of a place."""
HEAD_BYTES = 5
"""Of a blob: how many places there are, and how many bits of a gap are its rest."""


def bits_for(keys: int) -> int:
    """Bits of a place in a hash range that holds so many keys.

    >>> bits_for(1000), bits_for(4_000_000)
    (18, 30)
    """
    return max(keys, 1).bit_length() + SPARE_BITS


def places_of(keys: Int64, bits: int) -> Int64:
    """[keys]: the place of each key, any 64-bit number, in its range."""
    with np.errstate(over="ignore"):
        mixed = keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93) >> np.uint64(64 - bits)).astype(
        np.int64
    )


def to_bits(places: Int64, bits: int) -> bytes:
    """Places, distinct and ascending, below 2 to the power of `bits`, as a blob.

    >>> blob = to_bits(np.array([3, 4, 900]), 10)
    >>> len(blob), from_bits(blob).tolist()
    (9, [3, 4, 900])
    """
    rest = max(0, bits - len(places).bit_length())
    gaps = np.diff(places, prepend=-1) - 1
    n_bits = len(gaps) * (rest + 1) + int((gaps >> rest).sum())
    out = np.zeros((n_bits + 7) // 8, np.uint8)
    _write_gaps(gaps, rest, out)
    return len(places).to_bytes(4, "little") + bytes([rest]) + out.tobytes()


def from_bits(blob: bytes) -> Int64:
    """The places of `to_bits`.

    Raises:
        ValueError: the blob is none of its.
    """
    if len(blob) < HEAD_BYTES:
        raise ValueError(f"a blob of places has {len(blob)} bytes, less than its head")
    count, rest = int.from_bytes(blob[:4], "little"), blob[4]
    n_bits = 8 * (len(blob) - HEAD_BYTES)
    if rest > MOST_BITS or count * (rest + 1) > n_bits:
        raise ValueError(f"a blob of {count} places ends before its last one")
    out = np.empty(count, np.int64)
    if not _read_gaps(np.frombuffer(bytearray(blob[HEAD_BYTES:]), np.uint8), n_bits, rest, out):
        raise ValueError(f"a blob of {count} places ends before its last one")
    return np.cumsum(out + 1) - 1


def which_reach(places: Sequence[Int64], rows: Sequence[UInt8], least: int) -> list[Bools]:
    """Of each shard's places those whose rows, over all shards, are `least` or more.

    >>> places, rows = [np.array([1, 5, 7]), np.array([5])], [np.array([3, 1, 1]), np.array([1])]
    >>> [found.tolist() for found in which_reach(places, rows, 2)]
    [[True, True, False], [True]]
    """
    held = np.concatenate(places)
    by_place = np.argsort(held, kind="stable")
    ordered = held[by_place]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sums = np.add.reduceat(np.concatenate(rows).astype(np.int64)[by_place], starts) if len(held) else held
    reached = np.empty(len(held), np.bool_)
    reached[by_place] = np.repeat(sums >= min(least, MOST_ROWS), np.diff(starts, append=len(held)))
    return np.split(reached, np.cumsum([len(each) for each in places])[:-1])


class KeySums:
    """Where all shards are one process's: how many rows keys have, up to MOST_ROWS, in two to four bytes a key.

    Keys may share a slot, whose rows count for each of them.
    """

    def __init__(self, n_keys: int) -> None:
        self._bits = max(n_keys.bit_length() + 1, 10)
        self._sums = np.zeros(1 << self._bits, np.uint8)

    def add(self, keys: Int64, rows: Int64) -> None:
        """Count rows of keys, of which one may come several times."""
        slots = places_of(keys, self._bits)
        _add(self._sums, slots, rows)

    def reach(self, keys: Int64, least: int) -> Bools:
        """[keys]: whether each may have `least` rows; each that has them does.

        >>> sums = KeySums(3)
        >>> sums.add(np.array([7, 8, 7]), np.array([1, 1, 300]))
        >>> sums.reach(np.array([7, 8]), 2).tolist()
        [True, False]
        """
        found: Bools = self._sums[places_of(keys, self._bits)] >= min(least, MOST_ROWS)
        return found


@compiled
def _add(sums: UInt8, slots: Int64, rows: Int64) -> None:
    for row in range(len(slots)):
        sums[slots[row]] = min(sums[slots[row]] + rows[row], MOST_ROWS)


@compiled
def _write_gaps(gaps: Int64, rest: int, out: UInt8) -> None:
    at = 0
    for gap in gaps:
        for _ in range(gap >> rest):
            out[at >> 3] |= np.uint8(1 << (at & 7))
            at += 1
        at += 1
        for bit in range(rest):
            if gap >> bit & 1:
                out[at >> 3] |= np.uint8(1 << (at & 7))
            at += 1


@compiled
def _read_gaps(written: UInt8, n_bits: int, rest: int, out: Int64) -> bool:
    at = 0
    for number in range(len(out)):
        gap = 0
        while at < n_bits and written[at >> 3] >> (at & 7) & 1:
            gap += 1
            at += 1
        at += 1
        if at + rest > n_bits:
            return False
        gap <<= rest
        for bit in range(rest):
            gap |= (int(written[at >> 3]) >> (at & 7) & 1) << bit
            at += 1
        out[number] = gap
    return True
