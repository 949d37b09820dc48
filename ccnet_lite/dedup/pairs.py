"""How alike the two documents of a pair are: on their signatures, or exactly on their shingles."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.minhash import EMPTY, jaccard
from ccnet_lite.text.byte_rows import byte_rows
from ccnet_lite.text.compiled import compiled

UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


def similarities(first: pa.Array, second: pa.Array, compared: str) -> Float64:
    """[pairs]: Jaccard similarity of the documents of each pair.

    first, second: binary, unsigned 32-bit little-endian. compared: `signature` (all of one length; the share
    of equal values is an estimate), or `shingles` (distinct and ascending; exact).
    """
    if not len(first):
        return np.zeros(0)
    if compared == "signature":
        rows = np.arange(len(first))
        return _equal_shares(as_matrix(first), as_matrix(second), rows, rows)
    both = zip(_rows(first), _rows(second), strict=True)
    return np.array([jaccard(one, other) for one, other in both])


def as_matrix(column: pa.Array | pa.ChunkedArray) -> UInt32:
    """[rows, values] of a binary column whose values have one length; no copy where they lie together."""
    bounds, values = uint32_rows(column)
    return values.reshape(len(bounds) - 1, -1)


def uint32_rows(column: pa.Array | pa.ChunkedArray) -> tuple[Int64, UInt32]:
    """The numbers of a binary column without nulls, row after row, and where each row begins: [rows + 1]."""
    bounds, held = byte_rows(column)
    return bounds // 4, np.ascontiguousarray(held).view("<u4")


def _rows(column: pa.Array) -> list[UInt32]:
    return [np.frombuffer(value.as_buffer(), "<u4") for value in column]


def estimates(signatures: pa.Array | pa.ChunkedArray, src: Int64, dst: Int64) -> Float64:
    """[pairs]: estimated Jaccard similarity of documents whose rows in a column of signatures are given."""
    matrix = as_matrix(signatures)
    return _equal_shares(matrix, matrix, src, dst)


@compiled
def _equal_shares(first: UInt32, second: UInt32, rows: Int64, others: Int64) -> Float64:
    """[pairs]: share of equal values of a row of the first and one of the second; 0 where a row is empty."""
    shares = np.zeros(len(rows))
    for pair in range(len(rows)):
        one, other = rows[pair], others[pair]
        equal, empty = 0, True
        for place in range(first.shape[1]):
            equal += first[one, place] == second[other, place]
            empty &= first[one, place] == EMPTY
        shares[pair] = 0.0 if empty else equal / first.shape[1]
    return shares
