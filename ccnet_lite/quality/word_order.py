"""Whether a text's words stand in an order, by what they would do in none: no model, no data, any language.

In text a common word hardly ever follows itself, a pair of words repeats more often than it turns round, small
letters do not follow full stops, sentences have more than one word, and brackets close. Words in random order do
all of it as often as their frequencies say. Each is evidence, in nats: how much likelier at random is what we see.

Not handled: scripts without spaces; words shuffled in so short lines that few stand side by side.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.spaced_words import CAPITAL, CLOSE, END, FOLLOWS, OPEN, PLAIN, SMALL, STOP, slot_of
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
PRIOR = 4.0
"""Nats that the evidence must reach for a half."""
MOST = 6.0, 8.0, 10.0, 1.5, 1.5
MOST_AGAINST = 15.0, 15.0, 6.0, 1.5, 1.5
"""Nats that common words, pairs, capitals, lone ends and brackets may count for at most, and against."""


def probability(evidence: Float64) -> Float64:
    """[texts]: that the words stand in random order, of [texts, 5] nats, were one in exp(PRIOR) texts so."""
    total = np.clip(evidence, -np.array(MOST_AGAINST), MOST).sum(axis=1)
    return np.asarray(1 / (1 + np.exp(PRIOR - total)))


@compiled
def order_evidence(
    words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int, out: Float64
) -> None:
    """Fill in the five nats of a text's n words; the tables have SLOTS places, `turn` is new to `owner`."""
    out[0] = _twins(words, n, counts)
    out[1] = _turned(words, n, table, owner, counts, turn)
    out[2], out[3], out[4] = _of_signs(words, n)


@compiled
def _twins(words: Int64, n: int, counts: Int64) -> float:
    """Nats of common words that follow themselves. One that does far more often than at random is a refrain."""
    for at in range(n):
        counts[words[at, 0]] = 0
    n_pairs = 0
    for at in range(n):
        word = words[at, 0]
        counts[word, 0] += 1
        if words[at, 1] & PLAIN:
            n_pairs += 1
            counts[word, 1] += word == words[at - 1, 0]
    nats = 0.0
    for at in range(n):
        word = words[at, 0]
        count, twins = counts[word, 0], counts[word, 1]
        counts[word] = 0
        if count < 3 or not COMMON * n <= count <= TOO_COMMON * n:
            continue
        at_random = count * (count - 1) / (n * (n - 1)) * n_pairs
        if twins <= 2 * at_random + 3:
            nats += -twins * np.log(TWINS) - at_random * (1 - TWINS)
    return nats


@compiled
def _turned(words: Int64, n: int, table: UInt64, owner: Int64, counts: Int64, turn: int) -> float:
    """Nats of pairs of words that come again turned round, against those that come again as they were."""
    again, turned = 0, 0
    for at in range(1, n):
        one, other = words[at - 1, 0], words[at, 0]
        if not words[at, 1] & PLAIN or one == other:
            continue
        if at > 1 and words[at - 1, 1] & PLAIN and words[at - 2, 0] == other:
            continue  # one word after every second one: so are pedigrees
        slot = slot_of(table, owner, turn, np.uint64(one << 20 | other) * np.uint64(0x9E3779B97F4A7C15))
        if owner[slot] != turn:
            owner[slot], counts[slot, 0] = turn, 0
            table[slot] = np.uint64(one << 20 | other) * np.uint64(0x9E3779B97F4A7C15)
        counts[slot, 0] += 1
        again += counts[slot, 0] > 1
        back = slot_of(table, owner, turn, np.uint64(other << 20 | one) * np.uint64(0x9E3779B97F4A7C15))
        turned += owner[back] == turn and counts[slot, 0] <= counts[back, 0]
    if turned > 2 * again + 6:  # at random both come as often
        return 0.0
    return float(turned * np.log(0.5 / TURNED) + again * np.log(0.5 / (1 - TURNED)))


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
        if last & STOP:  # on a new line small letters may begin: lists, chats
            after_small += trait & SMALL != 0 and trait & FOLLOWS != 0
            after_capital += trait & CAPITAL != 0
        n_ends += trait & END != 0
        n_pairs += trait & FOLLOWS != 0
        lone_ends += trait & FOLLOWS != 0 and trait & END != 0 and last & END != 0
        if trait & OPEN:
            n_brackets, crossed, inside = n_brackets + 1, crossed + inside, True
        if trait & CLOSE:
            n_brackets, crossed, inside = n_brackets + 1, crossed + (not inside), False
    case = 0.0
    if lone >= after_small + after_capital:  # who writes hardly a capital is in no disorder
        share = (small + 1) / (small + capital + 2)
        case = after_small * np.log(share / SMALL_AFTER) + after_capital * np.log((1 - share) / (1 - SMALL_AFTER))
    at_random = n_ends * (n_ends - 1) / (n * (n - 1)) * n_pairs
    single = -lone_ends * np.log(LONE_ENDS) - at_random * (1 - LONE_ENDS)
    brackets = crossed * np.log(0.5 / CROSSED) + (n_brackets - crossed) * np.log(0.5 / (1 - CROSSED))
    return case, single, brackets
