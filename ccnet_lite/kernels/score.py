"""Perplexity, context gain, bucket and size of documents of one language: the last measurement, on the final
text.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.carried import measured
from ccnet_lite.models.perplexity import ModelFiles, PerplexityModels
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.quality.in_sentences import in_sentences
from ccnet_lite.settings import QualitySettings
from ccnet_lite.store.copies import models_here

TIER_BELOW = "quality_tier_below"
"""The rule that drops a document for its tier."""
CONTEXT_GAIN_BELOW = "context_gain_below"
"""The rule that drops a document whose words stand in random order, by its language's model."""


@dataclass
class Scorer:
    """Scores batches of one language after another; holds one language's model at a time."""

    models: dict[str, ModelFiles]
    cutoffs: Cutoffs
    settings: QualitySettings

    def __post_init__(self) -> None:
        self._models = PerplexityModels(self.models, self.settings.normalization, locate=models_here)

    def score(self, batch: pa.RecordBatch, language: str) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """The batch with `perplexity`, `context_gain` and `bucket`, and what is known of each document: doc_id,
        language, perplexity, pieces, bucket, rule, value, threshold, n_chars, n_bytes, n_lines, n_words, script.

        batch: rows of one language, with doc_id, raw_content, length, nlines, and n_words and script where they
        are known.
        """
        texts = batch["raw_content"].to_pylist()
        measures = measured(batch, texts)
        found = self._models.measure(texts, language)
        buckets = ["all"] * len(texts)
        perplexity, pieces = pa.nulls(len(texts), pa.float64()), pa.nulls(len(texts), pa.int64())
        gains = perplexity
        if found is not None:
            buckets = self.cutoffs.bucket(
                language, found.perplexities, self.settings.head_percentile, self.settings.tail_percentile
            )
            perplexity, pieces = pa.array(found.perplexities, pa.float64()), pa.array(found.pieces, pa.int64())
            gains = pa.array(found.context_gains, pa.float64(), from_pandas=True)
        added = {"perplexity": perplexity, "context_gain": gains, "bucket": pa.array(buckets, pa.string())}
        scored = _with(batch, added)
        columns: dict[str, Any] = {
            "doc_id": batch["doc_id"],
            "language": pa.array([language] * len(texts), pa.string()),
            "perplexity": perplexity,
            "pieces": pieces,
            "bucket": scored["bucket"],
            **self._verdicts(scored, language, texts),
            "n_chars": batch["length"],
            "n_bytes": pc.binary_length(batch["raw_content"]).cast(pa.int64()),
            "n_lines": batch["nlines"],
            "n_words": measures["n_words"],
            "script": measures["script"],
        }
        return scored, pa.RecordBatch.from_pydict(columns)

    def _verdicts(self, scored: pa.RecordBatch, language: str, texts: list[str]) -> dict[str, pa.Array]:
        """The rule that drops each document, what was measured and what it was held against; null where none does.

        By its tier first, then by its context gain: a document that a bucket drops would have passed them.
        """
        kept = self.settings.keep_buckets
        least, least_gain = self.settings.min_tier, self.settings.min_context_gain
        rows: list[tuple[str | None, float | None, float | None]] = []
        low = np.asarray(scored["context_gain"].fill_null(1.0)) < least_gain
        columns = [scored[name].to_pylist() for name in ("quality_tier", "bucket", "perplexity", "context_gain")]
        for row, (tier, bucket, perplexity, gain) in enumerate(zip(*columns, strict=True)):
            if tier is not None and tier < least:
                rows.append((TIER_BELOW, tier, least))
            elif least_gain and low[row] and in_sentences(texts[row]):
                rows.append((CONTEXT_GAIN_BELOW, gain, least_gain))
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
