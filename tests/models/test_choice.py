"""Which of the likeliest languages counts: thresholds of their own, scripts."""

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.kernels.rules import decision_rules, first_broken, verdict_columns
from ccnet_lite.models.choice import Chosen, choose, script_fits
from ccnet_lite.quality.common_words import CommonWords, WordLists
from ccnet_lite.settings import LanguageSettings, load_settings
from tests.kernels.test_rules import table

SCRIPTS = {"ru": ("Cyrl",), "bg": ("Cyrl",), "en": ("Latn",), "fr": ("Latn",), "ja": ("Jpan", "Latn")}
NO_LISTS = WordLists({})


def chosen(
    best: list[list[str]],
    scores: list[list[float]],
    settings: LanguageSettings,
    scripts: list[tuple[str, float]] | None = None,
    lists: WordLists = NO_LISTS,
    texts: list[str] | None = None,
) -> Chosen:
    texts = texts or ["x y"] * len(best)
    names, shares = zip(*(scripts or [("Latn", 1.0)] * len(best)), strict=True)
    measures = {"script": pa.array(names), "script_share": pa.array(shares)}
    fits = script_fits(measures, SCRIPTS, settings.min_script_share)
    return choose(texts, best, np.array(scores), lists, np.full(len(best), np.nan), fits, settings)


def test_the_first_label_above_its_own_threshold() -> None:
    settings = LanguageSettings(threshold=0.5, thresholds={"en": 0.8, "fr": 0.2}, min_script_share=0)
    best = [["en", "fr", "de"], ["en", "fr", "de"], ["en", "de", "fr"], ["en", "de", "fr"], ["de", "en", "und"]]
    scores = [[0.8, 0.2, 0.0], [0.7, 0.2, 0.1], [0.45, 0.3, 0.25], [0.5, 0.49, 0.01], [0.5, 0.5, 0.0]]
    found = chosen(best, scores, settings)
    # At the threshold it counts; de has none of its own, and so 0.5; where none counts the likeliest stays.
    assert found.languages == ["en", "fr", "fr", "en", "de"]
    assert found.scores.tolist() == [0.8, 0.2, 0.25, 0.5, 0.5] == found.confidences.tolist()


def test_without_thresholds_the_likeliest_stays() -> None:
    found = chosen([["en", "fr"]], [[0.4, 0.39]], LanguageSettings(threshold=0.1, min_script_share=0))
    assert (found.languages, found.confidences.tolist()) == (["en"], [0.4])


def test_the_common_words_of_the_language_itself_count() -> None:
    lists = WordLists({"fr": CommonWords(("la", "mer"), 0.5), "de": CommonWords(("das",), 0.5)})
    settings = LanguageSettings(thresholds={"en": 0.9, "de": 0.2, "fr": 0.3}, min_script_share=0)
    texts = ["la mer", "la xx yy zz", "la mer"]
    best = [["en", "de", "fr"]] * 3
    found = chosen(best, [[0.35, 0.33, 0.32], [0.35, 0.33, 0.32], [0.8, 0.1, 0.1]], settings, None, lists, texts)
    assert found.languages == ["fr", "en", "en"]  # no word of de, so 0; in the second text fr has 0.32 x 0.5
    assert found.ratios[0] == 2.0 and np.isnan(found.ratios[1:]).all()
    assert found.confidences.tolist() == [0.32, 0.35, 0.8]


def test_a_label_in_another_script_does_not_count() -> None:
    settings = LanguageSettings(min_script_share=0.05)
    best = [["ru", "bg", "en"]] * 4 + [["ja", "en", "fr"], ["und", "und", "und"], ["xx", "en", "fr"]]
    scores = [[0.6, 0.3, 0.1]] * 4 + [[0.9, 0.1, 0.0], [0.0, 0.0, 0.0], [0.9, 0.1, 0.0]]
    scripts = [
        ("Ethi", 0.99),
        ("Latn", 0.96),
        ("Ethi", 0.95),
        ("Zyyy", 0.9),
        ("Hira", 1.0),
        ("Zyyy", 0.0),
        ("Ethi", 1.0),
    ]
    found = chosen(best, scores, settings, scripts)
    # 0.04 of the second text's letters may be Cyrillic: too few; its en is below the threshold.
    assert found.languages == ["ru", "ru", "ru", "ru", "ja", "und", "xx"]
    assert found.confidences.tolist() == [0.0, 0.0, 0.6, 0.6, 0.9, 0.0, 0.9]
    surer = chosen([["ru", "en"]], [[0.5, 0.5]], settings, [("Latn", 1.0)])
    assert (surer.languages, surer.confidences.tolist()) == (["en"], [0.5])
    neither = chosen([["ru", "bg", "en"]], [[0.4, 0.5, 0.5]], settings, [("Latn", 1.0)])
    assert neither.languages == ["en"]  # bg is Cyrillic, too
    off = chosen([["ru", "en"]], [[0.6, 0.4]], LanguageSettings(min_script_share=0), [("Ethi", 1.0)])
    assert off.confidences.tolist() == [0.6]


def test_the_rule_and_the_ledger_know_a_languages_threshold() -> None:
    settings = load_settings(None, ["language.thresholds={en=0.8, fr=0.2}", "language.threshold=0.5"])
    rules = decision_rules(settings)
    pairs = (("en", 0.79), ("en", 0.8), ("fr", 0.2), ("de", 0.49), ("fr", 0.1))
    rows = table(*({"language": code, "language_confidence": value} for code, value in pairs))
    told = verdict_columns(rows, rules, first_broken(rows, rules))
    assert told["rule"].to_pylist() == [
        *["language_below_threshold", None, None],
        *["language_below_threshold"] * 2,
    ]
    assert told["threshold"].to_pylist() == [0.8, None, None, 0.5, 0.2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory): give what fit-lid --thresholds wrote"),
        ("en = 0.5", 'holds no format = "ccnet_lite language thresholds" with a table [thresholds]'),
        ('format = "ccnet_lite language thresholds"\n', "with a table [thresholds]"),
        ("en =", "is not valid TOML"),
        ('format = "ccnet_lite language thresholds"\n[thresholds]\nen = 2', "language.thresholds.en = 2"),
    ],
)
def test_a_file_of_thresholds_that_will_not_do_is_named(tmp_path, content: str | None, said: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "t.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UserError) as error:
        load_settings(None, [f"language.thresholds={file}"])
    assert said in str(error.value) and "language.thresholds" in str(error.value)
    assert load_settings(None, ["language.thresholds="]).language.thresholds == {}
