"""Whether the letters, or the words, of a text written without spaces stand in an order: no model, no dictionary.

In text two letters that stand together do so again, as they were rather than turned round, and go on as they did
before; hardly one follows itself; some stand beside signs and others don't. Letters in random order do none of it.
Words in random order keep their pairs of letters, but these go on otherwise, and any letter is beside signs.

Not handled: phrases between signs, or sentences, in random order; texts of fewer than LEAST_LETTERS.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.letters_read import ENDS, PHRASED, PLAIN, letter_traits, read_letters
from ccnet_lite.quality.unspaced_lists import listed_share
from ccnet_lite.quality.word_order import (
    COMMON,
    TOO_COMMON,
    TURNED,
    nats_apart,
    nats_of_repeats,
    nats_of_twins,
    share_of,
)
from ccnet_lite.text.compiled import compiled

Bools = npt.NDArray[np.bool_]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

LEAST_LETTERS, MOST_LETTERS = 150, 1600
"""Of a text: to be asked at all; those that are looked at."""
_LETTER_BITS, _PAIR_BITS, _COUNT_BITS = 14, 14, 12
SLOTS, PAIR_SLOTS = 1 << _LETTER_BITS, 1 << _PAIR_BITS
"""Numbers that letters get by their hash (two of some hundred share one, and are one), and places of pairs."""
_SHIFT, _PAIR_SHIFT = np.uint64(64 - _LETTER_BITS), np.uint64(64 - _PAIR_BITS)
_TWINS, _AFTER, _BEFORE = _COUNT_BITS, 2 * _COUNT_BITS, 3 * _COUNT_BITS
_FIELD = (1 << _COUNT_BITS) - 1
"""Bits of a letter's counters in one number: how often it is there, after itself, after and before a sign."""
PRIOR, PRIOR_WORDS = 5.0, 11.0
"""Nats that the evidence must reach for a half: of letters, and of words, in random order."""
MOST = 6.0, 8.0, 4.0, 3.0
MOST_AGAINST = 15.0, 15.0, 6.0, 15.0
"""Nats that letters that follow themselves, pairs turned round, pairs that come again and letters beside signs may
count for at most, and against, where letters may be in random order."""
SIGNS_SETTLE = 15.0
"""Nats of letters beside signs against random order that no other evidence outweighs: pairs are not looked at."""
MOST_OF_WORDS = 8.0, 8.0
"""The same, where words may be, of letters beside signs and of how pairs go on."""
GOES_ON, GOING_ON_WEIGHT, SEEN_BEFORE = 0.25, 8.0, 20
"""Of pairs that come again, those that go on as they did last: by the logarithm of the share, against this one,
times a weight; few pairs say little, as if so many more were seen with this share."""

LEAST_ENDS = 0.01
"""Sentence ends by letters, where no blank is one: with fewer, blanks and line ends part the phrases (blogs in
Chinese), and where the few signs stand says nothing of words. 99 % of articles have more."""


def letter_disorder(codes: UInt32, ends: Int64, asked: Bools, disorder: Float64, keywords: Float64) -> None:
    """Raise disorder, [texts], to the probability that a text's letters, or words, stand in random order.

    And keywords, [texts], to the share of its letters in lists of phrases of the same few words (unspaced_lists).

    Texts follow one another: text i ends before codes[ends[i]]. asked: those in scripts without spaces.
    """
    if not asked.any():
        return
    evidence, n_letters = np.zeros((len(ends), 5)), np.zeros(len(ends), np.int64)
    letters = np.zeros(MOST_LETTERS, np.uint64)
    flags, numbers = np.zeros(MOST_LETTERS, np.int64), np.zeros(MOST_LETTERS + 1, np.int64)
    counts, pairs = np.zeros(SLOTS, np.int64), np.full((PAIR_SLOTS, 2), -1, np.int64)
    _fill(
        codes, ends, asked, letter_traits(), letters, flags, numbers, counts, pairs, evidence, keywords, n_letters
    )
    found = np.where(n_letters >= LEAST_LETTERS, probability(evidence), 0.0)
    np.maximum(disorder, found, out=disorder)


def probability(evidence: Float64) -> Float64:
    """[texts]: that letters or words stand in random order, of [texts, 5] nats (the last: of how pairs go on)."""
    letters = np.clip(evidence[:, :4], -np.array(MOST_AGAINST), MOST).sum(axis=1) - PRIOR
    words = np.minimum(evidence[:, 3:], MOST_OF_WORDS).sum(axis=1) - PRIOR_WORDS
    return np.asarray(1 / (1 + np.exp(-np.clip(np.maximum(letters, words), -50, 50))))


@compiled
def _fill(
    codes: UInt32,
    ends: Int64,
    asked: Bools,
    traits: Int32,
    letters: UInt64,
    flags: Int64,
    numbers: Int64,
    counts: Int64,
    pairs: Int64,
    evidence: Float64,
    keywords: Float64,
    n_letters: Int64,
) -> None:
    start = 0
    for text in range(len(ends)):
        if asked[text]:
            n = read_letters(codes, start, ends[text], traits, letters, flags)
            n_letters[text] = n
            if n >= LEAST_LETTERS:
                _of_letters(letters, flags, n, numbers, counts, evidence[text])
                if evidence[text, 3] > -SIGNS_SETTLE:
                    _of_pairs(numbers, flags, n, pairs, text, evidence[text])
                else:
                    evidence[text, 2] = 0.0
                if evidence[text, 4] > 0 and not _has_ends(flags, n):
                    evidence[text, 4] = 0.0
                keywords[text] = max(keywords[text], listed_share(letters, flags, n))
        start = ends[text]


@compiled
def _has_ends(flags: Int64, n: int) -> bool:
    """Whether n letters have sentence ends enough, or are mostly of scripts whose phrases end with a blank."""
    ends, phrased = 0, 0
    for at in range(n):
        ends += flags[at] & ENDS != 0
        phrased += flags[at] & PHRASED != 0
    return ends >= LEAST_ENDS * n or phrased > n / 2


@compiled
def _of_letters(letters: UInt64, flags: Int64, n: int, numbers: Int64, counts: Int64, out: Float64) -> None:
    """Fill in the nats of letters that follow themselves and of letters beside signs, and in the place of those of
    pairs that come again how many would in random order. numbers: of letters, below SLOTS. counts are left empty.
    """
    firsts, n_kinds = np.empty(n + 1, np.int64), 0
    n_pairs, n_signs, last = 0, 0, np.int64(-1)
    for at in range(n):
        slot, flag = np.int64(letters[at] >> _SHIFT), flags[at]
        plain, after = flag & PLAIN, flag >> 1 & 1
        numbers[at] = slot
        firsts[n_kinds] = slot
        n_kinds += counts[slot] == 0
        beside = (after << _AFTER) + ((flag >> 2 & 1) << _BEFORE)
        counts[slot] += 1 + ((plain & (slot == last)) << _TWINS) + beside
        n_pairs, n_signs, last = n_pairs + plain, n_signs + after, slot
    sign, by_sign = share_of(n_signs, n)
    by_twins = n_pairs / (n * (n - 1))
    all_twice, same_twice, weighted = 0.0, 0.0, 0.0
    for slot in firsts[:n_kinds]:
        fields, counts[slot] = counts[slot], 0
        n_here = fields & _FIELD
        if n_here == 1:
            continue
        twice = float(n_here * (n_here - 1))
        all_twice, same_twice, weighted = all_twice + twice, same_twice + twice * twice, weighted + twice * n_here
        if n_here > TOO_COMMON * n:
            continue
        out[3] += nats_apart(fields >> _AFTER & _FIELD, n_here, sign, by_sign)
        out[3] += nats_apart(fields >> _BEFORE, n_here, sign, by_sign)
        if n_here >= 3 and n_here >= COMMON * n:
            out[0] += nats_of_twins(fields >> _TWINS & _FIELD, twice * by_twins)
    if all_twice:
        plain = n_pairs / n  # of a letter's places those before, or after, a letter
        commonest = (plain * weighted / all_twice) ** 2 / max(n_pairs, 1)
        out[2] = plain**2 / n**2 * (all_twice**2 - same_twice) / 2 / (1 + commonest / 6)


@compiled
def _of_pairs(numbers: Int64, flags: Int64, n: int, pairs: Int64, text: int, out: Float64) -> None:
    """Fill in the nats of pairs turned round, of those that come again (out[2] says how many at random) and of how
    they go on.

    Both ways round of a pair share a place: [which it is, by text; how often each way, and which letter was next].
    A pair that falls on the place of another takes it: it is one in fifty.
    """
    again, turned, followed, as_last = np.int64(0), 0, np.int64(0), np.int64(0)
    places, n_places = np.empty(n + 1, np.int64), 0  # gathered first: branches that cannot be foreseen cost more
    for at in range(1, n):
        places[n_places] = at
        between = flags[at - 1] & (numbers[max(at - 2, 0)] == numbers[at])  # after every second one
        n_places += flags[at] & PLAIN & (numbers[at - 1] != numbers[at]) & ~between
    for at in places[:n_places]:
        one, other = numbers[at - 1], numbers[at]
        way = np.int64(one < other)
        key = (min(one, other) << _LETTER_BITS) + max(one, other)
        slot = np.int64(np.uint64(key) * np.uint64(0x9E3779B97F4A7C15) >> _PAIR_SHIFT)
        key += text << (2 * _LETTER_BITS)
        fields = pairs[slot, 1] * (pairs[slot, 0] == key)
        here, there = fields >> (_COUNT_BITS * way) & _FIELD, fields >> (_COUNT_BITS * (1 - way)) & _FIELD
        comes_again = np.int64(here > 0)
        goes_on = flags[at + 1] & PLAIN if at + 1 < n else 0
        following, next_at = goes_on * numbers[at + 1], 2 * _COUNT_BITS + _LETTER_BITS * way
        before = fields >> next_at & (SLOTS - 1)
        again += comes_again
        followed += comes_again & goes_on
        as_last += comes_again & goes_on & (before == following)
        turned += here < there
        pairs[slot, 0] = key
        pairs[slot, 1] = fields + (1 << (_COUNT_BITS * way)) + ((following - before) << next_at)
    if turned <= 2 * again + 6:  # at random both come as often
        out[1] = turned * np.log(0.5 / TURNED) + again * np.log(0.5 / (1 - TURNED))
    out[2] = nats_of_repeats(int(again), out[2])
    share = (as_last + SEEN_BEFORE * GOES_ON) / (followed + SEEN_BEFORE)
    out[4] = -GOING_ON_WEIGHT * np.log(share / GOES_ON)
