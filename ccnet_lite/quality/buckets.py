"""Perplexity buckets: head, middle, tail, by a language's own percentiles.

Cutoffs are the percentiles 0 to 99 of perplexity over documents of a language (held-back reference prose, or
a crawl), under one model: they mean nothing under another. Two forms are read: CCNet's `cutoff.csv` (a column
a language, a row a percentile), and our `cutoffs.json`, which also says what they were computed over.

Not handled: perplexity itself (models/perplexity.py); how far two crawls' cutoffs lie apart (drift.py).
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError

N_PERCENTILES = 100
FORMAT = "ccnet_lite cutoffs 1"


@dataclass(frozen=True)
class Cutoffs:
    """Percentiles 0 to 99 of perplexity by language; documents: over how many, where known."""

    percentiles: Mapping[str, Sequence[float]]
    documents: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "Cutoffs":
        """Read CCNet's CSV form or ours, told apart by what the file holds.

        Raises:
            UserError: naming the file, the language and what is wrong.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"cutoffs {path} cannot be read: {error}") from None
        if text.lstrip().startswith("{"):
            entries = read_cutoffs(path)
            by_language = {language: entry["percentiles"] for language, entry in entries.items()}
            documents = {language: int(entry.get("documents", 0)) for language, entry in entries.items()}
        else:
            by_language, documents = _read_csv(path, text), {}
        for language, values in by_language.items():
            _check(path, language, values)
        return cls({language: tuple(map(float, values)) for language, values in by_language.items()}, documents)

    def edges(self, language: str, head_percentile: int, tail_percentile: int) -> tuple[float, float] | None:
        """The perplexities below which documents are head, and middle; None without cutoffs."""
        values = self.percentiles.get(language)
        return None if values is None else (values[head_percentile], values[tail_percentile])

    def bucket(
        self, language: str, perplexities: Iterable[float], head_percentile: int, tail_percentile: int
    ) -> list[str]:
        """The bucket of each document of a language, as CCNet compares.

        head < the head percentile <= middle < the tail percentile <= tail; `all` where there are no cutoffs
        or no perplexity (NaN).
        """
        values = np.asarray(
            perplexities if isinstance(perplexities, np.ndarray) else list(perplexities), np.float64
        )
        edges = self.edges(language, head_percentile, tail_percentile)
        if edges is None:
            return ["all"] * len(values)
        names = np.select(
            [np.isnan(values), values < edges[0], values < edges[1]], ["all", "head", "middle"], "tail"
        )
        return [str(name) for name in names]


def percentiles(perplexities: Iterable[float] | npt.NDArray[np.float64]) -> list[float]:
    """Percentiles 0 to 99, exact, by linear interpolation between the two nearest documents, to 1 decimal.

    Raises:
        ValueError: for no perplexity at all, or one that is not finite.
    """
    values = np.asarray(perplexities if isinstance(perplexities, np.ndarray) else list(perplexities), np.float64)
    if not len(values) or not np.isfinite(values).all():
        raise ValueError("percentiles need at least one perplexity, and finite ones only")
    return [round(float(value), 1) for value in np.percentile(values, np.arange(N_PERCENTILES))]


def read_cutoffs(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of a `cutoffs.json` by language, as `write_cutoffs` wrote them; empty without the file.

    Raises:
        UserError: when it is something else.
    """
    if not path.exists():
        return {}
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        if tree["format"] != FORMAT or any("percentiles" not in entry for entry in tree["languages"].values()):
            raise ValueError(f"its format is not {FORMAT!r}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} is not a file of cutoffs ({error}): compute them by ccnet-lite train-lm"
        ) from None
    return dict(tree["languages"])


def write_cutoffs(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Write `cutoffs.json`.

    entries: by language; `percentiles`, `documents` (how many), and whatever else says where they come from.
    No dates: equal cutoffs, equal bytes.
    """
    tree = {
        "format": FORMAT,
        "languages": {language: dict(entries[language]) for language in sorted(entries)},
    }
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(tree, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def _read_csv(path: Path, text: str) -> dict[str, list[float]]:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if len(rows) != N_PERCENTILES + 1:
        raise UserError(
            f"cutoffs {path}: {max(len(rows) - 1, 0)} rows below the head, expected the percentiles 0 to 99: "
            "give CCNet's cutoff.csv or a cutoffs.json"
        )
    languages = rows[0][1:]
    by_language: dict[str, list[float]] = {language: [] for language in languages}
    for percentile, row in enumerate(rows[1:]):
        try:
            if int(row[0]) != percentile or len(row) != len(rows[0]):
                raise ValueError
            for language, value in zip(languages, row[1:], strict=True):
                by_language[language].append(float(value))
        except ValueError:
            raise UserError(
                f"cutoffs {path}: row {percentile + 2} is not percentile {percentile} and numbers"
            ) from None
    return by_language


def _check(path: Path, language: str, values: Sequence[float]) -> None:
    numbers = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if len(values) != N_PERCENTILES or len(numbers) != N_PERCENTILES or sorted(numbers) != list(values):
        raise UserError(f"cutoffs {path}: {language} lacks {N_PERCENTILES} rising percentiles (0 to 99)")
