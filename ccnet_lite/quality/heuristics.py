"""Cheap measurements of a text, the same in every script; the thresholds are settings (quality.max_*).

A word is a run of letters, marks and numbers; in scripts written without spaces, every letter is one. So a
share of words means the same in Thai and in English. After Gopher (Rae et al. 2021, appendix A): repeated
lines, repeated word 2-grams, symbols, bullets; ours: look-alike letters, disguised words, runs of marks.

Not handled: what becomes of a document (stages/decide.py); language; perplexity.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.quality.letter_order import letter_disorder
from ccnet_lite.quality.line_shares import line_shares
from ccnet_lite.quality.rule_signals import RuleSignals
from ccnet_lite.quality.sentence_case import case_disorder
from ccnet_lite.quality.spun_words import spun_words
from ccnet_lite.text.characters import (
    IGNORED,
    LETTER,
    MARK,
    NUMBER,
    SPACE,
    SYMBOL,
    code_points,
    folds,
    kinds,
    script_codes,
    scripts,
    unspaced,
)
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.disguises import (
    DISGUISED,
    FULL_WIDTH_SCRIPTS,
    LETTERS,
    SUSPECT,
    WIDELY,
    disguise_flags,
    disguise_of,
    hides,
)
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.homoglyphs import N_FLAGS, counts_suspect, letter_flags, may_be_suspect
from ccnet_lite.text.scripts import dominant_of_counts, is_unspaced

Bools = npt.NDArray[np.bool_]
UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
AtWords = Callable[[int, UInt64, Int64, Int64], None]
"""Given the number of a first text, the words of it and of those after it as hashes of their folded letters, one
behind another, and of each text how many words it has and how many of them have a letter."""

RULE_MEASURES = (
    *("homoglyph_share", "disguised_share", "mark_share", "case_disorder", "word_disorder", "keyword_share"),
    *("duplicate_line_share", "top_ngram_share", "symbol_share", "bullet_share", "short_line_share"),
)
SHORT_LINE = 40
"""Characters; in scripts written without spaces, which say more with each, two fifths of that."""
CHUNK_CHARS = 1 << 18
"""Texts are taken together up to about this many characters."""
NGRAM_WORDS = 1 << 20
"""2-grams are counted among this many first words of a text, which bounds their memory."""

_KIND, _UNSPACED, _SCRIPT, _FLAGS, _DISGUISE = 21, 24, 25, 33, 43
"""Bits of what `_traits` says of a code point, above its fold."""
_WORDS, _LETTERED, _WORD_CHARS, _SUSPECT, _CHARS, _SYMBOLS, _DISGUISED, _WIDE, _MARKS, _COUNTS = range(10)
MARKS_OF_ANY, MARKS_OF_SCRIPT = 3, 9
"""Marks that may follow one another: accents of no one script; those of a script (Tibetan stacks its letters)."""
_ANY_LETTER = 1 | LETTERS << (_DISGUISE - _FLAGS)
FULL_WIDTH_SHARE = 0.1
"""Of the letters of a text; with more Han and kana, full-width Latin letters are no disguise."""


def measure(
    texts: Sequence[str], full: bool = True, at_words: AtWords | None = None, more: RuleSignals | None = None
) -> dict[str, pa.Array]:
    """Measurements of texts, an array of one value a text for each name.

    script: ISO 15924 code of most of the letters, Zyyy where there is none (string).
    script_share: share of the letters in it.
    n_words (int64), mean_word_chars: words, and letters, marks and digits a word.
    homoglyph_share: share of the words with a letter that text.homoglyphs finds suspect.
    disguised_share: share of them that text.disguises finds suspect; words that are wholly full-width do not
        count where a tenth of the letters are Han or kana.
    mark_share: share of the characters, white space aside, that are marks on no letter or in too long a run.
    case_disorder: of quality.sentence_case; word_disorder, keyword_share: of quality.spun_words, letter_order.
    duplicate_line_share: share of the characters of lines that lie in lines repeating an earlier one. (By
        characters, not by lines: the speakers' names of a play repeat too.)
    top_ngram_share: share of the characters of words that lie in the commonest word 2-gram, which is
        the one that covers most of them, if it comes twice or more.
    symbol_share: share of the characters, white space aside, that are neither letters nor marks.
    bullet_share: share of the lines, blank ones aside, that begin with a bullet.
    short_line_share: share of the characters of lines that lie in short lines which end no sentence: menus.

    Shares of nothing are 0. Without `full` the last eleven are null. at_words: called with some texts' words at a
    time, for what else is to be known of them. more: gets their characters and words, too.
    """
    refuse_one(texts)
    counts = np.zeros((len(texts), _COUNTS), np.int64)
    by_script = np.zeros((len(texts), len(script_codes())), np.int64)
    top_share = np.zeros(len(texts), np.float64)
    lines = np.zeros((len(texts), 3), np.float64)
    disorder, unordered, keywords = (np.zeros(len(texts), np.float64) for _ in range(3))
    words = np.zeros(0, np.uint64), np.zeros(0, np.int64)  # shared by the chunks: new memory costs time
    start = 0
    while start < len(texts):
        stop, n_chars = start + 1, len(texts[start])
        while stop < len(texts) and n_chars < CHUNK_CHARS:
            n_chars += len(texts[stop])
            stop += 1
        codes = code_points("".join(texts[start:stop]))
        ends = np.cumsum([len(text) for text in texts[start:stop]], dtype=np.int64)
        if len(words[0]) < len(codes):
            words = np.empty(len(codes), np.uint64), np.empty(len(codes), np.int64)
        _count(codes, ends, _traits(), counts[start:stop], by_script[start:stop], *words)
        if at_words is not None:
            at_words(start, words[0], counts[start:stop, _WORDS], counts[start:stop, _LETTERED])
        if more is not None:
            more.add(start, codes, ends, *words, counts[start:stop, _WORDS], counts[start:stop, _LETTERED])
        if full:
            _top_shares(*words, counts[start:stop, _WORDS], top_share[start:stop])
            by_letter = np.array([is_unspaced(code) for code in dominant_of_counts(by_script[start:stop])[0]])
            line_shares(codes, ends, SHORT_LINE * np.where(by_letter, 0.4, 1.0), lines[start:stop])
            case_disorder(codes, ends, disorder[start:stop])
            spun_words(codes, ends, unordered[start:stop], keywords[start:stop])
            letter_disorder(codes, ends, by_letter, unordered[start:stop])
        start = stop
    script, script_share = dominant_of_counts(by_script)
    columns: dict[str, pa.Array] = {
        "script": pa.array(script, pa.string()),
        "script_share": pa.array(script_share),
        "n_words": pa.array(counts[:, _WORDS]),
        "mean_word_chars": pa.array(_share(counts[:, _WORD_CHARS], counts[:, _WORDS])),
    }
    if not full:
        return columns | {name: pa.nulls(len(texts), pa.float64()) for name in RULE_MEASURES}
    return columns | {
        "homoglyph_share": pa.array(_share(counts[:, _SUSPECT], counts[:, _LETTERED])),
        "disguised_share": pa.array(_share(_disguised(counts, by_script), counts[:, _LETTERED])),
        "mark_share": pa.array(_share(counts[:, _MARKS], counts[:, _CHARS])),
        "case_disorder": pa.array(disorder),
        "word_disorder": pa.array(unordered),
        "keyword_share": pa.array(keywords),
        "duplicate_line_share": pa.array(lines[:, 0]),
        "top_ngram_share": pa.array(top_share),
        "symbol_share": pa.array(_share(counts[:, _SYMBOLS], counts[:, _CHARS])),
        "bullet_share": pa.array(lines[:, 1]),
        "short_line_share": pa.array(lines[:, 2]),
    }


def _share(part: Int64, whole: Int64) -> Float64:
    return np.asarray(part / np.maximum(whole, 1))


def _disguised(counts: Int64, by_script: Int64) -> Int64:
    """[texts]: disguised words, those in full-width letters among them where that is a disguise."""
    wide_scripts = [number for number, code in enumerate(script_codes()) if code in FULL_WIDTH_SCRIPTS]
    rare = by_script[:, wide_scripts].sum(axis=1) < FULL_WIDTH_SHARE * by_script.sum(axis=1)
    return np.asarray(np.minimum(counts[:, _DISGUISED] + counts[:, _WIDE] * rare, counts[:, _LETTERED]))


@cache
def _traits() -> UInt64:
    """[N_CODES]: all that is asked of a code point, so that one look is enough."""
    kind = kinds().copy()
    kind[(disguise_flags() & LETTERS != 0) & (kind == SYMBOL)] = LETTER  # enclosed letters
    table = folds().astype(np.uint64)
    for trait, bit in (
        *((kind, _KIND), (unspaced(), _UNSPACED), (scripts(), _SCRIPT)),
        *((letter_flags(), _FLAGS), (disguise_flags(), _DISGUISE)),
    ):
        table |= trait.astype(np.uint64) << np.uint64(bit)
    return table


@compiled
def _count(
    codes: UInt32, ends: Int64, traits: UInt64, counts: Int64, by_script: Int64, hashes: UInt64, sizes: Int64
) -> None:
    """Fill in the counts of texts, one behind another, and of each word a hash and its characters."""
    n_words, start = 0, 0
    for text in range(len(ends)):
        in_word = False
        first_word = n_words
        n_lettered, n_suspect, n_chars, n_symbols, n_word_chars = 0, 0, 0, 0, 0
        begin, flags = start, 0  # of the word: where it begins, and which flags its letters have
        hashed, size = np.uint64(0), 0
        script, n_of_script = 0, 0  # of the letters last seen
        marks_left, n_marks = 0, 0  # how many more marks may follow; those that were too many
        n_disguised, n_wide = 0, 0
        for at in range(start, ends[text] + 1):
            trait = traits[codes[at]] if at < ends[text] else traits[0x20]
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
            elif kind != MARK:
                n_symbols += 1
            if not is_word:
                continue
            n_word_chars += 1
            # A mark of an unspaced script belongs to the letter before it.
            if (alone and kind == LETTER) or (not alone and not in_word) or n_words == first_word:
                n_lettered += alone
                if n_words > first_word:
                    hashes[n_words - 1], sizes[n_words - 1] = hashed, size
                hashed, size = np.uint64(0), 0
                n_words += 1
            hashed = (hashed ^ (trait & np.uint64(0x1FFFFF))) * np.uint64(0x9E3779B97F4A7C15)
            size += 1
            if not alone:
                if not in_word:
                    begin, flags = at, 0
                in_word = True
                flags |= int(trait >> _FLAGS)
        if n_words > first_word:
            hashes[n_words - 1], sizes[n_words - 1] = hashed, size
        by_script[text, script] += n_of_script
        counts[text, _WORDS] = n_words - first_word
        counts[text, _LETTERED] = n_lettered
        counts[text, _WORD_CHARS] = n_word_chars
        counts[text, _SUSPECT] = n_suspect
        counts[text, _CHARS] = n_chars
        counts[text, _SYMBOLS] = n_symbols
        counts[text, _DISGUISED] = n_disguised
        counts[text, _WIDE] = n_wide
        counts[text, _MARKS] = n_marks
        start = ends[text]


@compiled
def _suspect(codes: UInt32, begin: int, end: int, traits: UInt64) -> bool:
    seen = np.zeros(N_FLAGS, np.int64)  # how many letters of the word have each flag
    for at in range(begin, end):
        flags = int(traits[codes[at]] >> _FLAGS)
        for bit in range(N_FLAGS):
            seen[bit] += (flags >> bit) & 1
    return counts_suspect(seen)


def _top_shares(hashes: UInt64, sizes: Int64, n_words: Int64, out: Float64) -> None:
    """Fill in top_ngram_share of texts of n_words words each."""
    most = min(int(n_words.max()), NGRAM_WORDS)
    slots = 1 << (2 * most + 1).bit_length()  # a hash table at most half full
    table = np.zeros(slots, np.uint64), np.full(slots, -1, np.int64), np.zeros(slots, np.int64)
    _cover(hashes, sizes, n_words, *table, NGRAM_WORDS, out)


@compiled
def _cover(
    hashes: UInt64,
    sizes: Int64,
    n_words: Int64,
    table: UInt64,
    owner: Int64,
    covered: Int64,
    max_words: int,
    out: Float64,
) -> None:
    mask = np.uint64(len(table) - 1)
    start = 0
    for text in range(len(n_words)):
        stop = start + min(n_words[text], max_words)
        best, total = 0, 0
        for at in range(start, stop):
            total += sizes[at]
            if at + 1 == stop:
                break
            gram = (hashes[at] ^ (hashes[at] >> np.uint64(29))) * np.uint64(0xD6E8FEB86659FD93) + hashes[at + 1]
            slot = (gram ^ (gram >> np.uint64(32))) & mask
            while owner[slot] == text and table[slot] != gram:
                slot = (slot + np.uint64(1)) & mask
            if owner[slot] != text:
                owner[slot] = text
                table[slot] = gram
                covered[slot] = 0
            else:  # not its first time
                first_time = covered[slot] == 0
                covered[slot] += (sizes[at] + sizes[at + 1]) * (2 if first_time else 1)
                best = max(best, covered[slot])
        out[text] = min(1.0, best / total) if total else 0.0
        start += n_words[text]
