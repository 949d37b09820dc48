"""Every record has one fate, on literal rows."""

from typing import Any

from pyspark.sql import SparkSession

from ccnet_lite.stages.ledger import funnel, keep_ledger
from ccnet_lite.store.tables import conform, spark_schema

RECORD: dict[str, Any] = {
    "shard": 0,
    "cc_segment": "s",
    "record_offset": 0,
    "member_offset": 0,
    "record_length": 5,
    "record_id": "r",
    "url": "u",
    "record_type": "conversion",
}
DECISION: dict[str, Any] = {
    "shard": 0,
    "position": 0,
    "cc_segment": "s",
    "record_offset": 0,
    "stage": None,
    "rule": None,
    "value": None,
    "threshold": None,
    "duplicate_of": None,
    "language": "en",
    "language_score": 0.9,
    "n_chars": 50,
    "cluster_id": None,
    "cluster_size": 1,
    "crawls": ["c"],
    "crawl_copies": [1],
}
SCORE: dict[str, Any] = {
    "language": "en",
    "perplexity": 80.5,
    "pieces": 9,
    "bucket": "head",
    "rule": None,
    "value": None,
    "threshold": None,
    "corpus_file": "corpus/x",
    "corpus_row": 3,
    "n_chars": 50,
    "n_bytes": 50,
    "n_lines": 1,
    "n_words": 8,
}


def ledger_of(spark: SparkSession) -> Any:
    def frame(table: str, rows: list[dict[str, Any]]) -> Any:
        return spark.createDataFrame(rows, spark_schema(table))

    records = [
        RECORD | {"outcome": "document", "rule": None, "doc_id": doc_id}
        for doc_id in ("kept", "near", "tail", "lost")
    ]
    records.append(RECORD | {"outcome": "skipped", "rule": "warcinfo", "doc_id": None})
    records.append(RECORD | {"outcome": "bad", "rule": "truncated_gzip", "doc_id": None})
    near = {
        "stage": "near_duplicates",
        "rule": "near_duplicate",
        "value": 0.83,
        "threshold": 0.8,
        "duplicate_of": "kept",
    }
    decisions = [
        DECISION | {"doc_id": "kept"},
        DECISION | {"doc_id": "near"} | near,
        DECISION | {"doc_id": "tail"},
    ]
    late = {
        "bucket": "tail",
        "rule": "bucket_tail",
        "value": 900.0,
        "threshold": 500.0,
        "corpus_file": None,
        "corpus_row": None,
    }
    scores = [SCORE | {"doc_id": "kept"}, SCORE | {"doc_id": "tail"} | late]
    return keep_ledger(frame("records", records), frame("decisions", decisions), frame("scores", scores))


def test_fates(spark: SparkSession) -> None:
    rows = conform(ledger_of(spark), "ledger").collect()
    assert len(rows) == 6
    fates = {
        r.doc_id or r.rule: (r.outcome, r.stage, r.rule, r.value, r.threshold, r.bucket, r.corpus_row)
        for r in rows
    }
    assert fates == {
        "kept": ("kept", None, None, None, None, "head", 3),
        "near": ("dropped", "near_duplicates", "near_duplicate", 0.83, 0.8, None, None),
        "tail": ("dropped", "quality", "bucket_tail", 900.0, 500.0, None, None),
        "lost": ("lost", None, None, None, None, None, None),
        "warcinfo": ("skipped", "ingest", "warcinfo", None, None, None, None),
        "truncated_gzip": ("bad", "ingest", "truncated_gzip", None, None, None, None),
    }


def test_reasons_in_words(spark: SparkSession) -> None:
    assert {r.doc_id or r.rule: r.reason for r in ledger_of(spark).collect()} == {
        "kept": None,
        "near": "near-duplicate of kept at 0.83",
        "tail": "bucket tail: 900.00 against 500.00",
        "lost": None,
        "warcinfo": "warcinfo",
        "truncated_gzip": "truncated gzip",
    }


def test_funnel_counts_every_row_once(spark: SparkSession) -> None:
    rows = funnel(ledger_of(spark)).collect()
    assert sum(row["count"] for row in rows) == 6
    assert {(r.language, r.outcome): (r["count"], r.n_chars) for r in rows}["en", "kept"] == (1, 50)
