"""Whether a text is written in sentences, so that its words have an order: lists, rolls of names and tables have none.

Texts that say the same again and again (litanies, songs, drills) have an order of another kind. Asked of few texts,
those of which a language model says that they have none. Not handled: verse without stops.
"""

from itertools import pairwise

import regex

from ccnet_lite.text.scripts import dominant_script, is_unspaced

WORDS_A_SENTENCE = 4, 40
"""Words between two stops behind words, on average, at least and at most. Items are shorter, lists longer."""
WORDS_A_LINE = 6
"""Words of a line on average, at least."""
MOST_NUMBERS = 0.125
"""Of the words: share of those with digits."""
LETTERS_A_PHRASE = 8
"""In a script without spaces: letters between two signs or spaces on average, at least."""
MOST_AGAIN = 0.15
"""Of the pairs of words: share of those that came before. In random order it is a few hundredths."""
_CLOSING = r"""["'”’»)\]」』）]*"""
_END = regex.compile(rf"\p{{L}}[\p{{L}}\p{{M}}]+{_CLOSING} ?[.!?…।۔؟։።]+{_CLOSING}(?=\s|$)")
_PHRASE = regex.compile(r"[\p{L}\p{M}]+")


def in_sentences(text: str) -> bool:
    """Whether a text's stops, lines and numbers are those of sentences.

    >>> in_sentences("The sea was calm that day. Nobody had been out on it.")
    True
    >>> in_sentences("Smith, Anna. Jones, Peter. Brown, Tom.")
    False
    """
    script, _ = dominant_script(text)
    if is_unspaced(script):
        phrases = _PHRASE.findall(text)
        return sum(map(len, phrases)) >= LETTERS_A_PHRASE * max(len(phrases), 1)
    words = text.split()
    n_lines = sum(bool(line.strip()) for line in text.split("\n"))
    if len(words) < WORDS_A_LINE * n_lines:
        return False
    if sum(any(map(str.isdigit, word)) for word in words) > MOST_NUMBERS * len(words):
        return False
    pairs = list(pairwise("".join(_PHRASE.findall(word.lower())) for word in words))
    if len(pairs) - len(set(pairs)) > MOST_AGAIN * len(pairs):
        return False
    least, most = WORDS_A_SENTENCE
    n_ends = len(_END.findall(text))
    return 0 < least * n_ends <= len(words) <= most * n_ends
