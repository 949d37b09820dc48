"""Bounds fitted to reference prose: what is measured of it, who has too few, and the file that comes of it."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ccnet_lite.commands import fit_rules as command
from ccnet_lite.errors import UserError
from ccnet_lite.finished.fit_rules import fit_rules, of_reference, rules_to_fit, thresholds_toml
from ccnet_lite.quality.common_words import WordLists
from ccnet_lite.settings import PolicyRule, Settings, load_settings
from tests.crawl import body


def reference(folder: Path, **documents: int) -> Path:
    for language, n in documents.items():
        rows = [json.dumps({"text": body(language, k, 12 + 2 * k)}) for k in range(n)]
        (folder / f"{language}.jsonl").write_text("\n".join(rows))
    return folder


def rule(column: str, bound: float, comparison: str = "above", **more: Any) -> PolicyRule:
    given = {"name": f"r_{column}", "column": column, "bound": bound, "comparison": comparison, "source": "s"}
    return PolicyRule.model_validate(given | more)


def test_each_language_has_its_own(tmp_path: Path) -> None:
    rules = [
        rule("n_lines", 9),
        rule("newline_word_ratio", 5),
        rule("n_lines", 9, name="french", languages=("fr",)),
    ]
    documents = of_reference([reference(tmp_path, en=20, de=5)], WordLists({}))
    fits = {(fit.rule.name, fit.language): fit for fit in fit_rules(rules, documents, "percentile", 0.1, 0, 10)}
    lines = fits["r_n_lines", "en"]  # 6 to 25 lines
    assert (lines.documents, lines.bound, lines.dropped_before, lines.dropped) == (20, 23.0, 0.8, 0.1)
    few = fits["r_n_lines", "de"]
    assert (few.documents, few.bound, few.dropped_before, few.dropped) == (5, None, 0.2, 0.2)
    assert fits["r_newline_word_ratio", "en"].bound == 5.0
    assert len(fits) == 4  # French is asked of nobody
    text = thresholds_toml(list(fits.values()), {"method": "percentile", "share": 0.1})
    assert tomllib.loads(text) == {
        "about": {"method": "percentile", "share": 0.1},
        "r_n_lines": {"en": 23.0},
        "r_newline_word_ratio": {},
    }
    assert "# Its own in de: too few documents." in text
    assert "# Its own in en: costs no more than that." in text


def test_a_bound_that_asks_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = [
        rule("list_line_share", 0.5, "below"),
        rule("terminal_line_share", 0.5),
        rule("n_lines", 9),
        rule("prose_sentences", 5, "below"),
    ]
    documents = of_reference([reference(tmp_path, en=20, de=5)], WordLists({}))
    fits = {
        (fit.rule.name, fit.language): fit.asks_nothing
        for fit in fit_rules(rules, documents, "percentile", 0, 0, 10)
    }
    # No line of the texts begins with a bullet, and all end a sentence.
    assert [name for name, nothing in fits.items() if nothing] == [
        *(("r_list_line_share", "en"), ("r_terminal_line_share", "en")),
    ]
    policy = tmp_path / "mine.toml"
    policy.write_text(
        '[[rule]]\nname = "lists"\ncolumn = "list_line_share"\ncomparison = "below"\nbound = 0.5\nsource = "s"\n'
    )
    given = [
        "--reference",
        str(tmp_path / "en.jsonl"),
        "--policy",
        str(policy),
        "--output",
        str(tmp_path / "t.toml"),
    ]
    command.main(command.parser().parse_args([*given, "--least", "5"]))
    said = capsys.readouterr().out
    assert "0, asks nothing" in said and "give the rule a bound `loosest`" in said


def test_a_rule_that_texts_do_not_tell_is_refused(tmp_path: Path) -> None:
    documents = of_reference([reference(tmp_path, en=1)], WordLists({}))
    with pytest.raises(UserError, match="r_language_score looks at language_score, which texts alone do not tell"):
        fit_rules([rule("language_score", 1)], documents, "median", 0, 1)


def test_without_policies_the_heuristics_are_fitted() -> None:
    rules = rules_to_fit(load_settings(None, ["quality.max_symbol_share=0.3"]))
    assert {each.name: each.bound for each in rules}["symbol_share_above"] == 0.3
    assert len(rules_to_fit(load_settings(None, ["quality.policies=c4"]))) == 3


def test_the_command_writes_what_the_setting_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(reference(tmp_path, en=20))
    file = tmp_path / "out" / "thresholds.toml"
    given = ["--reference", place, "--output", str(file), "--policy", "c4", "fineweb", "--least", "20"]
    command.main(command.parser().parse_args(given))
    said = capsys.readouterr().out
    assert f"--set quality.thresholds={file}" in said and "each of 7 rules" in said
    chosen = ["quality.policies=c4,fineweb", f"quality.thresholds={file}"]
    assert load_settings(None, chosen).quality.thresholds.keys() == {
        each.name for each in rules_to_fit(load_settings(None, chosen[:1]))
    }
    for wrong, advice in (("--share=1", "below 1"), ("--least=0", "1 or more"), ("--deviations=-1", "0 or")):
        with pytest.raises(UserError, match=advice):
            command.main(command.parser().parse_args([*given, wrong]))
    assert Settings().quality.policies == ()
