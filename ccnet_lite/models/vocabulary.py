"""The words of a KenLM model by their hashes (MurmurHash64A with seed 0), for compiled code."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

_MULTIPLIER = np.uint64(0xC6A4A7935BD1E995)


class Vocabulary(NamedTuple):
    """hashes: [n_words] sorted; numbers: [n_words] the words' numbers, above 0; 0 stands for every other word."""

    hashes: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.int32]


@compiled
def word_number(vocabulary: Vocabulary, text: npt.NDArray[np.uint8], begin: int, end: int) -> int:
    """The number of the word that a stretch of text is."""
    wanted = _murmur(text, begin, end)
    place = np.searchsorted(vocabulary.hashes, wanted)
    if place < len(vocabulary.hashes) and vocabulary.hashes[place] == wanted:
        return int(vocabulary.numbers[place])
    return 0


@compiled
def word_numbers(
    vocabulary: Vocabulary, text: npt.NDArray[np.uint8], spans: npt.NDArray[np.int64]
) -> npt.NDArray[np.int32]:
    """[n_words] the number of each word; spans: [n_words, 2] from where to where in the text it is."""
    found = np.zeros(len(spans), np.int32)
    for word in range(len(found)):
        found[word] = word_number(vocabulary, text, spans[word, 0], spans[word, 1])
    return found


@compiled
def _murmur(text: npt.NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    value = np.uint64(end - begin) * _MULTIPLIER
    at = begin
    while end - at >= 8:
        block = np.uint64(0)
        for byte in range(8):
            block |= np.uint64(text[at + byte]) << np.uint64(8 * byte)
        at += 8
        block *= _MULTIPLIER
        block ^= block >> np.uint64(47)
        value = (value ^ block * _MULTIPLIER) * _MULTIPLIER
    if at < end:
        for byte in range(end - at):
            value ^= np.uint64(text[at + byte]) << np.uint64(8 * byte)
        value *= _MULTIPLIER
    value = (value ^ value >> np.uint64(47)) * _MULTIPLIER
    return value ^ value >> np.uint64(47)
