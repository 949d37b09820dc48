"""Perplexity, bucket and size of documents of one language: the last measurement, on the final text."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.carried import measured
from ccnet_lite.models.perplexity import ModelFiles, PerplexityModels
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.settings import QualitySettings
from ccnet_lite.store.copies import models_here

TIER_BELOW = "quality_tier_below"
"""The rule that drops a document for its tier."""


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

        batch: rows of one language, with doc_id, raw_content, length, nlines, and n_words and script where they
        are known.
        """
        texts = batch["raw_content"].to_pylist()
        measures = measured(batch, texts)
        values, pieces = self._models.score(texts, language)
        buckets = ["all"] * len(texts)
        if values is not None:
            buckets = self.cutoffs.bucket(
                language, values, self.settings.head_percentile, self.settings.tail_percentile
            )
        perplexity = pa.nulls(len(texts), pa.float64()) if values is None else pa.array(values, pa.float64())
        scored = _with(batch, {"perplexity": perplexity, "bucket": pa.array(buckets, pa.string())})
        columns: dict[str, Any] = {
            "doc_id": batch["doc_id"],
            "language": pa.array([language] * len(texts), pa.string()),
            "perplexity": perplexity,
            "pieces": pa.nulls(len(texts), pa.int64()) if pieces is None else pa.array(pieces, pa.int64()),
            "bucket": scored["bucket"],
            **self._verdicts(batch, language, buckets, perplexity.to_pylist()),
            "n_chars": batch["length"],
            "n_bytes": pc.binary_length(batch["raw_content"]).cast(pa.int64()),
            "n_lines": batch["nlines"],
            "n_words": measures["n_words"],
            "script": measures["script"],
        }
        return scored, pa.RecordBatch.from_pydict(columns)

    def _verdicts(
        self, batch: pa.RecordBatch, language: str, buckets: list[str], perplexities: list[float | None]
    ) -> dict[str, pa.Array]:
        """The rule that drops each document, what was measured and what it was held against; null where none does.

        By its tier first: a document that a bucket drops would have passed that.
        """
        kept = self.settings.keep_buckets
        least = self.settings.min_tier
        rows: list[tuple[str | None, float | None, float | None]] = []
        tiers = batch["quality_tier"].to_pylist()
        for tier, bucket, perplexity in zip(tiers, buckets, perplexities, strict=True):
            if tier is not None and tier < least:
                rows.append((TIER_BELOW, tier, least))
            elif bucket not in kept:
                rows.append((f"bucket_{bucket}", perplexity, self._edge(language, bucket)))
            else:
                rows.append((None, None, None))
        kinds = {"rule": pa.string(), "value": pa.float64(), "threshold": pa.float64()}
        return {name: pa.array([row[at] for row in rows], kinds[name]) for at, name in enumerate(kinds)}

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
