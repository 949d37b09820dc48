"""Rows to partitions by number: part 0 to the first partition, part 1 to the second, and so on.

Spark sends a row to the partition pmod(hash of its key, partitions), which leaves some partitions empty and
gives others two parts. Spark 4.1's `repartitionById` does not, but Spark 3.5 has none. Its hash of one int
(Murmur3, 32 bits, seed 42) loses nothing, though, so it can be undone: the key of part p is the int whose
hash is p.
"""

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

Int32 = npt.NDArray[np.int32]
UInt32 = npt.NDArray[np.uint32]

SEED = 42
"""Of the hash that partitions a shuffle (Spark's HashPartitioning)."""
FIRST, SECOND, ADDED = 0xCC9E2D51, 0x1B873593, 0xE6546B64
MIX_ONE, MIX_TWO = 0x85EBCA6B, 0xC2B2AE35
BYTES = 4
"""How long an int is: the hash takes that in at its end."""


def send_to_parts(frame: DataFrame, parts: int, column: str) -> DataFrame:
    """The same rows, shuffled: partition p of the result holds the rows whose `column` is p, and no others.

    column: an integer from 0 to parts - 1. Adaptive execution leaves the partitions as they are.
    """
    # As one text: a literal array would be built by a call to the JVM for each key.
    keys = F.split(F.lit(",".join(map(str, partition_keys(parts).tolist()))), ",").cast("array<int>")
    return frame.repartition(parts, F.get(keys, F.col(column).cast("int")))


def partition_keys(parts: int) -> Int32:
    """[parts]: for each part the int that Spark's hash partitioning into so many partitions sends there.

    >>> keys = partition_keys(5)
    >>> (spark_hash(keys) % 5).tolist()
    [0, 1, 2, 3, 4]
    """
    with np.errstate(over="ignore"):
        mixed = np.arange(parts, dtype=np.uint32)
        mixed ^= _down(mixed, 16)
        mixed *= _inverse(MIX_TWO)
        mixed ^= _down(mixed, 13) ^ _down(mixed, 26)
        mixed *= _inverse(MIX_ONE)
        mixed ^= _down(mixed, 16)
        mixed ^= np.uint32(BYTES)
        mixed = _turned((mixed - np.uint32(ADDED)) * _inverse(5), 32 - 13) ^ np.uint32(SEED)
        mixed = _turned(mixed * _inverse(SECOND), 32 - 15) * _inverse(FIRST)
    return mixed.view(np.int32)


def spark_hash(values: Int32) -> Int32:
    """[values]: what Spark's hash() gives for a column of ints (Murmur3_x86_32 of four bytes, seed 42).

    >>> spark_hash(np.array([0, 1, -1], np.int32)).tolist()
    [933211791, -559580957, -1604776387]
    """
    with np.errstate(over="ignore"):
        mixed = _turned(values.view(np.uint32) * np.uint32(FIRST), 15) * np.uint32(SECOND)
        mixed = _turned(mixed ^ np.uint32(SEED), 13) * np.uint32(5) + np.uint32(ADDED)
        mixed ^= np.uint32(BYTES)
        mixed = (mixed ^ _down(mixed, 16)) * np.uint32(MIX_ONE)
        mixed = (mixed ^ _down(mixed, 13)) * np.uint32(MIX_TWO)
        mixed ^= _down(mixed, 16)
    return mixed.view(np.int32)


def _turned(values: UInt32, bits: int) -> UInt32:
    """Rotated to the left."""
    return np.left_shift(values, np.uint32(bits)) | _down(values, 32 - bits)


def _down(values: UInt32, bits: int) -> UInt32:
    return np.right_shift(values, np.uint32(bits))


def _inverse(factor: int) -> np.uint32:
    """What undoes a multiplication by an odd number modulo 2^32."""
    return np.uint32(pow(factor, -1, 1 << 32))
