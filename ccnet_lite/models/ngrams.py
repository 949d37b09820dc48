"""A KenLM binary as arrays over its mapped file, for compiled code to score with (ngram_scores.py).

Read are the hash tables (`probing`) and the four kinds of trie: quantised or not, pointers compressed or not.
Whatever else a file says, `read_ngrams` gives None, and KenLM itself is asked: ARPA text, rest costs, other
versions, tables that do not fill the file as the header says.

The file's layout (lm/binary_format.cc and around it, format version 5): a header with constants that tell the
machine's kind, the order and numbers of n-grams; the vocabulary's hashes; the n-grams by order.
"""

import mmap
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.vocabulary import Vocabulary, word_numbers

MAX_ORDER = 6  # KenLM's own, as it is built for Python
_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0".ljust(56, b"\0")
_SANITY = _MAGIC + struct.pack("<fffIIIQ", 0.0, 1.0, -0.5, 1, 2**32 - 1, 0, 1)
_FIXED = struct.Struct("<B3xfIB3xI")  # order, multiplier, kind, whether words follow, version
_PROBING, _TRIE, _QUANTISED, _COMPRESSED = 0, 2, 1, 2  # _TRIE + either, both or neither


class Tables(NamedTuple):
    """The n-grams of hash tables or of a trie, which goes from a last word to the words before it.

    words, halves: the file in numbers of 8 bytes (none for hash tables) and of 4, which places are counted in;
    unigrams: their place in `halves`; order: of the longest n-grams; n_words: the unigrams.
    levels: [order - 1, 10] of each longer order; of hash tables `TABLE` and `BUCKETS`, of a trie the others.
    guides: of each order of a trie, where a search for the high bits of a pointer can begin (`_guide`).
    word_bits: of an n-gram's word in a trie, 0 for hash tables; prob_bits, backoff_bits: of its weights, 0 where
    they are not quantised.
    """

    words: npt.NDArray[np.uint64]
    halves: npt.NDArray[np.uint32]
    unigrams: int
    order: int
    n_words: int
    levels: npt.NDArray[np.int64]
    guides: npt.NDArray[np.int32]
    word_bits: int
    prob_bits: int
    backoff_bits: int


TABLE, BUCKETS = 0, 1  # a hash table's place, and how many entries it has room for
ENTRIES, SIZE, COUNT = 0, 1, 2  # where n-grams begin in bits, the bits of one, how many there are
NEXT_BITS = 3  # of the pointer to longer n-grams
OFFSETS, N_OFFSETS = 4, 5  # the pointers' high bits: their place in `words`, how many
PROBS, BACKOFFS = 6, 7  # the places of quantised weights' values
GUIDE, GUIDE_BITS = 8, 9  # where its guide begins in `guides`, and 2 to what number of n-grams share an entry
_N_COLUMNS = 10


class Ngrams(NamedTuple):
    """An opened file: its tables, its words, and the numbers of the words that stand around a sentence."""

    tables: Tables
    vocabulary: Vocabulary
    begin: int
    end: int


def read_ngrams(path: Path) -> Ngrams | None:
    """The arrays of a KenLM binary; None where KenLM itself has to read the file."""
    with path.open("rb") as file:
        head = file.read(len(_SANITY) + _FIXED.size + 8 * MAX_ORDER)
        size = path.stat().st_size
        if not head.startswith(_SANITY) or len(head) < len(_SANITY) + _FIXED.size + 8 * MAX_ORDER:
            return None
        order, multiplier, kind, _, version = _FIXED.unpack_from(head, len(_SANITY))
        if not 2 <= order <= MAX_ORDER or not 1.0 <= multiplier < 1e6:
            return None
        counts = struct.unpack_from(f"<{order}Q", head, len(_SANITY) + _FIXED.size)
        if not counts[0] or counts[0] >= 2**31 - 2 or max(counts) >= min(8 * size, 2**48):
            return None
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    begin = (len(_SANITY) + _FIXED.size + 8 * order + 7) // 8 * 8
    if kind == _PROBING and version == 0:
        read = _read_probing(mapped, begin, counts, multiplier)
    elif _TRIE <= kind <= _TRIE + _QUANTISED + _COMPRESSED and version == 1:
        read = _read_trie(mapped, begin, counts, kind - _TRIE)
    else:
        return None
    if read is None:
        return None
    tables, vocabulary = read
    marks = np.frombuffer(b"<s></s>", np.uint8)
    first, last = word_numbers(vocabulary, marks, np.array([[0, 3], [3, 7]])).tolist()
    return Ngrams(tables, vocabulary, first, last)


def _buckets(entries: int, multiplier: float) -> int:
    return max(entries + 1, int(np.float32(multiplier) * np.float32(entries)))


def _read_probing(
    mapped: mmap.mmap, begin: int, counts: tuple[int, ...], multiplier: float
) -> tuple[Tables, Vocabulary] | None:
    n_slots = _buckets(counts[0], multiplier)
    slots = begin + 8
    unigrams = slots + 12 * n_slots
    at = unigrams + 8 * (counts[0] + 1)
    levels = np.zeros((len(counts) - 1, _N_COLUMNS), np.int64)
    for number, (level, count) in enumerate(zip(levels, counts[1:], strict=True), 2):
        level[[TABLE, BUCKETS]] = at // 4, _buckets(count, multiplier)
        at += int(level[BUCKETS]) * (12 if number == len(counts) else 16)
    if at > len(mapped):
        return None
    halves = np.frombuffer(mapped, np.uint32, at // 4)
    n_words = counts[0] + 1
    table = halves[slots // 4 : unigrams // 4].reshape(n_slots, 3)
    hashes = table[:, 0].astype(np.uint64) | table[:, 1].astype(np.uint64) << np.uint64(32)
    used = hashes != 0
    hashes, numbers = hashes[used], table[used, 2]
    if (numbers >= n_words).any():
        return None
    order = np.argsort(hashes)
    vocabulary = Vocabulary(hashes[order], numbers[order].astype(np.int32))
    none, guides = np.frombuffer(b"", np.uint64), np.zeros(1, np.int32)
    return Tables(none, halves, unigrams // 4, len(counts), n_words, levels, guides, 0, 0, 0), vocabulary


def _read_trie(
    mapped: mmap.mmap, begin: int, counts: tuple[int, ...], kind: int
) -> tuple[Tables, Vocabulary] | None:
    order = len(counts)
    levels = np.zeros((order - 1, _N_COLUMNS), np.int64)
    at = begin + 8 + 8 * counts[0]
    prob_bits = backoff_bits = 0
    middle_bits, longest_bits = 63, 31
    if kind & _QUANTISED:
        if at + 8 > len(mapped) or mapped[at] != 2:
            return None
        prob_bits, backoff_bits = mapped[at + 1], mapped[at + 2]
        if not (1 <= prob_bits <= 25 and 1 <= backoff_bits <= 25):
            return None
        middle_bits, longest_bits = prob_bits + backoff_bits, prob_bits
        at += 8
        for number in range(order - 1):
            levels[number, [PROBS, BACKOFFS]] = at // 4, (at + (4 << prob_bits)) // 4
            at += (4 << prob_bits) + (4 << backoff_bits if number < order - 2 else 0)
    unigrams = at
    at += 16 * (counts[0] + 2)
    word_bits = counts[0].bit_length()
    most_chopped = 0
    if kind & _COMPRESSED and order > 2:
        if at + 2 > len(mapped) or mapped[at]:
            return None
        most_chopped = mapped[at + 1]
    for number in range(order - 1):
        count = counts[number + 1]
        value_bits, next_bits = longest_bits, 0
        if number < order - 2:
            longer = counts[number + 2]
            value_bits, next_bits = middle_bits, longer.bit_length()
            if kind & _COMPRESSED:
                chopped = _chop_bits(count + 1, longer, most_chopped)
                n_offsets = (longer >> (next_bits - chopped)) + 1
                next_bits -= chopped
                levels[number, [OFFSETS, N_OFFSETS]] = (at + 7) // 8 + 1, n_offsets
                at += 8 * (1 + n_offsets) + 7
        size = word_bits + value_bits + next_bits
        levels[number, [ENTRIES, SIZE, COUNT, NEXT_BITS]] = 8 * at, size, count, next_bits
        at += ((1 + count) * size + 7) // 8 + 8
        if at > len(mapped):
            return None
    n_numbers = (at + 15) // 8  # the last bits are read with the number after them
    if 8 * n_numbers > len(mapped):
        return None
    words = np.frombuffer(mapped, np.uint64, n_numbers)
    n_hashes = int(words[begin // 8])
    if n_hashes > counts[0]:
        return None
    hashes = words[begin // 8 + 1 : begin // 8 + 1 + n_hashes].copy()
    vocabulary = Vocabulary(hashes, np.arange(1, n_hashes + 1, dtype=np.int32))
    halves = words.view(np.uint32)
    tables = Tables(
        words,
        halves,
        unigrams // 4,
        order,
        counts[0] + 1,
        levels,
        _guides(words, levels),
        word_bits,
        prob_bits,
        backoff_bits,
    )
    return tables, vocabulary


def _guides(words: npt.NDArray[np.uint64], levels: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """For each level with an array of high bits: how many of its numbers are not above every 2**bits-th one."""
    guides = [np.zeros(1, np.int32)]
    for level in levels:
        if n_offsets := int(level[N_OFFSETS]):
            bits = max(int(level[COUNT]).bit_length() - n_offsets.bit_length(), 0)
            offsets = words[level[OFFSETS] : level[OFFSETS] + n_offsets]
            steps = np.arange((int(level[COUNT]) >> bits) + 2, dtype=np.uint64) << np.uint64(bits)
            level[[GUIDE, GUIDE_BITS]] = sum(map(len, guides)), bits
            guides.append(np.searchsorted(offsets, steps, side="right").astype(np.int32))
    return np.concatenate(guides)


def _chop_bits(max_offset: int, max_next: int, most: int) -> int:
    """How many high bits of a pointer KenLM keeps in an array: what costs least (lm/bhiksha.cc)."""
    required = max_next.bit_length()
    costs = [(max_next >> (required - chop)) * 64 - max_offset * chop for chop in range(min(required, most) + 1)]
    return costs.index(min(costs))
