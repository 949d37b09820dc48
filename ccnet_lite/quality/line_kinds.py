"""Lines of a text by kind, counted: what Gopher's, C4's and FineWeb's rules ask of lines.

A line ends at a line feed; white space around it is not of it, and blank lines are none. A word is what lies
between white space, and in scripts written without spaces each letter. A line ends a sentence where its last
character does, closing brackets and quotation marks after it aside. C4 keeps a line that ends a sentence or with a
quotation mark, but not with three dots, has three words and none of over 1,000 characters, and says nothing of
javascript, cookies or terms of use. (C4 takes citations as [1] off first, which here are seen as closed brackets.)
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.line_shares import BULLETS
from ccnet_lite.text.characters import LETTER, N_CODES, SPACE, folds, kinds, unspaced
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.sentence_ends import closers, quotes, sentence_ends

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

HYPHEN = "-"
"""The one dash that opens a list's item here, as in datatrove: longer ones open a speech in many languages."""
BRIEF, BRIEF_UNSPACED = 30, 12
"""Characters of a brief line, at most; and where most letters are of scripts without spaces."""
LEAST_WORDS, LONGEST_WORD = 3, 1000
PHRASES = (
    *("lorem ipsum", "javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies"),
    *("use of cookies", "use cookies"),
)
"""Of C4: a page's end, a line's end, and from the third on what policies say."""

WHITE, _ITEM, END, CLOSER, QUOTE, _LETTER, UNSPACED, _PHRASE = (1 << bit for bit in range(8))
"""Bits of `line_traits`."""
LINES, ITEMS, ELLIPSES, ELLIPSIS_LINES, HASHES, FEEDS, DISTINCT, TERMINAL = range(8)
BRIEF_LINES, FEW_WORDS, JAVASCRIPT, POLICY, LOREM, BRACKETS, SENTENCES, COUNTS = range(8, 16)
"""Columns of what `count_lines` fills in."""


def count_lines(codes: UInt32, ends: Int64, out: Int64) -> None:
    """Fill in `out`, int64 [texts, COUNTS], of texts one behind another: text i ends before codes[ends[i]]."""
    n_lines = int(np.count_nonzero(codes == ord("\n"))) + len(ends)
    slots = 1 << (2 * n_lines).bit_length()  # a hash table at most half full
    table = np.zeros(slots, np.uint64), np.full(slots, -1, np.int64)
    _fill(codes, ends, line_traits(), folds(), *_phrases(), *table, out)


@cache
def line_traits() -> UInt8:
    """[N_CODES]: all that is asked of a code point but its fold."""
    table = np.zeros(N_CODES, np.uint8)
    letters = kinds() == LETTER
    table[kinds() == SPACE] = WHITE
    for chars, trait in ((BULLETS + HYPHEN, _ITEM), ({phrase[0] for phrase in PHRASES}, _PHRASE)):
        table[[ord(char) for char in chars]] |= trait
        table[[ord(char.upper()) for char in chars]] |= trait
    for chosen, trait in (
        *((sentence_ends(), END), (closers(), CLOSER), (quotes(), QUOTE)),
        *((letters, _LETTER), (letters & unspaced(), UNSPACED)),
    ):
        table[chosen] |= trait
    return table


@cache
def _phrases() -> tuple[UInt32, Int64]:
    """The phrases [phrases, longest], and how long each is."""
    sizes = np.array([len(phrase) for phrase in PHRASES], np.int64)
    codes = np.zeros((len(PHRASES), int(sizes.max())), np.uint32)
    for number, phrase in enumerate(PHRASES):
        codes[number, : len(phrase)] = [ord(char) for char in phrase]
    return codes, sizes


@compiled
def _find(codes: UInt32, at: int, stop: int, folded: UInt32, phrases: UInt32, sizes: Int64) -> int:
    """The number of the phrase that stands here, -1 if none does."""
    for number in range(len(sizes)):
        if at + sizes[number] > stop:
            continue
        here = 0
        while here < sizes[number] and folded[codes[at + here]] == phrases[number, here]:
            here += 1
        if here == sizes[number]:
            return number
    return -1


@compiled
def _fill(
    codes: UInt32,
    ends: Int64,
    traits: UInt8,
    folded: UInt32,
    phrases: UInt32,
    phrase_sizes: Int64,
    table: UInt64,
    owner: Int64,
    out: Int64,
) -> None:
    mask = np.uint64(len(table) - 1)
    start = 0
    for text in range(len(ends)):
        n_letters, n_unspaced, n_brief, n_brief_unspaced = 0, 0, 0, 0
        counts = out[text]
        counts[:] = 0
        while start < ends[text]:
            first, last = -1, -1  # characters of the line that are not white space
            key = np.uint64(0)
            n_words, run, longest = 0, 0, 0
            dots, brackets, ended, sentences = 0, 0, 0, 0
            said_lorem, said_javascript, said_policy = False, False, False
            stop = start
            while stop < ends[text] and codes[stop] != 0x0A:
                stop += 1
            for at in range(start, stop):
                code = codes[at]
                trait = traits[code]
                if trait & WHITE:
                    run, dots = 0, 0
                    sentences += ended != 0
                    ended = 0
                    continue
                if first < 0:
                    first = at
                elif last + 1 < at:  # white space within a line counts as it is
                    for gap in range(last + 1, at):
                        key = (key ^ codes[gap]) * np.uint64(0x9E3779B97F4A7C15)
                last = at
                key = (key ^ code) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(32)
                if trait & _LETTER:
                    n_letters += 1
                if trait & UNSPACED:
                    n_unspaced += 1
                    n_words += 1
                    run = 0
                else:
                    n_words += run == 0
                    run += 1
                    longest = max(longest, run)
                if trait & END:
                    ended = max(ended, 2 if code >= 0x2E80 else 1)
                elif ended and not trait & CLOSER:
                    sentences += ended == 2  # no space follows a full stop of Chinese
                    ended = 0
                if code == 0x2E:
                    dots += 1
                    if dots == 3:
                        counts[ELLIPSES] += 1
                        dots = 0
                else:
                    dots = 0
                    counts[ELLIPSES] += code == 0x2026
                counts[HASHES] += code == 0x23
                brackets += code == 0x7B
                if trait & _PHRASE:
                    number = _find(codes, at, stop, folded, phrases, phrase_sizes)
                    said_lorem |= number == 0
                    said_javascript |= number == 1
                    said_policy |= number >= 2
            counts[FEEDS] += stop < ends[text]
            start = stop + 1
            if first < 0:
                continue
            sentences += ended != 0
            size = last + 1 - first
            counts[LINES] += 1
            counts[ITEMS] += traits[codes[first]] & _ITEM != 0
            three_dots = size >= 3 and codes[last] == 0x2E and codes[last - 1] == 0x2E and codes[last - 2] == 0x2E
            counts[ELLIPSIS_LINES] += three_dots or codes[last] == 0x2026
            n_brief += size <= BRIEF
            n_brief_unspaced += size <= BRIEF_UNSPACED
            end = last
            while end > first and traits[codes[end]] & CLOSER:
                end -= 1
            ends_sentence = traits[codes[end]] & END != 0
            counts[TERMINAL] += ends_sentence
            counts[FEW_WORDS] += n_words < LEAST_WORDS
            counts[JAVASCRIPT] += said_javascript
            counts[POLICY] += said_policy
            key ^= np.uint64(size)
            slot = key & mask
            while owner[slot] == text and table[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            if owner[slot] != text:
                owner[slot] = text
                table[slot] = key
                counts[DISTINCT] += 1
            closed = ends_sentence or traits[codes[last]] & QUOTE != 0
            if three_dots or not closed or n_words < LEAST_WORDS or longest > LONGEST_WORD:
                continue
            if said_lorem:
                counts[LOREM] += 1
            elif not said_javascript:
                counts[BRACKETS] += brackets > 0
                if brackets == 0 and not said_policy:
                    counts[SENTENCES] += max(sentences, 1)
        start = ends[text]
        counts[BRIEF_LINES] = n_brief_unspaced if 2 * n_unspaced > n_letters else n_brief
