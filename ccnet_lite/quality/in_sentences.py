"""Whether a text is written in sentences, so that its words have an order: lists, rolls of names and tables have
none.

Texts that say the same again and again (litanies, songs, drills) have an order of another kind. Asked of few
texts, those of which a language model says that they have none. Not handled: verse without stops.
"""

from itertools import pairwise

import numpy as np

from ccnet_lite.text.characters import LETTER, MARK, code_points, kinds
from ccnet_lite.text.scripts import dominant_script, is_unspaced

WORDS_A_SENTENCE = 4, 40
"""Words between two stops behind words, on average, at least and at most. Items are shorter, lists longer."""
WORDS_A_LINE = 6
"""Words of a line on average, at least."""
MOST_NUMBERS = 0.125
"""Of the words: share of those with digits."""
LETTERS_A_PHRASE = 8
"""In a script without spaces: letters between two signs or spaces on average, at least."""
MOST_AGAIN, FIRST_WORDS = 0.15, 300
"""Of the pairs of so many words: share of those that came before. In random order it is a few hundredths."""
_CLOSING, _STOPS = "\"'”’»)]」』）", ".!?…।۔؟։።"
_AROUND = f"{_CLOSING}{_STOPS},;:،؛([“„«‘"


def in_sentences(text: str) -> bool:
    """Whether a text's stops, lines and numbers are those of sentences.

    >>> in_sentences("The sea was calm that day. Nobody had been out on it.")
    True
    >>> in_sentences("Smith, Anna. Jones, Peter. Brown, Tom.")
    False
    """
    script, _ = dominant_script(text)
    if is_unspaced(script):
        letters = np.append(False, np.isin(kinds()[code_points(text)], (LETTER, MARK)))
        n_phrases = np.count_nonzero(letters[1:] & ~letters[:-1])
        return bool(np.count_nonzero(letters) >= LETTERS_A_PHRASE * n_phrases > 0)
    words = text.split()
    n_lines = sum(bool(line.strip()) for line in text.split("\n"))
    if len(words) < WORDS_A_LINE * n_lines:
        return False
    if sum(any(map(str.isdigit, word)) for word in words) > MOST_NUMBERS * len(words):
        return False
    pairs = list(pairwise(word.lower().strip(_AROUND) for word in words[:FIRST_WORDS]))
    if len(pairs) - len(set(pairs)) > MOST_AGAIN * len(pairs):
        return False
    n_ends = sum(map(_ends_sentence, words, ["", *words]))
    least, most = WORDS_A_SENTENCE
    return 0 < least * n_ends <= len(words) <= most * n_ends


def _ends_sentence(word: str, before: str) -> bool:
    """Whether a stop follows a word of letters, no number, no initial; by itself it follows the word before."""
    end = word.rstrip(_CLOSING)
    core = end.rstrip(_STOPS)
    if core == end:
        return False
    last = code_points((core or before).rstrip(_CLOSING)[-2:])
    return len(last) == 2 and bool(np.isin(kinds()[last], (LETTER, MARK)).all())
