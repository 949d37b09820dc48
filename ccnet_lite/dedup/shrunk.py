"""Signatures in fewer bytes, to be sent: an eighth of one, that rules most pairs out, and three bytes a value.

A value of a signature is the least of some hundred hashes of 32 bits, so its highest byte is mostly nought.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.pairs import Float64, as_matrix
from ccnet_lite.text.byte_rows import byte_rows
from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]


def coarse(signatures: pa.Array) -> pa.Array:
    """[rows]: the lowest four bits of each value, two values a byte."""
    values: UInt8 = (as_matrix(signatures) & 15).astype(np.uint8)
    if values.shape[1] % 2:
        values = np.column_stack((values, np.zeros(len(values), np.uint8)))
    packed = values[:, ::2] | values[:, 1::2] << 4
    return _binary(packed, np.arange(len(packed) + 1) * packed.shape[1])


def most_similar(first: pa.Array, second: pa.Array, n_values: int) -> Float64:
    """[pairs]: what the estimate from signatures of so many values is at the most, of which these are `coarse`.

    Values that are equal are so in four bits, too; of others one in sixteen is.
    """
    if not len(first):
        return np.zeros(0)
    one, other = (byte_rows(column)[1].reshape(len(column), -1) for column in (first, second))
    differ = one ^ other
    equal = (differ & 15 == 0).sum(axis=1) + (differ >> 4 == 0).sum(axis=1) - n_values % 2
    return np.asarray(equal / n_values)


def shrunk(signatures: pa.Array) -> pa.Array:
    """[rows]: the three lower bytes of each value, a bit each for whether the fourth is not nought, then these.

    >>> values = np.array([[5, 1 << 24], [7, 9]], np.uint32)
    >>> column = pa.array([row.tobytes() for row in values], pa.binary())
    >>> [len(row) for row in shrunk(column).to_pylist()], grown(shrunk(column), 2).equals(column)
    ([8, 7], True)
    """
    values = as_matrix(signatures)
    n_fixed = 3 * values.shape[1] + (values.shape[1] + 7) // 8
    sizes = n_fixed + (values >> 24 != 0).sum(axis=1)
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    out = np.zeros(bounds[-1], np.uint8)
    _shrink(np.ascontiguousarray(values), bounds, out)
    return _binary(out, bounds)


def grown(rows: pa.Array, n_values: int) -> pa.Array:
    """The signatures, of so many values, of `shrunk`."""
    bounds, held = byte_rows(rows)
    out = np.zeros((len(rows), n_values), np.uint32)
    _grow(held.copy(), bounds, out)
    return _binary(out.view(np.uint8).ravel(), np.arange(len(rows) + 1) * 4 * n_values)


def _binary(data: npt.NDArray[Any], bounds: Int64) -> pa.Array:
    buffers = [None, pa.py_buffer(bounds.astype(np.int32)), pa.py_buffer(data.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(bounds) - 1, buffers)


@compiled
def _shrink(values: UInt32, bounds: Int64, out: UInt8) -> None:
    n_values = values.shape[1]
    for row in range(len(values)):
        at = bounds[row]
        mask = at + 3 * n_values
        end = mask + (n_values + 7) // 8
        for place in range(n_values):
            value = values[row, place]
            for byte in range(3):
                out[at + 3 * place + byte] = np.uint8(value >> np.uint32(8 * byte) & np.uint32(255))
            highest = value >> np.uint32(24)
            if highest:
                out[mask + place // 8] |= np.uint8(1 << place % 8)
                out[end] = np.uint8(highest)
                end += 1


@compiled
def _grow(rows: UInt8, bounds: Int64, out: UInt32) -> None:
    n_values = out.shape[1]
    for row in range(len(out)):
        at = bounds[row]
        mask = at + 3 * n_values
        end = mask + (n_values + 7) // 8
        for place in range(n_values):
            value = np.uint32(0)
            for byte in range(3):
                value |= np.uint32(rows[at + 3 * place + byte]) << np.uint32(8 * byte)
            if rows[mask + place // 8] >> (place % 8) & 1:
                value |= np.uint32(rows[end]) << np.uint32(24)
                end += 1
            out[row, place] = value
