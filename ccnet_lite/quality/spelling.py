"""Words that a reader knows and a machine does not: digits for letters, case that turns with each letter, a letter
of a far script within; and words wholly of accented Latin letters, as Cyrillic, Greek, Hebrew or Thai become when
they are read as Latin-1.

Clean text has some of these, and must not be suspect: model numbers (B2B, mp3s), tones and clicks written as
digits (Squamish, Arabic in chats: 2, 3, 5, 7 stand for letters), camel case and Zulu prefixes (uMaBuyi), affixes
of any script at the ends of foreign names.

Not handled: letters of scripts without spaces within a Latin word; letters swapped, left out or said twice.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.sentence_case import CAPITAL, case_traits
from ccnet_lite.quality.soft_hyphens import SOFT_HYPHEN
from ccnet_lite.text.characters import LETTER, MARK, N_CODES, NUMBER, kinds, script_codes, scripts
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.homoglyphs import SCRIPTS

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]

UPPER, SOFT, COMMON, DIGIT, FAR = (1 << bit for bit in range(5))
"""Of a character of a word: a capital; a soft hyphen; no accented Latin letter; a digit of any script; a letter,
mark or digit of a script other than Latin, Cyrillic, Greek, Armenian and Korean."""
N_SPELLINGS = 5
PLAIN, TRICK, DIGIT_WITHIN, TONE_WITHIN, ACCENTED = range(N_SPELLINGS)
"""What a word is: nothing of these; spelt so that it is hidden; with 0 or 1 for a letter; with 3, 4, 5, 7, 8 or 9
alone, which some write for letters and words of their own; all of accented letters."""
LONG = 20
"""Characters of a word with as many turns, and digits, that no name has: machines' own strings."""
LEET_LETTERS, LEET_CHARS, ALTERNATING, TURNS, ACCENTED_LETTERS = 3, 5, 4, 5, 3
"""Letters of a word with digits for others, and of one that turns case with each; turns of one that need not turn
with each; letters of one all of accented ones: at least so many."""
PARTED_LETTERS = 4
"""So many single letters, one sign between each two, are a word."""


@cache
def spelling_flags() -> UInt8:
    """[N_CODES]: what each character of a word is here, as bits."""
    kind = kinds()
    table = np.zeros(N_CODES, np.uint8)
    table[case_traits() == CAPITAL] |= UPPER
    table[SOFT_HYPHEN] |= SOFT
    in_words = (kind == LETTER) | (kind == MARK) | (kind == NUMBER)
    table[in_words] |= COMMON
    accented = np.zeros(N_CODES, np.bool_)
    accented[[0xAA, 0xB5, 0xBA]] = accented[0xC0:0x250] = True
    table[accented & (kind == LETTER)] &= ~np.uint8(COMMON)
    table[kind == NUMBER] |= DIGIT
    near = [0, *(script_codes().index(code) for code in (*SCRIPTS, "Hang"))]  # Korean: A와B
    table[in_words & ~np.isin(scripts(), near)] |= FAR
    return table


@compiled
def spelt(codes: UInt32, begin: int, end: int, traits: UInt64, shift: int, kind_at: int) -> int:
    """What the word codes[begin:end] is (TRICK, DIGIT_WITHIN ...).

    traits hold its flags from the bit `shift` on, and kinds from kind_at on.
    """
    letters, capitals, far, ahead = 0, 0, 0, 0  # ahead: letters and digits of far scripts since a near one
    turns, in_turn, most_in_turn = 0, 0, 0  # letters of another case than the one before, those behind one another
    common = 0
    digits, tones, others, last_digit = 0, 0, 0, False  # others: of digits and letters that speak against it
    last, before = -1, np.uint32(0)  # the case of the letter before, and the letter
    for at in range(begin, end):
        code = codes[at]
        flags = int(traits[code] >> np.uint64(shift))
        if flags & FAR:
            ahead += letters > 0
            common += 1
            continue
        if flags & DIGIT:
            last_digit = True
            digits += code == 0x30 or code == 0x31
            tones += 0x33 <= code <= 0x39 and code != 0x36
            others += letters == 0 or not 0x30 <= code <= 0x39 or code == 0x32 or code == 0x36
            continue
        if flags & SOFT:
            continue
        if (traits[code] >> np.uint64(kind_at)) & 7 != LETTER or 0x2B0 <= code <= 0x2FF:  # no case
            common += 1
            continue
        last_digit = False
        far, ahead = far + ahead, 0
        common += flags & COMMON
        case = flags & UPPER
        turned = last >= 0 and case != last and code ^ before != 0x20  # Aa and Bb are genes
        turns += turned
        in_turn = in_turn + 1 if turned else 0
        most_in_turn = max(most_in_turn, in_turn)
        last, before = case, code
        letters += 1
        capitals += case
        others += code >= 0x530
    if (
        far > 0
        or most_in_turn >= TURNS
        or (turns >= TURNS and digits + tones + others > 0 and end - begin >= LONG)
    ):
        return TRICK
    if (
        letters >= ALTERNATING
        and turns == letters - 1
        and int(traits[codes[begin]] >> np.uint64(shift)) & UPPER == 0
    ):
        return TRICK
    if digits + tones > 0:
        if (
            letters < LEET_LETTERS
            or letters + digits + tones < LEET_CHARS
            or others > 0
            or last_digit
            or capitals > 1
            or turns > 1
        ):
            return PLAIN
        return DIGIT_WITHIN if digits > 0 else TONE_WITHIN
    return ACCENTED if common == 0 and letters >= ACCENTED_LETTERS else PLAIN
