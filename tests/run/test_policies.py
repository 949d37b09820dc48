"""A run with a policy and bounds by language: who goes, what was held against it, and what answers about it."""

import json
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.commands import fit_rules as command
from ccnet_lite.commands.reported import report_again
from ccnet_lite.commands.what_if import render
from ccnet_lite.errors import UserError
from ccnet_lite.finished.explain import explain
from ccnet_lite.finished.fit_rules import fit_rules, of_run
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.search import find
from ccnet_lite.finished.what_if import what_if
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.finished.test_compare import run_of

POLICY = """
[[rule]]
name = "hashes"
column = "hash_word_ratio"
comparison = "above"
bound = 0.0
source = "mine"

[[rule]]
name = "few_lines"
column = "n_lines"
comparison = "below"
bound = 100
source = "mine"
languages = ["fr"]
"""
PAGES = [
    *(Page(f"https://e{n}.example/", body("en", n)) for n in range(4)),
    *(Page(f"https://d{n}.example/", body("de", n)) for n in range(4)),
    Page("https://english.example/", body("en", 10) + " It is #1."),
    Page("https://german.example/", body("de", 10) + " Es ist die #1."),
]


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    write_crawl(folder / "crawl", [PAGES])
    (folder / "mine.toml").write_text(POLICY)
    (folder / "bounds.toml").write_text("[hashes]\nde = 0.5\n")
    return run_of(
        *(folder, "out", f"quality.policies={folder}/mine.toml", f"quality.thresholds={folder}/bounds.toml")
    )


def column(run: Path, table: str, *names: str) -> list[tuple[object, ...]]:
    rows = ds.dataset(run / table, format="parquet", exclude_invalid_files=True).to_table(columns=[*names])
    return sorted(zip(*(each.to_pylist() for each in rows.columns), strict=True), key=str)


def doc_id(run: Path, url: str) -> str:
    (found,) = (key for at, key in column(run, "ledger", "url", "doc_id") if at == url)
    return str(found)


def test_the_ledger_says_which_bound_was_broken(run: Path) -> None:
    rows = [row for row in column(run, "ledger", "url", "stage", "rule", "value", "threshold") if row[2]]
    words = len(PAGES[8].text.replace(",", "").replace("#", "").split())
    assert [row for row in rows if row[0]] == [
        ("https://english.example/", "heuristics", "hashes", pytest.approx(1 / words), 0.0)
    ]


def test_only_what_the_policy_looks_at_was_measured(run: Path) -> None:
    found = column(run, "signals", "hash_word_ratio", "letter_word_share")
    assert sum(first is not None and first > 0 for first, _ in found) == 2  # type: ignore[operator]
    assert {second for _, second in found} == {None}


def test_explain_holds_each_document_against_its_own_language_s_bound(run: Path) -> None:
    opened = open_run(run)
    said = {}
    for name in ("english", "german"):
        life = explain(opened, find(opened, doc_id(run, f"https://{name}.example/"))[0])
        said[name] = {each.rule: (each.needs, each.passed) for each in life.rules}
    assert said["english"]["hashes"] == ("at most 0", False)
    assert said["german"]["hashes"] == ("at most 0.5", True)
    assert said["german"]["few_lines"][1] is None  # asked of French alone


def test_what_if_without_the_bounds_and_with_another_policy(run: Path) -> None:
    told = what_if(run, ["quality.thresholds="])
    assert [(row["after"], row["documents"]) for row in told["lost"]] == [("dropped/heuristics/hashes", 1)]
    assert "quality.thresholds: ['hashes'] -> []" in render(told)
    told = what_if(run, ["quality.thresholds=", "quality.policies="])
    assert [(row["before"], row["documents"]) for row in told["gained"]] == [("dropped/heuristics/hashes", 1)]
    with pytest.raises(UserError, match=r"the run measured no curly_bracket_lines: run it .* quality.measure=all"):
        what_if(run, ["quality.thresholds=", "quality.policies=c4"])


def test_the_report_tells_the_rule_and_its_file(run: Path) -> None:
    page = report_again(Place.of(run), True).page.read_bytes().decode()
    assert "Hash signs (#) a word (Gopher)." in page and "mine.toml: mine." in page
    assert "at most 0; from 0.5 to 0.5 in 1 languages" in page
    assert json.loads((run / "manifest.json").read_text())["outliers"] == []


def test_bounds_are_fitted_to_the_run(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = str(run.parent / "mine.toml")
    rules = load_settings(None, [f"quality.policies={mine}"]).quality.policies[0].rules
    fits = {
        (fit.rule.name, fit.language): fit for fit in fit_rules(rules, of_run(run, rules), "percentile", 0, 0, 5)
    }
    assert set(fits) == {("hashes", "de"), ("hashes", "en")}
    english = fits["hashes", "en"]
    assert (english.documents, english.dropped_before, english.dropped) == (5, 0.2, 0.0)
    assert 0 < (english.bound or 0) < 0.01
    with pytest.raises(UserError, match="measured no ellipsis_word_ratio, which gopher_ellipses looks at"):
        list(of_run(run, load_settings(None, ["quality.policies=gopher_quality"]).quality.policies[0].rules))
    file = tmp_path / "fitted.toml"
    given = ["--run", str(run), "--policy", mine, "--output", str(file), "--share", "0", "--least", "5"]
    command.main(command.parser().parse_args(given))
    assert "hashes  en                5        above 0  20.0%" in capsys.readouterr().out
    fitted = load_settings(None, [f"quality.policies={mine}", f"quality.thresholds={file}"]).quality.thresholds
    assert fitted["hashes"].keys() == {"de", "en"} and fitted["hashes"]["en"] == english.bound
