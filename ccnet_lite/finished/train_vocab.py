"""A vocabulary trained on text of finished runs, drawn by the q that pretraining reads them by.

A Spark task reads some corpus files each and writes what may be drawn of them into the output's _work/; the driver
settles by the documents' keys which of it is the sample (pretraining/vocabulary_sample.py), trains on it line by
line, and measures the vocabulary on documents of the validation split. vocabulary.json comes last.

Not handled: a sample that does not fit the driver's memory (SentencePiece holds all of it).
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite import __version__
from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import Folder, finished_corpus, new_folder
from ccnet_lite.pretraining.vocabulary import FILE_NAME, FORMAT, KINDS, load_vocabulary
from ccnet_lite.pretraining.vocabulary_chart import fertility_chart
from ccnet_lite.pretraining.vocabulary_measure import Fit, fit_table, measure_fit
from ccnet_lite.pretraining.vocabulary_sample import (
    SCHEMA,
    Part,
    Taken,
    alpha_shares,
    below,
    gathered,
    sample_lines,
    taken,
)
from ccnet_lite.pretraining.vocabulary_training import COVERAGE, train
from ccnet_lite.run.session import start_context
from ccnet_lite.sampling.mixture import read_mix
from ccnet_lite.sampling.plan import SamplingPlan, read_plan
from ccnet_lite.settings import SparkSettings
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.corpus import TRAIN, VALIDATION, corpus_file, form_of
from ccnet_lite.store.json_files import write_json
from ccnet_lite.store.places import Place, publishing
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.scratch import scratch_folder
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import WORK, scratch_of

COMMAND = "train-vocab"
FIT_TABLE, FIT_CHART = "fertility.parquet", "fertility.svg"
MADE = (
    *(FILE_NAME, FIT_TABLE, FIT_CHART, "tokenizer.json", "tokenizer_config.json", "sentencepiece.bpe.model"),
    *("spiece.model", "vocab.txt", "vocab.json", "merges.txt", "vocab"),
)


@dataclass(frozen=True)
class VocabularyOptions:
    """What the vocabulary is like, and what it is trained on.

    size: None takes that of the model's published vocabulary. plan: a file that `ccnet-lite sampling --to` wrote,
    in place of alpha. unit, sample: how much text to train on, at most what the corpus holds. measured: characters
    of held-out text a language. against: alpha of a second vocabulary to measure beside this one.
    """

    kind: str = "xlm-r"
    size: int | None = None
    byte_fallback: bool = False
    coverage: float = COVERAGE
    alpha: float = 0.3
    plan: Folder | None = None
    unit: Literal["characters", "lines"] = "characters"
    sample: int = 100_000_000
    seed: int = 0
    measured: int = 200_000
    against: float | None = None


@dataclass(frozen=True)
class TrainedVocabulary:
    """What was trained. tokens: special ones counted. fits: measures by vocabulary; shares: q by language."""

    tokens: int
    sample: int
    fits: dict[str, list[Fit]]
    shares: dict[str, float]


@dataclass(frozen=True)
class _Corpora:
    """The runs' corpora, files by part, and what sampling.json counts of each part."""

    plans: dict[str, SamplingPlan]
    tables: dict[str, Table]
    files: dict[Part, list[DataFile]] = field(default_factory=dict)
    counts: dict[Part, dict[str, int]] = field(default_factory=dict)


def train_vocabulary(
    runs: Sequence[Folder], output: Folder, spark: SparkSettings, options: VocabularyOptions
) -> TrainedVocabulary:
    """Train a vocabulary into a new folder `output`. runs: may be empty where a plan names them.

    Raises:
        UserError: no finished run, no text, an output folder that is not empty, an option that cannot be, a
            library that is not installed.
    """
    _check(options)
    given, shares = _shares(runs, options)
    corpora = _read(given)
    lacking = [part for part in shares if part not in corpora.files and shares[part] > 0]
    if lacking:
        raise UserError(
            f"{lacking[0].run} holds no {lacking[0].bucket} of {lacking[0].language}: make the plan anew"
        )
    other = {} if options.against is None else alpha_shares(corpora.plans, options.against)
    total = min(options.sample, sum(corpora.counts[part][options.unit] for part in shares))
    name = "plan" if options.plan else f"alpha {options.alpha:g}"
    with new_folder(output, COMMAND, MADE, "--to") as folder:
        samples = _gather(folder, corpora, [shares, other], total, spark, options)
        with tempfile.TemporaryDirectory(prefix="vocabulary-", dir=scratch_folder()) as made:
            own = Path(made, "own")
            size = _train(own, samples, shares, total, options)
            fits = {name: _measure(own, samples, corpora, options)}
            if other:
                beside = Path(made, "against")
                _train(beside, samples, other, total, options)
                fits[f"alpha {options.against:g}"] = _measure(beside, samples, corpora, options)
            by_language = _by_language(shares)
            pq.write_table(fit_table(fits), own / FIT_TABLE)
            (own / FIT_CHART).write_text(fertility_chart(fits, by_language), encoding="utf-8")
            stored = _stored(options, name, size, by_language, corpora)
            for path in sorted(own.iterdir()):
                if path.name != FILE_NAME:
                    (folder / path.name).write_bytes(path.read_bytes())
            write_json(folder / FILE_NAME, stored)
            tokens = len(load_vocabulary(own))
    return TrainedVocabulary(tokens, size, fits, by_language)


def _check(options: VocabularyOptions) -> None:
    if options.kind not in KINDS:
        raise UserError(f"there is no model {options.kind}: there are {', '.join(KINDS)}")
    if options.sample < 1 or (options.size is not None and options.size < 1) or options.measured < 0:
        raise UserError("--size, --characters and --sentences have to be 1 or more")


def _shares(runs: Sequence[Folder], options: VocabularyOptions) -> tuple[list[str], dict[Part, float]]:
    """The runs, and each part's share of the sample."""
    given = [str(run) for run in runs]
    if options.plan is None:
        if not given:
            raise UserError("give the folder of a finished run, or --plan")
        return given, alpha_shares({run: read_plan(run) for run in given}, options.alpha)
    mix = read_mix(options.plan)
    unknown = sorted(set(given) - set(mix.runs))
    if unknown:
        raise UserError(
            f"{unknown[0]} is none of the plan's runs ({', '.join(mix.runs)}): leave the runs to --plan"
        )
    return list(mix.runs), {Part(part.run, part.language, part.bucket): part.share for part in mix.parts}


def _read(runs: Sequence[str]) -> _Corpora:
    found = _Corpora({run: read_plan(run) for run in runs}, {run: finished_corpus(run)[1] for run in runs})
    for run, table in found.tables.items():
        for file in table.files:
            name = corpus_file(file.name)
            found.files.setdefault(Part(run, name.language, name.bucket), []).append(file)
        for row in found.plans[run].statistics:
            held_out = found.plans[run].validation_documents.get((row.language, row.bucket), 0)
            found.counts[Part(run, row.language, row.bucket)] = {
                "characters": row.characters,
                "lines": row.lines,
                "documents": row.documents,
                VALIDATION: held_out,
            }
    return found


# ---- the sample ----------------------------------------------------------------------------------------


def _gather(
    folder: Place,
    corpora: _Corpora,
    shares: Sequence[Mapping[Part, float]],
    total: int,
    spark: SparkSettings,
    options: VocabularyOptions,
) -> dict[Part, list[Place]]:
    """Write what may be drawn of each corpus file; gives the files by part, in the order of their names."""
    items: list[tuple[Place, Place, DataFile, str, dict[str, float]]] = []
    found: dict[Part, list[Place]] = {}
    for part in sorted(corpora.files):
        counts = corpora.counts.get(part, {})
        share = max(some.get(part, 0.0) for some in shares)
        n = counts.get("documents", 0)
        documents = sum(each["documents"] for key, each in corpora.counts.items() if key.language == part.language)
        # Of held-out text, about as much of each part as it has of its language.
        held = options.measured * n / max(documents, 1)
        characters = counts.get("characters", 0) / max(n, 1)
        bounds = {
            TRAIN: below(share * total, counts.get(options.unit, 0), n) if share else 0.0,
            VALIDATION: below(held, int(counts.get(VALIDATION, 0) * characters), counts.get(VALIDATION, 0)),
        }
        table = corpora.tables[part.run]
        for file in corpora.files[part]:
            target = folder / WORK / "sample" / f"{len(items):06d}.parquet"
            items.append((target, table.place(file), file, form_of(table.schema).text, bounds))
            found.setdefault(part, []).append(target)
    scratch, kind, seed, unit = scratch_of(folder), options.kind, options.seed, options.unit

    def work_on(item: tuple[Place, Place, DataFile, str, dict[str, float]]) -> str:
        target, place, file, text, bounds = item
        with publishing(target, scratch) as stream, pq.ParquetWriter(stream, SCHEMA) as writer:
            for rows in read_file(place, ["doc_id", "split", text], file=file):
                writer.write_batch(gathered(rows, text, seed, bounds, kind, unit))
        return ""

    ask_items(start_context(spark, "ccnet_lite train-vocab"), items, work_on)
    return found


def _how(samples: Mapping[Part, Sequence[Place]], shares: Mapping[Part, float], total: int) -> dict[Part, Taken]:
    """How much is taken of each part."""
    found = {}
    for part, places in samples.items():
        keys: list[float] = []
        sizes: list[int] = []
        for place in places:
            for batch in read_file(place, ["split", "key", "size"]):
                rows = batch.filter(pc.equal(batch["split"], TRAIN))
                keys += rows["key"].to_pylist()
                sizes += rows["size"].to_pylist()
        found[part] = taken(keys, sizes, round(shares.get(part, 0.0) * total))
    return found


def _train(
    folder: Path,
    samples: Mapping[Part, Sequence[Place]],
    shares: Mapping[Part, float],
    total: int,
    options: VocabularyOptions,
) -> int:
    """Train a vocabulary; gives the size of its sample, and leaves a vocabulary.json good enough to load it."""
    how = _how(samples, shares, total)

    def lines() -> Iterator[str]:
        for part, places in samples.items():
            for place in places:
                yield from sample_lines(read_file(place, ["split", "key", "text"]), how[part])

    size = options.size or KINDS[options.kind].size
    train(options.kind, lines, folder, size, options.coverage, options.byte_fallback)
    stored = {"format": FORMAT, "for": options.kind, "byte_fallback": options.byte_fallback}
    (folder / FILE_NAME).write_text(json.dumps(stored), encoding="utf-8")
    return sum(each.size for each in how.values())


def _measure(
    folder: Path, samples: Mapping[Part, Sequence[Place]], corpora: _Corpora, options: VocabularyOptions
) -> list[Fit]:
    """How the vocabulary fits each language, on the validation split."""
    vocabulary = load_vocabulary(folder)
    places: dict[str, list[Place]] = {}
    for part, some in samples.items():
        places.setdefault(part.language, []).extend(some)
    return [
        measure_fit(language, _held_out(some, options.measured), vocabulary)
        for language, some in sorted(places.items())
    ]


def _held_out(places: Sequence[Place], characters: int) -> Iterator[str]:
    for place in places:
        for batch in read_file(place, ["split", "text"]):
            for split, text in zip(batch["split"].to_pylist(), batch["text"].to_pylist(), strict=True):
                if split == VALIDATION and characters > 0:
                    characters -= len(text)
                    yield text


def _by_language(shares: Mapping[Part, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for part, share in sorted(shares.items(), key=lambda item: item[0].language):
        found[part.language] = found.get(part.language, 0.0) + share
    return found


def _stored(
    options: VocabularyOptions, name: str, size: int, shares: Mapping[str, float], corpora: _Corpora
) -> dict[str, Any]:
    """What vocabulary.json says: what would have to be equal for an equal vocabulary."""
    return {
        "format": FORMAT,
        "version": __version__,
        "for": options.kind,
        "byte_fallback": options.byte_fallback,
        "size": options.size or KINDS[options.kind].size,
        "coverage": options.coverage,
        "seed": options.seed,
        "shares_by": name,
        "shares": dict(shares),
        "sample": {"unit": options.unit, "asked": options.sample, "taken": size},
        "corpus_digests": sorted(table.digest for table in corpora.tables.values()),
    }
