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

MAX_MARKS = 30
UNSURE = 255
"""In place of a combining class, which is at most 240."""
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

    The quick check of UAX 15, section 9: what may combine with what is before it counts as not composed.
    """
    found = np.zeros(len(ends), np.bool_)
    _check(codes, ends, _classes(), found)
    return found


@compiled
def _check(
    codes: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    found: npt.NDArray[np.bool_],
) -> None:
    at = 0
    for text in range(len(ends)):
        before, sure = 0, True
        while sure and at < ends[text]:
            here = classes[codes[at]]
            sure = here == 0 or before <= here < UNSURE
            before, at = here, at + 1
        found[text], at = sure, ends[text]


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """[0x110000]: the combining class, by which marks are in order; UNSURE: it may not be composed."""
    table = np.zeros(0x110000, np.uint8)
    for char in map(chr, range(0x30000)):
        table[ord(char)] = unicodedata.combining(char) if unicodedata.is_normalized("NFC", char) else UNSURE
    for char in map(chr, range(0x30000)):
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            table[int(parts[1], 16)] = UNSURE
    table[0x1161:0x1176] = table[0x11A8:0x11C3] = UNSURE  # vowels and last consonants of Hangul
    return table


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
