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

from ccnet_lite.text.byte_rows import byte_rows
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
_U = np.uint64

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
            one, two = row_hashes(batch).sum(axis=1, dtype=np.uint64).tolist()
            first, second, rows = (first + one) % MODULUS, (second + two) % MODULUS, rows + batch.num_rows
    return first, second, rows


def digest_text(first: int, second: int) -> str:
    """Both sums as 32 hexadecimal digits."""
    return f"{first:016x}{second:016x}"


def row_hashes(batch: pa.RecordBatch) -> UInt64:
    """[keys, rows]: a hash of each row, whatever the order of its columns, with each of KEYS."""
    total = np.zeros((len(KEYS), batch.num_rows), np.uint64)
    for name in batch.schema.names:
        _add(total, _hashes(batch[name]), _salts(f"\t{name}"))
    return _mixed(total)


@cache
def _salts(name: str) -> UInt64:
    """[keys]: a number for each of KEYS and what is hashed with it."""
    digests = [blake2b(f"{key}{name}".encode(), digest_size=8).digest() for key in KEYS]
    return np.array([int.from_bytes(digest, "little") for digest in digests], np.uint64)


def _hashes(values: pa.Array) -> UInt64:
    """[keys, n], or [1, n] where it is the same with each key: a hash of each value; null is one of its own."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _hashes(values.dictionary_decode())
    if pa.types.is_list(kind):
        found = _list_hashes(values)
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        bounds, data = byte_rows(values.fill_null("" if pa.types.is_string(kind) else b""))
        found = _byte_hashes(data, bounds, _salts(""))
    elif pa.types.is_floating(kind):
        # -0.0 and 0.0 are equal and must hash alike.
        found = (values.fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0).view(np.uint64)[None]
    else:
        zero = False if pa.types.is_boolean(kind) else 0
        found = values.fill_null(zero).to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64)[None]
    hashes = _mixed(found)
    if values.null_count:
        hashes[:, values.is_null().to_numpy(zero_copy_only=False)] = NULL
    return hashes


@compiled
def _byte_hashes(data: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64], salts: UInt64) -> UInt64:
    """[2, n]: a hash of the bytes between each two bounds, and of how many they are; eight bytes at a time.

    salts: [2]. Both at once, as each has to wait for its own last step.
    """
    multiplier, shift = np.uint64(0xD6E8FEB86659FD93), np.uint64(32)
    hashes = np.empty((2, len(bounds) - 1), np.uint64)
    for row in range(hashes.shape[1]):
        begin, end = bounds[_U(row)], bounds[_U(row + 1)]
        length = np.uint64(end - begin) * multiplier
        one, two = salts[0] ^ length, salts[1] ^ length
        whole = end - (end - begin) % 8
        for start in range(begin, whole, 8):
            word = np.uint64(0)
            for place in range(8):  # of a fixed number the compiler makes one load
                word |= np.uint64(data[_U(start + place)]) << np.uint64(8 * place)
            one, two = (one ^ word) * multiplier, (two ^ word) * multiplier
            one ^= one >> shift
            two ^= two >> shift
        if whole < end:
            word = np.uint64(0)
            for place in range(end - whole):
                word |= np.uint64(data[_U(whole + place)]) << np.uint64(8 * place)
            one, two = (one ^ word) * multiplier, (two ^ word) * multiplier
            one ^= one >> shift
            two ^= two >> shift
        hashes[0, row], hashes[1, row] = one, two
    return hashes


def _list_hashes(values: pa.ListArray) -> UInt64:
    """[keys or 1, n]: a hash of each list, of its values in their order."""
    lengths = values.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    return _sums(_hashes(values.flatten()), lengths)


@compiled
def _sums(elements: UInt64, lengths: npt.NDArray[np.int64]) -> UInt64:
    """[k, lists]: of the elements of each list, [k, elements] one after another, of their places and number."""
    sums = np.empty((len(elements), len(lengths)), np.uint64)
    for key in range(len(elements)):
        begin = 0
        for row in range(len(lengths)):
            total = np.uint64(lengths[row])
            for place in range(lengths[row]):
                total += _mixed_one(elements[key, begin + place] + np.uint64(place) * MULTIPLIER)
            sums[key, row] = total
            begin += lengths[row]
    return sums


@compiled
def _add(total: UInt64, hashes: UInt64, salts: UInt64) -> None:
    """Add a column's hashes, [keys or 1, rows], to those of the rows, [keys, rows]."""
    for key in range(len(total)):
        of_key = hashes[key if len(hashes) > 1 else 0]
        for row in range(len(of_key)):
            total[key, row] += _mixed_one(of_key[row] ^ salts[key])


@compiled
def _mixed(values: UInt64) -> UInt64:
    """[k, n]: each of the values mixed."""
    mixed = np.empty_like(values)
    for key in range(len(values)):
        for row in range(values.shape[1]):
            mixed[key, row] = _mixed_one(values[key, row])
    return mixed


@compiled
def _mixed_one(value: np.uint64) -> np.uint64:
    """Every bit of the result depends on every bit of the value (multiply and shift; wraps on purpose)."""
    mixed = (value ^ (value >> SHIFT)) * MULTIPLIER
    mixed = (mixed ^ (mixed >> SHIFT)) * MULTIPLIER
    return np.uint64(mixed ^ (mixed >> SHIFT))
