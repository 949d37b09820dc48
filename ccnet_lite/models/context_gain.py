"""How much the words before say of a text's words, against the same words in random order.

A language model knows a word by itself and after others. In a text the words before make a word likelier, in
random order rather less likely: nearly all pairs are such as nobody writes. What is compared is log10 of how
much likelier they make it (its gain, ngram_scores), of each word's first piece, since the pieces inside a word
follow one another in any order of words. In scripts without spaces each piece counts as a word.

How much a model can say depends on the language, its pieces and its reference: the gain is taken as a share of
what it is in the language's own prose (`Strength`, which train-lm records). Where it is low, what the text's
words gain in random order is not taken from the model but from the text: its words are put into random order,
some times over.

Not handled: whether a text has an order at all (lists and rolls of names have none).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.ngram_scores import log10_scores
from ccnet_lite.models.ngrams import BUCKETS, COUNT, Ngrams
from ccnet_lite.text.characters import LETTER, code_points, kinds, script_codes, scripts
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.scripts import is_unspaced

LEAST_WORDS = 24
"""Words of a text, the first one aside, that are asked."""
LEAST_ORDER = 0.15
"""What a model must gain in prose: one of 40,000 characters of Korean gains .19, one of 75,000 of Turkish .15."""
MOST_ORDER = 0.7
"""What counts of it: where all of a reference is of one kind, other prose of the language gains far less."""
LEAST_PAIRS = 100_000
"""Pairs of pieces of a model of which no strength is recorded."""
ASKED = 0.4
"""Shares below which a text's own words are put into random order; prose of another domain seldom lies there."""
CLEAR = 0.4
"""A share that no more rounds are needed for."""
ERRORS = 1.25
"""Standard errors that are added: of a short text little is sure."""
ROUNDS, MOST_PIECES = 4, 4096
"""How often words are put into random order at most; pieces of a text in all rounds together, if not in one."""
BEGINS, LONE, SAYS = 1, 2, 4
"""Of pieces: it begins a word; it is a space by itself, so that the next one begins a word; it has a letter."""

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Traits = npt.NDArray[np.uint8]
_U = np.uint64


class Strength(NamedTuple):
    """Of a model, over texts of its language: a word's mean gain in random order; how much more it is in order."""

    random: float
    order: float


UNKNOWN = Strength(-0.1, 0.25)
"""Stands for the strength of a model that has none recorded, such as CCNet's: less than those of one
or two million characters have (.59 to .90)."""


def piece_traits(names: list[str], numbers: Ints, n_words: int) -> Traits:
    """[n_words] what each word of a language model is; names, numbers: of the pieces, the latter as its words."""
    codes = code_points("\n".join([*names, ""]))
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.append(0, ends[:-1] + 1)
    led = codes[starts] == ord("▁")
    first = codes[np.minimum(starts + led, ends)]
    unspaced = np.array([is_unspaced(code) for code in script_codes()])[scripts()[first]]
    letters = np.append(0, np.cumsum(kinds()[codes] == LETTER))
    found = np.where(led | unspaced, BEGINS, 0) | np.where(letters[ends] > letters[starts], SAYS, 0)
    found |= np.where(led & (ends - starts == 1), LONE, 0)
    traits = np.zeros(n_words, np.uint8)
    traits[numbers] = found
    traits[0] = 0  # what the model doesn't know
    return traits


def context_gains(
    ngrams: Ngrams, traits: Traits, numbers: Ints, begins: Places, gains: Floats, strength: Strength | None
) -> Numbers:
    """[n_texts] what the context says of a text's words, 0: as in random order, 1: as in the language's prose.

    It is the most that it may be, by `ERRORS` standard errors. Not a number for a text of too few words, or of a
    model that says too little of its own language.

    numbers, begins, gains: of `log10_scores`. strength: of the model, where that is known.
    """
    known = strength or UNKNOWN
    order = min(known.order, MOST_ORDER)
    if order < LEAST_ORDER or (strength is None and n_pairs(ngrams) < LEAST_PAIRS):
        return np.full(len(begins) - 1, np.nan)
    words, mean, variance = _means(*_sums(traits, numbers, begins, gains))
    found = (mean - known.random + ERRORS * np.sqrt(variance)) / order
    asked = np.flatnonzero((mean - known.random < ASKED * order) & (words >= LEAST_WORDS))
    total, left = np.zeros(len(asked)), np.arange(len(asked))
    for turn in range(1, ROUNDS + 1):
        if not len(left):
            break
        texts = asked[left]
        total[left] += random_gains(ngrams, traits, numbers, begins, texts, turn)
        error = ERRORS * np.sqrt(variance[texts] * (1 + 1 / turn))
        found[texts] = (mean[texts] - total[left] / turn + error) / order
        sizes = begins[texts + 1] - begins[texts]
        left = left[(found[texts] < CLEAR) & (sizes * (turn + 1) <= MOST_PIECES)]
    return np.where(words >= LEAST_WORDS, np.round(found, 3), np.nan)


def strength_of(ngrams: Ngrams, traits: Traits, numbers: Ints, begins: Places, gains: Floats) -> Strength | None:
    """A model's strength, by texts of its language that it has not read; None where none has words enough."""
    words, mean, _ = _means(*_sums(traits, numbers, begins, gains))
    texts = np.flatnonzero(words >= LEAST_WORDS)
    if not len(texts):
        return None
    at_random = random_gains(ngrams, traits, numbers, begins, texts, 1)
    return Strength(round(float(np.median(at_random)), 3), round(float(np.median(mean[texts] - at_random)), 3))


def n_pairs(ngrams: Ngrams) -> int:
    """How many pairs of pieces a model has, or has room for."""
    level = ngrams.tables.levels[0]
    return int(level[COUNT] if ngrams.tables.word_bits else level[BUCKETS])


def random_gains(
    ngrams: Ngrams, traits: Traits, numbers: Ints, begins: Places, texts: Places, turn: int
) -> Numbers:
    """Mean gain of a word of some texts, their words in random order: another one each turn, and always the
    same.
    """
    mixed, mixed_begins = _mixed(traits, numbers, begins, texts, turn)
    _, gains = log10_scores(ngrams, mixed, mixed_begins)
    return _means(*_sums(traits, mixed, mixed_begins, gains))[1]


def _means(words: Numbers, sums: Numbers, squares: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """How many words, their mean, and its variance."""
    n = np.maximum(words, 1)
    mean = sums / n
    return words, mean, np.maximum(squares / n - mean * mean, 0) / n


@compiled
def _sums(traits: Traits, numbers: Ints, begins: Places, gains: Floats) -> tuple[Numbers, Numbers, Numbers]:
    """[n_texts] each: words, but for the first of a text; the sums of their gains and of the squares of those."""
    n_texts = len(begins) - 1
    words, sums, squares = np.zeros(n_texts), np.zeros(n_texts), np.zeros(n_texts)
    for text in range(n_texts):
        begin, end = begins[text], begins[text + 1]
        count, total, square = 0, 0.0, 0.0
        if begin < end:
            before = np.uint8(0) if traits[numbers[begin]] & LONE else traits[numbers[begin]]
            known = numbers[begin] != 0
            for at in range(begin + 1, end):
                number = numbers[_U(at)]
                trait = traits[number]
                begins_word = before & LONE != 0 or trait & (BEGINS | LONE) == BEGINS
                if begins_word and trait & SAYS and known:
                    gain = np.float64(gains[_U(at)])
                    count += 1
                    total += gain
                    square += gain * gain
                before, known = trait, number != 0
        words[text], sums[text], squares[text] = count, total, square
    return words, sums, squares


@compiled
def _mixed(traits: Traits, numbers: Ints, begins: Places, texts: Places, turn: int) -> tuple[Ints, Places]:
    """The pieces of some texts, their words in random order, and where each text begins."""
    longest, size = 0, 0
    for text in texts:
        longest = max(longest, begins[text + 1] - begins[text])
        size += begins[text + 1] - begins[text]
    found, found_begins = np.empty(size, np.int32), np.zeros(len(texts) + 1, np.int64)
    starts = np.empty(longest + 1, np.int64)
    ends = np.empty(longest + 1, np.int64)
    out = 0
    for row in range(len(texts)):
        begin, end = begins[texts[row]], begins[texts[row] + 1]
        count = 0
        before = np.uint8(0)
        for at in range(begin, end):
            trait = traits[numbers[at]]
            if at == begin or (trait & BEGINS and (trait & LONE or not before & LONE)):
                if count:
                    ends[count - 1] = at
                starts[count] = at
                count += 1
            before = trait
        if count:
            ends[count - 1] = end
        state = np.uint64(0x9E3779B97F4A7C15) * np.uint64(turn)
        for last in range(count - 1, 0, -1):
            # Splitmix64, of fewer than 2**31 words.
            state += np.uint64(0x9E3779B97F4A7C15)
            drawn = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            drawn = (drawn ^ (drawn >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            other = np.int64((drawn >> np.uint64(33)) % np.uint64(last + 1))
            starts[last], starts[other] = starts[other], starts[last]
            ends[last], ends[other] = ends[other], ends[last]
        for word in range(count):
            for at in range(starts[word], ends[word]):
                found[out] = numbers[at]
                out += 1
        found_begins[row + 1] = out
    return found, found_begins
