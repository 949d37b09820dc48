"""Unicode's normal forms in linear time, whatever the text.

Putting marks into their canonical order takes time in the square of how many follow one another without a
letter: 80,000 of two kinds in turn, which deflate to almost nothing, take seconds, and twice as many four
times that. UAX 15 (section 13, the stream-safe process) breaks such runs up: behind each 30 marks comes a
COMBINING GRAPHEME JOINER, over which no mark moves. No language stacks more than a few: all text but made-up
one is as `unicodedata.normalize` has it.
"""

import unicodedata
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import code_points
from ccnet_lite.text.compiled import compiled

_U = np.uint64
MAX_MARKS = 30
_CLASS = 0xFF
_COMBINES, _APART, _UNSURE = 1 << 8, 1 << 9, 1 << 10
"""Above a combining class: what may make one character with what is before it; what comes apart, so that this may
be some of its marks; what may not be composed anyway."""
JOINER = "\u034f"


def normalize(form: Literal["NFC", "NFD"], text: str) -> str:
    """The text in its normal form.

    >>> normalize("NFC", "e\u0301") == "\u00e9"
    True
    """
    # What is in its form already, nearly all text, is found so without any ordering.
    if text.isascii() or unicodedata.is_normalized(form, text):
        return text
    return unicodedata.normalize(form, stream_safe(text))


def surely_composed(codes: npt.NDArray[np.uint32], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """[texts]: which of texts that follow one another are surely composed (NFC); text i ends at codes[ends[i]].

    The quick check of UAX 15, section 9, with one look more: what may combine stands well right behind a letter
    with which it does not, as most vowel signs of Bengali and Tamil do. Behind marks it counts as not composed.
    """
    found = np.zeros(len(ends), np.bool_)
    _check(codes, ends, *_classes(), _pairs(), found)
    return found


@compiled
def _check(
    codes: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    said: npt.NDArray[np.uint16],
    pairs: npt.NDArray[np.int64],
    found: npt.NDArray[np.bool_],
) -> None:
    start = 0
    for text in range(len(ends)):
        before, whole, sure, at = 0, False, True, start
        while sure and at < ends[text]:
            place = classes[codes[_U(at)]]
            if place == 0:  # as of nearly all
                before, whole, at = 0, True, at + 1
                continue
            here = said[place]
            level = here & _CLASS
            if here & _COMBINES and whole:
                pair = np.int64(codes[_U(at - 1)]) << 32 | np.int64(codes[_U(at)])
                first = np.searchsorted(pairs, pair)
                sure = first == len(pairs) or pairs[first] != pair
            else:
                sure = here & (_COMBINES | _UNSURE) == 0 and (level == 0 or before <= level)
            before, whole = level, level == 0 and here & _APART == 0
            at += 1
        found[text], start = sure, ends[text]


@cache
def _classes() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """[0x110000]: each character's place in what is said of characters, 0 where there is nothing to say.

    That is the combining class, by which marks are in order, and what else is to be known.
    """
    table = np.zeros(0x110000, np.uint16)
    for code in range(0x30000):
        char = chr(code)
        table[code] = unicodedata.combining(char)
        table[code] |= _UNSURE * (not unicodedata.is_normalized("NFC", char))
        table[code] |= _APART * (not unicodedata.is_normalized("NFD", char))
    table[np.unique(_pairs() & 0xFFFFFFFF)] |= _COMBINES
    table[0x1161:0x1176] |= _UNSURE  # vowels and last consonants of Hangul
    table[0x11A8:0x11C3] |= _UNSURE
    said, classes = np.unique(table, return_inverse=True)
    return classes.astype(np.uint8), said


@cache
def _pairs() -> npt.NDArray[np.int64]:
    """[pairs], ascending: two characters that composed are one, as first * 2^32 + second."""
    parts = (unicodedata.decomposition(chr(code)).split() for code in range(0x30000))
    pairs = [[int(part, 16) for part in each] for each in parts if len(each) == 2 and not each[0].startswith("<")]
    composed = [
        first << 32 | second
        for first, second in pairs
        if len(unicodedata.normalize("NFC", chr(first) + chr(second))) == 1
    ]
    return np.sort(composed)


def stream_safe(text: str) -> str:
    """The text with JOINER after each 30 marks that follow one another."""
    marks = _marks()[code_points(text)]
    if marks.sum() <= MAX_MARKS:
        return text
    place = np.arange(len(marks))
    since_letter = place - np.maximum.accumulate(np.where(marks, -1, place))
    breaks = np.flatnonzero(marks & (since_letter % MAX_MARKS == 1) & (since_letter > MAX_MARKS))
    if not len(breaks):
        return text
    cuts = [0, *breaks.tolist(), len(text)]
    return JOINER.join([text[first:last] for first, last in pairwise(cuts)])


def expanded_length(text: str) -> int:
    """Characters of the text in NFKC, to which language models bring it; one U+FDFA becomes 18."""
    return len(text) if text.isascii() else int(_lengths()[code_points(text)].sum())


@cache
def _lengths() -> npt.NDArray[np.int64]:
    """[0x110000]: characters that each one becomes in NFKC."""
    table = np.ones(0x110000, np.int64)
    table[:0x30000] = [len(unicodedata.normalize("NFKC", chr(code))) for code in range(0x30000)]
    return table


@cache
def _marks() -> npt.NDArray[np.bool_]:
    """[0x110000]: what is ordered: characters of a combining class, or that decompose to such alone."""
    table = np.zeros(0x110000, np.bool_)
    first = (unicodedata.normalize("NFD", chr(code))[0] for code in range(0x20000))
    table[[code for code, char in enumerate(first) if unicodedata.combining(char)]] = True
    return table
