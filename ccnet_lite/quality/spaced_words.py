"""The words of a text between white space, which one each is and how it is written: what word_order and
keyword_lists look at.

A word is what stands between white space and has letters; signs within it are left out, those around it noted.
Signs that stand alone, numbers, and words of scripts without spaces are none, and part their neighbours; but these
are words where spaces stand between them all the same: titles of products, #tags.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.sentence_case import CAPITAL as CAPITAL_LETTER
from ccnet_lite.quality.sentence_case import FULL_STOPS, LETTERS_BEFORE, case_traits
from ccnet_lite.quality.sentence_case import SMALL as SMALL_LETTER
from ccnet_lite.text.characters import IGNORED, LETTER, MARK, N_CODES, NUMBER, SPACE, folds, kinds, unspaced
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.sentence_ends import sentence_ends

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

MOST_WORDS = 4000
"""Of a text, the first ones: enough to tell, and memory and time stay bounded."""
SLOTS = 1 << (2 * MOST_WORDS + 1).bit_length()
"""Of a hash table of a text's words, or of its pairs of words: at most half full."""
_LETTER_BIT = 21
_LETTER, UNSPACED, _BLANK, _LINE, _HIDDEN, SMALL, CAPITAL, END, STOP, OPEN, CLOSE, _NUMBER = (
    1 << (_LETTER_BIT + bit) for bit in range(12)
)
"""Of a word: its first letter's case; signs that end a sentence follow it, a full stop among them and no
abbreviation's; a bracket opens before it, or closes after it."""
PLAIN = 1 << 33
"""Nothing stands between it and the word before it but white space in a line."""
FOLLOWS = 1 << 34
"""It is in one line with the word before it, with nothing between them but white space and signs around words."""
JOINED = 1 << 36
"""It follows the word before it in one line, with no sign behind that one and nothing between them: #one #two."""
STARTS, NUMBERED = 1 << 37, 1 << 38
"""It is the first word of a line; a number stands between it and the word before it."""
SIGNED = 1 << 39
"""A sign stands directly before its first letter: #tags, @names, quotations."""
_BRACKETS = "()", "[]", "«»", "“”", "（）"


PARTED_CHARS = 7
"""Characters to each one of white space, at most, where it stands between words of a script without spaces."""


@cache
def word_traits() -> Int64:
    """[N_CODES]: above the fold, all that matters here."""
    kind, case = kinds(), case_traits()
    table = folds().astype(np.int64)
    stops, opens, closes = (np.zeros(N_CODES, np.bool_) for _ in range(3))
    stops[[ord(char) for char in FULL_STOPS]] = True
    opens[[ord(pair[0]) for pair in _BRACKETS]] = True
    closes[[ord(pair[1]) for pair in _BRACKETS]] = True
    lines = np.zeros(N_CODES, np.bool_)
    lines[[0x0A, 0x0D, 0x2028, 0x2029]] = True
    for held, bit in (
        *(((kind == LETTER) | (kind == MARK), _LETTER), (kind == NUMBER, _NUMBER), (unspaced(), UNSPACED)),
        *((kind == SPACE, _BLANK), (lines, _LINE), (kind == IGNORED, _HIDDEN), (case == SMALL_LETTER, SMALL)),
        *(
            (case == CAPITAL_LETTER, CAPITAL),
            (sentence_ends(), END),
            (stops, STOP),
            (opens, OPEN),
            (closes, CLOSE),
        ),
    ):
        table[held] |= bit
    return table


@compiled
def are_parted(codes: UInt32, start: int, end: int, traits: Int64) -> bool:
    """Whether white space stands between words of a text, by how much of it there is, and mostly not behind signs
    or at line ends: unspaced_lists knows what is written so.
    """
    blanks, alone, before = 0, 0, 0
    for code in codes[start:end]:
        trait = traits[code]
        blank = trait & _BLANK
        blanks += blank != 0
        alone += blank != 0 and before & _LETTER != 0 and trait & _LINE == 0
        before = trait
    return bool(PARTED_CHARS * blanks > end - start and 2 * alone > blanks)


@compiled
def slot_of(table: UInt64, owner: Int64, turn: int, key: np.uint64) -> int:
    """Where a key lies in the table, or would, in this turn."""
    mask = np.uint64(len(table) - 1)
    slot = (key ^ (key >> np.uint64(32))) & mask
    while owner[slot] == turn and table[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@compiled
def read_words(
    codes: UInt32,
    start: int,
    end: int,
    traits: Int64,
    words: Int64,
    table: UInt64,
    owner: Int64,
    turn: int,
    no_word: int = UNSPACED,
) -> int:
    """Fill in the words of a text, [MOST_WORDS, 3]: which one it is (a number below SLOTS), its traits and its
    letters, those of scripts without spaces twice. Returns how many there are. no_word: the trait of letters of
    what is no word; or 0.
    """
    n = 0
    hashed, letters, seen, first_case = np.uint64(0), 0, 0, 0
    lead, tail, flags = 0, 0, 0  # of the signs before its first letter, those after its last, its letters
    link, before = 0, False  # the last word is in this line; signs end it
    parted = STARTS  # what stands between it and the next
    for at in range(start, end + 1):
        trait = traits[codes[at]] if at < end else _BLANK | _LINE
        if trait & (_LETTER | _NUMBER):
            if seen == 0:
                first_case = trait & (SMALL | CAPITAL)
            letters += trait >> _LETTER_BIT & 1
            flags |= trait
            hashed = (hashed ^ np.uint64(trait & 0x1FFFFF)) * np.uint64(0x9E3779B97F4A7C15)
            seen, tail = seen + 1, 0
            continue
        if not trait & _BLANK:
            if trait & _HIDDEN:
                continue
            if seen:
                tail |= trait
            else:
                lead |= trait
            continue
        if letters and not flags & no_word:
            hashed ^= hashed >> np.uint64(29)
            slot = slot_of(table, owner, turn, hashed)
            if owner[slot] != turn:
                owner[slot], table[slot] = turn, hashed
            words[n, 0] = slot
            kept = first_case | (tail & CLOSE) | (lead & OPEN) | parted
            parted = 0
            if lead:
                kept |= SIGNED
            if tail & END:
                kept |= END
                if tail & STOP and letters == seen and letters >= LETTERS_BEFORE:
                    kept |= STOP
            if link:
                kept |= FOLLOWS
                if not before:
                    kept |= JOINED | (lead == 0) * PLAIN
            words[n, 1], words[n, 2] = kept, letters << (flags & UNSPACED != 0)
            n += 1
            link, before = 1, tail != 0
            if n == len(words):
                break
        elif seen:
            link = 0
            parted |= NUMBERED
        elif lead & END and n:  # a mark that stands alone, as a danda may
            words[n - 1, 1] |= END
            before = True
        elif lead:
            link = 0
        if trait & _LINE:
            link = 0
            parted |= STARTS
        hashed, letters, seen, first_case = np.uint64(0), 0, 0, 0
        lead, tail, flags = 0, 0, 0
    return n
