"""Perplexity, bucket and size of documents of one language: the last measurement, on the final text."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ccnet_lite.models.perplexity import ModelFiles, PerplexityModels
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import QualitySettings
from ccnet_lite.store.copies import models_here


@dataclass
class Scorer:
    """Scores batches of one language after another; holds one language's model at a time."""

    models: dict[str, ModelFiles]
    cutoffs: Cutoffs
    settings: QualitySettings

    def __post_init__(self) -> None:
        self._models = PerplexityModels(self.models, self.settings.normalization, locate=models_here)

    def score(self, batch: pa.RecordBatch, language: str) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """The batch with `perplexity` and `bucket`, and what is known of each document: doc_id, language,
        perplexity, pieces, bucket, rule, value, threshold, n_chars, n_bytes, n_lines, n_words, script.

        batch: rows of one language, with doc_id, raw_content, length and nlines.
        """
        texts = batch["raw_content"].to_pylist()
        measured = measure(texts, full=False)
        values, pieces = self._models.score(texts, language)
        buckets = ["all"] * len(texts)
        if values is not None:
            buckets = self.cutoffs.bucket(
                language, values, self.settings.head_percentile, self.settings.tail_percentile
            )
        wanted = [bucket in self.settings.keep_buckets for bucket in buckets]
        perplexity = pa.nulls(len(texts), pa.float64()) if values is None else pa.array(values, pa.float64())
        scored = _with(batch, {"perplexity": perplexity, "bucket": pa.array(buckets, pa.string())})
        columns: dict[str, Any] = {
            "doc_id": batch["doc_id"],
            "language": pa.array([language] * len(texts), pa.string()),
            "perplexity": perplexity,
            "pieces": pa.nulls(len(texts), pa.int64()) if pieces is None else pa.array(pieces, pa.int64()),
            "bucket": scored["bucket"],
            "rule": pa.array([None if keep else f"bucket_{b}" for keep, b in zip(wanted, buckets, strict=True)]),
            "value": pa.array(
                [None if keep else v for keep, v in zip(wanted, perplexity.to_pylist(), strict=True)]
            ),
            "threshold": pa.array(
                [None if keep else self._edge(language, b) for keep, b in zip(wanted, buckets, strict=True)]
            ),
            "n_chars": batch["length"],
            "n_bytes": pa.array([len(text.encode()) for text in texts], pa.int64()),
            "n_lines": batch["nlines"],
            "n_words": measured["n_words"],
            "script": measured["script"],
        }
        types = {"rule": pa.string(), "value": pa.float64(), "threshold": pa.float64()}
        for name, kind in types.items():
            columns[name] = columns[name].cast(kind)
        return scored, pa.RecordBatch.from_pydict(columns)

    def _edge(self, language: str, bucket: str) -> float | None:
        """The perplexity that a document of a bucket that is not wanted was held against."""
        edges = self.cutoffs.edges(language, self.settings.head_percentile, self.settings.tail_percentile)
        if edges is None:
            return None
        head, tail = edges
        return {"head": head, "middle": head, "tail": tail}.get(bucket)


def _with(batch: pa.RecordBatch, columns: dict[str, pa.Array]) -> pa.RecordBatch:
    arrays = {name: batch[name] for name in batch.schema.names} | columns
    return pa.RecordBatch.from_pydict(arrays)
