"""Invisible characters where Thai, Lao, Khmer and Burmese have none.

Words are parted there by a zero-width space, or by nothing. It, or a soft hyphen, stands between two syllables:
not before a mark or a vowel written behind its letter, not after a vowel written before it, not within a stack of
letters, not before a letter that ends a Burmese syllable. Of the other invisible characters a joiner passes beside
Khmer's register shifters (Unicode 16.0, chapter 16.4) and after Burmese's virama, as texts before Unicode 5.1 have
it, and a variation selector behind a Burmese letter.

Not handled: letters of the blocks Myanmar Extended A to C; other scripts without spaces (Lanna, Javanese ...),
where joiners pass.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import MARK, kinds
from ccnet_lite.text.compiled import compiled

UInt32 = npt.NDArray[np.uint32]

WORD_LETTERS = 3
"""Of such a word, at least (3.6 on average in Thai). Each counts as a word, so one that is disguised as three."""
LOOK_BACK = 4
"""Invisible characters in a run, over which the letter before them is sought."""
_FIRST, _LAST = 0xE00, 0x17FF
_LETTERS = (
    *((0xE01, 0xE3A), (0xE40, 0xE4E), (0xE81, 0xECE), (0x1000, 0x103F), (0x1050, 0x108F), (0x109A, 0x109D)),
    *((0x1780, 0x17D3), (0x17DD, 0x17DD)),
)
_WRITTEN_BEHIND = (0xE30, 0xE33), (0xE45, 0xE45), (0xEB0, 0xEB3), (0xEBD, 0xEBD)
_WRITTEN_BEFORE = (0xE40, 0xE44), (0xEC0, 0xEC4)
_OURS, _BEHIND, _BEFORE, _STACKS, _KILLS, _SHIFTS, _BURMESE = (1 << bit for bit in range(7))


def _flags() -> npt.NDArray[np.uint8]:
    """[_LAST - _FIRST + 1]: what each character is in a syllable, as bits."""
    table = np.zeros(_LAST + 1, np.uint8)
    for ranges, flag in (
        *((_LETTERS, _OURS), (_WRITTEN_BEHIND, _BEHIND), (_WRITTEN_BEFORE, _BEFORE)),
        *((((0x17D2, 0x17D2), (0x1039, 0x1039)), _STACKS), (((0x1039, 0x103A),), _KILLS)),
        *((((0x17C9, 0x17CA),), _SHIFTS), (((0x1000, 0x109F),), _BURMESE)),
    ):
        for first, last in ranges:
            table[first : last + 1] |= flag
    table[(kinds()[: _LAST + 1] == MARK) & (table & _OURS != 0)] |= _BEHIND
    return table[_FIRST:]


_SYLLABLES = _flags()


@compiled
def _of(code: int) -> int:
    return int(_SYLLABLES[code - _FIRST]) if _FIRST <= code <= _LAST else 0


@compiled
def splits(codes: UInt32, at: int, start: int, end: int) -> bool:
    """Whether the invisible character codes[at] of the text codes[start:end] is where these scripts have none."""
    after = _of(codes[at + 1]) if at + 1 < end else 0
    if not after & _OURS:
        return False
    before = 0
    for place in range(at - 1, max(start - 1, at - 1 - LOOK_BACK), -1):
        code = codes[place]
        if not (0x200B <= code <= 0x206F or 0xFE00 <= code <= 0xFE0F or code == 0xFEFF or code >= 0xE0000):
            before = _of(code)
            break
    if not before & _OURS:
        return False
    code = codes[at]
    if code == 0x200B or code == 0xAD:
        ends_one = at + 2 < end and after & _BURMESE and _of(codes[at + 2]) & _KILLS
        return bool(after & _BEHIND or before & (_BEFORE | _STACKS) or ends_one)
    if code == 0x200C or code == 0x200D:
        return not ((before | after) & _SHIFTS or before & _STACKS)
    return not (0xFE00 <= code <= 0xFE0F and before & _BURMESE)
