"""Anchors: a few hashes of a text by which a longer text that holds it is found.

Of every WINDOW shingles that follow each other the one with the least hash is taken (dedup/winnowing.py): two
texts that share a run of WINDOW shingles and a few more share an anchor, whatever stands around it. About two of
WINDOW + 1 shingles are taken.
MinHash bands do not do this: of a short text in a long one few minimums are equal.

An anchor is 64 bits, of two shingles a shingle's length apart: 32 bits would meet by chance in a crawl, and a
phrase of five words is common where one of ten is not.

Not handled: texts shorter than a window have one anchor, which the longer text may lack.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.winnowing import winnow
from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]

WINDOW = 40
"""Shingles of which one is taken: some 19 anchors of a text of 400 words, and one at least of 50."""


def anchors(hashes: UInt32, offsets: Int64, ngram: int) -> tuple[Int64, Int64]:
    """(values, bounds): the distinct anchors of texts, ascending.

    Those of text i are values[bounds[i] : bounds[i + 1]].

    hashes: uint32, of all shingles in their order; offsets: int64 [texts + 1], where each text's begin; ngram:
    tokens in a shingle.

    >>> hashes = np.arange(100, 0, -1, dtype=np.uint32)
    >>> values, bounds = anchors(hashes, np.array([0, 100, 100]), 5)
    >>> len(values), bounds.tolist(), hex(values[0])
    (56, [0, 56, 56], '0x600000001')
    """
    apart = np.clip(np.diff(offsets) - 1, 0, ngram)
    taken, counts = winnow(hashes, offsets[:-1], offsets[1:] - apart, WINDOW)
    rows = np.repeat(np.arange(len(counts)), counts)
    found = (hashes[taken].astype(np.uint64) << np.uint64(32) | hashes[taken + apart[rows]]).view(np.int64)
    order = np.lexsort((found, rows))
    found, rows = found[order], rows[order]
    new = np.ones(len(found), np.bool_)
    new[1:] = (found[1:] != found[:-1]) | (rows[1:] != rows[:-1])
    bounds = np.zeros(len(offsets), np.int64)
    np.cumsum(np.bincount(rows[new], minlength=len(counts)), out=bounds[1:])
    return found[new], bounds


class SeenAnchors:
    """The anchors of texts, from their shingles as the making of signatures shows them (dedup/minhash.py)."""

    def __init__(self, n_texts: int, ngram: int) -> None:
        self._found: list[list[Int64]] = [[] for _ in range(n_texts)]
        self._ngram = ngram

    def see(self, first: int, hashes: UInt32, offsets: Int64) -> None:
        """Take a block of shingles, of text `first` and those after it; a long text comes in several."""
        values, bounds = anchors(hashes, offsets, self._ngram)
        for row, (begin, end) in enumerate(pairwise(bounds.tolist()), first):
            self._found[row].append(values[begin:end])

    def column(self) -> pa.Array:
        """A list for each text, ascending; null for one that was not shown."""
        lists = [np.unique(np.concatenate(found)) if found else None for found in self._found]
        return pa.array(lists, pa.list_(pa.int64()))


@compiled
def shares_in(
    ours: npt.NDArray[np.int64],
    our_bounds: Int64,
    theirs: npt.NDArray[np.int64],
    their_bounds: Int64,
) -> npt.NDArray[np.float64]:
    """[pairs]: the share of our values that are among theirs; 0 where we have none.

    Pair i is ours[our_bounds[i] : our_bounds[i + 1]] and theirs likewise, each distinct and ascending.

    >>> shares_in(np.array([1, 4, 5, 9]), np.array([0, 4]), np.array([0, 4, 9]), np.array([0, 3])).tolist()
    [0.5]
    """
    shares = np.zeros(len(our_bounds) - 1)
    for pair in range(len(shares)):
        begin, end = our_bounds[pair], our_bounds[pair + 1]
        at, last = their_bounds[pair], their_bounds[pair + 1]
        shared = 0
        for own in range(begin, end):
            while at < last and theirs[at] < ours[own]:
                at += 1
            if at < last and theirs[at] == ours[own]:
                shared += 1
        if end > begin:
            shares[pair] = shared / (end - begin)
    return shares
