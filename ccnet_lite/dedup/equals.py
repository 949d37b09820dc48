"""Documents whose signatures (or shingles) are the same: the first stands for the others among candidates.

A page that a crawl holds ten million times would fill a bucket of each of its bands with ten million rows,
all of which say the same. So the first by the policy's order goes into the bands alone; the others join
whatever becomes of it, since equal values are as alike to anything.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.pairs import UInt32, uint32_rows
from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]


def fingerprints(column: pa.Array | pa.ChunkedArray) -> Int64:
    """[rows, 2]: 128 bits of each value of a binary column of unsigned 32-bit numbers.

    Two of a thousand million values share them by chance once in 10^20 tries.
    """
    bounds, values = uint32_rows(column)
    out = np.empty((len(bounds) - 1, 2), np.uint64)
    _hash_rows(bounds, values, out)
    return out.view(np.int64)


def first_of_equals(same: Int64, order: Int64) -> Int64:
    """[rows]: for each row that of its equals, itself among them, which comes first.

    same: [rows] or [rows, 2], equal where the documents are. order: [rows], distinct; less comes first.

    >>> first_of_equals(np.array([7, 8, 7, 7]), np.array([2, 0, 1, 3])).tolist()
    [2, 1, 2, 2]
    """
    if not len(same):
        return np.empty(0, np.int64)
    keys = same.reshape(len(same), -1)
    by_value = np.lexsort((order, *keys.T))
    begins = np.concatenate(([True], (keys[by_value[1:]] != keys[by_value[:-1]]).any(axis=1)))
    run = np.cumsum(begins) - 1
    first = np.empty(len(same), np.int64)
    first[by_value] = by_value[np.flatnonzero(begins)[run]]
    return first


@compiled
def _hash_rows(bounds: Int64, values: UInt32, out: npt.NDArray[np.uint64]) -> None:
    for row in range(len(out)):
        one, other = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
        for at in range(bounds[row], bounds[row + 1]):
            value = np.uint64(values[at])
            one = (one ^ value) * np.uint64(0xD6E8FEB86659FD93)
            one ^= one >> np.uint64(32)
            other = (other + value) * np.uint64(0xFF51AFD7ED558CCD)
            other ^= other >> np.uint64(29)
        # A value that ends in noughts is not the one without them.
        out[row, 0] = one ^ np.uint64(bounds[row + 1] - bounds[row])
        out[row, 1] = other
