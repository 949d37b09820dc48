"""Whether capitals stand where sentences begin: words in random order put them anywhere.

Of the words that follow a sentence end, how many begin with a small letter, against how many of all words do.
A text has about none, one whose words were shuffled as many as elsewhere, in German as in English.

Not handled: scripts without case, and Georgian; texts of few sentences or without capitals (0); words shuffled
within their sentences, the first one capitalized anew.
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, N_CODES, kinds
from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

SENTENCES = 8
"""With fewer sentence ends before a word, nothing is said."""
ENDS = ".!?…;·։"
"""Greek question marks and Armenian full stops among them."""
CLOSING = "\"'”’»“«‘(„[)]}—–-"
_END, _CLOSING, _SPACE, _SMALL, _CAPITAL, _WORD = range(1, 7)


def case_disorder(codes: UInt32, ends: Int64, out: Float64) -> None:
    """Fill in `out`, [texts], of texts that follow one another: text i ends before codes[ends[i]].

    Share of small letters among the first letters after a sentence end, over their share among all words' first
    letters, at most 1. 0 with fewer than SENTENCES such words, or fewer capitals than half of them.
    """
    _fill(codes, ends, _traits(), SENTENCES, out)


@cache
def _traits() -> UInt8:
    """[N_CODES]: the one thing of each that matters here."""
    table = np.zeros(N_CODES, np.uint8)
    table[kinds() == LETTER] = _WORD
    for code in range(0x20000):
        category = unicodedata.category(chr(code))
        if category in ("Lu", "Lt"):
            table[code] = _CAPITAL
        elif category == "Ll":
            table[code] = _SMALL
        elif category[0] in "MN":
            table[code] = _WORD
        elif chr(code).isspace():
            table[code] = _SPACE
    table[0x10A0:0x1100] = table[0x1C90:0x1CC0] = _WORD  # Georgian: capitals are for headlines
    for chars, trait in ((ENDS, _END), (CLOSING, _CLOSING)):
        table[[ord(char) for char in chars]] = trait
    return table


@compiled
def _fill(codes: UInt32, ends: Int64, traits: UInt8, least: int, out: Float64) -> None:
    start = 0
    for text in range(len(ends)):
        small, capital, small_after, after = 0, 0, 0, 0
        ended, spaced, in_word = False, False, False  # a sentence has ended, and white space came after it
        for at in range(start, ends[text]):
            trait = traits[codes[at]]
            if trait == _SPACE:
                spaced, in_word = True, False
            elif trait == _END:
                ended, spaced, in_word = True, False, False
            elif trait == _CLOSING:
                continue
            elif trait == 0:
                ended, in_word = False, False
            else:
                if not in_word and trait != _WORD:
                    small += trait == _SMALL
                    capital += trait == _CAPITAL
                    if ended and spaced:
                        after += 1
                        small_after += trait == _SMALL
                ended, in_word = False, True
        start = ends[text]
        out[text] = 0.0
        if after >= least and small > 0 and 2 * capital >= after:
            out[text] = min(1.0, small_after / after * (small + capital) / small)
