r"""Signs of text read in a wrong encoding: Ã© for é, Ð¿Ñ€ for пр, \ufffd for a lost character; entities left in.

UTF-8 read as another encoding becomes a letter with symbols behind it, again and again, which no orthography has.
Each encoding has its own letters and symbols; those of Windows' ten are looked at together.

Clean text has some: quotations marks and ellipses behind an accented letter, a trade mark, a URL's question mark.

Not handled here: few such letters, box drawing (KOI8-R, DOS), encodings of East Asia (misread.py tells them); what
is right again when it is read once more is not put right.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, N_CODES
from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]

WITHIN, BEHIND, LOST, ENDS, ASKS = (1 << bit for bit in range(5))
"""A symbol that stands between two letters only where an encoding is wrong; behind a letter with which UTF-8 of
several bytes begins; the mark of what was no character; the end of an entity; a question mark."""
_WITHIN = "€‚„†‡ˆ‰˜¡¢£¤¥¦§¨©¬®¯±¶¸¿"
_BEHIND = "‹•™«°·´"
_LATE_CONTROLS = (0x80, 0x84), (0x86, 0x9F)
_PRIVATE = (0xE000, 0xF8FF)
N_SIGNS = 3
SOUND, GARBLED, MISSING = range(N_SIGNS)
"""What a symbol says: nothing; that an encoding is wrong; that it stands for a letter which is lost."""
BY_CHANCE = 30
"""Signs of a wrong encoding that a text may have: it quotes a line of such text."""
LEAST_ENTITY, ENTITY = 3, 10
"""Characters of an entity before its semicolon: more than the first (tags in a text have &lt;), then at most."""


@cache
def garbling_flags() -> UInt8:
    """[N_CODES]: what each symbol may say, as bits."""
    table = np.zeros(N_CODES, np.uint8)
    table[[ord(char) for char in _WITHIN]] = WITHIN | BEHIND
    table[[ord(char) for char in _BEHIND]] = BEHIND
    for first, last in _LATE_CONTROLS:
        table[first : last + 1] = BEHIND
    table[_PRIVATE[0] : _PRIVATE[1] + 1] = WITHIN
    table[0xFFFD] = LOST
    table[ord(";")], table[ord("?")] = ENDS, ASKS
    return table


@compiled
def garbles(codes: UInt32, at: int, start: int, end: int, traits: UInt64, shift: int, kind_at: int) -> int:
    """What the symbol codes[at] of the text codes[start:end] says: SOUND, GARBLED or MISSING.

    traits hold its flags from the bit `shift` on, and kinds from kind_at on.
    """
    flags = int(traits[codes[at]] >> np.uint64(shift))
    if flags & ENDS:
        return GARBLED if _ends_entity(codes, at, start) else SOUND
    before = at > start and (traits[codes[at - 1]] >> np.uint64(kind_at)) & 7 == LETTER
    after = at + 1 < end and (traits[codes[at + 1]] >> np.uint64(kind_at)) & 7 == LETTER
    if flags & LOST:
        return MISSING if before or after else SOUND
    if not before:
        return SOUND
    if flags & ASKS:
        return MISSING if after and _asks_within(codes, at, end) else SOUND
    if flags & WITHIN and after:
        return GARBLED
    lead = codes[at - 1]
    # What bytes C2 to F4 become in the encodings of Windows.
    latin = 0xC2 <= lead <= 0xF4 or 0x100 <= lead <= 0x17F
    leads = latin or 0x393 <= lead <= 0x3CF or 0x412 <= lead <= 0x444
    return GARBLED if flags & BEHIND and leads else SOUND


@compiled
def _ends_entity(codes: UInt32, at: int, start: int) -> bool:
    """Whether &name; or &#number; ends here."""
    for place in range(at - 1, max(start - 1, at - 1 - ENTITY), -1):
        code = codes[place]
        if code == 0x26:
            return at - place > LEAST_ENTITY
        small = 0x61 <= (code | 0x20) <= 0x7A
        if not (small or 0x30 <= code <= 0x39 or code == 0x23):
            return False
    return False


@compiled
def _asks_within(codes: UInt32, at: int, end: int) -> bool:
    """Whether a question mark stands for a lost letter: between small ones, and not before a URL's parameters."""
    if not (0x61 <= codes[at - 1] <= 0x7A and 0x61 <= codes[at + 1] <= 0x7A):
        return False
    place = at + 1
    while place < end and (0x61 <= codes[place] | 0x20 <= 0x7A or codes[place] == 0x5F):
        place += 1
    return place >= end or codes[place] != 0x3D
