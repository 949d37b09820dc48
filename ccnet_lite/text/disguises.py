"""Words that hold characters nobody types: letters in costume, invisible characters, struck-out letters.

Letters in costume are mathematical, enclosed, small-capital and full-width Latin ones. An invisible character
counts between two letters only.

Clean text has some of these, and must not be suspect: zero-width joiners where a script needs them (text.joiners);
full-width letters in Chinese, Japanese and Korean text; soft hyphens, but in scripts without spaces (others:
quality.soft_hyphens); single mathematical letters (formulas); an invisible character at a word's edge (marks of
direction, byte order marks), or a zero-width space between syllables of Thai, Khmer and the like, where it
separates words (text.syllables); a byte order mark behind a capital that begins a word, as a broadcaster's system
leaves it in each paragraph; the strike through some vowels that Tucanoan languages write; the small capital that
stands for an open o.

Not handled: accents and look-alikes that some orthography has (é, ı); costume beyond letters (digits, emoji).
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, MARK, code_points, kinds, script_codes, scripts
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.joiners import CURSIVE, INDIC, TIES, joiner_flags, joins_nothing, only_arabic
from ccnet_lite.text.look_alikes import LOOK_ALIKES
from ccnet_lite.text.syllables import WORD_LETTERS, splits

UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]

ENCLOSED = ((0x249C, 0x24E9), (0x1F110, 0x1F12B), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189))
"""Letters in parentheses, circles and squares; symbols by Unicode, letters to the reader."""
WIDE = ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
_SMALL_CAPITALS = (0x1D00, 0x1D0F), (0x1D11, 0x1D22)
"""Without the open o, which some type in Idoma, Ewe and others."""
BYTE_ORDER_MARK = 0xFEFF
_JOINERS = (
    *((0x200C, 0x200F), (0x61C, 0x61C), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF), (0x180B, 0x180F), (0x70F, 0x70F)),
    *((0x600, 0x605), (0x17B4, 0x17B5), (0x110BD, 0x110BD), (0x110CD, 0x110CD)),
)
"""Those of Mongolian, Syriac, Arabic, Khmer and Kaithi pass in their scripts, as joiners do where needed."""
_HIDDEN = (
    *((0x200B, 0x200B), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xE0000, 0xE00FF)),
    *((0xE01F0, 0xE0FFF), (0x34F, 0x34F), (0x2800, 0x2800), (0xFFF0, 0xFFFC), (0xFFFE, 0xFFFF)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x7F)),
)
_FILLERS = (0x115F, 0x1160, 0x3164, 0xFFA0)
_OVER, _FOR_SYMBOLS = (0x334, 0x338), (0x20D0, 0x20F0)
_AROUND = (0x488, 0x489), (0xFE20, 0xFE2F)
_RAISED = (
    *((0x2B0, 0x2B8), (0x2E0, 0x2E4), (0x1D2C, 0x1D6A), (0x1D78, 0x1D78), (0x1D9B, 0x1DBF), (0x2071, 0x2071)),
    *((0x207F, 0x207F), (0x2090, 0x209C), (0x2C7C, 0x2C7D), (0xA7F2, 0xA7F4), (0xA7F8, 0xA7F9)),
)
"""Letters above or below the line."""
_PLAIN_SCRIPTS = ("Armn", "Cher", "Copt", "Cyrl", "Ethi", "Geor", "Grek", "Hang", "Hebr", "Latn", "Lisu")
"""Scripts whose letters are neither joined nor shaped, so that no joiner has anything to do between them."""
HAN_WORD_LETTERS = 2
"""Of a word of Chinese or Japanese (1.8 on average). Each counts as a word, so one that is disguised as two."""
FULL_WIDTH_SCRIPTS = ("Bopo", "Hani", "Hira", "Kana", "Yiii")

ACCENTED = 4
"""Letters of a word whose every letter has a mark of no script."""
LETTERS, COSTUME, WIDE_LETTER, JOINER, HIDDEN, OVERLAY, SHAPED, FULL_WIDTH = (1 << bit for bit in range(8))
SUSPECT = COSTUME | WIDE_LETTER | JOINER | HIDDEN | OVERLAY
"""Flags of words that have to be looked at."""
JOINING = 8
"""Bit from which on stand the flags of text.joiners."""
NOTHING, DISGUISED, WIDELY = range(3)
_SOFT_HYPHEN = 0xAD


@cache
def disguise_flags() -> UInt16:
    """[N_CODES]: what each character may have to do with a disguise, as bits.

    LETTERS: a letter; COSTUME, WIDE_LETTER, JOINER, HIDDEN, OVERLAY: as named; SHAPED: a letter, or
    Indic mark, of a script that may need joiners; FULL_WIDTH: of a script whose text has full-width Latin letters;
    from the bit JOINING on, those of text.joiners.
    """
    table = joiner_flags() * np.uint16(1 << JOINING)
    table[kinds() == LETTER] |= LETTERS
    for ranges, flag in (
        *((ENCLOSED, COSTUME | LETTERS), (WIDE, WIDE_LETTER), (_SMALL_CAPITALS, COSTUME)),
        *(
            (_JOINERS, JOINER),
            (_HIDDEN, HIDDEN),
            ((_OVER, _FOR_SYMBOLS), OVERLAY),
            (_RAISED, OVERLAY),
            (_AROUND, OVERLAY),
        ),
    ):
        for first, last in ranges:
            table[first : last + 1] |= flag
    table[[ord(char) for char in LOOK_ALIKES["Zyyy"]]] |= COSTUME
    common = np.nonzero((kinds() == MARK) & (scripts() == 0) & (table & HIDDEN == 0))[0]
    # The others are of scripts that script_codes has not, whose vowel signs they are.
    table[[code for code in common if unicodedata.name(chr(code), "").startswith("COMBINING")]] |= OVERLAY
    table[list(_FILLERS)] &= ~np.uint16(LETTERS)
    table[list(_FILLERS)] |= HIDDEN
    plain = [script_codes().index(code) for code in _PLAIN_SCRIPTS]
    full_width = [script_codes().index(code) for code in FULL_WIDTH_SCRIPTS]
    letters = (table & LETTERS) != 0
    table[letters & (scripts() != 0) & ~np.isin(scripts(), plain)] |= SHAPED
    table[letters & np.isin(scripts(), full_width)] |= FULL_WIDTH
    table[(table >> JOINING) & INDIC != 0] |= SHAPED  # vowel signs, too
    return table


def disguise(word: str) -> int:
    r"""Whether a word holds what nobody types: NOTHING, DISGUISED, or WIDELY by full-width letters alone.

    >>> disguise("pass\u200bword"), disguise("password"), disguise("\uff50\uff41\uff53\uff53")
    (1, 0, 2)
    """
    codes = code_points(word)
    return int(disguise_of(codes, 0, len(codes), 0, len(codes), disguise_flags().astype(np.uint64), 0))


@compiled
def _is_capital(code: int) -> bool:
    """Whether it is one of the Latin or Cyrillic capitals without accents: others are too few to matter here."""
    return 0x41 <= code <= 0x5A or 0x410 <= code <= 0x42F


@compiled
def disguise_of(
    codes: UInt32, begin: int, end: int, start: int, stop: int, traits: npt.NDArray[np.uint64], shift: int
) -> int:
    """`disguise` of the word codes[begin:end] of the text codes[start:stop]; traits hold flags from `shift` on."""
    letters, costumes, wide, shaped = 0, 0, 0, 0
    overlays, raised, accented, accented_at = 0, 0, 0, 0  # strikes; letters raised; letters with other marks
    idle, joiners, hidden = 0, 0, 0  # between two letters
    new_joiners, new_ties, new_hidden = 0, 0, 0  # since the last letter
    before = 0
    for at in range(begin, end):
        flags = int(traits[codes[at]] >> np.uint64(shift)) & 0xFFFF
        script = flags >> JOINING
        if flags & LETTERS or script & INDIC:
            if letters > 0 and new_joiners + new_hidden > 0:
                hidden += new_hidden
                if letters == 1 and codes[at - 1] == BYTE_ORDER_MARK:
                    hidden -= _is_capital(codes[at - 2])
                if (before >> JOINING) & script & (INDIC | CURSIVE):
                    first, at_mark = letters == 1, not flags & LETTERS
                    idle += new_joiners > 0 and joins_nothing(
                        before >> JOINING, script, new_ties > 0, first, at_mark
                    )
                    joiners += new_joiners if script & CURSIVE else 0
                elif not (before | flags) & SHAPED:
                    idle += new_joiners
            new_joiners, new_ties, new_hidden = 0, 0, 0
            before = flags
            letters += flags & LETTERS != 0
            costumes += (flags & COSTUME) != 0
            wide += (flags & WIDE_LETTER) != 0
            shaped += (flags & SHAPED) != 0
        elif script & CURSIVE:
            new_joiners, new_ties = 0, 0  # marks in the Quran stand on joiners
        new_joiners += (flags & JOINER) != 0
        new_ties += script & TIES != 0
        new_hidden += (flags & HIDDEN) != 0
        if flags & OVERLAY:
            if flags & LETTERS:
                raised += 1
            elif _OVER[0] <= codes[at] <= _OVER[1] or _FOR_SYMBOLS[0] <= codes[at] <= _FOR_SYMBOLS[1]:
                overlays += 1
            elif letters > accented_at:
                accented, accented_at = accented + 1, letters
    if hidden > 0 or idle > 0:
        return DISGUISED
    if joiners > 0 and only_arabic(codes, begin, start, stop, traits, shift + JOINING):
        return DISGUISED
    if (overlays >= 2 and 4 * overlays >= 3 * letters) or (costumes > 0 and letters >= 3):
        return DISGUISED
    if (raised >= 3 and 2 * raised >= letters) or (accented >= ACCENTED and accented == letters):
        return DISGUISED
    if 0 < wide < letters and shaped == 0:
        return DISGUISED
    return WIDELY if wide >= 2 else NOTHING


@compiled
def hides(codes: UInt32, at: int, start: int, end: int, traits: npt.NDArray[np.uint64], shift: int) -> int:
    """For how many words the invisible character codes[at] of the text codes[start:end] counts, each letter being
    one: between two of Han or kana, or within Thai, Lao, Khmer and Burmese where they have none.
    """
    if at == start or at + 1 >= end:
        return 0
    if codes[at] != _SOFT_HYPHEN and not int(traits[codes[at]] >> np.uint64(shift)) & (HIDDEN | JOINER):
        return 0
    if 0xF40 <= codes[at - 1] <= 0xFBC and 0xF40 <= codes[at + 1] <= 0xFBC:  # Tibetan
        return WORD_LETTERS
    before = int(traits[codes[at - 1]] >> np.uint64(shift))
    after = int(traits[codes[at + 1]] >> np.uint64(shift))
    if before & FULL_WIDTH and after & (FULL_WIDTH | HIDDEN | JOINER):
        return HAN_WORD_LETTERS
    return WORD_LETTERS if splits(codes, at, start, end) else 0
