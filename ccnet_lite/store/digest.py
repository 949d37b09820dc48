"""Order-free digests of rows: equal content, equal digest, however it is cut into batches and files.

A row's hash combines, by column name, 64-bit hashes of its values. A table's digest is the sum of its rows'
hashes modulo 2^64, twice with different keys. It tells any change by accident; it is no signature against
somebody who wants a collision.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]

KEYS = ("ccnet_lite.rows1", "ccnet_lite.rows2")
NULL = np.uint64(0x9E3779B97F4A7C15)
MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)
SHIFT = np.uint64(32)
MODULUS = 2**64


def digest_batches(batches: Iterable[pa.RecordBatch]) -> tuple[int, int, int]:
    """(first sum, second sum, rows); sums of parts add up modulo 2^64."""
    first = second = rows = 0
    for batch in batches:
        if batch.num_rows:
            one, two = (int(row_hashes(batch, key).sum(dtype=np.uint64)) for key in KEYS)
            first, second, rows = (first + one) % MODULUS, (second + two) % MODULUS, rows + batch.num_rows
    return first, second, rows


def digest_text(first: int, second: int) -> str:
    """Both sums as 32 hexadecimal digits."""
    return f"{first:016x}{second:016x}"


def row_hashes(batch: pa.RecordBatch, key: str) -> UInt64:
    """[rows]: a hash of each row, whatever the order of its columns."""
    total = np.zeros(batch.num_rows, np.uint64)
    for name in batch.schema.names:
        total += _mixed(_hashes(batch[name], key) ^ _salt(f"{key}\t{name}"))
    return _mixed(total)


@cache
def _salt(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))


def _hashes(values: pa.Array, key: str) -> UInt64:
    """[n]: a hash of each value; null is a value of its own."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _hashes(values.dictionary_decode(), key)
    if pa.types.is_list(kind):
        found = _list_hashes(values, key)
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        found = _byte_hashes(*_bytes_of(values), _salt(key))
    elif pa.types.is_floating(kind):
        # -0.0 and 0.0 are equal and must hash alike.
        found = (values.fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0).view(np.uint64)
    else:
        zero = False if pa.types.is_boolean(kind) else 0
        found = values.fill_null(zero).to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64)
    nulls = values.is_null().to_numpy(zero_copy_only=False)
    hashes: UInt64 = np.where(nulls, NULL, _mixed(found))
    return hashes


def _bytes_of(values: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of strings or binaries one after another, and [n + 1] where each begins; null is empty."""
    filled = values.fill_null("" if pa.types.is_string(values.type) else b"")
    _, offsets, data = filled.buffers()
    bounds = np.frombuffer(offsets, np.int32)[filled.offset : filled.offset + len(filled) + 1]
    held = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return held, bounds.astype(np.int64)


@compiled
def _byte_hashes(data: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64], salt: np.uint64) -> UInt64:
    """[n]: a hash of the bytes between each two bounds, and of how many they are; eight bytes at a time."""
    multiplier, shift = np.uint64(0xD6E8FEB86659FD93), np.uint64(32)
    hashes = np.empty(len(bounds) - 1, np.uint64)
    for row in range(len(hashes)):
        begin, end = bounds[row], bounds[row + 1]
        state = salt ^ (np.uint64(end - begin) * multiplier)
        whole = end - (end - begin) % 8
        for start in range(begin, whole, 8):
            word = np.uint64(0)
            for place in range(8):  # of a fixed number the compiler makes one load
                word |= np.uint64(data[start + place]) << np.uint64(8 * place)
            state = (state ^ word) * multiplier
            state ^= state >> shift
        if whole < end:
            word = np.uint64(0)
            for place in range(end - whole):
                word |= np.uint64(data[whole + place]) << np.uint64(8 * place)
            state = (state ^ word) * multiplier
            state ^= state >> shift
        hashes[row] = state
    return hashes


def _list_hashes(values: pa.ListArray, key: str) -> UInt64:
    """[n]: a hash of each list, of its values in their order."""
    lengths = values.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    elements = _hashes(values.flatten(), key)
    place = (np.arange(len(elements)) - np.repeat(starts, lengths)).astype(np.uint64)
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(_mixed(elements + place * MULTIPLIER))])
    hashes: UInt64 = running[ends] - running[starts] + lengths.astype(np.uint64)
    return hashes


def _mixed(values: UInt64) -> UInt64:
    """Every bit of the result depends on every bit of the value (multiply and shift; wraps on purpose)."""
    mixed = (values ^ (values >> SHIFT)) * MULTIPLIER
    mixed = (mixed ^ (mixed >> SHIFT)) * MULTIPLIER
    result: UInt64 = mixed ^ (mixed >> SHIFT)
    return result
