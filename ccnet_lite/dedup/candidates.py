"""Candidate pairs: documents that share a band of their signatures, in linear work for any bucket.

Within a bucket (the documents of one band hash), in the order of the policy, a document is paired with the
bucket's first, which is the likeliest to represent it, and with the few before it. In a bucket of more than
MANY documents the few are left out where a sketch of the signatures says that the first will do: a template
page with a million copies costs some three million pairs in all, not half a trillion.

Not handled: whether a pair is alike (dedup/pairs.py); rows of a hash that lie in several tables.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]

NEIGHBOURS = 4
"""How many documents before it in a bucket a document is paired with, besides the bucket's first."""
MANY = 100
"""Documents of a bucket from which on sketches are looked at."""
SKETCH_BITS = 64
UNLIKE_BITS = 6
"""Bits in which two sketches differ at most where their documents are alike: at Jaccard similarity s, half of
1 - s of them differ, so 2.6 of 64 at 0.92, 8 at 0.75."""


def sketches(signatures: npt.NDArray[np.uint32]) -> Int64:
    """[documents]: the lowest bit of 64 values of each signature (b-bit minwise hashing, Li, Koenig 2010)."""
    found = np.zeros(len(signatures), np.uint64)
    _sketch(np.ascontiguousarray(signatures), found)
    return found.view(np.int64)


@compiled
def _sketch(signatures: npt.NDArray[np.uint32], found: npt.NDArray[np.uint64]) -> None:
    for row in range(len(found)):
        for bit in range(SKETCH_BITS):
            lowest = np.uint64(signatures[row, bit % signatures.shape[1]] & np.uint32(1))
            found[row] |= lowest << np.uint64(bit // 8 * 8 + 7 - bit % 8)  # as packbits has it: indexes hold them


def candidate_pairs(rows: pa.Table, order: list[str]) -> tuple[Int64, Int64]:
    """Distinct pairs (src, dst) of document numbers that share a bucket; src comes first in the order.

    rows: hash (int64: of a band and its number, from dedup.minhash.band_hashes), number (int64: the
        document's), sketch (int64, of `sketches`), and the columns of `order`, of which a document that comes
        first has least; if wanted same (int64, equal where documents are). All rows of a hash must be here.
        Ties of the order go to the smaller number.

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
    if "same" in rows.column_names:
        place = place[_without_repeats(hashes[place], rows["same"].to_numpy()[shared][place])]
    sketch = rows["sketch"].to_numpy()[shared][place]
    first, second = bucket_pairs(hashes[place], sketch)
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


def _without_repeats(hashes: Int64, same: Int64) -> Int64:
    """Indices, ascending, of the rows before which no row of their bucket is the same."""
    by_value = np.lexsort((same, hashes))
    new = np.ones(len(hashes), np.bool_)
    one, other = by_value[1:], by_value[:-1]
    new[1:] = (hashes[one] != hashes[other]) | (same[one] != same[other])
    return np.sort(by_value[new])


def sort_key(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """[rows]: numbers that sort as the column does; text becomes its dense rank."""
    if pa.types.is_string(column.type):
        return np.asarray(pc.rank(column, "ascending", tiebreaker="dense"))
    return np.asarray(column)


def bucket_pairs(hashes: Int64, sketch: Int64) -> tuple[Int64, Int64]:
    """Pairs of row indices within each run of equal hashes: with the run's first, with those just before.

    >>> [side.tolist() for side in bucket_pairs(np.array([7, 7, 7, 9]), np.zeros(4, np.int64))]
    [[0, 0, 1], [1, 2, 2]]
    """
    rows = np.arange(len(hashes))
    begins = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    sizes = np.diff(begins, append=len(hashes))
    first = np.repeat(begins, sizes)
    back = rows - first
    # Unsigned: of a negative number it counts the bits of its absolute value.
    others_too = np.bitwise_count((sketch ^ sketch[first]).view(np.uint64)) > UNLIKE_BITS
    others_too |= np.repeat(sizes, sizes) <= MANY
    firsts = [first[back > 0]]
    seconds = [rows[back > 0]]
    for steps in range(1, NEIGHBOURS + 1):
        # One that is `steps` behind the first was paired with it above.
        far = others_too & (back > steps)
        firsts.append(rows[far] - steps)
        seconds.append(rows[far])
    return np.concatenate(firsts), np.concatenate(seconds)


def distinct(numbers: Int64) -> Int64:
    """Each number, none of them negative, once, ascending; numpy's unique takes longer.

    >>> distinct(np.array([3, 0, 3, 0])).tolist()
    [0, 3]
    """
    held = np.sort(numbers)
    new = np.ones(len(held), np.bool_)
    np.not_equal(held[1:], held[:-1], out=new[1:])
    return held[new]


def distinct_pairs(src: Int64, dst: Int64) -> tuple[Int64, Int64]:
    """Each pair once, sorted by src, then dst."""
    if len(src) and min(src.min(), dst.min()) >= 0 and max(src.max(), dst.max()) < 1 << 31:
        pairs = distinct(src << 32 | dst)  # of documents of one process
        return pairs >> 32, pairs & 0xFFFFFFFF
    ordered = np.lexsort((dst, src))
    src, dst = src[ordered], dst[ordered]
    new = np.ones(len(src), np.bool_)
    new[1:] = (src[1:] != src[:-1]) | (dst[1:] != dst[:-1])
    return src[new], dst[new]
