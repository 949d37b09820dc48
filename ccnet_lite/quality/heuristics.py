"""Cheap measurements of a text, the same in every script; the thresholds are settings (quality.max_*).

A word is a run of letters, marks and numbers; in scripts written without spaces, every letter is one. So a
share of words means the same in Thai and in English. After Gopher (Rae et al. 2021, appendix A): repeated
lines, repeated word 2-grams, symbols, bullets; ours: look-alike letters, disguised words, runs of marks.

Not handled: what becomes of a document (stages/decide.py); language; perplexity.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.quality.glossaries import spare_glossaries
from ccnet_lite.quality.letter_order import letter_disorder
from ccnet_lite.quality.line_shares import line_shares
from ccnet_lite.quality.misread import bytes_of, eastern_bytes
from ccnet_lite.quality.refrains import spare_refrains
from ccnet_lite.quality.rule_signals import RuleSignals
from ccnet_lite.quality.sentence_case import case_disorder
from ccnet_lite.quality.spun_words import spun_words
from ccnet_lite.quality.top_ngrams import top_shares
from ccnet_lite.quality.word_counts import (
    N_CHARS,
    N_COUNTS,
    N_DISGUISED,
    N_GARBLED,
    N_LED,
    N_LETTERED,
    N_MARKS,
    N_NUMERIC,
    N_PARTED,
    N_SUSPECT,
    N_SYMBOLS,
    N_WIDE,
    N_WORD_CHARS,
    N_WORDS,
    count_words,
    traits_of_characters,
)
from ccnet_lite.text.characters import code_points, script_codes
from ccnet_lite.text.disguises import FULL_WIDTH_SCRIPTS
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.scripts import dominant_of_counts, is_unspaced

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
AtWords = Callable[[int, UInt64, Int64, Int64], None]
"""Given the number of a first text, the words of it and of those after it as hashes of their folded letters, one
behind another, and of each text how many words it has and how many of them have a letter."""

RULE_MEASURES = (
    *("homoglyph_share", "disguised_share", "mark_share", "garbled_share", "case_disorder", "word_disorder"),
    *("keyword_share", "duplicate_line_share", "top_ngram_share", "symbol_share", "bullet_share"),
    "short_line_share",
)
SHORT_LINE = 40
"""Characters; in scripts written without spaces, which say more with each, two fifths of that."""
CHUNK_CHARS = 1 << 18
"""Texts are taken together up to about this many characters."""
NUMBER_PART = 0.42
"""Characters of numbers count so much in symbol_share: numbers alone are too many (0.4) from 95 % on, since times,
results and prices are mostly made of them."""
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
    disguised_share: share of them that text.disguises or quality.spelling finds suspect; words that are wholly
        full-width do not count where a tenth of the letters are Han or kana.
    garbled_share: signs of a wrong encoding (quality.garbled) and words of accented letters alone, by words.
    mark_share: share of the characters, white space aside, that are marks on no letter or in too long a run.
    case_disorder: of quality.sentence_case; word_disorder, keyword_share: of quality.spun_words, letter_order.
    duplicate_line_share: share of the characters of lines, white space aside, in lines repeating an earlier
        one; a third of those of refrains (quality.line_shares). (By characters, not by lines: the speakers'
        names of a play repeat too.)
    top_ngram_share: share of the characters of words that lie in the commonest word 2-gram, which is
        the one that covers most of them of those that come six times or more; less of refrains (quality.refrains).
    symbol_share: share of the characters, white space aside, that are neither letters nor marks; those of numbers
        count NUMBER_PART, of a run of dots, dashes or underscores the first four.
    bullet_share: share of the lines, blank ones aside, that begin with a bullet, are short and end no sentence.
    short_line_share: share of the characters of lines that lie in short lines which end no sentence: menus.

    Shares of nothing are 0. Without `full` the last twelve are null. at_words: called with some texts' words at a
    time, for what else is to be known of them. more: gets their characters and words, too.
    """
    refuse_one(texts)
    counts = np.zeros((len(texts), N_COUNTS), np.int64)
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
        tables = traits_of_characters(), bytes_of(), eastern_bytes()
        count_words(codes, ends, *tables, counts[start:stop], by_script[start:stop], *words)
        if at_words is not None:
            at_words(start, words[0], counts[start:stop, N_WORDS], counts[start:stop, N_LETTERED])
        if more is not None:
            more.add(start, codes, ends, *words, counts[start:stop, N_WORDS], counts[start:stop, N_LETTERED])
        if full:
            top_shares(*words, counts[start:stop, N_WORDS], top_share[start:stop])
            spare_refrains(texts[start:stop], top_share[start:stop])
            by_letter = np.array([is_unspaced(code) for code in dominant_of_counts(by_script[start:stop])[0]])
            line_shares(codes, ends, SHORT_LINE * np.where(by_letter, 0.4, 1.0), lines[start:stop])
            case_disorder(codes, ends, disorder[start:stop])
            spun_words(codes, ends, by_letter, unordered[start:stop], keywords[start:stop])
            letter_disorder(codes, ends, by_letter, unordered[start:stop], keywords[start:stop])
            spare_glossaries(texts[start:stop], keywords[start:stop])
        start = stop
    script, script_share = dominant_of_counts(by_script)
    columns: dict[str, pa.Array] = {
        "script": pa.array(script, pa.string()),
        "script_share": pa.array(script_share),
        "n_words": pa.array(counts[:, N_WORDS]),
        "mean_word_chars": pa.array(_share(counts[:, N_WORD_CHARS], counts[:, N_WORDS])),
    }
    if not full:
        return columns | {name: pa.nulls(len(texts), pa.float64()) for name in RULE_MEASURES}
    return columns | {
        "homoglyph_share": pa.array(_share(counts[:, N_SUSPECT], counts[:, N_LETTERED])),
        "disguised_share": pa.array(
            _share(_disguised(counts, by_script), counts[:, N_LETTERED] - counts[:, N_PARTED])
        ),
        "mark_share": pa.array(_share(counts[:, N_MARKS], counts[:, N_CHARS])),
        "garbled_share": pa.array(np.minimum(_share(counts[:, N_GARBLED], counts[:, N_LETTERED]), 1.0)),
        "case_disorder": pa.array(disorder),
        "word_disorder": pa.array(unordered),
        "keyword_share": pa.array(keywords),
        "duplicate_line_share": pa.array(lines[:, 0]),
        "top_ngram_share": pa.array(top_share),
        "symbol_share": pa.array(_symbol_share(counts)),
        "bullet_share": pa.array(lines[:, 1]),
        "short_line_share": pa.array(lines[:, 2]),
    }


def _share(part: Int64, whole: Int64) -> Float64:
    return np.asarray(part / np.maximum(whole, 1))


def _symbol_share(counts: Int64) -> Float64:
    """[texts]: symbols, and a part of the characters of numbers, by all characters but those of runs of dots."""
    symbols = counts[:, N_SYMBOLS] + NUMBER_PART * counts[:, N_NUMERIC]
    return np.asarray(symbols / np.maximum(counts[:, N_CHARS] - counts[:, N_LED], 1))


def _disguised(counts: Int64, by_script: Int64) -> Int64:
    """[texts]: disguised words, those in full-width letters among them where that is a disguise."""
    wide_scripts = [number for number, code in enumerate(script_codes()) if code in FULL_WIDTH_SCRIPTS]
    rare = by_script[:, wide_scripts].sum(axis=1) < FULL_WIDTH_SHARE * by_script.sum(axis=1)
    return np.asarray(np.minimum(counts[:, N_DISGUISED] + counts[:, N_WIDE] * rare, counts[:, N_LETTERED]))
