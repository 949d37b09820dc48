"""Lists around a text: how many lines at its beginning and at its end are menus, related articles, tags, footers.

Each line has a score, and from an end inwards the best sum of scores tells how far the list goes. For it speaks
what marks a page's furniture: that the crawl repeats the line (it is masked), words of quality.page_words, a
copyright sign. Against it speaks prose, by its length, and a little each short line that nothing marks, so that a
poem, ingredients, a table or code beside a footer stay. A list is cut where it is long enough and marked enough,
and where the rest is mostly prose and enough of it; else nothing is.

Not handled: lists within a text; texts that are lists as a whole; which line of the HTML was a link
(archives/page_features.py knows).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.line_shares import BULLETS
from ccnet_lite.quality.page_words import OF_NETWORK, page_words
from ccnet_lite.text.characters import LETTER, MARK, N_CODES, NUMBER, SPACE, code_points, kinds, unspaced
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.sentence_ends import closers, sentence_ends

UInt8 = npt.NDArray[np.uint8]
UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MASKED, FURNITURE, NETWORK = 1.0, 1.5, 1.0
"""Scores of lines that the masks name, that are page words, that are networks' names."""
ALONE, NEAR = 0.1, 3
"""Of a line that the masks name and page words do not, with no marked line within so many lines: the heading that a
site puts above each recipe's ingredients. It marks nothing."""
PLAIN, ITEM, OPEN, ENDED = -0.05, -0.4, -0.5, -0.3
"""Of short lines that nothing marks: any; those that begin with a bullet or a number or hold two, without a year,
or hold signs of code; those that end in a comma or the like, as verses do; those that end a sentence."""
CHARS_A_POINT = 80.0
"""Characters of prose that outweigh one point; twice as many where the line holds a page word."""
PROSE_CHARS, ENDED_CHARS, SHORT_CHARS = 120.0, 40.0, 300.0
"""A line is prose from so many characters on; where it ends a sentence from so many; beyond the last no page word
counts. In scripts written without spaces all of these are two fifths."""
GROUP = 2.0
"""What marked lines that follow one another add at most: share buttons above ingredients do not outweigh them."""
DROP = 5.0
"""The search ends where the sum falls so far below the best."""
LEAST_SCORE, LEAST_LINES, LEAST_MARKS, LEAST_MARKED = 2.0, 5, 3, 0.05
"""Of a list: its sum of scores, its lines, those of them that are marked by more than a network, and the share of
its lines that are marked."""
LEAST_PROSE, LEAST_PROSE_SHARE = 400.0, 0.4
"""Characters of prose outside the lists, and its share of the characters there."""
CHUNK_CHARS = 1 << 18
COPYRIGHT_WORDS = 6
"""How many words of its line a copyright sign speaks for."""

CODE_SIGNS = "{}=\\"
OPENERS = BULLETS + "-–—"
COMMAS = ",;:、，；：،؛–—-"
_SPACE, _WORD, _LETTER, _UNSPACED, _END, _CLOSER, _CODE, _DIGIT, _OPENER, _COMMA = (1 << bit for bit in range(10))
_PLAIN, _PROSE, _BLANK, _MASKED = range(4)


def list_lines(texts: Sequence[str], masked: Bools) -> Int32:
    """[texts, 2]: how many lines at the beginning and at the end of each text are lists around it.

    masked: [lines of all texts], the lines that masks name; text i has one line more than line feeds.
    """
    refuse_one(texts)
    out = np.zeros((len(texts), 2), np.int32)
    start, first_line = 0, 0
    while start < len(texts):
        stop, n_chars = start + 1, len(texts[start])
        while stop < len(texts) and n_chars < CHUNK_CHARS:
            n_chars += len(texts[stop])
            stop += 1
        codes = code_points("".join(texts[start:stop]))
        ends = np.cumsum([len(text) for text in texts[start:stop]], dtype=np.int64)
        n_lines = int(np.count_nonzero(codes == 0x0A)) + stop - start
        _of_chunk(codes, ends, masked[first_line : first_line + n_lines], out[start:stop])
        start, first_line = stop, first_line + n_lines
    return out


def _of_chunk(codes: UInt32, ends: Int64, masked: Bools, out: Int32) -> None:
    n_lines = len(masked)
    kind, chars = np.zeros(n_lines, np.uint8), np.zeros(n_lines)
    scores, words = np.zeros(n_lines), np.zeros(n_lines, np.int64)
    n_signs, brief_ends = np.zeros(n_lines, np.int64), np.zeros(n_lines, np.int64)
    ended = np.zeros(n_lines, np.bool_)
    brief = np.zeros(len(codes) + n_lines, np.uint32)
    lines_of = np.zeros(len(ends), np.int64)
    n_brief = _measure(
        codes, ends, _traits(), masked, kind, chars, scores, words, n_signs, ended, brief, brief_ends, lines_of
    )
    found, covered, weights = page_words().count_codes(brief[:n_brief], brief_ends)
    marks = _mark(kind, chars, scores, words, n_signs, ended, found, covered, weights, OF_NETWORK)
    _ends(lines_of, kind, chars, scores, marks, out)


@cache
def _traits() -> UInt16:
    """[N_CODES]: all that is asked of a code point."""
    table = np.zeros(N_CODES, np.uint16)
    kind = kinds()
    for chosen, trait in (
        *((kind == SPACE, _SPACE), (np.isin(kind, (LETTER, MARK, NUMBER)), _WORD), (kind == LETTER, _LETTER)),
        *((unspaced() & (kind == LETTER), _UNSPACED), (sentence_ends(), _END), (closers(), _CLOSER)),
        (kind == NUMBER, _DIGIT),
    ):
        table[chosen] |= trait
    for chars, trait in ((CODE_SIGNS, _CODE), (OPENERS, _OPENER), (COMMAS, _COMMA)):
        table[[ord(char) for char in chars]] |= trait
    return table


@compiled
def _in_call(codes: UInt32, at: int, start: int, stop: int, traits: UInt16) -> bool:
    """Whether an opening bracket stands between two letters, as a call's does."""
    return at > start and at + 1 < stop and traits[codes[at - 1]] & traits[codes[at + 1]] & _LETTER != 0


@compiled
def _measure(
    codes: UInt32,
    ends: Int64,
    traits: UInt16,
    masked: Bools,
    kind: UInt8,
    chars: Float64,
    scores: Float64,
    words: Int64,
    n_signs: Int64,
    ended_lines: Bools,
    brief: UInt32,
    brief_ends: Int64,
    lines_of: Int64,
) -> int:
    """Fill in what is known of each line without page words; copy lines that may hold some to `brief`."""
    start, line, n_brief = 0, 0, 0
    for text in range(len(ends)):
        lines_of[text] = line
        more = True
        while more:
            first, last, n_words, n_letters, n_unspaced, n_codes, signs = -1, -1, 0, 0, 0, 0, 0
            digits, n_numbers, year = 0, 0, False
            in_word = False
            at = start
            while at < ends[text] and codes[at] != 0x0A:
                trait = traits[codes[at]]
                if not trait & _SPACE:
                    first = at if first < 0 else first
                    last = at
                alone = trait & _UNSPACED != 0
                n_words += alone or (trait & _WORD != 0 and not in_word)
                in_word = trait & _WORD != 0 and not alone
                n_letters += trait & _LETTER != 0
                n_unspaced += alone
                n_codes += trait & _CODE != 0 or (
                    codes[at] == 0x28 and _in_call(codes, at, start, ends[text], traits)
                )
                digits = digits + 1 if trait & _DIGIT else 0
                n_numbers += digits == 1
                year |= digits == 4
                signs += codes[at] == 0xA9
                at += 1
            more = at < ends[text]
            scale = 2.5 if 2 * n_unspaced > n_letters else 1.0
            size = scale * (last + 1 - first) if first >= 0 else 0.0
            end = last
            while end > first and traits[codes[end]] & _CLOSER:
                end -= 1
            ended = first >= 0 and traits[codes[end]] & _END != 0
            chars[line], words[line], n_signs[line], ended_lines[line] = size, n_words, signs, ended
            if first < 0:
                kind[line] = _BLANK
            elif masked[line]:
                kind[line], scores[line] = _MASKED, MASKED
            elif size >= PROSE_CHARS or (ended and size >= ENDED_CHARS):
                kind[line], scores[line] = _PROSE, -size / CHARS_A_POINT
            else:
                kind[line] = _PLAIN
                item = n_codes > 0 or traits[codes[first]] & _OPENER != 0 or (n_numbers >= 2 and not year)
                item |= traits[codes[first]] & _DIGIT != 0 and not year
                if traits[codes[last]] & _COMMA:
                    scores[line] = OPEN
                else:
                    scores[line] = ENDED if ended else ITEM if item else PLAIN
            if first >= 0 and size <= SHORT_CHARS and n_codes == 0:
                for here in range(first, last + 1):
                    brief[n_brief] = codes[here]
                    n_brief += 1
            brief_ends[line] = n_brief
            start = at + 1
            line += 1
        start = ends[text]
    return n_brief


@compiled
def _mark(
    kind: UInt8,
    chars: Float64,
    scores: Float64,
    words: Int64,
    n_signs: Int64,
    ended: Bools,
    found: Int64,
    covered: Int64,
    weights: Float64,
    of_network: float,
) -> UInt8:
    """[lines]: 2 of furniture, 1 of a network's name, 0 of others; scores are set to that."""
    marks = np.zeros(len(kind), np.uint8)
    for line in range(len(kind)):
        if kind[line] == _MASKED:
            marks[line] = 2
        if kind[line] == _BLANK or (found[line] == 0 and n_signs[line] == 0):
            continue
        furniture = int(weights[line]) + n_signs[line]
        said = covered[line] + (COPYRIGHT_WORDS * n_signs[line] if chars[line] <= SHORT_CHARS else 0)
        if words[line] <= (said if ended[line] else 2 * said + 2):
            marks[line] = 2 if furniture or kind[line] == _MASKED else 1
            score = FURNITURE if furniture else NETWORK
            scores[line] = score + MASKED if kind[line] == _MASKED else score
            kind[line] = _PLAIN
        elif kind[line] == _PROSE and furniture:
            scores[line] /= 2
    for line in range(len(kind)):
        if kind[line] == _MASKED:
            about = marks[max(0, line - NEAR) : line + NEAR + 1]
            if np.count_nonzero(about) == 1:
                scores[line] = ALONE
    return marks


@compiled
def _reach(kind: UInt8, chars: Float64, scores: Float64, marks: UInt8, begin: int, stop: int, step: int) -> int:
    """How many lines from `begin` on, going by `step` as far as before `stop`, are a list."""
    total, best, reach, at, group = 0.0, 0.0, 0, begin, 0.0
    while at != stop:
        if scores[at] > 0.0:
            total += min(scores[at], GROUP - group)
            group = min(GROUP, group + scores[at])
        elif scores[at] < 0.0:
            total += scores[at]
            group = 0.0
        if total > best:
            best, reach = total, (at - begin) * step + 1
        if total < best - DROP:
            break
        at += step
    n_lines, n_marked, n_furniture = 0, 0, 0
    for number in range(reach):
        line = begin + step * number
        n_lines += kind[line] != _BLANK
        n_marked += marks[line] > 0
        n_furniture += marks[line] == 2
    enough = n_lines >= LEAST_LINES and n_furniture >= LEAST_MARKS and n_marked >= LEAST_MARKED * n_lines
    return reach if enough and best >= LEAST_SCORE else 0


@compiled
def _ends(lines_of: Int64, kind: UInt8, chars: Float64, scores: Float64, marks: UInt8, out: Int32) -> None:
    for text in range(len(lines_of)):
        begin = lines_of[text]
        stop = lines_of[text + 1] if text + 1 < len(lines_of) else len(kind)
        before = _reach(kind, chars, scores, marks, begin, stop, 1)
        after = _reach(kind, chars, scores, marks, stop - 1, begin - 1, -1)
        if before + after == 0 or before + after >= stop - begin:
            continue
        prose, rest = 0.0, 0.0
        for line in range(begin + before, stop - after):
            if kind[line] != _MASKED:
                rest += chars[line]
                prose += chars[line] if kind[line] == _PROSE else 0.0
        if prose >= LEAST_PROSE and prose >= LEAST_PROSE_SHARE * rest:
            out[text, 0], out[text, 1] = before, after
