"""How much of a text is the same few words in ever new neighbourhoods, outside sentences: lists of search phrases.

Or words that come twice or more, however far apart, in a long list of words and short phrases, which commas, bars,
line ends or prices part.

Lists that people write have words that come again, too, each in its place: a roll of names has first names first,
a table its columns, a timetable and a table of results a few names between numbers. So a word counts that stands
now here, now there in its item, or is an item of its own now here, now there in its line. A roll whose names are
any of two or three (Arabic, Somali) is told by items of one size, a line each or all in capitals; phrases that
people search for have any size.

Not handled: phrases that hardly share a word; those in which always the same words follow one another (repeated
2-grams tell them); scripts without spaces (unspaced_lists); heads far apart (list_heads); lists of search phrases
that look like a roll of names.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.spaced_words import CAPITAL, END, JOINED, NUMBERED, PLAIN, SMALL, STARTS, slot_of
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

NEAR = 20
"""Words: so near before it must a word have come."""
SHORTEST, LONGEST = 6, 80
"""Words of what is taken for a sentence, from one sentence end to the next."""
LOOKED_AT = 0.15
"""Share from which on lone words and sorted lists are left out: less is no list."""
HEAD = 0.05
"""Of the words: one so common counts where it begins item after item; others do in sorted lists."""
MOST_IN_ITEM, LEAST_ITEMS, LETTERS_A_WORD = 3, 60, 3
"""Of a long list: words of an item; items, one behind another and none the end of a sentence; letters of a word,
on average (moves of chess have fewer)."""
LEAST_WORDS_AGAIN = 30
"""Different words of a long list that count: stops of a line, teams of a league and days are fewer. Those at
several places of their items are counted twice: of words that come twice only half are seen to be."""
ONE_SIZE, IN_CAPITALS = 0.8, 0.9
"""Of the items of a roll or a table: so many have two words, or so many three; of the words of a roll: so many
begin with a capital. Phrases of two to four words, in turn or at random, have one size in a third to a half."""
SHORT_LETTERS = 2
"""Letters of a word that needs no capital in a roll: de, al, v."""
_MOVED, _AGAIN, _TOLD = 0b111, 1 << 3, 1 << 4
"""Of a word of a list: its places in its items; it is an item of its own again; it has been told."""


@compiled
def keyword_share(words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int) -> float:
    """Share of the letters of n words that lie outside sentences, in words that came shortly before beside others.

    A refrain does not count: its words come after the words that they came after before. Or, where that is more,
    the share in words of long lists that come again, half of those in items of one word. The tables have SLOTS
    places; `turn` is one that owner has not, nor the next.
    """
    for at in range(n):
        counts[words[at, 0], 1] = -NEAR - 1
    letters, outside, here, begin, listed = 0, 0, 0, 0, 0.0
    n_long, long = 0, np.empty((n // LEAST_ITEMS + 1, 2), np.int64)  # where lists may be: from, to
    for at in range(n):
        word = words[at, 0]
        letters += words[at, 2]
        fresh = True
        if at:
            key = np.uint64(words[at - 1, 0] << 20 | word) * np.uint64(0x9E3779B97F4A7C15)
            slot = slot_of(table, owner, turn, key)
            fresh = owner[slot] != turn
            owner[slot], table[slot] = turn, key
        if fresh and at - counts[word, 1] <= NEAR:
            here += words[at, 2]
        counts[word, 1] = at
        if words[at, 1] & END:
            if not SHORTEST <= at + 1 - begin <= LONGEST:
                outside += here
            if at - begin >= LEAST_ITEMS:
                long[n_long], n_long = (begin, at), n_long + 1
            here, begin = 0, at + 1
    if n - begin >= LEAST_ITEMS:
        long[n_long], n_long = (begin, n), n_long + 1
    near = float(outside + here)
    if (near > LOOKED_AT * letters or n_long) and is_roll(words, n):
        return 0.0
    if near > LOOKED_AT * letters:
        near = _letters_near(words, n, table, owner, counts, turn + 1)
    for at in range(n_long):
        listed += _letters_listed(words, long[at, 0], long[at, 1], counts)
    return max(near, listed) / max(letters, 1)


@compiled
def is_roll(words: Int64, n: int) -> bool:
    """Whether most items look like names: of one size, in capitals, or a line each without capitals or numbers."""
    two, three, items, item = 0, 0, 0, 0
    small, capital, numbered, started = 0, 0, 0, 0
    for at in range(n + 1):
        trait = words[at, 1] if at < n else 0
        if at and trait & PLAIN == 0:
            two, three, items = two + (at - item == 2), three + (at - item == 3), items + 1
            numbered += trait & NUMBERED != 0
            started += words[item, 1] & STARTS != 0
            item = at
        small += trait & SMALL != 0 and words[at, 2] > SHORT_LETTERS
        capital += trait & CAPITAL != 0
    if max(two, three) < ONE_SIZE * items:
        return False
    if capital + small == 0:
        return bool(started >= ONE_SIZE * items and numbered == 0)
    return bool(capital >= IN_CAPITALS * (capital + small))


@compiled
def _letters_near(words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int) -> float:
    """Letters outside sentences in words that came shortly before, but for words that stand alone between signs,
    and rare ones that stand in the item before, at the same place: items are sorted there. Nor do words count that
    always keep their place in items of one size, or before numbers: they are a table's column.
    """
    for at in range(n):
        counts[words[at, 0], 0] = 0
        counts[words[at, 0], 1] = -NEAR - 1
    places = np.empty(n, np.int64)
    numbered = np.zeros(n + 1, np.bool_)  # of an item's first word: a number follows
    two, three, items, item = 0, 0, 0, 0
    for at in range(n + 1):
        if at == n or words[at, 1] & JOINED == 0:
            two, three, items = two + (at - item == 2), three + (at - item == 3), items + (at > item)
            numbered[item] = at < n and words[at, 1] & NUMBERED != 0
            item = at
        if at < n:
            places[at] = at - item
            counts[words[at, 0], 0] = (counts[words[at, 0], 0] + 8) | 1 << min(at - item, 2)
    of_one_size = max(two, three) >= ONE_SIZE * items
    outside, here, begin, item, before = 0, 0, 0, 0, 0  # where the item begins, and the one before
    for at in range(n):
        word = words[at, 0]
        fresh = True
        if words[at, 1] & JOINED == 0:
            item, before = at, item
        if at:
            key = np.uint64(words[at - 1, 0] << 20 | word) * np.uint64(0x9E3779B97F4A7C15)
            slot = slot_of(table, owner, turn, key)
            fresh = owner[slot] != turn
            owner[slot], table[slot] = turn, key
        last = counts[word, 1]
        lone = item == at and (at + 1 == n or words[at + 1, 1] & JOINED == 0)
        if fresh and at - last <= NEAR and not lone:
            ordered = before <= last < item and places[last] == at - item and counts[word, 0] >> 3 < HEAD * n
            stays = counts[word, 0] & _MOVED & ((counts[word, 0] & _MOVED) - 1) == 0
            if not ordered and not (stays and (of_one_size or numbered[item])):
                here += words[at, 2]
        counts[word, 1] = at
        if words[at, 1] & END:
            if not SHORTEST <= at + 1 - begin <= LONGEST:
                outside += here
            here, begin = 0, at + 1
    return float(outside + here)


@compiled
def _letters_listed(words: Int64, begin: int, end: int, counts: Int64) -> float:
    """Letters of words[begin:end] in words that come again and lie in a long list of short items."""
    listed, letters, n_items, first, item = 0.0, 0, 0, begin, begin
    for at in range(begin, end + 1):
        starts = at < end and (words[at, 1] & PLAIN == 0 or at == begin)
        if at == end or (not starts and at - item == MOST_IN_ITEM):
            if n_items >= LEAST_ITEMS and letters >= LETTERS_A_WORD * (at - first):
                listed += _letters_again(words, first, at, counts)
            letters, n_items, first = 0, 0, at + 1
            continue
        if starts:
            item, n_items = at, n_items + 1
        letters += words[at, 2]
    return listed


@compiled
def _letters_again(words: Int64, begin: int, end: int, counts: Int64) -> float:
    """Letters of a list in words that stand at several places of its items, and half of those in items of one word
    that come again elsewhere in their lines, or are lines. 0 where these are few different words.
    """
    for at in range(begin, end):
        counts[words[at, 0]] = 0
    item, line = begin, begin
    for at in range(begin, end):
        word, trait = words[at, 0], words[at, 1]
        after = words[at + 1, 1] if at + 1 < end else STARTS
        item = at if trait & PLAIN == 0 else item
        line = at if trait & STARTS else line
        if item == at and after & PLAIN == 0 and (trait | after) & NUMBERED == 0:
            elsewhere = counts[word, 1] != at - line + 1 or trait & after & STARTS
            if counts[word, 1] and elsewhere:
                counts[word, 0] |= _AGAIN
            counts[word, 1] = at - line + 1
        counts[word, 0] |= 1 << min(at - item, 2)
    n_words, moved, again = 0, 0, 0
    for at in range(begin, end):
        word = words[at, 0]
        seen = counts[word, 0]
        places = seen & _MOVED
        if places & (places - 1):
            moved += words[at, 2]
        elif seen & _AGAIN:
            again += words[at, 2]
        else:
            continue
        if seen & _TOLD == 0:
            n_words += 2 if places & (places - 1) else 1
        counts[word, 0] |= _TOLD
    return moved + again / 2 if n_words >= LEAST_WORDS_AGAIN else 0.0
