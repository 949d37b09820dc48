"""Language identification by a fastText classifier, in batches.

The model sees a text on one line: its first `max_chars` characters, line breaks replaced by a space or, as
in CCNet, by nothing. Case and punctuation are left to the model, which was trained with them.

Not handled here: thresholds and lists of languages (a later stage decides), mixed texts (one label a text).
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.models.classifier import load_classifier
from ccnet_lite.models.fasttext_file import check_classifier
from ccnet_lite.models.languages import UNDETERMINED, language_code
from ccnet_lite.text.given import refuse_one


class LanguageIdentifier:
    """A loaded classifier. It can't be pickled: each process loads its own, by `load_identifier`."""

    def __init__(self, path: Path, newline: Literal["space", "delete"] = "space", max_chars: int = 0) -> None:
        """Load a model.

        Args:
            path: A fastText model whose labels are language codes (see languages.py).
            newline: What stands for a line break.
            max_chars: Identify on this many first characters; 0 takes the whole text.

        Raises:
            UserError: when the file is no such model.
        """
        check_classifier(path)
        self._classifier = load_classifier(path)
        self._newline = b" " if newline == "space" else b""
        self._max_chars = max_chars or None
        try:
            self.codes = [language_code(label) for label in self._classifier.labels]
            """The code of each of the model's labels, which may share one."""
        except ValueError as error:
            raise UserError(f"model {path} does not identify languages: {error}") from None

    def identify(self, texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.float64]]:
        """The language of each text and the model's probability for it.

        Returns:
            Codes (`und` for a text of white space only), and [n_texts] probabilities in 0..1, not rounded
            (fastText's can exceed 1 by its rounding; they are clipped).

        Raises:
            UserError: one text was given in place of several (as of the methods below).
        """
        codes, scores = self.best(texts, 1)
        return [each[0] for each in codes], scores[:, 0]

    def best(self, texts: Sequence[str], k: int) -> tuple[list[list[str]], npt.NDArray[np.float64]]:
        """The k likeliest languages of each text, the likeliest first, and their probabilities [n_texts, k].

        As of `identify`; `und` with 0 where there are fewer.
        """
        lines, blank = self._lines(texts)
        labels, scores = self._classifier.best(lines, k)
        labels[blank], scores[blank] = -1, 0.0
        codes = [*self.codes, UNDETERMINED]  # -1, no label, is the last one's
        return [[codes[label] for label in row] for row in labels.tolist()], _probabilities(scores)

    def distribution(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """The probability of every label, [n_texts, labels] in the order of `codes`; zeros for `und`."""
        lines, blank = self._lines(texts)
        scores = self._classifier.distribution(lines)
        scores[blank] = 0.0
        return _probabilities(scores)

    def _lines(self, texts: Sequence[str]) -> tuple[list[bytes], npt.NDArray[np.bool_]]:
        """What the model sees of each text, and whether that is blank."""
        refuse_one(texts)
        begun = [text[: self._max_chars] for text in texts]
        lines = [text.encode().replace(b"\n", self._newline) for text in begun]
        return lines, np.array([not text or text.isspace() for text in begun], np.bool_)


def _probabilities(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    return np.minimum(scores, 1.0, dtype=np.float64)


@lru_cache(maxsize=4)
def load_identifier(path: Path, newline: Literal["space", "delete"], max_chars: int) -> LanguageIdentifier:
    """The identifier, loaded once a process."""
    return LanguageIdentifier(path, newline, max_chars)
