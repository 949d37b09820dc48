"""Whether capitals stand where sentences begin: words in random order put them anywhere.

Of the words that follow a sentence end, how many begin with a small letter, against how many of all words do; but
for those that begin a line: a) and b) of statutes, code, verses do so with small letters.
A text has about none, one whose words were shuffled as many as elsewhere, in German as in English.

An abbreviation (proc. w, admin. by) or the words of a link (more...) make small letters, too, but always the same:
of equal words before the full stop one counts, of equal words after it two.

Not handled: scripts without case, and Georgian; texts of few sentences or without capitals (0); words shuffled
within their sentences, the first one capitalized anew.
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, MARK, N_CODES, NUMBER, kinds
from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_U = np.uint64

SENTENCES = 8
"""With fewer sentence ends before a word, nothing is said."""
LETTERS_BEFORE = 4
"""A full stop after a shorter word, a number or a full stop may be of an abbreviation, a date, an ellipsis."""
LEAST_SMALL, SAME_BEFORE, SAME_AFTER = 3, 1, 2
"""With fewer small letters nothing is said: where nearly all words have capitals (names), two are more than by
chance. So many times equal words count, before a full stop and after it."""
_SEEN, _WORD = 256, 24
"""Words that are remembered, a later one in place of an earlier; their letters that are looked at."""
FULL_STOPS = ".։"
"""Not ! and ?: in a dialogue small letters follow them."""
ARMENIAN_FULL_STOP, ARMENIAN = ord("։"), (0x531, 0x588)
"""Its letters, from and up to: after them a dot is a lesser stop, which a small letter may follow."""
CLOSING = "\"'”’»“)]"
_END, _CLOSING, _SPACE, SMALL, CAPITAL, _LETTER, _NUMBER = range(1, 8)


def case_disorder(codes: UInt32, ends: Int64, out: Float64) -> None:
    """Fill in `out`, [texts], of texts that follow one another: text i ends before codes[ends[i]].

    Share of small letters among the first letters after a sentence end, over their share among all words' first
    letters, at most 1. 0 with fewer than SENTENCES such words, or with fewer capitalized words apart from one
    another than those: who writes no capitals but in a name or two is in no disorder.
    """
    _fill(codes, ends, case_traits(), SENTENCES, LETTERS_BEFORE, out)


@cache
def case_traits() -> UInt8:
    """[N_CODES]: the one thing of each that matters here."""
    table = np.zeros(N_CODES, np.uint8)
    table[kinds() == LETTER] = _LETTER
    table[kinds() == NUMBER] = _NUMBER
    table[kinds() == MARK] = _LETTER
    for code in range(0x20000):
        category = unicodedata.category(chr(code))
        if category in ("Lu", "Lt"):
            table[code] = CAPITAL
        elif category == "Ll":
            table[code] = SMALL
        elif chr(code).isspace():
            table[code] = _SPACE
    table[0x10A0:0x1100] = table[0x1C90:0x1CC0] = _LETTER  # Georgian: capitals are for headlines
    for chars, trait in ((FULL_STOPS, _END), (CLOSING, _CLOSING)):
        table[[ord(char) for char in chars]] = trait
    return table


@compiled
def _again(codes: UInt32, traits: UInt8, at: int, step: int, text: int, seen: UInt64, times: Int64) -> int:
    """How often, as far as is remembered, the text's word came that begins at a letter and goes on by steps."""
    key = np.uint64(text + 1)
    for _ in range(_WORD):
        if not 0 <= at < len(codes) or traits[codes[_U(at)]] not in (SMALL, CAPITAL, _LETTER):
            break
        key = (key ^ codes[_U(at)]) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(32)
        at += step
    slot = int(key % np.uint64(_SEEN))
    if seen[slot] != key:
        seen[slot], times[slot] = key, 0
    times[slot] += 1
    return int(times[slot])


@compiled
def _fill(codes: UInt32, ends: Int64, traits: UInt8, least: int, letters_before: int, out: Float64) -> None:
    start, stopped = 0, 0
    seen, times = np.zeros((2, _SEEN), np.uint64), np.zeros((2, _SEEN), np.int64)
    for text in range(len(ends)):
        small, capital, small_after, after = 0, 0, 0, 0
        lone, after_capital = 0, False  # capitalized words that follow none: the words of a name are one
        ended, spaced, lined = False, False, False  # a sentence has ended; white space came after it; a line end
        letters = 0  # of the word so far; below 0 in a number
        for at in range(start, ends[text]):
            trait = traits[codes[_U(at)]]
            if trait == _SPACE:
                spaced, letters = True, 0
                lined |= codes[_U(at)] == 0x0A
            elif trait == _END:
                stopped, ended, spaced, lined, letters = at, letters >= letters_before, False, False, 0
                if ended and codes[_U(at)] != ARMENIAN_FULL_STOP:
                    ended = not ARMENIAN[0] <= codes[_U(at - 1)] < ARMENIAN[1]
            elif trait == _CLOSING:
                letters = 0
            elif trait == 0:
                ended, letters = False, 0
            elif trait == _NUMBER:
                ended, letters = False, -len(codes)
            else:
                if letters == 0 and trait != _LETTER:
                    small += trait == SMALL
                    capital += trait == CAPITAL
                    lone += trait == CAPITAL and not after_capital
                    after_capital = trait == CAPITAL
                    if ended and spaced and not (lined and trait == SMALL):
                        after += 1
                        if trait == SMALL:
                            before = _again(codes, traits, stopped - 1, -1, text, seen[0], times[0])
                            behind = _again(codes, traits, at, 1, text, seen[1], times[1])
                            small_after += before <= SAME_BEFORE and behind <= SAME_AFTER
                ended = False
                letters += 1
        start = ends[text]
        out[text] = 0.0
        if after >= least and small_after >= LEAST_SMALL and lone >= after:
            out[text] = min(1.0, small_after / after * (small + capital) / small)
