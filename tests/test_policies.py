"""Policy files and files of bounds: ours are whole, and what is wrong in one is said by file, rule and key."""

from pathlib import Path
from typing import get_args

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.kernels.policy_signals import check_policies, rule_columns, wanted_signals, wants_heuristics
from ccnet_lite.quality.line_measures import MEASURES
from ccnet_lite.settings import (
    LINE_MEASURES,
    RULE_SIGNALS,
    Settings,
    built_in_policies,
    load_settings,
    read_policy,
)
from ccnet_lite.settings.policies import read_bounds
from ccnet_lite.settings.rule_signals import LineMeasure

RULE = '[[rule]]\nname = "short"\ncolumn = "n_words"\ncomparison = "below"\nbound = 20\nsource = "mine"\n'


LINE = RULE.replace("[[rule]]", "[[line_rule]]").replace('column = "n_words"', 'measure = "words"')


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text)
    return file


def refused(*overrides: str) -> str:
    with pytest.raises(UserError) as error:
        check_policies(load_settings(None, overrides))
    return str(error.value)


def test_ours_hold_the_papers_values_over_columns_that_there_are() -> None:
    assert built_in_policies() == ["c4", "c4_lines", "fineweb", "gopher_quality", "gopher_repetition"]
    rules = [rule for name in built_in_policies() for rule in read_policy(name).rules]
    assert {rule.column for rule in rules} <= set(rule_columns())
    assert len({rule.name for rule in rules}) == len(rules) == 28
    bounds = {rule.name: (rule.comparison, rule.bound) for rule in rules}
    assert bounds["gopher_few_words"] == ("below", 50) and bounds["gopher_many_words"] == ("above", 100_000)
    assert bounds["fineweb_few_sentence_ends"] == ("below", 0.12)
    ngrams = [bounds[f"gopher_duplicate_{n}gram"][1] for n in range(5, 11)]
    assert ngrams == [0.15, 0.14, 0.13, 0.12, 0.11, 0.10]
    of_lines = {rule.name: rule for name in built_in_policies() for rule in read_policy(name).line_rules}
    assert [(rule.measure, rule.comparison, rule.bound) for rule in of_lines.values()] == [
        *(("ends_sentence", "below", 1), ("ends_ellipsis", "above", 0), ("words", "below", 3)),
        *(("longest_word", "above", 1000), ("phrases", "above", 0), ("phrases", "above", 0)),
    ]
    assert of_lines["c4_line_ends_no_sentence"].without_scripts == ("Laoo", "Thai")


def test_measures_of_lines_are_those_that_are_taken() -> None:
    assert set(LINE_MEASURES) == set(get_args(LineMeasure)) == {*MEASURES, "phrases"}


def test_every_signal_of_policies_is_one_that_a_rule_can_look_at() -> None:
    assert {each.column for each in RULE_SIGNALS} < set(rule_columns())
    assert {"n_words", "symbol_share", "common_word_ratio"} < set(rule_columns())
    assert not {"shard", "position", "language", "signature"} & set(rule_columns())


def test_a_file_of_one_s_own_and_a_name_of_ours(tmp_path: Path) -> None:
    file = written(tmp_path, RULE)
    settings = load_settings(None, [f"quality.policies={file},c4"])
    assert [policy.name for policy in settings.quality.policies] == [str(file), "c4"]
    check_policies(settings)
    # Settings hold what the file holds: they are the same from a manifest, whatever becomes of the file.
    file.unlink()
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            RULE.replace("20", '"many"'),
            "mine.toml: rule 1 (short): bound = 'many': Input should be a valid num",
        ),
        (RULE.replace("20", "nan"), "rule 1 (short): bound = nan: Input should be a finite number"),
        (RULE + RULE.replace('source = "mine"\n', ""), "mine.toml: rule 2 (short): it has no source: give one"),
        (
            RULE + "limit = 3\n",
            "rule 1 (short): unknown key limit; known: name, column, comparison, bound",
        ),
        (
            RULE.replace("below", "under"),
            "rule 1 (short): comparison = 'under': Input should be 'below'",
        ),
        (RULE.replace("short", "Too short"), "rule 1 (Too short): name = 'Too short'"),
        (RULE + 'scripts = ["latin"]\n', "rule 1 (short): scripts.0 = 'latin'"),
        ("[rule]\nname = 1\n", "mine.toml: a policy is tables [[rule]] and [[line_rule]] (asked of lines)"),
        ("[line_rule]\nname = 1\n", "mine.toml: a policy is tables [[rule]] and [[line_rule]] (asked of lines)"),
        ("x = 1\n" + RULE, "(asked of lines) and nothing else, not x"),
        ("", "mine.toml: a policy is tables [[rule]]"),
        ("[[rule", "mine.toml is not valid TOML"),
        (RULE.replace("n_words", "n_wrods"), "mine.toml: short: column = 'n_wrods' is nothing that is measured"),
        (RULE + RULE, "both have a rule short: rename one"),
        (RULE + LINE, "both have a rule short: rename one"),
        (LINE.replace('"words"', '"wrods"'), "line_rule 1 (short): measure = 'wrods': Input should be 'ends_sent"),
        (LINE.replace('"words"', '"phrases"'), "line_rule 1 (short): phrases are given with the measure phrases"),
        (LINE + 'phrases = ["a"]\n', "line_rule 1 (short): phrases are given with the measure phrases"),
        (LINE.replace('"words"', '"phrases"') + 'phrases = [" "]\n', "a phrase of white space alone"),
        (LINE.replace('"words"', '"phrases"') + 'phrases = [""]\n', "line_rule 1 (short): phrases.0 = ''"),
        (LINE + "column = 1\n", "line_rule 1 (short): unknown key column; known: name, measure"),
        (RULE.replace("short", "symbol_share_above"), "and the settings both have a rule symbol_share_above"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    message = refused(f"quality.policies={written(tmp_path, text)}")
    assert said in message and "\n" not in message


def test_a_policy_that_there_is_not(tmp_path: Path) -> None:
    assert "c5 is no policy: give c4, c4_lines, fineweb" in refused("quality.policies=c5")
    assert f"{tmp_path}/no.toml does not exist" in refused(f"quality.policies={tmp_path}/no.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[c4_few_sentences]\nde = 'x'\n", "c4_few_sentences.de = 'x': give a number"),
        ("[c4_few_sentences]\nde = true\n", "c4_few_sentences.de = True: give a number"),
        ("[c4_few_sentences]\nde = inf\n", "c4_few_sentences.de = inf: give a number"),
        ("c4_few_sentences = 3\n", "c4_few_sentences is no table"),
        ("[few]\nde = 3\n", "quality.thresholds has bounds for few, which is no rule of quality.policies"),
    ],
)
def test_what_is_wrong_in_a_file_of_bounds(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused("quality.policies=c4", f"quality.thresholds={written(tmp_path, text)}")


def test_bounds_are_read_but_not_what_tells_of_them(tmp_path: Path) -> None:
    file = written(tmp_path, '[about]\nmethod = "x"\n[c4_few_sentences]\nth = 1\n"zh-Hant" = 2.5\n')
    assert read_bounds(str(file)) == {"c4_few_sentences": {"th": 1.0, "zh-Hant": 2.5}}
    assert load_settings(None, ["quality.thresholds="]).quality.thresholds == {}


def test_only_what_a_policy_looks_at_is_measured() -> None:
    def measured(*overrides: str) -> tuple[list[str], bool]:
        given = load_settings(None, ["quality.heuristics=false", *overrides])
        return wanted_signals(given), wants_heuristics(given)

    assert measured() == ([], False)
    assert measured("quality.policies=c4") == (
        ["curly_bracket_lines", "lorem_ipsum_lines", "prose_sentences"],
        False,
    )
    assert measured("quality.policies=fineweb") == (
        ["brief_line_share", "newline_word_ratio", "terminal_line_share"],
        True,
    )
    assert measured("quality.measure=all") == ([each.column for each in RULE_SIGNALS], True)
