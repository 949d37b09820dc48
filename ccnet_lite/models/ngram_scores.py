"""Texts' probabilities under a KenLM model: KenLM's numbers, to the last bit, from its own tables.

As KenLM does (lm/model.cc), a word has the weight of the longest n-gram that ends with it, and the weights of the
longer contexts that it was not found with are added, from short to long; then the text's sum grows by that:
float32 at each step. Nothing that a damaged file says is followed out of its tables. A word's weight by itself,
which the tables hold, tells how much its context says of it: its gain.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.ngrams import (
    BACKOFFS,
    BUCKETS,
    COUNT,
    ENTRIES,
    GUIDE,
    GUIDE_BITS,
    MAX_ORDER,
    N_OFFSETS,
    NEXT_BITS,
    OFFSETS,
    PROBS,
    SIZE,
    TABLE,
    Ngrams,
    Tables,
)
from ccnet_lite.text.compiled import compiled, prefetch

_SIGN = np.uint32(0x80000000)
_FEW = 8  # n-grams among which halving finds one as fast as guessing
_NO_EXTENSION = np.uint32(0x80000000)  # a backoff of -0.0: no longer n-gram begins so
_AHEAD = 8  # words by which memory is asked before it is looked at

Ints = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Words = npt.NDArray[np.uint32]
_U = np.uint64


def log10_scores(ngrams: Ngrams, numbers: Ints, begins: Places) -> tuple[Floats, Floats]:
    """log10 of each text's probability, between the beginning and the end of a sentence; and each word's gain.

    numbers: the texts' words, one text after another; begins: [n_texts + 1] where each begins.

    Returns:
        [n_texts] and [n_words]; a gain is log10 of how much likelier the words before make a word, below 0 where
        they make it less likely.
    """
    gains = np.empty(len(numbers), np.float32)
    score = _scores_of_trie if ngrams.tables.word_bits else _scores_of_hashes
    scores: Floats = score(ngrams.tables, numbers, begins, ngrams.begin, ngrams.end, gains)
    return scores, gains


@compiled
def _scores_of_hashes(
    model: Tables, numbers: Ints, begins: Places, first: int, last: int, gains: Floats
) -> Floats:
    """By hash tables, from long n-grams to short ones: most often the first that is looked for is there.

    An n-gram is there only if its own beginning and its own end are (KenLM's programs see to that): so none is
    longer by more than a word than the one before it, and the contexts of that one are there. Where n-grams would
    be is known some words ahead, so that memory has them at hand when they are looked at.
    """
    halves, levels, order, unigrams = model.halves, model.levels, model.order, model.unigrams
    found = np.zeros(len(begins) - 1, np.float32)
    # Of the n-grams that end with a word, by length: hashes and where their entries would be. A row for the word
    # before, one for this word and one for each of those ahead.
    keys = np.zeros((_AHEAD + 2, MAX_ORDER + 1), np.uint64)
    homes = np.zeros((_AHEAD + 2, MAX_ORDER + 1), np.int64)
    for text in range(len(found)):
        total = np.float32(0.0)
        begin, end = begins[text], begins[text + 1]
        before, row, row_ahead, ahead = _AHEAD + 1, 0, 0, begin
        keys[_U(before), 1] = np.uint64(first)
        known = 1  # the length of the longest n-gram found that ends with the word before
        backoff = halves[_U(unigrams + 2 * first + 1)]  # and its weight as a context
        for at in range(begin, end + 1):
            while ahead <= min(at + _AHEAD, end):
                word = int(numbers[_U(ahead)]) if ahead < end else last
                key = np.uint64(word)
                keys[_U(row_ahead), 1] = key
                prefetch(halves, unigrams + 2 * word)
                for length in range(2, min(order, ahead - begin + 2) + 1):
                    begins_at = ahead - length + 1
                    other = np.uint32(numbers[_U(begins_at)]) if begins_at >= begin else np.uint32(first)
                    mixed = key * np.uint64(8978948897894561157)
                    key = mixed ^ np.uint64(np.uint32(other + np.uint32(1))) * np.uint64(17894857484156487943)
                    bucket = np.int64(key % np.uint64(levels[_U(length - 2), BUCKETS]))
                    home = levels[_U(length - 2), TABLE] + (3 if length == order else 4) * bucket
                    keys[_U(row_ahead), length], homes[_U(row_ahead), length] = key, home
                    prefetch(halves, home)
                ahead += 1
                row_ahead = row_ahead + 1 if row_ahead <= _AHEAD else 0
            used = known if known < order and backoff != _NO_EXTENSION else known - 1
            length = used + 1
            place = -1
            while length > 1:
                place = _find(halves, levels, order, length, keys[_U(row), length], homes[_U(row), length])
                if place >= 0:
                    break
                length -= 1
            if length == 1:
                place = unigrams + 2 * int(keys[_U(row), 1])
            bits = halves[_U(place)] if length == order else halves[_U(place)] | _SIGN
            probability = np.uint32(bits).view(np.float32)
            for missed in range(length, used + 1):
                weight = backoff
                if missed == 1 and known > 1:
                    weight = halves[unigrams + 2 * np.int64(keys[_U(before), 1]) + 1]
                elif missed < known:
                    there = _find(
                        halves, levels, order, missed, keys[_U(before), missed], homes[_U(before), missed]
                    )
                    weight = halves[_U(there + 1)] if there >= 0 else _NO_EXTENSION
                probability = np.float32(probability + np.uint32(weight).view(np.float32))
            total = np.float32(total + probability)
            if at < end:
                alone = halves[_U(unigrams + 2 * int(keys[_U(row), 1]))] | _SIGN
                gains[_U(at)] = probability - np.uint32(alone).view(np.float32)
            known = length
            backoff = halves[_U(place + 1)] if length < order else _NO_EXTENSION
            before, row = row, row + 1 if row <= _AHEAD else 0
        found[text] = total
    return found


@compiled
def _find(halves: Words, levels: Places, order: int, length: int, key: np.uint64, home: int) -> int:
    """The place of an n-gram's weights in its hash table, or -1; home: where its entry would be."""
    width = 3 if length == order else 4
    begin, buckets = levels[_U(length - 2), TABLE], levels[_U(length - 2), BUCKETS]
    low, high = np.uint32(key), np.uint32(key >> np.uint64(32))
    place = home
    for _ in range(buckets):
        if halves[_U(place)] == low and halves[_U(place + 1)] == high:
            return place + 2
        if halves[_U(place)] == 0 and halves[_U(place + 1)] == 0:
            return -1
        place += width
        if place == begin + width * buckets:
            place = begin
    return -1


@compiled
def _scores_of_trie(model: Tables, numbers: Ints, begins: Places, first: int, last: int, gains: Floats) -> Floats:
    """By a trie, from short n-grams to long ones, as KenLM does."""
    words, halves, levels, guides = model.words, model.halves, model.levels, model.guides
    found = np.zeros(len(begins) - 1, np.float32)
    context = np.zeros(MAX_ORDER, np.uint32)
    # Of the context that the next word has: its words, and the weight of each length.
    backoffs, next_backoffs = np.zeros(MAX_ORDER, np.uint32), np.zeros(MAX_ORDER, np.uint32)
    for text in range(len(found)):
        total = np.float32(0.0)
        context[0] = first
        backoffs[0] = halves[model.unigrams + 4 * first + 1]
        used = 1
        for at in range(begins[text], begins[text + 1] + 1):
            word = int(numbers[at]) if at < begins[text + 1] else last
            probability, length, next_used = _look_up(
                words, halves, levels, guides, model.unigrams, model.order, model.n_words, model.word_bits,
                model.prob_bits, model.backoff_bits, word, context, used, next_backoffs,
            )  # fmt: skip
            for index in range(length - 1, used):
                probability = np.float32(probability + np.uint32(backoffs[index]).view(np.float32))
            for index in range(next_used):
                backoffs[index] = next_backoffs[index]
            total = np.float32(total + probability)
            if at < begins[text + 1]:
                gains[at] = probability - np.uint32(halves[model.unigrams + 4 * word]).view(np.float32)
            for index in range(next_used - 1, 0, -1):
                context[index] = context[index - 1]
            context[0] = word
            used = next_used
        found[text] = total
    return found


@compiled
def _look_up(
    words: npt.NDArray[np.uint64], halves: Words, levels: Places, guides: Ints, unigrams: int, order: int,
    n_words: int, word_bits: int, prob_bits: int, backoff_bits: int, word: int, context: Words, used: int,
    backoffs: Words,
) -> tuple[np.float32, int, int]:  # fmt: skip
    """A word after `used` words of a context, the last first.

    Returns:
        The weight of the longest n-gram found, its length, and how many words the next context has; their
        weights are in `backoffs`.
    """
    word_mask = np.uint64((1 << word_bits) - 1)
    place = unigrams + 4 * word
    bits, backoff = halves[place], halves[place + 1]
    backoffs[0] = backoff
    next_used = 1 if backoff != _NO_EXTENSION else 0
    length = 1
    low, high = words[place // 2 + 1], words[place // 2 + 3]
    while length <= used:
        level = length - 1
        high = min(high, np.uint64(levels[level, COUNT]))
        if low >= high:
            break
        # The n-grams from low to high are sorted by this word: guess where it is among those left.
        wanted = np.uint64(context[level])
        base, size = levels[level, ENTRIES], levels[level, SIZE]
        below, above = np.int64(low) - 1, np.int64(high)
        below_word, above_word = np.uint64(0), np.uint64(n_words - 1)
        entry = np.int64(-1)
        while above - below > 1:
            width = above - below - 1
            if width > _FEW:
                share = np.float64(wanted - below_word) / np.float64(above_word - below_word + np.uint64(1))
                middle = below + 1 + min(np.int64(share * width), width - 1)
            else:
                middle = (below + above) >> 1
            there = _bits(words, base + middle * size) & word_mask
            if there < wanted:
                below, below_word = middle, there
            elif there > wanted:
                above, above_word = middle, there
            else:
                entry = middle
                break
        if entry < 0:
            break
        length += 1
        bit = base + entry * size + word_bits
        if prob_bits:
            weights = _bits(words, bit)
            if length < order:
                bin_mask = np.uint64((1 << backoff_bits) - 1)
                backoff = halves[levels[level, BACKOFFS] + np.int64(weights & bin_mask)]
                weights >>= np.uint64(backoff_bits)
            bits = halves[levels[level, PROBS] + np.int64(weights & np.uint64((1 << prob_bits) - 1))]
            bit += prob_bits + backoff_bits
        else:
            bits = np.uint32(_bits(words, bit)) | _SIGN
            if length < order:
                backoff = np.uint32(_bits(words, bit + 31))
            bit += 63
        if length == order:
            break
        backoffs[level + 1] = backoff
        if backoff != _NO_EXTENSION:
            next_used = length
        next_bits = levels[level, NEXT_BITS]
        next_mask = np.uint64((1 << next_bits) - 1)
        low, high = _bits(words, bit) & next_mask, _bits(words, bit + size) & next_mask
        if levels[level, N_OFFSETS]:
            # A pointer's high bits: how many entries of the array, the first aside, are not above its own number.
            begin = levels[level, OFFSETS]
            end = begin + levels[level, N_OFFSETS]
            bucket = levels[level, GUIDE] + (entry >> levels[level, GUIDE_BITS])
            left, right = begin + guides[bucket], begin + guides[bucket + 1]
            while left < right:
                half = (left + right) >> 1
                if words[half] <= np.uint64(entry):
                    left = half + 1
                else:
                    right = half
            low |= np.uint64(left - 1 - begin) << np.uint64(next_bits)
            while left < end and words[left] <= np.uint64(entry + 1):
                left += 1
            high |= np.uint64(left - 1 - begin) << np.uint64(next_bits)
    return np.uint32(bits).view(np.float32), length, next_used


@compiled
def _bits(words: npt.NDArray[np.uint64], bit: int) -> np.uint64:
    """The 64 bits from a bit on."""
    place = bit >> 6
    shift = np.uint64(bit & 63)
    return np.uint64(words[place] >> shift | words[place + 1] << np.uint64(1) << (np.uint64(63) - shift))
