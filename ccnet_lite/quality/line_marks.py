"""A line's score: how far it is a page's furniture, or speaks against that.

Not handled: where a list begins and ends (list_lines.py).
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.line_shares import BULLETS
from ccnet_lite.text.characters import LETTER, MARK, N_CODES, NUMBER, SPACE, kinds, unspaced
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.phrases import Tables, count_in
from ccnet_lite.text.sentence_ends import closers, sentence_ends

UInt8 = npt.NDArray[np.uint8]
UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_U = np.uint64

MASKED, FURNITURE, NETWORK = 1.0, 1.5, 1.0
"""Scores of lines that the masks name, that are page words, that are networks' names."""
PLAIN, ITEM, OPEN, ENDED = -0.05, -0.4, -0.5, -0.3
"""Of short lines that nothing marks: any; those that begin with a bullet or a number or hold two, without a year,
or hold signs of code; those that end in a comma or the like, as verses do; those that end a sentence."""
CHARS_A_POINT = 80.0
"""Characters of prose that outweigh one point; twice as many where the line holds a page word."""
PROSE_CHARS, ENDED_CHARS, SHORT_CHARS = 120.0, 40.0, 300.0
"""A line is prose from so many characters on; where it ends a sentence from so many; beyond the last no page word
counts. In scripts written without spaces all of these are two fifths."""
FAR_CHARS = 400.0
"""A line of more characters ends any list: it takes away more points than a search goes on for (DROP)."""
COPYRIGHT_WORDS = 6
"""How many words of its line a copyright sign speaks for."""
LOOKED_AT = 40
"""Characters that tell whether a line's script writes spaces, where no more is asked of it."""
MOST_WORDS = 1.5
"""How many words a line may have for each of its page words, and one more; of a sentence, only these."""
CODE_SIGNS, OPENERS, COMMAS = "{}=\\", BULLETS + "-–—", ",;:、，；：،؛–—-"

UNKNOWN, BLANK, SHORT, PROSE = range(4)
"""Kinds of lines."""
UNMARKED, OF_NETWORK, MARKED = range(3)
"""Marks."""
_SPACE, _WORD, _LETTER, _UNSPACED, _END, _CLOSER = (1 << bit for bit in range(6))
_CODE, _DIGIT, _OPENER, _COMMA, _SIGN = (1 << bit for bit in range(6, 11))


class Lines(NamedTuple):
    """Lines of some texts, [lines] each but for codes and starts.

    starts: [lines + 1], where each begins in `codes` (the last: behind the last's line feed, were there one).
    masked: whether masks name it. The others are filled in by `measure_line`; said: whether it is page words.
    """

    codes: UInt32
    starts: Int64
    masked: Bools
    kind: UInt8
    marks: UInt8
    said: Bools
    scores: Float64


def lines_of(codes: UInt32, starts: Int64, masked: Bools) -> Lines:
    """Lines of which nothing is known yet."""
    n = len(masked)
    kind, marks, said = np.zeros(n, np.uint8), np.zeros(n, np.uint8), np.zeros(n, np.bool_)
    return Lines(codes, starts, masked, kind, marks, said, np.zeros(n))


@cache
def traits() -> UInt16:
    """[N_CODES]: what `measure_line` asks of a code point."""
    table = np.zeros(N_CODES, np.uint16)
    kind = kinds()
    for chosen, trait in (
        *((kind == SPACE, _SPACE), (np.isin(kind, (LETTER, MARK, NUMBER)), _WORD), (kind == LETTER, _LETTER)),
        *((unspaced() & (kind == LETTER), _UNSPACED), (sentence_ends(), _END), (closers(), _CLOSER)),
        (kind == NUMBER, _DIGIT),
    ):
        table[chosen] |= trait
    for chars, trait in ((CODE_SIGNS, _CODE), (OPENERS, _OPENER), (COMMAS, _COMMA), ("©", _SIGN)):
        table[[ord(char) for char in chars]] |= trait
    return table


@compiled
def _trimmed(lines: Lines, line: int, trait_of: UInt16) -> tuple[int, int]:
    """Where the first and the last character of a line are that is no space."""
    codes, first, last = lines.codes, lines.starts[line], lines.starts[line + 1] - 2
    while first <= last and trait_of[codes[_U(first)]] & _SPACE:
        first += 1
    while first <= last and trait_of[codes[_U(last)]] & _SPACE:
        last -= 1
    return first, last


@compiled
def rough_size(lines: Lines, line: int, trait_of: UInt16) -> tuple[float, bool]:
    """A line's characters, counted as `measure_line` does, and whether it is prose by these and by how it ends.

    For lines of which no more is asked: it looks at LOOKED_AT characters and at the end.
    """
    codes = lines.codes
    first, last = _trimmed(lines, line, trait_of)
    if first > last:
        return 0.0, False
    n_letters, n_unspaced = 0, 0
    for at in range(first, min(last + 1, first + LOOKED_AT)):
        n_letters += trait_of[codes[_U(at)]] & _LETTER != 0
        n_unspaced += trait_of[codes[_U(at)]] & _UNSPACED != 0
    size = (last + 1 - first) * (2.5 if 2 * n_unspaced > n_letters else 1.0)
    end = last
    while end > first and trait_of[codes[_U(end)]] & _CLOSER:
        end -= 1
    return size, size >= PROSE_CHARS or (trait_of[codes[_U(end)]] & _END != 0 and size >= ENDED_CHARS)


@compiled
def measure_line(lines: Lines, line: int, trait_of: UInt16, phrases: Tables) -> None:
    """Fill in what is known of a line by itself."""
    codes, masked = lines.codes, lines.masked[line]
    first, last = _trimmed(lines, line, trait_of)
    if first > last:
        lines.kind[line] = BLANK
        return
    if last + 1 - first > (SHORT_CHARS if masked else FAR_CHARS):  # no more is asked of it
        lines.kind[line], lines.marks[line] = (SHORT, MARKED) if masked else (PROSE, UNMARKED)
        lines.scores[line] = MASKED if masked else -(last + 1 - first) / CHARS_A_POINT
        return
    n_words, n_letters, n_unspaced, n_numbers, digits, n_signs = 0, 0, 0, 0, 0, 0
    in_word, year, call, seen = False, False, False, 0
    for at in range(first, last + 1):
        trait = trait_of[codes[_U(at)]]
        seen |= trait
        if trait & _LETTER:
            n_letters += 1
            alone = trait & _UNSPACED != 0
            n_unspaced += alone
            n_words += alone or not in_word
            in_word, digits = not alone, 0
            continue
        if trait & _DIGIT:
            digits += 1
            n_numbers += digits == 1
            year |= digits == 4
        else:
            digits = 0
            n_signs += trait & _SIGN != 0
            if codes[_U(at)] == 0x28 and in_word and at < last:  # a call's bracket, as in print(x)
                call |= trait_of[codes[_U(at - 1)]] & trait_of[codes[_U(at + 1)]] & _LETTER != 0
        n_words += trait & _WORD != 0 and not in_word
        in_word = trait & _WORD != 0
    code = call or seen & _CODE != 0
    size = (last + 1 - first) * (2.5 if 2 * n_unspaced > n_letters else 1.0)
    end = last
    while end > first and trait_of[codes[_U(end)]] & _CLOSER:
        end -= 1
    ended = trait_of[codes[_U(end)]] & _END != 0
    if size >= PROSE_CHARS or (ended and size >= ENDED_CHARS):
        lines.kind[line] = PROSE
        score = -size / CHARS_A_POINT
    else:
        lines.kind[line] = SHORT
        begins = trait_of[codes[_U(first)]]
        item = code or begins & _OPENER != 0 or (not year and (begins & _DIGIT != 0 or n_numbers >= 2))
        hangs = trait_of[codes[_U(last)]] & _COMMA != 0
        score = OPEN if hangs else ENDED if ended else ITEM if item else PLAIN
    furniture, covered, n_found = 0, 0, 0
    if size <= SHORT_CHARS and not code:
        found, words, weight = count_in(codes, first, last + 1, phrases)
        furniture, n_found = int(weight) + n_signs, found + n_signs
        covered = words + COPYRIGHT_WORDS * n_signs
    lines.said[line] = n_found > 0 and n_words <= (covered if ended else MOST_WORDS * covered + 1)
    if lines.said[line]:
        lines.kind[line] = SHORT
        lines.marks[line] = MARKED if furniture else OF_NETWORK
        score = FURNITURE if furniture else NETWORK
    elif furniture and lines.kind[line] == PROSE:
        score /= 2
    if masked:
        lines.kind[line], lines.marks[line] = SHORT, MARKED
        score = MASKED + (score if lines.said[line] else 0.0)
    lines.scores[line] = score
