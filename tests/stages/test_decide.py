"""The policy on literal signals: the first broken rule, its value and threshold."""

from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ccnet_lite.settings import LanguageSettings, ParagraphSettings, Settings
from ccnet_lite.stages.decide import decide, pick_survivors
from ccnet_lite.store.tables import conform, spark_schema

GOOD: dict[str, Any] = {
    "doc_id": "good",
    "shard": 0,
    "position": 0,
    "cc_segment": "s",
    "record_offset": 9,
    "n_chars_read": 900,
    "n_lines_read": 9,
    "n_chars": 800,
    "n_lines": 8,
    "language": "en",
    "language_score": 0.9,
    "script": "Latn",
    "script_share": 1.0,
    "n_words": 100,
    "homoglyph_share": 0.0,
    "duplicate_line_share": 0.0,
    "top_ngram_share": 0.0,
    "symbol_share": 0.1,
    "bullet_share": 0.0,
}
SELECTED = {"n_host_boilerplate": 0, "n_common_boilerplate": 0, "n_repeated": 0, "n_repeated_within": 0}


def signals(spark: SparkSession, *changes: dict[str, Any]) -> Any:
    return spark.createDataFrame([GOOD | change for change in changes], spark_schema("signals"))


def selections(spark: SparkSession, *rows: tuple[str, int, int]) -> Any:
    return spark.createDataFrame(
        [
            {
                "doc_id": i,
                "shard": 0,
                "position": 0,
                "line_ids": [],
                "n_chars": c,
                "n_chars_repeated": 0,
                "n_chars_first": 0,
                "n_lines": n,
                "n_lines_read": n,
            }
            | SELECTED
            for i, c, n in rows
        ],
        spark_schema("selections"),
    )


def clusters(spark: SparkSession, *rows: tuple[str, str, int, bool, float]) -> Any:
    """Rows of doc_id, cluster_id, cluster_size, representative, similarity."""
    crawls = {True: (["c1", "c2"], [1, 1]), False: (None, None)}
    return spark.createDataFrame([(*row, *crawls[row[3]]) for row in rows], spark_schema("clusters"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (None, None, None, None)),
        ({"n_chars_read": 299}, ("length", "too_short", 299.0, 300.0)),
        ({"n_lines": 0, "n_chars": 0}, ("lines", "no_line_left", 0.0, 1.0)),
        ({"n_chars": 199}, ("lines", "too_short_without_boilerplate", 199.0, 200.0)),
        ({"language_score": 0.49}, ("language", "language_below_threshold", 0.49, 0.5)),
        ({"homoglyph_share": 0.2}, ("heuristics", "homoglyph_share_above", 0.2, 0.05)),
        ({"symbol_share": None}, (None, None, None, None)),
        # The first rule in order has the say.
        ({"n_chars_read": 10, "language_score": 0.1}, ("length", "too_short", 10.0, 300.0)),
    ],
)
def test_rules(spark: SparkSession, change: dict[str, Any], expected: tuple[Any, ...]) -> None:
    decided = decide(signals(spark, change), None, selections(spark, ("good", 700, 7)), Settings())
    row = conform(decided, "decisions").first()
    assert row is not None
    assert (row.stage, row.rule, row.value, row.threshold) == expected
    assert row.n_chars == (700 if expected[0] is None else (GOOD | change)["n_chars_read"])


def test_language_lists(spark: SparkSession) -> None:
    rows = signals(spark, {"doc_id": "a", "language": "de"}, {"doc_id": "b", "language": "fr"})
    chosen = selections(spark, ("a", 700, 7), ("b", 700, 7))
    keep = Settings(language=LanguageSettings(keep=("de",)))
    drop = Settings(language=LanguageSettings(drop=("de",)))
    assert {r.doc_id: r.rule for r in decide(rows, None, chosen, keep).collect()} == {
        "a": None,
        "b": "language_not_kept",
    }
    assert {r.doc_id: r.rule for r in decide(rows, None, chosen, drop).collect()} == {
        "a": "language_dropped",
        "b": None,
    }


def test_near_duplicates_name_who_stays(spark: SparkSession) -> None:
    rows = signals(spark, {"doc_id": "a"}, {"doc_id": "b"}, {"doc_id": "c"})
    found = clusters(spark, ("a", "a", 2, True, 1.0), ("b", "a", 2, False, 0.83))
    decided = decide(rows, found, selections(spark, ("a", 700, 7), ("c", 700, 7)), Settings())
    by_id = {row.doc_id: row for row in decided.collect()}
    assert (by_id["b"].rule, by_id["b"].value, by_id["b"].threshold, by_id["b"].duplicate_of) == (
        "near_duplicate",
        0.83,
        0.8,
        "a",
    )
    assert (by_id["a"].rule, by_id["a"].duplicate_of, by_id["a"].cluster_size) == (None, None, 2)
    assert (by_id["c"].cluster_id, by_id["c"].cluster_size) == (None, 1)
    assert (by_id["a"].crawls, by_id["a"].crawl_copies) == (["c1", "c2"], [1, 1])
    assert (by_id["c"].crawls, by_id["c"].crawl_copies) == (["unnamed"], [1])


def test_what_paragraph_deduplication_leaves_is_checked(spark: SparkSession) -> None:
    rows = signals(spark, {"doc_id": "a"}, {"doc_id": "b"})
    chosen = selections(spark, ("a", 0, 0), ("b", 150, 2))
    ours = {r.doc_id: r.rule for r in decide(rows, None, chosen, Settings()).collect()}
    assert ours == {"a": "no_line_left_after_dedup", "b": "too_short_after_dedup"}
    as_ccnet = Settings(paragraphs=ParagraphSettings(min_document_chars=0))
    assert {r.doc_id: r.rule for r in decide(rows, None, chosen, as_ccnet).collect()} == {
        "a": "no_line_left_after_dedup",
        "b": None,
    }


def test_what_mostly_stands_elsewhere_goes_unless_others_rely_on_it(spark: SparkSession) -> None:
    rows = signals(spark, *({"doc_id": name} for name in ("half", "more", "first", "stands", "other", "cut")))
    found = clusters(spark, ("stands", "stands", 2, True, 1.0), ("other", "stands", 2, False, 0.9))
    repeated = {"half": 600, "more": 601, "first": 601, "stands": 601, "cut": 601}
    chosen = selections(spark, *((name, 600, 6) for name in repeated))
    count = F.create_map(*(F.lit(part) for pair in repeated.items() for part in pair))[F.col("doc_id")]
    first = F.when(F.col("doc_id") == "first", 200).when(F.col("doc_id") == "cut", 199).otherwise(0)
    chosen = chosen.withColumns({"n_chars_repeated": count, "n_chars_first": first})
    by_id = {row.doc_id: row for row in decide(rows, found, chosen, Settings()).collect()}
    assert {name: by_id[name].rule for name in repeated} == {
        "half": None,
        "more": "mostly_repeated",
        "first": None,
        "stands": None,
        "cut": "mostly_repeated",
    }
    assert (by_id["more"].value, by_id["more"].threshold) == (601 / 1201, 0.5)
    for off in (ParagraphSettings(max_repeated_share=1.0), ParagraphSettings(policy="drop_all_copies")):
        kept = decide(rows, found, chosen, Settings(paragraphs=off)).where("rule = 'mostly_repeated'")
        assert kept.count() == 0


def test_survivors_are_eligible_and_represent_their_cluster(spark: SparkSession) -> None:
    rows = signals(spark, {"doc_id": "a"}, {"doc_id": "b"}, {"doc_id": "c", "language_score": 0.1})
    found = clusters(spark, ("a", "a", 2, True, 1.0), ("b", "a", 2, False, 0.9))
    assert [row.doc_id for row in pick_survivors(rows, found, Settings()).collect()] == ["a"]
