"""Rules whose bound differs by language, or that are asked of some documents alone, on literal rows."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.kernels.rules import Rule, columns_of, document_rules, first_broken, policy_rule, verdict_columns
from ccnet_lite.settings import PolicyRule, load_settings

ROWS = pa.table(
    {
        "language": ["en", "de", "th", "en", "de", "th"],
        "script": ["Latn", "Latn", "Thai", "Latn", "Cyrl", "Thai"],
        "n_words": pa.array([10, 10, 10, 20, 20, None], pa.int64()),
    }
)


def rule(comparison: str = "below", bound: float = 15, own: dict[str, float] | None = None, **more: Any) -> Rule:
    given = {"name": "r", "column": "n_words", "comparison": comparison, "bound": bound, "source": "s"} | more
    return policy_rule(PolicyRule.model_validate(given), own or {})


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        (rule(), [1, 1, 1, 0, 0, 0]),
        (rule(own={"de": 10.0}), [1, 0, 1, 0, 0, 0]),  # at the bound it stays
        (rule(own={"de": 10.5, "en": 21.0}), [1, 1, 1, 1, 0, 0]),
        (rule("above"), [0, 0, 0, 1, 1, 0]),
        (rule("above", own={"de": 20.0, "fr": 1.0}), [0, 0, 0, 1, 0, 0]),
        (rule(languages=["en", "fr"]), [1, 0, 0, 0, 0, 0]),
        (rule(scripts=["Latn"]), [1, 1, 0, 0, 0, 0]),
        (rule(bound=99, without_scripts=["unspaced"]), [1, 1, 0, 1, 1, 0]),
        (rule(bound=99, scripts=["unspaced"]), [0, 0, 1, 0, 0, 0]),
        (rule(bound=99, scripts=["Latn"], languages=["de"], own={"en": 99.0}), [0, 1, 0, 0, 0, 0]),
    ],
)
def test_who_breaks_it(given: Rule, broken: list[int]) -> None:
    assert given.broken(ROWS).astype(int).tolist() == broken


def test_the_bound_that_was_used_is_told() -> None:
    rules = [rule(bound=5), rule(name="other", own={"de": 12.0, "th": 11.0}, languages=["de", "th"])]
    found = verdict_columns(ROWS, rules, first_broken(ROWS, rules))
    assert found["rule"].to_pylist() == [None, "other", "other", None, None, None]
    assert found["threshold"].to_pylist() == [None, 12.0, 11.0, None, None, None]
    assert found["value"].to_pylist() == [None, 10.0, 10.0, None, None, None]
    asked = rules[1].thresholds(ROWS)
    assert np.isnan(asked).tolist() == [True, False, False, True, False, False]


def test_columns_that_are_looked_at() -> None:
    assert columns_of([rule()]) == ["n_words"]
    assert columns_of([rule(own={"de": 1.0})]) == ["n_words", "language"]
    assert columns_of([rule(languages=["de"], without_scripts=["Thai"])]) == ["n_words", "language", "script"]


def test_in_words() -> None:
    assert rule(own={"de": 12.0, "th": 11.0, "en": 13.5}).asks == "at least 15; from 11 to 13.5 in 3 languages"
    assert rule("above").asks == "at most 15"


def test_policies_and_bounds_are_rules_of_documents() -> None:
    settings = load_settings(
        None,
        [
            "quality.policies=fineweb,c4",
            "quality.thresholds={c4_few_sentences={de=2}, symbol_share_above={fr=0.9}}",
        ],
    )
    rules = {each.name: each for each in document_rules(settings)}
    assert rules["c4_few_sentences"].by_language == (("de", 2.0),)
    assert rules["symbol_share_above"].by_language == (("fr", 0.9),)
    assert list(rules)[-7:-2] == [
        *("fineweb_few_sentence_ends", "fineweb_short_lines", "fineweb_duplicate_line_characters"),
        *("fineweb_newlines", "c4_lorem_ipsum"),
    ]
    assert {each.stage for name, each in rules.items() if name.startswith(("c4", "fineweb"))} == {"heuristics"}
    assert not any(name.startswith("c4") for name in (each.name for each in document_rules(load_settings(None))))
