"""Quality classifiers: for each language a fastText model that tells good documents from bad ones.

Good is reference prose, bad is what is to be told from it: a crawl, what a run rejected, texts. Both sides weigh
the same: documents of the smaller one are read up to REPEATED times as often as those of the larger, and what is
beyond that, drawn by hashes, is left out. A share of both, drawn by host where one is known, is held out, and says
how well the model tells the two apart (AUC). Equal documents and options give equal bytes: one thread, a seed, no
path or date in any file.

    xx.quality.bin   quality.json (form of text, checksums, numbers of documents, AUC)

Not handled: choosing the prose. A model learns every difference between the sides, their subjects, too.
"""

import hashlib
import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ccnet_lite.errors import UserError, visible
from ccnet_lite.models.fasttext_training import train_classifier
from ccnet_lite.models.files import file_sha256
from ccnet_lite.models.quality_scores import (
    BAD,
    FORMAT,
    GOOD,
    RECORD,
    SUFFIX,
    QualityClassifier,
    read_quality_record,
)
from ccnet_lite.quality.ranks import auc
from ccnet_lite.text.quality_form import DESCRIPTION, quality_lines

LEAST_DOCUMENTS = 100
"""Of each side, without those held out, from which a language is learnt."""
LEAST_HELD_OUT = 10
"""Of each side, below which no AUC is told."""
REPEATED = 4
"""How many times as large one side may be as the other, whose documents are read again so often."""
READINGS, FEWEST_EPOCHS, MOST_EPOCHS = 30_000, 3, 50
"""Documents that are read in all, where that takes a number of epochs between these two: few documents have to be
read often, many need not."""
WORDS_TOGETHER, LEAST_SEEN = 2, 2
_log = logging.getLogger(__name__)


class Sample(NamedTuple):
    """A document to learn from; host: documents of one are held out together; empty where it is not known."""

    text: str
    host: str = ""


@dataclass(frozen=True)
class QualityOptions:
    """What classifiers are made like.

    most: documents of each side, at most. held_out: the share of both that the AUC is measured on. epochs: how
    often all are read; None: as often as their number needs. dimensions: numbers a word. buckets: rows that
    pairs of words share.
    """

    most: int = 20_000
    held_out: float = 0.1
    epochs: int | None = None
    dimensions: int = 8
    buckets: int = 100_000
    rate: float = 0.5
    seed: int = 1


@dataclass(frozen=True)
class TrainedQuality:
    """A language's entry in quality.json, or why it has none."""

    language: str
    record: dict[str, Any] | None
    skipped: str = ""


def train_quality(
    good: Mapping[str, Sequence[Sample]],
    bad: Mapping[str, Sequence[Sample]],
    output: Path,
    options: QualityOptions | None = None,
) -> list[TrainedQuality]:
    """Train the languages that both sides have into a folder; what it holds of others stays.

    good, bad: documents by language code.

    Raises:
        UserError: no language has documents enough, or an option is out of range.
        RunFailed: fastText gives up.
    """
    options = options or QualityOptions()
    if not 0 < options.held_out < 1:
        raise UserError(f"--held-out {options.held_out}: give a share above 0 and below 1")
    for name, value in (("most", options.most), ("epochs", options.epochs)):
        if value is not None and value < 1:
            raise UserError(f"--{name} {value}: give 1 or more")
    output.mkdir(parents=True, exist_ok=True)
    records = read_quality_record(output)
    results = []
    for language in sorted(good.keys() | bad.keys()):
        trained = _trained(language, good.get(language, ()), bad.get(language, ()), output, options, records)
        results.append(trained)
        if trained.record is not None:
            records[language] = trained.record
            _write_record(output / RECORD, records)
    if all(each.record is None for each in results):
        first = f"{results[0].language}: {results[0].skipped}" if results else "there is no document"
        raise UserError(f"--good and --bad: no language has documents enough to learn from ({first}): give more")
    return results


@dataclass(frozen=True)
class _Sides:
    """A language's documents, good and bad: to learn from, and held out; as lines in fastText's form."""

    training: tuple[list[bytes], list[bytes]]
    held_out: tuple[list[str], list[str]]


def sides_of(good: Sequence[Sample], bad: Sequence[Sample], options: QualityOptions) -> _Sides:
    """What is learnt from of both sides, neither more than REPEATED times the other, and what is held out of each.

    Bad documents whose text is a good one's are left out. Which are taken and held out is told by the hashes of
    texts and hosts, so no text or host is on both sides of that line, and their order says nothing.
    """
    known = {sample.text for sample in good}
    chosen = []
    for side in (good, [sample for sample in bad if sample.text not in known]):
        distinct = {sample.text: sample for sample in side if sample.text.strip()}
        chosen.append(sorted(distinct.values(), key=lambda sample: _draw(sample.text, "drawn")))
    held: list[list[str]] = [[], []]
    kept: list[list[str]] = [[], []]
    for number, samples in enumerate(chosen):
        for sample in samples:
            out = _draw(sample.host or sample.text, "held out") < options.held_out
            (held if out else kept)[number].append(sample.text)
    n_kept = min(options.most, REPEATED * min(len(each) for each in kept))
    n_held = max(round(options.most * options.held_out), LEAST_HELD_OUT)
    lines = [quality_lines(each[:n_kept]) for each in kept]
    return _Sides((lines[0], lines[1]), (held[0][:n_held], held[1][:n_held]))


def _trained(
    language: str,
    good: Sequence[Sample],
    bad: Sequence[Sample],
    output: Path,
    options: QualityOptions,
    records: Mapping[str, Any],
) -> TrainedQuality:
    sides = sides_of(good, bad, options)
    n_training = [len(each) for each in sides.training]
    if min(n_training) < LEAST_DOCUMENTS:
        reason = (
            f"{len(good):,} good and {len(bad):,} bad documents leave {n_training[0]:,} and {n_training[1]:,} to "
            f"learn from, and {LEAST_DOCUMENTS} of each are needed"
        )
        _log.warning("%s", visible(f"{language}: skipped: {reason}"))
        return TrainedQuality(language, None, reason)
    made_from = _fingerprint(sides, options)
    path, record = output / (language + SUFFIX), records.get(language)
    same = record is not None and record.get("made_from") == made_from and path.is_file()
    if record and same and file_sha256(path) == record["sha256"]:
        _log.info("%s", visible(f"{language}: nothing changed, kept"))
        return TrainedQuality(language, dict(record))
    temporary = path.with_name(f".{path.name}.part")
    learn(sides.training, temporary, options, language)
    measured = None
    if min(map(len, sides.held_out)) >= LEAST_HELD_OUT:
        classifier = QualityClassifier(temporary)
        scores = [np.nan_to_num(classifier.score(texts), nan=0.5) for texts in sides.held_out]
        measured = round(auc(*scores), 4)
    temporary.replace(path)
    record = {
        "sha256": file_sha256(path),
        "documents": n_training,
        "held_out": [len(each) for each in sides.held_out],
        "auc": measured,
        "made_from": made_from,
    }
    return TrainedQuality(language, record)


def learn(training: tuple[list[bytes], list[bytes]], path: Path, options: QualityOptions, language: str) -> None:
    """Train a classifier of good and bad lines, some of each, and save it.

    Raises:
        RunFailed: fastText gives up.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "training.txt"
        with file.open("wb") as out:  # alternating: a run of one label would be unlearnt by the next
            for number in range(max(map(len, training))):
                for label, lines in zip((GOOD, BAD), training, strict=True):
                    out.write(label.encode() + b" " + lines[number % len(lines)] + b"\n")
        asked = {
            "lr": options.rate,
            "dim": options.dimensions,
            "epoch": epochs_of(training, options),
            "minCount": LEAST_SEEN,
            "wordNgrams": WORDS_TOGETHER,
            "bucket": options.buckets,
            "loss": "softmax",
            "seed": options.seed,
        }
        train_classifier(file, path, asked, language)


def epochs_of(training: tuple[list[bytes], list[bytes]], options: QualityOptions) -> int:
    """How often all documents are read.

    >>> epochs_of(([b"good"] * 500, [b"bad"] * 2000), QualityOptions())
    8
    """
    if options.epochs is not None:
        return options.epochs
    n_lines = 2 * max(map(len, training))
    return min(MOST_EPOCHS, max(FEWEST_EPOCHS, round(READINGS / n_lines)))


def _fingerprint(sides: _Sides, options: QualityOptions) -> str:
    """What a classifier is made from: the documents, the options, the program."""
    digest = hashlib.blake2b(digest_size=16)
    for lines in (
        *sides.training,
        *([text.encode("utf-8", "replace") for text in side] for side in sides.held_out),
    ):
        for line in lines:
            digest.update(hashlib.blake2b(line, digest_size=16).digest())
        digest.update(b"side")
    made = asdict(options) | {"epochs": epochs_of(sides.training, options), "sides": "weigh the same"}
    made |= {"fasttext": version("fasttext"), "form": DESCRIPTION, "of": digest.hexdigest()}
    return hashlib.blake2b(json.dumps(made, sort_keys=True).encode(), digest_size=16).hexdigest()


def _draw(text: str, what: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=what.encode()).digest()
    return int.from_bytes(digest, "big") / 2**64


def _write_record(path: Path, records: Mapping[str, Any]) -> None:
    tree = {"format": FORMAT, "form": DESCRIPTION, "languages": dict(sorted(records.items()))}
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)
