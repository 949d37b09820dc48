"""The few places of texts that can hold personal data, found in one compiled pass, and their plain form.

The plain form has a character for each of the text's, so that places in it are places in the text: digits of every
script are ASCII digits, full-width signs their ASCII ones, spaces of every width spaces, dashes hyphens.
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import N_CODES, to_text
from ccnet_lite.text.compiled import compiled

AT, DIGITS, DOTTED, COLONS, SPELT = range(5)
"""What a place is: an @; a stretch of digits, one with three dots; colons between hexadecimal digits; a word that
may stand for an @."""
SPELT_LETTERS = 12
"""Of a word in brackets that may stand for an @, at most."""
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]


@cache
def plain_table() -> UInt32:
    """[N_CODES]: the plain form of each code point."""
    table = np.arange(N_CODES, dtype=np.uint32)
    for code in range(0x80, 0x1FBFA):
        char = chr(code)
        digit, category = unicodedata.decimal(char, None), unicodedata.category(char)
        if digit is not None:
            table[code] = ord("0") + digit
        elif category == "Zs":
            table[code] = 0x20
        elif category == "Pd" or code == 0x2212:
            table[code] = 0x2D
        elif 0xFF01 <= code <= 0xFF5E or code == 0xFE6B:
            table[code] = ord(unicodedata.normalize("NFKC", char))
    return table


def plain(codes: UInt32) -> str:
    """The plain form of some code points.

    >>> plain(np.array([ord(char) for char in "tél ０１२–٣@"], np.uint32))
    'tél 012-3@'
    """
    return to_text(plain_table()[codes])


@compiled
def find_places(codes: UInt32, ends: Int64, fold: UInt32, out: Int64) -> int:
    """Fill in (text, what, start, end) of places to look at; gives their number, be it more than fit.

    A stretch of digits: those with at most six other characters of its line between them, seven or more in all,
    or three dots between digits. Colons: a run of hexadecimal digits, colons and dots with two colons. A word for
    an @: in brackets, or AT between spaces.
    """
    count, begin = 0, 0
    for text in range(len(ends)):
        at, end = begin, ends[text]
        while at < end:
            code = fold[codes[at]]
            if code == 64 or code in (40, 91, 123, 60):
                last = at + 1 if code == 64 else _closed(codes, at, end)
                if last:
                    if count < len(out):
                        out[count] = text, AT if code == 64 else SPELT, at - begin, last - begin
                    count += 1
            elif codes[at] == 84 and begin + 1 < at < end - 1 and codes[at - 1] == 65:
                if codes[at - 2] == 32 and codes[at + 1] == 32:
                    if count < len(out):
                        out[count] = text, SPELT, at - 1 - begin, at + 1 - begin
                    count += 1
            elif 48 <= code <= 57:
                start, last, n_digits, n_dots = at, at, 0, 0
                while at < end and at - last <= 7 and codes[at] != 10:
                    code = fold[codes[at]]
                    if 48 <= code <= 57:
                        n_digits += 1
                        n_dots += at - last == 2 and fold[codes[at - 1]] == 46
                        last = at
                    elif code == 64:
                        break
                    at += 1
                if n_digits >= 7 or n_dots >= 3:
                    if count < len(out):
                        out[count] = text, DOTTED if n_dots >= 3 else DIGITS, start - begin, last + 1 - begin
                    count += 1
                at = last
            at += 1
        at, run, n_colons = begin, begin, 0
        while at <= end:
            code = fold[codes[at]] if at < end else np.uint32(0)
            if 48 <= code <= 58 or 97 <= code <= 102 or (code == 46 and n_colons > 1):
                n_colons += code == 58
            else:
                if n_colons > 1 and at - run >= 6:
                    if count < len(out):
                        out[count] = text, COLONS, run - begin, at - begin
                    count += 1
                run, n_colons = at + 1, 0
            at += 1
        begin = end
    return count


@compiled
def _closed(codes: UInt32, at: int, end: int) -> int:
    """The end of a bracket that holds a few letters, spaces around them or not; 0 if it is none."""
    here, n_letters = at + 1, 0
    while here < end and codes[here] == 32 and here - at <= 2:
        here += 1
    while here < end and n_letters <= SPELT_LETTERS and (codes[here] > 127 or 97 <= codes[here] | 32 <= 122):
        here += 1
        n_letters += 1
    while here < end and codes[here] == 32 and here - at <= SPELT_LETTERS + 4:
        here += 1
    code = codes[here] if here < end else np.uint32(0)
    return here + 1 if n_letters and code in (41, 93, 125, 62) else 0
