"""How alike the two documents of a pair are: on their signatures, or exactly on their shingles."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.minhash import EMPTY, jaccard
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
        return _equal_shares(as_matrix(first), as_matrix(second))
    both = zip(_rows(first), _rows(second), strict=True)
    return np.array([jaccard(one, other) for one, other in both])


def as_matrix(column: pa.Array | pa.ChunkedArray) -> UInt32:
    """[rows, values] of a binary column whose values have one length; no copy where they lie together."""
    bounds, values = uint32_rows(column)
    return values.reshape(len(bounds) - 1, -1)


def uint32_rows(column: pa.Array | pa.ChunkedArray) -> tuple[Int64, UInt32]:
    """The numbers of a binary column without nulls, row after row, and where each row begins: [rows + 1]."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    _, offsets, data = column.buffers()
    wide = pa.types.is_large_binary(column.type)
    bounds = np.frombuffer(offsets, np.int64 if wide else np.int32)[column.offset :][: len(column) + 1]
    held = np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]]
    return (bounds - bounds[0]).astype(np.int64) // 4, np.ascontiguousarray(held).view("<u4")


def _rows(column: pa.Array) -> list[UInt32]:
    return [np.frombuffer(value.as_buffer(), "<u4") for value in column]


@compiled
def _equal_shares(first: UInt32, second: UInt32) -> Float64:
    """[pairs]: share of equal values; 0 where a signature is empty."""
    shares = np.zeros(len(first))
    for pair in range(len(first)):
        equal, empty = 0, True
        for place in range(first.shape[1]):
            equal += first[pair, place] == second[pair, place]
            empty &= first[pair, place] == EMPTY
        shares[pair] = 0.0 if empty else equal / first.shape[1]
    return shares
