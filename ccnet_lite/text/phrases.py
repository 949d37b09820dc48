"""Lists of words and phrases, found in texts in one pass: a trie in arrays, walked from where words begin.

Compared are the folded characters (characters.folds), any white space as one space. A phrase stands for whole
words, unless its script is written without spaces or it is given as `*part*`: that is found within words, too.
From one place the longest phrase counts, and the search goes on behind it. Linear: a place looks at as many
characters as the longest phrase has, MAX_CHARS at most.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import (
    IGNORED,
    LETTER,
    MARK,
    N_CODES,
    NUMBER,
    SPACE,
    code_points,
    folds,
    kinds,
    unspaced,
)
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.given import refuse_one

MAX_CHARS = 100
"""A longer phrase is in no list of words."""
UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Float64 = npt.NDArray[np.float64]
_U = np.uint64


_WORD, _IGNORED, _SPACE, _ALONE, _BEGINS, _WITHIN = (1 << bit for bit in range(6))
"""Of a character: is of a word, is not seen, is space, is of a script without spaces, begins a phrase, begins one
that is found within words."""


class Tables(NamedTuple):
    """Phrases, and what their characters are, as compiled code takes them."""

    fold: UInt32
    trait_of: UInt8
    keys: UInt64
    nodes: Int32
    final: UInt8
    weight: Float64


class Phrases:
    """Words and phrases with a weight each, ready to be counted in texts.

    >>> counts, words, weights = Phrases({"bad": 1.0, "very bad": 2.0}).count(["A very  bad, BAD day; badly."])
    >>> counts.tolist(), words.tolist(), weights.tolist()
    ([2], [3], [3.0])
    """

    def __init__(self, weights: dict[str, float] | Iterable[str]):
        given = weights if isinstance(weights, dict) else dict.fromkeys(weights, 1.0)
        table = folds()
        children: dict[tuple[int, int], int] = {}
        ends: dict[int, tuple[float, bool]] = {}
        for phrase, weight in given.items():
            within = len(phrase) > 2 and phrase.startswith("*") and phrase.endswith("*")
            codes = table[code_points(" ".join(phrase.strip("*" if within else "").split()))]
            if not 0 < len(codes) <= MAX_CHARS:
                continue
            node = 0
            for code in codes.tolist():
                node = children.setdefault((node, code), len(children) + 1)
            ends[node] = weight, within or bool(unspaced()[codes].any())
        self._weights = np.zeros(len(children) + 1)
        self._ends = np.zeros(len(children) + 1, np.uint8)  # 1: of whole words, 2: anywhere
        for node, (weight, within) in ends.items():
            self._weights[node], self._ends[node] = weight, 2 if within else 1
        slots = 1 << max(4, (2 * len(children) + 1).bit_length())
        self._keys, self._nodes = np.zeros(slots, np.uint64), np.zeros(slots, np.int32)
        if children:
            pairs = np.array(list(children), np.uint64)
            _fill(pairs[:, 0] << np.uint64(21) | pairs[:, 1], np.arange(len(children)), self._keys, self._nodes)
        self._traits = _traits(children, ends)

    def count(self, texts: Sequence[str]) -> tuple[Int64, Int64, Float64]:
        """Of each text [texts]: phrases found, words (or unspaced characters) they cover, weights."""
        refuse_one(texts)
        found, words, weights = (
            np.zeros(len(texts), np.int64),
            np.zeros(len(texts), np.int64),
            np.zeros(len(texts)),
        )
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        codes = code_points("".join(texts))
        count(codes, ends, self.tables, found, words, weights)
        return found, words, weights

    @property
    def tables(self) -> Tables:
        """What `count_in` is given of them."""
        return Tables(folds(), self._traits, self._keys, self._nodes, self._ends, self._weights)


def _traits(children: dict[tuple[int, int], int], ends: dict[int, tuple[float, bool]]) -> UInt8:
    """[N_CODES]: what `count_in` asks of a code point, of a trie's edges and of where its phrases end."""
    kind, table = kinds(), np.zeros(N_CODES, np.uint8)
    table[np.isin(kind, (LETTER, MARK, NUMBER))] |= _WORD
    table[kind == IGNORED] |= _IGNORED
    table[kind == SPACE] |= _SPACE
    table[unspaced()] |= _ALONE
    root_of: dict[int, int] = {}
    within = set()
    for (parent, code), node in children.items():  # a parent comes before its children
        root_of[node] = root_of.get(parent, code)
        if ends.get(node, (0.0, False))[1]:
            within.add(root_of[node])
    for codes, trait in ((set(root_of.values()), _BEGINS), (within, _WITHIN)):
        table[np.isin(folds(), list(codes)) & (kind != IGNORED) & (kind != SPACE)] |= trait
    return table


@compiled
def _slot(key: np.uint64, mask: np.uint64) -> np.uint64:
    mixed = key * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ (mixed >> np.uint64(32))) & mask


@compiled
def _fill(pairs: UInt64, order: Int64, keys: UInt64, nodes: Int32) -> None:
    mask = np.uint64(len(keys) - 1)
    for number in order:
        slot = _slot(pairs[number], mask)
        while nodes[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        keys[slot], nodes[slot] = pairs[number], number + 1


@compiled
def _child(node: int, code: np.uint32, keys: UInt64, nodes: Int32) -> int:
    key = np.uint64(node) << np.uint64(21) | np.uint64(code)
    mask = np.uint64(len(keys) - 1)
    slot = _slot(key, mask)
    while nodes[slot] != 0:
        if keys[slot] == key:
            return int(nodes[slot])
        slot = (slot + np.uint64(1)) & mask
    return 0


@compiled
def count(codes: UInt32, ends: Int64, tables: Tables, found: Int64, words: Int64, weights: Float64) -> None:
    """Fill in what `Phrases.count` gives, of texts one behind another: text i ends before codes[ends[i]]."""
    begin = 0
    for text in range(len(ends)):
        found[text], words[text], weights[text] = count_in(codes, begin, ends[text], tables)
        begin = ends[text]


@compiled
def count_in(codes: UInt32, begin: int, end: int, tables: Tables) -> tuple[int, int, float]:
    """What `Phrases.count` gives of a text, of codes[begin:end]."""
    fold, trait_of, keys, nodes, final, weight = tables
    found, words, total = 0, 0, 0.0
    at, in_word = begin, False
    while at < end:
        trait = trait_of[codes[_U(at)]]
        if not trait & _BEGINS or (in_word and not trait & (_ALONE | _WITHIN)):
            in_word = trait & _WORD != 0 or (in_word and trait & _IGNORED != 0)
            at += 1
            continue
        inside = in_word and not trait & _ALONE
        node, place, n_words, within = 0, at, 0, False
        best, best_end, best_words = 0, 0, 0
        while place < end:
            here = trait_of[codes[_U(place)]]
            if here & _IGNORED:
                place += 1
                continue
            if here & _SPACE:
                while place + 1 < end and trait_of[codes[_U(place + 1)]] & _SPACE:
                    place += 1
                node, within = _child(node, np.uint32(32), keys, nodes), False
            else:
                n_words += here & _WORD != 0 and (not within or here & _ALONE != 0)
                within = here & _WORD != 0
                node = _child(node, fold[codes[_U(place)]], keys, nodes)
            if node == 0:
                break
            place += 1
            if final[_U(node)] == 0:
                continue
            stands_alone = not within or place == end or not trait_of[codes[_U(place)]] & _WORD
            if final[_U(node)] == 2 or (stands_alone and not inside):
                best, best_end, best_words = node, place, n_words
        if best:
            found += 1
            words += best_words
            total += weight[_U(best)]
            at = best_end
            in_word = trait_of[codes[_U(at - 1)]] & _WORD != 0
        else:
            in_word = trait & _WORD != 0
            at += 1
    return found, words, total
