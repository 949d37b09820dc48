"""How much of a text is the same few words in ever new neighbourhoods, outside sentences: lists of search phrases.

Not handled: phrases that hardly share a word; those in which always the same words follow one another (repeated
2-grams tell them); scripts without spaces.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.spaced_words import END, slot_of
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

NEAR = 20
"""Words: so near before it must a word have come."""
SHORTEST, LONGEST = 6, 80
"""Words of what is taken for a sentence, from one sentence end to the next."""


@compiled
def keyword_share(words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int) -> float:
    """Share of the letters of n words that lie outside sentences, in words that came shortly before beside others.

    A refrain does not count: its words come after the words that they came after before. The tables have SLOTS
    places; `turn` is one that owner has not.
    """
    for at in range(n):
        counts[words[at, 0], 1] = -NEAR - 1
    letters, outside, here, begin = 0, 0, 0, 0
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
            here, begin = 0, at + 1
    return (outside + here) / max(letters, 1)
