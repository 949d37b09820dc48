"""A finished run's corpus without what is in a reference: a test set, or another run's corpus.

One task a corpus file reads it with pyarrow, looks each document's n-grams up in an index of the references'
(dedup/overlap.py) that all processes of a machine map, and writes the rest of the file and a row of
`contaminated/` for each thing found. All is written beside the output folder and renamed at the end.

Not handled: references that do not fit an index of MAX_NGRAMS; a corpus of another schema version.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from ccnet_lite import __version__
from ccnet_lite.dedup.overlap import Finder, Index
from ccnet_lite.dedup.references import read_items
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.kernels.decontaminate import (
    MAX_NGRAMS,
    TEXT_COLUMNS,
    Overlap,
    Reference,
    found_rows,
    read_names,
    texts_of,
    write_index,
)
from ccnet_lite.run.finish import MANIFEST_FILE, read_manifest
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import ExportSettings, SparkSettings
from ccnet_lite.store.json_files import intact, write_json
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import DataFile, PartWriter, Table, described, load_table, write_manifest

SUMMARY_FILE = "summary.json"
FOUND = "file long, reference long, read long, documents long, rows long"


@dataclass(frozen=True)
class Done:
    """What decontaminate did."""

    documents: int
    contaminated: int
    clean: int


def decontaminate(
    run: Path,
    against: Sequence[Path],
    output: Path,
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
    manifest, corpus = _finished(run, "")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UserError(f"--output {output} is not an empty folder: give a new one")
    twice = sorted({str(path) for path in against if list(against).count(path) > 1})
    if twice:
        raise UserError(f"--against {twice[0]} is given twice")
    work = output.resolve().parent / f".{output.resolve().name}.partial"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        given = [_reference(path, overlap.fields) for path in against]
        write_index(given, overlap, work / "_index", max_ngrams)
        references = [reference for reference, _ in given]
        with intact(run / MANIFEST_FILE, "run jobs/run_pipeline.py again, which writes it anew"):
            export = ExportSettings.model_validate(manifest["settings"]["export"])
        session = start_session(spark, "ccnet_lite decontaminate")
        made = _find(session, corpus, references, overlap, work, None if report_only else export)
        done = _summarise(made, manifest, corpus, references, overlap, work, report_only)
        shutil.rmtree(work / "_index")
        output.parent.mkdir(parents=True, exist_ok=True)
        work.replace(output.resolve())
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def _finished(run: Path, option: str) -> tuple[dict[str, Any], Table]:
    """A finished run's manifest and its corpus."""
    manifest = read_manifest(run, option)
    corpus = load_table(run.resolve(), "corpus")
    if corpus is None or "corpus" not in manifest["tables"]:
        raise UserError(f"{option}{run} holds no corpus: run jobs/run_pipeline.py first")
    if not corpus.is_current:
        raise UserError(
            f"{option}{run}: its corpus has schema version {corpus.schema_version}, not "
            f"{schema_json('corpus')['version']}: run jobs/run_pipeline.py again, which makes it anew"
        )
    return manifest, corpus


# ---- the references ------------------------------------------------------------------------------------


def _reference(path: Path, fields: Sequence[str]) -> tuple[Reference, Iterator[tuple[str, str]]]:
    """A reference and the names and texts of its items."""
    if path.is_dir():
        manifest, corpus = _finished(path, "--against ")
        return Reference(str(path), f"corpus {manifest['tables']['corpus']['digest']}"), _documents(corpus)
    items = read_items(path, fields)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Reference(str(path), f"sha256 {digest}"), items


def _documents(corpus: Table) -> Iterator[tuple[str, str]]:
    for file in corpus.files:
        for batch in pq.ParquetFile(f"{corpus.folder}/{file.name}").iter_batches(1000, columns=TEXT_COLUMNS):
            yield from zip(batch["doc_id"].to_pylist(), texts_of(batch), strict=True)


# ---- the corpus ----------------------------------------------------------------------------------------


def _find(
    session: SparkSession,
    corpus: Table,
    references: Sequence[Reference],
    overlap: Overlap,
    work: Path,
    export: ExportSettings | None,
) -> list[Any]:
    """Write contaminated/ and, with export's settings, clean/; gives rows of FOUND.

    A row of reference -1 is of the file as a whole, the others of one reference in it.
    """
    names = [file.name for file in corpus.files]
    paths = [reference.path for reference in references]
    source, min_overlap = corpus.folder, overlap.min_overlap
    (work / "contaminated").mkdir()

    def work_on(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        finder = Finder(Index.load(work / "_index"), min_overlap)
        items = read_names(work / "_index")
        for batch in batches:
            for file in batch["id"].to_pylist():
                yield _do_file(file, names[file], source, finder, items, paths, work, export)

    frame = session.range(0, len(names), 1, max(1, len(names)))
    return frame.mapInArrow(work_on, FOUND).collect()


def _do_file(
    file: int,
    name: str,
    source: str,
    finder: Finder,
    items: pa.ChunkedArray,
    paths: Sequence[str],
    work: Path,
    export: ExportSettings | None,
) -> pa.RecordBatch:
    """One corpus file: its contaminated rows, its clean rows, and the counts as rows of FOUND."""
    place = PurePosixPath(name)
    contaminated = PartWriter(work / "contaminated", "contaminated", f"part-{file:06d}.parquet")
    clean = None
    if export is not None:
        level, row_group_bytes = export.compression_level, export.row_group_bytes
        clean = PartWriter(work / "clean" / place.parent, "corpus", place.name, level, row_group_bytes)
    counts = np.zeros((len(paths) + 1, 2), np.int64)  # the last is of the file: documents, rows
    row = 0
    for batch in pq.ParquetFile(f"{source}/{name}").iter_batches(batch_size=1000):
        found = finder.find(texts_of(batch))
        contaminated.write(found_rows(batch, row, name, found, items, paths))
        dirty = np.zeros(batch.num_rows, bool)
        dirty[[match.text for match in found]] = True
        for reference, _ in {(match.reference, match.text) for match in found}:
            counts[reference, 0] += 1
        for match in found:
            counts[match.reference, 1] += 1
        counts[-1] += (int(dirty.sum()), len(found))
        if clean is not None:
            clean.write(batch.filter(pa.array(~dirty)))
        row += batch.num_rows
    for writer in (contaminated, clean):
        if writer is not None and writer.rows:
            writer.close()
        elif writer is not None:
            writer.abandon()
    numbers = [*range(len(paths)), -1]
    columns = [[file] * len(numbers), numbers, [row] * len(numbers), counts[:, 0], counts[:, 1]]
    fields = ["file", "reference", "read", "documents", "rows"]
    return pa.RecordBatch.from_arrays([pa.array(values, pa.int64()) for values in columns], fields)


# ---- the summary ---------------------------------------------------------------------------------------


def _summarise(
    made: Sequence[Any],
    manifest: dict[str, Any],
    corpus: Table,
    references: Sequence[Reference],
    overlap: Overlap,
    work: Path,
    report_only: bool,
) -> Done:
    """Write the tables' manifests and summary.json, after checking that no document is lost."""
    digest = manifest["tables"]["corpus"]["digest"]
    paths = sorted((work / "contaminated").glob("*.parquet"))
    found = [described(path, work / "contaminated") for path in paths]
    write_manifest(work / "contaminated", "contaminated", digest, found)
    clean: list[DataFile] = []
    if not report_only:
        (work / "clean").mkdir(exist_ok=True)
        clean = [described(path, work / "clean") for path in sorted((work / "clean").rglob("*.parquet"))]
        write_manifest(work / "clean", "corpus", digest, clean)
    whole = {row["file"]: row for row in made if row["reference"] == -1}
    left = {file.name: file.rows for file in clean}
    by_language: dict[str, dict[str, int]] = {}
    for number, file in enumerate(corpus.files):
        dirty = whole[number]["documents"]
        rest = file.rows - dirty if report_only else left.get(file.name, 0)
        if not whole[number]["read"] == file.rows == rest + dirty:
            raise RunFailed(
                f"{file.name}: {file.rows:,} documents of the corpus, {whole[number]['read']:,} read, but "
                f"{rest:,} clean and {dirty:,} contaminated: run jobs/verify.py on the run"
            )
        language = PurePosixPath(file.name).parts[0].partition("=")[2]
        counted = by_language.setdefault(language, dict.fromkeys(("documents", "contaminated", "clean"), 0))
        for key, value in (("documents", file.rows), ("contaminated", dirty), ("clean", rest)):
            counted[key] += value
    total = {key: sum(counted[key] for counted in by_language.values()) for key in Done.__annotations__}
    items_found = _items_found(work, found)
    stored = {
        "format": "ccnet_lite.decontaminated",
        "version": __version__,
        "settings": {**asdict(overlap), "report_only": report_only},
        "corpus_digest": digest,
        **total,
        "languages": by_language,
        "references": [
            {
                **asdict(reference),
                "items_found": items_found.get(reference.path, 0),
                "documents": {
                    language: count
                    for language in by_language
                    if (count := _documents_of(made, corpus, number, language))
                },
            }
            for number, reference in enumerate(references)
        ],
    }
    write_json(work / SUMMARY_FILE, stored)
    return Done(**total)


def _documents_of(made: Sequence[Any], corpus: Table, reference: int, language: str) -> int:
    start = f"language={language}/"
    return sum(
        row["documents"]
        for row in made
        if row["reference"] == reference and corpus.files[row["file"]].name.startswith(start)
    )


def _items_found(work: Path, files: Sequence[DataFile]) -> dict[str, int]:
    """By reference, how many of its items are in a document."""
    found: dict[str, set[str]] = {}
    for file in files:
        rows = pq.read_table(
            work / "contaminated" / file.name,
            columns=["reference", "item"],
            filters=[("measure", "=", "item")],
        )
        for reference, item in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            found.setdefault(reference, set()).add(item)
    return {reference: len(items) for reference, items in found.items()}
