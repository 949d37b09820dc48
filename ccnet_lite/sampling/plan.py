"""sampling.json: what a trainer needs to know to read the corpus, as one file beside it.

    format, version       "ccnet_lite.sampling", 2
    unit                  what every n counts: documents, lines, characters, bytes, words or tokens
    budget                units that the epochs are reckoned for
    unimax_max_epochs     UniMax's cap on repeats
    alphas                the exponents asked for
    corpus                {files, text_column, id_column, split_column}: a glob from this file's folder over all
                          Parquet files, the columns to read, and the one that is "train" in what is counted here
    languages             by code:
        n, p              units of text, share of the corpus; validation is left out of every number but one
        alpha             by alpha as text ("0.3"): {q, factor, epochs}
        unimax            {probability, epochs}
        buckets           by name: {documents, lines, characters, bytes, words, tokens, files,
                          validation_documents}; files is that bucket's glob, in which as many documents besides
                          are held out; tokens null where the language has no SentencePiece model
    uncounted             languages without n (tokens asked for, no model): their p, q ... are null

Keys are sorted and floats are written so that they read back as the same floats, so equal statistics give an
equal file. A number that does not exist (the factor of a language without text) is null.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccnet_lite.errors import UserError
from ccnet_lite.sampling.statistics import UNITS, BucketStatistics, in_order, sampling_table, training
from ccnet_lite.settings import SamplingSettings
from ccnet_lite.store.corpus import FILES, VALIDATION, bucket_glob
from ccnet_lite.store.places import Place

FILE_NAME = "sampling.json"
FORMAT = "ccnet_lite.sampling"
VERSION = 2


@dataclass(frozen=True)
class SamplingPlan:
    """What sampling.json says, less what follows from it (p, q ... are computed again where needed)."""

    unit: str
    budget: int
    unimax_max_epochs: float
    statistics: tuple[BucketStatistics, ...]
    """Of the training side, in order."""
    validation_documents: Mapping[tuple[str, str], int]
    """Documents held out, by language and bucket."""
    text_column: str


def sampling_plan(
    rows: Iterable[BucketStatistics], settings: SamplingSettings, text_column: str = "text"
) -> dict[str, Any]:
    """The content of sampling.json as plain JSON values; `plan_text` gives its text.

    text_column: the name of the corpus' column that holds the text.
    """
    kept = in_order(rows)
    held_out = {(row.language, row.bucket): row.documents for row in kept if row.split == VALIDATION}
    languages: dict[str, dict[str, Any]] = {}
    for row in sampling_table(kept, settings).to_pylist():
        entry = languages.setdefault(
            row["language"],
            {
                "n": row["n"],
                "p": row["p"],
                "alpha": {},
                "unimax": {"probability": row["unimax_probability"], "epochs": row["unimax_epochs"]},
                "buckets": {},
            },
        )
        entry["alpha"][repr(row["alpha"])] = {
            "q": row["q"],
            "factor": row["factor"],
            "epochs": row["epochs_at_budget"],
        }
    for bucket in training(kept):
        counts = {unit: bucket.count(unit) for unit in UNITS}
        languages[bucket.language]["buckets"][bucket.bucket] = counts | {
            "files": bucket_glob(bucket.language, bucket.bucket),
            "validation_documents": held_out.get((bucket.language, bucket.bucket), 0),
        }
    return {
        "format": FORMAT,
        "version": VERSION,
        "unit": settings.unit,
        "budget": settings.budget,
        "unimax_max_epochs": float(settings.unimax_max_epochs),
        "alphas": [float(alpha) for alpha in settings.alphas],
        "corpus": {
            "files": FILES,
            "text_column": text_column,
            "id_column": "doc_id",
            "split_column": "split",
        },
        "languages": languages,
        "uncounted": sorted(language for language, entry in languages.items() if entry["n"] is None),
    }


def plan_text(plan: Mapping[str, Any]) -> str:
    """The plan as the text of sampling.json: sorted keys, one value a line, a line break at the end."""
    return json.dumps(plan, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def read_plan(run: str | Path | Place) -> SamplingPlan:
    """The plan of a finished run. run: its folder, a path or a URI.

    Raises:
        UserError: `run` has no sampling.json, or one that this version does not read.
    """
    path = Place.of(run) / FILE_NAME
    try:
        stored = json.loads(path.read_bytes().decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{path} does not exist: give the output folder of a finished run") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not JSON ({error}): run the sampling step again") from None
    wanted = f"{FORMAT} {VERSION}"
    found = f"{stored.get('format')} {stored.get('version')}" if isinstance(stored, dict) else "no object"
    if found != wanted:
        raise UserError(f"{path} holds {found}, not {wanted}: run the sampling step again")
    try:
        return SamplingPlan(
            unit=_unit(stored["unit"]),
            budget=int(stored["budget"]),
            unimax_max_epochs=float(stored["unimax_max_epochs"]),
            statistics=tuple(
                in_order(
                    BucketStatistics(language, bucket, **{unit: counts[unit] for unit in UNITS})
                    for language, entry in stored["languages"].items()
                    for bucket, counts in entry["buckets"].items()
                )
            ),
            validation_documents={
                (language, bucket): int(counts["validation_documents"])
                for language, entry in stored["languages"].items()
                for bucket, counts in entry["buckets"].items()
            },
            text_column=str(stored["corpus"]["text_column"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise UserError(f"{path} is damaged ({what}): run the sampling step again") from None


def _unit(name: str) -> str:
    if name not in UNITS:
        raise ValueError(f"unit is {name}: expected one of {', '.join(UNITS)}")
    return name
