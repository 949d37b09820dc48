"""How much of a text is the same few words in ever new neighbourhoods, outside sentences: lists of search phrases.

Or words that come twice or more, however far apart, in a long list of words and short phrases, which commas, bars,
line ends or prices part. A list of words of which most come once is none: so are glossaries.

Not handled: phrases that hardly share a word; those in which always the same words follow one another (repeated
2-grams tell them); scripts without spaces.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.spaced_words import END, PLAIN, slot_of
from ccnet_lite.quality.word_order import ONCE
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

NEAR = 20
"""Words: so near before it must a word have come."""
SHORTEST, LONGEST = 6, 80
"""Words of what is taken for a sentence, from one sentence end to the next."""
MOST_IN_ITEM, LEAST_ITEMS, LETTERS_A_WORD = 3, 60, 3
"""Of a long list: words of an item; items, one behind another and none the end of a sentence; letters of a word,
on average (moves of chess have fewer)."""


@compiled
def keyword_share(words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int) -> float:
    """Share of the letters of n words that lie outside sentences, in words that came shortly before beside others.

    A refrain does not count: its words come after the words that they came after before. Or, where that is more,
    half the share in words of long lists that come again; those that come once are marked ONCE. The tables have
    SLOTS places; `turn` is one that owner has not.
    """
    for at in range(n):
        counts[words[at, 0], 1] = -NEAR - 1
    letters, outside, here, begin, listed = 0, 0, 0, 0, 0
    for at in range(n):
        word = words[at, 0]
        letters += words[at, 2]
        fresh = True
        if at:
            key = np.uint64(words[at - 1, 0] << 20 | word) * np.uint64(0x9E3779B97F4A7C15)
            slot = slot_of(table, owner, turn, key)
            fresh = owner[slot] != turn
            owner[slot], table[slot] = turn, key
        if fresh and at - counts[word, 1] <= NEAR:
            here += words[at, 2]
        counts[word, 1] = at
        if words[at, 1] & END:
            if not SHORTEST <= at + 1 - begin <= LONGEST:
                outside += here
            if at - begin >= LEAST_ITEMS:
                listed += _letters_listed(words, begin, at)
            here, begin = 0, at + 1
    if n - begin >= LEAST_ITEMS:
        listed += _letters_listed(words, begin, n)
    return max(outside + here, listed / 2) / max(letters, 1)


@compiled
def _letters_listed(words: Int64, begin: int, end: int) -> int:
    """Letters of words[begin:end] in words that come again and lie in a long list of short items."""
    listed, again, letters, n_items, first, item = 0, 0, 0, 0, begin, begin
    for at in range(begin, end + 1):
        starts = at < end and (words[at, 1] & PLAIN == 0 or at == begin)
        if at == end or (not starts and at - item == MOST_IN_ITEM):
            if n_items >= LEAST_ITEMS and letters >= LETTERS_A_WORD * (at - first):
                listed += again
            again, letters, n_items, first = 0, 0, 0, at + 1
            continue
        if starts:
            item, n_items = at, n_items + 1
        again += words[at, 2] * (words[at, 1] & ONCE == 0)
        letters += words[at, 2]
    return listed
