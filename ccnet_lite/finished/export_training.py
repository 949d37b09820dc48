"""Finished runs' documents in a trainer's own layout (pretraining/exports.py), from Spark to any store.

A task reads a corpus file and writes its parts of the export, then a marker under _done/ that says what they were
made of: the file's rows, the format, the vocabulary. Whoever calls again with the same arguments goes on behind
the markers that stand; of a corpus that has changed, only what changed is made anew. Formats with one file a
language (fairseq, xlm) have their parts joined at the end. training.json comes last and lists all files.

Which files an export has, and what is in them, follows from the corpus' files alone, not from the tasks.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Literal, cast

from pyspark.sql import SparkSession

from ccnet_lite import __version__
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.export_joined import (
    join_parts,
    joined_already,
    standing,
    write_dictionary,
    write_indexes,
)
from ccnet_lite.finished.folders import Folder, finished_corpus
from ccnet_lite.pretraining.exports import JOINED, Format, Row, Shape, export_rows
from ccnet_lite.pretraining.mds import DONE
from ccnet_lite.pretraining.vocabulary import Vocabulary, load_vocabulary
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import SparkSettings
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.copies import local_folder
from ccnet_lite.store.corpus import VALIDATION, corpus_file, form_of
from ccnet_lite.store.json_files import intact, read_json, write_json
from ccnet_lite.store.places import Place, publishing, refuse_no_folder
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile
from ccnet_lite.store.writing import WORK, Summed, scratch_of

FILE_NAME = "training.json"
FORMAT = "ccnet_lite.training"
MARK = f"{WORK}/export-training.json"
ANEW = "delete it and call ccnet-lite export-training again"


@dataclass(frozen=True)
class ExportOptions:
    """What to export, and how. unit: None is a sentence for fairseq and xlm, else a document.

    languages, buckets: empty takes all.
    """

    format: Format
    vocabulary: Folder | None = None
    unit: Literal["sentence", "document"] | None = None
    languages: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What an export holds, and how many of its parts stood already."""

    documents: int
    tokens: int
    files: int
    bytes: int
    parts: int
    kept: int


@dataclass(frozen=True)
class _Part:
    """What is made of one corpus file. made_of: what it follows from."""

    language: str
    name: str
    place: Place
    file: DataFile
    text: str
    made_of: str


def export_training(
    runs: Sequence[Folder], output: Folder, spark: SparkSettings, options: ExportOptions
) -> Exported:
    """Write an export into a folder: a new one, or one that holds an export alike, which it goes on with.

    Raises:
        UserError: no finished run, a folder with something else, an option that does not go with the format.
        RunFailed: the documents written of a file are not those that it holds.
    """
    unit = options.unit or ("sentence" if options.format in JOINED else "document")
    _check(options, unit)
    vocabulary = None if options.vocabulary is None else Place.of(options.vocabulary, "--vocab ")
    digest = "" if vocabulary is None else _digest(local_folder(vocabulary))
    if vocabulary is not None:
        _loaded(vocabulary)
    settings = {"as": options.format, "by": unit, "vocab": digest}
    folder = Place.of(output, "--to ")
    parts = _parts(runs, options, settings)
    settings |= {"languages": ",".join(options.languages), "buckets": ",".join(options.buckets)}
    before = _take_up(folder, settings)
    session = start_session(spark, "ccnet_lite export-training")
    made_of = _made_of(parts)
    done = joined_already(folder, made_of) if options.format in JOINED else []
    for marker in done:
        del made_of[marker["language"]]
    left = [part for part in parts if part.language in made_of]
    markers, kept = _write_parts(session, left, folder, options, unit, vocabulary)
    done += join_parts(session, folder, markers, made_of, options.format) if options.format in JOINED else markers
    files = {name: size for each in done for name, size in each["files"].items() if not name.startswith(DONE)}
    if options.format == "mds":
        files |= write_indexes(folder, markers)
    if vocabulary is not None:
        files |= write_dictionary(folder, options.format, _loaded(vocabulary), local_folder(vocabulary))
    languages = _counts(done)
    stored = {"format": FORMAT, "version": __version__, "settings": settings, "languages": languages}
    write_json(folder / FILE_NAME, stored | {"files": dict(sorted(files.items()))})
    for name in sorted(before - files.keys()):
        (folder / name).delete()
    (folder / WORK).delete_all()
    counts = [count for some in languages.values() for count in some.values()]
    return Exported(
        documents=sum(count["documents"] for count in counts),
        tokens=sum(count["tokens"] for count in counts),
        files=len(files),
        bytes=sum(files.values()),
        parts=len(parts),
        kept=kept + len(parts) - len(left),
    )


def _check(options: ExportOptions, unit: str) -> None:
    name = options.format
    if options.vocabulary is None and name in ("megatron", "xlm"):
        raise UserError(
            f"--as {name} needs the folder of a vocabulary: give --vocab (ccnet-lite train-vocab makes one)"
        )
    if unit == "sentence" and name in ("mds", "jsonl"):
        raise UserError(f"--by sentence does not go with --as {name}, which has a document a record")


def _take_up(folder: Place, settings: Mapping[str, str]) -> set[str]:
    """Mark the folder as this export's; gives the files that an earlier one left there.

    Raises:
        UserError: something else is there.
    """
    refuse_no_folder(folder, "--to")
    before: set[str] = set()
    if folder.children():
        found = next((place for place in (folder / FILE_NAME, folder / MARK) if place.exists()), None)
        if found is None:
            raise UserError(f"--to {folder.shown} is neither empty nor an export: give another folder")
        with intact(found, ANEW):
            stored = read_json(found)
            before = set(stored.get("files", ()))
            there = stored["settings"]
        for key, value in settings.items():
            if there.get(key) != value:
                raise UserError(f"--to {folder.shown} holds an export with another --{key}: give another folder")
    write_json(folder / MARK, {"settings": dict(settings)})
    return before


def _parts(runs: Sequence[Folder], options: ExportOptions, settings: Mapping[str, str]) -> list[_Part]:
    """The corpus' files as parts of the export, by language and name."""
    found = []
    for number, run in enumerate(runs):
        table = finished_corpus(run)[1]
        for file in table.files:
            name = corpus_file(file.name)
            if options.languages and name.language not in options.languages:
                continue
            if options.buckets and name.bucket not in options.buckets:
                continue
            own = f"{name.subset.partition('_')[2]}-{name.bucket}-{name.part:05d}-{name.number:03d}"
            part = own if len(runs) == 1 else f"{number:02d}-{own}"
            made = json.dumps([dict(settings), file.name, file.digest, file.rows, part], sort_keys=True)
            made_of = hashlib.sha256(made.encode()).hexdigest()
            found.append(_Part(name.language, part, table.place(file), file, form_of(table.schema).text, made_of))
    if not found:
        raise UserError("there is nothing to export: no run holds any of these languages and buckets")
    return sorted(found, key=lambda part: (part.language, part.name))


def _made_of(parts: Sequence[_Part]) -> dict[str, str]:
    """By language, a digest of what its parts are made of."""
    found: dict[str, list[str]] = {}
    for part in parts:
        found.setdefault(part.language, []).append(part.made_of)
    return {language: hashlib.sha256("".join(some).encode()).hexdigest() for language, some in found.items()}


def _counts(markers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    """Documents, sequences and tokens by language and split."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for marker in markers:
        of_language = found.setdefault(marker["language"], {})
        for split, counts in marker["counts"].items():
            held = of_language.setdefault(split, dict.fromkeys(counts, 0))
            of_language[split] = {key: held[key] + value for key, value in counts.items()}
    return found


# ---- parts ---------------------------------------------------------------------------------------------


def _write_parts(
    session: SparkSession,
    parts: Sequence[_Part],
    folder: Place,
    options: ExportOptions,
    unit: str,
    vocabulary: Place | None,
) -> tuple[list[dict[str, Any]], int]:
    """Write what does not stand yet; gives all parts' markers, and how many stood."""

    def work_on(part: _Part) -> str:
        place = folder / DONE / part.language / f"{part.name}.json"
        marker = standing(place, part.made_of, folder)
        if marker is None:
            loaded = None if vocabulary is None else _loaded(vocabulary)
            shape = Shape(options.format, cast(Any, unit), loaded)
            marker = _write_part(part, folder, shape)
            write_json(place, marker)
            return json.dumps(marker)
        return json.dumps(marker | {"kept": True})

    markers = [json.loads(said) for said in ask_items(session.sparkContext, parts, work_on)]
    return markers, sum(marker.pop("kept", False) for marker in markers)


def _write_part(part: _Part, folder: Place, shape: Shape) -> dict[str, Any]:
    files: dict[str, int] = {}

    @contextmanager
    def open_file(name: str) -> Iterator[IO[bytes]]:
        with publishing(folder / name, scratch_of(folder)) as stream:
            summed = Summed(stream)
            yield cast(IO[bytes], summed)
        files[name] = summed.bytes

    counts = export_rows(_rows(part), part.language, part.name, shape, cast(Any, open_file))
    written = sum(count.documents for count in counts.values())
    if written != part.file.rows:
        raise RunFailed(f"{part.place.shown} holds {part.file.rows:,} documents, {written:,} were exported")
    return {
        "made_of": part.made_of,
        "language": part.language,
        "part": part.name,
        "files": files,
        "counts": {split: asdict(count) for split, count in counts.items()},
    }


def _rows(part: _Part) -> Iterator[Row]:
    columns = ["doc_id", part.text, "url", "cluster_id", "split"]
    for batch in read_file(part.place, columns, file=part.file):
        for doc_id, text, url, cluster, split in zip(*(batch[name].to_pylist() for name in columns), strict=True):
            yield Row(doc_id, text, url, cluster or "", split == VALIDATION)


@lru_cache(maxsize=1)
def _loaded(place: Place) -> Vocabulary:
    return load_vocabulary(local_folder(place))


def _digest(folder: Path) -> str:
    """Of all that a vocabulary's folder holds."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        digest.update(f"{path.name}\t{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
