"""Move the kept text once, by language; score it where it lands and hand it to the corpus writer."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ccnet_lite.kernels.score import Scorer
from ccnet_lite.store.tables import spark_schema


class PartSink(Protocol):
    """What takes a part's rows (corpus.CorpusWriter)."""

    def write(
        self, scored: pa.RecordBatch, keep: list[bool], n_bytes: list[int]
    ) -> tuple[pa.Array, pa.Array]:
        """Take the rows to keep; gives each row's file and its number there, or null."""

    def close(self) -> None:
        """Make the files appear."""

    def abandon(self) -> None:
        """Leave no open file behind."""


def score_and_write(
    documents: DataFrame,
    tasks: int,
    make_scorer: Callable[[], Scorer],
    open_part: Callable[[str, int], PartSink],
) -> DataFrame:
    """Rows of `scores` for the rows that `assemble_shard` gives; evaluating it writes the corpus files.

    Each task takes whole parts, sorted, so it holds one language's model at a time.
    """
    schema = spark_schema("scores")
    names = schema.fieldNames()

    def score(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        scorer = make_scorer()
        for (language, part), rows in groupby(_runs(batches), key=lambda run: run[:2]):
            writer = open_part(language, part)
            try:
                for _, _, batch in rows:
                    scored, scores = scorer.score(batch, language)
                    keep = pc.is_null(scores["rule"]).to_pylist()
                    files, numbers = writer.write(scored, keep, scores["n_bytes"].to_pylist())
                    placed = scores.append_column("corpus_file", files).append_column("corpus_row", numbers)
                    yield placed.select(names)
            except BaseException:
                writer.abandon()
                raise
            writer.close()

    return _by_language(documents, tasks).mapInArrow(score, schema)


def perplexities(documents: DataFrame, tasks: int, make_scorer: Callable[[], Scorer]) -> DataFrame:
    """Rows of `perplexities` for rows of doc_id, raw_content, length, nlines and where they go."""

    def score(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        scorer = make_scorer()
        for language, _, batch in _runs(batches):
            scored, _ = scorer.score(batch, language)
            yield scored.select(["doc_id", "perplexity"])

    return _by_language(documents, tasks).mapInArrow(score, spark_schema("perplexities"))


def _by_language(documents: DataFrame, tasks: int) -> DataFrame:
    return documents.repartitionById(tasks, "task").sortWithinPartitions(
        "language", "part", "shard", "position"
    )


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, int, pa.RecordBatch]]:
    """Sorted batches cut where the language or the part changes: (language, part, rows)."""
    for batch in batches:
        if not batch.num_rows:
            continue
        languages = batch["language"].to_numpy(zero_copy_only=False)
        parts = batch["part"].to_numpy()
        changes = np.flatnonzero((languages[1:] != languages[:-1]) | (parts[1:] != parts[:-1])) + 1
        bounds = [0, *changes.tolist(), batch.num_rows]
        for begin, end in pairwise(bounds):
            yield languages[begin], int(parts[begin]), batch.slice(begin, end - begin)
