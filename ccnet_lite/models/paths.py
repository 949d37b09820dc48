"""The best way to cut one word into a unigram model's pieces: SentencePiece's, at the same sums.

A word's normal form is what SentencePiece makes of it, `▁` first. The score of the best path to each of its
places is a float32 that goes on from the score of the text before the word, so that late in a long text two
ways to cut a word may round to one score. `sure_path` says up to where they do not.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.normal_form import char_bytes
from ccnet_lite.models.unigram import Unigram
from ccnet_lite.models.vocabulary import Vocabulary, word_number
from ccnet_lite.text.compiled import compiled

_RESET = np.float32(100_000.0)  # below its negative, SentencePiece has a text's score begin again at 0

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


class Room(NamedTuple):
    """Where a word is worked on: [longest word] or more.

    form: its normal form; starts, ends: for each place, where the piece that ends there begins and which it is, or
    -1; best: the scores of the best paths; sums: [2, longest word remembered] of the best and the second best.
    """

    form: Bytes
    starts: Ints
    ends: Ints
    best: Floats
    sums: npt.NDArray[np.float64]


@compiled
def best_path(model: Unigram, room: Room, size: int, score: np.float32) -> np.float32:
    """The best way to cut a word after a text of this score, as SentencePiece finds it: the score then."""
    tree, form, best, starts, ends = model.tree, room.form, room.best, room.starts, room.ends
    best[0] = score
    for place in range(1, size + 1):
        starts[place] = -1
    furthest = 0
    at = 0
    while at < size:
        here = best[at]
        if here < -_RESET:
            for place in range(at, furthest + 1):
                if place == at or starts[place] >= 0:
                    best[place] = np.float32(best[place] - here)
            here = np.float32(0.0)
        after = min(at + char_bytes(form[at]), size)
        known = False
        node = 0
        for place in range(at + 1, size + 1):
            child = tree[4 * node] + np.int64(form[place - 1])
            if tree[4 * child + 1] != node:
                break
            node = child
            piece = tree[4 * node + 2]
            if piece >= 0:
                furthest = max(furthest, place)
                known = known or place == after
                sum_here = np.float32(np.int32(tree[4 * node + 3]).view(np.float32) + here)
                if starts[place] < 0 or sum_here > best[place]:
                    best[place], starts[place], ends[place] = sum_here, at, piece
        if not known:
            furthest = max(furthest, after)
            sum_here = np.float32(model.unknown + here)
            if starts[after] < 0 or sum_here > best[after]:
                best[after], starts[after], ends[after] = sum_here, at, -1
        at = after
    return np.float32(best[size])


@compiled
def sure_path(model: Unigram, room: Room, size: int) -> np.float32:
    """The best way to cut a word by sums in float64, and up to which (negative) score of a text it is sure.

    Of k additions of float32 numbers up to m, each is off by at most m * 2**-24: two ways to cut whose sums
    differ by more than 2 * k * m * 2**-24 do not change places. k: the characters; m: the text's score with
    the word's. Past `_RESET` SentencePiece begins again.
    """
    tree, form, starts, ends = model.tree, room.form, room.starts, room.ends
    best, second = room.sums
    best[0] = 0.0
    for place in range(1, size + 1):
        starts[place] = -1
        second[place] = -np.inf
    lowest = 0.0
    chars = 0
    at = 0
    while at < size:
        chars += 1
        here = best[at]
        lowest = min(lowest, here)
        after = min(at + char_bytes(form[at]), size)
        known = False
        node = 0
        for place in range(at + 1, size + 1):
            child = tree[4 * node] + np.int64(form[place - 1])
            if tree[4 * child + 1] != node:
                break
            node = child
            piece = tree[4 * node + 2]
            if piece >= 0:
                known = known or place == after
                sum_here = np.float64(np.int32(tree[4 * node + 3]).view(np.float32)) + here
                if starts[place] < 0 or sum_here > best[place]:
                    if starts[place] >= 0:
                        second[place] = best[place]
                    best[place], starts[place], ends[place] = sum_here, at, piece
                else:
                    second[place] = max(second[place], sum_here)
        if not known:
            sum_here = np.float64(model.unknown) + here
            if starts[after] < 0 or sum_here > best[after]:
                if starts[after] >= 0:
                    second[after] = best[after]
                best[after], starts[after], ends[after] = sum_here, at, -1
            else:
                second[after] = max(second[after], sum_here)
        at = after
    gap = np.inf
    at = size
    while at > 0:
        gap = min(gap, best[at] - second[at])
        at = starts[at]
    lowest = min(lowest, best[size])
    return np.float32(min(gap * 0.99 * 2.0**23 / chars, np.float64(_RESET) - 64.0) + lowest - 1.0)


@compiled
def write_pieces(numbers: Ints, vocabulary: Vocabulary, room: Room, size: int, found: Ints, count: int) -> int:
    """Add the numbers of a word's pieces to `found`; a run of unknown characters is one piece."""
    form, starts, ends = room.form, room.starts, room.ends
    pieces = 0
    at = size
    while at > 0:
        begin = starts[at]
        pieces += ends[at] >= 0 or begin == 0 or ends[begin] >= 0
        at = begin
    count += pieces
    place = count
    at = size
    while at > 0:
        begin, piece = starts[at], ends[at]
        place -= 1
        if piece >= 0:
            found[place] = numbers[piece]
        else:
            while begin > 0 and ends[begin] < 0:
                begin = starts[begin]
            found[place] = word_number(vocabulary, form, begin, at)
        at = begin
    return count
