"""The policy as data: each rule's column, side, bound and words, on literal rows."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.kernels.rules import (
    Rule,
    at_least,
    at_most,
    columns_of,
    decision_rules,
    document_rules,
    first_broken,
    verdict_columns,
)
from ccnet_lite.settings import HEURISTICS, Settings, load_settings

GOOD: dict[str, Any] = {
    "n_chars_read": 900,
    "n_chars": 800,
    "n_lines": 8,
    "language": "en",
    "language_score": 0.9,
    "language_confidence": 0.9,
    "homoglyph_share": 0.0,
    "disguised_share": 0.0,
    "mark_share": 0.0,
    "garbled_share": 0.0,
    "case_disorder": 0.0,
    "word_disorder": 0.0,
    "keyword_share": 0.0,
    "duplicate_line_share": 0.0,
    "top_ngram_share": 0.0,
    "symbol_share": 0.0,
    "bullet_share": 0.0,
    "representative": None,
    "similarity": None,
    "lines_left": 8,
    "chars_left": 700,
    "repeated_share": 0.0,
    "repeated_share_alone": 0.0,
}
KINDS = {"language": pa.string(), "representative": pa.bool_()} | {
    name: pa.int64() for name in ("n_chars_read", "n_chars", "n_lines", "lines_left", "chars_left")
}
Verdict = tuple[str | None, str | None, float | None, float | None]


def table(*changes: dict[str, Any]) -> pa.Table:
    rows = [GOOD | change for change in changes]
    return pa.table({name: pa.array([row[name] for row in rows], KINDS.get(name, pa.float64())) for name in GOOD})


def verdicts(settings: Settings, *changes: dict[str, Any]) -> list[Verdict]:
    """stage, rule, value, threshold of each document"""
    rules = decision_rules(settings)
    documents = table(*changes)
    columns = verdict_columns(documents, rules, first_broken(documents, rules))
    return list(zip(*(columns[name].to_pylist() for name in ("stage", "rule", "value", "threshold")), strict=True))


STAYS: Verdict = (None, None, None, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, STAYS),
        ({"n_chars_read": 299}, ("length", "too_short", 299.0, 300.0)),
        ({"n_chars_read": 300}, STAYS),
        ({"n_lines": 0}, ("lines", "no_line_left", 0.0, 1.0)),
        ({"n_lines": 1}, STAYS),
        ({"n_chars": 199}, ("lines", "too_short_without_boilerplate", 199.0, 200.0)),
        ({"n_chars": 200}, STAYS),
        ({"language_confidence": 0.49}, ("language", "language_below_threshold", 0.49, 0.5)),
        ({"language_confidence": 0.5}, STAYS),
        ({"language": "zxx"}, ("language", "not_a_language", 0.9, None)),
        ({"language": "und"}, ("language", "not_a_language", 0.9, None)),
        (
            {"representative": False, "similarity": 0.83},
            ("near_duplicates", "near_duplicate", 0.83, 0.8),
        ),
        ({"representative": True, "similarity": 1.0}, STAYS),
        ({"lines_left": 0}, ("paragraphs", "no_line_left_after_dedup", 0.0, 1.0)),
        ({"lines_left": 1}, STAYS),
        ({"chars_left": 199}, ("paragraphs", "too_short_after_dedup", 199.0, 200.0)),
        ({"chars_left": 200}, STAYS),
        (
            {"repeated_share": 0.51, "repeated_share_alone": 0.51},
            ("paragraphs", "mostly_repeated", 0.51, 0.5),
        ),
        ({"repeated_share": 0.5, "repeated_share_alone": 0.5}, STAYS),
        # Others rely on it: the share is known, and held against nothing.
        ({"repeated_share": 0.99, "repeated_share_alone": None}, STAYS),
        # Not in question when paragraphs are compared: not dropped for what was not measured.
        ({"lines_left": None, "chars_left": None, "repeated_share_alone": None}, STAYS),
        # The first rule in order has the say.
        ({"n_chars_read": 10, "language_confidence": 0.1}, ("length", "too_short", 10.0, 300.0)),
        (
            {"representative": False, "similarity": 0.9, "lines_left": 0},
            ("near_duplicates", "near_duplicate", 0.9, 0.8),
        ),
        ({"language_confidence": 0.1, "symbol_share": 0.9}, ("language", "language_below_threshold", 0.1, 0.5)),
    ],
)
def test_just_below_at_and_above(change: dict[str, Any], expected: Verdict) -> None:
    assert verdicts(Settings(), change) == [expected]


@pytest.mark.parametrize(
    ("column", "bound"),
    [
        ("homoglyph_share", 0.03),
        ("disguised_share", 0.025),
        ("mark_share", 0.05),
        ("case_disorder", 0.6),
        ("word_disorder", 0.5),
        ("keyword_share", 0.25),
        ("duplicate_line_share", 0.3),
        ("top_ngram_share", 0.2),
        ("symbol_share", 0.4),
        ("bullet_share", 0.9),
    ],
)
def test_every_heuristic_drops_above_its_own_bound(column: str, bound: float) -> None:
    above = bound + 0.001
    found = verdicts(Settings(), {column: bound}, {column: above}, {column: None}, {column: bound - 0.001})
    assert found == [STAYS, ("heuristics", f"{column}_above", above, bound), STAYS, STAYS]


shares = st.floats(0, 1)


@given(st.lists(st.tuples(shares, shares | st.none()), min_size=len(HEURISTICS), max_size=len(HEURISTICS)))
def test_a_document_breaks_the_first_heuristic_that_it_is_above(drawn: list[tuple[float, float | None]]) -> None:
    settings = load_settings(
        None, [f"quality.max_{each.column}={bound!r}" for each, (bound, _) in zip(HEURISTICS, drawn, strict=True)]
    )
    measured = {each.column: value for each, (_, value) in zip(HEURISTICS, drawn, strict=True)}
    broken = [
        ("heuristics", f"{each.column}_above", value, bound)
        for each, (bound, value) in zip(HEURISTICS, drawn, strict=True)
        if value is not None and value > bound
    ]
    assert verdicts(settings, measured) == [(broken or [STAYS])[0]]
    off = load_settings(None, ["quality.heuristics=false"])
    assert verdicts(off, measured) == [STAYS]


@pytest.mark.parametrize(
    ("override", "rules"),
    [
        ("language.keep=de", {"en": "language_not_kept", "de": None, "fr": "language_not_kept"}),
        ("language.drop=de,fr", {"en": None, "de": "language_dropped", "fr": "language_dropped"}),
        ("language.keep=de,en", {"en": None, "de": None, "fr": "language_not_kept"}),
    ],
)
def test_language_lists(override: str, rules: dict[str, str | None]) -> None:
    found = verdicts(load_settings(None, [override]), *({"language": code} for code in rules))
    assert {code: row[1] for code, row in zip(rules, found, strict=True)} == rules
    assert {row for row in found if row[1]} <= {("language", row[1], 0.9, None) for row in found}


def test_bounds_come_from_their_settings() -> None:
    settings = load_settings(
        None,
        [
            "ingest.min_chars=1000",
            "paragraphs.min_document_chars=50",
            "language.threshold=0.95",
            "near_duplicates.similarity=0.7",
            "paragraphs.max_repeated_share=0.25",
        ],
    )
    found = {rule.name: rule.threshold for rule in decision_rules(settings)}
    assert found == {
        "too_short": 1000.0,
        "no_line_left": 1.0,
        "too_short_without_boilerplate": 50.0,
        "mixed_languages": None,
        "language_below_threshold": 0.95,
        "not_a_language": None,
        "homoglyph_share_above": 0.03,
        "disguised_share_above": 0.025,
        "mark_share_above": 0.05,
        "garbled_share_above": 0.1,
        "case_disorder_above": 0.6,
        "word_disorder_above": 0.5,
        "keyword_share_above": 0.25,
        "duplicate_line_share_above": 0.3,
        "top_ngram_share_above": 0.2,
        "symbol_share_above": 0.4,
        "bullet_share_above": 0.9,
        "near_duplicate": 0.7,
        "no_line_left_after_dedup": 1.0,
        "too_short_after_dedup": 50.0,
        "mostly_repeated": 0.25,
    }
    assert list(found) == [rule.name for rule in decision_rules(settings)]
    assert [rule.name for rule in document_rules(settings)] == list(found)[:17]


@pytest.mark.parametrize(
    ("overrides", "gone"),
    [
        (["paragraphs.min_document_chars=0"], {"too_short_without_boilerplate", "too_short_after_dedup"}),
        (["paragraphs.max_repeated_share=1"], {"mostly_repeated"}),
        (["paragraphs.policy=drop_all_copies"], {"mostly_repeated"}),
        (["paragraphs.policy=none"], {"mostly_repeated"}),
        (["quality.heuristics=false"], {f"{each.column}_above" for each in HEURISTICS}),
    ],
)
def test_rules_that_settings_switch_off(overrides: list[str], gone: set[str]) -> None:
    names = [rule.name for rule in decision_rules(Settings())]
    left = [rule.name for rule in decision_rules(load_settings(None, overrides))]
    assert left == [name for name in names if name not in gone]


def test_what_was_not_measured_breaks_no_rule() -> None:
    rows = pa.table({"x": pa.array([None, 1.0, 3.0]), "s": pa.array([None, "a", "b"])})
    kinds = {
        "below": (at_least("s", "r", "x", 2), [False, True, False]),
        "above": (at_most("s", "r", "x", 2), [False, False, True]),
        "is": (Rule("s", "r", "x", "is", 3.0, "x", None), [False, False, True]),
        "in": (Rule("s", "r", "s", "in", ("a",), "x", None), [False, True, False]),
    }
    for rule, expected in kinds.values():
        assert rule.broken(rows).tolist() == expected


def test_columns_are_those_compared_and_those_shown_each_once() -> None:
    rules = [at_least("s", "a", "x", 1), Rule("s", "b", "y", "is", False, "z", None), at_most("s", "c", "x", 2)]
    assert columns_of(rules) == ["x", "y", "z"]


def test_a_rule_whose_value_is_unknown_has_none() -> None:
    rules = [Rule("language", "language_dropped", "language", "in", ("de",), "language_score", None)]
    documents = table({"language": "de", "language_score": None}, {"language": "de"}, {})
    columns = verdict_columns(documents, rules, np.array([0, 0, -1]))
    assert columns["value"].to_pylist() == [None, 0.9, None]
    assert columns["threshold"].to_pylist() == [None, None, None]
    assert columns["rule"].to_pylist() == ["language_dropped", "language_dropped", None]
