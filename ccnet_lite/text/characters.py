"""What each code point is: kind, script and folded form, as tables that numpy indexes.

Texts go in as arrays of code points (UTF-32), one array for many documents, so that whatever is asked of a
character is asked of a batch at once.

Not handled: what depends on more than one character (word boundaries: tokens.py; composition: unicodedata).
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.script_ranges import SCRIPT_RANGES, UNSPACED_SCRIPTS

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Bools = npt.NDArray[np.bool_]

SPACE, SYMBOL, LETTER, MARK, NUMBER, IGNORED = range(6)
"""Kinds. SYMBOL: punctuation and symbols; IGNORED: format characters (zero-width, soft hyphen, variation
selectors, byte order mark), which stand in the middle of words and are not seen."""

N_CODES = 0x110000
_TABLED = 0x20000
"""From here on planes hold Han letters (2, 3), or nothing that a text needs: tags, private use."""


def code_points(text: str) -> UInt32:
    """The code points of a text; a lone surrogate, which UTF-8 can't hold either, becomes a question mark."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def to_text(codes: UInt32) -> str:
    """The text of an array of code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")


@cache
def kinds() -> UInt8:
    """[N_CODES]: the kind of each code point.

    By general category: L letter, M mark, N number, Cf ignored, Z and control characters space, the rest
    symbol. Regional indicators and emoji are symbols.
    """
    by_category = {"L": LETTER, "M": MARK, "N": NUMBER, "Z": SPACE}
    table = np.full(N_CODES, SYMBOL, np.uint8)
    for code in range(_TABLED):
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Cf" or 0xFE00 <= code <= 0xFE0F:
            table[code] = IGNORED
        elif category == "Cc":
            table[code] = SPACE
        else:
            table[code] = by_category.get(category[0], SYMBOL)
    table[0x20000:0x40000] = LETTER
    table[0xE0000:0xE0200] = IGNORED
    return table


@cache
def folds() -> UInt32:
    """[N_CODES]: the form of each code point in which texts are compared.

    Lower case of the compatibility form where that is one character (full-width letters, presentation
    forms of Arabic, circled digits), with final sigma as sigma, dotted capital I as i, and the decimal
    digits of every script as ASCII digits. What would become several characters (ligatures such as ﬁ) is
    only lower-cased.
    """
    table = np.arange(N_CODES, dtype=np.uint32)
    for code in range(_TABLED):
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        folded = unicodedata.normalize("NFKC", char).lower()
        if digit is not None:
            table[code] = ord("0") + digit
        elif len(folded) == 1:
            table[code] = ord(folded)
        elif len(char.lower()) == 1:
            table[code] = ord(char.lower())
    table[0x130] = ord("i")
    table[table == 0x3C2] = 0x3C3
    return table


@cache
def scripts() -> UInt8:
    """[N_CODES]: index into `script_codes()` of each code point's script; 0 (Zyyy) for what has none."""
    table = np.zeros(N_CODES, np.uint8)
    for index, code in enumerate(script_codes()[1:], 1):
        for first, last in SCRIPT_RANGES[code]:
            table[first : last + 1] = index
    return table


@cache
def script_codes() -> tuple[str, ...]:
    """ISO 15924 codes by index; index 0 is Zyyy: common, inherited, or not in our table."""
    return ("Zyyy", *sorted(SCRIPT_RANGES))


@cache
def unspaced() -> Bools:
    """[N_CODES]: letters and marks of the scripts that are written without spaces between words."""
    wanted = [index for index, code in enumerate(script_codes()) if code in UNSPACED_SCRIPTS]
    return np.asarray(np.isin(scripts(), wanted) & ((kinds() == LETTER) | (kinds() == MARK)))
