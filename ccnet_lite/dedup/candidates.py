"""Candidate pairs: documents that share a band of their signatures, in linear work for any bucket.

Within a bucket (the documents of one band hash), in the order of the policy, a document is paired with the
bucket's first, which is the likeliest to represent it, and with the few before it. A template page with a
million copies so costs some five million pairs a band, not half a trillion.

Not handled: whether a pair is alike (dedup/pairs.py); rows of a hash that lie in several tables.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Int64 = npt.NDArray[np.int64]

NEIGHBOURS = 4
"""How many documents before it in a bucket a document is paired with, besides the bucket's first."""


def candidate_pairs(rows: pa.Table, order: list[str]) -> tuple[Int64, Int64]:
    """Distinct pairs (src, dst) of document numbers that share a bucket; src comes first in the order.

    rows: hash (int64: of a band and its number, from dedup.minhash.band_hashes), number (int64: the
        document's), and the columns of `order`, of which a document that comes first has least. All rows of
        a hash must be here. Ties of the order go to the smaller number.

    Returns:
        src, dst: int64 [pairs], sorted.
    """
    hashes, numbers = rows["hash"].to_numpy(), rows["number"].to_numpy()
    shared = in_shared_bucket(hashes)
    if not len(shared):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    hashes, numbers = hashes[shared], numbers[shared]
    ranks = [sort_key(rows[name].take(pa.array(shared))) for name in order]
    place = np.lexsort((numbers, *reversed(ranks), hashes))
    first, second = bucket_pairs(hashes[place])
    src, dst = numbers[place][first], numbers[place][second]
    apart = src != dst
    return distinct_pairs(src[apart], dst[apart])


def in_shared_bucket(hashes: Int64) -> Int64:
    """Indices of the rows whose hash another row has too; most rows of a band table stand alone."""
    by_hash = np.argsort(hashes)
    ordered = hashes[by_hash]
    same = ordered[1:] == ordered[:-1]
    shared = np.zeros(len(hashes), np.bool_)
    shared[1:] = same
    shared[:-1] |= same
    return by_hash[shared]


def sort_key(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """[rows]: numbers that sort as the column does; text becomes its dense rank."""
    if pa.types.is_string(column.type):
        return np.asarray(pc.rank(column, "ascending", tiebreaker="dense"))
    return np.asarray(column)


def bucket_pairs(hashes: Int64) -> tuple[Int64, Int64]:
    """Pairs of row indices within each run of equal hashes: with the run's first, with those just before.

    >>> [side.tolist() for side in bucket_pairs(np.array([7, 7, 7, 9]))]
    [[0, 0, 1], [1, 2, 2]]
    """
    rows = np.arange(len(hashes))
    begins = np.concatenate(([True], hashes[1:] != hashes[:-1])) if len(hashes) else np.zeros(0, np.bool_)
    first = np.maximum.accumulate(np.where(begins, rows, 0))
    back = rows - first
    firsts = [first[back > 0]]
    seconds = [rows[back > 0]]
    for steps in range(1, NEIGHBOURS + 1):
        # One that is `steps` behind the first was paired with it above.
        far = back > steps
        firsts.append(rows[far] - steps)
        seconds.append(rows[far])
    return np.concatenate(firsts), np.concatenate(seconds)


def distinct_pairs(src: Int64, dst: Int64) -> tuple[Int64, Int64]:
    """Each pair once, sorted by src, then dst."""
    ordered = np.lexsort((dst, src))
    src, dst = src[ordered], dst[ordered]
    new = np.ones(len(src), np.bool_)
    new[1:] = (src[1:] != src[:-1]) | (dst[1:] != dst[:-1])
    return src[new], dst[new]
