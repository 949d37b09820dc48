"""Signals that policies ask for (settings/rule_signals.py), measured beside the heuristics, those asked for alone.

Words are those of quality.heuristics; lines those of quality.line_kinds. A signal is an entry of settings/
rule_signals.py and one of `_of_lines` or the like here.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.quality import line_kinds as kinds
from ccnet_lite.quality.line_kinds import count_lines
from ccnet_lite.quality.ngram_shares import ngram_shares
from ccnet_lite.quality.word_letters import letters_a_word
from ccnet_lite.settings import DUPLICATE_SIZES, RULE_SIGNALS, TOP_SIZES
from ccnet_lite.text.compiled import compiled

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

N_STOP_WORDS = 8
"""Of a language, as many as Gopher has for English."""

_BY_LINE = {
    "list_line_share": kinds.ITEMS,
    "ellipsis_line_share": kinds.ELLIPSIS_LINES,
    "terminal_line_share": kinds.TERMINAL,
    "brief_line_share": kinds.BRIEF_LINES,
    "few_word_line_share": kinds.FEW_WORDS,
    "javascript_line_share": kinds.JAVASCRIPT,
    "policy_line_share": kinds.POLICY,
}
_BY_WORD = {
    "hash_word_ratio": kinds.HASHES,
    "ellipsis_word_ratio": kinds.ELLIPSES,
    "newline_word_ratio": kinds.FEEDS,
}
_COUNTS = {
    "lorem_ipsum_lines": kinds.LOREM,
    "curly_bracket_lines": kinds.BRACKETS,
    "prose_sentences": kinds.SENTENCES,
}
_LINE_SIGNALS = {*_BY_LINE, *_BY_WORD, *_COUNTS, "duplicate_line_number_share"}


class RuleSignals:
    """Fills itself from the chunks of texts that quality.heuristics.measure goes through."""

    def __init__(self, wanted: Collection[str], stop_words: UInt64) -> None:
        """wanted: names of signals. stop_words: [texts, N_STOP_WORDS] hashes; zeros where none are known."""
        n = len(stop_words)
        self._wanted = frozenset(wanted)
        self._top = [size for size in TOP_SIZES if f"top_{size}gram_share" in wanted]
        self._duplicate = [size for size in DUPLICATE_SIZES if f"duplicate_{size}gram_share" in wanted]
        self._stop_words = stop_words
        self._lines = np.zeros((n, kinds.COUNTS), np.int64)
        self._grams = np.zeros((n, len(self._top) + len(self._duplicate)))
        self._words = np.zeros((n, 2), np.int64)
        self._stops = np.zeros(n, np.int64)

    def add(
        self,
        first: int,
        codes: UInt32,
        ends: Int64,
        hashes: UInt64,
        sizes: Int64,
        n_words: Int64,
        n_lettered: Int64,
    ) -> None:
        """Measure texts from number `first` on: their characters, where each ends, their words, and how many."""
        some = slice(first, first + len(ends))
        self._words[some, 0], self._words[some, 1] = n_words, n_lettered
        if self._wanted & _LINE_SIGNALS:
            count_lines(codes, ends, self._lines[some])
        if self._top or self._duplicate:
            n_words = np.ascontiguousarray(n_words)
            stretch = letters_a_word(codes, ends, n_words) if self._duplicate else np.ones(len(ends))
            ngram_shares(hashes, sizes, n_words, stretch, self._top, self._duplicate, self._grams[some])
        if "n_stop_words" in self._wanted:
            _count_stops(hashes, np.ascontiguousarray(n_words), self._stop_words[some], self._stops[some])

    def columns(self) -> dict[str, pa.Array]:
        """All of RULE_SIGNALS, double; null where not wanted, and stop words where the language has none."""
        found = {name: pa.array(values) for name, values in self._measured().items() if name in self._wanted}
        if "n_stop_words" in self._wanted:
            unknown = self._stop_words[:, 0] == 0
            found["n_stop_words"] = pa.array(self._stops.astype(np.float64), mask=unknown)
        absent = pa.nulls(len(self._words), pa.float64())
        return {each.column: found.get(each.column, absent) for each in RULE_SIGNALS}

    def _measured(self) -> dict[str, Float64]:
        lines, words = self._lines, self._words[:, 0]
        n_lines = lines[:, kinds.LINES]
        sizes = [*(f"top_{size}gram_share" for size in self._top)]
        sizes += [f"duplicate_{size}gram_share" for size in self._duplicate]
        return {
            **{name: _share(lines[:, at], n_lines) for name, at in _BY_LINE.items()},
            **{name: _share(lines[:, at], words) for name, at in _BY_WORD.items()},
            **{name: lines[:, at].astype(np.float64) for name, at in _COUNTS.items()},
            "duplicate_line_number_share": _share(n_lines - lines[:, kinds.DISTINCT], n_lines),
            "letter_word_share": _share(self._words[:, 1], words),
            **{name: np.ascontiguousarray(self._grams[:, at]) for at, name in enumerate(sizes)},
        }


def _share(part: Int64, whole: Int64) -> Float64:
    return np.asarray(part / np.maximum(whole, 1))


@compiled
def _count_stops(hashes: UInt64, n_words: Int64, stop_words: UInt64, out: Int64) -> None:
    """How many different stop words of its row each text holds."""
    start = 0
    for text in range(len(n_words)):
        found = 0
        if stop_words[text, 0] != 0:
            for at in range(start, start + n_words[text]):
                for number in range(stop_words.shape[1]):
                    if hashes[at] == stop_words[text, number]:
                        found |= 1 << number
        while found:
            out[text] += found & 1
            found >>= 1
        start += n_words[text]
