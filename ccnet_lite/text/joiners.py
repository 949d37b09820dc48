"""Where the zero-width joiners have something to do: beside a virama in Indic scripts, between letters of Arabic.

After RFC 5892, appendix A.1 and A.2, and the Unicode standard's chapters on these scripts, with what clean text
has beside: a joiner before a full vowel (Bengali আ\u200cইন) or before the sign on one (Marathi अ\u200dॅ), marks of
direction used as non-joiners, and a non-joiner after letters of Arabic that join nothing (Persian کار\u200cها).

Not handled: scripts where joiners are rare or free (Khmer, Mongolian ...): they pass there.
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, MARK, N_CODES, kinds, script_codes, scripts
from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]

INDIC_SCRIPTS = ("Beng", "Deva", "Gujr", "Guru", "Knda", "Mlym", "Orya", "Sinh", "Taml", "Telu")
CURSIVE_SCRIPTS = ("Adlm", "Arab", "Mand", "Nkoo", "Rohg", "Syrc")
_FULL_VOWELS = (  # of blocks of like layout
    *((block + 0x04, block + 0x14) for block in range(0x900, 0xD80, 0x80)),
    *((block + 0x60, block + 0x61) for block in range(0x900, 0xD80, 0x80)),
    (0x972, 0x977),
    (0xD85, 0xD96),
)
_JOIN_NO_NEXT = (
    *((0x621, 0x625), (0x627, 0x627), (0x629, 0x629), (0x62F, 0x632), (0x648, 0x648), (0x671, 0x677)),
    *((0x688, 0x699), (0x6C0, 0x6C0), (0x6C3, 0x6CB), (0x6CD, 0x6CD), (0x6CF, 0x6CF), (0x6D2, 0x6D3)),
    *((0x6D5, 0x6D5), (0x6EE, 0x6EF), (0x759, 0x75B), (0x76B, 0x76C), (0x771, 0x771), (0x773, 0x774)),
    *((0x778, 0x779), (0x870, 0x882), (0x8AA, 0x8AE), (0x8B1, 0x8B2), (0x8B9, 0x8B9)),
    *((0x710, 0x710), (0x715, 0x719), (0x71E, 0x71E), (0x728, 0x728), (0x72A, 0x72A), (0x72C, 0x72C)),
    *((0x72F, 0x72F), (0x74D, 0x74D), (0x840, 0x840), (0x846, 0x847), (0x849, 0x849), (0x854, 0x854)),
    *((0x856, 0x858), (0x861, 0x861), (0x866, 0x867), (0x869, 0x86A), (0x10D22, 0x10D22)),
)
"""Letters of Arabic, Syriac, Mandaic and Rohingya whose Joining_Type is R or U (Unicode's ArabicShaping.txt)."""
_OF_ARABIC = (0x621, 0x63A), (0x640, 0x64A)
_ENDINGS = (0x647, 0x647), (0x64A, 0x64A), (0x6CC, 0x6CC)
"""Heh, and yeh of Arabic and of Persian, with which Persian endings begin."""
_SINHALA = ((0xD9A, 0xDC6),)
"""Consonants; many texts, of old fonts, have non-joiners before any."""

INDIC, CURSIVE, VIRAMA, FULL_VOWEL, MAY_FOLLOW, PARTED, FOREIGN, TIES = (1 << bit for bit in range(8))
"""Of a letter or mark: its kind of script; a virama; a full vowel; it may follow a joiner after any letter; it
joins no next letter; Arabic has it not. Of a joiner: it is no non-joiner."""
_VIRAMA_CLASS = 9
"""Canonical combining class."""
AROUND = 200
"""Characters before and after a word, among which one letter that Arabic has not shows another language."""


@cache
def joiner_flags() -> UInt8:
    """[N_CODES]: what each character has to do with joiners, as bits."""
    table = np.zeros(N_CODES, np.uint8)
    lettered = (kinds() == LETTER) | (kinds() == MARK)
    for codes, flag in ((INDIC_SCRIPTS, INDIC), (CURSIVE_SCRIPTS, CURSIVE)):
        table[lettered & np.isin(scripts(), [script_codes().index(code) for code in codes])] |= flag
    table[(kinds() == LETTER) & (table & CURSIVE != 0)] |= FOREIGN
    for first, last in _OF_ARABIC:
        table[first : last + 1] &= ~np.uint8(FOREIGN)
    for ranges, flag in (
        *((_FULL_VOWELS, FULL_VOWEL | MAY_FOLLOW), (_SINHALA, MAY_FOLLOW), (_ENDINGS, MAY_FOLLOW)),
        (_JOIN_NO_NEXT, PARTED),
    ):
        for first, last in ranges:
            table[first : last + 1] |= flag
    table[[code for code in range(0x900, 0xE00) if unicodedata.combining(chr(code)) == _VIRAMA_CLASS]] |= VIRAMA
    table[0x200D] = TIES
    table[0xFE00:0xFE10] = TIES
    return table


@compiled
def joins_nothing(before: int, after: int, ties: bool, after_first: bool, at_mark: bool) -> bool:
    """Whether a joiner has nothing to do between two letters or marks with these flags, of one kind of script.

    ties: it is no non-joiner; after_first: after a word's first letter; at_mark: what follows is a mark.
    """
    if before & after & INDIC:
        if (before | after) & VIRAMA or after & MAY_FOLLOW:
            return False
        return not (at_mark and before & FULL_VOWEL)
    return ties or after_first or (before & PARTED != 0 and not after & MAY_FOLLOW)


@compiled
def only_arabic(codes: UInt32, at: int, start: int, end: int, traits: UInt64, shift: int) -> bool:
    """Whether no letter near codes[at] is one that Arabic has not, in the text codes[start:end]."""
    for away in range(AROUND):
        for place in (at - away, at + away):
            if start <= place < end and int(traits[codes[place]] >> np.uint64(shift)) & FOREIGN:
                return False
    return True
