"""How much of a list is heads: words that begin its items, again and again, each time with other words behind.

So are lists of search phrases and of product titles, however many heads there are and however far apart one comes
again. Lists that people write are sorted by their heads, or have them in turn, or before numbers, or are names of
two or three words, or what stands behind the heads comes once (streets, titles of lessons). In prose cut into
lines hardly a long word begins lines again and again.

Not handled: heads of fewer than LETTERS letters; lists with one or two heads; a list within a longer text.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.keyword_lists import LONGEST, SHORTEST, is_roll
from ccnet_lite.quality.spaced_words import END, JOINED, NUMBERED
from ccnet_lite.quality.word_order import ONCE
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

LONGEST_ITEM, LEAST_ITEMS, LEAST_LISTED = 12, 20, 0.8
"""Of a list: words of an item, items, share of the text's words that lie in them."""
LEAST_AGAIN, LETTERS, LEAST_HEADS = 4, 4, 3
"""Of a head: how often it comes, its letters; how many heads there are."""
VARIES, STAYS = 0.7, 0.7
"""Of a head's places: different words around it; those that are its place, an item's first word or its second."""
MOST_ITEMS, REGULAR, NUMBERS = 0.5, 0.6, 0.5
"""Of a head: the share of the items that it may be in, of its distances those of one item, or as the last, and of
its places those beside numbers."""
NAMES = 0.6
"""Of the items that have heads: so many of two words, or of three, are a roll of names."""
OTHERS = 0.4
"""Of the other long words of the items: so many come again."""
WEIGHT = 1.25
"""A letter of a head counts so much: what stands behind heads is theirs."""


@compiled
def heads_share(words: Int64, n: int) -> float:
    """Share of the letters of a text's n words in heads of a list, about; 1 at most.

    words: of spaced_words.read_words, those that come once marked (word_order.order_evidence).
    """
    items, n_items = _items(words, n)
    if n_items < LEAST_ITEMS or is_roll(words, n):
        return 0.0
    places, item_of, n_places = np.empty(n, np.int64), np.empty(n, np.int64), 0
    n_long, letters = 0, 0
    for at in range(n):
        letters += words[at, 2]
    for item in range(n_items):
        begin, end = items[item, 0], items[item, 1]
        for at in range(begin, end if end - begin > 1 else begin):
            n_long += words[at, 2] >= LETTERS
            if words[at, 1] & ONCE == 0 and words[at, 2] >= LETTERS:
                places[n_places], item_of[n_places], n_places = at, item, n_places + 1
    order = np.argsort(words[places[:n_places], 0], kind="mergesort")  # the places of a word, one behind another
    n_heads, n_headed, head_letters, first = 0, 0, 0, 0
    of_size = np.zeros(LONGEST_ITEM + 1, np.int64)  # of the items of heads, by their words
    for last in range(1, n_places + 1):
        if last < n_places and words[places[order[last]], 0] == words[places[order[first]], 0]:
            continue
        some = order[first:last]
        first = last
        if len(some) < LEAST_AGAIN or not _is_head(words, n, places[some], item_of[some], items, n_items):
            continue
        n_heads, n_headed = n_heads + 1, n_headed + len(some)
        head_letters += len(some) * words[places[some[0]], 2]
        for item in item_of[some]:
            of_size[items[item, 1] - items[item, 0]] += 1
    if n_heads < LEAST_HEADS or max(of_size[2], of_size[3]) >= NAMES * n_headed:
        return 0.0
    if n_places - n_headed < OTHERS * (n_long - n_headed):
        return 0.0
    return min(1.0, WEIGHT * head_letters / letters)


@compiled
def _items(words: Int64, n: int) -> tuple[Int64, int]:
    """[items, 3]: from and to of items outside sentences that are short enough, and how many came before, of any
    size; and how many. None where too few words lie in them.
    """
    items, n_items, n_before = np.empty((n, 3), np.int64), 0, 0
    begin, sentence, number = 0, 0, 0
    may_be_left = int((1 - LEAST_LISTED) * n)
    left_before = may_be_left
    for at in range(1, n + 1):
        if at == n or words[at, 1] & JOINED == 0:
            if at - begin <= LONGEST_ITEM:
                items[n_items, 0], items[n_items, 1], items[n_items, 2] = begin, at, number
                n_items += 1
            else:
                may_be_left -= at - begin
            begin, number = at, number + 1
        if words[at - 1, 1] & END:
            if SHORTEST <= at - sentence <= LONGEST:
                n_items, may_be_left = n_before, left_before - (at - sentence)
            n_before, left_before, sentence = n_items, may_be_left, at
            if may_be_left < 0:
                break
    return items, n_items if may_be_left >= 0 else 0


@compiled
def _is_head(words: Int64, n: int, places: Int64, item_of: Int64, items: Int64, n_items: int) -> bool:
    """Whether a word begins items, beside ever other words, and not as in lists that people write."""
    around, of_place = np.zeros(len(places), np.int64), np.zeros(3, np.int64)
    n_one, n_even, numbered, last_gap, last_number = 0, 0, 0, -1, 0
    for place in range(len(places)):
        at = places[place]
        begin, end, number = items[item_of[place]]
        if at > begin:
            around[place] = words[at - 1, 0]
        for behind in range(at + 1, min(at + 3, end)):
            around[place] += words[behind, 0] << 20 * (behind - at)
        of_place[min(at - begin, 2)] += 1
        numbered += words[begin, 1] & NUMBERED != 0 or (end < n and words[end, 1] & NUMBERED != 0)
        if place:
            gap = number - last_number
            n_one, n_even, last_gap = n_one + (gap <= 1), n_even + (gap == last_gap), gap
        last_number = number
    n_places = len(places)
    around.sort()
    if 1 + (around[1:] != around[:-1]).sum() < VARIES * n_places or of_place[:2].max() < STAYS * n_places:
        return False
    in_turn = n_one > REGULAR * (n_places - 1) or n_even > REGULAR * (n_places - 2)
    return not (in_turn or n_places > MOST_ITEMS * n_items or numbered > NUMBERS * n_places)
