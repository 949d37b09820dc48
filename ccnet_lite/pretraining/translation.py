"""XLM's translation pairs: a sentence and its translation in one example, from a file of two columns.

    pairs = TranslationPairs(Path("en-fr.tsv"), ("en", "fr"), vocabulary, {"en": 0, "fr": 1}, length=256, seed=1)

A line of the file is a sentence, a tab, its translation. Positions begin anew with the second sentence, and
each token says its language, so that a masked word can be looked up in the other one. XLM takes a batch of these
and one of a single language by turns (objectives.py).

Not handled: files larger than memory; ranks: give each its own seed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.objectives import Example, specials
from ccnet_lite.pretraining.vocabulary import Vocabulary


class TranslationPairs:
    """An endless iterator over a file's pairs, each epoch in another order; a state goes on with the next pair.

    Args:
        path: UTF-8 text, a pair a line. languages: those of the two columns. ids: XLM's ids of languages.
        length: Of an example, in tokens; each sentence has up to half of it, and is cut there.
        seed: Of the order.

    Raises:
        UserError: the file is not there, or a line has not two columns that hold text; names the line.
    """

    def __init__(
        self,
        path: Path,
        languages: tuple[str, str],
        vocabulary: Vocabulary,
        ids: Mapping[str, int],
        length: int = 256,
        seed: int = 0,
    ):
        self._pairs = read_pairs(path)
        self._languages = [ids[language] for language in languages]
        self._vocabulary, self._most, self._seed = vocabulary, length // 2 - 2, seed
        self._first, self._end = specials(vocabulary)
        self._step = 0

    def __iter__(self) -> "TranslationPairs":
        return self

    def __next__(self) -> Example:
        epoch, at = divmod(self._step, len(self._pairs))
        if at == 0 or not hasattr(self, "_order"):
            self._order = np.random.default_rng((self._seed, epoch)).permutation(len(self._pairs))
        self._step += 1
        tokens: list[int] = []
        types: list[int] = []
        languages: list[int] = []
        positions: list[int] = []
        found = self._vocabulary.encode(self._pairs[self._order[at]])
        for column, (ids, language) in enumerate(zip(found, self._languages, strict=True)):
            sentence = [self._first, *ids[: self._most], self._end]
            tokens += sentence
            types += [column] * len(sentence)
            languages += [language] * len(sentence)
            positions += range(len(sentence))
        return Example(tokens, types, languages, positions)

    def state_dict(self) -> dict[str, Any]:
        """Where it is."""
        return {"step": self._step}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken."""
        self._step = int(state["step"])
        epoch = self._step // len(self._pairs)
        self._order = np.random.default_rng((self._seed, epoch)).permutation(len(self._pairs))


def read_pairs(path: Path) -> list[list[str]]:
    """The two columns of each line.

    Raises:
        UserError: as TranslationPairs'.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} cannot be read as UTF-8 text ({error}): give a file of sentence, tab, translation"
        ) from None
    pairs = [line.split("\t") for line in lines if line.strip()]
    for number, pair in enumerate(pairs, 1):
        if len(pair) != 2 or not all(column.strip() for column in pair):
            raise UserError(f"{path}, pair {number}: not a sentence, a tab and its translation")
    if not pairs:
        raise UserError(f"{path} holds no pairs: give a file of sentence, tab, translation")
    return pairs
