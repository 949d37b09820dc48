"""Perplexity cutoffs over a finished run: exact, from counts that Spark adds up.

The perplexities of documents that stay are in the corpus, those of documents that a bucket dropped in the
ledger.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import Folder, finished_corpus
from ccnet_lite.quality.buckets import read_cutoffs, write_cutoffs
from ccnet_lite.quality.drift import drift, drift_table, percentiles_of_counts
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import QualitySettings, SparkSettings
from ccnet_lite.stages.items import map_items
from ccnet_lite.store.corpus import corpus_file, form_of
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile, load_table

COUNTS = "language string, perplexity double, documents long, first string, last string"
BUCKET = "bucket_"
"""How the names of rules begin that drop a document for its perplexity."""


def crawl_cutoffs(run: Folder, spark: SparkSettings) -> dict[str, dict[str, Any]]:
    """Entries of a cutoffs.json (quality.buckets.write_cutoffs) over all documents that the run scored.

    By language: percentiles, documents, the days of the first and last download (of those that stay), the
    model's checksum.

    Raises:
        UserError: the run is not finished, or has no language model.
    """
    manifest, corpus = finished_corpus(run)
    ledger = load_table(corpus.run, "ledger")
    if ledger is None:
        raise UserError(f"{corpus.run.shown} holds no ledger: call ccnet-lite run first")
    files = [("corpus", corpus.place(file), file) for file in corpus.files]
    files += [("ledger", ledger.place(file), file) for file in ledger.files]

    date = form_of(corpus.schema).date

    def count(item: tuple[str, Place, DataFile]) -> Iterator[pa.RecordBatch]:
        table, place, file = item
        rows = count_kept(place, file, date) if table == "corpus" else count_dropped(place, file)
        yield from rows.to_batches()

    counted = map_items(start_session(spark, "ccnet_lite cutoffs"), files, count, COUNTS)
    sums = counted.groupBy("language", "perplexity").agg(
        F.sum("documents").alias("documents"), F.min("first").alias("first"), F.max("last").alias("last")
    )
    counts: dict[str, dict[float, int]] = {}
    days: dict[str, list[str]] = {}
    for language, perplexity, documents, first, last in sums.collect():
        counts.setdefault(language, {})[perplexity] = documents
        days.setdefault(language, []).extend(day for day in (first, last) if day)
    if not counts:
        raise UserError(f"{corpus.run.shown} scored nothing: it had no language model (quality.lm_dir)")
    entries = {}
    for language in sorted(counts):
        values = np.array(sorted(counts[language]))
        models = manifest.models.get(f"quality.lm_dir/{language}", ":")
        spread = f"{min(days[language])} to {max(days[language])}" if days[language] else "on no day that is known"
        entries[language] = {
            "source": f"crawl, downloaded {spread}",
            "documents": sum(counts[language].values()),
            "lm_sha256": models.split(":")[1],
            "percentiles": percentiles_of_counts(values, np.array([counts[language][v] for v in values])),
        }
    return entries


def count_kept(place: Place, file: DataFile, date: str) -> pa.Table:
    """Rows of COUNTS of a corpus file. date: the name of the column that holds it."""
    pieces = []
    for batch in read_file(place, ["perplexity", date], file=file):
        rows = batch.filter(batch["perplexity"].is_valid())
        days = pc.utf8_slice_codeunits(rows[date], 0, 10)
        pieces.append(pa.table({"perplexity": rows["perplexity"], "day": days}))
    language = pa.repeat(pa.scalar(corpus_file(file.name).language), sum(piece.num_rows for piece in pieces))
    return _counted(pa.concat_tables(pieces).append_column("language", language))


def count_dropped(place: Place, file: DataFile | None = None) -> pa.Table:
    """Rows of COUNTS of a file of the ledger."""
    pieces = [_NOTHING]
    for batch in read_file(place, ["rule", "value", "language"], file=file):
        wanted = pc.and_(pc.starts_with(batch["rule"], BUCKET), batch["value"].is_valid())
        rows = batch.filter(pc.fill_null(wanted, False))
        days = pa.nulls(rows.num_rows, pa.string())
        pieces.append(pa.table({"perplexity": rows["value"], "day": days, "language": rows["language"]}))
    return _counted(pa.concat_tables(pieces))


_NOTHING = pa.schema({"perplexity": pa.float64(), "day": pa.string(), "language": pa.string()}).empty_table()


def _counted(rows: pa.Table) -> pa.Table:
    sums = rows.group_by(["language", "perplexity"]).aggregate([([], "count_all"), ("day", "min"), ("day", "max")])
    names = ["language", "perplexity", "count_all", "day_min", "day_max"]
    return sums.select(names).rename_columns(["language", "perplexity", "documents", "first", "last"])


def drift_since(earlier: Path, entries: dict[str, dict[str, Any]], quality: QualitySettings) -> str:
    """How far cutoffs have moved from those of an earlier file, as a table for the terminal."""
    moved = drift(read_cutoffs(earlier), entries, quality.head_percentile, quality.tail_percentile)
    return drift_table(moved)


__all__ = ["crawl_cutoffs", "drift_since", "write_cutoffs"]
