"""The letters of a text in scripts without spaces, and what stands between them: what letter_order looks at.

A letter is one with the marks on it; in Thai and Lao with the vowels written behind it, in Khmer, Burmese and
Lanna with those stacked below it, in Tibetan a syllable. Numbers, letters of other scripts and line ends part
letters. So do signs, which are noted on both sides, also where a line ends with one. A blank is a sign in Thai,
Khmer and the like, where it ends a phrase; between Han, kana and Yi it is what wrapped lines leave.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import (
    IGNORED,
    LETTER,
    MARK,
    N_CODES,
    NUMBER,
    SPACE,
    folds,
    kinds,
    script_codes,
    scripts,
    unspaced,
)
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.sentence_ends import sentence_ends

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

PLAIN, AFTER_SIGN, BEFORE_SIGN, ENDS, NEXT, NUMBERED, PHRASED = (1 << bit for bit in range(7))
"""Of a letter: nothing stands between it and the letter before it; a sign does; one stands behind it; one that
ends a sentence does; nothing or a blank in a line stands before it; a number does; its script's phrases end with a
blank."""
_BIT = 21
_OURS, _JOINS, _TIES, _SYLLABIC, _PHRASED, _BLANK, _LINE, _SKIPPED, _OTHER, _TSHEG = (
    1 << (_BIT + bit) for bit in range(10)
)
"""Of a letter or mark: it is of a script without spaces, belongs to the letter before it, takes the next one to
it, is Tibetan, has phrases that end with a blank. Else: what it is, if no sign."""
_END, _NUMBER = _JOINS, _TIES
"""Of what is no letter: a sign that ends a sentence, a number."""
_WRITTEN_BEHIND = 0xE30, 0xE32, 0xE33, 0xEB0, 0xEB2, 0xEB3
_STACKERS = 0x17D2, 0x1039, 0x1A60
_NO_PHRASES = ("Bopo", "Hani", "Hira", "Kana", "Yiii")
_NOTHING, _A_BLANK, _A_SIGN, _PARTED = range(4)
"""What was seen since the last letter."""


@cache
def letter_traits() -> Int32:
    """[N_CODES]: above the fold, all that matters here."""
    kind, ours = kinds(), unspaced()
    without_phrases = np.isin(scripts(), [script_codes().index(code) for code in _NO_PHRASES])
    behind, ties, tshegs, lines = (np.zeros(N_CODES, np.bool_) for _ in range(4))
    for held, places in (
        *((behind, _WRITTEN_BEHIND), (ties, _STACKERS)),
        *((tshegs, (0xF0B, 0xF0C)), (lines, (0x0A, 0x0D, 0x2028, 0x2029))),
    ):
        held[list(places)] = True
    table = folds().astype(np.int32)
    for held, bit in (
        *((ours, _OURS), (ours & ((kind == MARK) | behind), _JOINS), (ties, _TIES)),
        *((ours & (scripts() == script_codes().index("Tibt")), _SYLLABIC), (ours & ~without_phrases, _PHRASED)),
        *((kind == SPACE, _BLANK), (lines, _LINE), (kind == IGNORED, _SKIPPED), (tshegs, _TSHEG)),
        *((~ours & np.isin(kind, (LETTER, MARK, NUMBER)), _OTHER), (kind == NUMBER, _NUMBER)),
        (sentence_ends(), _END),
    ):
        table[held] |= bit
    return table


@compiled
def read_letters(codes: UInt32, start: int, end: int, traits: Int32, letters: UInt64, flags: Int64) -> int:
    """Fill in a hash of each letter of a text, and its flags. Returns how many there are, of those that fit."""
    n, seen, number = 0, _PARTED, 0
    joined, last = False, 0  # the letter may go on; traits of its last character
    for at in range(start, end):
        trait = traits[codes[at]]
        if trait & _SKIPPED:
            continue
        if trait & _OURS:
            if joined and (trait & _JOINS or last & _TIES or trait & last & _SYLLABIC):
                hashed = letters[n - 1]
            elif n == len(flags):
                break
            else:
                hashed, flags[n] = np.uint64(0), 0
                if seen == _NOTHING:
                    flags[n] = PLAIN
                elif seen == _A_SIGN or (seen == _A_BLANK and trait & _PHRASED):
                    flags[n] = AFTER_SIGN
                    flags[n - 1] |= BEFORE_SIGN
                flags[n] |= NEXT * (seen <= _A_BLANK) | PHRASED * (trait & _PHRASED != 0) | number
                n, seen, number = n + 1, _NOTHING, 0
            hashed = (hashed ^ np.uint64(trait & 0x1FFFFF)) * np.uint64(0x9E3779B97F4A7C15)
            letters[n - 1] = hashed
            joined, last = True, trait
            continue
        joined = False
        if trait & _END and n:
            flags[n - 1] |= ENDS
        if trait & _TSHEG:
            continue
        if trait & _LINE:
            seen = seen if seen == _A_SIGN else _PARTED
        elif trait & _BLANK:
            seen = max(seen, _A_BLANK)
        elif trait & _OTHER:
            seen = _PARTED
            number |= NUMBERED * (trait & _NUMBER != 0)
        elif seen != _PARTED:
            seen = _A_SIGN
    return n
