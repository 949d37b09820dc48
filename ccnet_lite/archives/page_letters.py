"""What a character tells of a line of text, in any script: ends of sentences, width, whether words have spaces."""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

(OTHER, SPACE, BREAKABLE, DIGIT, CAPITAL, COMMA, STOP, CLOSING, COLON, IDEOGRAPH, SYLLABLE, UNSPACED_LETTER) = (
    range(12)
)
_CHARACTERS = {
    SPACE: "\u00a0\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B))),
    # Where a line may end within a word, or between words that are written without spaces: no space.
    BREAKABLE: "\u200b",
    DIGIT: "0123456789",
    CAPITAL: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    COMMA: ",、，،፣",
    # Danda, Arabic, Ethiopic, Burmese, Khmer, Armenian, Tibetan, Syriac, Mongolian, Javanese, Ol Chiki, Meitei.
    STOP: ".!?…。！？．｡।॥؟۔።፧၊။។։།༎܀܁᠃꧊꧋᱾꯫",
    CLOSING: "\"')‘’‚‛“”„‟」』）",
    COLON: ":",
}
_RANGES = (
    (0x2E80, 0xA000, IDEOGRAPH),
    (0xAC00, 0xD7A4, SYLLABLE),
    (0x0E00, 0x1000, UNSPACED_LETTER),  # Thai, Lao, Tibetan
    (0x1000, 0x10A0, UNSPACED_LETTER),  # Burmese
    (0x1780, 0x1800, UNSPACED_LETTER),  # Khmer
)


def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(0x10000, np.uint8)
    for first, end, kind in _RANGES:
        kinds[first:end] = kind
    for kind, characters in _CHARACTERS.items():
        kinds[[ord(character) for character in characters]] = kind
    return kinds


KINDS_OF_LETTERS = _kinds()
"""Of each code point below 0x10000, one of the constants above."""


@compiled
def character_at(data: npt.NDArray[np.uint8], at: int) -> tuple[int, int]:
    """How many bytes the character takes, or the reference that stands for one; and its kind."""
    byte = np.int32(data[at])
    end = len(data)
    if byte <= 32:
        return 1, SPACE
    if byte == 38:  # &
        place = at + 1
        while place < end and place - at < 10 and (
            data[place] == 35 or 48 <= data[place] <= 57 or 97 <= data[place] | 32 <= 122
        ):  # fmt: skip
            place += 1
        if place < end and data[place] == 59 and place - at > 1:
            is_space = place - at == 5 and data[at + 1] == 110 and data[at + 2] == 98 and data[at + 3] == 115
            return place + 1 - at, SPACE if is_space else OTHER
        return 1, OTHER
    if byte < 0xC0:
        return 1, int(KINDS_OF_LETTERS[byte])
    size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
    point = byte & (0xFF >> (size + 1))
    for place in range(at + 1, min(at + size, end)):
        point = (point << 6) | (data[place] & 63)
    if point < 0x10000:
        return size, int(KINDS_OF_LETTERS[point])
    return size, IDEOGRAPH if 0x20000 <= point < 0x40000 else OTHER
