"""N-gram overlap of documents with the items of a reference: a test set, or another corpus.

Tokens are those of text/tokens.py. An n-gram is n tokens in a row, as the 64-bit hash of text/hashes.py;
a text of fewer than n tokens is one n-gram of all its tokens. An index holds the distinct n-grams of
every item; a document's n-grams are looked up in it, of every length that the index holds, so that a short
item is found inside a long document.

Two measures: the share of an item's distinct n-grams that occur in the document (`item`), and the share of
the document's distinct n-grams that occur in a reference, in whichever of its items (`document`). Both are given
plain and weighted by how rare the n-grams are over the corpus (rarity.py).

Not handled: an n-gram that very many items share costs a step an item at each document that has it. Two
n-grams of one hash are taken for one: with 2 * 10^8 n-grams in the index, a false look-up in 10^11.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.dedup.rarity import ONE, weighted_share
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.hashes import run_hashes, token_hashes
from ccnet_lite.text.tokens import PIECE_CHARS, blocks, pieces, tokenize

UInt64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


class Match(NamedTuple):
    """What a document was found to hold: `matched` of `ngrams` n-grams, the item's or the document's own.

    item: by measure `document`, the item with most of them (the first of several). weighted: the share of
    rarity.weighted_share; the plain share where no weights are given.
    """

    text: int
    reference: int
    item: int
    measure: str
    matched: int
    ngrams: int
    weighted: float


@dataclass(frozen=True)
class Index:
    """The distinct n-grams of a reference's items, sorted.

    hashes: uint64 [n-grams], ascending. Those of n-gram i occur in items[offsets[i] : offsets[i + 1]].
    offsets: int64 [n-grams + 1]; items: int32, ascending within an n-gram.
    starts: int64 [2^bits + 1]; hashes whose highest bits are b lie from starts[b] to starts[b + 1].
    sizes: int32 [items], distinct n-grams of each; references: int32 [items], ascending.
    lengths: int64, the n-gram lengths that occur, ascending.
    settings: int64 [2], the length of a full n-gram and the fewest tokens of a text that is looked at.
    """

    hashes: UInt64
    offsets: Int64
    items: Int32
    starts: Int64
    sizes: Int32
    references: Int32
    lengths: Int64
    settings: Int64

    @property
    def ngram(self) -> int:
        """The length of the n-grams."""
        return int(self.settings[0])

    @property
    def min_tokens(self) -> int:
        """Texts of fewer tokens are not looked at."""
        return int(self.settings[1])

    def save(self, folder: Path) -> None:
        """One .npy file an array: every process of a machine maps the same memory."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @staticmethod
    def load(folder: Path) -> "Index":
        """Map the arrays of a folder (mode c, as numba compiles for writable arrays)."""
        return Index(
            *(np.asarray(np.load(folder / f"{field.name}.npy", mmap_mode="c")) for field in fields(Index))
        )


# ---- hashing -------------------------------------------------------------------------------------------


def text_hashes(texts: Sequence[str]) -> tuple[UInt64, Int64]:
    """64-bit hashes of the tokens of texts; int64 [texts + 1]: where each text's tokens begin and end."""
    found, counts = [np.zeros(0, np.uint64)], np.zeros(len(texts) + 1, np.int64)
    for start, stop in blocks(texts):
        if len(texts[start]) <= PIECE_CHARS:
            tokens = tokenize(texts[start:stop])
            counts[start + 1 : stop + 1] = np.diff(tokens.offsets)
            found.append(token_hashes(tokens))
        else:
            for piece in pieces(texts[start]):
                tokens = tokenize([piece])
                counts[start + 1] += len(tokens)
                found.append(token_hashes(tokens))
    return np.concatenate(found), np.cumsum(counts)


def ngram_hashes(tokens: UInt64, length: int) -> UInt64:
    """Hashes of all runs of `length` tokens, in their order, repeats included; none of fewer tokens."""
    if len(tokens) < length:
        return np.zeros(0, np.uint64)
    return run_hashes(tokens, np.zeros(1, np.int64), np.array([len(tokens)]), length)


def own_ngrams(tokens: UInt64, ngram: int, min_tokens: int) -> UInt64:
    """The distinct n-grams of a text by itself, ascending: of n tokens, or one of all that there are."""
    if not len(tokens) or len(tokens) < min_tokens:
        return np.zeros(0, np.uint64)
    return np.unique(ngram_hashes(tokens, min(ngram, len(tokens))))


# ---- the index -----------------------------------------------------------------------------------------


def build_index(
    hashes: Sequence[UInt64],
    references: Sequence[int],
    lengths: Sequence[int],
    ngram: int,
    min_tokens: int,
) -> Index:
    """An index of items: of each its distinct n-grams, and which reference it is of (ascending).

    lengths: the n-gram lengths among them.
    """
    sizes = np.array([len(of_item) for of_item in hashes], np.int32)
    every = np.concatenate([np.zeros(0, np.uint64), *hashes])
    items = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    order = np.argsort(every, kind="stable")  # stable: items stay ascending within an n-gram
    every, items = every[order], items[order]
    first = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1]))) if len(every) else every
    distinct = every[first.astype(np.int64)]
    bits = max(1, len(distinct).bit_length())
    counts = np.bincount((distinct >> np.uint64(64 - bits)).astype(np.int64), minlength=1 << bits)
    return Index(
        hashes=distinct,
        offsets=np.append(first.astype(np.int64), len(every)),
        items=items,
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        sizes=sizes,
        references=np.array(references, np.int32),
        lengths=np.unique(np.array(lengths, np.int64)),
        settings=np.array([ngram, min_tokens], np.int64),
    )


@compiled
def _places(hashes: UInt64, starts: Int64, wanted: UInt64) -> Int64:
    """Where each wanted hash lies in `hashes`, or -1."""
    bits = 0
    while (1 << bits) < len(starts) - 1:
        bits += 1
    shift = np.uint64(64 - bits)
    out = np.full(len(wanted), -1, np.int64)
    for i in range(len(wanted)):
        bucket = np.int64(wanted[i] >> shift)
        for at in range(starts[bucket], starts[bucket + 1]):
            if hashes[at] == wanted[i]:
                out[i] = at
                break
    return out


@compiled
def _count(
    places: Int64,
    own: npt.NDArray[np.bool_],
    offsets: Int64,
    items: Int32,
    references: Int32,
    weights: Int32,
    by_item: Int32,
    weight_of_item: Int64,
    of_document: Int64,
) -> Int32:
    """Add up by item and, of the document's own n-grams, by reference; gives the items, unsorted.

    weights: of all n-grams, or none where all weigh one. of_document: [2, references], numbers and weights.
    """
    size = 0
    for place in places:
        size += offsets[place + 1] - offsets[place]
    touched = np.empty(size, np.int32)
    n_touched = 0
    for i in range(len(places)):
        last = -1
        weight = np.int64(weights[places[i]]) if len(weights) else np.int64(ONE)
        for at in range(offsets[places[i]], offsets[places[i] + 1]):
            item = items[at]
            if by_item[item] == 0:
                touched[n_touched] = item
                n_touched += 1
            by_item[item] += 1
            weight_of_item[item] += weight
            if own[i] and references[item] != last:
                last = references[item]
                of_document[0, last] += 1
                of_document[1, last] += weight
    return touched[:n_touched]


@compiled
def item_weights(offsets: Int64, items: Int32, weights: Int32, n_items: int) -> Int64:
    """[items]: the weights of each item's n-grams together."""
    out = np.zeros(n_items, np.int64)
    for place in range(len(offsets) - 1):
        for at in range(offsets[place], offsets[place + 1]):
            out[items[at]] += weights[place]
    return out


class Finder:
    """Looks documents up in an index; holds two counters an item.

    weights: int32 [n-grams] of the index, by rarity.weights; of_items: int64 [items], `item_weights` of them.
    tell: is given where in the index the n-grams lie that a document has, each once.
    """

    def __init__(
        self,
        index: Index,
        min_overlap: float,
        weights: Int32 | None = None,
        of_items: Int64 | None = None,
        tell: Callable[[Int64], None] | None = None,
    ):
        self.index = index
        self._tell = tell
        self._min_overlap = min_overlap
        self._weights = np.zeros(0, np.int32) if weights is None else weights
        self._of_items = index.sizes.astype(np.int64) * ONE if of_items is None else of_items
        self._by_item = np.zeros(len(index.sizes), np.int32)
        self._weight_of_item = np.zeros(len(index.sizes), np.int64)
        self._n_references = int(index.references[-1]) + 1 if len(index.references) else 0

    def find(self, texts: Sequence[str]) -> list[Match]:
        """What is found in texts, by text, reference, measure and item."""
        tokens, offsets = text_hashes(texts)
        found: list[Match] = []
        for text, (begin, end) in enumerate(pairwise(offsets.tolist())):
            found += self._find_one(text, tokens[begin:end])
        return found

    def _find_one(self, text: int, tokens: UInt64) -> list[Match]:
        index = self.index
        own_length = min(index.ngram, len(tokens))
        if not own_length or own_length < index.min_tokens:
            return []
        places, own = [], []
        for length in index.lengths.tolist():
            at = _places(index.hashes, index.starts, ngram_hashes(tokens, length))
            at = np.unique(at[at >= 0])
            places.append(at)
            own.append(np.full(len(at), length == own_length))
        where = np.concatenate([np.zeros(0, np.int64), *places])
        if not len(where):
            return []
        if self._tell is not None:
            self._tell(where)  # each place once: n-grams of two lengths have two hashes
        of_document = np.zeros((2, self._n_references), np.int64)
        mine = np.concatenate(own)
        touched = np.sort(
            _count(
                *(where, mine, index.offsets, index.items, index.references, self._weights),
                *(self._by_item, self._weight_of_item, of_document),
            )
        )
        counts, weights = self._by_item[touched], self._weight_of_item[touched]
        self._by_item[touched] = 0
        self._weight_of_item[touched] = 0
        return self._matches(text, tokens, touched, counts, weights, of_document)

    def _matches(
        self, text: int, tokens: UInt64, touched: Int32, counts: Int32, weights: Int64, of_document: Int64
    ) -> list[Match]:
        index, found = self.index, []
        n_own = len(own_ngrams(tokens, index.ngram, index.min_tokens))
        references = index.references[touched]
        enough = counts / index.sizes[touched] >= self._min_overlap
        for reference in np.unique(references).tolist():
            here = references == reference
            matched, weight = of_document[:, reference].tolist()
            if matched and matched / n_own >= self._min_overlap:
                best = int(touched[here][np.argmax(counts[here])])
                # How rare the document's other n-grams are is not known: they are taken for the rarest.
                share = weighted_share(weight, weight + (n_own - matched) * ONE, n_own)
                found.append(Match(text, reference, best, "document", matched, n_own, share))
            for at in np.flatnonzero(here & enough).tolist():
                item, size = int(touched[at]), int(index.sizes[touched[at]])
                share = weighted_share(int(weights[at]), int(self._of_items[item]), size)
                found.append(Match(text, reference, item, "item", int(counts[at]), size, share))
        return found
