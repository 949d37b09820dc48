"""How much of a text without spaces is the same few words in ever new neighbourhoods, in a list: search phrases.

Words are not known there, so pieces of two letters stand for them, of three where a letter is little (Thai,
Khmer). A piece counts that comes again and again among short items, whose letters hardly come without it, and
beside ever other letters. Lists that people write have such words, too. So a piece that stays at its place does
not count where it is in one item after another (they are sorted), at even distances (in turn), in most items
(schools), beside numbers (prices), or where items have one size or two parts (dishes of four letters, rolls).

Not handled: lists of phrases with one word in each at the same place; items of more than LONGEST_ITEM letters.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.letters_read import ENDS, NEXT, NUMBERED, PHRASED, PLAIN
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

LONGEST_ITEM, LEAST_ITEMS, LEAST_LISTED = 20, 20, 0.8
"""Of a list: letters of an item, items, share of the text's letters that lie in them."""
SHORTEST, LONGEST = 6, 120
"""Letters of what is taken for a sentence, from one sentence end to the next."""
LEAST_AGAIN, STICKS, VARIES = 4, 0.5, 0.63
"""Of a piece: how often it comes; of the places of each of its halves, those in it; different neighbours, by how
often it comes."""
MOST_ITEMS, REGULAR, NUMBERS = 0.4, 0.5, 0.5
"""Of a piece that stays at its place: the share of items that it may be in; of its distances those that are one
item, or as the last; of its places those beside numbers."""
STAYS = 0.8
"""Of the places of a piece that stays at its place, in the item and in the line: those that are so."""
ONE_SIZE, ROLL = 0.5, 0.6
"""Of the items between signs and lines: so many of one size, by letters; so many of two parts, or of three."""
WEIGHT = 1.25
"""A letter in a piece counts so much: words are longer than pieces."""
_ODD = np.uint64(0x9E3779B97F4A7C15)


@compiled
def listed_share(letters: UInt64, flags: Int64, n: int) -> float:
    """Share of a text's n letters in words of search phrases, in a list; about, and 1 at most.

    letters, flags: of letters_read.read_letters.
    """
    items, in_lines = _items(flags, n)
    if len(items) < LEAST_ITEMS:
        return 0.0
    in_shape = _in_shape(flags, n)
    n_phrased = 0
    for at in range(n):
        n_phrased += flags[at] & PHRASED != 0
    size = 3 if 2 * n_phrased > n else 2
    starts, item_of = np.empty(n, np.int64), np.empty(n, np.int64)  # of pieces: their first letters
    pieces, halves = np.empty(n, np.uint64), np.empty(n, np.uint64)
    n_pieces, n_halves = 0, 0
    for item in range(len(items)):
        begin, end = items[item, 0], items[item, 1]
        for at in range(begin, end - size + 2):
            halves[n_halves] = _hash(letters, at, size - 1)
            n_halves += 1
        for at in range(begin, end - size + 1):
            starts[n_pieces], item_of[n_pieces], pieces[n_pieces] = at, item, _hash(letters, at, size)
            n_pieces += 1
    order = np.argsort(pieces[:n_pieces], kind="mergesort")  # the places of a piece, one behind another
    sorted_halves = np.sort(halves[:n_halves])
    inside = np.zeros(n, np.bool_)
    first = 0
    for last in range(1, n_pieces + 1):
        if last < n_pieces and pieces[order[last]] == pieces[order[first]]:
            continue
        places = order[first:last]
        first = last
        if len(places) < LEAST_AGAIN:
            continue
        at = starts[places[0]]
        most = max(
            _count(sorted_halves, _hash(letters, at, size - 1)),
            _count(sorted_halves, _hash(letters, at + 1, size - 1)),
        )
        if len(places) < STICKS * most or not _counts(
            letters, flags, n, starts[places], item_of[places], items, in_lines, size, in_shape
        ):
            continue
        for at in starts[places]:
            inside[at : at + size] = True
    return float(min(1.0, WEIGHT * inside.sum() / n))


@compiled
def _items(flags: Int64, n: int) -> tuple[Int64, bool]:
    """[items, 3]: from and to of runs of letters outside sentences that are short enough, and how many signs and
    line ends came before; and whether these part many of them. None where too few letters lie in such runs.
    """
    items, n_items, n_before = np.empty((n, 3), np.int64), 0, 0
    begin, sentence, line = 0, 0, 0
    may_be_left = int((1 - LEAST_LISTED) * n)
    left_before = may_be_left
    for at in range(1, n + 1):
        if at < n and flags[at] & PLAIN:
            continue
        if at - begin <= LONGEST_ITEM:
            items[n_items, 0], items[n_items, 1], items[n_items, 2] = begin, at, line
            n_items += 1
        else:
            may_be_left -= at - begin
        begin = at
        line += at < n and flags[at] & NEXT == 0
        if flags[at - 1] & ENDS:
            if SHORTEST <= at - sentence <= LONGEST:
                n_items, may_be_left = n_before, left_before - (at - sentence)
            n_before, left_before, sentence = n_items, may_be_left, at
            if may_be_left < 0:
                break
    return items[: n_items * (may_be_left >= 0)], line >= LEAST_ITEMS


@compiled
def _in_shape(flags: Int64, n: int) -> bool:
    """Whether most items between signs and lines have two parts, or three, or many as many letters."""
    of_parts, of_size = np.zeros(4, np.int64), np.zeros(LONGEST_ITEM + 1, np.int64)
    n_items, begin, parts = 0, 0, 1
    for at in range(1, n + 1):
        if at < n and flags[at] & NEXT:
            parts += flags[at] & PLAIN == 0
            continue
        of_parts[min(parts, 3) if parts != 4 else 0] += 1
        of_size[min(at - begin, LONGEST_ITEM)] += 1
        n_items, begin, parts = n_items + 1, at, 1
    is_roll = max(of_parts[2], of_parts[3]) >= ROLL * n_items
    return bool(n_items >= LEAST_ITEMS and (is_roll or of_size[:LONGEST_ITEM].max() >= ONE_SIZE * n_items))


@compiled
def _hash(letters: UInt64, at: int, size: int) -> np.uint64:
    hashed = np.uint64(0)
    for letter in letters[at : at + size]:
        hashed = (hashed ^ letter) * _ODD
        hashed ^= hashed >> np.uint64(29)
    return hashed


@compiled
def _count(values: UInt64, value: np.uint64) -> int:
    """How often a value is among sorted ones."""
    return int(np.searchsorted(values, value, side="right") - np.searchsorted(values, value))


@compiled
def _counts(
    letters: UInt64,
    flags: Int64,
    n: int,
    starts: Int64,
    item_of: Int64,
    items: Int64,
    in_lines: bool,
    size: int,
    in_shape: bool,
) -> bool:
    """Whether a piece stands beside ever other letters, and not as words do in lists that people write.

    starts, item_of: its places, in their order.
    """
    around = np.zeros(len(starts), np.uint64)  # the letters before and behind it
    numbered, of_place = 0, np.zeros(16, np.int64)
    n_one, n_even, last_gap, last_unit = 0, 0, -1, 0
    for place in range(len(starts)):
        at, end = starts[place], starts[place] + size
        begins, ends, line = items[item_of[place]]
        unit = line if in_lines else item_of[place]
        first, last = flags[at] & NEXT == 0, end == n or flags[end] & NEXT == 0
        around[place] = np.uint64(0) if first else letters[at - 1] * _ODD
        around[place] += np.uint64(0) if last else letters[end]
        numbered += flags[begins] & NUMBERED != 0 or (ends < n and flags[ends] & NUMBERED != 0)
        of_place[int(at == begins) + 2 * int(end == ends) + 4 * int(first) + 8 * int(last)] += 1
        if place:
            gap = unit - last_unit
            n_one, n_even, last_gap = n_one + (gap <= 1), n_even + (gap == last_gap), gap
        last_unit = unit
    n_places = len(starts)
    if _n_different(around) < VARIES * n_places:
        return False
    in_turn = n_one > REGULAR * (n_places - 1) or n_even > REGULAR * (n_places - 2)
    if of_place.max() < STAYS * n_places:
        return not (in_turn and 2 * (item_of[-1] - item_of[0]) < len(items))
    return not (in_turn or in_shape or n_places > MOST_ITEMS * len(items) or numbered > NUMBERS * n_places)


@compiled
def _n_different(values: UInt64) -> int:
    values = np.sort(values)
    return 1 + int((values[1:] != values[:-1]).sum())
