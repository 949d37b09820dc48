"""A line's score: how far it is a page's furniture, or speaks against that.

Not handled: where a list begins and ends (list_lines.py).
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.line_shares import BULLETS
from ccnet_lite.quality.page_words import OF_HEAD, OF_NOTICE, OF_SECTIONS
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

MASKED, FURNITURE, HINT = 1.0, 1.5, 1.0
"""Scores of lines that the masks name, that are page words, that are hints: names (networks, languages, sections),
paths ("News > Sport"), numbers of pages, addresses of mail, a phone's number, an arrow at the end."""
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
PHONE_DIGITS, PATH_STEPS, HASHTAGS = 7, 2, 2
"""How many digits a phone's number has behind its plus, how many signs a path has between its parts, and how many
hashtags a line has that is nothing else, at least."""
LOOKED_AT = 40
"""Characters that tell whether a line's script writes spaces, where no more is asked of it."""
MOST_WORDS = 1.5
"""How many words a line may have for each of its page words, and one more; of a sentence, only these."""
CODE_SIGNS, OPENERS, COMMAS = "{}=\\", BULLETS + "-–—", ",;:、，；：،؛–—-"
ARROWS, SIGNS = "»›>→▶►≫", "©"
PAGE_NUMBERS = tuple(map(ord, "1 2 3 "))

UNKNOWN, BLANK, SHORT, PROSE = range(4)
"""Kinds of lines."""
UNMARKED, HINTED, OF_SECTION, MARKED, HEAD = range(5)
"""Marks: the further, the stronger. OF_SECTION: names of sections, a hint that counts in menus only. HEAD: it says
that a list follows ("Related articles")."""
_SPACE, _WORD, _LETTER, _UNSPACED, _END, _CLOSER = (1 << bit for bit in range(6))
_CODE, _DIGIT, _OPENER, _COMMA, _SIGN, _ARROW, _HINT = (1 << bit for bit in range(6, 13))


class Lines(NamedTuple):
    """Lines of some texts, [lines] each but for codes and starts.

    starts: [lines + 1], where each begins in `codes` (the last: behind the last's line feed, were there one).
    masked: whether masks name it. The others are filled in by `measure_line`; said: whether it is page words or a
    hint; alike: how many page words it holds, of one that is.
    """

    codes: UInt32
    starts: Int64
    masked: Bools
    kind: UInt8
    marks: UInt8
    said: Bools
    alike: UInt8
    scores: Float64


def lines_of(codes: UInt32, starts: Int64, masked: Bools) -> Lines:
    """Lines of which nothing is known yet."""
    n = len(masked)
    kind, marks, alike = np.zeros(n, np.uint8), np.zeros(n, np.uint8), np.zeros(n, np.uint8)
    return Lines(codes, starts, masked, kind, marks, np.zeros(n, np.bool_), alike, np.zeros(n))


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
    for chars, trait in (
        *((CODE_SIGNS, _CODE), (OPENERS, _OPENER), (COMMAS, _COMMA), (SIGNS, _SIGN)),
        *((ARROWS, _ARROW), (ARROWS + "@#+1", _HINT)),
    ):
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
def _hints(codes: UInt32, first: int, last: int, trait_of: UInt16, n_letters: int, n_numbers: int) -> bool:
    """Whether what a short line looks like hints at a page's furniture, in whatever language."""
    tags, words, mails, steps, digits, opened, before = 0, 0, 0, 0, 0, 0, np.uint32(32)
    for at in range(first, last + 1):
        code = codes[_U(at)]
        begins = trait_of[before] & _SPACE != 0
        words += begins and trait_of[code] & _SPACE == 0
        tags += begins and code == 0x23 and at < last and trait_of[codes[_U(at + 1)]] & _LETTER != 0
        mails += code == 0x40 and trait_of[before] & trait_of[codes[_U(min(at + 1, last))]] & _WORD != 0
        digits += trait_of[code] & _DIGIT != 0
        opened += code == 0xAB or code == 0x2039 or code == 0x3C
        follows = at < last and trait_of[codes[_U(at + 1)]] & _SPACE != 0
        steps += begins and at > first and follows and trait_of[code] & _ARROW != 0
        before = code
    arrow = first < last and n_letters > 0 and opened == 0 and trait_of[codes[_U(last)]] & _ARROW != 0
    arrow = arrow and trait_of[codes[_U(last - 1)]] & _SPACE != 0
    phone = codes[_U(first)] == 0x2B and n_letters == 0 and digits >= PHONE_DIGITS
    path = steps >= PATH_STEPS and opened == 0 and n_numbers == 0
    paged = n_letters == 0 and last - first >= len(PAGE_NUMBERS)
    for at in range(len(PAGE_NUMBERS)):
        paged = paged and codes[_U(first + at)] == PAGE_NUMBERS[at]
    return arrow or phone or path or paged or (mails > 0 and words <= 2) or (tags >= HASHTAGS and tags == words)


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
    furniture, covered, n_found, weight = 0, 0, 0, 0.0
    if size <= SHORT_CHARS and not code:
        found, words, weight = count_in(codes, first, last + 1, phrases)
        furniture, n_found = int(weight) % int(OF_HEAD) + n_signs, found + n_signs
        covered = words + COPYRIGHT_WORDS * n_signs
    said = n_found > 0 and n_words <= (covered if ended else MOST_WORDS * covered + 1)
    lines.said[line] = said or weight >= OF_NOTICE
    lines.alike[line] = furniture if lines.said[line] else 0
    if lines.said[line]:
        lines.kind[line] = SHORT
        in_sections = weight % 1.0 >= OF_SECTIONS
        lines.marks[line] = MARKED if furniture else OF_SECTION if in_sections else HINTED
        if said and weight % OF_NOTICE >= OF_HEAD:
            lines.marks[line] = HEAD
        score = FURNITURE if furniture else HINT
    elif furniture and lines.kind[line] == PROSE:
        score /= 2
    elif (
        seen & _HINT
        and lines.kind[line] == SHORT
        and not ended
        and _hints(codes, first, last, trait_of, n_letters, n_numbers)
    ):
        lines.said[line], lines.marks[line], score = True, HINTED, HINT
    if masked:
        lines.kind[line], lines.marks[line] = SHORT, max(lines.marks[line], MARKED)
        score = MASKED + (score if lines.said[line] else 0.0)
    lines.scores[line] = score
