"""What part of a text lies in lines of some kind: repeated ones, list items, menus.

A line ends at a line feed; white space around it is not of it, and blank lines are none.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import N_CODES
from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_U = np.uint64

BULLETS = "•‣◦⁃∙·●○◉◆◇■□▪▫▶►▸▹➤➢➔✓✔✗✘★☆*"
"""No dash and no quotation mark is one: in many languages they open a speech."""
SENTENCE_ENDS = ".!?…:;。！？：；।॥؟؛۔။།”\"’'»«」』)）]】"
FEW_LINES = 5
"""With fewer lines, the share of bullets is taken of this many: one starred line is not a list."""

VERSE_LEAST, VERSE = 0.45, 2.5
"""Lines that a refrain may have are so many times as long as short ones, at least and at most."""
REFRAIN_LINES, REFRAIN_TIMES, REFRAIN_PART = 12, 8, 1 / 3
"""A refrain: lines behind one another that came so before, at most so many (a whole text a second time is none),
two at least (Reply, Share), that came fewer than so many times (what stands below each of many posts comes more
often), none of them directly after itself. They count for this part: a song is a third to a half of refrains, a
nursery rhyme two thirds. Lines of menus, which pages have twice, are shorter."""

_SPACE, _BULLET, _END = 1, 2, 4


def line_shares(codes: UInt32, ends: Int64, short: Float64, out: Float64) -> None:
    """Fill in `out`, [texts, 3], of texts that follow one another: text i ends before codes[ends[i]].

    Of the characters of its lines, white space aside, the share in lines that repeat an earlier one, a third of
    those of refrains; the share of lines that begin with a bullet and are such as the last; of the characters,
    blanks among them, the share in lines shorter than short[i] that end no sentence.
    """
    n_lines = int(np.count_nonzero(codes == ord("\n"))) + len(ends)
    slots = 1 << (2 * n_lines).bit_length()  # a hash table at most half full
    table = np.zeros(slots, np.uint64), np.full(slots, -1, np.int64), np.zeros((slots, 2), np.int64)
    _fill(codes, ends, short, _traits(), *table, FEW_LINES, out)


@cache
def _traits() -> UInt8:
    """[N_CODES]: whether a code point is white space, opens a list's item, ends a sentence."""
    table = np.zeros(N_CODES, np.uint8)
    table[[code for code in range(0x10000) if chr(code).isspace()]] = _SPACE
    for chars, trait in ((BULLETS, _BULLET), (SENTENCE_ENDS, _END)):
        table[[ord(char) for char in chars]] |= trait
    return table


@compiled
def _part(n_lines: int) -> float:
    """How much repeated lines behind one another count."""
    return REFRAIN_PART if 2 <= n_lines <= REFRAIN_LINES else 1.0


@compiled
def _fill(
    codes: UInt32,
    ends: Int64,
    short: Float64,
    traits: UInt8,
    table: UInt64,
    owner: Int64,
    seen: Int64,
    few_lines: int,
    out: Float64,
) -> None:
    mask = np.uint64(len(table) - 1)
    start = 0
    for text in range(len(ends)):
        n_lines, n_chars, n_bullets, n_short = 0, 0, 0, 0
        n_solid, repeated = 0, 0.0  # characters that are no white space: all, and those of lines that came before
        last_came = -2  # where the last line came before
        in_block, verse = 0, 0  # of a refrain: lines, characters
        while start < ends[text]:
            stop = start
            while stop < ends[text] and codes[_U(stop)] != 0x0A:
                stop += 1
            first, last = start, stop - 1
            start = stop + 1
            while first <= last and traits[codes[_U(first)]] & _SPACE:
                first += 1
            while last >= first and traits[codes[_U(last)]] & _SPACE:
                last -= 1
            size = last + 1 - first
            if size == 0:
                continue
            key = np.uint64(size)
            solid = 0
            for at in range(first, last + 1):
                solid += traits[codes[_U(at)]] & _SPACE == 0
                key = (key ^ codes[_U(at)]) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(32)
            slot = key & mask
            while owner[slot] == text and table[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            came = -2
            if owner[slot] != text:
                owner[slot], table[slot] = text, key
                seen[slot, 0] = 0
            else:
                came = seen[slot, 1]
            if came < 0 or came != last_came + 1 or last_came < 0:
                repeated += verse * _part(in_block)
                in_block, verse = 0, 0
            if came >= 0:
                in_block += 1
                of_verse = VERSE_LEAST * short[text] <= size <= VERSE * short[text]
                if of_verse and came < n_lines - 1 and seen[slot, 0] < REFRAIN_TIMES:
                    verse += solid
                else:
                    repeated += solid
            seen[slot, 0] += 1
            seen[slot, 1], last_came = n_lines, came
            n_lines += 1
            n_chars += size
            n_solid += solid
            if size < short[text] and traits[codes[_U(last)]] & _END == 0:
                n_short += size
                n_bullets += traits[codes[_U(first)]] & _BULLET != 0
        start = ends[text]
        repeated += verse * _part(in_block)
        out[text, 0] = repeated / n_solid if n_solid else 0.0
        out[text, 1] = n_bullets / max(n_lines, few_lines)
        out[text, 2] = n_short / n_chars if n_chars else 0.0
