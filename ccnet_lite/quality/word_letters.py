"""How many letters words have on average in scripts that put no spaces between them, and so in a text of these.

Measured on words found by dictionaries in clean prose and, for Lao and Khmer, in the Declaration of Human Rights:
jieba 0.42 (Chinese, 65,412 words), janome 0.5 (Japanese, 52,146 words in hiragana, 404 in katakana), pythainlp 5.4
(Thai, 28,523), laonlp 1.3 (Lao, 2,288), khmer-nltk 1.6 (Khmer, 1,949). The others are given the mean of Thai, Lao
and Khmer.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, N_CODES, kinds, script_codes, scripts, unspaced
from ccnet_lite.text.compiled import compiled

UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

LETTERS = {"Hani": 1.8, "Hira": 1.5, "Kana": 4.4, "Thai": 3.6, "Laoo": 3.4, "Khmr": 3.2}
OTHERS = 3.4


@cache
def _word_shares() -> Float64:
    """[N_CODES]: what part of a word a letter of an unspaced script is; 0 for all else."""
    by_script = np.array([1 / LETTERS.get(code, OTHERS) for code in script_codes()])
    table = np.zeros(N_CODES)
    letters = unspaced() & (kinds() == LETTER)
    table[letters] = by_script[scripts()[letters]]
    return table


def letters_a_word(codes: UInt32, ends: Int64, n_words: Int64) -> Float64:
    """[texts]: letters of unspaced scripts count as words; how many of all these are a word, on average.

    1 where no letter is of such a script. codes, ends: texts one behind another, text i ends before
    codes[ends[i]]. n_words: of each, as quality.heuristics counts them.
    """
    out = np.ones(len(ends))
    _fill(codes, ends, n_words, _word_shares(), out)
    return out


@compiled
def _fill(codes: UInt32, ends: Int64, n_words: Int64, shares: Float64, out: Float64) -> None:
    start = 0
    for text in range(len(ends)):
        n_letters, words = 0, 0.0
        for at in range(start, ends[text]):
            share = shares[codes[at]]
            if share > 0.0:
                n_letters += 1
                words += share
        if n_letters:
            words += max(0, n_words[text] - n_letters)
            out[text] = max(n_words[text], n_letters) / words
        start = ends[text]
