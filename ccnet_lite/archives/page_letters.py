"""What a character tells of a line of text, in any script: ends of sentences, width, whether words have spaces."""

import numpy as np
import numpy.typing as npt

(OTHER, SPACE, DIGIT, CAPITAL, COMMA, STOP, CLOSING, COLON, IDEOGRAPH, SYLLABLE, UNSPACED_LETTER) = range(11)
_CHARACTERS = {
    SPACE: "\u00a0\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C))),
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
