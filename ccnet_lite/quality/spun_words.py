"""word_disorder and keyword_share of texts, of their words read once.

Not handled: texts of fewer than LEAST_WORDS words between white space (0 for both), lists of fewer than
FULL_LENGTH.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.keyword_lists import keyword_share
from ccnet_lite.quality.list_heads import heads_share
from ccnet_lite.quality.spaced_words import MOST_WORDS, SLOTS, UNSPACED, are_parted, read_words, word_traits
from ccnet_lite.quality.word_order import FULL_LENGTH, MOST, is_asked, order_evidence, probability
from ccnet_lite.text.compiled import compiled

Bools = npt.NDArray[np.bool_]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


def spun_words(codes: UInt32, ends: Int64, unspaced: Bools, disorder: Float64, keywords: Float64) -> None:
    """Fill in both, [texts], of texts that follow one another: text i ends before codes[ends[i]].

    disorder: probability that a text's words stand in random order (word_order); keywords: share of its letters
    in phrases of the same few words (keyword_lists, list_heads). unspaced, [texts]: in a script without spaces.
    """
    evidence = np.zeros((len(ends), len(MOST)))
    n_words = np.zeros(len(ends), np.int64)  # of those that are asked
    table = np.zeros(SLOTS, np.uint64), np.full(SLOTS, -1, np.int64), np.zeros((SLOTS, 2), np.int64)
    words = np.zeros((MOST_WORDS, 3), np.int64)
    _fill(codes, ends, unspaced, word_traits(), words, *table, evidence, keywords, n_words)
    disorder[:] = np.where(n_words > 0, probability(evidence, n_words), 0.0)


@compiled
def _fill(
    codes: UInt32,
    ends: Int64,
    unspaced: Bools,
    traits: Int64,
    words: Int64,
    table: UInt64,
    owner: Int64,
    counts: Int64,
    evidence: Float64,
    keywords: Float64,
    n_words: Int64,
) -> None:
    start = 0
    for text in range(len(ends)):
        no_word = UNSPACED
        if unspaced[text] and are_parted(codes, start, ends[text], traits):
            no_word = 0
        n = read_words(codes, start, ends[text], traits, words, table, owner, 4 * text, no_word)
        start = ends[text]
        keywords[text] = 0.0
        if is_asked(words, n):
            n_words[text] = n if no_word else 0  # the order of parted words says nothing: alphabets
            # Asked all the same, since it marks the words that come once, which heads_share looks at.
            order_evidence(words, n, table, owner, counts, 4 * text + 1, evidence[text])
        if n >= FULL_LENGTH:
            near = keyword_share(words, n, table, owner, counts, 4 * text + 2)
            keywords[text] = max(near, heads_share(words, n))
