"""Characters, words and what is odd about them, counted of texts one behind another, in one pass over them.

What a word is, and what each count is for: heuristics.py.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.garbled import BY_CHANCE, GARBLED, MISSING, N_SIGNS, garbles, garbling_flags
from ccnet_lite.quality.misread import LEAST_WORDS, WEIGHT, eastern_are_bytes, misread_words, pairs_beyond
from ccnet_lite.quality.soft_hyphens import N_PARTS, parts, strewn
from ccnet_lite.quality.spelling import (
    ACCENTED,
    COMMON,
    DIGIT,
    DIGIT_WITHIN,
    FAR,
    N_SPELLINGS,
    PARTED_LETTERS,
    PLAIN,
    SOFT,
    TONE_WITHIN,
    TRICK,
    UPPER,
    spelling_flags,
    spelt,
)
from ccnet_lite.text.characters import (
    IGNORED,
    LETTER,
    MARK,
    NUMBER,
    SPACE,
    SYMBOL,
    folds,
    kinds,
    script_codes,
    scripts,
    unspaced,
)
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.disguises import (
    DISGUISED,
    HIDDEN,
    JOINER,
    JOINING,
    LETTERS,
    SUSPECT,
    WIDELY,
    disguise_flags,
    disguise_of,
    hides,
)
from ccnet_lite.text.homoglyphs import N_FLAGS, counts_suspect, letter_flags, may_be_suspect

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
_U = np.uint64

_KIND, _UNSPACED, _SCRIPT, _FLAGS, _DISGUISE, _SPELLING = 21, 24, 25, 33, 43, 59
"""Bits of what `traits_of_characters` says of a code point, above its fold."""
N_COUNTS = 13
(
    N_WORDS,
    N_LETTERED,
    N_WORD_CHARS,
    N_SUSPECT,
    N_CHARS,
    N_SYMBOLS,
    N_DISGUISED,
    N_WIDE,
    N_MARKS,
    N_GARBLED,
    N_PARTED,
    N_NUMERIC,
    N_LED,
) = range(N_COUNTS)
"""Of a text: words, those with letters, their characters; words with look-alikes; characters and symbols; words in
disguise, those in full-width letters; marks out of place; signs of a wrong encoding; words with letters that are
but the letters of one word, parted; digits, and single signs between two (12:30, 9,50), which are no symbols;
symbols of runs, behind the first LEADERS of each, which are none either."""
LEADERS = 4
"""So many of a run count: dots, dashes or underscores lead to a number, or are a blank to be filled in."""
MARKS_OF_ANY, MARKS_OF_SCRIPT = 3, 9
"""Marks that may follow one another: accents of no one script; those of a script (Tibetan stacks its letters)."""
SYMBOLS_ASKED = 5
"""Of so many characters one is a symbol, or most are Latin letters: whether UTF-8 was read wrongly is asked."""
_LATIN = script_codes().index("Latn")
_EASTERN = tuple(script_codes().index(code) for code in ("Hani", "Hira", "Kana", "Hang"))
_ANY_LETTER = 1 | LETTERS << (_DISGUISE - _FLAGS)
_OF_FOUR = 0b11110
_UPPER, _COMMON, _ODD, _FAR, _SOFT = (
    bits << (_SPELLING - _FLAGS) for bits in (UPPER, COMMON, UPPER | COMMON | DIGIT | SOFT, FAR, SOFT)
)
"""Of a word's flags: letters of a script that text.homoglyphs knows; capitals behind its first letter; what words
that have it, or of COMMON that lack it, are looked at for; a letter of a far script; a soft hyphen."""


@cache
def traits_of_characters() -> UInt64:
    """[N_CODES]: all that is asked of a code point, so that one look is enough."""
    kind = kinds().copy()
    kind[(disguise_flags() & LETTERS != 0) & (kind == SYMBOL)] = LETTER  # enclosed letters
    kind[disguise_flags() & (HIDDEN | JOINER) != 0] = IGNORED
    kind[0x80:0x85] = kind[0x86:0xA0] = SYMBOL  # controls of the other byte values: UTF-8 read as Latin-1
    spelling = np.where(kind == SYMBOL, garbling_flags(), spelling_flags())
    table = folds().astype(np.uint64)
    for trait, bit in (
        *((kind, _KIND), (unspaced(), _UNSPACED), (scripts(), _SCRIPT)),
        *((letter_flags(), _FLAGS), (disguise_flags(), _DISGUISE), (spelling, _SPELLING)),
    ):
        table |= trait.astype(np.uint64) << np.uint64(bit)
    return table


@compiled
def count_words(
    codes: UInt32,
    ends: Int64,
    traits: UInt64,
    pages: UInt64,
    eastern: UInt32,
    counts: Int64,
    by_script: Int64,
    hashes: UInt64,
    sizes: Int64,
) -> None:
    """Fill in the counts of texts, one behind another, and of each word a hash and its characters.

    traits: `traits_of_characters`; pages, eastern: quality.misread.
    """
    n_words, start = 0, 0
    odd, signs, soft = np.zeros(N_SPELLINGS, np.int64), np.zeros(N_SIGNS, np.int64), np.zeros(N_PARTS, np.int64)
    for text in range(len(ends)):
        in_word = False
        first_word = n_words
        n_lettered, n_suspect, n_chars, n_symbols, n_word_chars = 0, 0, 0, 0, 0
        begin, flags = start, 0  # of the word: where it begins, and which flags its letters have
        hashed, size = np.uint64(0), 0
        script, n_of_script = 0, 0  # of the letters last seen
        marks_left, n_marks = 0, 0  # how many more marks may follow; those that were too many
        n_disguised, n_wide = 0, 0
        odd[:], signs[:], soft[:] = 0, 0, 0  # words by what `spelt` and `parts`, symbols by what `garbles` says
        n_parted, n_letters_parted = 0, 0
        n_numeric, n_led, number_at, sign_at, n_run = 0, 0, start - 2, start - 3, 0  # last digit, last sign, signs
        parted, parted_end = 0, start  # single letters, one sign between each two: how many, where the last ends
        parted_begin, sign_between = start, 0  # where the first begins; the sign
        for at in range(start, ends[text] + 1):
            trait = traits[codes[_U(at)]] if at < ends[text] else traits[0x20]
            kind = (trait >> _KIND) & 7
            if kind == IGNORED:
                flags |= int(trait >> _FLAGS)
                n_disguised += hides(codes, at, start, ends[text], traits, _DISGUISE)
                continue
            is_word = kind in (LETTER, MARK, NUMBER)
            alone = is_word and (trait >> _UNSPACED) & 1 == 1
            if in_word and (alone or not is_word):
                n_lettered += flags & _ANY_LETTER != 0
                if may_be_suspect(flags):
                    n_suspect += _suspect(codes, begin, at, traits)
                if flags & (SUSPECT << (_DISGUISE - _FLAGS)):
                    found = disguise_of(codes, begin, at, start, ends[text], traits, _DISGUISE)
                    n_disguised += found == DISGUISED
                    n_wide += found == WIDELY
                if at - begin == 1:
                    parted = _parted(codes, begin, flags, traits, parted, parted_end, sign_between)
                    if parted == 1:
                        parted_begin = begin
                    parted_end, sign_between = at, codes[_U(begin - 1)] if begin > start else 0
                    is_heading = parted_begin == start or codes[_U(parted_begin - 1)] == 0x0A
                    n_parted += parted == PARTED_LETTERS and not is_heading
                    n_letters_parted += PARTED_LETTERS - 1 if parted == PARTED_LETTERS else parted > PARTED_LETTERS
                if flags & _SOFT:
                    soft[parts(codes, begin, at, start, ends[text], traits, _KIND, _DISGUISE + JOINING)] += 1
                if (flags ^ _COMMON) & _ODD or (flags & _FAR and flags & _OF_FOUR):
                    found = spelt(codes, begin, at, traits, _SPELLING, _KIND)
                    if found != PLAIN and not (
                        found <= TONE_WITHIN and _speaks(codes, begin, at, start, ends[text])
                    ):
                        odd[found] += 1
                in_word = False
            if kind == SPACE:
                marks_left = 0
                continue
            n_chars += 1
            if kind != MARK:
                marks_left = MARKS_OF_SCRIPT
            else:
                if int(trait >> _SCRIPT) & 0xFF == 0:
                    marks_left = min(marks_left, MARKS_OF_ANY)
                n_marks += marks_left <= 0
                marks_left -= 1
            if kind == LETTER:
                here = int(trait >> _SCRIPT) & 0xFF
                if here != script:
                    by_script[text, script] += n_of_script
                    script, n_of_script = here, 0
                n_of_script += 1
            elif kind == NUMBER:
                within = sign_at == at - 1 and number_at == at - 2
                n_symbols -= within
                n_numeric += 1 + within
                number_at = at
            elif kind != MARK:
                n_symbols += 1
                code = codes[_U(at)]
                near = at - sign_at == 1 or (at - sign_at == 2 and codes[_U(at - 1)] == 0x20)
                led = near and code == codes[_U(sign_at)] and _leads(code)
                n_run = n_run + 1 if led else 1
                n_led += n_run > LEADERS
                sign_at = at
            if not is_word:
                if trait >> _SPELLING:
                    signs[garbles(codes, at, start, ends[text], traits, _SPELLING, _KIND)] += 1
                continue
            n_word_chars += 1
            # A mark of an unspaced script belongs to the letter before it.
            if (alone and kind == LETTER) or (not alone and not in_word) or n_words == first_word:
                n_lettered += alone
                if n_words > first_word:
                    hashes[_U(n_words - 1)], sizes[_U(n_words - 1)] = hashed, size
                hashed, size = np.uint64(0), 0
                n_words += 1
            hashed = (hashed ^ (trait & np.uint64(0x1FFFFF))) * np.uint64(0x9E3779B97F4A7C15)
            size += 1
            if not alone:
                if in_word:
                    flags |= int(trait >> _FLAGS)
                else:
                    begin, flags, in_word = at, int(trait >> _FLAGS) & ~_UPPER, True
        if n_words > first_word:
            hashes[_U(n_words - 1)], sizes[_U(n_words - 1)] = hashed, size
        by_script[text, script] += n_of_script
        counts[text, N_WORDS] = n_words - first_word
        counts[text, N_LETTERED] = n_lettered
        counts[text, N_WORD_CHARS] = n_word_chars
        counts[text, N_SUSPECT] = n_suspect
        counts[text, N_CHARS] = n_chars
        counts[text, N_SYMBOLS] = n_symbols - n_led
        counts[text, N_NUMERIC], counts[text, N_LED] = n_numeric, n_led
        n_tricks = odd[TRICK] + odd[DIGIT_WITHIN] + (odd[TONE_WITHIN] if odd[DIGIT_WITHIN] >= 2 else 0)
        # A few of each may be by chance.
        n_disguised += max(n_tricks - 1, 0) + max(n_parted - 2, 0) + max(signs[MISSING] - 4, 0)
        n_disguised += strewn(soft)
        counts[text, N_DISGUISED] = n_disguised
        counts[text, N_WIDE] = n_wide
        counts[text, N_MARKS] = n_marks
        counts[text, N_PARTED] = n_letters_parted
        n_garbled = max(signs[GARBLED] + odd[ACCENTED] - BY_CHANCE, 0)
        if 2 * by_script[text, _LATIN] > n_word_chars or SYMBOLS_ASKED * n_symbols > n_chars:
            asked = signs[GARBLED] + pairs_beyond(codes, start, ends[text])
        else:
            asked = signs[GARBLED]
        if asked >= LEAST_WORDS:
            misread = misread_words(codes, start, ends[text], pages, traits, _KIND)
            n_garbled = max(n_garbled, WEIGHT * misread)
        n_eastern = 0
        for script in _EASTERN:
            n_eastern += by_script[text, script]
        if n_eastern >= LEAST_WORDS and eastern_are_bytes(codes, start, ends[text], eastern):
            n_garbled = max(n_garbled, WEIGHT * n_eastern)
        counts[text, N_GARBLED] = n_garbled
        start = ends[text]


@compiled
def _leads(code: int) -> bool:
    """Whether a sign in a run leads to a number or is a blank."""
    return code == 0x2E or code == 0x5F or code == 0x2D or code == 0xB7 or code == 0x2026


@compiled
def _parted(codes: UInt32, begin: int, flags: int, traits: UInt64, parted: int, end: int, sign: int) -> int:
    """How many single letters stand one behind another up to codes[begin]; `parted` ended before codes[end], with
    this sign between them. No apostrophes, F'i'n'i, and where letters are syllables, no spaces.
    """
    if not flags & (_OF_FOUR | _FAR):
        return 0
    between = codes[end]
    is_syllable = 0x1200 <= codes[begin] < 0x1680 or codes[begin] >= 0xA000
    follows = parted > 0 and begin == end + 1 and (parted == 1 or between == sign)
    follows &= between != 0x27 and between != 0x2019 and not (is_syllable and between == 0x20)
    follows &= codes[begin] != codes[end - 1] + 1  # letters of the alphabet, as in formulas
    small = (traits[codes[begin]] >> np.uint64(_SPELLING)) & np.uint64(UPPER) == 0
    return parted + 1 if follows and small else 1


@compiled
def _speaks(codes: UInt32, begin: int, end: int, start: int, stop: int) -> bool:
    """Whether codes[begin:end], a word of the text codes[start:stop], is who speaks: <d0rm0use>, @d0rm0use, or at
    a line's beginning before a colon or alone. Names of people in chats and forums have digits for letters.
    """
    before = codes[begin - 1] if begin > start else 0x0A
    after = codes[end] if end < stop else 0x0A
    if before == 0x3C or before == 0x40 or before == 0x5F or after == 0x5F:  # < @ _
        return True
    if before == 0x20 and after == 0x3A and begin - start > 2:  # behind a time: [12:30] d0rm0use:
        mark = codes[begin - 2]
        return bool(mark == 0x5D or mark == 0x2D or 0x30 <= mark <= 0x39)
    return bool(before == 0x0A and (after == 0x3A or after == 0x0A))


@compiled
def _suspect(codes: UInt32, begin: int, end: int, traits: UInt64) -> bool:
    seen = np.zeros(N_FLAGS, np.int64)  # how many letters of the word have each flag
    for at in range(begin, end):
        flags = int(traits[codes[at]] >> _FLAGS)
        for bit in range(N_FLAGS):
            seen[bit] += (flags >> bit) & 1
    return counts_suspect(seen)
