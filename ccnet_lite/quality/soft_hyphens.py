"""Soft hyphens where no word is parted: strewn about to make a word new to machines.

Sites put them between syllables of long words, so what begins and what ends a word has a vowel and two letters,
and no mark is parted from its letter; within a word dictionaries have parts of one consonant (жи-т-тя: either is
right). Strewn at random, a third or more are elsewhere. Hebrew, Arabic and Korean part no words so; Persian and
Uyghur do have them (for a non-joiner; at line ends).

Not handled: syllables of scripts beyond Greek, Latin and Cyrillic; scripts without spaces (text.disguises).
"""

import unicodedata

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, MARK
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.joiners import only_arabic

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

SOFT_HYPHEN = 0xAD
N_PARTS = 4
NOWHERE, PARTS, MISPLACED, STRANGE = range(N_PARTS)
"""Of a word's soft hyphens: none between two letters; all where words are parted; one elsewhere; one in a script
that has none."""
OF_ALL = 6
"""Words of a page with soft hyphens to one in which one is misplaced, at most, that all are suspect."""
_LAST = 0x530
_CONSONANTS = "bcdfghjkpqstvxzßþð" + "βγδζθκξπστφχψς" + "бвгджзкпстфхцчшщћђџ"
"""Letters of which none is a syllable by itself: l, m, n, r, w and y are in some languages."""
_SILENT = np.array([unicodedata.normalize("NFD", chr(code))[0].lower() in _CONSONANTS for code in range(_LAST)])
_HEBREW, _ARABIC, _HANGUL = (0x590, 0x5FF), (0x600, 0x6FF), (0xAC00, 0xD7A3)


@compiled
def parts(
    codes: UInt32, begin: int, end: int, start: int, stop: int, traits: UInt64, kind_at: int, joins: int
) -> int:
    """What is said of the soft hyphens of the word codes[begin:end] (NOWHERE, PARTS ...).

    It is in the text codes[start:stop]; traits hold kinds from the bit kind_at on, flags of text.joiners from the
    bit joins on.
    """
    n_parts, letters, silent, misplaced = 0, 0, 0, False  # of the part: letters, consonants among them
    spoken = 0  # other letters of the word: http has none
    last, hyphen = 0, False  # the letter or mark before; a soft hyphen stands behind it
    for at in range(begin, end):
        code = codes[at]
        kind = (traits[code] >> np.uint64(kind_at)) & 7
        if code == SOFT_HYPHEN and last:
            hyphen = True
        if kind != LETTER and kind != MARK:
            continue
        if hyphen:
            none = _has_none(code) and _has_none(last)
            if none and (not _is_arabic(code) or only_arabic(codes, at, start, stop, traits, joins)):
                return STRANGE
            if not 0xC0 <= last < 0x250:  # behind an accented one it is of a garbled letter: Ã and it are an í
                misplaced |= kind == MARK or _binds(last) or (n_parts == 0 and _is_none(letters, silent, last))
                n_parts, letters, silent = n_parts + 1, 0, 0
        hyphen = False
        if kind == LETTER:
            is_silent = code < _LAST and _SILENT[code]
            letters, silent, spoken = letters + 1, silent + is_silent, spoken + (not is_silent)
        last = code
    if n_parts == 0:
        return NOWHERE
    return MISPLACED if spoken and (misplaced or _is_none(letters, silent, last)) else PARTS


@compiled
def _is_none(letters: int, silent: int, last: int) -> bool:
    """Whether what begins or ends a word is no part: consonants alone, or one letter, but in Indic scripts."""
    return bool(letters == silent or (letters == 1 and not 0x900 <= last < 0xE00))


@compiled
def strewn(words: Int64) -> int:
    """Words disguised, of how many there are by what `parts` says of them; one is by chance.

    Those that are parted as they should be count where more than one in OF_ALL is not.
    """
    n_soft = words[PARTS] + words[MISPLACED]
    all_suspect = OF_ALL * (words[MISPLACED] - 1) >= n_soft
    return int(max(words[STRANGE] + all_suspect * n_soft - 1, 0))


@compiled
def _has_none(code: int) -> bool:
    """Whether it is a letter of a script in which no word is parted."""
    return bool(_is_arabic(code) or _HEBREW[0] <= code <= _HEBREW[1] or _HANGUL[0] <= code <= _HANGUL[1])


@compiled
def _is_arabic(code: int) -> bool:
    return bool(_ARABIC[0] <= code <= _ARABIC[1])


@compiled
def _binds(code: int) -> bool:
    """Whether it is a virama of an Indic script: it belongs to the letter behind it."""
    return bool((0x900 <= code < 0xD80 and code & 0x7F == 0x4D) or code == 0xDCA)
