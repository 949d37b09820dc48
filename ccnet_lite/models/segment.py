"""Texts cut into a unigram model's pieces, word by word; words that were met before are not cut again.

What SentencePiece does for a whole text, at the same sums, rounded as it rounds them: the score of the best
path to each place is a float32 that grows along the text, so that late in a long text two ways to cut a word
may round to one score. A remembered word therefore knows how far into a text (in score) its cut is sure to be
SentencePiece's; past that it is cut again, from the score that the text has come to.

The memory is one table a process, for all models: `ROWS` words, two places for each, the latest stay.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.normal_form import normal_form
from ccnet_lite.models.paths import Room, best_path, sure_path, write_pieces
from ccnet_lite.models.unigram import Unigram
from ccnet_lite.models.vocabulary import Vocabulary
from ccnet_lite.text.compiled import compiled

ROWS = 1 << 17  # of 128 bytes
_TEXT = 6  # numbers of 8 bytes for a word's text
_NODES = 8  # and for its pieces
_ROW = 2 + _TEXT + _NODES
_WAYS = 4
_MET = np.uint32(1)
_NODES_MASK = np.uint64(255)
_NOT_NODES = ~_NODES_MASK
_JOINED = -1  # instead of a word's number: this unknown character belongs to the piece before it

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
_U = np.uint64


class Words(NamedTuple):
    """The words remembered, `_WAYS` places for those of equal hash.

    rows: [ROWS * 16] owner, length and number of pieces; reach; text; the pieces' numbers and scores.
    marks: [ROWS] other bits of the hash, and whether the word was met since others were last given up.
    """

    rows: npt.NDArray[np.uint64]
    marks: npt.NDArray[np.uint32]


@cache
def memory() -> Words:
    """The words remembered in this process."""
    return Words(np.zeros(ROWS * _ROW, np.uint64), np.zeros(ROWS, np.uint32))


@compiled
def cut(
    model: Unigram, numbers: Ints, vocabulary: Vocabulary, text: Bytes, bounds: Places, table: Words, owner: int
) -> tuple[Ints, Places]:
    """The pieces of texts, as numbers of words of a language model.

    numbers: [n_pieces] the number of each piece; vocabulary: in which runs of unknown characters are looked up.
    text: UTF-8, one text after another, with no white space but spaces; bounds: [n_texts + 1] where each begins.
    owner: whose words of the table these are: a number above 0 that no other pair of models has had.

    Returns:
        The pieces of all texts, one text after another, and [n_texts + 1] where each text's begin.
    """
    rows = table.rows
    longest = 0
    for number in range(len(bounds) - 1):
        longest = max(longest, bounds[number + 1] - bounds[number])
    # Memory of this size comes from the system, which gives pages when they are first written to.
    most = longest * model.rules.growth + 8
    room = Room(
        np.empty(most, np.uint8), np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.float32),
        np.empty((2, 8 * _TEXT * model.rules.growth + 8), np.float64),
    )  # fmt: skip
    key = np.zeros(_TEXT, np.uint64)
    found = np.empty(len(text) // 3 + 64, np.int32)
    begins = np.zeros(len(bounds), np.int64)
    count = 0
    for number in range(len(bounds) - 1):
        score = np.float32(0.0)
        at, end = bounds[number], bounds[number + 1]
        while at < end:
            if text[_U(at)] == 32:
                at += 1
                continue
            begin = at
            words = 0
            packed = np.uint64(0)
            digest = np.uint64(owner)
            while at < end and text[_U(at)] != 32:
                packed |= np.uint64(text[_U(at)]) << np.uint64(8 * (at - begin & 7))
                at += 1
                if at - begin & 7 == 0 and words < _TEXT:
                    digest = _mixed(digest, packed)
                    key[_U(words)] = packed
                    words += 1
                    packed = np.uint64(0)
            length = at - begin
            if count + length * model.rules.growth + 8 > len(found):
                more = np.empty(2 * len(found) + length * model.rules.growth + 8, np.int32)
                more[:count] = found[:count]
                found = more
            row = -1
            size = -1
            if length <= 8 * _TEXT:
                if length & 7:
                    digest = _mixed(digest, packed)
                    key[_U(words)] = packed
                    words += 1
                head = np.uint64(owner << 16 | length << 8)
                digest = _mixed(digest, digest >> np.uint64(32))
                home = _WAYS * (int(np.int64(digest >> np.uint64(32))) & (ROWS // _WAYS - 1))
                mark = np.uint32(digest) | _MET
                # Written out here: a call that is given arrays counts their references, which takes longer.
                for way in range(home, home + _WAYS):
                    if table.marks[_U(way)] | _MET == mark and rows[_U(way * _ROW)] & _NOT_NODES == head:
                        row = way * _ROW
                        for word in range(words):
                            if rows[_U(row + 2 + word)] != key[_U(word)]:
                                row = -1
                        if row >= 0:
                            table.marks[_U(way)] = mark
                            break
                if row < 0:
                    size = normal_form(model.rules, text, begin, at, room.form)
                    row = _remember(model, numbers, vocabulary, room, size, table, home, mark)
                    if row >= 0:
                        rows[_U(row)] |= head
                        for word in range(words):
                            rows[_U(row + 2 + word)] = key[_U(word)]
            if row >= 0 and -score <= _high_float(rows[_U(row + 1)]):
                for node in range(np.int64(rows[_U(row)] & _NODES_MASK)):
                    entry = rows[_U(row + 2 + _TEXT + node)]
                    score = np.float32(score + _high_float(entry))
                    piece = np.int32(np.uint32(entry & np.uint64(0xFFFFFFFF)))
                    if piece != _JOINED:
                        found[_U(count)] = piece
                        count += 1
            else:
                if size < 0:
                    size = normal_form(model.rules, text, begin, at, room.form)
                if size:
                    score = best_path(model, room, size, score)
                    count = write_pieces(numbers, vocabulary, room, size, found, count)
        begins[number + 1] = count
    return found[:count].copy(), begins


@compiled
def _mixed(digest: np.uint64, packed: np.uint64) -> np.uint64:
    digest = (digest ^ packed) * np.uint64(0x9E3779B97F4A7C15)
    return digest ^ digest >> np.uint64(29)


@compiled
def _high_float(entry: np.uint64) -> np.float32:
    return np.uint32(entry >> np.uint64(32)).view(np.float32)


@compiled
def _entry(value: np.float32, low: int) -> np.uint64:
    return np.uint64(np.float32(value).view(np.uint32)) << np.uint64(32) | np.uint64(np.uint32(low))


@compiled
def _remember(
    model: Unigram, numbers: Ints, vocabulary: Vocabulary, room: Room, size: int, table: Words, home: int,
    mark: np.uint32,
) -> int:  # fmt: skip
    """Put a word's pieces into the table, in the place of an older word; -1 for a word of too many."""
    starts, ends = room.starts, room.ends
    nodes = 0
    reach = np.float32(np.inf)
    if size:
        reach = sure_path(model, room, size)
        at = size
        while at > 0:
            nodes += 1
            at = starts[at]
        if nodes > _NODES:
            return -1
    way = home
    while way < home + _WAYS and table.marks[way] & _MET:
        way += 1
    if way == home + _WAYS:
        way = home + int(np.int64(mark >> np.uint32(8))) % _WAYS
        for each in range(home, home + _WAYS):
            table.marks[each] &= ~_MET
    table.marks[way] = mark
    rows, row = table.rows, way * _ROW
    rows[row] = np.uint64(nodes)
    rows[row + 1] = _entry(reach, 0)
    pieces = np.empty(nodes, np.int32)
    last = write_pieces(numbers, vocabulary, room, size, pieces, 0)
    at = size
    for node in range(nodes - 1, -1, -1):
        begin, piece = starts[at], ends[at]
        score = model.unknown if piece < 0 else model.scores[piece]
        number = _JOINED
        if piece >= 0 or begin == 0 or ends[begin] >= 0:
            last -= 1
            number = int(pieces[last])
        rows[row + 2 + _TEXT + node] = _entry(score, number)
        at = begin
    return row
