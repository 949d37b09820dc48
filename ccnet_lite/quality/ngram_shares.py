"""What part of a text lies in n-grams of words that repeat (Gopher: Rae et al. 2021, table A1).

By characters of words: white space and punctuation are in neither part. An n-gram is known by its hash.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

MOST_WORDS = 1 << 20
"""N-grams are counted among this many first words of a text, which bounds their memory."""


def ngram_shares(
    hashes: UInt64,
    sizes: Int64,
    n_words: Int64,
    stretch: Float64,
    top: Sequence[int],
    duplicate: Sequence[int],
    out: Float64,
) -> None:
    """Fill in `out`, [texts, len(top) + len(duplicate)], of texts whose words follow one another.

    hashes, sizes: of each word a hash and its characters; n_words: of each text. First the shares in the commonest
    n-gram, the one that covers most if it comes twice or more, for n of `top`; then, for n of `duplicate`, the
    shares in n-grams that came before, from the left, none overlapping another. stretch: [texts], 1 or more: the
    latter n-grams have n times so many words, rounded (word_letters.py: where letters are words).
    """
    most = min(int(n_words.max(initial=0)), MOST_WORDS)
    slots = 1 << (2 * most + 1).bit_length()  # a hash table at most half full
    table = np.zeros(slots, np.uint64), np.full(slots, -1, np.int64), np.zeros(slots, np.int64)
    wanted = np.array([*top, *duplicate], np.int64)
    _shares(hashes, sizes, n_words, stretch, wanted, len(top), *table, MOST_WORDS, out)


@compiled
def _slot(table: UInt64, owner: Int64, turn: int, gram: np.uint64) -> int:
    """Where an n-gram lies in the table, or would, in this turn."""
    mask = np.uint64(len(table) - 1)
    slot = (gram ^ (gram >> np.uint64(32))) & mask
    while owner[slot] == turn and table[slot] != gram:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@compiled
def _shares(
    hashes: UInt64,
    sizes: Int64,
    n_words: Int64,
    stretch: Float64,
    wanted: Int64,
    n_top: int,
    table: UInt64,
    owner: Int64,
    covered: Int64,
    max_words: int,
    out: Float64,
) -> None:
    base = np.uint64(0x9E3779B97F4A7C15)
    start = 0
    for text in range(len(n_words)):
        stop = start + min(n_words[text], max_words)
        total = 0
        for at in range(start, stop):
            total += sizes[at]
        for column in range(len(wanted)):
            n = wanted[column]
            if column >= n_top:
                n = int(n * stretch[text] + 0.5)
            turn = text * len(wanted) + column
            leaving = np.uint64(1)
            for _ in range(n):
                leaving *= base
            rolling, size, best, repeated, fresh = np.uint64(0), 0, 0, 0, start
            for at in range(start, stop):
                rolling = rolling * base + hashes[at]
                size += sizes[at]
                if at >= start + n:
                    rolling -= leaving * hashes[at - n]
                    size -= sizes[at - n]
                first = at + 1 - n
                if first < start:
                    continue
                if column >= n_top and first < fresh:  # overlaps one that was counted
                    continue
                gram = (rolling ^ (rolling >> np.uint64(29))) * np.uint64(0xD6E8FEB86659FD93)
                slot = _slot(table, owner, turn, gram)
                if owner[slot] != turn:
                    owner[slot], table[slot], covered[slot] = turn, gram, 0
                elif column < n_top:
                    covered[slot] += size if covered[slot] else 2 * size
                    best = max(best, covered[slot])
                else:
                    repeated += size
                    fresh = at + 1
            part = best if column < n_top else repeated
            out[text, column] = min(1.0, part / total) if total else 0.0
        start += n_words[text]
