"""Lines of text to the features of a fastText classifier, and to the sums of the features' rows.

The features of a line are, in fastText's order: of each word its number, if the dictionary has it, and its
character n-grams (of `<word>`, hashed into buckets); then the hashed word n-grams. The line's end is a word of
its own, `</s>`. Rows are added one after another in 32 bits, as fastText does, so the sums are equal to the
last bit (to those of a fastText that was not compiled for one machine's fused multiply-add).

Bytes are read as signed numbers: that is how fastText hashes them, and a byte that continues a UTF-8
character is then one below -64.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Float32 = npt.NDArray[np.float32]

FREE = np.uint64(2**64 - 1)
"""A slot of the hash table without a word."""
LONGEST_NGRAM = 255
"""Characters; n-grams are collected for so many lengths at once."""

# Unsigned constants throughout: numba would check signed indices for wrapping around.
_U = np.uint64
_H = np.uint32
_BASIS = np.uint32(2166136261)
_PRIME = np.uint32(16777619)
_LOW = np.uint64(2**32 - 1)
_NEWLINE = 0x0A
_LESS, _GREATER = 0x3C, 0x3E
_LABEL = np.frombuffer(b"__label__", np.int8)
_END = np.frombuffer(b"</s>", np.int8)
_WAITING = 4096
"""Features are collected up to about this many before their rows are added: two short loops."""
_AT_ONCE = 1024
"""Bytes of a word whose n-grams are collected at once."""


class Features(NamedTuple):
    """How a model turns words into features. Words and labels are numbered as they come in the file."""

    minn: int
    """Characters of the shortest n-gram."""
    maxn: int
    """Characters of the longest; 0: none."""
    word_ngrams: int
    """Words of the longest word n-gram; 1: none."""
    bucket: int
    """How many numbers n-grams are hashed to; they follow the words' numbers."""
    n_words: int
    data: Int8
    """The file, in which the words stand."""
    begins: Int64
    """[words and labels] where each begins; a zero byte ends it."""
    slots: UInt64
    """Hash table of words and labels: hash and number, 32 bits each, or FREE. Its length is a power of two."""
    kept: UInt64
    """A bit for each bucket: whether it has a row; empty: all have. Rows come in order of buckets."""
    before: Int32
    """How many buckets have a row before each 64 of them."""


@compiled
def find_words(data: Int8, at: int, begins: Int64) -> int:
    """Fill in where words of the file's dictionary begin; returns the offset behind them, -1 if it ends before.

    data: a word and a zero byte, its count and its type (9 bytes), from `at` on and so often as there is room.
    """
    for number in range(len(begins)):
        begins[number] = at
        while at < len(data) and data[at] != 0:
            at += 1
        at += 10
        if at > len(data):
            return -1
    return at


@compiled
def fill_slots(data: Int8, begins: Int64, slots: UInt64) -> None:
    """Enter words into a hash table of free slots; of equal words the last one stays."""
    mask = _U(len(slots) - 1)
    for number in range(len(begins)):
        begin = _U(begins[number])
        end = begin
        while data[end] != 0:
            end += _U(1)
        word_hash = _hash(data, begin, end)
        known = _find(data, begin, end, word_hash, data, begins, slots)
        slot = _U(word_hash) & mask
        while slots[slot] != FREE and (known < 0 or slots[slot] & _LOW != _U(known)):
            slot = (slot + _U(1)) & mask
        slots[slot] = (_U(word_hash) << _U(32)) | _U(number)


@compiled
def sum_rows(lines: Int8, features: Features, matrix: Float32, sums: Float32, counts: Int64) -> None:
    """Fill in the sum of the rows of each line's features, and how many features it has.

    lines: a line break, then each line with one behind it; brackets are written between its words.
    matrix: [rows, dimensions]; sums: [lines, dimensions], zeros; counts: [lines], zeros.
    """
    # A tuple's arrays are taken out once: each time costs as much as a word.
    minn, maxn, word_ngrams, bucket, n_words, data, begins, slots, kept, before = features
    found = np.empty(_WAITING + _AT_ONCE * maxn + word_ngrams, np.int64)
    hashes = np.empty(len(lines) // 2 + 1 if word_ngrams > 1 else 0, np.uint32)
    end_hash = _hash(_END, _U(0), _U(len(_END)))
    end_number = _find(_END, _U(0), _U(len(_END)), end_hash, data, begins, slots)
    at = _U(1)
    for line in range(len(sums)):
        n_found, n_hashes, ended = 0, 0, False
        while not ended:
            while _is_space(lines[at]) and lines[at] != _NEWLINE:
                at += _U(1)
            begin, word_hash = at, _BASIS
            while not _is_space(lines[at]):
                word_hash = _step(word_hash, lines[at])
                at += _U(1)
            if begin == at:
                number, word_hash, ended = end_number, end_hash, True
            else:
                number = _find(lines, begin, at, word_hash, data, begins, slots)
                ended = at - begin == _U(len(_END)) and _begins_with(lines, begin, at, _END)
            if number >= n_words or (number < 0 and _begins_with(lines, begin, at, _LABEL)):
                continue  # a label
            if number >= 0:
                found[n_found] = number
                n_found += 1
            if not ended:
                behind, first, last = lines[at], begin - _U(1), at + _U(1)
                lines[first], lines[at] = _LESS, _GREATER
                for chunk in range(first, last, _U(_AT_ONCE)):
                    start = _U(chunk)
                    stop = min(start + _U(_AT_ONCE), last)
                    n_found = _add_ngrams(
                        lines, first, last, start, stop, minn, maxn, bucket, n_words, kept, found, n_found
                    )
                    if n_found >= _WAITING:
                        _add_rows(found, n_found, n_words, kept, before, matrix, line, sums)
                        counts[line] += n_found
                        n_found = 0
                lines[at] = behind
            if word_ngrams > 1:
                hashes[n_hashes] = word_hash
                n_hashes += 1
        for number in range(n_hashes):
            value = _U(np.int64(np.int32(hashes[number])))
            for other in range(number + 1, min(number + word_ngrams, n_hashes)):
                value = value * _U(116049371) + _U(np.int64(np.int32(hashes[other])))
                n_found = _collect(value, bucket, n_words, kept, found, n_found)
            if n_found >= _WAITING:
                _add_rows(found, n_found, n_words, kept, before, matrix, line, sums)
                counts[line] += n_found
                n_found = 0
        _add_rows(found, n_found, n_words, kept, before, matrix, line, sums)
        counts[line] += n_found
        while lines[at] != _NEWLINE:  # a text may say itself that the line ends
            at += _U(1)
        at += _U(1)


@compiled
def _is_space(byte: np.int8) -> bool:
    return bool(byte == 0x20 or 0x09 <= byte <= 0x0D or byte == 0)


@compiled
def _begins_with(data: Int8, begin: np.uint64, end: np.uint64, text: Int8) -> bool:
    equal = bool(end - begin >= _U(len(text)))
    at = _U(0)
    while equal and at < _U(len(text)):
        equal = bool(data[begin + at] == text[at])
        at += _U(1)
    return equal


@compiled
def _step(value: np.uint32, byte: np.int8) -> np.uint32:
    """FNV-1a of 32 bits."""
    return _H((value ^ _H(np.int32(byte))) * _PRIME)


@compiled
def _hash(data: Int8, begin: np.uint64, end: np.uint64) -> np.uint32:
    value = _BASIS
    for at in range(begin, end):
        value = _step(value, data[at])
    return value


@compiled
def _find(
    word: Int8, begin: np.uint64, end: np.uint64, word_hash: np.uint32, data: Int8, begins: Int64, slots: UInt64
) -> int:
    """The number of word[begin:end] in the dictionary; -1 where it has it not."""
    mask = _U(len(slots) - 1)
    slot = _U(word_hash) & mask
    while slots[slot] != FREE:
        if slots[slot] >> _U(32) == _U(word_hash):
            number = slots[slot] & _LOW
            start, at = _U(begins[number]), _U(0)
            while at < end - begin and word[begin + at] == data[start + at]:
                at += _U(1)
            if at == end - begin and data[start + at] == 0:
                return int(number)
        slot = (slot + _U(1)) & mask
    return -1


@compiled
def _add_ngrams(
    data: Int8,
    first: np.uint64,
    last: np.uint64,
    begin: np.uint64,
    end: np.uint64,
    minn: int,
    maxn: int,
    bucket: int,
    n_words: int,
    kept: UInt64,
    found: Int64,
    n_found: int,
) -> int:
    """Collect the n-grams of the word data[first:last] that begin in [begin:end]; returns the new n_found."""
    for start in range(begin, end):
        if data[start] < -64:
            continue
        value, at, length = _BASIS, _U(start), 1
        while at < last and length <= maxn:
            value = _step(value, data[at])
            at += _U(1)
            while at < last and data[at] < -64:
                value = _step(value, data[at])
                at += _U(1)
            # A bracket alone is none.
            if length >= minn and not (length == 1 and (start == first or at == last)):
                n_found = _collect(_U(value), bucket, n_words, kept, found, n_found)
            length += 1
    return n_found


@compiled
def _collect(value: np.uint64, bucket: int, n_words: int, kept: UInt64, found: Int64, n_found: int) -> int:
    """Add an n-gram's hash to what was found, if its bucket has a row. No branch: it could not be foretold."""
    number = value % _U(bucket)
    found[_U(n_found)] = n_words + int(number)
    if len(kept) == 0:
        return n_found + 1
    return n_found + int((kept[number >> _U(6)] >> (number & _U(63))) & _U(1))


@compiled
def _add_rows(
    found: Int64,
    n_found: int,
    n_words: int,
    kept: UInt64,
    before: Int32,
    matrix: Float32,
    line: int,
    sums: Float32,
) -> None:
    """Add the rows of the features found."""
    if len(kept):
        for at in range(n_found):
            if found[at] >= n_words:
                bucket = _U(found[at] - n_words)
                below = kept[bucket >> _U(6)] & ((_U(1) << (bucket & _U(63))) - _U(1))
                found[at] = n_words + before[bucket >> _U(6)] + int(_ones(below))
    total = sums[line]
    in_fours = n_found - n_found % 4  # four at a time: a sum need not wait for the one before to be stored
    for at in range(0, in_fours, 4):
        a, b = matrix[_U(found[at])], matrix[_U(found[at + 1])]
        c, d = matrix[_U(found[at + 2])], matrix[_U(found[at + 3])]
        for column in range(_U(len(total))):
            total[column] = total[column] + a[column] + b[column] + c[column] + d[column]
    for at in range(in_fours, n_found):
        for column in range(_U(len(total))):
            total[column] += matrix[_U(found[at]), column]


@compiled
def _ones(bits: np.uint64) -> np.uint64:
    """How many bits are set: the compiler knows this sum as one instruction."""
    bits -= (bits >> _U(1)) & _U(0x5555555555555555)
    bits = (bits & _U(0x3333333333333333)) + ((bits >> _U(2)) & _U(0x3333333333333333))
    bits = (bits + (bits >> _U(4))) & _U(0x0F0F0F0F0F0F0F0F)
    return (bits * _U(0x0101010101010101)) >> _U(56)
