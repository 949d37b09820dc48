"""Perplexity cutoffs over a finished run: exact, from counts that Spark adds up."""

from pathlib import Path
from typing import Any

import numpy as np
from pyspark.sql import functions as F

from ccnet_lite.errors import UserError
from ccnet_lite.quality.drift import percentiles_of_counts
from ccnet_lite.run.finish import read_manifest
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.tables import load_table, read


def crawl_cutoffs(run: Path, spark: SparkSettings) -> dict[str, dict[str, Any]]:
    """Entries of a cutoffs.json (quality.buckets.write_cutoffs) over all documents that the run scored.

    By language: percentiles, documents, the days of the first and last download, the model's checksum.

    Raises:
        UserError: the run is not finished, or has no language model.
    """
    manifest = read_manifest(run)
    scores, documents = (load_table(run.resolve(), name) for name in ("scores", "documents"))
    if scores is None or documents is None:
        raise UserError(f"{run} holds no scores: run jobs/run_pipeline.py first")
    session = start_session(spark, "ccnet_lite cutoffs")
    scored = read(session, scores).where("perplexity is not null").select("doc_id", "language", "perplexity")
    counts: dict[str, dict[float, int]] = {}
    for row in scored.groupBy("language", "perplexity").count().collect():
        counts.setdefault(row["language"], {})[row["perplexity"]] = row["count"]
    if not counts:
        raise UserError(f"{run} scored nothing: it had no language model (quality.lm_dir)")
    day = F.substring("date_download", 1, 10)
    dated = read(session, documents).select("doc_id", day.alias("day")).join(scored, "doc_id")
    days = dated.groupBy("language").agg(F.min("day").alias("first"), F.max("day").alias("last")).collect()
    entries = {}
    for language, first, last in sorted(tuple(row) for row in days):
        values = np.array(sorted(counts[language]))
        models = manifest["models"].get(f"quality.lm_dir/{language}", ":")
        entries[language] = {
            "source": f"crawl, downloaded {first} to {last}",
            "documents": sum(counts[language].values()),
            "lm_sha256": models.partition(":")[2],
            "percentiles": percentiles_of_counts(values, np.array([counts[language][v] for v in values])),
        }
    return entries
