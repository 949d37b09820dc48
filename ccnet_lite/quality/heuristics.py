"""Cheap measurements of a text, the same in every script; the thresholds are settings (quality.max_*).

A word is a run of letters, marks and numbers; in scripts written without spaces, every letter is one. So a
share of words means the same in Thai and in English. After Gopher (Rae et al. 2021, appendix A): repeated
lines, repeated word 2-grams, symbols, bullets; ours: letters in disguise.

Not handled: what becomes of a document (stages/decide.py); language; perplexity.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.text.characters import (
    IGNORED,
    LETTER,
    MARK,
    NUMBER,
    SPACE,
    code_points,
    folds,
    kinds,
    script_codes,
    scripts,
    unspaced,
)
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.homoglyphs import N_FLAGS, counts_suspect, letter_flags
from ccnet_lite.text.scripts import dominant_of_counts, is_unspaced

Bools = npt.NDArray[np.bool_]
UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

RULE_MEASURES = (
    "homoglyph_share",
    "duplicate_line_share",
    "top_ngram_share",
    "symbol_share",
    "bullet_share",
    "short_line_share",
)
BULLETS = frozenset("•‣◦⁃∙·●○◉◆◇■□▪▫▶►▸▹➤➢➔✓✔✗✘★☆*")
"""No dash and no quotation mark is one: in many languages they open a speech."""
SENTENCE_ENDS = tuple(".!?…:;。！？：；।॥؟؛۔។།”\"’'»«」』)）]】")
SHORT_LINE = 40
"""Characters; in scripts written without spaces, which say more with each, two fifths of that."""
FEW_LINES = 5
"""With fewer lines, the share of bullets is taken of this many: one starred line is not a list."""
CHUNK_CHARS = 1 << 18
"""Texts are taken together up to about this many characters."""

NGRAM_WORDS = 1 << 20
"""2-grams are counted among this many first words of a text, which bounds their memory."""

_WORDS, _LETTERED, _WORD_CHARS, _SUSPECT, _CHARS, _SYMBOLS, _COUNTS = range(7)


def measure(texts: Sequence[str], full: bool = True) -> dict[str, pa.Array]:
    """Measurements of texts, an array of one value a text for each name.

    script: ISO 15924 code of most of the letters, Zyyy where there is none (string).
    script_share: share of the letters in it.
    n_words (int64), mean_word_chars: words, and letters, marks and digits a word.
    homoglyph_share: share of the words with a letter that text.homoglyphs finds suspect.
    duplicate_line_share: share of the characters of lines that lie in lines repeating an earlier one. (By
        characters, not by lines: the speakers' names of a play repeat too.)
    top_ngram_share: share of the characters of words that lie in the commonest word 2-gram, which is
        the one that covers most of them, if it comes twice or more.
    symbol_share: share of the characters, white space aside, that are neither letters nor marks.
    bullet_share: share of the lines, blank ones aside, that begin with a bullet.
    short_line_share: share of the characters of lines that lie in short lines which end no sentence: menus.

    Shares of nothing are 0. Without `full` the last six are null.
    """
    counts = np.zeros((len(texts), _COUNTS), np.int64)
    by_script = np.zeros((len(texts), len(script_codes())), np.int64)
    top_share = np.zeros(len(texts), np.float64)
    start = 0
    while start < len(texts):
        stop, n_chars = start + 1, len(texts[start])
        while stop < len(texts) and n_chars < CHUNK_CHARS:
            n_chars += len(texts[stop])
            stop += 1
        word_hashes, word_sizes = _count_chunk(texts[start:stop], counts[start:stop], by_script[start:stop])
        if full:
            _top_shares(word_hashes, word_sizes, counts[start:stop, _WORDS], top_share[start:stop])
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
    short = [SHORT_LINE * (0.4 if is_unspaced(code) else 1.0) for code in script]
    lines = np.array([_line_shares(*pair) for pair in zip(texts, short, strict=True)]).reshape(-1, 3)
    return columns | {
        "homoglyph_share": pa.array(_share(counts[:, _SUSPECT], counts[:, _LETTERED])),
        "duplicate_line_share": pa.array(lines[:, 0]),
        "top_ngram_share": pa.array(top_share),
        "symbol_share": pa.array(_share(counts[:, _SYMBOLS], counts[:, _CHARS])),
        "bullet_share": pa.array(lines[:, 1]),
        "short_line_share": pa.array(lines[:, 2]),
    }


def _share(part: Int64, whole: Int64) -> Float64:
    return np.asarray(part / np.maximum(whole, 1))


def _line_shares(text: str, short: float) -> tuple[float, float, float]:
    """Shares of lines that repeat an earlier one, begin with a bullet, and are shorter than `short`."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if not lines:
        return 0.0, 0.0, 0.0
    n_chars = sum(map(len, lines))
    n_distinct = sum(map(len, dict.fromkeys(lines)))
    n_bullets = sum(line[0] in BULLETS for line in lines)
    n_short = sum(len(line) for line in lines if len(line) < short and not line.endswith(SENTENCE_ENDS))
    return 1.0 - n_distinct / n_chars, n_bullets / max(len(lines), FEW_LINES), n_short / n_chars


def _count_chunk(texts: Sequence[str], counts: Int64, by_script: Int64) -> tuple[UInt64, Int64]:
    """Fill in a chunk's counts; returns a hash of each word and its characters."""
    codes = code_points("".join(texts))
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    hashes, sizes = np.zeros(len(codes), np.uint64), np.zeros(len(codes), np.int64)
    tables = kinds(), unspaced(), folds(), scripts(), letter_flags()
    n_words = _count(codes, ends, *tables, counts, by_script, hashes, sizes)
    return hashes[:n_words], sizes[:n_words]


@compiled
def _count(
    codes: UInt32,
    ends: Int64,
    kinds: UInt8,
    unspaced: Bools,
    folds: UInt32,
    scripts: UInt8,
    flags: UInt8,
    counts: Int64,
    by_script: Int64,
    hashes: UInt64,
    sizes: Int64,
) -> int:
    seen = np.zeros(N_FLAGS, np.int64)  # how many letters of the word have each flag
    n_words, start = 0, 0
    for text in range(len(ends)):
        in_word = False
        first_word = n_words
        for at in range(start, ends[text] + 1):
            code = codes[at] if at < ends[text] else np.uint32(0x20)
            kind = kinds[code]
            if kind == IGNORED:
                continue
            is_word = kind in (LETTER, MARK, NUMBER)
            alone = is_word and unspaced[code]
            if in_word and (alone or not is_word):
                counts[text, _LETTERED] += seen[0] > 0
                if counts_suspect(seen[0], seen[1], seen[2], seen[3], seen[4], seen[5], seen[6]):
                    counts[text, _SUSPECT] += 1
                for bit in range(N_FLAGS):
                    seen[bit] = 0
                in_word = False
            if kind == SPACE:
                continue
            counts[text, _CHARS] += 1
            if kind == LETTER:
                by_script[text, scripts[code]] += 1
            if kind != LETTER and kind != MARK:
                counts[text, _SYMBOLS] += 1
            if not is_word:
                continue
            counts[text, _WORD_CHARS] += 1
            # A mark of an unspaced script belongs to the letter before it.
            if (alone and kind == LETTER) or (not alone and not in_word) or n_words == first_word:
                counts[text, _WORDS] += 1
                counts[text, _LETTERED] += alone
                hashes[n_words] = 0
                n_words += 1
            hashes[n_words - 1] = (hashes[n_words - 1] ^ folds[code]) * np.uint64(0x9E3779B97F4A7C15)
            sizes[n_words - 1] += 1
            if not alone:
                in_word = True
                if kind == LETTER:
                    for bit in range(N_FLAGS):
                        seen[bit] += (flags[code] >> bit) & 1
        start = ends[text]
    return n_words


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
