"""Language identification by a fastText classifier, in batches.

The model sees a text on one line: its first `max_chars` characters, line breaks replaced by a space or, as
in CCNet, by nothing, in the form that its description names. A text with many capitals that the model is not sure
of is shown to it once more in small letters, which it knows better. Labels become codes as the description says;
those of one code count together.

Not handled here: thresholds and lists of languages (a later stage decides), mixed texts (one label a text).
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.models.classifier import load_classifier
from ccnet_lite.models.description import UNDESCRIBED, Description, codes_of, scripts_of
from ccnet_lite.models.fasttext_file import check_classifier
from ccnet_lite.models.languages import UNDETERMINED
from ccnet_lite.models.text_form import openlid_lines
from ccnet_lite.text.given import refuse_one

SURE = 0.9
MANY_CAPITALS = 0.15
"""Of a text's letters. Normal text has 3 to 8 %; one whose words all begin with one, some 20 %."""
_SAMPLE = 64
"""Characters that are looked at for capitals, at the least."""


class LanguageIdentifier:
    """A loaded classifier. It can't be pickled: each process loads its own, by `load_identifier`."""

    def __init__(
        self,
        path: Path,
        newline: Literal["space", "delete"] = "space",
        max_chars: int = 0,
        description: Description = UNDESCRIBED,
        macrolanguages: Collection[str] = (),
        capitals: Literal["lower", "as_is"] = "lower",
    ) -> None:
        """Load a model.

        Args:
            path: A fastText model whose labels are language codes (see languages.py).
            newline: What stands for a line break.
            max_chars: Identify on this many first characters; 0 takes the whole text.
            description: What it wants and what its labels mean.
            macrolanguages: Codes that take the place of the languages they are made of.
            capitals: Whether a text of many, which the model is not sure of, is asked about in small letters.

        Raises:
            UserError: when the file is no such model, or not the described one.
        """
        check_classifier(path)
        self._classifier = load_classifier(path)
        self._newline = b" " if newline == "space" else b""
        self._max_chars = max_chars or None
        try:
            self.codes = codes_of(self._classifier.labels, description, macrolanguages)
            """The code of each of the model's labels, which may share one."""
        except ValueError as error:
            raise UserError(f"model {path} does not identify languages: {error}") from None
        self.scripts = scripts_of(self._classifier.labels, self.codes, description)
        """By code, the scripts that its texts are written in, as of models/subsets.py."""
        self._form = description.text
        self._lowers = capitals == "lower" and self._form == "as_is"
        self._shared = len(set(self.codes)) < len(self.codes)

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
        n_labels = 2 * k if self._shared else k
        labels, scores = self._classifier.best(lines, n_labels)
        rows = np.flatnonzero((scores[:, 0] < SURE) & ~blank).tolist() if self._lowers else []
        capitals = [row for row in rows if capital_share(texts[row][: self._max_chars]) >= MANY_CAPITALS]
        if capitals:
            lower, _ = self._lines([texts[row].lower() for row in capitals])
            labels[capitals], scores[capitals] = self._classifier.best(lower, n_labels)
        labels[blank], scores[blank] = -1, 0.0
        codes = [*self.codes, UNDETERMINED]  # -1, no label, is the last one's
        named = [[codes[label] for label in row] for row in labels.tolist()]
        return _merged(named, _probabilities(scores), k) if self._shared else (named, _probabilities(scores))

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
        blank = np.array([not text or text.isspace() for text in begun], np.bool_)
        if self._form == "openlid":
            newline = self._newline.decode()
            lines = openlid_lines([text.replace("\n", newline) for text in begun])
            return lines, blank | np.array([not line or line.isspace() for line in lines], np.bool_)
        return [text.encode().replace(b"\n", self._newline) for text in begun], blank


def capital_share(text: str) -> float:
    """Capitals by letters that have case, of some sixty characters from all over a text.

    >>> capital_share("CLOSED ON MONDAYS"), capital_share("Closed on Mondays"), capital_share("今日")
    (1.0, 0.13333333333333333, 0.0)
    """
    sample = text[:: max(1, len(text) // _SAMPLE)]
    small, capitals = sum(map(str.islower, sample)), sum(map(str.isupper, sample))
    return capitals / max(1, small + capitals)


def _merged(
    codes: list[list[str]], scores: npt.NDArray[np.float64], k: int
) -> tuple[list[list[str]], npt.NDArray[np.float64]]:
    """The k likeliest codes and their scores, those of one code added up."""
    merged = np.zeros((len(codes), k))
    for row, (names, values) in enumerate(zip(codes, scores.tolist(), strict=True)):
        total: dict[str, float] = {}
        for name, value in zip(names, values, strict=True):
            total[name] = total.get(name, 0.0) + value
        best = sorted((name for name in total if total[name] > 0), key=lambda name: -total[name])[:k]
        codes[row] = best + [UNDETERMINED] * (k - len(best))
        merged[row, : len(best)] = [total[name] for name in best]
    return codes, np.minimum(merged, 1.0)


def _probabilities(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    return np.minimum(scores, 1.0, dtype=np.float64)


@lru_cache(maxsize=4)
def load_identifier(
    path: Path,
    newline: Literal["space", "delete"],
    max_chars: int,
    description: Description = UNDESCRIBED,
    macrolanguages: tuple[str, ...] = (),
    capitals: Literal["lower", "as_is"] = "lower",
) -> LanguageIdentifier:
    """The identifier, loaded once a process."""
    return LanguageIdentifier(path, newline, max_chars, description, macrolanguages, capitals)
