"""A fastText classifier that answers as fastText does, and several times as fast.

It reads the model's file itself and gives fastText's own labels and scores. What it can't read, fastText
answers for, through the same two methods.

Not handled here: what the labels mean, and what of a text is asked about (see identify.py).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.models.fasttext_features import sum_rows
from ccnet_lite.models.fasttext_losses import all_scores, best_labels
from ccnet_lite.models.fasttext_reading import ClassifierArrays, read_classifier

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]


def load_classifier(path: Path) -> "Classifier | FastText":
    """The classifier in a file.

    Raises:
        UserError: when neither this package nor fastText can load it.
    """
    arrays = read_classifier(path)
    return FastText(path) if arrays is None else Classifier(path, arrays)


class Classifier:
    """A model as arrays. It can't be pickled: each process maps the file for itself."""

    def __init__(self, path: Path, arrays: ClassifierArrays) -> None:
        self._path = path
        self._arrays = arrays
        self.labels = arrays.labels
        """As in the file, with their prefix."""

    def best(self, lines: Sequence[bytes], k: int = 1) -> tuple[Int32, Float32]:
        """The best labels of each line and their scores, as of fastText's `predict`.

        lines: UTF-8 without line breaks (any other bytes are no error).

        Returns:
            Numbers of labels and scores, [lines, k] each, the best first; -1 and 0 where there are fewer: a
            line none of whose words the model knows has no label.

        Raises:
            ValueError: when a line holds a line break.
            UserError: when the model holds numbers that give no score.
        """
        labels = np.full((len(lines), k), -1, np.int32)
        scores = np.zeros((len(lines), k), np.float32)
        means, counts = self._means(lines)
        best_labels(means, counts, self._arrays.outputs, labels, scores)
        return labels, self._sound(scores)

    def distribution(self, lines: Sequence[bytes]) -> Float32:
        """The score of every label, [lines, labels]; zeros where a line has none. As `best` otherwise."""
        scores = np.zeros((len(lines), len(self.labels)), np.float32)
        means, counts = self._means(lines)
        all_scores(means, counts, self._arrays.outputs, scores)
        return self._sound(scores)

    def _means(self, lines: Sequence[bytes]) -> tuple[Float32, Int64]:
        """The mean of the rows of each line's features, and how many there are."""
        data = np.frombuffer(bytearray(b"\n").join([b"", *lines, b""]), np.int8)
        if np.count_nonzero(data == ord("\n")) != len(lines) + 1:
            raise ValueError("a line to classify holds a line break")
        means = np.zeros((len(lines), self._arrays.matrix.shape[1]), np.float32)
        counts = np.zeros(len(lines), np.int64)
        sum_rows(data, self._arrays.features, self._arrays.matrix, means, counts)
        means *= (1.0 / np.maximum(counts, 1)).astype(np.float32)[:, np.newaxis]
        return means, counts

    def _sound(self, scores: Float32) -> Float32:
        if np.isnan(scores).any():
            raise UserError(f"fastText model {self._path} gives no number as a score: fetch it again")
        return scores


class FastText:
    """The same by fastText itself."""

    def __init__(self, path: Path) -> None:
        import fasttext

        try:
            self._model: Any = fasttext.load_model(str(path))
            self.labels: list[str] = self._model.get_labels()
        except (ValueError, MemoryError, RuntimeError) as error:
            raise UserError(
                f"fastText cannot load {path} ({error}): give another model, or fetch it again"
            ) from None
        self._numbers = {label: number for number, label in enumerate(self.labels)}

    def best(self, lines: Sequence[bytes], k: int = 1) -> tuple[Int32, Float32]:
        """As of `Classifier`."""
        labels = np.full((len(lines), k), -1, np.int32)
        scores = np.zeros((len(lines), k), np.float32)
        for line, names, values in self._predictions(lines, k):
            labels[line, : len(names)] = [self._numbers[name] for name in names]
            scores[line, : len(names)] = values
        return labels, scores

    def distribution(self, lines: Sequence[bytes]) -> Float32:
        """As of `Classifier`, but zero for labels that score less than 0.00001 in a tree."""
        scores = np.zeros((len(lines), len(self.labels)), np.float32)
        for line, names, values in self._predictions(lines, -1):
            scores[line, [self._numbers[name] for name in names]] = values
        return scores

    def _predictions(self, lines: Sequence[bytes], k: int) -> Iterator[tuple[int, list[str], Float32]]:
        if any(b"\n" in line for line in lines):
            raise ValueError("a line to classify holds a line break")
        ended = [line + b"\n" for line in lines]
        labels, scores = self._model.f.multilinePredict(ended, k, 0.0, "strict")
        return zip(range(len(lines)), labels, scores, strict=True)
