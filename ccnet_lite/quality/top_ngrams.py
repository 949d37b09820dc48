"""The commonest pair of words that follow one another, and how much of a text it covers.

After Gopher (Rae et al. 2021, appendix A), but for pairs that come a few times: of a song of 300 characters, three
times its title are a fifth. n-grams of other lengths, and the paper's own measure: ngram_shares.py.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_U = np.uint64

NGRAM_WORDS = 1 << 20
"""2-grams are counted among this many first words of a text, which bounds their memory."""
LEAST_TIMES = 6
"""So often must a pair come to count: a song says its title a few times, a list of one phrase says it always."""


def top_shares(hashes: UInt64, sizes: Int64, n_words: Int64, out: Float64) -> None:
    """Fill in top_ngram_share of texts of n_words words each."""
    most = min(int(n_words.max()), NGRAM_WORDS)
    slots = 1 << (2 * most + 1).bit_length()  # a hash table at most half full
    table = np.zeros(slots, np.uint64), np.full(slots, -1, np.int64), np.zeros(slots, np.int64)
    _cover(hashes, sizes, n_words, *table, NGRAM_WORDS, LEAST_TIMES, out)


@compiled
def _cover(
    hashes: UInt64,
    sizes: Int64,
    n_words: Int64,
    table: UInt64,
    owner: Int64,
    covered: Int64,
    max_words: int,
    least_times: int,
    out: Float64,
) -> None:
    mask = np.uint64(len(table) - 1)
    start = 0
    for text in range(len(n_words)):
        stop = start + min(n_words[text], max_words)
        best, total = 0, 0
        for at in range(start, stop):
            total += sizes[_U(at)]
            if at + 1 == stop:
                break
            gram = (hashes[_U(at)] ^ (hashes[_U(at)] >> np.uint64(29))) * np.uint64(0xD6E8FEB86659FD93) + hashes[
                _U(at + 1)
            ]
            slot = (gram ^ (gram >> np.uint64(32))) & mask
            while owner[slot] == text and table[slot] != gram:
                slot = (slot + np.uint64(1)) & mask
            if owner[slot] != text:
                owner[slot] = text
                table[slot] = gram
                covered[slot] = 0
            else:  # not its first time
                size = sizes[_U(at)] + sizes[_U(at + 1)]
                covered[slot] += size * (2 if covered[slot] == 0 else 1)
                if covered[slot] >= least_times * size:
                    best = max(best, covered[slot])
        out[text] = min(1.0, best / total) if total else 0.0
        start += n_words[text]
