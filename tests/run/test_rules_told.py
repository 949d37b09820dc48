"""Every rule that can drop a document has words, and the setting that they name exists."""

from pathlib import Path

import pytest

from ccnet_lite.kernels.rules import decision_rules, span_rules
from ccnet_lite.run.rules_told import WORDS, line_rules_told, rules_told
from ccnet_lite.settings import Settings, load_settings

ALL = (
    *("language.keep=en,sw", "language.drop=eo", "paragraphs.max_repeated_share=0.4"),
    *("paragraphs.min_document_chars=50", "quality.keep_buckets=head,middle"),
    *(
        "urls.words=adult",
        "opt_out.robots=robots.parquet",
        "opt_out.respect=robots,noai,noimageai,tdm,usage,rsl,license",
    ),
    *(
        "toxicity.lists=lists",
        "toxicity.max_share=0.1",
        "near_duplicates.containment=0.95",
        "near_duplicates.templates=0.75",
    ),
    "spans.min_tokens=50",
)


def test_every_rule_is_told_in_its_order() -> None:
    settings = load_settings(None, ALL)
    told = rules_told(settings)
    before_scoring = [rule.name for rule in (*decision_rules(settings), *span_rules(settings))]
    assert [rule.name for rule in told] == [*before_scoring, "bucket_tail", "bucket_all"]
    assert set(before_scoring) == WORDS.keys()
    asked = {rule.name: rule.asks for rule in told}
    assert asked["too_short"] == "at least 300"
    assert asked["language_not_kept"] == "one of en, sw"
    assert asked["language_dropped"] == "none of eo"
    assert asked["near_duplicate"] == "less than 0.8"
    assert asked["mostly_repeated"] == "at most 0.4"
    assert asked["bucket_tail"] == "one of head, middle"
    assert all(rule.words.endswith((".", ").")) for rule in told)


def test_by_default_no_bucket_is_dropped() -> None:
    assert [rule.name for rule in rules_told(load_settings(None, [])) if rule.stage == "quality"] == []


def test_context_gain_is_told_where_there_are_language_models() -> None:
    (rule,) = (each for each in rules_told(load_settings(None, ["quality.lm_dir=lm"])) if each.stage == "quality")
    assert (rule.name, rule.threshold) == ("context_gain_below", 0.2)
    assert rule.asks == "at least 0.2, if it is written in sentences"
    off = load_settings(None, ["quality.lm_dir=lm", "quality.min_context_gain=0"])
    assert [each.name for each in rules_told(off) if each.stage == "quality"] == []


@pytest.mark.parametrize("setting", sorted({setting for setting, _ in WORDS.values()}))
def test_the_settings_that_are_named_exist(setting: str) -> None:
    section, _, key = setting.partition(".")
    held = getattr(Settings(), section)
    assert not key or hasattr(held, key)


def test_rules_over_lines(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[[line_rule]]\nname = "short"\nmeasure = "words"\ncomparison = "below"\nbound = 2\nsource = "me"\n'
        'languages = ["en", "de"]\nwithout_scripts = ["Thai"]\n'
    )
    told = line_rules_told(load_settings(None, [f"quality.policies=c4_lines,{tmp_path}/mine.toml"]))
    assert list(told)[-1] == "short"
    where = "asked in languages en, de; all scripts but Thai"
    assert told["short"] == f"Lines whose words is below 2, {where}. {tmp_path}/mine.toml: me."
    assert told["c4_line_few_words"].startswith("Lines whose words is below 3. c4_lines: datatrove")
    assert line_rules_told(load_settings(None, [])) == {}
