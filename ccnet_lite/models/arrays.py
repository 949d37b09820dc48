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

from ccnet_lite.models.ngram_scores import log10_scores
from ccnet_lite.models.ngrams import Ngrams, read_ngrams
from ccnet_lite.models.normal_form import SPACE
from ccnet_lite.models.segment import cut, memory
from ccnet_lite.models.unigram import Unigram, read_unigram
from ccnet_lite.models.vocabulary import word_numbers

_OWNERS = itertools.count(1)
_LOCK = threading.Lock()  # the memory of words is one for all threads


class Arrays(NamedTuple):
    """Both models; numbers: [n_pieces] of the first, in the second; owner: of the words remembered."""

    pieces: Unigram
    numbers: npt.NDArray[np.int32]
    ngrams: Ngrams
    owner: int


def read_arrays(pieces: Any, lm_path: Path) -> Arrays | None:
    """The arrays of a loaded SentencePiece model and a KenLM file; None where they have to be asked themselves."""
    read = read_unigram(pieces)
    ngrams = read_ngrams(lm_path) if read else None
    if read is None or ngrams is None:
        return None
    unigram, text, spans = read
    return Arrays(unigram, word_numbers(ngrams.vocabulary, text, spans), ngrams, next(_OWNERS))


def can_cut(text: str) -> bool:
    """Whether a text is one whose words can be cut one by one: it holds no `▁` of its own, nor will its form."""
    return SPACE not in text


def score_forms(
    arrays: Arrays, text: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """log10 of each text's probability as a sentence, and its number of pieces.

    text, bounds: of `lm_forms`, texts that `can_cut` allows.
    """
    with _LOCK:
        numbers, begins = cut(
            arrays.pieces, arrays.numbers, arrays.ngrams.vocabulary, text, bounds, memory(), arrays.owner
        )
    return log10_scores(arrays.ngrams, numbers, begins), np.diff(begins)
