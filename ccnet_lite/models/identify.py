"""Language identification by a fastText classifier, in batches.

The model sees a text on one line: its first `max_chars` characters, line breaks replaced by a space or, as
in CCNet, by nothing. Case and punctuation are left to the model, which was trained with them.

Not handled here: thresholds and lists of languages (a later stage decides), mixed texts (one label a text).
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import fasttext
import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.models.fasttext_file import check_classifier
from ccnet_lite.models.languages import UNDETERMINED, language_code


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
        self._model = _load_model(path)
        self._newline = " " if newline == "space" else ""
        self._max_chars = max_chars or None
        try:
            self._codes = {label: language_code(label) for label in self._model.get_labels()}
        except ValueError as error:
            raise UserError(f"model {path} does not identify languages: {error}") from None

    def identify(self, texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.float64]]:
        """The language of each text and the model's probability for it.

        Returns:
            Codes (`und` for a text of white space only), and [n_texts] probabilities in 0..1, not rounded
            (fastText's can exceed 1 by its rounding; they are clipped).
        """
        lines = [text[: self._max_chars].replace("\n", self._newline) for text in texts]
        labels, probabilities = self._model.predict(lines) if lines else ([], [])
        codes = [UNDETERMINED] * len(lines)
        scores = np.zeros(len(lines), np.float64)
        for number, line in enumerate(lines):
            if labels[number] and line.strip():
                codes[number] = self._codes[labels[number][0]]
                scores[number] = min(float(probabilities[number][0]), 1.0)
        return codes, scores


@lru_cache(maxsize=4)
def load_identifier(path: Path, newline: Literal["space", "delete"], max_chars: int) -> LanguageIdentifier:
    """The identifier, loaded once a process."""
    return LanguageIdentifier(path, newline, max_chars)


def _load_model(path: Path) -> Any:
    check_classifier(path)
    try:
        return fasttext.load_model(str(path))
    except (ValueError, MemoryError, RuntimeError) as error:
        raise UserError(f"fastText cannot load {path} ({error}): give another model, or fetch it again") from None
