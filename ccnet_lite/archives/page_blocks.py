"""HTML to its blocks of text, in one pass over the bytes: what lies between two block-level tags, with its counts.

No tree of HTML5 is built: inline tags are skipped, of block tags a stack is kept, with the end tags that may be
omitted. That takes half of a parser's time. Linear in the page's length whatever it holds: an end tag is looked
for among the innermost MAX_SEARCH open elements, and no more than MAX_OPEN may be open.
How a word is read (ruby) is left out, as it would stand within the word. Lines of `pre` keep their indents.
Not handled: style sheets (`hidden`, `display:none` and `aria-hidden` as attributes are), scripts, frames.
"""

from dataclasses import dataclass

import numpy as np

from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.page_letters import (
    BREAKABLE,
    CAPITAL,
    CLOSING,
    COLON,
    COMMA,
    DIGIT,
    IDEOGRAPH,
    KINDS_OF_LETTERS,
    SPACE,
    STOP,
    SYLLABLE,
    UNSPACED_LETTER,
    character_at,
)
from ccnet_lite.archives.page_tags import (
    BLOCK,
    BREAK,
    CLOSES_P,
    CODE,
    INVISIBLE,
    LAST_PART,
    LINK,
    MAX_WORDS,
    NEVER_HIDDEN,
    NOT_IN_FLOW,
    PRE,
    RAW,
    READING,
    RUBY,
    SVG,
    TABLE,
    TD,
    TH,
    TITLE,
    Int32,
    P,
    UInt8,
    UInt32,
    after_comment,
    attributes,
    code_of,
    name_of,
    omitted_end,
    raw_end,
)
from ccnet_lite.text.compiled import compiled, find_byte

MAX_OPEN = 1000
"""Block-level elements within one another, as of the other extractors; no page of a browser has 512."""
MAX_SEARCH = 64
"""Open elements among which that of an end tag is looked for."""
MAX_INDENT = 64
"""Tabs and spaces that a line of code keeps before its first word."""
MAX_BLOCKS = 200_000
"""Lines of a page's text, kept or not: as many as a document may have by default."""

# Columns of a block's counts.
(ELEMENT, START, END, CHARS, LINK_CHARS, WORDS, COMMAS, STOPS, DIGITS, UPPER, LAST_STOP, TAGS, LINKS, AFTER_BREAK,
 CODE_CHARS, WIDE, LAST_COLON, UNSPACED) = range(18)  # fmt: skip
N_COUNTS = 18
_TOO_DEEP, _TOO_MANY = -1, -2


@dataclass(frozen=True)
class Blocks:
    """A page's blocks and the block-level elements they lie in.

    title: of the first title element, with the page's character references.
    text: their texts in UTF-8 with the page's character references, white space folded but before code; a block's
        lies from START to END. counts: (blocks, N_COUNTS). tags, parents, first_words: of each element; element
        0 is the page, its own parent. words: FNV hashes of the words of class, id, role, itemprop, those of
        element e from first_words[e] to first_words[e + 1].
    """

    title: bytes
    text: bytes
    counts: Int32
    tags: Int32
    parents: Int32
    first_words: Int32
    words: UInt32


def blocks_of(page: bytes) -> Blocks:
    """The blocks of a page in UTF-8.

    Raises:
        ExtractionError: `html_too_deep`: more than MAX_OPEN block-level elements within one another;
            `html_too_large`: more than MAX_BLOCKS blocks.

    >>> blocks = blocks_of(b"<p>One <b>bold</b> word.<div class=ad>Buy &amp; go")
    >>> [blocks.text[row[START] : row[END]] for row in blocks.counts]
    [b'One bold word.', b'Buy &amp; go']
    """
    data = np.frombuffer(page + b" ", np.uint8)
    n_tags, n_line_ends = _marks(data)
    n_lines = min(n_tags + n_line_ends + 1, MAX_BLOCKS + 1)
    text = np.empty(len(data), np.uint8)
    counts = np.zeros((n_lines, N_COUNTS), np.int32)
    tags, parents = np.zeros(n_tags + 1, np.int32), np.zeros(n_tags + 1, np.int32)
    first_words = np.zeros(n_tags + 2, np.int32)
    words = np.empty(min(MAX_WORDS * n_tags, len(data)) + 1, np.uint32)
    n_text, n_blocks, n_elements, title, title_end = _scan(data, text, counts, tags, parents, first_words, words)
    if n_text == _TOO_MANY:
        raise ExtractionError("html_too_large", f"the page has more than {MAX_BLOCKS:,} lines of text")
    if n_text == _TOO_DEEP:
        raise ExtractionError("html_too_deep", f"more than {MAX_OPEN} elements within one another")
    return Blocks(
        page[title:title_end],
        text[:n_text].tobytes(),
        counts[:n_blocks],
        tags[:n_elements],
        parents[:n_elements],
        first_words[: n_elements + 1],
        words[: first_words[n_elements]],
    )


@compiled
def _marks(data: UInt8) -> tuple[int, int]:
    """How many bytes may begin tags, and how many are line ends: in a quarter of the time of two bytes.count."""
    tags = line_ends = 0
    for byte in data:
        tags += byte == 60
        line_ends += byte == 10
    return tags, line_ends


@compiled
def _scan(
    data: UInt8, text: UInt8, counts: Int32, tags: Int32, parents: Int32, first_words: Int32, words: UInt32
) -> tuple[int, int, int, int, int]:
    end = len(data)
    stack = np.zeros(MAX_OPEN + 1, np.int32)
    level = invisible_from = 0  # the level of the outermost open element that is not shown; 0: none
    n_open = np.zeros(len(INVISIBLE), np.int32)
    tags[0] = -1
    n_elements, n_words, out, n_blocks = 1, 0, 0, 0
    linked = in_code = 0
    in_reading = False
    tabs = spaces = 0  # that a line of `pre` begins with
    title = title_end = 0
    space = after_break = False
    at = 0
    while at < end:
        byte = data[at]
        if byte == 60 and at + 1 < end:  # <
            after = data[at + 1]
            closing = after == 47
            begin = at + 2 if closing else at + 1
            is_name = begin < end and 97 <= data[begin] | 32 <= 122
            if after == 33 or after == 63 or (closing and not is_name):  # <! <? </
                if after == 33 and at + 3 < end and data[at + 2] == 45 and data[at + 3] == 45:
                    at = after_comment(data, at + 4, True)
                else:
                    at = after_comment(data, at + 2, False)
                continue
            if is_name:
                name, at = name_of(data, begin)
                length = at - begin
                code = code_of(name)
                block = code - BLOCK
                own_words = n_words
                at, n_words, hidden = attributes(data, at, words, n_words, block >= 0 and not closing)
                counts[n_blocks, TAGS] += 1
                if block >= 0 or code == BREAK:
                    if counts[n_blocks, CHARS]:
                        _finish(counts, n_blocks, out, stack[level], after_break)
                        n_blocks += 1
                        if n_blocks == len(counts):
                            return _TOO_MANY, 0, 0, 0, 0
                        after_break = False
                    else:
                        counts[n_blocks, TAGS] = counts[n_blocks, LINKS] = 0
                    space = in_reading = False
                    tabs = spaces = 0
                    after_break = after_break or code == BREAK
                elif code == RAW and not closing:
                    first, at = at, raw_end(data, at, name, length)
                    if name == TITLE and title_end == 0 and n_open[SVG] == 0:
                        title, title_end = first, at
                elif code == LINK:
                    linked = 0 if closing else 1
                    counts[n_blocks, LINKS] += linked
                elif code == CODE:
                    in_code = 0 if closing else 1
                elif code in (READING, RUBY):
                    in_reading = code == READING and not closing
                if block < 0:
                    continue
                if closing:
                    up = _opened(tags, stack, level, block) if n_open[block] else 0
                    if up and block < NOT_IN_FLOW:
                        linked = 0
                elif CLOSES_P[block] and level and tags[stack[level]] == P:
                    up = level
                else:
                    up = omitted_end(tags, stack, level, block)
                while up and level >= up:
                    n_open[tags[stack[level]]] -= 1
                    level -= 1
                if invisible_from > level:
                    invisible_from = 0
                if closing:
                    continue
                if level == MAX_OPEN:
                    return _TOO_DEEP, 0, 0, 0, 0
                parents[n_elements] = stack[level]
                tags[n_elements] = block
                first_words[n_elements] = own_words
                level += 1
                stack[level] = n_elements
                n_elements += 1
                n_open[block] += 1
                if not invisible_from and (INVISIBLE[block] or (hidden and not NEVER_HIDDEN[block])):
                    invisible_from = level
                continue
        if invisible_from or in_reading:
            at = find_byte(data, 60, at + 1)
            continue
        if byte == 10 and n_open[PRE]:
            tabs = spaces = 0
            if counts[n_blocks, CHARS]:
                _finish(counts, n_blocks, out, stack[level], after_break)
                n_blocks += 1
                if n_blocks == len(counts):
                    return _TOO_MANY, 0, 0, 0, 0
                space, after_break = False, True
        size, kind = 1, np.int64(KINDS_OF_LETTERS[byte]) if byte > 32 else SPACE
        if byte == 38 or byte >= 0xC0:
            size, kind = character_at(data, at)
        if kind == BREAKABLE and (space or not counts[n_blocks, CHARS]):
            at += size
            continue
        if kind == SPACE:
            space = True
            at += size
            tabs += byte == 9
            spaces += byte == 32 or byte == 38 or byte == 0xC2  # and of 160
            continue
        if counts[n_blocks, CHARS] == 0:
            counts[n_blocks, START] = out
            counts[n_blocks, WORDS] = 1
            if n_open[PRE]:
                out = _indented(text, out, min(tabs, MAX_INDENT), min(spaces, MAX_INDENT))
        elif space:
            text[out] = 32
            out += 1
            counts[n_blocks, WORDS] += 1
        space = False
        for place in range(at, min(at + size, end)):
            text[out] = data[place]
            out += 1
        at += size
        counts[n_blocks, CHARS] += 1
        counts[n_blocks, LINK_CHARS] += linked
        counts[n_blocks, CODE_CHARS] += in_code
        stops = kind == STOP or (kind == CLOSING and counts[n_blocks, LAST_STOP] > 0)
        counts[n_blocks, STOPS] += stops and not counts[n_blocks, LAST_STOP]
        counts[n_blocks, LAST_STOP] = stops
        counts[n_blocks, LAST_COLON] = kind == COLON
        if kind == DIGIT:
            counts[n_blocks, DIGITS] += 1
        elif kind == CAPITAL:
            counts[n_blocks, UPPER] += 1
        elif kind == COMMA:
            counts[n_blocks, COMMAS] += 1
        elif kind >= IDEOGRAPH:
            counts[n_blocks, WIDE] += kind != UNSPACED_LETTER
            counts[n_blocks, UNSPACED] += kind != SYLLABLE
    if counts[n_blocks, CHARS]:
        _finish(counts, n_blocks, out, stack[level], after_break)
        n_blocks += 1
    first_words[n_elements] = n_words
    return out, n_blocks, n_elements, title, title_end


@compiled
def _finish(counts: Int32, block: int, out: int, element: int, after_break: bool) -> None:
    counts[block, END] = out
    counts[block, ELEMENT] = element
    counts[block, AFTER_BREAK] = after_break


@compiled
def _indented(text: UInt8, out: int, tabs: int, spaces: int) -> int:
    """Write what a line is set in by, never more than stood there; returns where the text goes on."""
    text[out : out + tabs] = 9
    text[out + tabs : out + tabs + spaces] = 32
    return out + tabs + spaces


@compiled
def _opened(tags: Int32, stack: Int32, level: int, block: int) -> int:
    """The level of the element that an end tag ends; 0 where none is near, or a table's cell lies between."""
    for up in range(level, max(level - MAX_SEARCH, 0), -1):
        tag = tags[stack[up]]
        if tag == block:
            return up
        if tag == TABLE or ((tag in (TD, TH)) and not TABLE <= block <= LAST_PART):
            return 0
    return 0
