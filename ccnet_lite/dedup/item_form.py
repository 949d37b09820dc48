"""The form that items of a reference share: a benchmark's instructions and headings, which are not what it asks.

An n-gram that many of a reference's items hold tells its template. Of an item only the tokens outside such n-grams
count, so that neither a page with the template alone holds every item, nor a copied question too little of one.

Not handled: templates of less than SHARE of the items, as a file of many subjects may have; give a file of each.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.dedup.overlap import UInt64, ngram_hashes, own_ngrams

FORM_ITEMS = 5000
"""Items that are looked at for their form: a reference's first."""
SHARE, LEAST = 0.25, 20
"""Of these items so many hold an n-gram of their form, and no fewer than LEAST. A passage with a few dozen
questions is no form, where a reference has other passages."""


def shared_ngrams(items: Sequence[UInt64]) -> UInt64:
    """The n-grams of the items' form, ascending. items: the distinct n-grams of each.

    >>> question = [np.array([1, 2, 100 + number], np.uint64) for number in range(20)]
    >>> shared_ngrams(question).tolist(), shared_ngrams(question[1:]).tolist()
    ([1, 2], [])
    """
    ngrams, counts = np.unique(np.concatenate([np.zeros(0, np.uint64), *items]), return_counts=True)
    return ngrams[counts >= max(LEAST, SHARE * len(items))]


def item_ngrams(tokens: UInt64, ngram: int, min_tokens: int, form: UInt64) -> tuple[UInt64, set[int]]:
    """The distinct n-grams of an item, ascending, and their lengths. form: of `shared_ngrams`.

    Those of its stretches of `min_tokens` tokens or more outside the form; where it has none, all n-grams that are
    not of the form; where there is none either, all of them. tokens: min_tokens at the least.
    """
    own, length = own_ngrams(tokens, ngram, min_tokens), min(ngram, len(tokens))
    left = np.setdiff1d(own, form, assume_unique=True)
    if len(left) == len(own):
        return own, {length}
    stretches = [each for each in _outside(tokens, length, form) if len(each) >= min_tokens]
    if stretches:
        lengths = {min(ngram, len(each)) for each in stretches}
        return np.unique(np.concatenate([own_ngrams(each, ngram, min_tokens) for each in stretches])), lengths
    return (left if len(left) else own), {length}


def _outside(tokens: UInt64, length: int, form: UInt64) -> list[npt.NDArray[np.uint64]]:
    """The stretches of tokens that no n-gram of the form covers."""
    begins = np.flatnonzero(np.isin(ngram_hashes(tokens, length), form))
    edges = np.zeros(len(tokens) + 1, np.int64)
    edges[begins] += 1
    edges[begins + length] -= 1
    free = np.concatenate(([False], np.cumsum(edges)[:-1] == 0, [False]))
    places = np.flatnonzero(free[1:] != free[:-1])
    return [tokens[begin:end] for begin, end in zip(places[::2], places[1::2], strict=True)]
