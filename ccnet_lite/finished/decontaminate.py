"""A finished run's corpus without what is in a reference: a test set, or another run's corpus.

Documents are found by their n-grams, in an index of the references' (overlap_in_memory.py) or, where they are more
than it is to hold, on Spark (overlap_on_spark.py); what is found convicts unless its n-grams are common in the
corpus or a reviewer found it innocent (decontaminated_files.py). summary.json comes last.

Not handled: a corpus of another schema version.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from ccnet_lite import __version__
from ccnet_lite.dedup.innocent import Innocent, read_innocent
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.decontaminated_files import REASONS, Searched, write_files
from ccnet_lite.finished.folders import Folder, check_new, finished_corpus, new_folder
from ccnet_lite.finished.overlap_in_memory import find_in_memory
from ccnet_lite.finished.overlap_on_spark import find_on_spark
from ccnet_lite.finished.references import open_reference
from ccnet_lite.kernels.decontaminate import MAX_NGRAMS, Overlap, Reference, TooLarge, write_index
from ccnet_lite.run.manifest import MANIFEST_FILE
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import ExportSettings, SparkSettings
from ccnet_lite.stages.items import map_items
from ccnet_lite.store.corpus import corpus_file
from ccnet_lite.store.json_files import intact, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.scratch import scratch_folder
from ccnet_lite.store.tables import Table, put_table

SUMMARY_FILE = "summary.json"
MADE = ("clean", "clean.manifest.json", "contaminated", "spared", SUMMARY_FILE)


@dataclass(frozen=True)
class Done:
    """What decontaminate did.

    spared: clean documents in which it found something that did not convict, by reason. unused: ids that
    reviewers' lists name and that were not met.
    """

    documents: int
    contaminated: int
    clean: int
    spared: dict[str, int]
    unused: tuple[str, ...] = ()


def decontaminate(
    run: Folder,
    against: Sequence[Folder],
    output: Folder,
    spark: SparkSettings,
    overlap: Overlap,
    report_only: bool = False,
    max_ngrams: int = MAX_NGRAMS,
    keep: Sequence[Path] = (),
    parts: int = 0,
) -> Done:
    """Write contaminated/, spared/, summary.json and, unless report_only, clean/ into a new folder `output`.

    keep: lists of hits and documents that a reviewer found innocent. max_ngrams: of the references, which are
    held in memory; parts: see `find_on_spark`.

    Raises:
        UserError: no finished run, a reference that cannot be read, an output folder that is not empty,
            a setting that cannot be.
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
    lists = [read_innocent(path) for path in keep]
    innocent = frozenset[str]().union(*(each.ids for each in lists))
    with tempfile.TemporaryDirectory(prefix="index-", dir=scratch_folder()) as made:
        given = [open_reference(each, overlap.fields) for each in against]
        references: list[Reference] | None = [reference for reference, _ in given]
        try:
            write_index(given, overlap, Path(made), max_ngrams)
        except TooLarge:
            references = None
        with new_folder(output, "decontaminate", MADE) as folder:
            session = start_session(spark, "ccnet_lite decontaminate")
            if references is None:
                references, find_in = find_on_spark(session, corpus, against, overlap, folder, parts)
            else:
                find_in = find_in_memory(session, corpus, Path(made), overlap.min_overlap, folder)
            written = None if report_only else export
            searched = write_files(session, corpus, find_in, references, overlap, innocent, folder, written)
            return _summarise(session, searched, corpus, references, overlap, folder, report_only, lists)


# ---- the summary ---------------------------------------------------------------------------------------


def _summarise(
    session: SparkSession,
    searched: Sequence[Searched],
    corpus: Table,
    references: Sequence[Reference],
    overlap: Overlap,
    folder: Place,
    report_only: bool,
    lists: Sequence[Innocent],
) -> Done:
    """Write the tables' manifests and summary.json, after checking that no document is lost."""
    by_language: dict[str, dict[str, int]] = {}
    by_reference: dict[str, np.ndarray[Any, Any]] = {}
    for file, found in zip(corpus.files, searched, strict=True):
        rest = found.files["clean"].rows if "clean" in found.files else 0
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
    files = {
        name: [each.files[name] for each in searched if name in each.files]
        for name in ("contaminated", "spared", "clean")
    }
    contaminated = put_table(folder, "contaminated", made_of, files["contaminated"])
    if files["spared"]:
        put_table(folder, "spared", made_of, files["spared"])
    if not report_only:
        put_table(folder, "clean", made_of, files["clean"], schema_name=corpus.schema)
    total = {
        key: sum(counted[key] for counted in by_language.values())
        for key in ("documents", "contaminated", "clean")
    }
    spared = {reason: np.sum([each.spared[reason] for each in searched], axis=0).tolist() for reason in REASONS}
    used = {each for found in searched for each in found.used}
    items_found = _items_found(session, contaminated)
    stored = {
        "format": "ccnet_lite.decontaminated",
        "version": __version__,
        "settings": {**asdict(overlap), "report_only": report_only},
        "corpus_digest": corpus.digest,
        **total,
        "languages": by_language,
        "spared": {reason: {"hits": hits, "documents": held} for reason, (hits, held) in spared.items()},
        "reviewed": [
            {"path": each.path, "sha256": each.sha256, "ids": len(each.ids), "used": len(each.ids & used)}
            for each in lists
        ],
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
    unused = sorted(frozenset[str]().union(*(each.ids for each in lists)) - used)
    return Done(**total, spared={reason: held for reason, (_, held) in spared.items()}, unused=tuple(unused))


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
