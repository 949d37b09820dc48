"""Whether a text's words stand in an order, by what its own words would do in none: no model, no data, any language.

In text a common word hardly ever follows itself, a pair of words repeats more often than it turns round, small
letters do not follow full stops, sentences have more than one word, and brackets close. Words in random order do
all of it as often as their frequencies say. Each is evidence, in nats: how much likelier what is seen is at random.

A word is what stands between white space and has letters. Not handled: scripts without spaces, whose letters are no
words here; texts of fewer than LEAST_WORDS words (0).
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.sentence_case import CAPITAL, FULL_STOPS, LETTERS_BEFORE, SMALL, case_traits
from ccnet_lite.text.characters import IGNORED, LETTER, MARK, N_CODES, NUMBER, SPACE, folds, kinds, unspaced
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.sentence_ends import sentence_ends

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

LEAST_WORDS = 150
MOST_WORDS = 4000
"""Of a text, the first ones: enough to tell, and memory and time stay bounded."""
COMMON = 0.01
"""Of the words: those that are so common, and come three times, are asked whether they follow themselves."""
TWINS, LONE_ENDS = 0.15, 0.5
"""Of what random order gives, what a text has: common words after themselves, sentences of one word."""
TURNED, SMALL_AFTER, CROSSED = 0.2, 0.08, 0.2
"""In a text: pairs turned round among those that come twice, small letters after full stops, brackets out of turn."""
PRIOR = 4.0
"""Nats that the evidence must reach for a half."""
_TWINS, _TURNED, _CASE, _LONE, _CROSSED = range(5)
MOST = 6.0, 8.0, 10.0, 1.5, 1.5
MOST_AGAINST = 15.0, 15.0, 6.0, 1.5, 1.5
"""Nats that each kind of evidence may count for at most, for disorder and against it."""
_LETTER, _UNSPACED, _BLANK, _LINE, _HIDDEN, _SMALL, _CAPITAL, _END, _STOP, _OPEN, _CLOSE, _NUMBER = (
    1 << (21 + bit) for bit in range(12)
)
_BRACKETS = "()", "[]", "«»", "“”", "（）"
_PLAIN = 1 << 33  # of a word: nothing stands between it and the one before it but white space
_FOLLOWS = 1 << 34  # it is in one line with the one before it, and no other sign is between them
_SLOTS = 1 << (2 * MOST_WORDS + 1).bit_length()


def word_disorder(codes: UInt32, ends: Int64, out: Float64) -> None:
    """Fill in `out`, [texts], of texts that follow one another: text i ends before codes[ends[i]].

    Probability that the words stand in random order, were one in exp(PRIOR) texts so; 0 with too few words.
    """
    evidence = np.zeros((len(ends), len(MOST)))
    n_words = np.zeros(len(ends), np.int64)
    order_evidence(codes, ends, evidence, n_words)
    total = np.clip(evidence, -np.array(MOST_AGAINST), MOST).sum(axis=1)
    out[:] = np.where(n_words >= LEAST_WORDS, 1 / (1 + np.exp(PRIOR - total)), 0.0)


def order_evidence(codes: UInt32, ends: Int64, evidence: Float64, n_words: Int64) -> None:
    """Fill in nats by kind, [texts, 5], and the number of words, [texts]."""
    words = np.zeros((MOST_WORDS, 2), np.int64)
    table = np.zeros(_SLOTS, np.uint64), np.full(_SLOTS, -1, np.int64), np.zeros((_SLOTS, 2), np.int64)
    _fill(codes, ends, _traits(), words, *table, evidence, n_words)


@cache
def _traits() -> Int64:
    """[N_CODES]: above the fold, all that matters here."""
    kind, case = kinds(), case_traits()
    table = folds().astype(np.int64)
    stops, opens, closes = (np.zeros(N_CODES, np.bool_) for _ in range(3))
    stops[[ord(char) for char in FULL_STOPS]] = True
    opens[[ord(pair[0]) for pair in _BRACKETS]] = True
    closes[[ord(pair[1]) for pair in _BRACKETS]] = True
    lines = np.zeros(N_CODES, np.bool_)
    lines[[0x0A, 0x0D, 0x2028, 0x2029]] = True
    for held, bit in (
        *(((kind == LETTER) | (kind == MARK), _LETTER), (kind == NUMBER, _NUMBER), (unspaced(), _UNSPACED)),
        *((kind == SPACE, _BLANK), (lines, _LINE), (kind == IGNORED, _HIDDEN), (case == SMALL, _SMALL)),
        *((case == CAPITAL, _CAPITAL), (sentence_ends(), _END), (stops, _STOP), (opens, _OPEN), (closes, _CLOSE)),
    ):
        table[held] |= bit
    return table


@compiled
def _slot(table: UInt64, owner: Int64, turn: int, key: np.uint64) -> int:
    """Where a key lies in the table, or would, in this turn."""
    mask = np.uint64(len(table) - 1)
    slot = (key ^ (key >> np.uint64(32))) & mask
    while owner[slot] == turn and table[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@compiled
def _read(
    codes: UInt32, start: int, end: int, traits: Int64, words: Int64, table: UInt64, owner: Int64, turn: int
) -> int:
    """Fill in the words of a text, [words, 2]: which one it is (its first place), and its traits; how many."""
    n = 0
    hashed, letters, seen, first_case = np.uint64(0), 0, 0, 0
    lead, tail, odd = 0, 0, False  # signs before its first letter, and after its last; whether it counts for none
    link, before = 0, False  # the last word is in this line; signs end it
    for at in range(start, end + 1):
        trait = traits[codes[at]] if at < end else _BLANK | _LINE
        if trait & _HIDDEN:
            continue
        if not trait & _BLANK:
            if trait & (_LETTER | _NUMBER):
                if seen == 0:
                    first_case = trait & (_SMALL | _CAPITAL)
                letters += 1 if trait & _LETTER else 0
                odd = odd or trait & _UNSPACED != 0
                hashed = (hashed ^ np.uint64(trait & 0x1FFFFF)) * np.uint64(0x9E3779B97F4A7C15)
                hashed ^= hashed >> np.uint64(29)
                seen, tail = seen + 1, 0
            elif seen:
                tail |= trait
            else:
                lead |= trait
            continue
        if letters and not odd:
            slot = _slot(table, owner, turn, hashed)
            if owner[slot] != turn:
                owner[slot], table[slot] = turn, hashed
            words[n, 0] = slot
            kept = first_case | (tail & _CLOSE) | (lead & _OPEN)
            if tail & _END:
                kept |= _END
                if tail & _STOP and letters == seen and letters >= LETTERS_BEFORE:
                    kept |= _STOP
            if link:
                kept |= _FOLLOWS
                if not before and lead == 0:
                    kept |= _PLAIN
            words[n, 1] = kept
            n += 1
            link, before = 1, tail != 0
            if n == len(words):
                break
        elif seen:
            link = 0
        elif lead & _END and n:  # a mark that stands alone, as a danda may
            words[n - 1, 1] |= _END
            before = True
        elif lead:
            link = 0
        if trait & _LINE:
            link = 0
        hashed, letters, seen, first_case = np.uint64(0), 0, 0, 0
        lead, tail, odd = 0, 0, False
    return n


@compiled
def _twins(words: Int64, n: int, counts: Int64) -> float:
    """Nats of common words that follow themselves. One that does far more often than at random is a refrain."""
    for at in range(n):
        counts[words[at, 0]] = 0
    n_pairs = 0
    for at in range(n):
        word = words[at, 0]
        counts[word, 0] += 1
        if words[at, 1] & _PLAIN:
            n_pairs += 1
            counts[word, 1] += word == words[at - 1, 0]
    nats = 0.0
    for at in range(n):
        word = words[at, 0]
        count, twins = counts[word, 0], counts[word, 1]
        counts[word] = 0
        if count < 3 or count < COMMON * n:
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
        if not words[at, 1] & _PLAIN or one == other:
            continue
        slot = _slot(table, owner, turn, np.uint64(one << 20 | other) * np.uint64(0x9E3779B97F4A7C15))
        if owner[slot] != turn:
            owner[slot], counts[slot, 0] = turn, 0
            table[slot] = np.uint64(one << 20 | other) * np.uint64(0x9E3779B97F4A7C15)
        counts[slot, 0] += 1
        again += counts[slot, 0] > 1
        back = _slot(table, owner, turn, np.uint64(other << 20 | one) * np.uint64(0x9E3779B97F4A7C15))
        turned += owner[back] == turn and counts[slot, 0] <= counts[back, 0]
    return turned * np.log(0.5 / TURNED) + again * np.log(0.5 / (1 - TURNED))


@compiled
def _of_signs(words: Int64, n: int) -> tuple[float, float, float]:
    """Nats of small letters after full stops, of sentences of one word, and of brackets."""
    small, capital, lone, after_small, after_capital = 0, 0, 0, 0, 0
    n_ends, n_pairs, lone_ends = 0, 0, 0
    n_brackets, crossed, inside = 0, 0, False
    for at in range(n):
        trait = words[at, 1]
        last = words[at - 1, 1] if at else 0
        small += trait & _SMALL != 0
        capital += trait & _CAPITAL != 0
        lone += trait & _CAPITAL != 0 and not last & _CAPITAL
        if last & _STOP:
            after_small += trait & _SMALL != 0
            after_capital += trait & _CAPITAL != 0
        n_ends += trait & _END != 0
        n_pairs += trait & _FOLLOWS != 0
        lone_ends += trait & _FOLLOWS != 0 and trait & _END != 0 and last & _END != 0
        if trait & _OPEN:
            n_brackets, crossed, inside = n_brackets + 1, crossed + inside, True
        if trait & _CLOSE:
            n_brackets, crossed, inside = n_brackets + 1, crossed + (not inside), False
    case = 0.0
    if lone >= after_small + after_capital:  # who writes hardly a capital is in no disorder
        share = (small + 1) / (small + capital + 2)
        case = after_small * np.log(share / SMALL_AFTER) + after_capital * np.log((1 - share) / (1 - SMALL_AFTER))
    at_random = n_ends * (n_ends - 1) / (n * (n - 1)) * n_pairs
    single = -lone_ends * np.log(LONE_ENDS) - at_random * (1 - LONE_ENDS)
    brackets = crossed * np.log(0.5 / CROSSED) + (n_brackets - crossed) * np.log(0.5 / (1 - CROSSED))
    return case, single, brackets


@compiled
def _fill(
    codes: UInt32,
    ends: Int64,
    traits: Int64,
    words: Int64,
    table: UInt64,
    owner: Int64,
    counts: Int64,
    evidence: Float64,
    n_words: Int64,
) -> None:
    start = 0
    for text in range(len(ends)):
        n = _read(codes, start, ends[text], traits, words, table, owner, 2 * text)
        start, n_words[text] = ends[text], n
        if n < LEAST_WORDS:
            continue
        evidence[text, _CASE], evidence[text, _LONE], evidence[text, _CROSSED] = _of_signs(words, n)
        evidence[text, _TWINS] = _twins(words, n, counts)
        evidence[text, _TURNED] = _turned(words, n, table, owner, counts, 2 * text + 1)
