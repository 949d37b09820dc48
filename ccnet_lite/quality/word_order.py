"""Whether a text's words stand in an order, by what they would do in none: no model, no data, any language.

In text a common word hardly ever follows itself, pairs of words come again, as they were rather than turned round,
some words stand after signs or beside long words and others don't, small letters do not follow full stops,
sentences have more than one word, and brackets close. Words in random order do all of it as often as their
frequencies say. Each is evidence, in nats: how much likelier at random is what we see.

Not handled: scripts without spaces (letter_order); words shuffled in so short lines that few stand side by side.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.spaced_words import (
    CAPITAL,
    CLOSE,
    END,
    FOLLOWS,
    MOST_WORDS,
    OPEN,
    PLAIN,
    SIGNED,
    SMALL,
    STOP,
    slot_of,
)
from ccnet_lite.text.compiled import compiled

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

COMMON, TOO_COMMON = 0.01, 0.2
"""Of the words: those that are so common, and come three times, are asked whether they follow themselves; those
that are too common for a text do in any order."""
TWINS, LONE_ENDS = 0.15, 0.5
"""Of what random order gives, what a text has: common words after themselves, sentences of one word."""
TURNED, SMALL_AFTER, CROSSED = 0.15, 0.08, 0.2
"""In a text: of pairs that come twice those turned round, small letters after full stops, brackets out of turn."""
CASUAL, SMALL_OF_CASUAL = 0.001, 0.98
"""Of texts shorter than FULL_LENGTH those whose writers begin sentences with small letters and write capitals
elsewhere, and how many they begin so. In a long one it would take other evidence to be sure of them."""
PRIOR = 4.0
"""Nats that the evidence must reach for a half."""
LEAST_WORDS, FULL_LENGTH, WORDS_A_NAT = 60, 140, 40
"""Of a text to be asked at all; of one that PRIOR is for. A shorter one needs a nat more for each so many that it
lacks: what speaks for random order comes but once or twice there."""
WORDS_A_SENTENCE = 40
"""Of a text shorter than FULL_LENGTH: where fewer sentences end it is a list, a roll of names, and not asked."""
MOST = 6.0, 8.0, 10.0, 1.5, 1.5, 4.0, 3.0, 4.0
MOST_AGAINST = 15.0, 15.0, 6.0, 1.5, 1.5, 1.0, 6.0, 6.0
"""Nats that common words, pairs turned round, capitals, lone ends, brackets, pairs that come again, words after
signs and words beside long ones may count for at most, and against (pairs little: menus and titles repeat)."""
AGAIN, AGAIN_POWER = 6.0, 0.7
"""In a text as many pairs come again as do in random order by this power, times this."""
SPREAD = 0.15
"""In a text: how alike the places of one word are in what stands beside it (correlation within words)."""
LEAST_VARIANCE, MOST_SQUARE = 0.2, 30.0
"""Of a word's places, for the normal distribution to hold; and of its surplus, in variances, what is counted."""
_SPREADS = 1 + np.maximum(np.arange(MOST_WORDS + 1) - 1, 0) * SPREAD
_HALF_LOGS = 0.5 * np.log(_SPREADS)
_WEIGHTS = 0.5 * (1 - 1 / _SPREADS) / np.maximum(np.arange(MOST_WORDS + 1), 1)
_PLAIN_BIT = PLAIN.bit_length() - 1
_AFTER, _BEFORE, _AFTER_LONG, _BEFORE_LONG = 12, 24, 36, 48
_FIELD = (1 << 12) - 1
"""Bits of a word's counters in one number: of places after itself, after and before a word, a long one."""
ONCE = 1 << 35
"""Trait of a word that comes once."""


def probability(evidence: Float64, n_words: Int64) -> Float64:
    """[texts]: that the words stand in random order, of [texts, 8] nats and [texts], how many words there are.

    As if one in exp(PRIOR) long texts were so.
    """
    total = np.clip(evidence, -np.array(MOST_AGAINST), MOST).sum(axis=1)
    prior = PRIOR + np.maximum(FULL_LENGTH - n_words, 0) / WORDS_A_NAT
    return np.asarray(1 / (1 + np.exp(prior - total)))


@compiled
def is_asked(words: Int64, n: int) -> bool:
    """Whether n words are enough: FULL_LENGTH, or LEAST_WORDS in sentences."""
    if n < LEAST_WORDS or n >= FULL_LENGTH:
        return n >= FULL_LENGTH
    n_ends = 0
    for at in range(n):
        n_ends += words[at, 1] & END != 0
    return bool(WORDS_A_SENTENCE * n_ends >= n)


@compiled
def order_evidence(
    words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int, out: Float64
) -> None:
    """Fill in the eight nats of a text's n words; the tables have SLOTS places, `turn` is new to `owner`.

    Words that come once are marked so.
    """
    out[0], out[6], out[7], expected = _of_words(words, n, counts)
    out[1], again = _turned(words, n, table, owner, counts, turn)
    out[2], out[3], out[4] = _of_signs(words, n)
    out[5] = nats_of_repeats(again, expected)


@compiled
def _of_words(words: Int64, n: int, counts: Int64) -> tuple[float, float, float, float]:
    """Nats of common words that follow themselves, of words after signs (or first in a line) and beside long ones;
    and how many pairs would come again in random order.
    """
    n_letters = 0
    for at in range(n):
        counts[words[at, 0]] = 0
        n_letters += words[at, 2]
    firsts, n_words = np.empty(n + 1, np.int64), 0  # where each word comes first
    n_pairs, n_after_long, n_before_long = 0, 0, 0
    last, last_long, field = 0, 0, 0  # of the word before: which one, whether long, what it has to be counted
    for at in range(n):
        word, long, plain = words[at, 0], int(words[at, 2] * n > n_letters), words[at, 1] >> _PLAIN_BIT & 1
        n_pairs += plain
        n_after_long += plain & last_long
        n_before_long += plain & long
        field += (plain << _BEFORE) + ((plain & long) << _BEFORE_LONG)
        counts[last, 1] += field
        field = (plain & (word == last)) + (plain << _AFTER) + ((plain & last_long) << _AFTER_LONG)
        firsts[n_words] = at
        n_words += counts[word, 0] == 0
        counts[word, 0] += 1
        last, last_long = word, long
    counts[last, 1] += field
    twin_nats, sign_nats, long_nats = 0.0, 0.0, 0.0
    pairs_after, pairs_before, pairs_both, weighted = 0, 0, 0, 0
    sign, by_sign = share_of(n - n_pairs, n)
    after_long, by_after = share_of(n_after_long, n_pairs)
    before_long, by_before = share_of(n_before_long, n_pairs)
    by_twins = n_pairs / max(n * (n - 1), 1)
    least, most = COMMON * n, TOO_COMMON * n
    for at in firsts[:n_words]:
        count, fields = counts[words[at, 0]]
        if count == 1:
            words[at, 1] |= ONCE
            continue
        after, before = fields >> _AFTER & _FIELD, fields >> _BEFORE & _FIELD
        two_after, two_before = after * (after - 1), before * (before - 1)
        pairs_after, pairs_before = pairs_after + two_after, pairs_before + two_before
        pairs_both, weighted = pairs_both + two_after * two_before, weighted + two_after * after
        if count > most:
            continue
        sign_nats += nats_apart(count - after, count, sign, by_sign)
        long_nats += nats_apart(fields >> _AFTER_LONG & _FIELD, after, after_long, by_after)
        long_nats += nats_apart(fields >> _BEFORE_LONG, before, before_long, by_before)
        if count >= 3 and count >= least:
            twin_nats += nats_of_twins(fields & _FIELD, count * (count - 1) * by_twins)
    if pairs_after == 0:
        return twin_nats, sign_nats, long_nats, 0.0
    of_one_pair = (weighted / pairs_after) ** 2 / n_pairs
    twice = (pairs_after * pairs_before - pairs_both) / (2 * n_pairs**2)  # two places of one pair, by expectation
    return (
        twin_nats,
        sign_nats,
        long_nats,
        twice / (1 + of_one_pair / 6),
    )  # fewer come again where a pair comes often


@compiled
def nats_of_twins(twins: int, at_random: float) -> float:
    """Nats of a common word that follows itself so often; none where it does far more often than at random."""
    if twins > 2 * at_random + 3:
        return 0.0
    return float(-min(twins, 1 + 2 * at_random) * np.log(TWINS) - at_random * (1 - TWINS))


@compiled
def share_of(part: int, whole: int) -> tuple[float, float]:
    """A share, and 1 by the variance of one of its places."""
    share = part / max(whole, 1)
    return share, 1 / max(share * (1 - share), 1e-9)


@compiled
def nats_apart(hits: int, n: int, share: float, by_variance: float) -> float:
    """Nats of a word of whose n places `hits` have what a share of all places has (both of `share_of`).

    Squares of surpluses, in variances, are 1 on average at random, in texts 1 + (n - 1) * SPREAD; both normal.
    """
    if n < LEAST_VARIANCE * by_variance:
        return 0.0
    surplus = hits - n * share
    return float(_HALF_LOGS[n] - _WEIGHTS[n] * min(surplus * surplus * by_variance, MOST_SQUARE * n))


@compiled
def nats_of_repeats(again: int, expected: float) -> float:
    """Nats of how many pairs come again: in random order Poisson, in texts negative binomial (of size 2)."""
    expected += 0.03
    in_text = AGAIN * expected**AGAIN_POWER
    factorial = 0.0  # its logarithm, by Stirling's series
    if again:
        factorial = again * (np.log(again) - 1) + 0.5 * np.log(2 * np.pi * again) + 1 / (12 * again)
    random = again * np.log(expected) - expected - factorial
    text = np.log(again + 1) + 2 * np.log(2 / (2 + in_text)) + again * np.log(in_text / (2 + in_text))
    return float(random - text)


@compiled
def _turned(words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int) -> tuple[float, int]:
    """Nats of pairs of words that come again turned round, against those as they were; and how many come again."""
    again, turned = 0, 0
    places, n_places = np.empty(n + 1, np.int64), 0  # gathered first: branches that cannot be foreseen cost more
    for at in range(1, n):
        one, other = words[at - 1, 0], words[at, 0]
        places[n_places] = at
        n_places += (words[at, 1] & PLAIN != 0) & ((words[at, 1] | words[at - 1, 1]) & ONCE == 0) & (one != other)
    for at in places[:n_places]:
        one, other = words[at - 1, 0], words[at, 0]
        if at > 1 and words[at - 1, 1] & PLAIN and words[at - 2, 0] == other:
            continue  # one word after every second one: so are pedigrees
        key = np.uint64(min(one, other) << 20 | max(one, other)) * np.uint64(0x9E3779B97F4A7C15)
        slot = slot_of(table, owner, turn, key)
        if owner[slot] != turn:
            owner[slot], table[slot] = turn, key
            counts[slot] = 0
        way = int(one < other)
        counts[slot, way] += 1
        again += counts[slot, way] > 1
        turned += counts[slot, way] <= counts[slot, 1 - way]
    if turned > 2 * again + 6:  # at random both come as often
        return 0.0, again
    return float(turned * np.log(0.5 / TURNED) + again * np.log(0.5 / (1 - TURNED))), again


@compiled
def _nats_of(small: int, capital: int, share: float) -> float:
    """Logarithm of how probable so many small letters and capitals are where a share is small."""
    return float(small * np.log(share) + capital * np.log(1 - share))


@compiled
def _of_signs(words: Int64, n: int) -> tuple[float, float, float]:
    """Nats of small letters after full stops, of sentences of one word, and of brackets."""
    small, capital, lone, after_small, after_capital = 0, 0, 0, 0, 0
    n_ends, n_pairs, lone_ends = 0, 0, 0
    n_brackets, crossed, inside = 0, 0, False
    for at in range(n):
        trait = words[at, 1]
        last = words[at - 1, 1] if at else 0
        small += trait & SMALL != 0
        capital += trait & CAPITAL != 0
        lone += trait & CAPITAL != 0 and not last & CAPITAL
        if last & STOP:  # on a new line small letters may begin, and behind signs: lists, chats, #tags
            after_small += trait & SMALL != 0 and trait & FOLLOWS != 0 and not trait & SIGNED
            after_capital += trait & CAPITAL != 0
        n_ends += trait & END != 0
        n_pairs += trait & FOLLOWS != 0
        lone_ends += trait & FOLLOWS != 0 and trait & END != 0 and last & END != 0
        if trait & OPEN:
            n_brackets, crossed, inside = n_brackets + 1, crossed + inside, True
        if trait & CLOSE:
            n_brackets, crossed, inside = n_brackets + 1, crossed + (not inside), False
    case = 0.0
    if lone >= after_small + after_capital > 0:  # who writes hardly a capital is in no disorder
        share = (small + 1) / (small + capital + 2)
        in_text = _nats_of(after_small, after_capital, SMALL_AFTER)
        if n < FULL_LENGTH:
            casual = np.log(CASUAL) + _nats_of(after_small, after_capital, SMALL_OF_CASUAL)
            in_text = np.logaddexp(in_text, casual)
        case = _nats_of(after_small, after_capital, share) - in_text
    at_random = n_ends * (n_ends - 1) / (n * (n - 1)) * n_pairs
    single = -lone_ends * np.log(LONE_ENDS) - at_random * (1 - LONE_ENDS)
    brackets = crossed * np.log(0.5 / CROSSED) + (n_brackets - crossed) * np.log(0.5 / (1 - CROSSED))
    return case, single, brackets
