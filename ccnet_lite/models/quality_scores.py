"""The probability that a text is good, by a language's fastText classifier, in batches.

A folder holds `xx.quality.bin` for each language and quality.json, which says how they were made
(models/train_quality.py). The text's form is text/quality_form.py's.

Not handled: what a probability is worth in a language (quality/ranks.py).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.models.classifier import load_classifier
from ccnet_lite.models.fasttext_file import check_classifier
from ccnet_lite.models.files import verify
from ccnet_lite.models.languages import language_code
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.quality_form import DESCRIPTION, quality_lines

Float64 = npt.NDArray[np.float64]
SUFFIX = ".quality.bin"
RECORD = "quality.json"
FORMAT = "ccnet_lite quality 1"
GOOD, BAD = "__label__good", "__label__bad"
_HELD = 256
"""Classifiers of some megabytes that a process holds."""


@dataclass(frozen=True)
class QualityFile:
    """A language's classifier."""

    language: str
    path: Path
    sha256: str
    source: str = ""
    """The URI of the folder that it was copied from; empty where it lies on a disk."""


def available_quality_models(folder: Path, source: str = "") -> dict[str, QualityFile]:
    """The classifiers of a folder by language code, sorted, each the file that quality.json says.

    source: the URI of the folder that this is a copy of.

    Raises:
        UserError: there is no such folder or record, or a file is not the one that it names.
    """
    again = "make it by ccnet-lite train-quality"
    entries = read_quality_record(folder)
    if not entries:
        raise UserError(f"quality.score_dir: {source or folder} holds no {RECORD} with a language: {again}")
    found = {}
    for language, entry in sorted(entries.items()):
        path = folder / (language + SUFFIX)
        if not path.is_file():
            raise UserError(f"quality.score_dir: {path} is missing, which {RECORD} names: {again}")
        verify(path, entry["sha256"])
        found[language] = QualityFile(language, path, entry["sha256"], source)
    return found


def read_quality_record(folder: Path) -> dict[str, Any]:
    """What quality.json says of each language; empty where there is none.

    Raises:
        UserError: it is not what train-quality writes, or speaks of another form of text.
    """
    path = folder / RECORD
    if not path.exists():
        return {}
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        if tree["format"] != FORMAT or tree["form"] != DESCRIPTION:
            raise ValueError(f"its format is not {FORMAT!r} with the form of text that is scored here")
        for language, entry in tree["languages"].items():
            if language_code(language) != language or not isinstance(entry["sha256"], str):
                raise ValueError(f"{language} is no language code, or has no sha256")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise UserError(
            f"{path} is not a record of quality classifiers ({error}): make it by ccnet-lite train-quality"
        ) from None
    return dict(tree["languages"])


class QualityClassifier:
    """A loaded classifier. It can't be pickled: each process loads its own."""

    def __init__(self, path: Path) -> None:
        """Load it.

        Raises:
            UserError: it is no fastText classifier with the two labels of train-quality.
        """
        check_classifier(path)
        self._classifier = load_classifier(path)
        if sorted(self._classifier.labels) != [BAD, GOOD]:
            raise UserError(f"{path} does not tell good from bad: make it by ccnet-lite train-quality")
        self._good = self._classifier.labels.index(GOOD)

    def score(self, texts: Sequence[str]) -> Float64:
        """[n_texts] the probability, 0..1, that each is good; not a number for a blank text."""
        refuse_one(texts)
        lines = quality_lines(texts)
        scores = self._classifier.distribution(lines)[:, self._good].astype(np.float64)
        blank = [not line or line.isspace() for line in lines]
        return np.where(blank, np.nan, np.minimum(scores, 1.0))


class QualityScores:
    """The classifiers of several languages, loaded when first asked for."""

    def __init__(
        self,
        files: Mapping[str, QualityFile],
        locate: Callable[[QualityFile], Path] = lambda file: file.path,
    ) -> None:
        """locate: has a language's file on this machine's disk before it is loaded."""
        self._files, self._locate = dict(files), locate

    def score(self, texts: Sequence[str], languages: Sequence[str]) -> Float64:
        """[n_texts] as of `QualityClassifier.score`; not a number where the text's language has no classifier."""
        found = np.full(len(texts), np.nan)
        rows_of: dict[str, list[int]] = {}
        for row, language in enumerate(languages):
            if language in self._files:
                rows_of.setdefault(language, []).append(row)
        for language, rows in rows_of.items():
            file = self._files[language]
            classifier = _loaded(self._locate(file), file.sha256)
            found[rows] = classifier.score([texts[row] for row in rows])
        return found


@lru_cache(maxsize=_HELD)
def _loaded(path: Path, sha256: str) -> QualityClassifier:
    """A classifier, kept for what comes after; sha256: another content is another one."""
    return QualityClassifier(path)
