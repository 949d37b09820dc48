"""Lists around a text: how many lines at its beginning and at its end are menus, related articles, tags, footers.

Each line has a score (line_marks.py), and from an end inwards the best sum of scores tells how far the list goes.
For it speaks what marks a page's furniture: that the crawl repeats the line (it is masked), a copyright sign,
words of page_words.py. Against it speaks prose, by its length, and a little each short line that nothing marks: so
a poem, ingredients, a table or code above a footer stay. A list is cut where it is long enough and marked enough,
and where enough of the rest is prose; else nothing is. Where there is no list, only lines near the two ends are
looked at.

Not handled: lists within a text; texts that are lists as a whole; what of the HTML was a link
(archives/page_features.py knows).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.line_marks import (
    BLANK,
    HEAD,
    MARKED,
    OF_SECTION,
    SHORT,
    UNKNOWN,
    UNMARKED,
    Lines,
    lines_of,
    measure_line,
    rough_size,
    traits,
)
from ccnet_lite.quality.page_words import page_words
from ccnet_lite.text.characters import code_points
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.phrases import Tables

UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ALONE, NEAR = 0.1, 3
"""The score of a line that the masks name and page words do not, with no marked line within so many lines: it may
be the heading that a site puts above each recipe's ingredients."""
GROUP = 2.0
"""What marked lines that follow one another add at most: share buttons above ingredients do not outweigh them."""
HEADED, HEADED_LINES = 2.0, 3
"""What a head adds besides that, at the end of a text where a short line without a mark follows it, and how many
lines such a list has: "Related articles" is followed by headlines, and no poem is. It is mark enough."""
DROP = 5.0
"""The search ends where the sum falls so far below the best."""
LEAST_SCORE, LEAST_LINES, LEAST_MARKS, LEAST_MARKED = 2.0, 5, 3, 0.05
"""Of a list: its sum of scores, its lines, those of them that are marked by more than a hint, and the share of its
lines that are marked."""
ALIKE = 2
"""A list of which each line is marked needs only so many page words, however few lines it has."""
LEAST_PROSE, LEAST_PROSE_SHARE = 400.0, 0.4
"""Characters of prose outside the lists, and its share of the characters there."""
CHUNK_CHARS = 1 << 18


def list_lines(texts: Sequence[str], masked: Bools) -> Int32:
    """[texts, 2]: how many lines at the beginning and at the end of each text are lists around it.

    masked: [lines of all texts], those that masks name; a text has one line more than line feeds.

    Raises:
        ValueError: `masked` is of other lines.
    """
    refuse_one(texts)
    out = np.zeros((len(texts), 2), np.int32)
    start, first_line = 0, 0
    while start < len(texts):
        stop, n_chars = start + 1, len(texts[start])
        while stop < len(texts) and n_chars < CHUNK_CHARS:
            n_chars += len(texts[stop])
            stop += 1
        codes = code_points("\n".join([*texts[start:stop], ""]))
        starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(codes == 0x0A) + 1])
        ends = np.cumsum([len(text) + 1 for text in texts[start:stop]], dtype=np.int64)
        offsets = np.concatenate([np.zeros(1, np.int64), np.searchsorted(starts, ends)])
        next_line = first_line + len(starts) - 1
        if next_line > len(masked):
            break
        lines = lines_of(codes, starts, np.ascontiguousarray(masked[first_line:next_line], np.bool_))
        _find(lines, offsets, traits(), page_words().tables, out[start:stop])
        start, first_line = stop, next_line
    if start < len(texts) or first_line != len(masked):
        n_lines = sum(text.count("\n") + 1 for text in texts)
        raise ValueError(f"the texts have {n_lines} lines, and masks are given of {len(masked)}")
    return out


@compiled
def _find(lines: Lines, offsets: Int64, trait_of: UInt16, phrases: Tables, out: Int32) -> None:
    """offsets: [texts + 1], where each text's lines begin."""
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        before = _reach(lines, begin, end, 1, trait_of, phrases)
        after = _reach(lines, begin, end, -1, trait_of, phrases)
        if before + after == 0 or before + after >= end - begin:
            continue
        prose, rest = 0.0, 0.0
        for line in range(begin + before, end - after):
            if not lines.masked[line]:
                chars, is_prose = rough_size(lines, line, trait_of)
                rest += chars
                prose += chars if is_prose else 0.0
        if prose >= LEAST_PROSE and prose >= LEAST_PROSE_SHARE * rest:
            out[text, 0], out[text, 1] = before, after


@compiled
def _reach(lines: Lines, begin: int, end: int, step: int, trait_of: UInt16, phrases: Tables) -> int:
    """How many lines of a text, from its beginning (step 1) or its end (step -1), are a list."""
    first, stop = (begin, end) if step > 0 else (end - 1, begin - 1)
    total, best, group, reach = 0.0, 0.0, 0.0, 0
    n_lines, n_marked, n_furniture, n_words, n_sections, headed = 0, 0, 0, 0, 0, False
    lines_there, marked_there, furniture_there, words_there, headed_there = 0, 0, 0, 0, False
    for line in range(first, stop, step):
        score = _score(lines, line, begin, end, trait_of, phrases)
        mark = lines.marks[line]
        if score > 0.0:
            total += min(score, GROUP - group)
            group = min(GROUP, group + score)
        elif score < 0.0:
            total += score
            group = 0.0
        n_lines += lines.kind[line] != BLANK
        n_marked += mark != UNMARKED
        n_furniture += mark >= MARKED
        n_words += max(1, int(lines.alike[line])) if mark >= MARKED else 0
        n_sections += mark == OF_SECTION and step > 0
        if step < 0 and mark == HEAD and line < first and _is_item(lines, line + 1, end):
            total += HEADED
            headed = True
        goes_on = mark >= MARKED or n_furniture >= LEAST_MARKS or step > 0  # a hint alone ends no list
        if goes_on and (total > best or (score > 0.0 and total == best)):
            best, reach = total, (line - first) * step + 1
            lines_there, marked_there, words_there, headed_there = n_lines, n_marked, n_words, headed
            furniture_there = n_furniture + n_sections if n_furniture else 0
        if total < best - DROP:
            break
    if best < LEAST_SCORE:
        return 0
    if marked_there == lines_there and words_there >= ALIKE and furniture_there > 0:
        return reach
    many = lines_there >= (HEADED_LINES if headed_there else LEAST_LINES)
    marked = (furniture_there >= LEAST_MARKS or headed_there) and marked_there >= LEAST_MARKED * lines_there
    return reach if many and marked else 0


@compiled
def _is_item(lines: Lines, line: int, end: int) -> bool:
    """Whether the next line that is not blank is short and has no mark."""
    while line < end and lines.kind[line] == BLANK:
        line += 1
    return line < end and lines.kind[line] == SHORT and lines.marks[line] == UNMARKED


@compiled
def _score(lines: Lines, line: int, begin: int, end: int, trait_of: UInt16, phrases: Tables) -> float:
    """A line's score, less where it is only masked and stands alone."""
    if lines.kind[line] == UNKNOWN:
        measure_line(lines, line, trait_of, phrases)
    if not lines.masked[line] or lines.said[line]:
        return float(lines.scores[line])
    for other in range(max(begin, line - NEAR), min(end, line + NEAR + 1)):
        if lines.kind[other] == UNKNOWN:
            measure_line(lines, other, trait_of, phrases)
        if other != line and lines.marks[other] != UNMARKED:
            return float(lines.scores[line])
    return ALONE
