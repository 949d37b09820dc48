"""A finished run's corpus without what is in a reference: a test set, or another run's corpus.

One task some corpus files reads them with pyarrow, looks each document's n-grams up in an index of the
references' (dedup/overlap.py) that all processes of a machine map, and writes the rest of each file and a row
of `contaminated/` for each thing found. Files get their final names one by one; summary.json comes last.

The index lies in the output's _work/ meanwhile. From a store, each machine copies it once among its temporary
files; a copy stays there for a day at most until another run clears it.

Not handled: references that do not fit an index of MAX_NGRAMS; a corpus of another schema version.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from ccnet_lite import __version__
from ccnet_lite.dedup.overlap import Finder, Index, Match
from ccnet_lite.dedup.references import read_items
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.folders import Folder, check_new, finished_corpus, new_folder
from ccnet_lite.kernels.decontaminate import (
    MAX_NGRAMS,
    Overlap,
    Reference,
    found_rows,
    read_names,
    texts_of,
    write_index,
)
from ccnet_lite.run.manifest import MANIFEST_FILE
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import ExportSettings, SparkSettings
from ccnet_lite.stages.items import ask_items, map_items
from ccnet_lite.store.copies import copy_folder, local_copy
from ccnet_lite.store.corpus import corpus_file, form_of
from ccnet_lite.store.json_files import Stored, intact, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.scratch import scratch_folder
from ccnet_lite.store.tables import DataFile, Table, put_table
from ccnet_lite.store.writing import WORK, PartWriter

SUMMARY_FILE = "summary.json"
MADE = ("clean", "clean.manifest.json", "contaminated", SUMMARY_FILE)


@dataclass(frozen=True)
class Done:
    """What decontaminate did."""

    documents: int
    contaminated: int
    clean: int


class Searched(Stored):
    """What a task did with a corpus file. by_reference: documents that hold an item of each."""

    read: int
    contaminated: int
    by_reference: tuple[int, ...]
    clean_file: DataFile | None
    contaminated_file: DataFile | None


def decontaminate(
    run: Folder,
    against: Sequence[Folder],
    output: Folder,
    spark: SparkSettings,
    overlap: Overlap,
    report_only: bool = False,
    max_ngrams: int = MAX_NGRAMS,
) -> Done:
    """Write contaminated/, summary.json and, unless report_only, clean/ into a new folder `output`.

    Raises:
        UserError: no finished run, a reference that cannot be read or is too large, an output folder that
            is not empty, a setting that cannot be.
        RunFailed: a document of the corpus is neither in clean/ nor contaminated.
    """
    overlap.check()
    manifest, corpus = finished_corpus(run)
    check_new(output, "decontaminate")
    shown = [str(given) for given in against]
    twice = sorted({given for given in shown if shown.count(given) > 1})
    if twice:
        raise UserError(f"--against {twice[0]} is given twice")
    with intact(corpus.run / MANIFEST_FILE, "call ccnet-lite run again, which writes it anew"):
        export = ExportSettings.model_validate(manifest.settings["export"])
    with tempfile.TemporaryDirectory(prefix="index-", dir=scratch_folder()) as made:
        given = [_reference(each, overlap.fields) for each in against]
        write_index(given, overlap, Path(made), max_ngrams)
        references = [reference for reference, _ in given]
        with new_folder(output, "decontaminate", MADE) as folder:
            index = folder / WORK / f"index-{uuid4().hex}"
            for path in sorted(Path(made).iterdir()):
                _put(path, index / path.name)
            session = start_session(spark, "ccnet_lite decontaminate")
            paths = [reference.path for reference in references]
            searched = _search(session, corpus, paths, overlap, index, None if report_only else export, folder)
            return _summarise(session, searched, corpus, references, overlap, folder, report_only)


# ---- the references ------------------------------------------------------------------------------------


def _reference(given: Folder, fields: Sequence[str]) -> tuple[Reference, Iterator[tuple[str, str]]]:
    """A reference and the names and texts of its items."""
    place = Place.of(given, "--against ")
    is_run = place.path.is_dir() if place.is_local else (place / MANIFEST_FILE).exists()
    if is_run:
        manifest, corpus = finished_corpus(place, "--against ")
        return Reference(str(given), f"corpus {manifest.tables['corpus'].digest}"), _documents(corpus)
    # As it was given: messages name it so.
    path = Path(str(given).removeprefix("file://")) if place.is_local else local_copy(place)
    items = read_items(path, fields)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Reference(str(given), f"sha256 {digest}"), items


def _documents(corpus: Table) -> Iterator[tuple[str, str]]:
    text = form_of(corpus.schema).text
    for file in corpus.files:
        for batch in read_file(corpus.place(file), ["doc_id", "title", text], file=file):
            yield from zip(batch["doc_id"].to_pylist(), texts_of(batch, text), strict=True)


def _put(path: Path, place: Place) -> None:
    with path.open("rb") as source, place.create() as copy:
        while block := source.read(8 << 20):
            copy.write(block)


# ---- the corpus ----------------------------------------------------------------------------------------


def _search(
    session: SparkSession,
    corpus: Table,
    paths: Sequence[str],
    overlap: Overlap,
    index: Place,
    export: ExportSettings | None,
    folder: Place,
) -> list[Searched]:
    """Write contaminated/ and, with export's settings, clean/; gives what was done, by corpus file."""
    min_overlap, text = overlap.min_overlap, form_of(corpus.schema).text

    def work_on(item: tuple[int, DataFile]) -> str:
        here = copy_folder(index)
        finder, items = Finder(Index.load(here), min_overlap), read_names(here)

        def find(batch: pa.RecordBatch, first: int) -> tuple[list[Match], pa.RecordBatch]:
            found = finder.find(texts_of(batch, text))
            return found, found_rows(batch, first, item[1].name, found, items, paths)

        return _search_file(*item, corpus, find, len(paths), folder, export).model_dump_json()

    said = ask_items(session, list(enumerate(corpus.files)), work_on)
    return [Searched.model_validate_json(each) for each in said]


def _search_file(
    number: int, file: DataFile, corpus: Table, find: Any, n_references: int, folder: Place, export: Any
) -> Searched:
    """One corpus file: its contaminated rows, its clean rows, and their counts."""
    made_of = corpus.manifest.fingerprint
    writers = {"contaminated": PartWriter(folder, "contaminated", made_of, f"part-{number:06d}.parquet")}
    if export is not None:
        sizes = {"level": export.compression_level, "row_group_bytes": export.row_group_bytes}
        writers["clean"] = PartWriter(folder, "clean", made_of, file.name, **sizes, schema_name=corpus.schema)
    by_reference = np.zeros(n_references, np.int64)
    row = contaminated = 0
    written: dict[str, DataFile] = {}
    try:
        for batch in read_file(corpus.place(file), file=file):
            found, rows = find(batch, row)
            dirty = np.zeros(batch.num_rows, bool)
            dirty[[match.text for match in found]] = True
            for reference, _ in {(match.reference, match.text) for match in found}:
                by_reference[reference] += 1
            contaminated += int(dirty.sum())
            writers["contaminated"].write(rows)
            if "clean" in writers:
                writers["clean"].write(batch.filter(pa.array(~dirty)))
            row += batch.num_rows
        for name in list(writers):
            writer = writers.pop(name)
            if writer.rows:
                written[name] = writer.close()
            else:
                writer.abandon()
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise
    return Searched(
        read=row,
        contaminated=contaminated,
        by_reference=tuple(by_reference.tolist()),
        clean_file=written.get("clean"),
        contaminated_file=written.get("contaminated"),
    )


# ---- the summary ---------------------------------------------------------------------------------------


def _summarise(
    session: SparkSession,
    searched: Sequence[Searched],
    corpus: Table,
    references: Sequence[Reference],
    overlap: Overlap,
    folder: Place,
    report_only: bool,
) -> Done:
    """Write the tables' manifests and summary.json, after checking that no document is lost."""
    by_language: dict[str, dict[str, int]] = {}
    by_reference: dict[str, np.ndarray[Any, Any]] = {}
    for file, found in zip(corpus.files, searched, strict=True):
        rest = found.clean_file.rows if found.clean_file else 0
        if report_only:
            rest = file.rows - found.contaminated
        if not found.read == file.rows == rest + found.contaminated:
            raise RunFailed(
                f"{file.name}: {file.rows:,} documents of the corpus, {found.read:,} read, but {rest:,} clean "
                f"and {found.contaminated:,} contaminated: call ccnet-lite verify on the run"
            )
        language = corpus_file(file.name).language
        counted = by_language.setdefault(language, dict.fromkeys(("documents", "contaminated", "clean"), 0))
        for key, value in (("documents", file.rows), ("contaminated", found.contaminated), ("clean", rest)):
            counted[key] += value
        by_reference[language] = by_reference.get(language, 0) + np.array(found.by_reference)
    made_of = corpus.manifest.fingerprint
    rows = [each.contaminated_file for each in searched if each.contaminated_file]
    contaminated = put_table(folder, "contaminated", made_of, rows)
    if not report_only:
        clean = [each.clean_file for each in searched if each.clean_file]
        put_table(folder, "clean", made_of, clean, schema_name=corpus.schema)
    total = {key: sum(counted[key] for counted in by_language.values()) for key in Done.__annotations__}
    items_found = _items_found(session, contaminated)
    stored = {
        "format": "ccnet_lite.decontaminated",
        "version": __version__,
        "settings": {**asdict(overlap), "report_only": report_only},
        "corpus_digest": corpus.digest,
        **total,
        "languages": by_language,
        "references": [
            {
                **asdict(reference),
                "items_found": items_found.get(reference.path, 0),
                "documents": {
                    language: count for language in by_language if (count := int(by_reference[language][number]))
                },
            }
            for number, reference in enumerate(references)
        ],
    }
    write_json(folder / SUMMARY_FILE, stored)
    return Done(**total)


def _items_found(session: SparkSession, contaminated: Table) -> dict[str, int]:
    """By reference, how many of its items are in a document."""
    if not contaminated.files:
        return {}

    def items(place: Place) -> Iterator[pa.RecordBatch]:
        for batch in read_file(place, ["reference", "item", "measure"]):
            yield batch.filter(pc.equal(batch["measure"], "item"))

    places = [contaminated.place(file) for file in contaminated.files]
    found = map_items(session, places, items, "reference string, item string").distinct()
    return {row["reference"]: row["count"] for row in found.groupBy("reference").count().collect()}
