"""How far a text is made of the commonest words of the language that it is said to be in.

A text in a language that the identifier does not know is given the label of a neighbour, often with a high score:
Tigrinya as Amharic, Karelian as Finnish. The words that every text of a language needs tell them apart: of Finnish
documents nearly all have two words in nine among the 100 commonest, of Karelian ones hardly any. The measure is a
ratio: the share of such words, over the share that all but a few of a language's own documents reach. So 1 is an
ordinary low, and one bound serves all languages. (Gopher's stop words, Rae et al. 2021, ask for two of eight.)

Words are those of quality.heuristics, case folded: in scripts written without spaces, letters. Lists come from
`ccnet-lite fit-lid`, or with the package.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.quality.heuristics import AtWords, measure
from ccnet_lite.quality.rule_signals import N_STOP_WORDS
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FORMAT, VERSION = "ccnet_lite common words", 1
MOST_WORDS = 100
"""Words of a language's list."""
GOPHER_STOP_WORDS = {"en": ("the", "be", "to", "of", "and", "that", "have", "with")}
"""Of a language, in place of the commonest of its list (Rae et al. 2021, appendix A)."""
BUILT_IN = "built-in"
"""The setting that names the package's own lists."""
FEW = 0.02
"""The share of a language's own documents that lie below what its list's `least` says."""
LEAST_DOCUMENTS = 10
"""Fewer labelled documents of a language say nothing about it."""
_SLOTS = 1024
"""Of a language's hash table, at most a tenth full."""


@dataclass(frozen=True)
class CommonWords:
    """A language's commonest words, and the least share of them that its documents but a few have."""

    words: tuple[str, ...]
    least: float


def confidence(scores: Float64, ratios: Float64) -> Float64:
    """[texts]: scores, discounted where the ratio of common words is below 1.

    >>> confidence(np.array([0.9, 0.9, 0.9]), np.array([0.5, 2.0, np.nan])).tolist()
    [0.45, 0.9, 0.9]
    """
    discounted: Float64 = np.round(scores * np.where(ratios < 1, ratios, 1.0), 3)
    return discounted


class WordLists:
    """The lists of many languages, as hash tables."""

    def __init__(self, lists: Mapping[str, CommonWords]) -> None:
        """lists: by language code."""
        codes = sorted(lists)
        self._number = {code: number for number, code in enumerate(codes)}
        self._least = np.array([lists[code].least for code in codes])
        self._tables = np.zeros((len(codes), _SLOTS), np.uint64)

        def fill(first: int, hashes: UInt64, n_words: Int64, lettered: Int64) -> None:
            _fill(self._tables[first : first + len(n_words)], hashes, n_words)

        self._stop_words = np.zeros((len(codes), N_STOP_WORDS), np.uint64)

        def fill_stop_words(first: int, hashes: UInt64, n_words: Int64, lettered: Int64) -> None:
            begins = np.cumsum(n_words) - n_words
            for number, (begin, count) in enumerate(zip(begins, n_words, strict=True), first):
                words = hashes[begin : begin + min(count, N_STOP_WORDS)]
                self._stop_words[number, : len(words)] = words

        if codes:
            measure(["\n".join(lists[code].words) for code in codes], False, fill)
            chosen = [GOPHER_STOP_WORDS.get(code, lists[code].words[:N_STOP_WORDS]) for code in codes]
            measure(["\n".join(words) for words in chosen], False, fill_stop_words)

    def stop_words(self, languages: Sequence[str]) -> UInt64:
        """[texts, N_STOP_WORDS]: hashes of the stop words of each text's language; zeros where it has no list."""
        numbers = np.array([self._number.get(code, -1) for code in languages], np.int64)
        listed = numbers >= 0
        found = np.zeros((len(languages), N_STOP_WORDS), np.uint64)
        found[listed] = self._stop_words[numbers[listed]]
        return found

    def counter(self, languages: Sequence[str]) -> tuple[AtWords, Float64]:
        """What `measure` calls with the words of texts said to be in these languages, and what that fills in.

        Returns:
            A function, and [texts] each text's share of common words over its language's least: not a number
            where the language has no list.
        """
        numbers = np.array([self._number.get(code, -1) for code in languages], np.int64)
        ratios = np.full(len(languages), np.nan)

        def count(first: int, hashes: UInt64, n_words: Int64, lettered: Int64) -> None:
            some = slice(first, first + len(n_words))
            shares = np.zeros(len(n_words))
            _shares(hashes, n_words, lettered, numbers[some], self._tables, shares)
            listed = numbers[some] >= 0
            ratios[some][listed] = np.round(shares[listed] / self._least[numbers[some][listed]], 3)

        return count, ratios


def read_lists(file: str, name: str) -> dict[str, CommonWords]:
    """The lists in a file, given as its text, by language code. name: of the file, for messages.

    Raises:
        UserError: it holds none, or one that is damaged.
    """
    try:
        stored = json.loads(file)
        if (stored["format"], stored["version"]) != (FORMAT, VERSION):
            raise ValueError(f"it is {stored['format']} {stored['version']}, not {FORMAT} {VERSION}")
        lists = {
            code: CommonWords(tuple(each["words"].split()), float(each["least"]))
            for code, each in stored["languages"].items()
        }
        for code, each in lists.items():
            if not (0 < each.least <= 1 and 0 < len(each.words) <= MOST_WORDS):
                raise ValueError(f"{code} has {len(each.words)} words and least {each.least}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else error
        raise UserError(
            f"{name} holds no lists of common words ({what}): write it by ccnet-lite fit-lid"
        ) from None
    return lists


def write_lists(lists: Mapping[str, CommonWords]) -> str:
    """The text of a file of lists."""
    languages = {
        code: {"least": each.least, "words": " ".join(each.words)} for code, each in sorted(lists.items())
    }
    stored = {"format": FORMAT, "version": VERSION, "languages": languages}
    return json.dumps(stored, ensure_ascii=False, indent=1) + "\n"


@lru_cache(maxsize=4)
def word_lists(file: str) -> WordLists:
    """The lists of a file, given as its text, ready to count by; made once a process. An empty one has none."""
    return WordLists(read_lists(file, "language.common_words") if file else {})


@compiled
def _slot(table: UInt64, value: np.uint64) -> int:
    """Where a value lies in a table, or would."""
    mask = np.uint64(len(table) - 1)
    slot = (value ^ (value >> np.uint64(32))) & mask
    while table[slot] != 0 and table[slot] != value:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@compiled
def _fill(tables: UInt64, hashes: UInt64, n_words: Int64) -> None:
    start = 0
    for number in range(len(n_words)):
        for at in range(start, start + n_words[number]):
            tables[number, _slot(tables[number], hashes[at])] = hashes[at]
        start += n_words[number]


@compiled
def _shares(
    hashes: UInt64, n_words: Int64, lettered: Int64, numbers: Int64, tables: UInt64, shares: Float64
) -> None:
    start = 0
    for text in range(len(n_words)):
        if numbers[text] >= 0 and lettered[text]:
            table = tables[numbers[text]]
            n_common = 0
            for at in range(start, start + n_words[text]):
                n_common += table[_slot(table, hashes[at])] == hashes[at]
            shares[text] = n_common / lettered[text]
        start += n_words[text]
