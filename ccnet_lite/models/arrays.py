"""A language's two models as arrays: texts in their normal form to probabilities, in compiled code.

The numbers are SentencePiece's and KenLM's own, to the last bit. `read_arrays` gives None for models that the
arrays can't stand for (see unigram.py and ngrams.py).
"""

import itertools
import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.context_gain import Traits, piece_traits
from ccnet_lite.models.ngram_scores import log10_scores
from ccnet_lite.models.ngrams import Ngrams, read_ngrams
from ccnet_lite.models.normal_form import SPACE
from ccnet_lite.models.segment import cut, memory
from ccnet_lite.models.unigram import Unigram, read_unigram
from ccnet_lite.models.vocabulary import word_numbers

_OWNERS = itertools.count(1)
_LOCK = threading.Lock()  # the memory of words is one for all threads


class Arrays(NamedTuple):
    """Both models.

    numbers: [n_pieces] of the first, in the second; traits: of the second's words; owner: of the words remembered.
    """

    pieces: Unigram
    numbers: npt.NDArray[np.int32]
    ngrams: Ngrams
    traits: Traits
    owner: int


def read_arrays(pieces: Any, lm_path: Path) -> Arrays | None:
    """The arrays of a loaded SentencePiece model and a KenLM file; None where they have to be asked themselves."""
    read = read_unigram(pieces)
    ngrams = read_ngrams(lm_path) if read else None
    if read is None or ngrams is None:
        return None
    unigram, text, spans = read
    numbers = word_numbers(ngrams.vocabulary, text, spans)
    names = pieces.id_to_piece(list(range(len(numbers))))
    traits = piece_traits(names, numbers, ngrams.tables.n_words)
    return Arrays(unigram, numbers, ngrams, traits, next(_OWNERS))


def can_cut(text: str) -> bool:
    """Whether a text is one whose words can be cut one by one: it holds no `▁` of its own, nor will its form."""
    return SPACE not in text


class Cut(NamedTuple):
    """Texts as words of a language model, one text after another.

    begins: [n_texts + 1] where each begins; gains: of each word, see `log10_scores`.
    """

    numbers: npt.NDArray[np.int32]
    begins: npt.NDArray[np.int64]
    gains: npt.NDArray[np.float32]


def score_forms(
    arrays: Arrays, text: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64], Cut]:
    """log10 of each text's probability as a sentence, its number of pieces, and the pieces of all.

    text, bounds: of `lm_forms`, texts that `can_cut` allows.
    """
    with _LOCK:
        numbers, begins = cut(
            arrays.pieces, arrays.numbers, arrays.ngrams.vocabulary, text, bounds, memory(), arrays.owner
        )
    scores, gains = log10_scores(arrays.ngrams, numbers, begins)
    return scores, np.diff(begins), Cut(numbers, begins, gains)
